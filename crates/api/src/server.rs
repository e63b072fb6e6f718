//! Connections: limits and time-outs that hold (a bare `axum::serve` has none that do).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ApiState;

/// Connections at the same time; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 2_048;
/// A client must have sent its headers by then.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// Room for the headers of one request, in bytes.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Headers in one request.
const HEADERS_MAX: usize = 100;
/// Pause after a failed accept, such as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `state.stop`; connections in the middle of a request finish it.
pub async fn serve(listener: TcpListener, router: Router, state: &ApiState) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = state.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                state.tasks.spawn(connection(stream, router.clone(), state.stop.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    router: Router,
    stop: tokio_util::sync::CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    // Deltas are small and wanted at once.
    let _ = stream.set_nodelay(true);
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).with_upgrades();
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}
