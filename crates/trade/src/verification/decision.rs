//! Where the check of an order stands, and what is decided on it.

use livehand_kernel::SkuId;
use serde::{Deserialize, Serialize};

use crate::stock::codes;

codes! {
    /// Where the check of an order stands.
    #[cfg_attr(feature = "schema", schema(as = OrderCheckState))]
    CheckState {
        /// It is to be checked (待审).
        Due = "due",
        /// Nothing was found that a person has to decide on (自动通过).
        Passed = "passed",
        /// A person has to decide (待人工).
        Waiting = "waiting",
        /// The buyer is asked (待买家回复).
        Asked = "asked",
        /// A person decided (已处理).
        Decided = "decided",
        /// A person decided that it is not sent (不发货).
        Cancelled = "cancelled",
    }
}

codes! {
    /// What was decided on an order.
    #[cfg_attr(feature = "schema", schema(as = OrderDecision))]
    Decision {
        /// The program put it right by itself (自动修正).
        Fixed = "fixed",
        /// The fix is accepted (采纳修正).
        Accept = "accept",
        /// It stays as it is (维持原样).
        Keep = "keep",
        /// It was corrected by hand (手工修正).
        Correct = "correct",
        /// The buyer is asked (询问买家).
        Ask = "ask",
        /// It is not sent (不发货).
        Cancel = "cancel",
        /// A second check found it right (抽检通过).
        SecondRight = "second_right",
        /// A second check found it wrong (抽检有误).
        SecondWrong = "second_wrong",
    }
}

impl CheckState {
    /// Whether an order that stands so may be printed, as far as the check goes.
    pub fn lets_go(self) -> bool {
        matches!(self, CheckState::Passed | CheckState::Decided)
    }
}

/// What is sent instead of a line, or added to the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CorrectedLine {
    /// The line of the order; nothing for what is added.
    #[serde(default)]
    pub line: Option<String>,
    /// What is sent.
    pub sku: SkuId,
    /// How many.
    pub quantity: i64,
}
