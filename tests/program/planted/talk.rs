//! What buyers say in the room.

use super::{Comment, Draw, Order, Planted, Shelf};

/// Talk that says nothing of an order.
const TALK: &[&str] = &[
    "主播好美",
    "这个起球吗",
    "红色好看",
    "什么时候发货",
    "已拍",
    "拍了拍了",
    "1",
    "666",
    "有运费险吗",
    "怕拍错了",
    "会掉色吗",
    "万一买大了能换吗",
    "能穿到多少斤",
    "158 95斤穿什么码",
    "我平时穿M",
    "黑色和白色哪个显瘦",
    "M还是L好",
    "上次买的质量不错",
    "链接在哪",
    "3号讲一下",
    "别拍错了姐妹们",
    "可以退吗",
    "发什么快递",
    "有没有XL",
    "送人用什么颜色好",
    "换季了正好穿",
    "给我妈拍的",
    "终于抢到了",
];

/// What a buyer says beside a right order: nothing, talk, or what they then buy.
pub(super) fn beside(draw: &mut Draw, shelf: &Shelf, planted: &mut Planted, order: &Order) {
    if draw.happens(50) {
        return;
    }
    let (before, after) = (order.at - 900, order.at + 900);
    let said = |at: i64, text: String| Comment { viewer: order.buyer.clone(), at, text };
    if draw.happens(60) {
        let at = if draw.happens(50) { before } else { after };
        let text = (*draw.one(TALK)).to_owned();
        planted.comments.push(said(at, text));
        return;
    }
    let Some((_, sku)) = order.lines.iter().find_map(|line| shelf.sku(&line.sku)) else { return };
    let text = match draw.below(4) {
        0 => format!("要{}码", sku.size),
        1 => format!("我要{}", sku.colour),
        2 => format!("要{}{}", sku.colour, sku.size),
        _ => format!("拍了{}的{}", sku.colour, sku.size),
    };
    planted.comments.push(said(before, text));
}

/// What a buyer says who wants something else than they bought.
pub(super) fn otherwise(draw: &mut Draw, shelf: &Shelf, planted: &mut Planted, order: &Order) {
    let Some((product, sku)) = order.lines.iter().find_map(|line| shelf.sku(&line.sku)) else { return };
    let other: Vec<_> = product
        .skus
        .iter()
        .filter(|it| !it.ended && it.colour == sku.colour && it.size != sku.size)
        .collect();
    let size = draw.one(&other).size;
    let (before, after) = (order.at - 900, order.at + 900);
    let (at, text) = match draw.below(8) {
        0 => (after, "拍错了".to_owned()),
        1 => (after, "尺码拍错了怎么办".to_owned()),
        2 => (after, format!("拍错了 要{size}码")),
        3 => (after, format!("刚拍的帮我换成{size}")),
        4 => (before, format!("我要{size}码")),
        5 => (after, format!("手滑拍成{}了 想要{size}", sku.size)),
        6 => (after, "地址写错了能改吗".to_owned()),
        _ => (after, "不小心拍多了一件".to_owned()),
    };
    planted.comments.push(Comment { viewer: order.buyer.clone(), at, text });
}
