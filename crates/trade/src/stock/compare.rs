//! What somebody else says of our stock, held against the books: what differs, and who must act.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, Phrase, SkuId};

use super::movement::codes;
use super::{Recipes, Stock};

/// Age from which a platform's figures are not believed any more.
pub const AGE_LIMIT_PLATFORM_MS: i64 = 60_000;
/// Age from which a warehouse's figures are not believed any more; a count is good for a day.
pub const AGE_LIMIT_WAREHOUSE_MS: i64 = 24 * 3_600_000;
/// How far a report's clock may be ahead of ours.
const AHEAD_MAX_MS: i64 = 60_000;

codes! {
    /// Who reports, which decides what the figures mean.
    #[cfg_attr(feature = "schema", schema(as = StockReporter))]
    Reporter {
        /// What lies there unsold: available + reserved + buffer.
        Warehouse = "warehouse",
        /// What buyers are shown.
        Platform = "platform",
    }
}

codes! {
    /// Who must act on a difference.
    #[cfg_attr(feature = "schema", schema(as = StockDuty))]
    Who {
        /// 仓库: counts.
        Warehouse = "warehouse",
        /// 中控: locks or puts right what the front shows.
        Operator = "operator",
        /// 客服: speaks with buyers who were promised what is not there.
        Support = "support",
    }
}

/// What somebody says of our stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who says it.
    pub reporter: Reporter,
    /// When it was so, by its own word.
    pub as_of: Millis,
    /// From which age on it is not believed.
    pub age_limit_ms: i64,
    /// The figures.
    pub rows: BTreeMap<SkuId, i64>,
}

/// One SKU of which a report says something else than the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which SKU.
    pub sku: SkuId,
    /// What the books say.
    pub ours: i64,
    /// What the report says.
    pub theirs: i64,
    /// Age of the report.
    pub age_ms: i64,
    /// Who must act.
    pub who: Who,
    /// Why, and what to do.
    pub why: Phrase,
}

/// A report held against the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Age of the report.
    pub age_ms: i64,
    /// Why it is not believed, if it is not; then nothing is compared.
    pub distrust: Option<Phrase>,
    /// What differs, the gravest first.
    pub differences: Vec<Difference>,
}

/// Holds a report against the books. A report that is too old, or from the future, is not believed.
pub fn compare(ledger: &BTreeMap<SkuId, Stock>, recipes: &Recipes, report: &Report, now: Millis) -> Compared {
    let age_ms = now.0.saturating_sub(report.as_of.0);
    if let Some(why) = distrust(report, age_ms) {
        return Compared { age_ms, distrust: Some(why), differences: Vec::new() };
    }
    let book = super::Book::new(recipes.clone(), ledger.values().cloned(), []);
    let mut differences = Vec::new();
    for (sku, theirs) in &report.rows {
        let known = ledger.contains_key(sku) || recipes.is_bundle(sku);
        let stock = book.stock(sku);
        let (ours, verdict) = match report.reporter {
            Reporter::Platform => {
                let ours = if recipes.is_bundle(sku) { book.available(sku) } else { stock.shown() };
                (ours, platform(&stock, known, ours, *theirs))
            }
            Reporter::Warehouse => (stock.on_hand(), warehouse(&stock, known, *theirs)),
        };
        if ours != *theirs {
            let (who, why) = verdict;
            differences.push(Difference { sku: sku.clone(), ours, theirs: *theirs, age_ms, who, why });
        }
    }
    differences.sort_by_key(|it| {
        let gravity = match it.who {
            Who::Support => 0,
            Who::Operator => 1,
            Who::Warehouse => 2,
        };
        (gravity, std::cmp::Reverse(it.theirs.abs_diff(it.ours)), it.sku.clone())
    });
    Compared { age_ms, distrust: None, differences }
}

fn distrust(report: &Report, age_ms: i64) -> Option<Phrase> {
    let limit = report.age_limit_ms;
    if age_ms < -AHEAD_MAX_MS {
        return Some(Phrase::new(
            format!("The report is dated {} s in the future", -age_ms / 1_000),
            format!("报表时间比现在晚 {} 秒，不采信", -age_ms / 1_000),
        ));
    }
    (age_ms > limit).then(|| {
        Phrase::new(
            format!(
                "The report is {} s old, more than {} s: count by hand, and promise only what is sure",
                age_ms / 1_000,
                limit / 1_000
            ),
            format!(
                "报表是 {} 秒前的，超过 {} 秒，不采信；请改用人工台账，只报保守数",
                age_ms / 1_000,
                limit / 1_000
            ),
        )
    })
}

fn platform(stock: &Stock, known: bool, ours: i64, theirs: i64) -> (Who, Phrase) {
    if !known {
        return (
            Who::Warehouse,
            Phrase::new(
                "It is on sale, but nothing is known of its stock: receive or count it",
                "前台在卖，但台账里没有这个规格，请入库或盘点",
            ),
        );
    }
    if theirs < 0 {
        return (
            Who::Support,
            Phrase::new(
                format!("Oversold by {} at the platform: settle with the buyers", -theirs),
                format!("平台超卖 {} 件，请逐一联系买家", -theirs),
            ),
        );
    }
    if theirs > ours {
        let more = theirs - ours;
        return (
            Who::Operator,
            Phrase::new(
                format!("The platform shows {more} more than can be sold: lower it there, or it oversells"),
                format!("平台比可售多挂 {more} 件，请立即调低，否则会超卖"),
            ),
        );
    }
    let (less, locked) = (ours - theirs, stock.locked);
    (
        Who::Operator,
        Phrase::new(
            format!("The platform shows {less} fewer than can be sold ({locked} are locked): raise it there"),
            format!("平台比可售少挂 {less} 件（另锁定 {locked} 件），可以补上"),
        ),
    )
}

fn warehouse(stock: &Stock, known: bool, theirs: i64) -> (Who, Phrase) {
    if !known {
        return (
            Who::Warehouse,
            Phrase::new(
                "It lies there, but is not in the books: receive it",
                "仓库有货，台账没有，请补录入库",
            ),
        );
    }
    if theirs < stock.reserved {
        let missing = stock.reserved - theirs;
        return (
            Who::Support,
            Phrase::new(
                format!("{missing} that buyers were promised are not there: restock, exchange or refund"),
                format!("已被订单占用的货缺 {missing} 件：补货、换款或退款补偿，请客服跟进"),
            ),
        );
    }
    let apart = theirs.abs_diff(stock.on_hand());
    (
        Who::Warehouse,
        Phrase::new(
            format!("{apart} apart: count, and record the count"),
            format!("相差 {apart} 件，请复盘后录入盘点"),
        ),
    )
}
