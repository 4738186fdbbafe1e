//! Looking whether an expectation is met.

use resit_command_handler::{Happened, Outcome, Seen};
use resit_domain::{Command, Event, Stream, UnitView};

use super::stage::{Answer, Last, Stage};
use crate::expect::Expect;
use crate::report::{StoryFailure, Unmet};
use crate::story::Line;
use crate::told::Told;
use crate::voucher::UnitRef;

impl Stage<'_> {
    pub(super) async fn expect(&mut self, line: &Line, expect: &Expect) -> Result<(), StoryFailure> {
        self.report.expectations += 1;
        let expected = line.text.strip_prefix("expect ").unwrap_or(&line.text).to_owned();
        if let (true, Some(last)) = (expect.of_answer(), &mut self.last) {
            last.looked_at = true;
        }
        let found = match expect.vouchers().first() {
            Some(unit) if !expect.of_tick() => self.of_voucher(line.number, expect, unit).await?,
            _ if expect.of_tick() => self.of_tick(expect),
            _ => self.last.as_ref().and_then(|last| of_answer(expect, last)),
        };
        match found {
            None => self.say(Told::Met { line: line.number, text: expected }),
            Some(found) => self.unmet(Unmet { line: line.number, expected, found }),
        }
        Ok(())
    }

    /// What was found instead; none if the expectation is met.
    async fn of_voucher(
        &self,
        line: usize,
        expect: &Expect,
        unit: &UnitRef,
    ) -> Result<Option<String>, StoryFailure> {
        let view = self.handler.view(self.names.id(unit), Seen::default()).await;
        let view = view.map_err(|source| StoryFailure::Ledger { line, source })?;
        let Some(view) = view else { return Ok(Some(format!("{unit} was never issued"))) };
        let Some(seen) = view.units.iter().find(|seen| seen.unit == unit.unit) else {
            return Ok(Some(format!("it has {} vouchers", view.units.len())));
        };
        Ok(self.differs(expect, unit, seen))
    }

    fn differs(&self, expect: &Expect, unit: &UnitRef, seen: &UnitView) -> Option<String> {
        match expect {
            Expect::Stands(_, stands) => {
                let now = seen.stands(self.now);
                (now != *stands).then(|| format!("{unit} {now}"))
            }
            Expect::Ends(_, at) => (seen.ends_at != *at).then(|| match seen.ends_at {
                Some(ends_at) => {
                    format!("{unit} ends {ends_at} ({})", seen.ends_by.as_deref().unwrap_or("no clause"))
                }
                None => format!("{unit} ends never"),
            }),
            Expect::Holder(_, holder) => (seen.holder != *holder).then(|| {
                let holder = seen.holder.as_ref().map_or("nobody", |holder| holder.as_str());
                format!("{unit} holder {holder}")
            }),
            Expect::Attempts(_, used, max) => ((seen.attempts_used, seen.attempts_max) != (*used, *max))
                .then(|| format!("{unit} attempts {} of {}", seen.attempts_used, seen.attempts_max)),
            Expect::Codes(_, codes) => {
                (seen.codes != usize::from(*codes)).then(|| format!("{unit} codes {}", seen.codes))
            }
            _ => None,
        }
    }

    fn of_tick(&self, expect: &Expect) -> Option<String> {
        let ended = self.ticked.iter().filter_map(|fact| match (&fact.stream, &fact.event) {
            (Stream::Entitlement(id), Event::Expired(e)) => Some((*id, e.unit)),
            _ => None,
        });
        let overdue = self.ticked.iter().filter_map(|fact| match (&fact.stream, &fact.event) {
            (Stream::Entitlement(id), Event::DeliveryOverdue(e)) => Some((*id, e.clock.as_str())),
            _ => None,
        });
        match expect {
            Expect::Expired(units) => {
                let mut wanted: Vec<String> = units.iter().map(ToString::to_string).collect();
                let mut found: Vec<String> = ended.map(|(id, unit)| self.names.unit(id, unit)).collect();
                wanted.sort();
                found.sort();
                (wanted != found).then(|| format!("expired {}", or_nothing(&found)))
            }
            Expect::Overdue(wanted) => {
                let found: Vec<String> = overdue
                    .clone()
                    .map(|(id, clock)| format!("{} {clock}", self.names.unit(id, 1)))
                    .collect();
                let met = match wanted {
                    None => found.is_empty(),
                    Some((unit, clock)) => {
                        let id = self.names.id(unit);
                        overdue.into_iter().any(|(of, name)| of == id && name == clock)
                    }
                };
                (!met).then(|| format!("overdue {}", or_nothing(&found)))
            }
            _ => None,
        }
    }
}

fn or_nothing(found: &[String]) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.join(" ") }
}

/// What was found instead; none if the expectation is met.
fn of_answer(expect: &Expect, last: &Last) -> Option<String> {
    let answer = &last.answer;
    let Answer::Reply(reply) = answer else {
        return match (expect, answer) {
            (Expect::Error(wanted), Answer::Error(name, _)) if wanted == name => None,
            _ => Some(answer.found()),
        };
    };
    match (expect, &reply.outcome) {
        (Expect::Replayed, _) => (!reply.replayed).then(|| format!("{} for the first time", answer.found())),
        (Expect::Error(_), _) => Some(answer.found()),
        (Expect::Refused { clause, rule }, Outcome::Refused(refusal)) => {
            let met = refusal.clause == *clause && rule.is_none_or(|rule| refusal.rule == rule);
            (!met).then(|| answer.found())
        }
        (_, Outcome::Refused(_)) => Some(answer.found()),
        (expect, Outcome::Accepted { events, warnings }) => {
            let kinds = own(&last.request.command, events);
            let met = match expect {
                Expect::Events(wanted) => *wanted == kinds,
                Expect::Warned(clause) => warnings.iter().any(|warning| warning.clause == *clause),
                Expect::NoWarning => warnings.is_empty(),
                Expect::Repeated => kinds == ["CommandRepeated"],
                _ => false,
            };
            let warned: Vec<&str> = warnings.iter().map(|warning| warning.clause.as_str()).collect();
            (!met).then(|| match expect {
                Expect::Warned(_) if warned.is_empty() => "no warning".to_owned(),
                Expect::Warned(_) | Expect::NoWarning => format!("warned {}", warned.join(", ")),
                _ => format!("events {}", kinds.join(" ")),
            })
        }
    }
}

/// The types of the facts on the one stream that the command is about. An order of several is about its first piece.
fn own<'a>(command: &Command, events: &'a [Happened]) -> Vec<&'a str> {
    let kind = match command {
        Command::PublishOffer(_)
        | Command::ExtendOffer(_)
        | Command::WithdrawOffer(_)
        | Command::MigrateProvider(_) => "offer",
        Command::PublishCalendar(_) => "calendar",
        Command::DefineExam(_) => "exam",
        Command::DefinePracticeTest(_) => "practice-test",
        Command::OpenAgreement(_) | Command::AmendAgreement(_) => "agreement",
        _ => "entitlement",
    };
    let first = events.iter().map(|e| &e.stream).find(|stream| stream.kind() == kind);
    events.iter().filter(|e| Some(&e.stream) == first).map(|e| e.event.kind()).collect()
}
