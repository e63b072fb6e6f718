//! Claims about prices: compared with what they were, and lower than they were.

use livehand_kernel::{Fen, Millis, Phrase};

use super::judge::{
    Failed, Outcome, both, current, end_of_day, evidenced, fails, needed, positive, priced, yuan,
};
use super::{Claim, Detail, Evidence, Judged, Reason};

/// What a price is compared with, in words: English, Chinese.
type Basis = (String, String);

pub(super) fn whole_ledger(evidence: &Evidence) -> Result<(), Failed> {
    if evidence.ledger_whole {
        return Ok(());
    }
    fails(
        Reason::LedgerBroken,
        "The price ledger was tampered with and proves nothing until it is put right",
        "价格账本校验未通过，修复前不能作为依据",
    )
}

/// A reference price: no higher than what the law allows, and higher than the present price.
pub(super) fn reference(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let price = priced(claim.numbers.price, "the price that is compared with", "被比较的价格")?;
    let current = current(evidence)?;
    let (en, zh) = check_reference(claim, evidence, price, current)?;
    let (price, day) = (yuan(price), now.shanghai_date());
    Ok(Judged::passes(
        Phrase::new(format!("{price} is not above {en}"), format!("{price} 不高于{zh}，可以作为划线价")),
        Phrase::new(
            format!("Reference price {price} (not above {en}, as of {day})"),
            format!("划线价 {price}（不高于{zh}，截至 {day}）"),
        ),
        end_of_day(now),
    ))
}

/// Checks what the present price is compared with; on what it rests, as viewers are told (显著标明被比较价格).
fn check_reference(claim: &Claim, evidence: &Evidence, price: Fen, current: Fen) -> Result<Basis, Failed> {
    whole_ledger(evidence)?;
    let basis = match claim.detail {
        Some(detail) => check_detail(claim, evidence, price, detail)?,
        None => check_allowed(claim, evidence, price)?,
    };
    if current < price {
        return Ok(basis);
    }
    let (said, now_price) = (yuan(price), yuan(current));
    fails(
        Reason::NoReduction,
        format!("The live price {now_price} is no lower than {said}"),
        format!("直播价 {now_price} 不低于 {said}，不构成降价"),
    )
}

/// The reference price that may be used at most when nothing is said of when it was paid.
fn check_allowed(claim: &Claim, evidence: &Evidence, price: Fen) -> Result<Basis, Failed> {
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let proof = evidence.reference.as_ref();
    let Some((proof, allowed)) = proof.and_then(|proof| Some((proof, proof.allowed?))) else {
        return fails(
            Reason::NeverPaid,
            format!("Nothing was ever paid for it {scope_en}, so there is no price to compare with"),
            format!("{scope_zh}没有成交记录，不能使用划线价或原价"),
        );
    };
    let (reason, en, zh) = match proof.last_paid {
        true => (
            Reason::AboveLastPaid,
            format!("the last price paid {scope_en}"),
            format!("{scope_zh}最近一次成交价"),
        ),
        false => (
            Reason::AboveSevenDayLowest,
            format!("the lowest price paid {scope_en} in the 7 days before"),
            format!("{scope_zh}活动前 7 日最低成交价"),
        ),
    };
    if price > allowed {
        let (said, most) = (yuan(price), yuan(allowed));
        return fails(
            reason,
            format!("{said} is above {en}, {most}, which is the highest price that may be compared with"),
            format!("{said} 高于{zh} {most}，划线价最高只能标 {most}"),
        );
    }
    Ok((en, zh))
}

/// A comparison that says when its price was paid is held against just that.
fn check_detail(claim: &Claim, evidence: &Evidence, price: Fen, detail: Detail) -> Result<Basis, Failed> {
    let (from, to) = (detail.from.shanghai_date(), detail.to.plus(-1).shanghai_date());
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let (en, zh) = (
        format!("the price paid {scope_en} from {from} to {to}"),
        format!("{scope_zh} {from} 至 {to} 成交价"),
    );
    let stretch = evidence.stretch.as_ref();
    let Some(lowest) = stretch.and_then(|stretch| stretch.lowest).filter(|lowest| price <= *lowest) else {
        let paid = stretch.and_then(|stretch| stretch.lowest).map(yuan);
        let (paid_en, paid_zh) = match paid {
            Some(paid) => (format!("{paid} was paid then"), format!("期间最低成交价为 {paid}")),
            None => ("nobody paid then".to_owned(), "期间没有成交".to_owned()),
        };
        let said = yuan(price);
        return fails(
            Reason::DetailUntrue,
            format!("{said} is not {en}: {paid_en}"),
            format!("{said} 与账本不符：{zh}，{paid_zh}"),
        );
    };
    debug_assert!(price <= lowest, "what is compared with was paid");
    evidenced(claim, stretch.is_some_and(|stretch| stretch.evidenced))?;
    Ok((en, zh))
}

/// A reduction: real, from a reference that may be used, and shown with it.
pub(super) fn discount(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let current = current(evidence)?;
    let price = priced(claim.numbers.price, "the price that is compared with", "被比较的价格")?;
    let (en, zh) = check_reference(claim, evidence, price, current)?;
    let (said_en, said_zh) = check_reduction(claim, price, current)?;
    if claim.basis.as_deref().is_none_or(|basis| basis.trim().is_empty()) {
        return fails(
            Reason::BasisMissing,
            "What the reduction is compared with has to be shown: say it in “basis”",
            "须显著标明折扣的比较基准，请填写基准说明",
        );
    }
    let (reference, now_price, day) = (yuan(price), yuan(current), now.shanghai_date());
    let saved = yuan(Fen(price.0 - current.0));
    Ok(Judged::passes(
        Phrase::new(
            format!("From {reference}, which is not above {en}, to {now_price}: {saved} less"),
            format!("由 {reference}（不高于{zh}）降到 {now_price}，实降 {saved}"),
        ),
        Phrase::new(
            format!("{said_en}, now {now_price} (compared with {reference}, not above {en}, as of {day})"),
            format!("{said_zh}，现价 {now_price}（比较基准 {reference}，不高于{zh}，截至 {day}）"),
        ),
        end_of_day(now),
    ))
}

/// Checks that the reduction is as deep as it is said to be; how it is said.
fn check_reduction(claim: &Claim, price: Fen, current: Fen) -> Result<Basis, Failed> {
    let (deep_enough, said) = match (claim.numbers.percent, claim.numbers.off) {
        (Some(percent), None) => {
            let percent = positive(Some(percent), "what is still to be paid, in hundredths", "折扣")?;
            let paid = i128::from(current.0) * 100;
            let said = (format!("{}% off", 100 - percent), format!("{} 折", tenths(percent)));
            (percent < 100 && paid <= i128::from(price.0) * i128::from(percent), said)
        }
        (None, off) => {
            let off = priced(off, "either “percent” or “off”", "折扣或直降金额")?;
            (price.0 - current.0 >= off.0, (format!("{} off", yuan(off)), format!("直降 {}", yuan(off))))
        }
        (Some(_), Some(_)) => {
            return needed(
                None,
                "either “percent” or “off”, not both",
                "唯一的优惠说法（折扣与直降只能填一项）",
            );
        }
    };
    if deep_enough {
        return Ok(said);
    }
    let (reference, now_price) = (yuan(price), yuan(current));
    fails(
        Reason::DiscountWrong,
        format!("From {reference} to {now_price} is less of a reduction than {}", said.0),
        format!("由 {reference} 到 {now_price}，实际优惠达不到“{}”", said.1),
    )
}

/// 85 as 8.5, 80 as 8.
fn tenths(percent: i64) -> String {
    if percent % 10 == 0 { (percent / 10).to_string() } else { format!("{}.{}", percent / 10, percent % 10) }
}

/// The lowest of some days, or the lowest ever within a range of days: nobody paid less, and the ledger knows all of them.
/// What contradicts the claim comes before what is missing, because more proof would not help.
pub(super) fn lowest(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    if claim.numbers.days.is_none() {
        return fails(
            Reason::ScopeMissing,
            "A lowest price has to say of how many days",
            "“最低价”必须写明时间范围，例如近 90 天",
        );
    }
    let days = positive(claim.numbers.days, "a number of days", "天数")?;
    whole_ledger(evidence)?;
    let current = current(evidence)?;
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let (en, zh) = (format!("{scope_en} in the last {days} days"), format!("{scope_zh}近 {days} 天"));
    let proof = evidence.lowest.as_ref().filter(|proof| proof.days == days);
    let now_price = yuan(current);
    let Some((proof, paid)) = proof.and_then(|proof| Some((proof, proof.price?))) else {
        return fails(Reason::NoPaidPrice, format!("Nobody paid for it {en}"), format!("{zh}没有成交记录"));
    };
    let lowest = yuan(paid);
    if current > paid {
        return fails(
            Reason::LowerPaid,
            format!("Somebody paid {lowest} {en}, less than {now_price}"),
            format!("{zh}最低成交价为 {lowest}，低于现价 {now_price}"),
        );
    }
    if let Some(said) = claim.numbers.price.filter(|said| *said != current) {
        let said = yuan(said);
        return fails(
            Reason::PriceDiffers,
            format!("The claim says {said}, the live price is {now_price}"),
            format!("所称价格 {said} 与直播价 {now_price} 不一致"),
        );
    }
    if let Some((from, to)) = proof.gaps.first() {
        let (from, to) = (from.shanghai_date(), to.plus(-1).shanghai_date());
        return fails(
            Reason::LedgerGap,
            format!("The ledger knows nothing of the days from {from} to {to}"),
            format!("价格账本缺少 {from} 至 {to} 的记录"),
        );
    }
    evidenced(claim, proof.evidenced)?;
    let (day, count) = (now.shanghai_date(), proof.rows.len());
    let text = if current == paid {
        Phrase::new(
            format!("Lowest price paid {en}: {now_price} (as of {day})"),
            format!("{zh}最低成交价 {now_price}（截至 {day}）"),
        )
    } else {
        // Nobody has paid it yet, so it is no price paid.
        Phrase::new(
            format!("Now {now_price}, below the lowest price paid {en}, {lowest} (as of {day})"),
            format!("现价 {now_price}，低于{zh}最低成交价 {lowest}（截至 {day}）"),
        )
    };
    let explanation = Phrase::new(
        format!("{now_price} is not above any of {count} payments {en}"),
        format!("{now_price} 不高于{zh}全部 {count} 笔成交"),
    );
    Ok(Judged::passes(explanation, text, end_of_day(now)))
}
