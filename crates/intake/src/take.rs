//! Taking what an event asks for: judged first, and given unless it comes too early.

use resit_api::FieldError;
use resit_command_handler::{Failure, Outcome};
use resit_domain::{Refusal, Rule, Timestamp};
use resit_event_log::AppendError;

use crate::asked::{Asked, AskedCommand};
use crate::outcome::{Answered, Came};
use crate::{Commands, Poison, Reason};

/// How far a sender's clock may be ahead, in milliseconds: an event of then waits until it is now.
const AHEAD_MAX: i64 = 5 * 60 * 1_000;

/// Takes what an event asks for, at `now`.
///
/// # Errors
///
/// If the ledger did not answer. Nothing is lost by taking the event again.
pub(crate) async fn take(commands: &dyn Commands, asked: &Asked, now: Timestamp) -> Result<Came, Failure> {
    match asked.happened_at {
        Some(time) if time > now.plus_millis(AHEAD_MAX) => {
            let what = format!("it happened at {time}, and now is {now}");
            let remedy = "send the instant at which it happened, in UTC or with its offset";
            return Ok(Came::Poisoned(Poison::new(Reason::BadData, "time", what, remedy)));
        }
        Some(time) if time > now => return Ok(Came::Ahead),
        _ => {}
    }
    let (mut ready, mut waits) = (Vec::with_capacity(asked.commands.len()), None);
    // All are judged before any is given: an event that is parked is told as not taken, so nothing of it may be done.
    for command in &asked.commands {
        match one(commands, asked, command, now).await? {
            One::Ready => ready.push(command),
            One::Waits(refusal) => waits = waits.or(Some(refusal)),
            One::Poisoned(poison) => return Ok(Came::Poisoned(poison)),
        }
    }
    let mut answered = Vec::with_capacity(ready.len());
    for command in ready {
        match commands.handle(command.request.clone(), now).await {
            Ok(reply) => answered.push(Answered::of(command, reply)),
            Err(failure) => return Ok(Came::Poisoned(poisoned(failure)?)),
        }
    }
    Ok(waits.map_or(Came::Answered(answered), Came::Waits))
}

enum One {
    Ready,
    Waits(Refusal),
    Poisoned(Poison),
}

async fn one(
    commands: &dyn Commands,
    asked: &Asked,
    command: &AskedCommand,
    now: Timestamp,
) -> Result<One, Failure> {
    let request = &command.request;
    if let Some(refusal) = strange(commands, asked, command, now).await? {
        return Ok(One::Waits(refusal));
    }
    let judged = match commands.judge(request, now).await {
        Ok(judged) => judged.outcome,
        Err(failure) => return Ok(One::Poisoned(poisoned(failure)?)),
    };
    if let Outcome::Refused(refusal) = judged
        && may_come_too_early(refusal.rule)
        && !commands.is_on_record(&request.id).await?
    {
        return Ok(One::Waits(refusal));
    }
    Ok(One::Ready)
}

/// What the rules say of an entitlement that is not there, if another shop ordered this one: the two are not told apart.
async fn strange(
    commands: &dyn Commands,
    asked: &Asked,
    command: &AskedCommand,
    now: Timestamp,
) -> Result<Option<Refusal>, Failure> {
    let Some(entitlement) = command.of_a_shop(&asked.sender) else { return Ok(None) };
    let shop = commands.shop_of(entitlement).await?;
    if shop.is_none_or(|shop| shop.as_str() == asked.sender.name.as_str()) {
        return Ok(None);
    }
    match commands.judge(&command.about_nothing(), now).await?.outcome {
        Outcome::Refused(refusal) => Ok(Some(refusal)),
        Outcome::Accepted { .. } => Ok(None),
    }
}

/// Whether a rule may say no only because another event is still on its way: an order before its booking, a booking before
/// its result, a result before the next booking.
fn may_come_too_early(rule: Rule) -> bool {
    use Rule as R;
    matches!(
        rule,
        R::KnownVoucher
            | R::RegistrationOpen
            | R::ResultAwaited
            | R::ResultKnown
            | R::RetakeNeedsFail
            | R::OneOpenHere
    )
}

/// What keeps a command from ever being taken, as it is; everything else is the world that did not answer.
fn poisoned(failure: Failure) -> Result<Poison, Failure> {
    let (reason, field, remedy) = match &failure {
        Failure::IdReused { .. } => (Reason::IdReused, "id", "give each event an id of its own"),
        Failure::TooLarge { .. } => (Reason::BadData, "quantity", "split the line"),
        Failure::IdTooLong { .. } | Failure::Append(AppendError::Invalid { .. }) => {
            (Reason::BadData, "data", "send less in one event")
        }
        _ => return Err(failure),
    };
    let error = FieldError::new(field, failure.to_string(), remedy);
    Ok(Poison { reason, error, refusal: None })
}
