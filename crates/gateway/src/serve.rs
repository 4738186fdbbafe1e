//! A gateway on a socket.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::monitor::monitor;
use crate::{App, router};

/// How many seconds requests that are under way have to finish when the server stops.
pub const STOP_S_MAX: u64 = 8;

/// After how long a connection is taken again, when none could be.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Answers on a socket until `shutdown` is done; then takes no more connections, finishes what is under way and closes
/// what is idle.
///
/// That a connection could not be taken is logged, and passes.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()> + Send) {
    let router = router(&app);
    serving(listener, router, app, shutdown).await;
}

/// The same, of health and metrics alone; whoever asks needs no token for them.
pub async fn serve_monitor(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()> + Send) {
    let router = monitor(&app);
    serving(listener, router, app, shutdown).await;
}

async fn serving(
    listener: TcpListener,
    router: Router,
    app: Arc<App>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let service = TowerToHyperService::new(router);
    let mut http = http1::Builder::new();
    // It runs from the first moment of a connection, and again after each answer.
    let head_max = Duration::from_millis(app.front.limits.head_millis_max);
    http.timer(TokioTimer::new()).header_read_timeout(head_max).pipeline_flush(true);
    let connections = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let taken = tokio::select! {
            () = &mut shutdown => break,
            taken = listener.accept() => taken,
        };
        let stream = match taken {
            Ok((stream, _)) => stream,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                // Most likely no file handle is free: one is, when some connection has closed.
                tracing::error!(%error, "a connection could not be taken");
                match tokio::time::timeout(AGAIN_AFTER, &mut shutdown).await {
                    Ok(()) => break,
                    Err(_) => continue,
                }
            }
        };
        at_once(&stream);
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // Whoever hangs up in the middle of a request has heard enough.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    app.begin_to_stop();
    let limit = Duration::from_secs(STOP_S_MAX);
    if tokio::time::timeout(limit, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were not finished within {STOP_S_MAX} seconds");
    }
}

/// Answers are small: each leaves at once.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers on a connection may wait for company");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as E;
    matches!(error.kind(), E::ConnectionAborted | E::ConnectionReset | E::ConnectionRefused | E::Interrupted)
}
