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
    let Asked { at, impact, confirmed, .. } = asked_of(first)?;
    (known.impact, known.confirmed) = (impact, confirmed);
    Ok(known.decide(&request.command, at, &mut Judge::brief()))
}
