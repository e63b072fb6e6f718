//! The reference price (被比较价格, 划线价) that the law allows: the lowest price paid at the same place in the seven days
//! before the promotion; if nothing was paid then, the last price paid before. Without a payment there is none
//! (《明码标价和禁止价格欺诈规定》第十六条).

use livehand_kernel::{Fen, Millis};
use serde::{Deserialize, Serialize};

use super::payments::{Payment, payments};
use super::{Kind, Row, Selection};

/// Calendar days before the promotion whose payments count.
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

/// The reference price that a promotion may be compared with, from rows of one product. A day is one of Shanghai, and the
/// day on which the promotion begins counts up to its beginning. A payment that was given back in full supports no price,
/// but a low one still lowers what is allowed: that its money went back does not make a higher price true.
pub fn allowed_reference_price(rows: &[Row], selection: &Selection, promotion_begins: Millis) -> Reference {
    let mut before = payments(rows, selection);
    before.retain(|payment| payment.at < promotion_begins);
    let since = promotion_begins.shanghai_midnight(-REFERENCE_DAYS);
    let recent = || before.iter().filter(|payment| payment.at >= since);
    let (rule, based_on) = match recent().any(|payment| payment.kept.is_some()) {
        true => (ReferenceRule::LowestPaidInSevenDays, None),
        false => match before.iter().rev().find(|payment| payment.kept.is_some()) {
            Some(last) => (ReferenceRule::LastPaid, Some(last)),
            None => return Reference { price: None, rule: ReferenceRule::None, evidence: Vec::new() },
        },
    };
    let counted: Vec<&Payment> = based_on.into_iter().chain(recent()).collect();
    Reference {
        price: counted.iter().map(|payment| payment.kept.unwrap_or(payment.paid)).min(),
        rule,
        evidence: counted.iter().map(|payment| payment.sequence).collect(),
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
    let since = promotion_begins.shanghai_midnight(-days);
    let mut asked: Vec<&Row> = rows
        .iter()
        .filter(|row| {
            selection.takes(row) && row.entry.kind == Kind::Asked && row.entry.at < promotion_begins
        })
        .collect();
    asked.sort_by_key(|row| (row.entry.at, row.sequence));
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
    use livehand_kernel::DAY_MS;

    use super::super::made_up::{BEGINS, ledger};
    use super::*;

    fn allowed(rows: &[Row]) -> (Option<i64>, ReferenceRule, Vec<u64>) {
        let selection = Selection { venue: Some("main"), sku: None };
        let found = allowed_reference_price(rows, &selection, BEGINS);
        (found.price.map(|price| price.0), found.rule, found.evidence)
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
    fn the_seventh_calendar_day_before_counts_from_its_first_moment() {
        let since = BEGINS.shanghai_midnight(-7);
        let mut rows = ledger(&[("paid main", -7.0, 9_900), ("paid main", -1.0, 19_900)]);
        rows[0].entry.at = since;
        assert_eq!(allowed(&rows).0, Some(9_900));
        rows[0].entry.at = since.plus(-1);
        assert_eq!(allowed(&rows).0, Some(19_900));
        assert!(BEGINS.0 - since.0 > 7 * DAY_MS);
    }

    #[test]
    fn money_that_went_back_supports_no_price_but_still_lowers_one() {
        let mut rows = ledger(&[
            ("paid main", -20.0, 15_000),
            ("paid main", -3.0, 29_900),
            ("refunded main", -2.0, 29_900),
        ]);
        rows[2].entry.order = rows[1].entry.order.clone();
        assert_eq!(allowed(&rows), (Some(15_000), ReferenceRule::LastPaid, vec![1, 2]));
        rows[2].entry.fen = Fen(20_000);
        assert_eq!(
            allowed(&rows),
            (Some(9_900), ReferenceRule::LowestPaidInSevenDays, vec![2]),
            "a part went back"
        );
        rows[1].entry.fen = Fen(9_000);
        rows[2].entry.fen = Fen(9_000);
        assert_eq!(allowed(&rows), (Some(9_000), ReferenceRule::LastPaid, vec![1, 2]));
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
