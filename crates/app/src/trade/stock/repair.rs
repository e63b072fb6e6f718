//! Computing the sums again from the movements, and putting them right.

use livehand_compliance::Action;
use livehand_kernel::{Phrase, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_trade::stock::{Drift, Repaired, Stock, drift, identities, repair};

use crate::audit::Entry;
use crate::{App, Caller, Error};

/// SKUs looked at between two reads of the list.
const SKUS_PER_PAGE: i64 = 500;

/// A SKU whose sums are not what its movements give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairedSku {
    /// Which SKU.
    pub sku: SkuId,
    /// The sums that differ.
    pub drift: Vec<Drift>,
    /// Identities that the kept sums break.
    pub broken: Vec<Phrase>,
    /// Movements that make no sense where they stand, or whose number is missing or stands twice. Then the sums are left
    /// alone, because the movements cannot be believed either.
    pub damaged: Vec<i64>,
}

/// What a repair found, and whether it put it right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRepair {
    /// SKUs that were looked at.
    pub checked: usize,
    /// Those that were wrong.
    pub wrong: Vec<RepairedSku>,
    /// How many were put right.
    pub put_right: usize,
}

impl App {
    /// Computes the sums of one SKU, or of all, from the movements; with `apply` it writes them where they differ.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] for a SKU that never moved.
    pub async fn repair_stock(
        &self,
        caller: &Caller,
        sku: Option<&SkuId>,
        apply: bool,
    ) -> Result<StockRepair, Error> {
        caller.require(Action::RepairStock)?;
        if !apply {
            return examined(&self.db.read().await?, sku, false).await?;
        }
        let subject = sku.map_or("all", SkuId::as_str);
        let entry = Entry::of(caller, "repair_stock", subject);
        let turn = self.reservations.stock_turn().await?;
        let done = self.decided(entry, move |tx| async move {
            Ok(examined(&tx, sku, true).await?.map(|found| Some(found).filter(|it| it.put_right > 0)))
        });
        let done = done.await;
        turn.wrote_something().await;
        match done? {
            Some(found) => Ok(found),
            None => examined(&self.db.read().await?, sku, false).await?,
        }
    }
}

async fn examined(
    tx: &Tx,
    only: Option<&SkuId>,
    apply: bool,
) -> Result<Result<StockRepair, Error>, storage::Error> {
    let mut found = StockRepair { checked: 0, wrong: Vec::new(), put_right: 0 };
    if let Some(sku) = only {
        if !examine(tx, sku, apply, &mut found).await? {
            return Ok(Err(Error::not_found("sku", sku)));
        }
        return Ok(Ok(found));
    }
    let mut after = String::new();
    loop {
        let page = storage::stock::skus(tx, &after, SKUS_PER_PAGE).await?;
        let Some(last) = page.last() else { return Ok(Ok(found)) };
        after.clone_from(&last.0);
        for sku in &page {
            examine(tx, sku, apply, &mut found).await?;
        }
    }
}

/// Looks at one SKU; false if nothing is known of it.
async fn examine(tx: &Tx, sku: &SkuId, apply: bool, found: &mut StockRepair) -> Result<bool, storage::Error> {
    let kept = storage::stock::find(tx, sku).await?;
    let entries = storage::stock::movements(tx, sku, None, i64::MAX).await?;
    if kept.is_none() && entries.is_empty() {
        return Ok(false);
    }
    found.checked += 1;
    let kept = kept.unwrap_or_else(|| Stock::new(sku.clone()));
    let Repaired { stock, left_out, gaps } = repair(sku, &entries);
    let damaged: Vec<i64> = left_out.into_iter().map(|(number, _)| number).chain(gaps).collect();
    let (drift, broken) = (drift(&kept, &stock), identities(&kept));
    if drift.is_empty() && broken.is_empty() && damaged.is_empty() {
        return Ok(true);
    }
    if apply && damaged.is_empty() {
        storage::stock::put_right(tx, &stock).await?;
        found.put_right += 1;
    }
    found.wrong.push(RepairedSku { sku: sku.clone(), drift, broken, damaged });
    Ok(true)
}
