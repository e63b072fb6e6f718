//! The five prices (五价) of a product: what the script says, what the host said, what the page shows, what is payable
//! after coupons, and what was paid. They must agree; where they do not, somebody is being misled or money is lost.

use livehand_kernel::{Fen, Millis, Phrase};
use serde::{Deserialize, Serialize};

/// How far prices may be apart. The numbers are customs of the trade and not law (rule C11), so a shop may set its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tolerances {
    /// Deviation that raises an alarm, in per mille.
    pub alarm_per_mille: i64,
    /// So does one of more than this, in fen, however dear the item is.
    pub alarm_fen: i64,
    /// Deviation that trips the breaker, in per mille.
    pub breaker_per_mille: i64,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self { alarm_per_mille: 10, alarm_fen: 100, breaker_per_mille: 200 }
    }
}

impl Tolerances {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// The name of the first that does not, and what is expected.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let faults = [
            (self.alarm_per_mille > 0, "alarm_per_mille", "more than 0"),
            (self.alarm_fen > 0, "alarm_fen", "more than 0"),
            (self.breaker_per_mille > self.alarm_per_mille, "breaker_per_mille", "more than alarm_per_mille"),
        ];
        faults
            .into_iter()
            .find(|(holds, ..)| !holds)
            .map_or(Ok(()), |(_, name, expected)| Err((name, expected)))
    }
}

/// Where a price was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// The script (脚本价).
    Script,
    /// What the host said (口播价).
    Spoken,
    /// The platform's page (页面价).
    Page,
    /// After coupons (券后到手价).
    Payable,
    /// What a buyer paid (成交价).
    Paid,
}

impl PriceKind {
    /// All of them, in the order of a table.
    pub const ALL: [PriceKind; 5] =
        [PriceKind::Script, PriceKind::Spoken, PriceKind::Page, PriceKind::Payable, PriceKind::Paid];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            PriceKind::Script => "script",
            PriceKind::Spoken => "spoken",
            PriceKind::Page => "page",
            PriceKind::Payable => "payable",
            PriceKind::Paid => "paid",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            PriceKind::Script => Phrase::new("script price", "脚本价"),
            PriceKind::Spoken => Phrase::new("spoken price", "口播价"),
            PriceKind::Page => Phrase::new("page price", "页面价"),
            PriceKind::Payable => Phrase::new("payable price", "券后到手价"),
            PriceKind::Paid => Phrase::new("paid price", "成交价"),
        }
    }
}

/// A price that somebody or something saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where.
    pub kind: PriceKind,
    /// How much.
    pub price: Fen,
    /// When.
    pub at: Millis,
}

/// What the prices should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The live price (直播价).
    pub live: Fen,
    /// The lowest price that a buyer can come to with what is published, if offers are known.
    pub lowest_payable: Option<Fen>,
}

/// How bad a deviation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deviation {
    /// They agree.
    Agrees,
    /// Further off than an alarm allows.
    Alarm,
    /// So far off that nothing may be sold at it.
    Breaker,
}

/// One price held against what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What was seen.
    pub seen: Seen,
    /// The nearest price that would have been right.
    pub expected: Fen,
    /// From it, in per mille of it; negative if too low.
    pub per_mille: i64,
    /// How bad that is.
    pub severity: Deviation,
}

/// Holds a price against what was agreed. A payable or paid price is right anywhere from the lowest payable price up to
/// the live price, because coupons are the buyer's choice.
pub fn compare(tolerances: &Tolerances, agreed: Agreed, seen: Seen) -> Compared {
    let live = agreed.live.0;
    let low = match seen.kind {
        PriceKind::Payable | PriceKind::Paid => agreed.lowest_payable.map_or(live, |low| low.0.min(live)),
        _ => live,
    };
    let expected = seen.price.0.clamp(low, live);
    let off = seen.price.0.saturating_sub(expected);
    let per_mille = if expected == 0 { off.signum() * 1_000 } else { off.saturating_mul(1_000) / expected };
    // Rounding must not hide a deviation that is just beyond a limit.
    let beyond = |limit: i64| off.abs().saturating_mul(1_000) > expected.saturating_mul(limit);
    let severity = if beyond(tolerances.breaker_per_mille) {
        Deviation::Breaker
    } else if beyond(tolerances.alarm_per_mille) || off.abs() > tolerances.alarm_fen {
        Deviation::Alarm
    } else {
        Deviation::Agrees
    };
    Compared { seen, expected: Fen(expected), per_mille, severity }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(kind: PriceKind, fen: i64, live: i64, low: Option<i64>) -> Deviation {
        let agreed = Agreed { live: Fen(live), lowest_payable: low.map(Fen) };
        compare(&Tolerances::default(), agreed, Seen { kind, price: Fen(fen), at: Millis(0) }).severity
    }

    #[test]
    fn more_than_one_percent_alarms_and_more_than_twenty_trips() {
        use PriceKind::{Page, Spoken};
        for (fen, expected) in [
            (10_000, Deviation::Agrees),
            (10_100, Deviation::Agrees),
            (10_101, Deviation::Alarm),
            (9_900, Deviation::Agrees),
            (9_899, Deviation::Alarm),
            (12_000, Deviation::Alarm),
            (12_001, Deviation::Breaker),
            (8_000, Deviation::Alarm),
            (7_999, Deviation::Breaker),
            (1_000, Deviation::Breaker),
            (0, Deviation::Breaker),
        ] {
            assert_eq!(judged(Page, fen, 10_000, None), expected, "{fen}");
        }
        assert_eq!(judged(Spoken, 26_800_000, 268_000_000, None), Deviation::Breaker);
        assert_eq!(judged(Page, 1_000_200, 1_000_000, None), Deviation::Alarm, "two yuan of ten thousand");
    }

    #[test]
    fn coupons_may_lower_what_is_paid_but_not_what_is_shown() {
        assert_eq!(judged(PriceKind::Paid, 8_000, 10_000, Some(8_000)), Deviation::Agrees);
        assert_eq!(judged(PriceKind::Payable, 9_000, 10_000, Some(8_000)), Deviation::Agrees);
        assert_eq!(judged(PriceKind::Paid, 6_000, 10_000, Some(8_000)), Deviation::Breaker);
        assert_eq!(judged(PriceKind::Page, 8_000, 10_000, Some(8_000)), Deviation::Alarm);
    }

    proptest! {
        #[test]
        fn a_price_farther_off_is_never_judged_milder(live in 1_i64..1_000_000_000, a in 0_i64..2_000, b in 0_i64..2_000) {
            let at = |per_mille: i64| judged(PriceKind::Page, live * per_mille / 1_000, live, None);
            let (near, far) = if (a - 1_000).abs() <= (b - 1_000).abs() { (a, b) } else { (b, a) };
            prop_assume!((near - 1_000).signum() == (far - 1_000).signum());
            prop_assert!(at(near) <= at(far));
        }
    }
}
