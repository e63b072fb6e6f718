//! Claims about prices: compared with what they were, and lower than they ever were.

use livehand_kernel::{Fen, Millis, Phrase};

use super::judge::{
    HISTORIC_DAYS_MIN, Outcome, both, current, days_between, end_of_day, fails, needed, positive, priced,
    yuan,
};
use super::{Claim, Evidence, Judged, LowestProof, Reason, ReferenceProof};

fn whole_ledger(evidence: &Evidence) -> Result<(), Judged> {
    if evidence.ledger_whole {
        return Ok(());
    }
    fails(
        Reason::LedgerBroken,
        "The price ledger was tampered with and proves nothing until it is put right",
        "价格账本校验未通过，修复前不能作为依据",
    )
}

/// The reference price that may be used at most, and on what it rests.
fn allowed(evidence: &Evidence) -> Result<(Fen, &ReferenceProof), Judged> {
    whole_ledger(evidence)?;
    let found = evidence.reference.as_ref().and_then(|proof| Some((proof.allowed?, proof)));
    match found {
        Some(found) => Ok(found),
        None => fails(
            Reason::NothingPaid,
            "Nothing was ever paid for it here, so there is no price to compare with",
            "本场所没有成交记录，不能使用划线价或原价",
        ),
    }
}

fn not_raised(evidence: &Evidence, reference: Fen) -> Result<(), Judged> {
    let Some(raised) = evidence.raised.filter(|raised| reference > raised.from) else { return Ok(()) };
    let (from, to, day) = (yuan(raised.from), yuan(raised.to), raised.at.shanghai_date());
    fails(
        Reason::RaisedBefore,
        format!(
            "The price was raised from {from} to {to} on {day}, right before the promotion; say why, or compare with {from}"
        ),
        format!("活动前 {day} 标价由 {from} 提高到 {to}，须说明合理理由，或以 {from} 作比较"),
    )
}

/// On which payments a reference rests, as viewers read it (显著标明被比较价格).
fn basis(claim: &Claim, proof: &ReferenceProof) -> (String, String) {
    let (en, zh) = both(claim.scope.phrase());
    if proof.last_paid {
        (format!("the last price paid {en}"), format!("{zh}最近一次成交价"))
    } else {
        (format!("the lowest price paid {en} in the last 7 days"), format!("{zh}近 7 日最低成交价"))
    }
}

/// A reference price: no higher than what the law allows, and higher than the present price.
pub(super) fn reference(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let price = priced(claim.numbers.price, "the price that is compared with", "被比较的价格")?;
    let current = current(evidence)?;
    let proof = check_reference(evidence, price, current)?;
    let (en, zh) = basis(claim, proof);
    let (price, day) = (yuan(price), now.shanghai_date());
    Ok(Judged::passes(
        Phrase::new(format!("{price} is no higher than {en}"), format!("{price} 不高于{zh}，可作为划线价")),
        Phrase::new(
            format!("Reference price {price} (not above {en}, as of {day})"),
            format!("划线价 {price}（不高于{zh}，截至 {day}）"),
        ),
        end_of_day(now),
    ))
}

fn check_reference(evidence: &Evidence, price: Fen, current: Fen) -> Result<&ReferenceProof, Judged> {
    let (allowed, proof) = allowed(evidence)?;
    let (said, most, now_price) = (yuan(price), yuan(allowed), yuan(current));
    if price > allowed {
        return fails(
            Reason::AboveAllowed,
            format!("{said} is above {most}, the highest reference price that the law allows"),
            format!("{said} 高于允许的最高比较价 {most}"),
        );
    }
    if current >= price {
        return fails(
            Reason::NoReduction,
            format!("The live price {now_price} is no lower than {said}"),
            format!("直播价 {now_price} 不低于 {said}，不构成降价"),
        );
    }
    not_raised(evidence, price)?;
    Ok(proof)
}

/// A reduction: real, and from a reference that may be used.
pub(super) fn discount(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let current = current(evidence)?;
    let numbers = &claim.numbers;
    let (allowed, _) = allowed(evidence)?;
    let price = numbers.price.unwrap_or(allowed);
    let proof = check_reference(evidence, price, current)?;
    let (en, zh) = basis(claim, proof);
    let (reference, now_price, day) = (yuan(price), yuan(current), now.shanghai_date());
    let saved = Fen(price.0 - current.0);
    let (said_en, said_zh) = match (numbers.percent, numbers.off) {
        (Some(percent), None) if (1..100).contains(&percent) => {
            if i128::from(current.0) * 100 > i128::from(price.0) * i128::from(percent) {
                return too_small(&reference, &now_price);
            }
            (format!("{}% off", 100 - percent), format!("{} 折", tenths(percent)))
        }
        (None, Some(off)) if off.0 > 0 => {
            if saved < off {
                return too_small(&reference, &now_price);
            }
            (format!("{} off", yuan(off)), format!("直降 {}", yuan(off)))
        }
        _ => {
            return needed(
                None,
                "either what is still to be paid (percent) or what is taken off",
                "折扣（percent）或直降金额（off），二选一",
            );
        }
    };
    Ok(Judged::passes(
        Phrase::new(
            format!("From {reference}, which is not above {en}, to {now_price}: {} less", yuan(saved)),
            format!("由 {reference}（不高于{zh}）降到 {now_price}，实降 {}", yuan(saved)),
        ),
        Phrase::new(
            format!("{said_en}, now {now_price} (compared with {reference}, not above {en}, as of {day})"),
            format!("{said_zh}，现价 {now_price}（比较基准 {reference}，不高于{zh}，截至 {day}）"),
        ),
        end_of_day(now),
    ))
}

fn too_small<T>(reference: &str, current: &str) -> Result<T, Judged> {
    fails(
        Reason::ReductionTooSmall,
        format!("From {reference} to {current} is less of a reduction than claimed"),
        format!("由 {reference} 到 {current}，实际优惠小于所称的幅度"),
    )
}

/// 85 as 8.5, 80 as 8.
fn tenths(percent: i64) -> String {
    if percent % 10 == 0 { (percent / 10).to_string() } else { format!("{}.{}", percent / 10, percent % 10) }
}

/// The lowest of some days: nobody paid less, over days that the ledger knows without a gap.
pub(super) fn lowest_in_days(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let days = positive(claim.numbers.days, "how many days it is about", "天数")?;
    let Some(proof) = evidence.lowest.as_ref().filter(|proof| proof.days >= days) else {
        return nothing_known(days);
    };
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let period = (format!("{scope_en} in the last {days} days"), format!("{scope_zh}近 {days} 天"));
    check_covered(proof, days)?;
    lowest(claim, evidence, proof, period, now)
}

/// The lowest ever, which is the lowest since the ledger knows the product.
pub(super) fn historic_low(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    if claim.numbers.days.is_some() {
        return lowest_in_days(claim, evidence, now);
    }
    let known = evidence.lowest.as_ref().and_then(|proof| Some((proof, proof.covered_from?)));
    let Some((proof, from)) = known else { return nothing_known(HISTORIC_DAYS_MIN) };
    if days_between(from, now) < HISTORIC_DAYS_MIN {
        return not_covered(from, HISTORIC_DAYS_MIN);
    }
    check_gaps(proof)?;
    let ((scope_en, scope_zh), day) = (both(claim.scope.phrase()), from.shanghai_date());
    let period = (format!("{scope_en} since {day}"), format!("{scope_zh}自 {day} 有记录以来"));
    lowest(claim, evidence, proof, period, now)
}

fn nothing_known<T>(days: i64) -> Result<T, Judged> {
    fails(
        Reason::NotCovered,
        format!("The ledger does not know {days} days of this product"),
        format!("价格账本没有该商品 {days} 天的记录"),
    )
}

fn not_covered<T>(from: Millis, days: i64) -> Result<T, Judged> {
    let day = from.shanghai_date();
    fails(
        Reason::NotCovered,
        format!("The ledger knows the product since {day} only, not for {days} days"),
        format!("价格账本自 {day} 起才有该商品的记录，不足 {days} 天"),
    )
}

fn check_covered(proof: &LowestProof, days: i64) -> Result<(), Judged> {
    match proof.covered_from {
        None => return nothing_known(days),
        Some(from) if !proof.covered => return not_covered(from, days),
        Some(_) => {}
    }
    check_gaps(proof)
}

fn check_gaps(proof: &LowestProof) -> Result<(), Judged> {
    let Some((from, to)) = proof.gaps.first() else { return Ok(()) };
    let (from, to) = (from.shanghai_date(), to.shanghai_date());
    fails(
        Reason::GapInLedger,
        format!("The ledger has no entry between {from} and {to}"),
        format!("价格账本在 {from} 至 {to} 之间没有记录"),
    )
}

fn lowest(
    claim: &Claim,
    evidence: &Evidence,
    proof: &LowestProof,
    (period_en, period_zh): (String, String),
    now: Millis,
) -> Outcome {
    whole_ledger(evidence)?;
    let current = current(evidence)?;
    let Some(paid) = proof.price else {
        return fails(
            Reason::NothingPaid,
            format!("Nobody paid for it {period_en}"),
            format!("{period_zh}没有成交记录"),
        );
    };
    let (now_price, lowest) = (yuan(current), yuan(paid));
    if current > paid {
        return fails(
            Reason::NotLowest,
            format!("Somebody paid {lowest} {period_en}, less than {now_price}"),
            format!("{period_zh}最低成交价为 {lowest}，低于现价 {now_price}"),
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
    let day = now.shanghai_date();
    let (count, until) = (proof.rows.len(), end_of_day(now));
    let explanation = Phrase::new(
        format!("{now_price} is not above any of {count} payments {period_en}"),
        format!("{now_price} 不高于{period_zh}全部 {count} 笔成交"),
    );
    let text = if current == paid {
        Phrase::new(
            format!("Lowest price paid {period_en}: {now_price} (as of {day})"),
            format!("{period_zh}最低成交价 {now_price}（截至 {day}）"),
        )
    } else {
        // Nobody has paid it yet, so it is no price paid.
        Phrase::new(
            format!("Now {now_price}, below the lowest price paid {period_en}, {lowest} (as of {day})"),
            format!("现价 {now_price}，低于{period_zh}最低成交价 {lowest}（截至 {day}）"),
        )
    };
    Ok(Judged::passes(explanation, text, until))
}
