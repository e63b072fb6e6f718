//! The reference price (被比较价格, 划线价) that the law allows: the lowest price paid at the same place in the seven days
//! before the promotion; if nothing was paid then, the last price paid before. Without a payment there is none
//! (《明码标价和禁止价格欺诈规定》第十六条).

use livehand_kernel::{DAY_MS, Fen, Millis};
use serde::{Deserialize, Serialize};

use super::payments::{Payment, asked, payments};
use super::{Row, Selection};

/// Days before the promotion whose payments count, each of twenty-four hours.
const REFERENCE_DAYS: i64 = 7;
/// Days before a promotion in which a raise is told, when nothing else is said. The law has no number.
pub const RAISED_DAYS: i64 = 30;

/// By which rule a reference price stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReferenceRule {
    /// The lowest price paid in the seven days before.
    LowestPaidInSevenDays,
    /// The last price paid before; nothing was paid in the seven days.
    LastPaid,
    /// Nothing was paid; no reference price may be used.
    None,
}

/// The highest reference price that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The price; absent when none may be used.
    pub price: Option<Fen>,
    /// By which rule.
    pub rule: ReferenceRule,
    /// The rows that it rests on, by their sequences.
    pub evidence: Vec<u64>,
}

/// The reference price that a promotion may be compared with, from rows of one product. What is paid at the moment at which
/// the promotion begins is no longer before it.
pub fn allowed_reference_price(rows: &[Row], selection: &Selection, promotion_begins: Millis) -> Reference {
    let mut before = payments(rows, selection);
    before.retain(|payment| payment.at < promotion_begins);
    let since = promotion_begins.plus(-REFERENCE_DAYS * DAY_MS);
    let recent = before.iter().filter(|payment| payment.at >= since);
    let mut counted: Vec<&Payment> = recent.collect();
    let mut rule = ReferenceRule::LowestPaidInSevenDays;
    if counted.is_empty() {
        let last = before.last().map(|payment| payment.at);
        // Several at that moment are all the last.
        counted = before.iter().filter(|payment| Some(payment.at) == last).collect();
        rule = ReferenceRule::LastPaid;
    }
    let price = counted.iter().map(|payment| payment.price).min();
    let rule = price.map_or(ReferenceRule::None, |_| rule);
    Reference { price, rule, evidence: counted.iter().map(|payment| payment.row.sequence).collect() }
}

/// What was paid between two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The lowest price paid.
    pub lowest: Option<Fen>,
    /// Whether each of the payments has its evidence.
    pub evidenced: bool,
    /// The rows.
    pub evidence: Vec<u64>,
}

/// What was paid from one moment to another, the second not included: for a comparison that says when and where its price
/// was paid (详细比较信息).
pub fn paid_within(rows: &[Row], selection: &Selection, from: Millis, to: Millis) -> Stretch {
    let mut paid = payments(rows, selection);
    paid.retain(|payment| (from..to).contains(&payment.at));
    Stretch {
        lowest: paid.iter().map(|payment| payment.price).min(),
        evidenced: !paid.is_empty() && paid.iter().all(|payment| payment.row.entry.evidence.is_some()),
        evidence: paid.iter().map(|payment| payment.row.sequence).collect(),
    }
}

/// A price that was raised before a promotion (临时抬价), which may not be what the promotion is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The price at the beginning of the days that are looked at.
    pub from: Fen,
    /// The price when the promotion begins.
    pub to: Fen,
    /// When it was raised to that.
    pub at: Millis,
    /// The row that raised it.
    pub row: u64,
}

/// Whether the price that was asked right before a promotion is higher than the one asked `days` days earlier, or than the
/// first one asked since.
pub fn raised_before_promotion(
    rows: &[Row],
    selection: &Selection,
    promotion_begins: Millis,
    days: i64,
) -> Option<Raised> {
    let since = promotion_begins.plus(-days.saturating_mul(DAY_MS));
    let mut asked = asked(rows, selection);
    asked.retain(|row| row.entry.at < promotion_begins);
    let first = asked.iter().rposition(|row| row.entry.at <= since).unwrap_or(0);
    let looked_at = asked.get(first..)?;
    let (from, last) = (looked_at.first()?.entry.fen, looked_at.last()?.entry.fen);
    if last <= from {
        return None;
    }
    let steps = looked_at.iter().zip(looked_at.iter().skip(1));
    let raising = steps.rev().find(|(before, after)| after.entry.fen > before.entry.fen)?.1;
    Some(Raised { from, to: last, at: raising.entry.at, row: raising.sequence })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::made_up::{BEGINS, ledger};
    use super::super::{Kind, asked_since};
    use super::*;

    fn allowed(rows: &[Row]) -> (Option<i64>, ReferenceRule, Vec<u64>) {
        let selection = Selection { venue: Some("main"), sku: None };
        let found = allowed_reference_price(rows, &selection, BEGINS);
        (found.price.map(|price| price.0), found.rule, found.evidence)
    }

    proptest! {
        #[test]
        fn the_reference_is_what_the_article_says_of_any_ledger(
            paid in proptest::collection::vec((-400_i64..40, 1_i64..50, any::<bool>(), any::<bool>()), 0..25)
        ) {
            let mut rows = Vec::new();
            for (hours, fen, here, _) in &paid {
                let venue = if *here { "paid main" } else { "paid other" };
                rows.extend(ledger(&[(venue, *hours as f64 / 24.0, *fen)]));
            }
            for (number, (_, _, _, refunded)) in paid.iter().enumerate() {
                rows[number].sequence = number as u64 + 1;
                rows[number].entry.order = Some(format!("o{number}"));
                if *refunded {
                    let mut back = rows[number].clone();
                    back.entry.kind = Kind::Refunded;
                    rows.push(back);
                }
            }
            let before: Vec<(i64, i64)> = paid
                .iter()
                .filter(|(hours, _, here, refunded)| *hours < 0 && *here && !refunded)
                .map(|(hours, fen, ..)| (*hours, *fen))
                .collect();
            let recent = before.iter().filter(|(hours, _)| *hours >= -7 * 24).map(|(_, fen)| *fen).min();
            let last = before.iter().map(|(hours, _)| *hours).max();
            let last = before.iter().filter(|(hours, _)| Some(*hours) == last).map(|(_, fen)| *fen).min();
            let (price, rule, _) = allowed(&rows);
            prop_assert_eq!(price, recent.or(last));
            let expected = match (recent, last) {
                (Some(_), _) => ReferenceRule::LowestPaidInSevenDays,
                (None, Some(_)) => ReferenceRule::LastPaid,
                (None, None) => ReferenceRule::None,
            };
            prop_assert_eq!(rule, expected);
        }
    }

    #[test]
    fn the_lowest_payment_of_seven_days_is_the_highest_reference() {
        let rows = ledger(&[
            ("paid main", -9.0, 8_000),
            ("paid main", -6.0, 19_900),
            ("paid main", -2.0, 12_900),
            ("paid other", -1.0, 100),
            ("asked main", -1.0, 100),
        ]);
        assert_eq!(allowed(&rows), (Some(12_900), ReferenceRule::LowestPaidInSevenDays, vec![2, 3]));
    }

    #[test]
    fn without_a_payment_in_seven_days_the_last_one_counts_and_without_any_there_is_none() {
        let rows = ledger(&[("paid main", -30.0, 8_000), ("paid main", -9.0, 19_900)]);
        assert_eq!(allowed(&rows), (Some(19_900), ReferenceRule::LastPaid, vec![2]));
        assert_eq!(
            allowed(&ledger(&[("asked main", -3.0, 19_900), ("paid other", -3.0, 19_900)])),
            (None, ReferenceRule::None, vec![])
        );
        let later = ledger(&[("paid main", 0.0, 19_900)]);
        assert_eq!(allowed(&later).1, ReferenceRule::None, "what is paid in the promotion is not before it");
    }

    #[test]
    fn exactly_seven_days_before_still_counts() {
        let mut rows = ledger(&[("paid main", -7.0, 9_900), ("paid main", -1.0, 19_900)]);
        assert_eq!(allowed(&rows).0, Some(9_900));
        rows[0].entry.at = rows[0].entry.at.plus(-1);
        assert_eq!(allowed(&rows).0, Some(19_900));
    }

    #[test]
    fn a_payment_that_was_given_back_is_none_and_one_that_was_given_back_in_part_is_less() {
        let mut rows = ledger(&[
            ("paid main", -20.0, 15_000),
            ("paid main", -3.0, 29_900),
            ("refunded main", -2.0, 29_900),
        ]);
        rows[2].entry.order = rows[1].entry.order.clone();
        assert_eq!(allowed(&rows), (Some(15_000), ReferenceRule::LastPaid, vec![1]));
        rows[2].entry.fen = Fen(20_000);
        assert_eq!(allowed(&rows), (Some(9_900), ReferenceRule::LowestPaidInSevenDays, vec![2]));
        rows[1].entry.quantity = Some(2);
        assert_eq!(allowed(&rows).0, Some(19_900), "for each of the two pieces");
        rows[2].entry.order = Some("another".to_owned());
        assert_eq!(allowed(&rows).0, Some(29_900));
    }

    #[test]
    fn of_several_last_payments_the_lowest_counts() {
        let rows =
            ledger(&[("paid main", -9.0, 8_000), ("paid main", -9.0, 7_000), ("paid main", -30.0, 100)]);
        assert_eq!(allowed(&rows), (Some(7_000), ReferenceRule::LastPaid, vec![1, 2]));
    }

    #[test]
    fn a_comparison_that_says_when_is_held_against_what_was_paid_then() {
        let rows =
            ledger(&[("paid main", -20.0, 15_000), ("paid main", -19.0, 14_000), ("paid main", -3.0, 9_900)]);
        let of = |from: i64, to: i64| {
            paid_within(&rows, &Selection::default(), BEGINS.plus(from * DAY_MS), BEGINS.plus(to * DAY_MS))
        };
        assert_eq!(
            of(-20, -18),
            Stretch { lowest: Some(Fen(14_000)), evidenced: false, evidence: vec![1, 2] }
        );
        assert_eq!(of(-20, -19).lowest, Some(Fen(15_000)));
        assert_eq!(of(-18, -4), Stretch { lowest: None, evidenced: false, evidence: vec![] });
    }

    #[test]
    fn the_promotion_began_when_its_price_was_asked_first() {
        let rows = ledger(&[
            ("asked main", -30.0, 9_900),
            ("asked main", -9.0, 19_900),
            ("asked main", -3.0, 9_900),
            ("asked main", -2.0, 9_900),
        ]);
        let since = |current: i64| asked_since(&rows, &Selection::default(), Fen(current), BEGINS);
        assert_eq!(since(9_900), Some(rows[2].entry.at));
        assert_eq!(since(19_900), None);
    }

    #[test]
    fn one_sku_is_compared_with_itself_and_with_what_does_not_say() {
        let mut rows =
            ledger(&[("paid main", -3.0, 5_000), ("paid main", -3.0, 8_000), ("paid main", -3.0, 9_000)]);
        rows[0].entry.sku = Some("small".into());
        rows[1].entry.sku = None;
        rows[2].entry.sku = Some("large".into());
        let large = "large".into();
        let selection = Selection { venue: Some("main"), sku: Some(&large) };
        assert_eq!(allowed_reference_price(&rows, &selection, BEGINS).price, Some(Fen(8_000)));
    }

    #[test]
    fn a_raise_before_the_promotion_is_told_with_the_row_that_did_it() {
        let raised = |rows: &[Row]| raised_before_promotion(rows, &Selection::default(), BEGINS, RAISED_DAYS);
        let rows =
            ledger(&[("asked main", -90.0, 9_900), ("asked main", -5.0, 19_900), ("asked main", 0.0, 9_900)]);
        let found = raised(&rows).unwrap();
        assert_eq!((found.from, found.to, found.row), (Fen(9_900), Fen(19_900), 2));
        let restored =
            ledger(&[("asked main", -90.0, 9_900), ("asked main", -9.0, 7_900), ("asked main", -8.0, 9_900)]);
        assert_eq!(raised(&restored), None, "the price of before came back");
        let long_ago = ledger(&[("asked main", -90.0, 9_900), ("asked main", -40.0, 19_900)]);
        assert_eq!(raised(&long_ago), None);
        assert_eq!(raised(&ledger(&[("paid main", -3.0, 9_900)])), None);
    }
}
