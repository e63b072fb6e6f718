//! Link numbers: 3号链接, 链接3, 三号, but not 3号发货, 38号鞋 or 几号.

use std::sync::LazyLock;

use regex::Regex;

use super::numerals::value;
use super::{Attributes, Kind, after, begins, stands_before};

/// Highest link number of a show.
const LINK_MAX: u32 = 300;

static NUMBERED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\d{1,3}|[一二三四五六七八九十百]{1,3})(?:号链接|号链|链接|链|号|#)").ok());
/// 链接3, 小黄车5, 第三个链接, #3, no.3.
static AFTER_LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"(\d{1,3}|[一二三四五六七八九十]{1,3})";
    let ways = [
        format!("(?:链接|小黄车|黄车|购物车)(?:里)?(?:第)?{number}"),
        format!("第{number}(?:个|款|条)?(?:链接|链|宝贝|商品)"),
        format!(r"(?:#|no\.?){number}"),
    ];
    Regex::new(&ways.join("|")).ok()
});

/// 第七个下单了, 讲讲6, 看看10的配料表: the number, and what stands behind it.
static COUNTED_OUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(第([一二三四五六七八九十]{1,3}|\d{1,3})[个款]|(?:讲讲|讲一下|看看|看下|弹)(\d{1,3}))(的|.?)",
    )
    .ok()
});
/// Behind 第三个: it counts something else.
const NO_ITEM: &str = "人月问小粉单晚次直视字天年周半角步位号";

/// Before 第二个了: it counts what the writer had before.
const BOUGHT: &[&str] = &["空瓶", "回购", "买", "吃", "喝", "用", "囤", "是", "都", "完"];

/// What makes a number with 号 something else.
const DATES_AND_NAMES: &[&str] = &[
    "到的",
    "发的",
    "发工资",
    "我过",
    "过生日",
    "活动",
    "开售",
    "开卖",
    "预售",
    "主播",
    "发货",
    "发吗",
    "发出",
    "到货",
    "能到",
    "能发",
    "开播",
    "之前",
    "以前",
    "前发",
    "前到",
    "前能",
    "前会",
    "前可",
    "前有",
    "前下",
    "前要",
    "前寄",
    "之后",
    "以后",
    "晚",
    "早",
    "下午",
    "上午",
    "中午",
    "码",
    "色",
    "楼",
    "店",
    "生日",
    "电池",
    "过年",
    "放假",
    "开始",
    "结束",
    "截止",
    "才",
    "补货",
    "上新",
    "回来",
    "收到",
    "拍的",
    "买的",
    "下的",
    "付的",
    "订的",
    "就发",
    "就断",
    "就到",
    "就能",
    "就会",
    "就可",
    "就要",
    "就开",
    "就寄",
    "就走",
    "就过",
    "那天",
    "左右",
    "机位",
    "难求",
    "会有",
    "丰巢",
    "的大促",
    "大促",
    "要出",
    "要走",
    "要上班",
    "出差",
    "工位",
    "座",
    "床",
    "门",
    "线",
    "仓",
    "柜",
    "会员",
    "选手",
];
/// What stands before a number with 号 that is no link.
const BEFORE: &[&str] = &[
    "生日",
    "月",
    "月份",
    "尾",
    "单",
    "快递",
    "订",
    "门牌",
    "编",
    "型",
    "一个",
    "身份证",
    "大",
    "小",
    "大了",
    "小了",
    "大个",
    "小个",
    "降",
    "加",
    "差",
    "缩",
];
/// What counts, rather than numbers, when it stands before 链接.
const COUNTED: &[&str] = &["有", "发", "给", "上", "求", "这", "那", "哪", "每", "另", "同", "再来"];

/// `gaps` are the bytes before which the writer left a gap: what stands beyond one belongs to something else.
pub(super) fn find(text: &str, gaps: &[usize], found: &mut Attributes) {
    let (Some(numbered), Some(after_link)) = (NUMBERED.as_ref(), AFTER_LINK.as_ref()) else { return };
    for captures in numbered.captures_iter(text) {
        let (Some(whole), Some(number)) = (captures.get(0), captures.get(1)) else { continue };
        let rest = after(text, whole.end());
        let plain = whole.as_str().ends_with('号');
        let in_longer = stands_before(
            text,
            whole.start(),
            &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "第"],
        ) || (plain
            && (((rest == "前" || begins(rest, DATES_AND_NAMES)) && !gaps.contains(&whole.end()))
                || (stands_before(text, whole.start(), BEFORE) && !gaps.contains(&whole.start()))));
        // 一链接 does not number, and 一个号 neither.
        let worded = !number.as_str().starts_with(|c: char| c.is_ascii_digit());
        let counts = worded && !whole.as_str().contains('号') && stands_before(text, whole.start(), COUNTED);
        // 7号电池还是5号: batteries have numbers of their own.
        let battery = plain
            && text.find("号电池").is_some_and(|at| !gaps.contains(&(at + "号".len())))
            && !begins(rest, &["链"]);
        if !in_longer && !counts && !battery {
            take(number.as_str(), whole.start(), whole.end(), found);
        }
    }
    for captures in after_link.captures_iter(text) {
        let number = captures.iter().skip(1).flatten().next();
        let (Some(whole), Some(number)) = (captures.get(0), number) else { continue };
        let rest = after(text, whole.end());
        // 链接一样 does not number, and 链接一直卡 neither.
        let worded =
            number.as_str() == "一" && begins(rest, &["样", "起", "直", "下", "定", "共", "些", "会"]);
        if !worded && !begins(rest, &["个", "块", "元", "件", "单", "次", "斤", "分钟", "点", "折"])
        {
            take(number.as_str(), whole.start(), whole.end(), found);
        }
    }
    counted_out(text, found);
}

fn counted_out(text: &str, found: &mut Attributes) {
    for captures in COUNTED_OUT.as_ref().iter().flat_map(|counted| counted.captures_iter(text)) {
        let (Some(whole), Some(next)) = (captures.get(1), captures.get(4)) else { continue };
        let next = next.as_str();
        match (captures.get(2), captures.get(3)) {
            (Some(number), _)
                if (next.is_empty() || !NO_ITEM.contains(next))
                    && !(next == "了" && stands_before(text, whole.start(), BOUGHT)) =>
            {
                take(number.as_str(), whole.start(), whole.end(), found);
            }
            (_, Some(number)) if next.is_empty() || next == "的" => {
                take(number.as_str(), number.start(), number.end(), found);
            }
            _ => {}
        }
    }
}

fn take(number: &str, from: usize, to: usize, found: &mut Attributes) {
    let Some(number) = value(number).filter(|number| (1..=LINK_MAX).contains(number)) else { return };
    // A leading zero is a shade: 01号.
    if found.take(Kind::Link, from, to) && found.link.is_none() {
        found.link = u16::try_from(number).ok();
    }
}
