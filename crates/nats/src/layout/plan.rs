//! What would have to be done so that a ledger has what it needs. It only looks.

use async_nats::jetstream::{ErrorCode, consumer, stream};
use serde::de::DeserializeOwned;

use super::api::ask;
use super::difference::{of_consumer, of_stream};
use super::{Difference, Durable, Layout, LayoutError, Mending};
use crate::Link;

/// What would have to be done, thing by thing, in that order.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One for each thing that the ledger needs.
    pub steps: Vec<Step>,
}

/// What would have to be done about one thing.
#[derive(Debug, Clone)]
pub struct Step {
    /// The thing.
    pub thing: Thing,
    /// What would have to be done.
    pub deed: Deed,
}

/// Something that a ledger needs.
#[derive(Debug, Clone)]
pub enum Thing {
    /// A stream, or a bucket.
    Stream(Box<stream::Config>),
    /// A durable consumer.
    Consumer(Box<Durable>),
}

/// What would have to be done about a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Nothing: it is as it has to be.
    Keep,
    /// It is not there, and would be made.
    Create,
    /// It differs, and would be mended without losing anything.
    Mend(Vec<Difference>),
    /// It differs in a way that only people may mend; it would be left as it is.
    Leave(Vec<Difference>),
}

impl Thing {
    /// `stream`, `bucket` or `consumer`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Stream(config) if config.name.starts_with("KV_") => "bucket",
            Self::Stream(_) => "stream",
            Self::Consumer(_) => "consumer",
        }
    }

    /// Its name; a consumer's comes after its stream's.
    pub fn name(&self) -> String {
        match self {
            Self::Stream(config) => config.name.trim_start_matches("KV_").to_owned(),
            Self::Consumer(durable) => format!("{}/{}", durable.stream, durable.name),
        }
    }

    /// What it is for.
    pub fn about(&self) -> &str {
        let about = match self {
            Self::Stream(config) => &config.description,
            Self::Consumer(durable) => &durable.config.description,
        };
        about.as_deref().unwrap_or_default()
    }
}

impl Plan {
    /// Whether everything is as it has to be.
    pub fn is_done(&self) -> bool {
        self.steps.iter().all(|step| step.deed == Deed::Keep)
    }
}

/// Says what would have to be done.
///
/// # Errors
///
/// If NATS does not answer, or this user may not ask.
pub async fn plan(link: &Link, layout: &Layout) -> Result<Plan, LayoutError> {
    let mut steps = Vec::new();
    for needs in &layout.streams {
        let has = stream_info(link, &needs.name).await?;
        let deed = deed(has.map(|has| of_stream(&has.config, needs)));
        steps.push(Step { thing: Thing::Stream(Box::new(needs.clone())), deed });
    }
    for needs in &layout.consumers {
        let subject = format!("CONSUMER.INFO.{}.{}", needs.stream, needs.name);
        let has: Option<consumer::Info> = asked(link, subject).await?;
        let deed = deed(has.map(|has| of_consumer(&has.config, needs)));
        steps.push(Step { thing: Thing::Consumer(Box::new(needs.clone())), deed });
    }
    Ok(Plan { steps })
}

fn deed(differences: Option<Vec<Difference>>) -> Deed {
    match differences {
        None => Deed::Create,
        Some(none) if none.is_empty() => Deed::Keep,
        Some(some) if some.iter().all(|difference| difference.mending == Mending::Here) => Deed::Mend(some),
        Some(some) => Deed::Leave(some),
    }
}

/// What is known of a stream; none if it is not there.
pub(crate) async fn stream_info(link: &Link, stream: &str) -> Result<Option<stream::Info>, LayoutError> {
    asked(link, format!("STREAM.INFO.{stream}")).await
}

async fn asked<T: DeserializeOwned>(link: &Link, request: String) -> Result<Option<T>, LayoutError> {
    match ask(link, &request, Vec::new()).await? {
        Ok(info) => Ok(Some(info)),
        Err(error) => match error.error_code() {
            ErrorCode::STREAM_NOT_FOUND | ErrorCode::CONSUMER_NOT_FOUND => Ok(None),
            ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => Err(LayoutError::NoJetStream),
            _ => Err(LayoutError::Refused { request, source: error }),
        },
    }
}
