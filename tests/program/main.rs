//! The program as its users have it: a process, its HTTP interface, its command line.

#![cfg(test)]

mod access;
mod answers;
mod auto_answers;
mod catalogue;
mod catalogue_sheets;
mod changes;
mod command_line;
mod corrections;
mod crash;
mod damage;
mod demand;
mod demo;
mod drafts;
mod faq;
mod fulfilment;
mod hesitation;
mod identity;
mod intake;
mod intercepts;
mod learning;
mod ledger;
mod limits;
mod lineup;
mod offers;
mod order_stock;
mod orders;
mod personal_data;
mod planted;
mod planted_orders;
mod quotes;
mod recordings;
mod reservations;
mod review;
mod sheets;
mod stock;
mod stream;
mod tickets;
mod verification;
mod wording;

use std::path::PathBuf;

use livehand_tests::api::Api;
use livehand_tests::program::Server;
use tempfile::TempDir;

/// A server on an empty data directory, and the right to do everything on it.
pub(crate) struct Fresh {
    pub(crate) server: Server,
    pub(crate) operator: Api,
    folder: TempDir,
}

impl Fresh {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start(&folder.path().join("data")).await.unwrap();
        let operator = server.operator().unwrap();
        Self { server, operator, folder }
    }

    /// Its data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills it as a power cut does; its data stays.
    pub(crate) async fn kill(self) -> (TempDir, PathBuf) {
        let data = self.data();
        self.server.kill().await.unwrap();
        (self.folder, data)
    }
}

/// One line of NDJSON.
pub(crate) fn line(id: &str, at: i64, kind: &str, more: &str) -> String {
    format!("{{\"id\":\"{id}\",\"at\":{at},\"type\":\"{kind}\"{more}}}\n")
}

/// When the events of these tests happen.
pub(crate) const AT: i64 = 1_781_784_000_000;

/// This moment, ms.
#[expect(clippy::disallowed_methods, reason = "the server goes by the same clock")]
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Looks again and again until what is found is as wanted, for at most half a minute.
pub(crate) async fn until<T>(look: impl AsyncFn() -> T, wanted: impl Fn(&T) -> bool) -> T {
    let looking = async {
        loop {
            let found = look().await;
            if wanted(&found) {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), looking).await.expect("it never came")
}
