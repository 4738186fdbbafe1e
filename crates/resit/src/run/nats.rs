//! What a ledger needs on NATS: planned, made, checked.

use std::path::Path;

use resit_nats::layout::{self, Layout, Plan};
use resit_nats::{Link, User};

use super::nats_users;
use crate::cli::{Global, NatsUsers, NatsWords};
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;

pub(super) async fn run(
    words: NatsWords,
    global: &Global,
    config: &Config,
    out: &mut Out,
) -> Result<Status, Stopped> {
    match words {
        // A dry run of `apply` is what `plan` is.
        NatsWords::Apply(who) if global.dry_run => {
            let (link, layout) = asked(who, config).await?;
            told(&layout::plan(&link, &layout).await?, out)
        }
        NatsWords::Plan(who) => {
            let (link, layout) = asked(who, config).await?;
            told(&layout::plan(&link, &layout).await?, out)
        }
        NatsWords::Apply(who) => {
            let (link, layout) = asked(who, config).await?;
            told(&layout::apply(&link, &layout).await?, out)
        }
        NatsWords::Check(who) => {
            let (link, layout) = asked(who, config).await?;
            let flaws = layout::check(&link, &layout).await?;
            out.nats_check(&layout, &flaws, &link.settings)?;
            Ok(if flaws.is_empty() { Status::Done } else { Status::Refused })
        }
        NatsWords::Users(words) => nats_users::write(words, &config.nats_ledger, out),
    }
}

/// What a dry run of these words says.
pub(super) fn would(words: &NatsWords) -> Option<String> {
    match words {
        NatsWords::Users(words) => Some(format!(
            "write the configuration of the servers {} to {}",
            words.servers.join(", "),
            Path::new(&words.to).display()
        )),
        NatsWords::Plan(_) | NatsWords::Apply(_) | NatsWords::Check(_) => None,
    }
}

/// A connection, and what the ledger needs behind it.
async fn asked(who: NatsUsers, config: &Config) -> Result<(Link, Layout), Stopped> {
    let settings = config.nats.clone().ok_or_else(|| {
        Stopped::Input("no NATS servers are named; name them with --nats, or in RESIT_NATS".to_owned())
    })?;
    let users = distinct(who.users)?;
    let link = Link::connect(settings).await?;
    let layout = Layout::of(&link.names, link.settings.replicas, &users);
    Ok((link, layout))
}

/// Users whose names differ: a name is an actor on record, whatever its role.
pub(super) fn distinct(users: Vec<Option<User>>) -> Result<Vec<User>, Stopped> {
    let users: Vec<User> = users.into_iter().flatten().collect();
    for (n, user) in users.iter().enumerate() {
        if let Some(other) = users[..n].iter().find(|other| other.name() == user.name() && *other != user) {
            return Err(Stopped::Input(format!("{other} and {user} have the same name; name one otherwise")));
        }
    }
    Ok(users)
}

fn told(plan: &Plan, out: &mut Out) -> Result<Status, Stopped> {
    out.nats_plan(plan)?;
    let left = plan.steps.iter().any(|step| matches!(step.deed, layout::Deed::Leave(_)));
    Ok(if left { Status::Refused } else { Status::Done })
}
