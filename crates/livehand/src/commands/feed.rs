//! Sending events to a server at the time when they happen.

use std::time::Duration;

use livehand_kernel::{Clock, Millis};
use livehand_live::Event;
use reqwest::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::client::{Batch, Client, Refused, Taken};
use crate::edge::SystemClock;

/// How often events that are due are sent.
const TICK: Duration = Duration::from_millis(250);
/// Pause after a failed attempt; each further one waits twice as long, up to [`RETRY_MAX`].
const RETRY: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// Attempts before the server is given up.
const ATTEMPTS_MAX: u32 = 30;

/// One request that the server took.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Events in it.
    pub count: usize,
    /// The latest event time among them.
    pub last: Millis,
    /// What became of them.
    pub taken: Taken,
}

/// Where events go.
pub struct Feed<'a> {
    /// The server.
    pub client: &'a Client,
    /// Show id.
    pub show: &'a str,
    /// Name of the source.
    pub source: &'a str,
    /// Whether they happened before.
    pub recording: bool,
}

impl Feed<'_> {
    /// Sends each event when `due` says that its time has come. Calls `sent` after each request.
    pub async fn run(
        &self,
        events: impl Iterator<Item = Event>,
        mut due: impl FnMut(&Event) -> Millis,
        mut sent: impl FnMut(Sent),
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let mut events = events.peekable();
        while events.peek().is_some() && !stop.is_cancelled() {
            let now = SystemClock.now();
            let mut batch = Batch::default();
            let mut last = None;
            while let Some(event) = events.next_if(|event| due(event) <= now) {
                batch.push(&event)?;
                last = last.max(Some(event.effective_at()));
                if batch.is_full() {
                    break;
                }
            }
            if batch.count() > 0 {
                let taken = self.send(&batch).await?;
                sent(Sent { count: batch.count(), last: last.unwrap_or_default(), taken });
            }
            if !batch.is_full() {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(TICK) => {}
                }
            }
        }
        Ok(())
    }

    /// Sends events until the server has them; sending them again records nothing twice.
    pub async fn send(&self, batch: &Batch) -> anyhow::Result<Taken> {
        let mut pause = RETRY;
        for _ in 1..ATTEMPTS_MAX {
            match self.client.send(self.show, self.source, self.recording, batch).await {
                Err(error) if may_pass(&error) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(RETRY_MAX);
                }
                other => return other,
            }
        }
        self.client.send(self.show, self.source, self.recording, batch).await
    }
}

/// Whether trying again can help: the server is away or busy, not unwilling.
fn may_pass(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refused>().is_none_or(|refused| {
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&refused.status);
        later || (refused.status.is_server_error() && refused.code != "show_held_back")
    })
}
