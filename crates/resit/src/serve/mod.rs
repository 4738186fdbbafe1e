//! The server: all roles in one process over one ledger.

mod address;
mod door;
mod expiry;
mod pace;
mod place;
mod read_models;
mod rehearse;
mod retry;
mod role;
mod stop;
mod upkeep;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use resit_clock_guard::Bounds;
use resit_event_log::Position;
use resit_gateway::{Answers, App, Auth, Clock as _, Front, Gauges, Limits, Parts};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

pub(crate) use address::Address;
pub(crate) use door::{auth, listener};
pub(crate) use expiry::Expiry;
pub(crate) use read_models::ReadModels;
pub(crate) use retry::Retry;
pub(crate) use role::Role;
pub(crate) use stop::{Signals, Stop, Stopper, stop};

use crate::cli::ServeWords;
use crate::clock::{self, ServerClock};
use crate::config::Config;
use crate::desk::{Kept, Running};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;
use upkeep::Keeper;

/// The fewest threads that answer requests: one that is busy must not keep all others waiting.
const WORKERS_MIN: usize = 2;

/// How long what is left of requests may take when the server ends.
const END_MAX: Duration = Duration::from_secs(1);

/// Serves a ledger until a signal says stop.
pub(crate) fn run(config: &Config, words: &ServeWords, out: &mut Out) -> Result<Status, Stopped> {
    let story = words.rehearse.as_deref().map(rehearse::read).transpose()?;
    let home = config.home();
    let ledger = if story.is_some() { rehearse::ledger(&home)? } else { Ledger::open(&home)? };
    let ledger = Arc::new(ledger);
    let runtime = runtime()?;
    let clock = Arc::new(runtime.block_on(clock_of(&ledger, config.clock_bounds()))?);
    clock.guard(&ledger.handler);
    let auth = door::auth(config, &home.folder, clock.now())?;
    let listener = runtime.block_on(door::listener(config.listen.value))?;
    let address = listener.local_addr()?;
    let url = format!("http://{}", reached_at(address));
    let running = Running { address: url.clone(), auth: auth.name(), started_at: clock::now() };
    let said = listening(address, &auth);

    let (stopper, stop) = stop();
    let signals = {
        let _inside = runtime.enter();
        Signals::take()?
    };
    runtime.spawn(signals.give(stopper.clone()));
    let kept = Arc::new(Kept::of(&ledger)?);
    let gauges = Arc::new(Gauges::default());
    let watched = gauges.clone();
    let parts = Parts {
        handler: ledger.handler.clone(),
        log: ledger.log.clone(),
        read_models: Some(kept.read_models.projector.clone()),
        follower: kept.read_models.follower(),
        upkeep: Arc::new(Keeper {
            ledger: ledger.clone(),
            kept: kept.clone(),
            running,
            clock: clock.clone(),
        }),
    };
    let watched = clock::watch(clock.clone(), Some(ledger.log.clone()), gauges.clone(), stop.clone());
    let watched = runtime.spawn(watched);
    let front = Front { clock: clock.clone(), auth, gauges: gauges.clone(), limits: limits(config) };
    let app = App::new(front, Answers::Here(Arc::new(parts)));
    let expiry = Expiry {
        scheduler: kept.scheduler.clone(),
        log: ledger.log.clone(),
        clock,
        gauges,
        folder: home.folder.clone(),
        turn: watch::Sender::new(true).subscribe(),
        position: watch::Sender::new(Position::START),
    };
    let roles = roles(&kept, expiry, &stopper, &stop)?;
    let posted = Address { url: url.clone(), pid: std::process::id(), started_at: clock::now() };
    let posted = posted.post(&home.folder)?;
    let in_place = runtime.spawn(place::kept(ledger.clone(), watched, stopper.clone(), stop.clone()));
    let gateway = runtime.spawn(gateway(listener, app, stop.clone()));
    tracing::info!(%url, ledger = %home.folder.display(), "serving");
    out.said(&said)?;
    if let Some(story) = story {
        let token = config.token.as_ref().map(|token| token.value.0.clone());
        let played = runtime.block_on(rehearse::play(&story, &ledger, &url, token, out));
        // Whatever came of the story, the server stays until it is asked to stop.
        if let Err(stopped) = played
            && !stop.is_now()
        {
            out.failure(&stopped);
        }
    }

    let served = runtime.block_on(gateway);
    stopper.stop();
    let ended = roles.into_iter().map(Role::end).collect::<Vec<_>>();
    let in_place = runtime.block_on(in_place);
    drop(runtime.block_on(watched));
    let flushed = kept.read_models.projector.flush();
    runtime.shutdown_timeout(END_MAX);
    drop(posted);
    // Whatever else went wrong did so because of it.
    if !in_place.map_err(|_| Stopped::Role("watch over the ledger's folder"))? {
        return Err(Stopped::Displaced(home.folder));
    }
    flushed?;
    served.map_err(|_| Stopped::Role("gateway"))?;
    ended.into_iter().collect::<Result<Vec<_>, _>>()?;
    tracing::info!("stopped: everything that was acknowledged is on record");
    Ok(Status::Done)
}

/// What a server says when it listens.
pub(crate) fn listening(address: SocketAddr, auth: &Auth) -> String {
    let here = reached_at(address);
    let from_here = if address == here { String::new() } else { format!(" (from here: http://{here})") };
    let for_whom = match auth {
        Auth::Open => "everybody on this machine",
        Auth::Tokens(_) | Auth::Vouched => "callers with a token",
    };
    format!("listening on http://{address}{from_here}, for {for_whom}")
}

/// How much a door takes.
pub(crate) fn limits(config: &Config) -> Limits {
    Limits {
        body_bytes_max: config.body_bytes_max.value,
        in_flight_max: config.in_flight_max.value,
        ..Limits::default()
    }
}

/// Where this machine reaches what listens on an address: one that stands for all of them is no address to ask.
pub(crate) fn reached_at(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The threads that answer requests.
pub(crate) fn runtime() -> Result<Runtime, Stopped> {
    let workers = std::thread::available_parallelism().map_or(WORKERS_MIN, NonZero::get).max(WORKERS_MIN);
    Ok(Builder::new_multi_thread().worker_threads(workers).thread_name("gateway").enable_all().build()?)
}

/// The clock of a ledger: the system's. That of a rehearsal stood still while nobody served it.
async fn clock_of(ledger: &Ledger, bounds: Bounds) -> Result<ServerClock, Stopped> {
    if !ledger.rehearsal {
        return Ok(ServerClock::of_a_ledger(&ledger.folder, bounds, &*ledger.log).await?);
    }
    let head = ledger.log.head().await?;
    let last = ledger.log.read(Position(head.0.saturating_sub(1)), 1).await?;
    Ok(ServerClock::for_rehearsals(last.last().map_or_else(clock::now, |record| record.recorded_at)))
}

fn roles(kept: &Arc<Kept>, expiry: Expiry, stopper: &Stopper, stop: &Stop) -> Result<[Role; 2], Stopped> {
    let models = kept.clone();
    let projector = async move |stop| models.read_models.follow(stop).await;
    let scheduler = async move |stop| expiry.run(stop).await;
    Ok([
        Role::start("projector", stopper.clone(), stop.clone(), projector)?,
        Role::start("expiry-scheduler", stopper.clone(), stop.clone(), scheduler)?,
    ])
}

async fn gateway(listener: TcpListener, app: Arc<App>, mut stop: Stop) {
    resit_gateway::serve(listener, app, async move { stop.asked().await }).await;
}
