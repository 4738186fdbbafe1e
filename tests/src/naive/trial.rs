//! A life on trial: every command is answered by the ledger and by the model, and they must agree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use resit_command_handler::{Outcome, Reply};
use resit_domain::{Event, UnitView};

use super::asks::{Answer, Ask};
use super::calendar::Millis;
use super::facts::{Model, Told};
use super::ledger::{self, Ledger};
use super::life::{EXAMS, Life, changed};

/// Lives a life: in one ledger with every command, and in another where no end is ever put on record.
///
/// # Errors
///
/// Where they part from the model, with the story so far and the offer.
pub fn live(life: &Life) -> Result<(), String> {
    let file = super::file::offer_file(&life.terms, life.office, life.policy.as_ref());
    let mut trial = Trial {
        ledger: Ledger::open(life),
        silent: Ledger::open(life),
        model: Model::new(life.terms.clone(), life.policy.clone(), (life.begins_at, life.office)),
        recorded: BTreeMap::new(),
        story: String::new(),
    };
    trial.live(life).map_err(|parting| format!("{parting}\n\n{}\n{file}", trial.story))
}

struct Trial {
    ledger: Ledger,
    silent: Ledger,
    model: Model,
    /// The last end on record of each voucher.
    recorded: BTreeMap<(usize, u16), Millis>,
    story: String,
}

impl Trial {
    fn live(&mut self, life: &Life) -> Result<(), String> {
        let mut now = life.begins_at;
        for exam in &EXAMS[..4] {
            let facts = changed(exam, 0, jiff::civil::date(2020, 1, 1));
            self.ask(&Ask::DefineExam { exam, facts }, now, false)?;
        }
        for step in &life.steps {
            let (at, ask) = step.resolve(&self.model, now);
            // The log tells no order inside a millisecond, and what moves an end asks who was alive before it.
            let alone = i64::from(matches!(ask, Ask::ExtendOffer { .. } | Ask::Publish { .. }));
            self.ask(&ask, at + alone, step.twice)?;
            now = at + 2 * alone;
        }
        Ok(())
    }

    fn ask(&mut self, ask: &Ask, at: Millis, twice: bool) -> Result<(), String> {
        let command = self.ledger.command(ask);
        let request = self.ledger.request(command);
        let told = self.model.told.len();
        let expected = self.model.answer(ask, at);
        let reply = self.ledger.send(&request, at);
        let answer = ledger::answer(&reply);
        let when = ledger::instant(at);
        let _ = writeln!(self.story, "{when} {ask:?}\n    ledger {answer:?}, model {expected:?}");
        if answer != expected {
            return Err(format!(
                "the ledger answers {answer:?}, the model {expected:?}\n{:?}",
                reply.outcome
            ));
        }
        if twice {
            let again = self.ledger.send(&request, at);
            if !again.replayed || ledger::answer(&again) != answer || again.position != reply.position {
                return Err(format!("sent again, the ledger answers {:?}", again.outcome));
            }
        }
        self.ends_are_recorded_once(ask, &reply, at)?;
        notices_are_given(ask, &reply, &self.model.told[told..])?;
        if !matches!(ask, Ask::Expire { .. }) {
            let silent = ledger::answer(&self.silent.send(&request, at));
            if silent != answer {
                return Err(format!("with ends on record it is {answer:?}, without {silent:?}"));
            }
        }
        self.compare(ask, answer, at)
    }

    /// Asserts that no end is put on record before it came, nor twice.
    fn ends_are_recorded_once(&mut self, ask: &Ask, reply: &Reply, at: Millis) -> Result<(), String> {
        let (Ask::Expire { order }, Outcome::Accepted { events, .. }) = (ask, &reply.outcome) else {
            return Ok(());
        };
        for happened in events {
            if let Event::Expired(expired) = &happened.event {
                let ended_at = expired.ended_at.millis();
                let before = self.recorded.insert((*order, expired.unit), ended_at);
                if at < ended_at || before == Some(ended_at) {
                    return Err(format!("at {at}, behind {before:?}: {expired:?}"));
                }
            }
        }
        Ok(())
    }

    fn compare(&self, ask: &Ask, answer: Answer, at: Millis) -> Result<(), String> {
        for (&order, pack) in &self.model.packs {
            let view = self.ledger.view(order).ok_or("the ledger shows nothing")?;
            let silent = self.silent.view(order).ok_or("the ledger without ends on record shows nothing")?;
            if view.units.len() != pack.units.len() {
                return Err(format!("order {order} has {} units", view.units.len()));
            }
            for ((shown, silent), no) in view.units.iter().zip(&silent.units).zip(1..) {
                let (ledger, model) = (seen(shown, at), self.seen(order, no, at));
                if ledger != model {
                    return Err(format!("order {order} unit {no}\nledger {ledger}\nmodel  {model}"));
                }
                let recorded = UnitView { expired_at: shown.expired_at, ..silent.clone() };
                if recorded != *shown {
                    return Err(format!(
                        "order {order} unit {no}\nledger {shown:?}\nwithout ends {silent:?}"
                    ));
                }
                is_used_in_time(ask, answer, order, shown, at)?;
            }
        }
        Ok(())
    }

    fn seen(&self, order: usize, no: u16, at: Millis) -> String {
        let unit = self.model.unit(order, no);
        let end = self.model.end(order, no);
        let recorded = unit.expired.filter(|&recorded| {
            let over = ["used", "revoked"].contains(&unit.stage());
            over || end.is_some_and(|end| end <= recorded)
        });
        let holder = self.model.holder(order, no);
        let tries: Vec<_> = unit.tries.iter().map(|one| one.number).collect();
        format!(
            "{} {} holder {:?} ends {:?} expired {:?} attempts {}/{} codes {} tries {tries:?}",
            unit.stage(),
            if end.is_some_and(|end| end <= at) { "ended" } else { "live" },
            holder.map(|holder| (ledger::person(holder.candidate).to_string(), holder.bound)),
            end.map(ledger::instant),
            recorded.map(ledger::instant),
            Model::attempts_used(unit),
            if unit.practice { 0 } else { self.model.attempts_max(unit) },
            unit.codes,
        )
    }
}

/// Asserts that the ledger gives the notices that the model gives, and no others.
fn notices_are_given(ask: &Ask, reply: &Reply, expected: &[Told]) -> Result<(), String> {
    let Outcome::Accepted { events, .. } = &reply.outcome else { return Ok(()) };
    let notice = |event: &Event| match (ask, event) {
        (Ask::Expire { order }, Event::EndsSoon(e)) => {
            let (end, due) = (e.ends_at.millis(), e.notice_at.millis());
            Some(Told { order: *order, unit: e.unit, end, due })
        }
        _ => None,
    };
    let given: Vec<_> = events.iter().filter_map(|happened| notice(&happened.event)).collect();
    if given == expected {
        Ok(())
    } else {
        Err(format!("the ledger tells {given:?}, the model {expected:?}"))
    }
}

/// Asserts that what was just registered or moved lies before its end.
fn is_used_in_time(
    ask: &Ask,
    answer: Answer,
    order: usize,
    shown: &UnitView,
    at: Millis,
) -> Result<(), String> {
    let sit_at = match *ask {
        Ask::Schedule { voucher, sit_at, .. } | Ask::Reschedule { voucher, sit_at }
            if (voucher.order, voucher.unit) == (order, shown.unit) =>
        {
            sit_at
        }
        _ => return Ok(()),
    };
    let ended = shown.ends_at.is_some_and(|ends_at| ends_at.millis() <= sit_at);
    // Reported late, a sitting may have been registered before an end that has come since.
    let reported_late = matches!(ask, Ask::Schedule { booked_at: Some(_), .. });
    if answer == Answer::Yes && ended && !reported_late {
        return Err(format!("at {at}: order {order} is used at or after its end: {shown:?}"));
    }
    Ok(())
}

fn seen(unit: &UnitView, at: Millis) -> String {
    let tries: Vec<_> = unit.attempts.iter().map(|one| one.number).collect();
    format!(
        "{} {} holder {:?} ends {:?} expired {:?} attempts {}/{} codes {} tries {tries:?}",
        unit.stage,
        if unit.stands(ledger::instant(at)) == "ended" { "ended" } else { "live" },
        unit.holder.as_ref().map(|holder| (holder.to_string(), unit.bound)),
        unit.ends_at,
        unit.expired_at,
        unit.attempts_used,
        unit.attempts_max,
        unit.codes,
    )
}
