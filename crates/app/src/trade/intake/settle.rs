//! What was paid for an order, into the price ledger: under the same ids as the orders of a show's log, so that an order
//! that comes both ways is counted once.

use livehand_kernel::{Fen, Millis, ProductId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::orders::OrderRow;
use livehand_storage::price_ledger::{Kind, NewEntry};
use livehand_trade::orders::{Line, State};

use super::promise::product_of;
use crate::prepare::MAIN_ROOM;
use crate::trade::orders::{ORDER_SOURCE, REFUND_SOURCE, source_id};

/// Who writes rows that nobody wrote.
const MACHINERY: &str = "Livehand";

/// Writes the rows of an order that is paid, and of one whose money went back; those that are there stay as they are.
pub(super) async fn settle(tx: &Tx, row: &OrderRow) -> Result<(), storage::Error> {
    let order = &row.order;
    let Some(paid_at) = order.at(State::Paid).filter(|_| !row.synthetic) else { return Ok(()) };
    let venue = match &row.show {
        Some(show) => storage::shows::find(tx, show).await?.map(|show| show.room_id.to_string()),
        None => None,
    };
    let venue = venue.unwrap_or_else(|| MAIN_ROOM.0.to_owned());
    let only = (order.lines().count() == 1).then(|| order.paid()).flatten();
    for line in order.lines() {
        let Some(fen) = line.paid.or(only).filter(|fen| fen.0 >= line.quantity) else { continue };
        let Some(product) = product_of(tx, &line.sku).await? else { continue };
        // What does not divide is rounded down, so that no claim gains by it.
        let price = Fen(fen.0 / line.quantity);
        let paid = Paid { row, line, product: &product, venue: &venue };
        storage::price_ledger::append(tx, &paid.entry(Kind::Paid, paid_at, price)).await?;
        if order.state() == State::Refunded {
            storage::price_ledger::append(tx, &paid.entry(Kind::Refunded, order.state_at(), fen)).await?;
        }
    }
    Ok(())
}

struct Paid<'a> {
    row: &'a OrderRow,
    line: &'a Line,
    product: &'a ProductId,
    venue: &'a str,
}

impl Paid<'_> {
    fn entry(&self, kind: Kind, at: Millis, fen: Fen) -> NewEntry {
        let Self { row, line, product, venue } = self;
        let number = &row.order.number;
        // A line that names the product itself has no SKU.
        let sku: Option<&SkuId> = Some(&line.sku).filter(|sku| sku.0 != product.0);
        let source = if kind == Kind::Paid { ORDER_SOURCE } else { REFUND_SOURCE };
        NewEntry {
            at,
            product: (*product).clone(),
            sku: sku.cloned(),
            venue: (*venue).to_owned(),
            kind,
            fen,
            until: None,
            quantity: (kind == Kind::Paid).then_some(line.quantity),
            order: Some(number.clone()),
            source: source.to_owned(),
            source_id: source_id(venue, number, product.as_str(), sku.map(SkuId::as_str)),
            evidence: Some(format!("order:{}", row.order.id())),
            by: None,
            by_name: MACHINERY.to_owned(),
        }
    }
}
