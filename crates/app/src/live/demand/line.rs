//! The line for the host. It names what is wanted as the viewers do, and quotes what is so: no figure but in a slot, no promise
//! that something comes back, no hurry.

use livehand_live::sayings::slot::parts;
use livehand_live::view::{Wanted, WishKind};

use super::SkuOffer;

/// SKUs that one line names.
const NAMED_MAX: usize = 3;

/// What the host can say, with slots. `named` says whether the product's name can be quoted.
pub(super) fn line(
    wanted: &Wanted,
    link: i64,
    named: bool,
    offered: Option<bool>,
    skus: &[SkuOffer],
) -> String {
    let variant: String = [&wanted.colour, &wanted.size].into_iter().flatten().cloned().collect();
    let is_variant = !variant.is_empty();
    let name = if named { format!("{{{{name #{link}}}}}") } else { String::new() };
    if is_variant && offered == Some(false) {
        let instead: Vec<String> =
            skus.iter().filter_map(|sku| slot("spec", link, sku)).take(NAMED_MAX).collect();
        let more = if skus.len() > NAMED_MAX { "等" } else { "" };
        return match instead.is_empty() {
            true => format!("好多家人问{variant}：{link} 号链接这款没有{variant}"),
            false => {
                let instead = instead.join("；");
                format!("好多家人问{variant}：{link} 号链接这款没有{variant}，有 {instead}{more}")
            }
        };
    }
    let stock = stock(link, skus);
    match wanted.kind {
        WishKind::Link => format!("好多家人要链接：点购物车 {link} 号链接，{name}{}", beside(stock)),
        WishKind::Show if is_variant => {
            format!("好多家人想看{variant}：{link} 号{name}，拿{variant}再展示一遍{}", beside(stock))
        }
        WishKind::Show => format!("好多家人想再看一遍：{link} 号{name}，再展示一遍{}", beside(stock)),
        WishKind::Variant | WishKind::Restock => {
            let asked = match (wanted.kind, is_variant) {
                (WishKind::Restock, true) => format!("好多家人等{variant}补货"),
                (WishKind::Restock, false) => "好多家人等补货".to_owned(),
                _ => format!("好多家人要{variant}"),
            };
            match stock {
                Some(stock) => format!("{asked}：{link} 号链接{stock}"),
                None => format!("{asked}：{link} 号链接能选到就能拍，以链接页面为准"),
            }
        }
    }
}

fn beside(stock: Option<String>) -> String {
    stock.map(|stock| format!("，{stock}")).unwrap_or_default()
}

/// What is there, or, if nothing is, that it is not.
fn stock(link: i64, skus: &[SkuOffer]) -> Option<String> {
    let known =
        skus.iter().filter_map(|sku| Some((sku, sku.stock.as_ref()?.value, slot("stock", link, sku)?)));
    let (there, gone): (Vec<_>, Vec<_>) = known.partition(|(_, value, _)| *value > 0);
    let say =
        |(sku, _, slot): &(&SkuOffer, i64, String), verb: &str| format!("{}{verb} {slot} 件", label(sku));
    if !there.is_empty() {
        let parts: Vec<String> = there.iter().take(NAMED_MAX).map(|one| say(one, "还有")).collect();
        return Some(parts.join("，"));
    }
    let parts: Vec<String> = gone.iter().take(NAMED_MAX).map(|one| say(one, "现在")).collect();
    (!parts.is_empty()).then(|| format!("{}，补没补货以链接页面为准", parts.join("，")))
}

fn label(sku: &SkuOffer) -> String {
    match sku.label.as_str() {
        "" => String::new(),
        label => format!("{label} "),
    }
}

/// The slot of a fact of a SKU; none where it could not be read back.
fn slot(field: &str, link: i64, sku: &SkuOffer) -> Option<String> {
    let of = sku.sku.as_ref().map(|sku| format!(" {sku}")).unwrap_or_default();
    let slot = format!("{{{{{field} #{link}{of}}}}}");
    parts(&slot).is_ok_and(|parts| parts.len() == 1).then_some(slot)
}

#[cfg(test)]
mod tests {
    use livehand_kernel::{Millis, SkuId};

    use super::super::StockNow;
    use super::*;

    fn sku(id: &str, label: &str, value: Option<i64>) -> SkuOffer {
        let stock = value.map(|value| StockNow { value, version: 1, at: Millis(0), of_ledger: true });
        SkuOffer { sku: Some(SkuId::from(id)), label: label.to_owned(), stock }
    }

    fn wanted(kind: WishKind, colour: Option<&str>) -> Wanted {
        Wanted { kind, colour: colour.map(str::to_owned), size: None }
    }

    #[test]
    fn a_line_quotes_the_stock_of_what_is_wanted() {
        let skus = [sku("r-m", "红色 M", Some(3)), sku("r-l", "红色 L", Some(0))];
        let red = wanted(WishKind::Variant, Some("红色"));
        let said = line(&red, 3, true, Some(true), &skus);
        assert_eq!(said, "好多家人要红色：3 号链接红色 M 还有 {{stock #3 r-m}} 件");
        let said = line(&red, 3, true, Some(true), &skus[1..]);
        assert_eq!(said, "好多家人要红色：3 号链接红色 L 现在 {{stock #3 r-l}} 件，补没补货以链接页面为准");
        let said = line(&red, 3, true, Some(true), &[sku("r", "红色", None)]);
        assert_eq!(said, "好多家人要红色：3 号链接能选到就能拍，以链接页面为准");
    }

    #[test]
    fn what_is_not_sold_is_said_with_what_is() {
        let skus = [sku("r", "红色", Some(3)), sku("b", "黑色", Some(1))];
        let said = line(&wanted(WishKind::Variant, Some("紫色")), 3, true, Some(false), &skus);
        assert_eq!(said, "好多家人问紫色：3 号链接这款没有紫色，有 {{spec #3 r}}；{{spec #3 b}}");
    }

    #[test]
    fn no_figure_stands_outside_of_a_slot_and_nothing_is_promised() {
        for kind in [WishKind::Variant, WishKind::Restock, WishKind::Link, WishKind::Show] {
            for value in [None, Some(0), Some(7)] {
                for offered in [None, Some(true), Some(false)] {
                    let said =
                        line(&wanted(kind, Some("红色")), 4, true, offered, &[sku("r", "红色", value)]);
                    let words: String = parts(&said)
                        .unwrap()
                        .into_iter()
                        .filter_map(|part| match part {
                            livehand_live::sayings::slot::Part::Words(words) => Some(words.to_owned()),
                            livehand_live::sayings::slot::Part::Slot(_) => None,
                        })
                        .collect();
                    assert!(!words.contains('7') && !words.contains('0'), "{said}");
                    for promise in ["马上", "一定", "保证", "最后", "仅剩", "手慢无"] {
                        assert!(!words.contains(promise), "{said}");
                    }
                }
            }
        }
    }
}
