//! Offers: the lowest price is that of looking at everything, and its proof holds.

#![cfg(test)]

mod brute;
mod made_up;
mod rules;

use livehand_trade::offers::{simulate, verify};
use proptest::prelude::*;

use crate::made_up::{MOMENT, Size, made_up};

fn agrees(seed: u64, size: Size) -> Result<(), TestCaseError> {
    let case = made_up(seed, size);
    let found = simulate(&case.lines, case.shipping, &case.promotions, MOMENT).unwrap();
    let all = brute::lowest(&case);
    for ((price, line), (paid, units)) in found.prices.iter().zip(&case.lines).zip(&all.prices) {
        let own = price.line(&line.product, None).unwrap();
        prop_assert_eq!(
            own.payable_fen.0 * units,
            paid * own.quantity,
            "{}: {:#?} {:#?}",
            line.product,
            price,
            case
        );
    }
    prop_assert_eq!(
        found.margin.as_ref().unwrap().margin_fen.unwrap().0,
        all.margin,
        "{:#?} {:#?}",
        found.margin,
        case
    );
    prop_assert_eq!(verify(&case.lines, case.shipping, &case.promotions, MOMENT, &found.certificate), Ok(()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lower_than_what_is_found(
        seed in any::<u64>(), lines in 1_u64..4, promotions in 0_u64..8, quantity_max in 1_u64..4, wild in any::<bool>(),
    ) {
        agrees(seed, Size { lines, promotions, quantity_max, wild })?;
    }
}
