//! Events that could not be taken: looked at, and settled.

use resit_intake::EventType;
use resit_intake::parked::{Mended, Parked, ParkedEvents};
use resit_nats::Link;

use crate::cli::{Global, ParkedWords};
use crate::clock;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;

pub(super) async fn run(
    words: ParkedWords,
    global: &Global,
    config: &Config,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let settings = config.nats.clone().ok_or_else(|| {
        Stopped::Input("no NATS servers are named; name them with --nats, or in RESIT_NATS".to_owned())
    })?;
    let mut events = ParkedEvents::of(Link::connect(settings).await?).await?;
    events.catch_up().await?;
    let (by, at) = (global.actor.clone(), clock::now());
    match words {
        ParkedWords::List { all: true } => out.parked(events.all())?,
        ParkedWords::List { all: false } => out.parked(events.open())?,
        ParkedWords::Show { number } => out.parked_event(known(&events, number)?)?,
        ParkedWords::Retry { numbers } => {
            for number in numbers {
                let settled = events.retry(number, by.clone(), at).await?;
                out.settled(&settled)?;
            }
        }
        ParkedWords::Fix { number, body, r#type } => {
            let data = std::fs::read(&body).map_err(|source| Stopped::File { path: body, source })?;
            let kind = r#type.map(|name| typed(&name)).transpose()?;
            let settled = events.fix(number, Mended { data: data.into(), kind }, by, at).await?;
            out.settled(&settled)?;
        }
        ParkedWords::Discard { number, reason } => {
            let settled = events.discard(number, reason, by, at).await?;
            out.settled(&settled)?;
        }
    }
    Ok(Status::Done)
}

fn known(events: &ParkedEvents, number: u64) -> Result<&Parked, Stopped> {
    events.get(number).ok_or_else(|| resit_intake::IntakeError::NotParked(number).into())
}

fn typed(name: &str) -> Result<String, Stopped> {
    if EventType::named(name).is_some() {
        return Ok(name.to_owned());
    }
    let known: Vec<_> = EventType::ALL.iter().map(|kind| kind.name()).collect();
    Err(Stopped::Input(format!("--type: there is no type `{name}`; it is one of {}", known.join(", "))))
}

/// What a dry run of these words says.
pub(super) fn would(words: &ParkedWords) -> Option<String> {
    match words {
        ParkedWords::List { .. } | ParkedWords::Show { .. } => None,
        ParkedWords::Retry { numbers } => Some(format!("send in again what is parked as {numbers:?}")),
        ParkedWords::Fix { number, .. } => {
            Some(format!("send another event in place of the parked {number}"))
        }
        ParkedWords::Discard { number, .. } => Some(format!("discard the parked event {number}")),
    }
}
