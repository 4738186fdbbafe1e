//! Whether a ledger has all that it needs.

use super::{Deed, Difference, Layout, LayoutError, Mending, plan};
use crate::durability::{self, NotDurable};
use crate::{Durability, Link};

/// Something that is not as a ledger needs it.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// It is not there.
    #[error("the {kind} {name} is not there; make it with `resit nats apply`")]
    Missing {
        /// Stream, bucket or consumer.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// It is not as it has to be.
    #[error("the {kind} {name} has {what} = {has} and needs {needs}; {remedy}", what = .difference.what,
        has = .difference.has, needs = .difference.needs, remedy = remedy(.difference, .kind))]
    Differs {
        /// Stream, bucket or consumer.
        kind: &'static str,
        /// Its name.
        name: String,
        /// In what.
        difference: Difference,
    },
    /// Nobody knows that it outlives a power cut.
    #[error(transparent)]
    NotDurable(NotDurable),
}

impl Difference {
    /// What is to be done about it, on a thing of this kind.
    pub fn remedy(&self, kind: &str) -> &'static str {
        remedy(self, kind)
    }
}

fn remedy(difference: &Difference, kind: &str) -> &'static str {
    match (difference.mending, kind) {
        (Mending::Here, _) => "mend it with `resit nats apply`",
        (Mending::ByHand, "consumer") => {
            "delete it by hand and run `resit nats apply`: it then reads its stream from the beginning again"
        }
        (Mending::ByHand, _) => {
            "it is left alone, since changing it may lose what was acknowledged: back the stream up, and change it by hand"
        }
    }
}

/// Finds all that is not as a ledger needs it; in durable mode also whether its servers sync.
///
/// # Errors
///
/// If NATS does not answer.
pub async fn check(link: &Link, layout: &Layout) -> Result<Vec<Flaw>, LayoutError> {
    let mut flaws = Vec::new();
    for step in plan(link, layout).await?.steps {
        let (kind, name) = (step.thing.kind(), step.thing.name());
        match step.deed {
            Deed::Keep => {}
            Deed::Create => flaws.push(Flaw::Missing { kind, name }),
            Deed::Mend(differences) | Deed::Leave(differences) => {
                let flaw = |difference| Flaw::Differs { kind, name: name.clone(), difference };
                flaws.extend(differences.into_iter().map(flaw));
            }
        }
    }
    if link.settings.durability == Durability::Durable
        && let Err(not_durable) = durability::prove(link).await
    {
        flaws.push(Flaw::NotDurable(not_durable));
    }
    Ok(flaws)
}
