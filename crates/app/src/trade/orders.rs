//! Orders of a show, from its log into the price ledger. The log is what they rest on: it is read on from where it was read
//! last, after events were acknowledged and apart from them, so nobody who sends events waits for the ledger; and once more
//! when the show is sealed, so nothing is left out. A row that is there already is not written again.

use std::time::Duration;

use livehand_kernel::{Fen, ProductId, ShowId, SkuId};
use livehand_live::{Event, Kind};
use livehand_rooms::Recorded;
use livehand_show_log::Head;
use livehand_storage as storage;
use livehand_storage::price_ledger::{Kind as RowKind, LedgerHead, NewEntry};
use livehand_storage::shows::ShowRow;

use crate::prepare::find_show;
use crate::{App, Error};

/// Orders that arrive within it are written together.
const PAUSE: Duration = Duration::from_millis(500);
/// Rows in one transaction: rooms wait for the same database.
const ROWS_PER_WRITE: usize = 100;
/// Who writes rows that nobody wrote.
const MACHINERY: &str = "Livehand";

/// Whether an event is about an order.
pub(crate) fn is_order(event: &Event) -> bool {
    matches!(event.kind, Kind::OrderCreated | Kind::OrderPaid | Kind::OrderRefunded)
}

/// Whether what is paid in a show was really paid: not in one whose audience is made up, nor in one that is played again.
fn is_real(show: &ShowRow) -> bool {
    !show.synthetic && show.mode != "replay"
}

/// Whether its orders are read at all: not those of a show that is played again, which were read when it was live.
fn is_read(show: &ShowRow) -> bool {
    show.mode != "replay"
}

impl App {
    /// Has the orders of a show written into the ledger, soon; those of a made-up audience become made-up orders.
    pub(crate) fn orders_arrived(&self, show: &ShowRow) {
        if !is_read(show) {
            return;
        }
        if let Some(more) = self.ledger.reading().get_mut(&show.id) {
            *more = true;
            return;
        }
        self.ledger.reading().insert(show.id.clone(), false);
        let (app, show) = (self.clone(), show.clone());
        self.tasks.spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                if let Err(error) = app.read_orders(&show).await {
                    // They stay in the log, and are read with the next ones or when the show is sealed.
                    tracing::warn!(show = %show.id, error = &error as &dyn std::error::Error, "orders were not written into the price ledger");
                }
                let mut reading = app.ledger.reading();
                match reading.get_mut(&show.id) {
                    Some(more) if *more => *more = false,
                    _ => {
                        reading.remove(&show.id);
                        return;
                    }
                }
            }
        });
    }

    /// Writes what is left of an ended show's orders into the ledger.
    pub(crate) async fn read_last_orders(&self, show: &ShowId) -> Result<(), Error> {
        let row = find_show(self, show).await?;
        if is_read(&row) { self.read_orders(&row).await } else { Ok(()) }
    }

    async fn read_orders(&self, show: &ShowRow) -> Result<(), Error> {
        loop {
            let tx = self.db.read().await?;
            let (sequence, hash) = storage::price_ledger::show_read(&tx, &show.id).await?;
            drop(tx);
            let page = self.rooms.page(&show.id, Head { sequence, hash }).await?;
            if page.events.is_empty() {
                return Ok(());
            }
            let real = is_real(show);
            if !real {
                self.take_simulated(show, &page.events).await?;
            }
            let entries: Vec<NewEntry> =
                page.events.iter().filter(|_| real).filter_map(|it| entry(show, it)).collect();
            for rows in entries.chunks(ROWS_PER_WRITE) {
                let head = self.write(|tx| async move {
                    let mut head = LedgerHead::EMPTY;
                    for row in rows {
                        head = storage::price_ledger::append(&tx, row).await?;
                    }
                    Ok(head)
                });
                self.note_ledger(head.await?);
            }
            let (id, read) = (&show.id, page.head);
            let noted = self.write(|tx| async move {
                storage::price_ledger::note_show_read(&tx, id, read.sequence, &read.hash).await
            });
            noted.await?;
        }
    }
}

/// The row that an order event becomes; none if it does not say what was bought, or if nothing was paid for it: what was
/// given away has no price.
fn entry(show: &ShowRow, recorded: &Recorded) -> Option<NewEntry> {
    let event = &recorded.event;
    let kind = match event.kind {
        Kind::OrderPaid => RowKind::Paid,
        Kind::OrderRefunded => RowKind::Refunded,
        _ => return None,
    };
    let (order, product, amount) =
        (event.order.clone()?, event.product.clone()?, event.amount.filter(|fen| *fen > 0)?);
    let venue = show.room_id.to_string();
    let sku = event.sku.clone();
    let pieces = event.count.unwrap_or(1).max(1);
    let source_id = source_id(&venue, &order, &product, sku.as_deref());
    Some(NewEntry {
        at: event.effective_at(),
        product: ProductId(product),
        sku: sku.map(SkuId),
        venue,
        kind,
        // What does not divide is rounded down, so that no claim gains by it.
        fen: Fen(if kind == RowKind::Paid { amount / pieces } else { amount }),
        until: None,
        // A refund is a sum, whatever it was for.
        quantity: (kind == RowKind::Paid).then_some(pieces),
        order: Some(order),
        source: if kind == RowKind::Paid { ORDER_SOURCE } else { REFUND_SOURCE }.to_owned(),
        source_id,
        evidence: Some(format!("show:{}#{}", show.id, recorded.sequence)),
        by: None,
        by_name: MACHINERY.to_owned(),
    })
}

/// Source of rows about orders that were paid, whoever delivers them.
pub(super) const ORDER_SOURCE: &str = "order";
/// Source of rows about money that went back.
pub(super) const REFUND_SOURCE: &str = "refund";

/// By what a row about an order is known: an order can hold several products, and several of their SKUs.
pub(super) fn source_id(venue: &str, order: &str, product: &str, sku: Option<&str>) -> String {
    format!("{venue}/{order}/{product}/{}", sku.unwrap_or_default())
}
