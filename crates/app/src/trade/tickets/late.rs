//! The loop of after-sale: reads the logs of shows for tickets, follows parcels that are to be stopped, and raises what is
//! late, once.

use std::time::Duration;

use livehand_kernel::Millis;
use livehand_storage as storage;
use livehand_trade::tickets::{Late, Ticket};
use tokio_util::sync::CancellationToken;

use super::entry_by_itself;
use crate::audit::Entry;
use crate::{App, Error};

/// How often it is looked for what is late.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Comments that come within it are read together.
const GATHER: Duration = Duration::from_millis(200);
/// Tickets that are raised in one transaction.
const RAISED_PER_WRITE: i64 = 100;

/// Reads comments for tickets and raises what is late, until told to stop.
pub async fn run_tickets(app: App, stop: CancellationToken) {
    // What was not read before the program ended is in the logs.
    match app.shows_on_air().await {
        Ok(shows) => shows.iter().for_each(|show| app.after_sale_heard(show)),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "shows on air were not read for tickets"
            );
        }
    }
    loop {
        for show in app.after_sale.take() {
            if let Err(error) = app.read_after_sale(&show).await {
                tracing::warn!(show.id = %show, error = &error as &dyn std::error::Error, "a show was not read for tickets");
                // It stays in the log, and is read with what comes next or in the next round.
                app.after_sale.add(show);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        if let Err(error) = app.follow_parcels().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "parcels that are intercepted were not followed"
            );
        }
        if let Err(error) = app.raise_late_tickets().await {
            tracing::error!(error = &error as &dyn std::error::Error, "late tickets were not raised");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = app.after_sale.news.notified() => tokio::time::sleep(GATHER).await,
        }
    }
}

impl App {
    /// Raises tickets whose clocks ran out; each clock of a ticket is told once.
    pub(super) async fn raise_late_tickets(&self) -> Result<(), Error> {
        loop {
            let now = self.clock.now();
            let tx = self.db.read().await?;
            let late = storage::tickets::late(&tx, now, RAISED_PER_WRITE).await?;
            drop(tx);
            if late.is_empty() {
                return Ok(());
            }
            let entry = Entry::by_nobody("raise_late_tickets", "").with(serde_json::json!({
                "tickets": late.iter().map(|ticket| ticket.number).collect::<Vec<_>>()
            }));
            self.audited(entry, move |tx| async move {
                let mut raised = 0;
                for mut ticket in storage::tickets::late(&tx, now, RAISED_PER_WRITE).await? {
                    let Some(late) = ticket.late(now) else { continue };
                    let due = match late {
                        Late::FirstAnswer => ticket.times.first_due,
                        Late::Resolution => ticket.times.due,
                    };
                    ticket.raise(late, now);
                    storage::tickets::save(&tx, &ticket, None).await?;
                    storage::tickets::add_entry(&tx, &ticket.id, &told(&ticket, late, due, now)).await?;
                    raised += 1;
                }
                Ok((raised > 0).then_some(()))
            })
            .await?;
            metrics::counter!("livehand_tickets_late_total").increment(late.len() as u64);
        }
    }
}

fn told(ticket: &Ticket, late: Late, due: Millis, now: Millis) -> storage::tickets::EntryRow {
    let detail = serde_json::json!({ "late": late, "due": due, "post": ticket.post() });
    storage::tickets::EntryRow { detail: detail.to_string(), ..entry_by_itself("late", "", now) }
}
