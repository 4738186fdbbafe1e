//! Measuring.

use std::future::Future;
use std::time::Duration;

use resit_bench::{BenchError, Plan};
use resit_nats::Settings as NatsSettings;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{BenchPart, BenchWords};
use crate::clock;
use crate::exit::{Status, Stopped};
use crate::output::{Measures, Out};

/// Measures what the words ask for, and tells it at the end of each part.
pub(super) fn run(words: &BenchWords, nats: Option<&NatsSettings>, out: &mut Out) -> Result<Status, Stopped> {
    let plan = Plan {
        folder: words.folder.clone(),
        program: std::env::current_exe()?,
        round: Duration::from_secs(words.seconds.max(1)),
        rounds: words.rounds.max(1),
        events: words.events,
        expiring: words.expiring,
    };
    let all = [BenchPart::Commands, BenchPart::Http, BenchPart::Upkeep, BenchPart::Expiry];
    // Who names NATS servers and nothing else wants to know about those.
    let parts = match (words.parts.as_slice(), nats) {
        ([], None) => &all,
        ([], Some(_)) => &[BenchPart::Nats][..],
        (parts, _) => parts,
    };
    for part in parts {
        match part {
            BenchPart::Commands => {
                let measure = |clients| resit_bench::commands(&plan, clients);
                let rows = each(words, &runtime()?, measure)?;
                out.commands_measured(&rows)?;
            }
            BenchPart::Http => {
                let measure = |clients| resit_bench::over_http(&plan, clients, clock::now());
                let rows = each(words, &clients_alone()?, measure)?;
                out.http_measured(&rows)?;
            }
            BenchPart::Upkeep => {
                let upkeep = runtime()?.block_on(resit_bench::upkeep(&plan))?;
                out.measures(&Measures::of_upkeep(&upkeep))?;
            }
            BenchPart::Expiry => {
                let pass = runtime()?.block_on(resit_bench::expiry(&plan))?;
                out.measures(&Measures::of_expiry(&pass))?;
            }
            BenchPart::Log => {
                let rows = each(words, &runtime()?, |writers| resit_bench::log(&plan, writers))?;
                out.log_measured(&rows)?;
            }
            BenchPart::Nats => {
                let nats = nats.ok_or_else(no_servers)?;
                let measure = |clients| resit_bench::over_nats(&plan, nats, clients);
                let rows = each(words, &runtime()?, measure)?;
                out.nats_measured(nats, &rows)?;
                let followed = runtime()?.block_on(resit_bench::followed(&plan, nats))?;
                out.measures(&Measures::of_followed(&followed))?;
            }
        }
    }
    Ok(Status::Done)
}

fn no_servers() -> Stopped {
    Stopped::Input(
        "nats: no servers are named; name them with --nats, such as nats://127.0.0.1:4222".to_owned(),
    )
}

fn each<T, F: Future<Output = Result<T, BenchError>>>(
    words: &BenchWords,
    runtime: &Runtime,
    measure: impl Fn(u64) -> F,
) -> Result<Vec<T>, Stopped> {
    words.clients.iter().map(|clients| Ok(runtime.block_on(measure((*clients).max(1)))?)).collect()
}

/// Threads as the server has them.
fn runtime() -> Result<Runtime, Stopped> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// One thread for clients that do no more than send and receive: more would only wake each other.
fn clients_alone() -> Result<Runtime, Stopped> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
