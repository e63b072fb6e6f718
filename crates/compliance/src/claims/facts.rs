//! Claims about what is left, what ends, what is given, and what others say.

use livehand_kernel::{Millis, Phrase};

use super::judge::{
    MSRP_AGE_DAYS_MAX, Outcome, STOCK_AGE_MS_MAX, both, current, days_between, end_of_day, fails, needed,
    positive, priced, yuan,
};
use super::{Claim, Evidence, Judged, Reason};

/// A gift: named, with its number, still there, and worth no more than it is sold for now at the same place.
pub(super) fn gift(claim: &Claim, evidence: &Evidence) -> Outcome {
    let numbers = &claim.numbers;
    let name = numbers.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = needed(name, "the gift's name", "赠品品名")?;
    let quantity = positive(numbers.quantity, "how many are given", "赠品数量")?;
    let Some(gift) = evidence.gifts.iter().find(|gift| gift.name.trim() == name) else {
        return fails(
            Reason::NoSuchGift,
            format!("The product has no gift called {name}"),
            format!("商品资料中没有名为“{name}”的赠品"),
        );
    };
    let given = gift.quantity;
    if quantity > given {
        return fails(
            Reason::FewerGifts,
            format!("{given} are given, not {quantity}"),
            format!("每件赠 {given} 份，不是 {quantity} 份"),
        );
    }
    if let Some(available) = gift.available.filter(|available| *available < quantity) {
        return fails(
            Reason::GiftsGone,
            format!("Only {available} of the gift are left"),
            format!("赠品仅剩 {available} 份，不足 {quantity} 份"),
        );
    }
    let Some(said) = numbers.price else {
        return Ok(Judged::passes(
            Phrase::new(format!("{quantity} × {name} are given"), format!("赠品为 {name} × {quantity}")),
            Phrase::new(format!("With it: {name} × {quantity}"), format!("赠 {name} × {quantity}")),
            None,
        ));
    };
    let said = priced(Some(said), "a value above zero", "大于零的赠品价值")?;
    let Some(price) = gift.price else {
        return fails(
            Reason::GiftPriceNotKnown,
            format!("For how much {name} is sold here now is not known"),
            format!("没有“{name}”在本场所的当前售价，不能标示价值"),
        );
    };
    let (value, sold) = (yuan(said), yuan(price));
    if said > price {
        return fails(
            Reason::GiftOvervalued,
            format!("{name} is sold here for {sold}, not {value}"),
            format!("“{name}”在本场所当前售价为 {sold}，低于所称的 {value}"),
        );
    }
    Ok(Judged::passes(
        Phrase::new(format!("{name} is sold here for {sold}"), format!("“{name}”在本场所当前售价为 {sold}")),
        Phrase::new(
            format!("With it: {name} × {quantity}, sold here for {value} each"),
            format!("赠 {name} × {quantity}（本场所当前售价 {value}/件）"),
        ),
        None,
    ))
}

/// Scarcity: exactly as scarce as the stock ledger says, now.
pub(super) fn stock(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let fresh = |age: i64| (0..=STOCK_AGE_MS_MAX).contains(&age);
    let Some(stock) = evidence.stock.filter(|stock| fresh(now.0.saturating_sub(stock.as_of.0))) else {
        return fails(
            Reason::StockNotKnown,
            "The stock is not known, or its figure is older than ten minutes",
            "没有库存数据，或库存数据已超过 10 分钟",
        );
    };
    let left = stock.available;
    if left <= 0 {
        return fails(Reason::SoldOut, "Nothing is left", "可售库存为 0，已售罄");
    }
    if let Some(said) = claim.numbers.quantity {
        if said < left {
            return fails(
                Reason::MoreIsLeft,
                format!("{left} are left, more than the {said} that are claimed: scarcity is not made up"),
                format!("实际可售 {left} 件，多于所称的 {said} 件，不得虚构紧缺"),
            );
        }
        if said > left {
            return fails(
                Reason::LessIsLeft,
                format!("{left} are left, fewer than the {said} that are claimed"),
                format!("实际可售 {left} 件，少于所称的 {said} 件"),
            );
        }
    }
    Ok(Judged::passes(
        Phrase::new(
            format!("The stock ledger has {left} to sell, as of {}", stock.as_of.shanghai_minute()),
            format!("库存账本可售 {left} 件（{}）", stock.as_of.shanghai_minute()),
        ),
        Phrase::new(format!("{left} left now"), format!("当前可售 {left} 件")),
        Some(stock.as_of.plus(STOCK_AGE_MS_MAX)),
    ))
}

/// A deadline: the one of the offer, not over, and followed by a higher price.
pub(super) fn deadline(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let Some((offer, ends)) = evidence.offer.and_then(|offer| Some((offer, offer.ends?))) else {
        return fails(
            Reason::NoDeadline,
            "No offer that ends is known for this product",
            "商品没有设置结束时间的优惠，不能使用倒计时",
        );
    };
    let end = ends.shanghai_minute();
    if let Some(said) = claim.numbers.until.filter(|said| *said != ends) {
        let said = said.shanghai_minute();
        return fails(
            Reason::DeadlineDiffers,
            format!("The offer ends at {end}, not at {said}"),
            format!("优惠结束时间为 {end}，与所称的 {said} 不一致"),
        );
    }
    if ends <= now {
        return fails(Reason::Over, format!("It ended at {end}"), format!("优惠已于 {end} 结束"));
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
                format!("到点后价格为 {after}，不高于现价，倒计时不生效"),
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
    let said = priced(claim.numbers.price, "the maker's price", "建议零售价")?;
    let proof = evidence.msrp.as_ref().filter(|proof| !proof.source.trim().is_empty());
    let Some(proof) = proof else {
        return fails(
            Reason::NoMakersPrice,
            "No source of the maker's suggested retail price is known",
            "没有厂商建议零售价的来源凭证",
        );
    };
    let day = proof.as_of.shanghai_date();
    if days_between(proof.as_of, now) > MSRP_AGE_DAYS_MAX {
        return fails(
            Reason::MakersPriceOld,
            format!("The source is of {day}; the price has to follow the maker"),
            format!("来源日期为 {day}，已超过一年，须核对厂商最新建议零售价"),
        );
    }
    let (said_price, theirs) = (yuan(said), yuan(proof.price));
    if said != proof.price {
        return fails(
            Reason::MakersPriceDiffers,
            format!("The maker suggests {theirs}, not {said_price}"),
            format!("厂商建议零售价为 {theirs}，与所称的 {said_price} 不一致"),
        );
    }
    let source = &proof.source;
    Ok(Judged::passes(
        Phrase::new(
            format!("The maker suggests {theirs} ({source}, {day})"),
            format!("厂商建议零售价 {theirs}（{source}，{day}）"),
        ),
        Phrase::new(
            format!("Manufacturer's suggested retail price {theirs}"),
            format!("厂商建议零售价 {theirs}"),
        ),
        Some(proof.as_of.shanghai_midnight(MSRP_AGE_DAYS_MAX + 1)),
    ))
}

/// So many sold: no more than were paid and kept.
pub(super) fn sales(claim: &Claim, evidence: &Evidence, now: Millis) -> Outcome {
    let said = positive(claim.numbers.quantity, "how many were sold", "销量")?;
    if !evidence.ledger_whole {
        return fails(
            Reason::LedgerBroken,
            "The price ledger was tampered with and proves nothing until it is put right",
            "价格账本校验未通过，修复前不能作为依据",
        );
    }
    let Some(sales) = evidence.sales.filter(|sales| sales.pieces > 0) else {
        return fails(Reason::NoSales, "No sales are recorded", "没有成交记录");
    };
    let (pieces, from, day) = (sales.pieces, sales.from.shanghai_date(), now.shanghai_date());
    if said > pieces {
        return fails(
            Reason::FewerSold,
            format!("{pieces} were sold since {from}, not {said}"),
            format!("自 {from} 起实际成交 {pieces} 件，少于所称的 {said} 件"),
        );
    }
    let (scope_en, scope_zh) = both(claim.scope.phrase());
    let (more_en, more_zh) = if said < pieces { ("more than ", "超过 ") } else { ("", " ") };
    Ok(Judged::passes(
        Phrase::new(
            format!("{pieces} were sold since {from}"),
            format!("自 {from} 起实际成交 {pieces} 件（已扣除退款）"),
        ),
        Phrase::new(
            format!("Sold {scope_en}: {more_en}{said} (from {from} to {day})"),
            format!("{scope_zh}已成交{more_zh}{said} 件（{from} 至 {day}）"),
        ),
        end_of_day(now),
    ))
}

/// A protected price: for no longer than agreed.
pub(super) fn protect(claim: &Claim, evidence: &Evidence) -> Outcome {
    let days = positive(claim.numbers.days, "for how many days", "保价天数")?;
    let Some(agreed) = evidence.protect.map(|protect| protect.days).filter(|days| *days > 0) else {
        return fails(
            Reason::NoProtection,
            "The product's guarantees hold no price protection",
            "商品保障中没有保价约定",
        );
    };
    if days > agreed {
        return fails(
            Reason::ProtectionShorter,
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
