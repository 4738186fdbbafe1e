//! Makes what is missing, and mends what can be mended.

use async_nats::jetstream::{consumer, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::api::ask;
use super::{Deed, Layout, LayoutError, Plan, Thing, plan};
use crate::Link;

/// Makes what is missing, and mends what differs where nothing is lost or weakened by it; leaves the rest, and says so.
/// The plan that is returned is what was done.
///
/// # Errors
///
/// If NATS does not answer or refuses. What was done before that stays; apply again.
pub async fn apply(link: &Link, layout: &Layout) -> Result<Plan, LayoutError> {
    let plan = plan(link, layout).await?;
    for step in &plan.steps {
        match (&step.thing, &step.deed) {
            (_, Deed::Keep | Deed::Leave(_)) => {}
            (Thing::Stream(config), Deed::Create) => {
                told::<stream::Info>(link, format!("STREAM.CREATE.{}", config.name), config).await?;
            }
            (Thing::Stream(config), Deed::Mend(_)) => {
                told::<stream::Info>(link, format!("STREAM.UPDATE.{}", config.name), config).await?;
            }
            (Thing::Consumer(durable), deed) => {
                let action = if *deed == Deed::Create { "create" } else { "update" };
                let config = consumer::IntoConsumerConfig::into_consumer_config(durable.config.clone());
                let filter = Some(&config.filter_subject).filter(|filter| !filter.is_empty());
                let filter = filter.map_or_else(String::new, |filter| format!(".{filter}"));
                let subject = format!("CONSUMER.CREATE.{}.{}{filter}", durable.stream, durable.name);
                let body = json!({ "stream_name": durable.stream, "config": config, "action": action });
                told::<consumer::Info>(link, subject, &body).await?;
            }
        }
    }
    Ok(plan)
}

async fn told<T: DeserializeOwned>(
    link: &Link,
    request: String,
    body: &impl Serialize,
) -> Result<T, LayoutError> {
    let body = serde_json::to_vec(body).expect("a configuration has a JSON form");
    ask(link, &request, body).await?.map_err(|source| LayoutError::Refused { request, source })
}
