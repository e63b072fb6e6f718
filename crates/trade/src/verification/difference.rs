//! What a corrected order costs more or less than the one that was paid (差价), and what becomes of that. Nobody charges or
//! keeps it silently.

use livehand_kernel::{Fen, Phrase};
use serde::{Deserialize, Serialize};

use crate::stock::codes;

codes! {
    /// What becomes of a difference in price (差价处理).
    #[cfg_attr(feature = "schema", schema(as = DifferenceSettlement))]
    Settlement {
        /// What it costs less goes back to the buyer (退差价).
        Refund = "refund",
        /// The buyer pays what it costs more, and the order is held until then (买家补差价).
        Pay = "pay",
        /// The shop bears what it costs more (免补差价).
        Waive = "waive",
    }
}

/// A difference, and what was said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PriceDifference))]
pub struct Difference {
    /// How much more it costs; less where it is below zero.
    pub fen: Fen,
    /// What becomes of it.
    pub settlement: Settlement,
}

/// What a line cost and what it costs as it is corrected, by the live prices of the second in which it was bought: what was
/// taken off the order as a whole stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceOf {
    /// Price of a unit of what was bought; nothing if that is not known.
    pub before: Option<Fen>,
    /// How many there were.
    pub units_before: i64,
    /// Price of a unit of what is sent instead.
    pub after: Option<Fen>,
    /// How many there are.
    pub units_after: i64,
}

/// How much more an order costs with all of these lines; nothing if a price is not known, which is no zero.
pub fn difference(lines: &[PriceOf]) -> Option<Fen> {
    let mut sum = 0_i64;
    for line in lines {
        let cost = |price: Option<Fen>, units: i64| price.and_then(|price| price.0.checked_mul(units));
        let more = cost(line.after, line.units_after)?.checked_sub(cost(line.before, line.units_before)?)?;
        sum = sum.checked_add(more)?;
    }
    Some(Fen(sum))
}

/// Why a correction is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSettled {
    /// It costs so much more or less, and nobody said what becomes of that.
    #[error("a difference of {} fen is not settled", .0.0)]
    Open(Fen),
    /// What was said does not fit: nothing goes back of what costs more, and nobody pays what costs less.
    #[error("a difference of {} fen is not settled by {}", .0.0, .1.code())]
    Unfit(Fen, Settlement),
}

impl NotSettled {
    /// For people.
    pub fn words(self) -> Phrase {
        let (NotSettled::Open(fen) | NotSettled::Unfit(fen, _)) = self;
        let amount = Fen(fen.0.saturating_abs());
        match fen.0 {
            0 => Phrase::new(
                "It costs the same: there is no difference to be settled",
                "价格相同，没有差价需要处理",
            ),
            i64::MIN..0 => Phrase::new(
                format!("It costs ¥{amount} less: say that the difference is refunded"),
                format!("新规格便宜 ¥{amount}，请选择退差价"),
            ),
            1.. => Phrase::new(
                format!("It costs ¥{amount} more: say whether the buyer pays it or the shop bears it"),
                format!("新规格贵 ¥{amount}，请选择买家补差价或免补差价"),
            ),
        }
    }
}

/// A difference with what was said of it; none where there is none, or where it is not known.
///
/// # Errors
/// [`NotSettled`].
pub fn settled(fen: Option<Fen>, said: Option<Settlement>) -> Result<Option<Difference>, NotSettled> {
    let Some(fen) = fen else { return Ok(None) };
    match (fen.0.signum(), said) {
        (0, None) => Ok(None),
        (-1, Some(settlement @ Settlement::Refund))
        | (1, Some(settlement @ (Settlement::Pay | Settlement::Waive))) => {
            Ok(Some(Difference { fen, settlement }))
        }
        (_, None) => Err(NotSettled::Open(fen)),
        (_, Some(said)) => Err(NotSettled::Unfit(fen, said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_settled_the_way_it_goes_and_what_is_not_known_is_no_zero() {
        let line = |before: i64, after: i64, units_after| PriceOf {
            before: Some(Fen(before)),
            units_before: 1,
            after: Some(Fen(after)),
            units_after,
        };
        assert_eq!(difference(&[line(9_900, 9_900, 1)]), Some(Fen(0)));
        assert_eq!(difference(&[line(9_900, 11_900, 1), line(500, 100, 2)]), Some(Fen(1_700)));
        assert_eq!(difference(&[PriceOf { after: None, ..line(1, 1, 1) }]), None);
        assert_eq!(difference(&[line(1, i64::MAX, 2)]), None);
        assert_eq!(settled(Some(Fen(0)), None), Ok(None));
        assert_eq!(settled(Some(Fen(2)), None), Err(NotSettled::Open(Fen(2))));
        for (fen, fits) in
            [(-2, vec![Settlement::Refund]), (2, vec![Settlement::Pay, Settlement::Waive]), (0, Vec::new())]
        {
            for said in Settlement::ALL {
                let done = settled(Some(Fen(fen)), Some(*said));
                assert_eq!(done.is_ok(), fits.contains(said), "{fen} {said:?}");
                if let Err(why) = done {
                    assert!(!why.words().zh.is_empty());
                }
            }
        }
        assert_eq!(settled(None, Some(Settlement::Waive)), Ok(None));
    }
}
