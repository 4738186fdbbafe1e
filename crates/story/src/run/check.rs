//! Looking whether an expectation is met.

use resit_domain::{Event, Stream, UnitView};

use super::answer::of_answer;
use super::stage::Stage;
use crate::expect::Expect;
use crate::facts::counted;
use crate::report::{Stop, Unmet};
use crate::story::Line;
use crate::told::Told;
use crate::voucher::UnitRef;

impl Stage<'_> {
    pub(super) async fn expect(&mut self, line: &Line, expect: &Expect) -> Result<(), Stop> {
        self.report.expectations += 1;
        let expected = line.text.strip_prefix("expect ").unwrap_or(&line.text).to_owned();
        if let (true, Some(last)) = (expect.of_answer(), &mut self.last) {
            last.looked_at = true;
        }
        let found = match expect.vouchers().first() {
            Some(unit) if !expect.of_tick() => self.of_voucher(expect, unit).await?,
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
    async fn of_voucher(&self, expect: &Expect, unit: &UnitRef) -> Result<Option<String>, Stop> {
        let view = self.venue.view(self.names.id(unit), self.now).await?;
        let Some(view) = view else { return Ok(Some(format!("{unit} was never issued"))) };
        let Some(seen) = view.units.iter().find(|seen| seen.unit == unit.unit) else {
            return Ok(Some(format!(
                "{} has {}, and no {unit}",
                unit.name,
                counted(view.units.len(), "voucher")
            )));
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
            Expect::Notice(wanted) => {
                let notices = self.ticked.iter().filter_map(|fact| match (&fact.stream, &fact.event) {
                    (Stream::Entitlement(id), Event::EndsSoon(e)) => Some((*id, e)),
                    _ => None,
                });
                let found: Vec<String> = notices
                    .clone()
                    .map(|(id, e)| format!("{} {}", self.names.unit(id, e.unit), e.before))
                    .collect();
                let met = match wanted {
                    None => found.is_empty(),
                    Some((unit, before)) => {
                        let id = self.names.id(unit);
                        notices.into_iter().any(|(of, e)| (of, e.unit, e.before) == (id, unit.unit, *before))
                    }
                };
                (!met).then(|| format!("notice {}", or_nothing(&found)))
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
