//! The books of many SKUs together: movements count once, and a bundle takes all its parts or none.

use std::collections::BTreeMap;

use livehand_kernel::SkuId;

use super::{Applied, Movement, Recipes, Refused, Stock, apply};

/// One row of a SKU's books: what was asked for, and what it did to this SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the row in the books of its SKU, from 1.
    pub number: i64,
    /// The movement of this SKU. For a part of a bundle, its SKU and quantity are those of the part.
    pub movement: Movement,
    /// What was asked for: the bundle, or the same SKU.
    pub asked_sku: SkuId,
    /// How much of it.
    pub asked_quantity: i64,
}

/// What became of a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is in the books now, with these rows.
    New(Vec<Entry>),
    /// It was there already; nothing was changed.
    Again,
}

/// A SKU of which an order wants more than there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Which SKU.
    pub sku: SkuId,
    /// Units that all lines of the order want together.
    pub wanted: i64,
    /// Units that can be had.
    pub shown: i64,
}

/// The books of many SKUs.
#[derive(Clone, Debug, Default)]
pub struct Book {
    stocks: BTreeMap<SkuId, Stock>,
    recipes: Recipes,
    /// What was recorded, by id. A movement of a bundle has several rows, all of which name what was asked for.
    seen: BTreeMap<String, Entry>,
}

impl Book {
    /// Books with these sums. `seen` are rows of movements that may be sent again.
    pub fn new(
        recipes: Recipes,
        stocks: impl IntoIterator<Item = Stock>,
        seen: impl IntoIterator<Item = Entry>,
    ) -> Self {
        Self {
            stocks: stocks.into_iter().map(|stock| (stock.sku.clone(), stock)).collect(),
            recipes,
            seen: seen.into_iter().map(|entry| (entry.movement.id.clone(), entry)).collect(),
        }
    }

    /// The books of one SKU; empty ones if it never moved.
    pub fn stock(&self, sku: &SkuId) -> Stock {
        self.stocks.get(sku).cloned().unwrap_or_else(|| Stock::new(sku.clone()))
    }

    /// The books of all SKUs that ever moved.
    pub fn stocks(&self) -> impl Iterator<Item = &Stock> {
        self.stocks.values()
    }

    /// The recipes.
    pub fn recipes(&self) -> &Recipes {
        &self.recipes
    }

    /// Whether a movement with this id was recorded.
    pub fn knows(&self, id: &str) -> bool {
        self.seen.contains_key(id)
    }

    /// How many of a SKU or a bundle can be sold: the least that its parts allow. Parts of parts that are shared are
    /// summed before they are divided.
    pub fn available(&self, sku: &SkuId) -> i64 {
        let demand = self.recipes.demand(&[(sku.clone(), 1)]).unwrap_or_default();
        demand.iter().map(|(part, units)| self.stock(part).shown().max(0) / units.max(&1)).min().unwrap_or(0)
    }

    /// What an order lacks, for each SKU that it consumes; nothing if it can be had as a whole.
    ///
    /// # Errors
    /// [`Refused::TooMany`] if it wants more than books can hold.
    pub fn shortages(&self, lines: &[(SkuId, i64)]) -> Result<Vec<Shortage>, Refused> {
        let demand = self.recipes.demand(lines)?.into_iter();
        let compared = demand.map(|(sku, wanted)| Shortage { shown: self.stock(&sku).shown(), sku, wanted });
        Ok(compared.filter(|it| it.wanted > it.shown).collect())
    }

    /// Records one movement, of a bundle through its parts.
    ///
    /// # Errors
    /// [`Refused`]; the books are as they were.
    pub fn record(&mut self, movement: &Movement) -> Result<Recorded, Refused> {
        if let Some(before) = self.seen.get(&movement.id) {
            let same = before.asked_sku == movement.sku
                && before.movement.kind == movement.kind
                && before.asked_quantity == movement.quantity;
            return if same { Ok(Recorded::Again) } else { Err(Refused::IdUsed { id: movement.id.clone() }) };
        }
        let parts = self.parts(movement)?;
        let mut after = Vec::with_capacity(parts.len());
        let mut entries = Vec::with_capacity(parts.len());
        for (sku, quantity) in parts {
            let mut stock = self.stock(&sku);
            let part = Movement { sku, quantity, ..movement.clone() };
            let Applied { version, .. } = apply(&mut stock, &part)?;
            let (asked_sku, asked_quantity) = (movement.sku.clone(), movement.quantity);
            entries.push(Entry { number: version, movement: part, asked_sku, asked_quantity });
            after.push(stock);
        }
        for stock in after {
            self.stocks.insert(stock.sku.clone(), stock);
        }
        if let Some(entry) = entries.first() {
            self.seen.insert(movement.id.clone(), entry.clone());
        }
        Ok(Recorded::New(entries))
    }

    fn parts(&self, movement: &Movement) -> Result<BTreeMap<SkuId, i64>, Refused> {
        let Movement { sku, kind, quantity, .. } = movement;
        if !kind.quantities().contains(quantity) {
            return Err(Refused::Quantity { sku: sku.clone(), quantity: *quantity });
        }
        if kind.is_of_orders() {
            return self.recipes.demand(&[(sku.clone(), *quantity)]);
        }
        if self.recipes.is_bundle(sku) {
            return Err(Refused::Bundle { sku: sku.clone() });
        }
        Ok(BTreeMap::from([(sku.clone(), *quantity)]))
    }

    /// Records all of these movements or none.
    ///
    /// # Errors
    /// The place of the first that cannot be recorded, and why.
    pub fn record_all(&mut self, movements: &[Movement]) -> Result<Vec<Recorded>, (usize, Refused)> {
        let mut draft = self.clone();
        let mut recorded = Vec::with_capacity(movements.len());
        for (place, movement) in movements.iter().enumerate() {
            recorded.push(draft.record(movement).map_err(|refused| (place, refused))?);
        }
        *self = draft;
        Ok(recorded)
    }
}
