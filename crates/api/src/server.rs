//! Connections: limits and time-outs that hold (a bare `axum::serve` has none that do).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use crate::ApiState;

/// Connections at the same time, those that became WebSockets included, if the system gives enough file handles; further
/// ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 20_000;
/// File handles that are left to the database, the log and the rest.
const HANDLES_LEFT: usize = 124;
/// Connections of one address at the same time, so that no single machine can take all places. This machine's own are not
/// counted: a proxy in front of the program brings everybody's.
const CONNECTIONS_PER_ADDRESS_MAX: usize = 200;
/// A client that takes nothing of an answer for so long is gone.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// A client must have sent its headers by then.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// Room for the headers of one request, in bytes.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Headers in one request.
const HEADERS_MAX: usize = 100;
/// Pause after a failed accept, such as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many connections there may be with so many file handles.
pub fn connections_max(handles: u64) -> usize {
    let handles = usize::try_from(handles).unwrap_or(usize::MAX);
    handles.saturating_sub(HANDLES_LEFT).clamp(1, CONNECTIONS_MAX)
}

/// Serves until `state.stop`; connections in the middle of a request finish it.
pub async fn serve(listener: TcpListener, router: Router, state: &ApiState) {
    let places = Arc::new(Semaphore::new(state.connections_max));
    let addresses = Addresses::default();
    loop {
        let place = tokio::select! {
            () = state.stop.cancelled() => return,
            place = places.clone().acquire_owned() => place,
        };
        let Ok(place) = place else { return };
        let accepted = tokio::select! {
            () = state.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let Some(counted) = addresses.enter(from.ip()) else { continue };
                let place = Arc::new(Place { _place: place, _counted: counted });
                let peer = Peer { from, place };
                state.tasks.spawn(connection(stream, router.clone(), state.stop.clone(), peer));
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
    peer: Peer,
) {
    // Deltas are small and wanted at once.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_WITHIN));
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        router.clone().call(request)
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let stream: Pin<Box<TimeoutStream<TcpStream>>> = Box::pin(stream);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
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

/// Who is at the other end of a request's connection, and the place that the connection takes. A WebSocket keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub from: SocketAddr,
    pub place: Arc<Place>,
}

/// A place among the connections, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    _counted: Counted,
}

/// How many connections each address has.
#[derive(Clone, Debug, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

#[derive(Debug)]
struct Counted {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// Counts a connection; nothing if the address has too many.
    fn enter(&self, address: IpAddr) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= CONNECTIONS_PER_ADDRESS_MAX && !address.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Counted { addresses: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_cannot_take_all_places_and_gives_back_what_it_took() {
        let addresses = Addresses::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let mut taken: Vec<_> =
            (0..CONNECTIONS_PER_ADDRESS_MAX).map(|_| addresses.enter(one).unwrap()).collect();
        assert!(addresses.enter(one).is_none());
        assert!(addresses.enter(other).is_some());
        taken.pop();
        assert!(addresses.enter(one).is_some());
        drop(taken);
        assert!(addresses.0.lock().unwrap().is_empty());
    }
}
