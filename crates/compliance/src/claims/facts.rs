//! Claims about what is left, what ends, what is given, and what others say.

use livehand_kernel::{Fen, Millis, Phrase};

use super::judge::{
    MSRP_AGE_DAYS_MAX, MSRP_NAME, Outcome, STOCK_AGE_MS_MAX, both, current, days_between, end_of_day,
    evidenced, fails, positive, priced, yuan,
};
use super::prices::whole_ledger;
use super::{Claim, Evidence, Judged, Reason};

/// A gift: named, with its number, still there, and worth what it is sold for now at the same place.
pub(super) fn gift(claim: &Claim, evidence: &Evidence) -> Outcome {
    let numbers = &claim.numbers;
    let name = numbers.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let Some((name, quantity)) = name.zip(numbers.quantity.filter(|quantity| *quantity > 0)) else {
        return fails(
            Reason::GiftIncomplete,
            "A gift needs its name and how many there are of it",
            "赠品必须标明品名和数量",
        );
    };
    let gift = evidence.gifts.iter().find(|gift| gift.name.trim() == name);
    let Some(gift) = gift.filter(|gift| gift.quantity >= quantity) else {
        return fails(
            Reason::GiftUnknown,
            format!("The product does not give {quantity} × {name}"),
            format!("商品资料中没有“{name} × {quantity}”这项赠品"),
        );
    };
    if let Some(available) = gift.available.filter(|available| *available < quantity) {
        return fails(
            Reason::GiftsGone,
            format!("Only {available} of the gift are left"),
            format!("赠品仅剩 {available} 份，不足 {quantity} 份"),
        );
    }
    if numbers.price.is_none() {
        return Ok(Judged::passes(
            Phrase::new(format!("{quantity} × {name} are given"), format!("赠品为 {name} × {quantity}")),
            Phrase::new(format!("With it: {name} × {quantity}"), format!("赠 {name} × {quantity}")),
            None,
        ));
    }
    let said = priced(numbers.price, "a value of the gift", "赠品价值")?;
    let Some(price) = gift.price else {
        return fails(
            Reason::GiftNotSoldHere,
            format!("{name} has no present price here, so no value may be named"),
            format!("“{name}”在本场所没有当前售价，不能标示价值"),
        );
    };
    let value = Fen(price.0.saturating_mul(quantity));
    let (said_value, true_value, each) = (yuan(said), yuan(value), yuan(price));
    if said != value {
        return fails(
            Reason::GiftValueDiffers,
            format!(
                "{quantity} × {name}, sold here for {each} each, are worth {true_value}, not {said_value}"
            ),
            format!(
                "“{name}”本场所当前售价 {each}，{quantity} 份为 {true_value}，与所称的 {said_value} 不符"
            ),
        );
    }
    evidenced(claim, gift.evidenced)?;
    Ok(Judged::passes(
        Phrase::new(format!("{name} is sold here for {each}"), format!("“{name}”本场所当前售价 {each}")),
        Phrase::new(
            format!("With it: {name} × {quantity}, worth {true_value} (sold here for {each} each)"),
            format!("赠 {name} × {quantity}，价值 {true_value}（本场所当前售价 {each}/份）"),
        ),
        None,
    ))
}

/// Scarcity: exactly as scarce as the stock ledger says, now.
pub(super) fn stock(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let fresh = |age: i64| (0..=STOCK_AGE_MS_MAX).contains(&age);
    let Some(stock) = evidence.stock.filter(|stock| fresh(now.0.saturating_sub(stock.as_of.0))) else {
        return fails(
            Reason::StockUnknown,
            "The stock is not known, or its figure is older than ten minutes",
            "没有库存数据，或库存数据已超过 10 分钟",
        );
    };
    let left = stock.available;
    if let Some(said) = claim.numbers.quantity.filter(|said| *said != left) {
        return fails(
            Reason::StockDiffers,
            format!("{left} are left, not {said}; scarcity is not made up"),
            format!("库存账本可售 {left} 件，与所称的 {said} 件不符，不得虚构紧缺"),
        );
    }
    if left <= 0 {
        return fails(Reason::SoldOut, "Nothing is left", "可售库存为 0，已售罄");
    }
    let minute = stock.as_of.shanghai_minute();
    Ok(Judged::passes(
        Phrase::new(
            format!("The stock ledger has {left} to sell ({minute})"),
            format!("库存账本可售 {left} 件（{minute}）"),
        ),
        Phrase::new(format!("{left} left now"), format!("当前可售 {left} 件")),
        Some(stock.as_of.plus(STOCK_AGE_MS_MAX)),
    ))
}

/// A deadline: the one of the offer, not over, and followed by a higher price.
pub(super) fn deadline(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let Some(offer) = evidence.offer else {
        return fails(
            Reason::DeadlineUnknown,
            "It is not known when the offer ends",
            "不知道优惠何时结束，不能使用倒计时",
        );
    };
    let said = claim.numbers.until.or(offer.ends);
    let Some(ends) = offer.ends.filter(|ends| said == Some(*ends)) else {
        let (en, zh) = match offer.ends.map(Millis::shanghai_minute) {
            Some(end) => (format!("The offer ends at {end}"), format!("优惠结束时间为 {end}")),
            None => ("The offer has no end".to_owned(), "优惠没有设置结束时间".to_owned()),
        };
        return fails(
            Reason::DeadlineDiffers,
            format!("{en}; a deadline is not made up"),
            format!("{zh}，与所称的截止时间不符"),
        );
    };
    let end = ends.shanghai_minute();
    if ends <= now {
        return fails(Reason::DeadlinePast, format!("It ended at {end}"), format!("优惠已于 {end} 结束"));
    }
    if let Some(begins) = offer.begins.filter(|begins| *begins > now) {
        let begin = begins.shanghai_minute();
        return fails(Reason::NotBegun, format!("It begins at {begin}"), format!("优惠 {begin} 才开始"));
    }
    let after = match offer.price_after {
        Some(after) if after <= current(evidence)? => {
            let after = yuan(after);
            return fails(
                Reason::NothingEnds,
                format!("Afterwards it costs {after}, no more than now: nothing ends"),
                format!("到点后价格为 {after}，不高于现价，倒计时没有实际效力"),
            );
        }
        after => after.map(yuan),
    };
    let (en, zh) = match after {
        Some(after) => (format!("; afterwards {after}"), format!("，之后恢复 {after}")),
        None => (String::new(), String::new()),
    };
    Ok(Judged::passes(
        Phrase::new(format!("The offer ends at {end}{en}"), format!("优惠于 {end} 结束{zh}")),
        Phrase::new(format!("Until {end}{en}"), format!("优惠至 {end}{zh}")),
        Some(ends),
    ))
}

/// The maker's price: called by its whole name, from a source that is not old, and exactly that price.
pub(super) fn msrp(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    if let Some(name) = claim.numbers.name.as_deref().filter(|name| name.trim() != MSRP_NAME) {
        return fails(
            Reason::MsrpNameIncomplete,
            format!("“{name}” is no full name; it has to be {MSRP_NAME}"),
            format!("“{name}”不是全称，须写明“{MSRP_NAME}”"),
        );
    }
    let said = priced(claim.numbers.price, "the maker's price", "建议零售价")?;
    let proof = evidence.msrp.as_ref().filter(|proof| !proof.source.trim().is_empty());
    let Some(proof) = proof else {
        return fails(
            Reason::SourceMissing,
            "No source of the maker's suggested retail price is known",
            "没有厂商建议零售价的来源凭证",
        );
    };
    let (day, theirs, source) = (proof.as_of.shanghai_date(), yuan(proof.price), &proof.source);
    if said != proof.price {
        let said = yuan(said);
        return fails(
            Reason::MsrpDiffers,
            format!("The maker suggests {theirs}, not {said} ({source}, {day})"),
            format!("{source}（{day}）的厂商建议零售价为 {theirs}，与所称的 {said} 不符"),
        );
    }
    if days_between(proof.as_of, now) > MSRP_AGE_DAYS_MAX {
        return fails(
            Reason::SourceOld,
            format!("The source is of {day}; the price has to follow the maker"),
            format!("来源日期为 {day}，已超过一年，须核对厂商最新的建议零售价"),
        );
    }
    Ok(Judged::passes(
        Phrase::new(
            format!("The maker suggests {theirs} ({source}, {day})"),
            format!("厂商建议零售价 {theirs}（{source}，{day}）"),
        ),
        Phrase::new(
            format!("Manufacturer's suggested retail price {theirs}"),
            format!("{MSRP_NAME} {theirs}"),
        ),
        Some(proof.as_of.shanghai_midnight(MSRP_AGE_DAYS_MAX + 1)),
    ))
}

/// So many sold: no more than were paid and kept.
pub(super) fn sales(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let said = positive(claim.numbers.quantity, "how many were sold", "销量")?;
    whole_ledger(evidence)?;
    let Some(sales) = evidence.sales else {
        return fails(Reason::SalesUnknown, "No sales are recorded", "没有成交记录");
    };
    let (pieces, from, day) = (sales.pieces, sales.from.shanghai_date(), now.shanghai_date());
    if said > pieces {
        return fails(
            Reason::SalesOverstated,
            format!("{pieces} were sold since {from}, not {said}"),
            format!("自 {from} 起实际成交 {pieces} 件，少于所称的 {said} 件"),
        );
    }
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let bound = claim.numbers.at_least || said < pieces;
    let (more_en, more_zh) = if bound { ("at least ", "不少于") } else { ("", "") };
    Ok(Judged::passes(
        Phrase::new(
            format!("{pieces} were sold since {from}"),
            format!("自 {from} 起实际成交 {pieces} 件（已扣除退款）"),
        ),
        Phrase::new(
            format!("Sold {scope_en}: {more_en}{said} (from {from} to {day})"),
            format!("{scope_zh}已成交{more_zh} {said} 件（{from} 至 {day}）"),
        ),
        end_of_day(now),
    ))
}

/// A protected price: for no longer than agreed.
pub(super) fn protect(claim: &Claim, evidence: &Evidence) -> Outcome {
    let days = positive(claim.numbers.days, "for how many days", "保价天数")?;
    let Some(agreed) = evidence.protect.map(|protect| protect.days) else {
        return fails(
            Reason::ProtectionUnknown,
            "The product's guarantees say nothing of a protected price",
            "商品保障中没有写明保价约定",
        );
    };
    if days > agreed {
        return fails(
            Reason::ProtectionOverstated,
            format!("The price is protected for {agreed} days, not {days}"),
            format!("约定保价 {agreed} 天，少于所称的 {days} 天"),
        );
    }
    Ok(Judged::passes(
        Phrase::new(format!("The price is protected for {agreed} days"), format!("约定保价 {agreed} 天")),
        Phrase::new(
            format!("Price protected for {days} days: the difference is paid back if it falls"),
            format!("保价 {days} 天，期间降价可退差价"),
        ),
        None,
    ))
}
