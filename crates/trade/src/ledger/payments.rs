//! What was really paid: payments, less what was given back of them.

use livehand_kernel::{Fen, Millis, SkuId};

use super::{Kind, Row};

/// Which rows of a product are compared with one another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Only what was asked and paid there; everywhere if absent.
    pub venue: Option<&'a str>,
    /// Only this SKU, and rows that do not say which it was; every one if absent.
    pub sku: Option<&'a SkuId>,
}

impl Selection<'_> {
    /// Whether a row is among them.
    pub fn takes(&self, row: &Row) -> bool {
        let entry = &row.entry;
        let venue = self.venue.is_none_or(|venue| venue == entry.venue);
        let sku = match (self.sku, &entry.sku) {
            (Some(wanted), Some(sku)) => wanted == sku,
            _ => true,
        };
        venue && sku
    }
}

/// A payment, as it stands after refunds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) sequence: u64,
    pub(super) at: Millis,
    /// What was paid for one piece.
    pub(super) paid: Fen,
    /// What of it was kept; nothing if all of it was given back.
    pub(super) kept: Option<Fen>,
}

/// The payments among rows of one product, by their time.
pub(super) fn payments(rows: &[Row], selection: &Selection) -> Vec<Payment> {
    let taken: Vec<&Row> = rows.iter().filter(|row| selection.takes(row)).collect();
    let refunds: Vec<&Row> = taken
        .iter()
        .copied()
        .filter(|row| row.entry.kind == Kind::Refunded && row.entry.order.is_some())
        .collect();
    let mut found: Vec<Payment> = taken
        .iter()
        .filter(|row| row.entry.kind == Kind::Paid)
        .map(|row| Payment {
            sequence: row.sequence,
            at: row.entry.at,
            paid: row.entry.fen,
            kept: kept(row, &refunds),
        })
        .collect();
    found.sort_by_key(|payment| (payment.at, payment.sequence));
    found
}

/// What is left of one piece of a payment.
fn kept(row: &Row, refunds: &[&Row]) -> Option<Fen> {
    let entry = &row.entry;
    let pieces = |row: &Row| row.entry.quantity.unwrap_or(1).max(1);
    let same_sku =
        |refund: &Row| refund.entry.sku.is_none() || entry.sku.is_none() || refund.entry.sku == entry.sku;
    let back: i64 = refunds
        .iter()
        .filter(|refund| refund.entry.order == entry.order && entry.order.is_some() && same_sku(refund))
        .fold(0, |sum, refund| sum.saturating_add(refund.entry.fen.0.saturating_mul(pieces(refund))));
    let kept = entry.fen.0.saturating_mul(pieces(row)).saturating_sub(back);
    (kept > 0 || back == 0).then(|| Fen(kept / pieces(row)))
}
