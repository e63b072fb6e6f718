//! Invented recipients for a part of the orders of the demo's audience, so that its verification queue has something to be
//! decided. All of them are made up; the same order has the same one. They go the way of real ones: sealed, masked, checked.
//!
//! What must never happen here: a recipient where somebody works with real orders. Only the demo asks for them.

use livehand_compliance::personal::Given;
use sha2::{Digest, Sha256};

/// One of so many orders has a recipient: a demo has few orders, and its queue is to be seen within minutes.
const ONE_OF: u64 = 2;
/// One of so many recipients has a mistake in it.
const WRONG_ONE_OF: u64 = 3;

const SURNAMES: [&str; 12] = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫"];
const NAMES: [&str; 10] = ["晓雨", "思远", "佳宁", "文博", "雅琴", "子墨", "欣怡", "浩然", "若彤", "明轩"];
/// Regions, each with a street of which there is one in every town.
const PLACES: [(&str, &str); 8] = [
    ("浙江省杭州市西湖区", "文三路"),
    ("江苏省南京市鼓楼区", "中山路"),
    ("广东省深圳市南山区", "科技路"),
    ("四川省成都市武侯区", "人民路"),
    ("湖北省武汉市洪山区", "珞喻路"),
    ("山东省济南市历下区", "解放路"),
    ("福建省厦门市思明区", "湖滨路"),
    ("陕西省西安市雁塔区", "长安路"),
];

/// The recipient of an order, if it is one of those that have one.
pub(super) fn recipient(order: &str) -> Option<Given> {
    let digest: [u8; 32] = Sha256::digest(order.as_bytes()).into();
    let mut bytes = digest
        .chunks_exact(4)
        .map(|part| part.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)));
    let mut draw = |of: u64| bytes.next().unwrap_or(0) % of.max(1);
    if draw(ONE_OF) != 0 {
        return None;
    }
    let mistake = (draw(WRONG_ONE_OF) == 0).then(|| draw(4));
    let mut pick = |of: usize| usize::try_from(draw(u64::try_from(of).unwrap_or(1))).unwrap_or(0);
    let (region, street) = PLACES.get(pick(PLACES.len()))?;
    let name = format!("{}{}", SURNAMES.get(pick(SURNAMES.len()))?, NAMES.get(pick(NAMES.len()))?);
    let door = pick(9_000);
    let (house, room) = (door % 90 + 1, 101 + door % 7);
    let mut given = Given {
        name,
        phone: format!("1380000{:04}", 1_000 + pick(9_000)),
        region: (*region).to_owned(),
        address: format!("{street}{house}号3幢{room}室"),
        remark: String::new(),
    };
    match mistake {
        // The county is of another city.
        Some(0) => given.region = "浙江省宁波市西湖区".to_owned(),
        // A digit is missing.
        Some(1) => given.phone.truncate(10),
        // Nobody finds that.
        Some(2) => given.address.clear(),
        // The buyer's own words.
        Some(_) => given.remark = "拍错了，麻烦联系我".to_owned(),
        None => {}
    }
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_orders_has_a_recipient_a_part_of_these_a_mistake_and_each_order_the_same_one() {
        let drawn = || (0..6_000).filter_map(|n| recipient(&format!("{n}-o7-{n}"))).collect::<Vec<_>>();
        let whole = |it: &&Given| {
            it.phone.len() == 11
                && !it.address.is_empty()
                && it.remark.is_empty()
                && !it.region.contains("宁波")
        };
        let (all, again) = (drawn(), drawn());
        let wrong = all.len() - all.iter().filter(whole).count();
        assert!((2_800..3_200).contains(&all.len()), "{}", all.len());
        assert!((850..1_150).contains(&wrong), "{wrong}");
        assert!(all.iter().zip(&again).all(|(a, b)| (&a.name, &a.phone) == (&b.name, &b.phone)));
    }
}
