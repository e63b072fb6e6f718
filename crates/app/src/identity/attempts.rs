//! How often somebody may try to get in, and how much work that may cause.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;

use crate::secrets::TokenHash;
use crate::{App, Error};

/// Attempts per name and minute.
const PER_NAME: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Attempts per address and minute: a crew behind one router signs in at the same time.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Names and addresses that are remembered before old ones are dropped.
const REMEMBERED: usize = 10_000;
/// Passwords hashed at the same time; each takes 46 MiB.
const HASHES_AT_ONCE: usize = 2;
/// Passwords hashed or waiting for it: one and a half seconds of work.
const HASHES_WAITING: usize = 32;

/// Somebody who is at the door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visitor {
    /// Where the request came from, if that is known.
    pub address: Option<IpAddr>,
    /// The session that the request came with; it ends when another begins.
    pub session: Option<TokenHash>,
}

/// Limits of attempts.
pub(crate) struct Attempts {
    names: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            names: RateLimiter::keyed(Quota::per_minute(PER_NAME)),
            addresses: RateLimiter::keyed(Quota::per_minute(PER_ADDRESS)),
        }
    }
}

impl Attempts {
    /// Counts an attempt of an address.
    pub fn from(&self, visitor: Visitor) -> Result<(), Error> {
        match visitor.address {
            Some(address) => allow(&self.addresses, &network(address)),
            None => Ok(()),
        }
    }

    /// Counts an attempt with a name.
    pub fn with_name(&self, name: &str) -> Result<(), Error> {
        allow(&self.names, &name.to_lowercase())
    }
}

fn allow<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Error> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|_| Error::TooManyAttempts)
}

/// The part of an address that one household or office shares: all of IPv4, the first 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// A queue for work that takes tens of milliseconds of a processor and much memory.
pub(crate) struct Hashing {
    queue: Semaphore,
    at_once: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { queue: Semaphore::new(HASHES_WAITING), at_once: Semaphore::new(HASHES_AT_ONCE) }
    }
}

impl App {
    /// Hashes, a little at a time; refuses when too many wait already.
    pub(crate) async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _queued = self.hashing.queue.try_acquire().map_err(|_| Error::TooManyAttempts)?;
        let stopping = |_| Error::Internal("the program is stopping");
        let _permit = self.hashing.at_once.acquire().await.map_err(stopping)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal("hashing failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_counts_as_one_and_another_as_another() {
        let visitor = |address: &str| Visitor { address: Some(address.parse().unwrap()), session: None };
        let attempts = Attempts::default();
        for n in 0..PER_ADDRESS.get() {
            attempts.from(visitor(&format!("2001:db8:1:2::{n:x}"))).unwrap();
        }
        assert!(attempts.from(visitor("2001:db8:1:2:ffff::1")).is_err());
        attempts.from(visitor("2001:db8:1:3::1")).unwrap();
        attempts.from(visitor("192.0.2.1")).unwrap();
        attempts.from(Visitor::default()).unwrap();
    }
}
