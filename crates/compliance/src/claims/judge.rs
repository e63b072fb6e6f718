//! Judging a claim: which rule it falls under.

use livehand_kernel::{DAY_MS, Fen, Millis, Phrase};

use super::{Claim, ClaimKind, Evidence, Judged, Reason, Scope, Signal, facts, prices};

/// A stock figure that is older proves nothing, because orders arrive all the time.
pub const STOCK_AGE_MS_MAX: i64 = 10 * 60_000;
/// A maker's price has to follow the maker; a source that is older than a year does not.
pub const MSRP_AGE_DAYS_MAX: i64 = 365;
/// What the maker's price has to be called.
pub const MSRP_NAME: &str = "厂商建议零售价";

/// Judges a claim by the facts. Only here does a [`Proved`](super::Proved) come from.
pub fn judge(claim: &Claim, evidence: &Evidence, now: Millis) -> Judged {
    if matches!(claim.scope, Scope::WholeNet | Scope::Nationwide) {
        let (en, zh) = both(claim.scope.phrase());
        return Judged::fails(
            Reason::ScopeUnprovable,
            Phrase::new(
                format!("Nobody can prove what holds {en}; say it of this shop or this live room"),
                format!("“{zh}”范围无法举证，请改为“本店”或“本直播间”"),
            ),
        );
    }
    let judged = match claim.kind {
        ClaimKind::ReferencePrice => prices::reference(claim, evidence, now),
        ClaimKind::Discount => prices::discount(claim, evidence, now),
        ClaimKind::LowestInDays | ClaimKind::HistoricLow => prices::lowest(claim, evidence, now),
        ClaimKind::GiftValue => facts::gift(claim, evidence),
        ClaimKind::LimitedStock => facts::stock(claim, evidence, now),
        ClaimKind::Deadline => facts::deadline(claim, evidence, now),
        ClaimKind::Msrp => facts::msrp(claim, evidence, now),
        ClaimKind::SalesCount => facts::sales(claim, evidence, now),
        ClaimKind::PriceProtect => facts::protect(claim, evidence),
    };
    let mut judged =
        judged.unwrap_or_else(|Failed { reason, explanation }| Judged::fails(reason, explanation));
    let compares = matches!(claim.kind, ClaimKind::ReferencePrice | ClaimKind::Discount);
    if compares && evidence.raised.is_some() {
        judged.signals.push(Signal::RaisedBeforePromotion);
    }
    judged
}

/// What a rule says: a claim that passes, or why it does not.
pub(super) type Outcome = Result<Judged, Failed>;

/// Why a claim does not pass.
pub(super) struct Failed {
    reason: Reason,
    explanation: Phrase,
}

/// A claim that fails.
pub(super) fn fails<T>(reason: Reason, en: impl Into<String>, zh: impl Into<String>) -> Result<T, Failed> {
    Err(Failed { reason, explanation: Phrase::new(en.into(), zh.into()) })
}

/// A number that the claim cannot do without.
pub(super) fn needed<T>(number: Option<T>, en: &str, zh: &str) -> Result<T, Failed> {
    let Some(number) = number else {
        return fails(Reason::NumberMissing, format!("The claim needs {en}"), format!("缺少{zh}"));
    };
    Ok(number)
}

/// As [`needed`], and above zero.
pub(super) fn positive(number: Option<i64>, en: &str, zh: &str) -> Result<i64, Failed> {
    match needed(number, en, zh)? {
        number if number > 0 => Ok(number),
        number => fails(
            Reason::NumberInvalid,
            format!("The claim needs {en}, above zero; it says {number}"),
            format!("{zh}须大于零，现为 {number}"),
        ),
    }
}

/// As [`positive`], for money.
pub(super) fn priced(price: Option<Fen>, en: &str, zh: &str) -> Result<Fen, Failed> {
    match needed(price, en, zh)? {
        price if price.0 > 0 => Ok(price),
        price => fails(
            Reason::NumberInvalid,
            format!("The claim needs {en}, above zero; it says {}", yuan(price)),
            format!("{zh}须大于零，现为 {}", yuan(price)),
        ),
    }
}

/// Something that proves the numbers, from the rows of the ledger or from the claim.
pub(super) fn evidenced(claim: &Claim, by_rows: bool) -> Result<(), Failed> {
    if by_rows || claim.evidence.iter().any(|one| !one.trim().is_empty()) {
        return Ok(());
    }
    fails(
        Reason::EvidenceMissing,
        "The numbers fit, but no order, picture or hash proves them",
        "数字相符，但没有附上订单、截图或文件哈希等凭证",
    )
}

pub(super) fn current(evidence: &Evidence) -> Result<Fen, Failed> {
    match evidence.current.filter(|price| price.0 > 0) {
        Some(price) => Ok(price),
        None => fails(Reason::PriceUnknown, "The product has no live price", "商品还没有直播价"),
    }
}

/// An amount as viewers read it.
pub(super) fn yuan(price: Fen) -> String {
    format!("¥{price}")
}

/// The end of the day of Shanghai, until which what holds “as of today” may be shown.
pub(super) fn end_of_day(now: Millis) -> Option<Millis> {
    Some(now.shanghai_midnight(1))
}

/// Whole days from one moment to another.
pub(super) fn days_between(from: Millis, to: Millis) -> i64 {
    to.0.saturating_sub(from.0).div_euclid(DAY_MS)
}

pub(super) fn both(phrase: Phrase) -> (String, String) {
    (phrase.en.into_owned(), phrase.zh.into_owned())
}
