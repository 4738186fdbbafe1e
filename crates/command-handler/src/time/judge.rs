//! One command of a span, judged again.

use resit_domain::correction::DUE_KINDS;
use resit_domain::{Command, Decision, Event, Judge, Refusal, Stream};
use resit_event_log::Record;
use resit_states::{AsOf, Asked, States, asked_of, decode, stream_of};
use resit_voucher_code::CodeKey;

use crate::gather::Gatherer;
use crate::{Failure, Request};

/// The command of a commit, if the right time could turn it. What falls due is voided by its own rule, and the clock is no right.
pub(super) fn to_be_judged(commit: &[Record]) -> Option<Asked> {
    let only_due = |record: &Record| record.events.iter().all(|event| DUE_KINDS.contains(&&*event.kind));
    if commit.iter().all(only_due) {
        return None;
    }
    let first = commit.first()?;
    if first.slice != 0 || usize::from(first.slices) != commit.len() {
        // The span begins or ends inside it.
        return None;
    }
    let asked = asked_of(first).ok()?;
    let is_about_time =
        matches!(asked.command, Command::Expire(_) | Command::ConfirmClock(_) | Command::CorrectTime(_));
    (!is_about_time).then_some(asked)
}

/// Judges the command of a commit again, at the instant that its first record shows.
pub(super) async fn judge_again(
    states: &States,
    as_of: AsOf,
    key: &CodeKey,
    first: &Record,
    commit: &[Record],
    command: &Command,
) -> Result<Result<Decision, Refusal>, Failure> {
    let request = Request {
        id: first.command.clone(),
        actor: first.actor.clone(),
        command: command.clone(),
        confirm: false,
    };
    let mut known = Gatherer::new(states, key, as_of).gather(&request).await?.known;
    for record in commit {
        for event in record.events.iter().filter(|event| event.kind == "ResultCorrected") {
            if let Event::ResultCorrected(corrected) = decode(event)? {
                known.flips = corrected.flips;
            }
        }
    }
    let minted = commit.iter().filter(|record| record.events.iter().any(|event| event.kind == "CodeMinted"));
    let minted = minted.map(|record| stream_of(&record.stream)).collect::<Result<Vec<_>, _>>()?;
    // The key may be another one by now. The codes are those that are out.
    let minted = minted.into_iter().filter_map(|stream| match stream {
        Stream::Code(code) => Some(code),
        _ => None,
    });
    let minted: Vec<_> = minted.collect();
    if minted.len() == known.minted.len() {
        known.minted = minted;
    }
    let Asked { at, law, impact, confirmed, .. } = asked_of(first)?;
    known.law = Some(law);
    (known.impact, known.confirmed) = (impact, confirmed);
    let rules = zone_rules(commit)?;
    if rules.is_none() {
        known.shipped_zones = None;
    }
    let mut judged = known.decide(&request.command, at, &mut Judge::brief());
    if let (Ok(decision), Some(rules)) = (&mut judged, rules) {
        put_as_recorded(decision, &rules);
    }
    Ok(judged)
}

/// The zone rules that a commit published, if any.
fn zone_rules(commit: &[Record]) -> Result<Option<Event>, Failure> {
    let mut events = commit.iter().flat_map(|record| &record.events);
    Ok(events.find(|event| event.kind == "ZoneRulesPublished").map(decode).transpose()?)
}

/// The program may ship other rules of time zones by now. Those that are on record are what the command put there.
fn put_as_recorded(decision: &mut Decision, rules: &Event) {
    for placed in &mut decision.events {
        if placed.event.kind() == rules.kind() {
            placed.event = rules.clone();
        }
    }
}
