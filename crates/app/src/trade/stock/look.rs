//! Looking at the books: the SKUs with their sums, and what moved.

use std::collections::BTreeSet;

use livehand_compliance::Action;
use livehand_kernel::{FactRef, Millis, SkuId};
use livehand_storage as storage;
use livehand_storage::stock::{StockFilter, StockRow};
use livehand_trade::stock::{Entry, Stock, stock_fact};

use crate::prepare::page_size;
use crate::{App, Caller, Error};

/// Most SKUs that are searched for differences: more than ten years of a team's.
const SKUS_MAX: i64 = 50_000;

/// One SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockView {
    /// The sums, and whose SKU it is.
    pub row: StockRow,
    /// Whether somebody reports something else.
    pub differing: bool,
    /// The stock figure as a fact that can be quoted, if the catalogue knows the SKU.
    pub fact: Option<FactRef>,
}

/// Which SKUs to list.
#[derive(Clone, Debug, Default)]
pub struct StockQuery {
    /// Part of the SKU's id or its product's name.
    pub search: Option<String>,
    /// Only those that run out.
    pub low: bool,
    /// Only those of which somebody reports something else.
    pub differing: bool,
    /// The last SKU of the page before.
    pub after: Option<SkuId>,
    /// Rows in the answer; 50 if absent.
    pub limit: Option<i64>,
}

/// A page of SKUs, by id.
#[derive(Clone, Debug)]
pub struct StockPage {
    /// The SKUs.
    pub stocks: Vec<StockView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<SkuId>,
    /// When it was so.
    pub at: Millis,
}

/// A page of movements, the latest first.
#[derive(Clone, Debug)]
pub struct StockMovements {
    /// The sums now.
    pub stock: Stock,
    /// The movements.
    pub movements: Vec<Entry>,
    /// Where the next page begins; absent on the last.
    pub next: Option<i64>,
}

impl App {
    /// A page of SKUs that ever moved.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_stock(&self, caller: &Caller, query: StockQuery) -> Result<StockPage, Error> {
        caller.require(Action::ViewStock)?;
        let limit = page_size(query.limit)?;
        let at = self.now();
        let tx = self.db.read().await?;
        let differing: BTreeSet<SkuId> =
            super::reports::compared(&tx, at).await?.into_iter().flat_map(|view| view.skus()).collect();
        let filter = StockFilter {
            search: query.search.filter(|text| !text.trim().is_empty()),
            low: query.low,
            after: query.after,
            limit: if query.differing { SKUS_MAX } else { limit + 1 },
        };
        let rows = storage::stock::list(&tx, &filter).await?;
        let mut stocks: Vec<StockView> = rows
            .into_iter()
            .map(|row| StockView { differing: differing.contains(&row.stock.sku), fact: fact_of(&row), row })
            .filter(|view| view.differing || !query.differing)
            .collect();
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = stocks.len() > size;
        stocks.truncate(size);
        let next = stocks.last().filter(|_| more).map(|view| view.row.stock.sku.clone());
        Ok(StockPage { stocks, next, at })
    }

    /// What moved of a SKU, the latest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::NotFound`] for a SKU that never moved.
    pub async fn stock_movements(
        &self,
        caller: &Caller,
        sku: &SkuId,
        before: Option<i64>,
        limit: Option<i64>,
    ) -> Result<StockMovements, Error> {
        caller.require(Action::ViewStock)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        let stock = storage::stock::find(&tx, sku).await?.ok_or_else(|| Error::not_found("sku", sku))?;
        let mut movements = storage::stock::movements(&tx, sku, before, limit + 1).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = movements.len() > size;
        movements.truncate(size);
        let next = movements.last().filter(|_| more).map(|entry| entry.number);
        Ok(StockMovements { stock, movements, next })
    }
}

fn fact_of(row: &StockRow) -> Option<FactRef> {
    row.product_id.as_ref().and_then(|product| stock_fact(product, &row.stock))
}
