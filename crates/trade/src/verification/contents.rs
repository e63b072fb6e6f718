//! What an order contains once it was corrected.

use livehand_kernel::SkuId;

use super::CorrectedLine;
use crate::orders::Order;

/// Something that is sent with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The line of the order; nothing for what was added.
    pub line: Option<String>,
    /// What is sent.
    pub sku: SkuId,
    /// How many.
    pub quantity: i64,
    /// Whether somebody put it so, and not the platform.
    pub corrected: bool,
}

/// The corrections that stand, of all that were made, the first first: the last word on a line counts, and the last on what
/// was added of a SKU, so that the same correction twice is one.
pub fn standing<'a>(made: impl IntoIterator<Item = &'a CorrectedLine>) -> Vec<CorrectedLine> {
    let mut lines: Vec<CorrectedLine> = Vec::new();
    for line in made {
        lines.retain(|known| known.line != line.line || (line.line.is_none() && known.sku != line.sku));
        lines.push(line.clone());
    }
    lines
}

/// What is sent with an order: its lines as they are or as they were corrected, and what was added.
pub fn contents(order: &Order, corrected: &[CorrectedLine]) -> Vec<Content> {
    let put = |line: &CorrectedLine| Content {
        line: line.line.clone(),
        sku: line.sku.clone(),
        quantity: line.quantity,
        corrected: true,
    };
    let own = order.lines().map(|line| {
        let instead = corrected.iter().find(|it| it.line.as_ref() == Some(&line.id));
        instead.map_or_else(
            || Content {
                line: Some(line.id.clone()),
                sku: line.sku.clone(),
                quantity: line.quantity,
                corrected: false,
            },
            put,
        )
    });
    own.chain(corrected.iter().filter(|it| it.line.is_none()).map(put)).collect()
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;

    use super::*;
    use crate::orders::{Line, Notice, State};

    fn order(lines: &[(&str, i64)]) -> Order {
        let line = |(sku, quantity): &(&str, i64)| Line {
            id: (*sku).to_owned(),
            sku: SkuId::from(*sku),
            product: None,
            quantity: *quantity,
            paid: None,
        };
        let mut order = Order::new("douyin", "1");
        order.apply(&Notice {
            id: "n".to_owned(),
            platform: "douyin".to_owned(),
            number: "1".to_owned(),
            reached: [(State::Paid, Millis(1))].into(),
            lines: lines.iter().map(line).collect(),
            paid: None,
            refunds: Vec::new(),
            buyer: None,
            show: None,
            whom: false,
        });
        order
    }

    fn put(line: Option<&str>, sku: &str, quantity: i64) -> CorrectedLine {
        CorrectedLine { line: line.map(str::to_owned), sku: SkuId::from(sku), quantity }
    }

    #[test]
    fn the_last_word_on_a_line_counts_and_the_same_gift_twice_is_one() {
        let made =
            [put(Some("m"), "l", 1), put(None, "socks", 1), put(Some("m"), "xl", 2), put(None, "socks", 1)];
        let stand = standing(&made);
        assert_eq!(stand, [put(Some("m"), "xl", 2), put(None, "socks", 1)]);
        let sent: Vec<(String, i64, bool)> = contents(&order(&[("m", 1), ("mug", 3)]), &stand)
            .into_iter()
            .map(|it| (it.sku.0, it.quantity, it.corrected))
            .collect();
        let wanted = [("xl", 2, true), ("mug", 3, false), ("socks", 1, true)];
        assert_eq!(sent, wanted.map(|(sku, quantity, put)| (sku.to_owned(), quantity, put)));
    }
}
