//! The sums of a SKU computed again from its movements, and what differs from the sums that were kept.

use livehand_kernel::SkuId;
use serde::Serialize;

use super::{Entry, Refused, Stock, apply};

/// A SKU's books computed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The sums as the movements give them.
    pub stock: Stock,
    /// Rows that make no sense where they stand, with the reason; they were left out.
    pub left_out: Vec<(i64, Refused)>,
    /// Numbers that are missing or stand twice in the row of movements.
    pub gaps: Vec<i64>,
    /// Rows so far.
    rows: i64,
}

impl Repaired {
    /// Nothing moved yet.
    pub fn new(sku: &SkuId) -> Self {
        Self { stock: Stock::new(sku.clone()), left_out: Vec::new(), gaps: Vec::new(), rows: 0 }
    }

    /// Takes the next row. They come by their numbers.
    pub fn add(&mut self, entry: &Entry) {
        self.rows += 1;
        if entry.number != self.rows {
            self.gaps.push(entry.number);
        }
        if let Err(refused) = apply(&mut self.stock, &entry.movement) {
            self.left_out.push((entry.number, refused));
        }
        // The version names the row, also where rows before it make no sense.
        self.stock.version = entry.number;
    }
}

/// One sum that is not what the movements give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = StockDrift))]
pub struct Drift {
    /// Which sum.
    pub field: &'static str,
    /// What was kept.
    pub kept: i64,
    /// What the movements give.
    pub computed: i64,
}

/// Computes the sums of a SKU from its rows, in their order.
pub fn repair(sku: &SkuId, entries: &[Entry]) -> Repaired {
    let mut repaired = Repaired::new(sku);
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by_key(|entry| entry.number);
    for entry in sorted {
        repaired.add(entry);
    }
    repaired
}

/// What differs between the sums that were kept and those that the movements give.
pub fn drift(kept: &Stock, computed: &Stock) -> Vec<Drift> {
    [
        ("stocked", kept.stocked, computed.stocked),
        ("available", kept.available, computed.available),
        ("reserved", kept.reserved, computed.reserved),
        ("sold", kept.sold, computed.sold),
        ("buffer", kept.buffer, computed.buffer),
        ("locked", kept.locked, computed.locked),
        ("buffer_percent", kept.buffer_percent, computed.buffer_percent),
        ("version", kept.version, computed.version),
    ]
    .into_iter()
    .filter(|(_, kept, computed)| kept != computed)
    .map(|(field, kept, computed)| Drift { field, kept, computed })
    .collect()
}
