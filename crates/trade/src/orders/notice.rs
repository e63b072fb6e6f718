//! What somebody says of an order.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, Millis, ProductId, ShowId, SkuId};
use serde::{Deserialize, Serialize};

use super::State;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// Its id within the order: the number of the sub-order where there is one, else its SKU.
    pub id: String,
    /// What was bought, as whoever says it names it.
    pub sku: SkuId,
    /// The product that is named beside it, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// How many.
    pub quantity: i64,
    /// What was paid for all of them.
    pub paid: Option<Fen>,
}

/// Money that went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its id within the order; the same id is one refund.
    pub id: String,
    /// How much; absent for everything.
    pub fen: Option<Fen>,
}

/// What somebody says of an order. It may say little: only that it is paid, or all that an export knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Id of the notice; the same id of the same source is the same notice.
    pub id: String,
    /// Where the order was placed, such as `douyin`.
    pub platform: String,
    /// Its number there.
    pub number: String,
    /// The states that it reached, and when; at least one.
    pub reached: BTreeMap<State, Millis>,
    /// Its lines, or some of them.
    pub lines: Vec<Line>,
    /// What was paid for all of it, where that is said apart from the lines.
    pub paid: Option<Fen>,
    /// Money that went back.
    pub refunds: Vec<Refund>,
    /// The platform's id of the buyer, which is neither a name nor a number to be called.
    pub buyer: Option<String>,
    /// The show in which it was placed, if that is known.
    pub show: Option<ShowId>,
    /// Whether it comes with whom the order goes to, which is kept elsewhere.
    pub whom: bool,
}

impl Notice {
    /// The latest time that it speaks of.
    pub fn at(&self) -> Millis {
        self.reached.values().max().copied().unwrap_or(Millis(0))
    }

    /// The highest state that it speaks of.
    pub fn state(&self) -> State {
        self.reached.keys().max().copied().unwrap_or(State::Created)
    }
}
