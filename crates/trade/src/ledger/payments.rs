//! What was really paid: payments, less what was given back of them.

use std::collections::HashMap;

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

/// A payment that was kept, at least in part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment<'a> {
    pub(super) row: &'a Row,
    pub(super) at: Millis,
    /// What was paid for one piece, less what was given back of it.
    pub(super) price: Fen,
}

/// The payments among rows of one product, by their time. One that was given back in full is no transaction.
pub(super) fn payments<'a>(rows: &'a [Row], selection: &Selection) -> Vec<Payment<'a>> {
    let taken: Vec<&Row> = rows.iter().filter(|row| selection.takes(row)).collect();
    let refunded = |row: &&Row| row.entry.kind == Kind::Refunded && row.entry.order.is_some();
    let mut refunds: HashMap<Option<&str>, Vec<&Row>> = HashMap::new();
    for row in taken.iter().copied().filter(refunded) {
        refunds.entry(row.entry.order.as_deref()).or_default().push(row);
    }
    let mut found: Vec<Payment> = taken
        .iter()
        .filter(|row| row.entry.kind == Kind::Paid)
        .filter_map(|row| {
            let back = refunds.get(&row.entry.order.as_deref()).map(Vec::as_slice).unwrap_or_default();
            Some(Payment { row, at: row.entry.at, price: kept(row, back)? })
        })
        .collect();
    found.sort_by_key(|payment| (payment.at, payment.row.sequence));
    found
}

fn pieces(row: &Row) -> i64 {
    row.entry.quantity.unwrap_or(1).max(1)
}

/// What the refunds of its order leave of one piece of a payment; nothing if all of it was given back.
fn kept(row: &Row, refunds: &[&Row]) -> Option<Fen> {
    let entry = &row.entry;
    let same_sku =
        |refund: &Row| refund.entry.sku.is_none() || entry.sku.is_none() || refund.entry.sku == entry.sku;
    let back: i64 = refunds
        .iter()
        .filter(|refund| same_sku(refund))
        .fold(0, |sum, refund| sum.saturating_add(refund.entry.fen.0.saturating_mul(pieces(refund))));
    let kept = entry.fen.0.saturating_mul(pieces(row)).saturating_sub(back);
    (kept > 0 || back == 0).then(|| Fen(kept / pieces(row)))
}

/// What was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Pieces of payments that were kept.
    pub pieces: i64,
    /// The first of them.
    pub from: Millis,
}

/// How many pieces were sold before `now`; absent when none was.
pub fn pieces_sold(rows: &[Row], selection: &Selection, now: Millis) -> Option<Sold> {
    let kept: Vec<Payment> =
        payments(rows, selection).into_iter().filter(|payment| payment.at <= now).collect();
    let from = kept.first()?.at;
    let pieces = kept.iter().fold(0, |sum: i64, payment| sum.saturating_add(pieces(payment.row)));
    Some(Sold { pieces, from })
}

/// Prices asked, by their time.
pub(super) fn asked<'a>(rows: &'a [Row], selection: &Selection) -> Vec<&'a Row> {
    let mut asked: Vec<&Row> =
        rows.iter().filter(|row| selection.takes(row) && row.entry.kind == Kind::Asked).collect();
    asked.sort_by_key(|row| (row.entry.at, row.sequence));
    asked
}

/// Since when the present price has been asked for without a break; absent when the ledger has another price last, or none.
/// It is where the promotion began that the present price belongs to.
pub fn asked_since(rows: &[Row], selection: &Selection, current: Fen, now: Millis) -> Option<Millis> {
    let asked = asked(rows, selection);
    let until_now = asked.iter().rev().skip_while(|row| row.entry.at > now);
    until_now.take_while(|row| row.entry.fen == current).last().map(|row| row.entry.at)
}
