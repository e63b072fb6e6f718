//! The price ledger (价格账本): every price that was asked and every price that was paid, with where, when and by what
//! evidence. Rows are only ever added, and each is chained to the one before.
//!
//! What follows from the rows is worked out here, without a clock and without a database: the reference price that the law
//! allows, whether a price was raised before a promotion, and whether a price is the lowest of some days.

mod chain;
mod lowest;
mod payments;
mod reference;
mod series;

pub use chain::{Break, Head, Tampering, fits, link, verify};
pub use lowest::{Gap, Lowest, LowestQuery, lowest_in_days};
pub use payments::{Selection, Sold, asked_since, pieces_sold};
pub use reference::{
    RAISED_DAYS, Raised, Reference, ReferenceRule, Stretch, allowed_reference_price, paid_within,
    raised_before_promotion,
};
pub use series::{AskedPoint, PaidDay, Series, series};

use livehand_kernel::{Fen, Millis, PersonId, ProductId, SkuId};
use serde::{Deserialize, Serialize};

/// What a row says of its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = LedgerKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was asked for from then on (标价).
    Asked,
    /// Somebody paid it (成交).
    Paid,
    /// It was given back (退款).
    Refunded,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Asked, Kind::Paid, Kind::Refunded];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Asked => "asked",
            Kind::Paid => "paid",
            Kind::Refunded => "refunded",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One price, as it is written into the ledger. An empty text and an absent one are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the price was asked, paid or given back.
    pub at: Millis,
    /// Of which product.
    pub product: ProductId,
    /// Of which of its SKUs, if that is known.
    pub sku: Option<SkuId>,
    /// Where: the live room or shop whose prices are compared with one another (同一经营场所).
    pub venue: String,
    /// What the row says of the price.
    pub kind: Kind,
    /// The price of one piece; of a refund, what was given back, for one piece if `quantity` is there.
    pub fen: Fen,
    /// Of a price that was asked: until when at the latest, if that is known already.
    pub until: Option<Millis>,
    /// How many pieces.
    pub quantity: Option<i64>,
    /// The order.
    pub order: Option<String>,
    /// Who delivered the row: `order`, `live_price`, `manual`, …
    pub source: String,
    /// Its id there; a row of the same source with the same id is the same row.
    pub source_id: String,
    /// What proves it: an address, a file's hash, a place in a show's log.
    pub evidence: Option<String>,
    /// Who wrote it, where a person did.
    pub by: Option<PersonId>,
    /// Their name at the time, or that of the machinery.
    pub by_name: String,
}

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place, from 1.
    pub sequence: u64,
    /// What it says.
    pub entry: Entry,
    /// The hash of the row before.
    pub previous: [u8; 32],
    /// Its own.
    pub hash: [u8; 32],
}

#[cfg(test)]
mod made_up {
    //! Ledgers for tests: what was asked and paid so many days before a promotion begins.

    use livehand_kernel::{DAY_MS, Fen, Millis, ProductId};

    use super::{Entry, Head, Kind, Row, link};

    /// 2026-06-18 20:00 in Shanghai.
    pub(super) const BEGINS: Millis = Millis(1_781_784_000_000);

    /// Rows of (kind and venue, days, fen).
    pub(super) fn ledger(rows: &[(&str, f64, i64)]) -> Vec<Row> {
        let mut head = Head::EMPTY;
        let mut all = Vec::new();
        for (number, (what, days, fen)) in rows.iter().enumerate() {
            let (kind, venue) = what.split_once(' ').unwrap();
            let ms = (days * DAY_MS as f64) as i64;
            let entry = Entry {
                at: BEGINS.plus(ms),
                product: ProductId::from("p"),
                sku: None,
                venue: venue.to_owned(),
                kind: Kind::from_code(kind).unwrap(),
                fen: Fen(*fen),
                until: None,
                quantity: Some(1),
                order: (kind != "asked").then(|| format!("o{number}")),
                source: "made_up".to_owned(),
                source_id: number.to_string(),
                evidence: None,
                by: None,
                by_name: String::new(),
            };
            let row = link(head, entry);
            head = Head { sequence: row.sequence, hash: row.hash };
            all.push(row);
        }
        all
    }
}
