//! Everything that can be checked of the data without trusting it: the database's own check, what the marks say, the chains
//! of the audit trail and of the price ledger, the sums of stock, and the chain of every show's log.

use livehand_kernel::{Phrase, ShowId, SkuId};
use livehand_show_log::{EventLog, Gap, Head, Marks, ReadError, SqlLog, find_gaps};
use livehand_storage::price_ledger::{Break, Tampering};
use livehand_storage::{Db, Engine, Error};
use livehand_trade::stock::drift;

use crate::node::{CHAINS, chain_gap};

/// Shows listed at once.
const SHOWS_PER_PAGE: i64 = 200;
/// SKUs looked at in one read.
const SKUS_PER_PAGE: i64 = 200;
/// Events read at once.
const PAGE_EVENTS: usize = 10_000;

/// One thing that was looked at.
pub struct Finding {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found.
    pub text: Phrase,
}

/// Looks at everything and tells what is found. Whether all of it is good.
///
/// # Errors
/// If the data cannot even be read.
pub async fn examine(db: &Db, marks: &Marks, mut tell: impl FnMut(Finding)) -> anyhow::Result<bool> {
    let mut all_good = true;
    let mut say = |good: bool, text: Phrase| {
        all_good &= good;
        tell(Finding { good, text });
    };
    // PostgreSQL checks its pages whenever it reads them.
    if db.engine() == Engine::Sqlite {
        let verdict = db.check_integrity().await?;
        let text = match &verdict {
            None => Phrase::new("the database's own check", "数据库自检"),
            Some(wrong) => Phrase::new(format!("the database: {wrong}"), format!("数据库：{wrong}")),
        };
        say(verdict.is_none(), text);
    }
    let log = SqlLog::new(db.clone());
    let mut gaps: Vec<Gap> = find_gaps(marks, &log, &CHAINS).await?;
    for name in CHAINS {
        gaps.extend(chain_gap(db, marks, name).await?);
    }
    gaps.iter().for_each(|gap| say(false, gap.phrase()));
    if gaps.is_empty() {
        say(
            true,
            Phrase::new("everything is as long as its high-water mark says", "各日志长度与水位标记一致"),
        );
    }
    let tx = db.read().await?;
    let broken = livehand_storage::audit::verify(&tx).await?;
    say(broken.is_none(), audit_text(broken));
    let broken = livehand_storage::price_ledger::verify(&tx).await?;
    say(broken.is_none(), ledger_text(broken));
    drop(tx);
    let (skus, wrong) = check_stock(db).await?;
    if skus > 0 {
        let text = match wrong.first() {
            None => Phrase::new(format!("the stock of {skus} SKUs"), format!("{skus} 个规格的库存台账")),
            Some(first) => Phrase::new(
                format!(
                    "the stock of {} SKUs, such as {first}, is not what its movements give: livehand stock repair",
                    wrong.len()
                ),
                format!("{} 个规格（如 {first}）的库存与变动不符，请运行 livehand stock repair", wrong.len()),
            ),
        };
        say(wrong.is_empty(), text);
    }
    for show in shows(db).await? {
        match check_log(&log, &show).await {
            Ok(events) => say(
                true,
                Phrase::new(
                    format!("the log of show {show}: {events} events"),
                    format!("场次 {show} 的日志：{events} 条事件"),
                ),
            ),
            Err(error) => say(false, Phrase::literal(error.to_string())),
        }
    }
    Ok(all_good)
}

fn audit_text(broken: Option<u64>) -> Phrase {
    match broken {
        None => Phrase::new("the audit trail's chain", "审计记录的哈希链"),
        Some(row) => Phrase::new(
            format!("the audit trail is changed, or lacks a row, at row {row}"),
            format!("审计记录在第 {row} 行被改动或缺行"),
        ),
    }
}

fn ledger_text(broken: Option<Break>) -> Phrase {
    let Some(Break { sequence, what }) = broken else {
        return Phrase::new("the price ledger's chain", "价格账本的哈希链");
    };
    let (en, zh) = match what {
        Tampering::Changed => ("was changed", "被改动"),
        Tampering::Removed => ("was removed", "被删除"),
        Tampering::Reordered => ("is not the one that was written there", "被调换位置"),
    };
    Phrase::new(format!("the price ledger: row {sequence} {en}"), format!("价格账本：第 {sequence} 行{zh}"))
}

/// How many SKUs have stock, and which of them have sums that their movements do not give.
async fn check_stock(db: &Db) -> Result<(usize, Vec<SkuId>), Error> {
    let (mut checked, mut wrong, mut after) = (0, Vec::new(), String::new());
    loop {
        let tx = db.read().await?;
        let page = livehand_storage::stock::skus(&tx, &after, SKUS_PER_PAGE).await?;
        let Some(last) = page.last() else { return Ok((checked, wrong)) };
        after.clone_from(&last.0);
        for sku in page {
            let kept = livehand_storage::stock::find(&tx, &sku).await?;
            let found = livehand_storage::stock::repaired(&tx, &sku).await?;
            let whole = found.left_out.is_empty() && found.gaps.is_empty();
            checked += 1;
            if !whole || kept.is_none_or(|kept| !drift(&kept, &found.stock).is_empty()) {
                wrong.push(sku);
            }
        }
    }
}

async fn shows(db: &Db) -> Result<Vec<ShowId>, Error> {
    let mut filter = livehand_storage::shows::ShowFilter { limit: SHOWS_PER_PAGE, ..Default::default() };
    let mut all = Vec::new();
    loop {
        let page = livehand_storage::shows::list(&db.read().await?, &filter).await?;
        let Some(last) = page.last() else { return Ok(all) };
        filter.after = Some(last.id.clone());
        all.extend(page.into_iter().map(|show| show.id));
    }
}

async fn check_log(log: &SqlLog, show: &ShowId) -> Result<u64, ReadError> {
    let mut after = Head::EMPTY;
    loop {
        let page = log.read(show, after, PAGE_EVENTS).await?;
        if page.events.is_empty() {
            return Ok(after.sequence);
        }
        after = page.head;
    }
}
