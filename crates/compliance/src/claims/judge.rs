//! Judging a claim: which rule it falls under.

use livehand_kernel::{DAY_MS, Fen, Millis, Phrase};

use super::{Claim, ClaimKind, Evidence, Judged, Reason, Scope, facts, prices};

/// A stock figure that is older proves nothing, because orders arrive all the time.
pub const STOCK_AGE_MS_MAX: i64 = 10 * 60_000;
/// Days that the ledger must know before anything may be called the lowest ever: less than a quarter is no history.
pub const HISTORIC_DAYS_MIN: i64 = 90;
/// A maker's price has to follow the maker; a source that is older than a year does not.
pub const MSRP_AGE_DAYS_MAX: i64 = 365;

/// Judges a claim by the facts. Only here does a [`Proved`](super::Proved) come from.
pub fn judge(claim: &Claim, evidence: &Evidence, now: Millis) -> Judged {
    if matches!(claim.scope, Scope::WholeNet | Scope::Nationwide) {
        let (en, zh) = both(claim.scope.phrase());
        return Judged::fails(
            Reason::BeyondProof,
            Phrase::new(
                format!("Nobody can prove what holds {en}; say it of this shop or this live room"),
                format!("“{zh}”范围无法举证，请改为“本店”或“本直播间”"),
            ),
        );
    }
    let judged = match claim.kind {
        ClaimKind::ReferencePrice => prices::reference(claim, evidence, now),
        ClaimKind::Discount => prices::discount(claim, evidence, now),
        ClaimKind::LowestInDays => prices::lowest_in_days(claim, evidence, now),
        ClaimKind::HistoricLow => prices::historic_low(claim, evidence, now),
        ClaimKind::GiftValue => facts::gift(claim, evidence),
        ClaimKind::LimitedStock => facts::stock(claim, evidence, now),
        ClaimKind::Deadline => facts::deadline(claim, evidence, now),
        ClaimKind::Msrp => facts::msrp(claim, evidence, now),
        ClaimKind::SalesCount => facts::sales(claim, evidence, now),
        ClaimKind::PriceProtect => facts::protect(claim, evidence),
    };
    judged.unwrap_or_else(|failed| failed)
}

/// What a rule says: a claim that passes, or why it does not.
pub(super) type Outcome = Result<Judged, Judged>;

/// A claim that fails.
pub(super) fn fails<T>(reason: Reason, en: impl Into<String>, zh: impl Into<String>) -> Result<T, Judged> {
    Err(Judged::fails(reason, Phrase::new(en.into(), zh.into())))
}

/// A number that the claim cannot do without.
pub(super) fn needed<T>(number: Option<T>, en: &str, zh: &str) -> Result<T, Judged> {
    let Some(number) = number else {
        return fails(Reason::NumberMissing, format!("The claim needs {en}"), format!("缺少{zh}"));
    };
    Ok(number)
}

/// As [`needed`], and above zero.
pub(super) fn positive(number: Option<i64>, en: &str, zh: &str) -> Result<i64, Judged> {
    needed(number.filter(|number| *number > 0), en, zh)
}

/// As [`positive`], for money.
pub(super) fn priced(price: Option<Fen>, en: &str, zh: &str) -> Result<Fen, Judged> {
    needed(price.filter(|price| price.0 > 0), en, zh)
}

pub(super) fn current(evidence: &Evidence) -> Result<Fen, Judged> {
    match evidence.current.filter(|price| price.0 > 0) {
        Some(price) => Ok(price),
        None => fails(Reason::NoCurrentPrice, "The product has no live price", "商品还没有直播价"),
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
