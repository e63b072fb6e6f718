//! The facts that a claim is held against. Whoever asks fills them in, from the ledger, the stock and the product's facts;
//! what is not known is absent, and proves nothing.

use livehand_kernel::{Fen, Millis};

/// What is known about the product of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its present price.
    pub current: Option<Fen>,
    /// Whether the price ledger was checked and is as it was written.
    pub ledger_whole: bool,
    /// The reference price that the ledger allows.
    pub reference: Option<ReferenceProof>,
    /// What was paid in the time that the claim's detail names.
    pub stretch: Option<StretchProof>,
    /// A raise before the promotion.
    pub raised: Option<RaisedProof>,
    /// What was paid in the days of the claim; for the lowest ever, in all days of the ledger.
    pub lowest: Option<LowestProof>,
    /// Its stock.
    pub stock: Option<StockProof>,
    /// The offer that makes its price.
    pub offer: Option<OfferProof>,
    /// What is given with it.
    pub gifts: Vec<GiftProof>,
    /// The maker's suggested retail price.
    pub msrp: Option<MsrpProof>,
    /// What was sold of it.
    pub sales: Option<SalesProof>,
    /// How long its price is protected.
    pub protect: Option<ProtectProof>,
}

impl Evidence {
    /// The rows of the ledger that it names, in their order.
    pub fn rows(&self) -> Vec<u64> {
        let reference = self.reference.iter().flat_map(|proof| &proof.rows);
        let stretch = self.stretch.iter().flat_map(|proof| &proof.rows);
        let lowest = self.lowest.iter().flat_map(|proof| &proof.rows);
        let mut rows: Vec<u64> = reference.chain(stretch).chain(lowest).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// The reference price that the ledger allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceProof {
    /// The highest that may be used; absent when nothing was ever paid.
    pub allowed: Option<Fen>,
    /// Whether it is the last payment, because there was none in the seven days.
    pub last_paid: bool,
    /// The rows of the ledger.
    pub rows: Vec<u64>,
}

/// A price that was raised before the promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaisedProof {
    /// From what.
    pub from: Fen,
    /// To what.
    pub to: Fen,
    /// When.
    pub at: Millis,
}

/// What was paid in a time that a comparison names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StretchProof {
    /// The lowest price paid.
    pub lowest: Option<Fen>,
    /// Whether the payments carry evidence.
    pub evidenced: bool,
    /// The rows of the ledger.
    pub rows: Vec<u64>,
}

/// What was paid in the last days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowestProof {
    /// How many days were looked at.
    pub days: i64,
    /// The lowest price paid.
    pub price: Option<Fen>,
    /// Days of which the ledger knows nothing, as beginning and end.
    pub gaps: Vec<(Millis, Millis)>,
    /// Whether the payments at that price carry evidence.
    pub evidenced: bool,
    /// The rows of the ledger.
    pub rows: Vec<u64>,
}

/// What the stock ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockProof {
    /// Pieces that can be sold now.
    pub available: i64,
    /// Of when that is.
    pub as_of: Millis,
}

/// The offer that makes the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferProof {
    /// When it begins.
    pub begins: Option<Millis>,
    /// When it ends; absent when it has no end.
    pub ends: Option<Millis>,
    /// The price afterwards, where that is known.
    pub price_after: Option<Fen>,
}

/// Something that is given with the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftProof {
    /// Its name.
    pub name: String,
    /// How many with one piece.
    pub quantity: i64,
    /// For how much it is sold now at the same place.
    pub price: Option<Fen>,
    /// Whether something proves that price.
    pub evidenced: bool,
    /// How many can still be given.
    pub available: Option<i64>,
}

/// The maker's suggested retail price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MsrpProof {
    /// The price.
    pub price: Fen,
    /// Where it stands: a notice, a price list, an address.
    pub source: String,
    /// Of when that is.
    pub as_of: Millis,
}

/// What the ledger says was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SalesProof {
    /// Pieces that were paid and not given back.
    pub pieces: i64,
    /// Since when.
    pub from: Millis,
}

/// How long the price is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectProof {
    /// Days after the payment; 0 when it is said that there is none.
    pub days: i64,
}
