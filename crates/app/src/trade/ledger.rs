//! The price ledger of a product: its rows, and what follows from them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use livehand_compliance::Action;
use livehand_kernel::{FactRef, Fen, Millis, Phrase, ProductId, ShowId, SkuId};
use livehand_show_log::Head;
use livehand_storage as storage;
use livehand_storage::facts::{FactRow, NewFact};
use livehand_storage::price_ledger::{Kind, LedgerHead, LedgerRow, NewEntry};
use livehand_storage::products::ProductRow;
use livehand_storage::{Error as StorageError, Tx};
use livehand_trade::ledger::{
    RAISED_DAYS, Raised, Reference, Selection, Series, allowed_reference_price, asked_since, fits,
    raised_before_promotion, series,
};

use crate::prepare::MAIN_ROOM;
use crate::{App, Caller, Error};

/// Name of the mark that remembers how long the ledger was.
pub const LEDGER_MARK: &str = "ledger";
/// Rows in one answer; the chart has all of them.
const ROWS_MAX: usize = 500;
/// Farthest back that a raise before a promotion is looked for, in days.
const RAISED_DAYS_MAX: i64 = 365;
/// The prices of a product, from the bottom of the ladder to its top.
const RUNGS: [&str; 5] = ["cost_price", "floor_price", "live_price", "daily_price", "list_price"];

/// What the process remembers of the ledger.
#[derive(Default)]
pub(crate) struct LedgerState {
    /// Up to where the chain was checked.
    verified: Mutex<Option<LedgerHead>>,
    /// Shows whose log is being read for orders, and whether more arrived since.
    reading: Mutex<HashMap<ShowId, bool>>,
}

impl LedgerState {
    pub(super) fn reading(&self) -> MutexGuard<'_, HashMap<ShowId, bool>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verified(&self) -> LedgerHead {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(LedgerHead::EMPTY)
    }

    fn set_verified(&self, head: Option<LedgerHead>) {
        *self.verified.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }
}

/// Writes facts. A live price among them is asked from now on, which the ledger notes in the same transaction; the mark of
/// the ledger follows by itself when that is one of [`App::audited`]. Whoever writes facts does it here.
pub(crate) async fn write_facts(tx: &Tx, facts: &[NewFact]) -> Result<Vec<FactRef>, StorageError> {
    let written = storage::facts::append_all(tx, facts).await?;
    for (fact, reference) in facts.iter().zip(&written) {
        let asked = fact.value.as_i64().filter(|_| fact.key.field == "live_price");
        if let Some(fen) = asked {
            storage::price_ledger::append(tx, &asked_row(fact, reference, Fen(fen))).await?;
        }
    }
    Ok(written)
}

/// The row of a price that is asked; one version of the fact is one row.
fn asked_row(fact: &NewFact, reference: &FactRef, fen: Fen) -> NewEntry {
    let FactRef { fact: key, version } = reference;
    let sku = key.sku.as_ref().map(SkuId::as_str).unwrap_or_default();
    NewEntry {
        at: fact.valid_from.unwrap_or(fact.at),
        product: key.product.clone(),
        sku: key.sku.clone(),
        venue: MAIN_ROOM.0.to_owned(),
        kind: Kind::Asked,
        fen,
        until: fact.valid_to,
        quantity: None,
        order: None,
        source: key.field.clone(),
        source_id: format!("{}/{sku}/{version}", key.product),
        evidence: None,
        by: Some(fact.person_id.clone()),
        by_name: fact.person_name.clone(),
    }
}

/// Which part of a product's ledger, and for which promotion.
#[derive(Clone, Debug, Default)]
pub struct LedgerQuery {
    /// Only this SKU.
    pub sku: Option<SkuId>,
    /// Only this venue; the main room if absent.
    pub venue: Option<String>,
    /// When the promotion begins; if absent, when the present price was asked first, or now.
    pub promotion_begins: Option<Millis>,
    /// Days before it in which a raise is looked for; 30 if absent.
    pub days: Option<i64>,
}

/// One price of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The fact that it is.
    pub field: &'static str,
    /// The price.
    pub fen: Fen,
    /// The version of the fact; absent for a price that has none.
    pub version: Option<i64>,
}

/// The prices of a product, from the bottom to the top; those that are not known are left out.
pub type Ladder = Vec<Rung>;

/// The ledger of a product.
#[derive(Clone, Debug)]
pub struct ProductLedger {
    /// The product.
    pub product: ProductRow,
    /// Whose prices are compared.
    pub venue: String,
    /// The last rows, newest first.
    pub rows: Vec<LedgerRow>,
    /// How many there are in all.
    pub total: usize,
    /// The course of the prices.
    pub series: Series,
    /// From when on the promotion runs.
    pub promotion_begins: Millis,
    /// The reference price that is allowed.
    pub reference: Reference,
    /// A raise before the promotion.
    pub raised: Option<Raised>,
    /// The prices of the product.
    pub ladder: Ladder,
    /// Whether the chain is as it was written.
    pub whole: bool,
}

impl App {
    /// The ledger of a product.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn product_ledger(
        &self,
        caller: &Caller,
        product: &ProductId,
        query: LedgerQuery,
    ) -> Result<ProductLedger, Error> {
        caller.require(Action::ViewLedger)?;
        let days = query.days.unwrap_or(RAISED_DAYS);
        if !(1..=RAISED_DAYS_MAX).contains(&days) {
            let expected = Phrase::new(format!("1 to {RAISED_DAYS_MAX}"), format!("1 到 {RAISED_DAYS_MAX}"));
            return Err(Error::field("days", expected, Phrase::literal(days.to_string())));
        }
        let tx = self.db.read().await?;
        let row = find_product(&tx, product).await?;
        let facts = storage::facts::of_product(&tx, product).await?;
        let mut rows = storage::price_ledger::of_product(&tx, product, Millis::MIN).await?;
        let venue = query.venue.unwrap_or_else(|| MAIN_ROOM.0.to_owned());
        let selection = Selection { venue: Some(&venue), sku: query.sku.as_ref() };
        let now = self.clock.now();
        let current = price_of(&facts, query.sku.as_ref(), "live_price").map_or(row.price, |rung| rung.fen);
        let since = asked_since(&rows, &selection, current, now);
        let promotion_begins = query.promotion_begins.or(since).unwrap_or(now);
        let reference = allowed_reference_price(&rows, &selection, promotion_begins);
        let raised = raised_before_promotion(&rows, &selection, promotion_begins, days);
        let series = series(&rows, &selection);
        let whole = self.ledger_whole(&tx, &rows).await?;
        rows.retain(|row| selection.takes(row));
        let total = rows.len();
        rows.reverse();
        rows.truncate(ROWS_MAX);
        let ladder = ladder(&facts, query.sku.as_ref(), &row);
        Ok(ProductLedger {
            product: row,
            venue,
            rows,
            total,
            series,
            promotion_begins,
            reference,
            raised,
            ladder,
            whole,
        })
    }

    /// Whether the ledger is as it was written: what was added since the last look, and these rows themselves. The whole of
    /// it is checked when a claim is stored, and by `livehand doctor`.
    pub(super) async fn ledger_whole(&self, tx: &Tx, rows: &[LedgerRow]) -> Result<bool, Error> {
        let checked = storage::price_ledger::verify_from(tx, self.ledger.verified()).await?;
        self.ledger.set_verified(checked.ok());
        Ok(checked.is_ok() && rows.iter().all(fits))
    }

    /// Notes outside the database how long the ledger is, after what was added is committed.
    pub(crate) fn note_ledger(&self, head: LedgerHead) {
        if head.sequence > 0 {
            self.marks.note(LEDGER_MARK, Head { sequence: head.sequence, hash: head.hash });
        }
    }
}

/// The product with this id.
pub(super) async fn find_product(tx: &Tx, id: &ProductId) -> Result<ProductRow, Error> {
    storage::products::find(tx, id).await?.ok_or_else(|| Error::not_found("product", id))
}

/// A price fact: the SKU's own, or else the product's.
pub(super) fn price_of(facts: &[FactRow], sku: Option<&SkuId>, field: &'static str) -> Option<Rung> {
    let row = fact_of(facts, sku, field)?;
    let fen = row.fact.value.as_i64()?;
    Some(Rung { field, fen: Fen(fen), version: Some(row.version) })
}

/// A fact: the SKU's own, or else the product's.
pub(super) fn fact_of<'a>(facts: &'a [FactRow], sku: Option<&SkuId>, field: &str) -> Option<&'a FactRow> {
    let of = |sku: Option<&SkuId>| {
        facts.iter().find(|row| row.fact.key.field == field && row.fact.key.sku.as_ref() == sku)
    };
    let own = sku.and_then(|sku| of(Some(sku))).filter(|row| !row.fact.value.is_null());
    own.or_else(|| of(None)).filter(|row| !row.fact.value.is_null())
}

fn ladder(facts: &[FactRow], sku: Option<&SkuId>, product: &ProductRow) -> Ladder {
    let rung = |field: &'static str| match price_of(facts, sku, field) {
        None if field == "live_price" => Some(Rung { field, fen: product.price, version: None }),
        found => found,
    };
    RUNGS.into_iter().filter_map(rung).collect()
}
