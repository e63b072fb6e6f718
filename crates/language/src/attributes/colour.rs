//! Colours: 红色, 藏蓝, 白的, 粉嫩嫩的, but not 粉丝, 白条, 黄皮 or 显白.

use std::sync::LazyLock;

use regex::Regex;

use super::numerals::NUMERALS;
use super::{Attributes, Kind, after, alone, before, begins, stands_before};

/// One character that is a colour.
const PLAIN: &str = "红黑白蓝绿黄紫粉灰棕咖橙橘米杏驼金银青褐";
/// Names of two characters and more that need no 色.
const NAMES: &str = "肉桂奶茶|玫瑰豆沙|烂番茄|大地色|姨妈色|自然色|黑茶|冷茶|闷青|雅川青|米黄|蓝黑|蓝灰|紫灰|青灰|奶灰|香槟金|黑金|白金|藏青|藏蓝|宝蓝|天蓝|雾霾蓝|克莱因蓝|湖蓝|浅蓝|深蓝|墨绿|军绿|豆绿|抹茶绿|果绿|草绿|浅绿|深绿|荧光绿|酒红|大红|枣红|玫红|玫瑰红|砖红|西瓜红|粉红|橘红|朱红|卡其|米白|奶白|纯白|纯黑|本白|漂白色|象牙白|奶黄|奶咖|奶杏|米杏|奶蓝|雾蓝|灰蓝|冰蓝|墨蓝|宝石蓝|孔雀蓝|灰粉|豆沙粉|蜜桃粉|珊瑚红|珊瑚粉|铁锈红|松石绿|橄榄绿|牛油果绿|薄荷绿|湖绿|灰绿|丁香紫|葡萄紫|茄紫|芋泥紫|云灰|燕麦|奶茶|焦糖|驼色|咖啡色|巧克力色|深灰|浅灰|花灰|烟灰|炭灰|银灰|浅粉|深粉|裸粉|藕粉|樱花粉|香芋紫|浅紫|深紫|薰衣草紫|鹅黄|姜黄|浅黄|柠檬黄|明黄|香槟|玫瑰金|土豪金|曜石黑|星空灰|深空灰|牛仔蓝|拼色|撞色|黑白拼|豆沙|脏橘|正红|复古红|肉色|肤色|裸色|透明色|橘色|橙色|彩色|浅色|深色|亮色|暗色";
/// What shades a colour: 冰川蓝, 枫叶红, 炭黑.
const SHADING: &str = "午夜|亚麻|蜜糖|青木|栗|雅川|远峰|苍岭|暗夜|流光|曜夜|云水|星光|冰川|极光|晨雾|星空|夜空|远山|月光|雾|炭|墨|烟|钛|陶瓷|珠光|落日|晚霞|枫叶|石榴|樱桃|车厘子|山茶|胭脂|番茄|西柚|蜜桃|樱花|葡萄|薰衣草|鸢尾|薄荷|牛油果|抹茶|苔藓|森林|橄榄|孔雀|深海|海盐|天空|牛仔|奶油|奶茶|燕麦|杏仁|沙漠|琥珀|焦糖|板栗|可可|摩卡|荧光|亮|哑光|高级|莫兰迪|复古";
/// Two at once, both in one character: 黑白都有, 除了黑白.
const BOTH: &str = "还|都|两|俩|哪|各|有|没|二色";
/// Colours in the narrow sense: the last four only say light or dark.
const VAGUE: &[&str] = &["浅色", "深色", "亮色", "暗色", "彩色", "拼色", "撞色"];

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?:{NAMES})色?")).ok());
static SHADED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?:{SHADING})[{PLAIN}]色?|[深浅冷暖灰红黑奶酒][棕咖]色?")).ok());
static TWO: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("([黑白红蓝绿紫粉灰])([黑白红蓝绿紫粉灰])(?:{BOTH})")).ok());
static WITH_COLOUR: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("([{PLAIN}])色")).ok());
/// 白的, 粉嫩嫩的, 黑M, 红38, 黑白红 at the end.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!("([{PLAIN}])(的|款|嫩嫩|衣服|上衣|毛衣|裤|裙|鞋|外套|羽绒|衬衫|卫衣|短袖|袜|大衣|内衣|围巾|帽子|瓶|盒的|\\d?x*[sml]|\\d{{2}}|$)")).ok()
});

/// 选蓝, 来个白, 要的黑: a colour that somebody chooses.
static CHOSEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        "(?:选|选了|换成|来个|来件|来条|要的|来的|发的|收的|买的|拍的|订的|只剩|除了)([{PLAIN}])(.|$)"
    ))
    .ok()
});
/// Beside another colour: 藏青和黑哪个耐看.
static BESIDE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?:和|跟|还是|或)([{PLAIN}])(?:哪|选|都|比|呢|好|$)")).ok());
/// What a character behind such a colour makes another word of.
const NO_COLOUR_WITH: &str = "包色子糖酒条瓜枣豆茶菜茸粉丝薯蛋领领条牌利牛皮板人心";

/// The number of a shade: 01, 02号色.
static SHADES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"0\d").ok());
/// After a colour: a button that is grey, not goods.
const OF_THE_SCREEN: &[&str] =
    &["的点不", "色的点不", "的不能点", "点不", "的按", "按不", "戳不", "的戳", "点了没", "没法点", "不能点"];

/// With one of these a grey thing is a button.
const UNPRESSED: &[&str] = &[
    "链接怎么灰",
    "链接是灰",
    "链接灰",
    "怎么是灰",
    "变灰",
    "没反应",
    "拍不了",
    "没法拍",
    "点开",
    "点不",
    "按不",
    "戳不",
    "点了",
    "按钮",
];

/// Before 色: the colour of something that is none of the goods, or another word.
const NOT_BEFORE: &[&str] = &["变", "起", "发", "泛", "掉", "染", "洗"];
/// Ends of other words, before 的 or at the end of a comment.
const OTHER_WORDS: &[&str] = &[
    "厘",
    "易",
    "毫",
    "明",
    "表",
    "空",
    "漂",
    "美",
    "显",
    "变",
    "发",
    "泛",
    "假",
    "增",
    "冷",
    "黄一",
    "黄二",
    "蛋",
    "对",
    "坦",
    "告",
    "雪",
    "苍",
    "小",
    "网",
    "口",
    "脸",
    "通",
    "爆",
    "走",
    "分",
    "面",
    "奶",
    "米",
    "淀",
    "花",
    "汤",
    "肠",
    "凉",
    "散",
    "蜜",
    "定",
    "现",
    "押",
    "奖",
    "基",
    "资",
    "千",
    "黄",
    "白",
    "水",
    "玉",
    "大",
    "小",
    "纳",
    "虾",
    "抹",
    "骨",
    "珍珠",
    "蜂",
    "藕",
    "辣椒",
    "胡椒",
    "腻子",
    "洗衣",
    "痱子",
    "爽身",
    "蛋白",
    "奶",
    "铁",
    "加",
    "拉",
    "涂",
    "抹",
    "不",
    "太",
    "全",
    "年",
    "青",
    "收",
    "租",
    "本",
    "现",
    "订",
    "佣",
    "税",
    "罚",
    "美",
    "淘",
    "掘",
    "毛",
    "路",
    "黑",
    "天",
    "早",
    "东",
    "西",
    "南",
    "皮",
    "烧",
    "脱",
    "吸",
    "掉",
    "喝",
    "吃",
    "几",
    "较",
    "很",
    "挺",
    "够",
    "偏",
    "肤",
    "点",
    "更",
    "最",
    "越来越",
    "我",
    "得",
];

pub(super) fn find(text: &str, found: &mut Attributes) {
    let (Some(named), Some(with_colour), Some(bare)) = (NAMED.as_ref(), WITH_COLOUR.as_ref(), BARE.as_ref())
    else {
        return;
    };
    for captures in CHOSEN.as_ref().iter().flat_map(|chosen| chosen.captures_iter(text)) {
        let (Some(colour), Some(next)) = (captures.get(1), captures.get(2)) else { continue };
        if next.is_empty() || !NO_COLOUR_WITH.contains(next.as_str()) {
            add(format!("{}色", colour.as_str()), colour.start(), colour.end(), found);
        }
    }
    for place in SHADED.as_ref().iter().flat_map(|shaded| shaded.find_iter(text)).chain(named.find_iter(text))
    {
        let name = place.as_str();
        let of_somebody = matches!(name, "肤色" | "肉色")
            && begins(after(text, place.end()), &["黑", "白", "黄", "深", "暗", "偏", "不", "是", "比"]);
        let other = begins(after(text, place.end()), &["嫩", "饼", "底", "丝", "钱"]) || of_somebody;
        if !VAGUE.contains(&name) && !other {
            add(name.to_owned(), place.start(), place.end(), found);
        }
    }
    for captures in TWO.as_ref().iter().flat_map(|two| two.captures_iter(text)) {
        for colour in [captures.get(1), captures.get(2)].into_iter().flatten() {
            add(format!("{}色", colour.as_str()), colour.start(), colour.end(), found);
        }
    }
    for captures in BESIDE.as_ref().iter().flat_map(|beside| beside.captures_iter(text)) {
        let (Some(whole), Some(colour)) = (captures.get(0), captures.get(1)) else { continue };
        let other = found.places.iter().any(|place| place.kind == Kind::Colour && place.to == whole.start());
        if other {
            add(format!("{}色", colour.as_str()), colour.start(), colour.end(), found);
        }
    }
    for captures in with_colour.captures_iter(text) {
        let (Some(whole), Some(colour)) = (captures.get(0), captures.get(1)) else { continue };
        let rest = after(text, whole.end());
        let other = begins(rest, &["素", "差", "号", "情"]) || begins(rest, OF_THE_SCREEN);
        if !stands_before(text, whole.start(), NOT_BEFORE) && !other {
            add(format!("{}色", colour.as_str()), whole.start(), whole.end(), found);
        }
    }
    for place in SHADES.as_ref().iter().flat_map(|shades| shades.find_iter(text)) {
        if alone(text, place.start(), place.end())
            && !begins(after(text, place.end()), &["分", "月", "年", "后", "."])
        {
            add(place.as_str().to_owned(), place.start(), place.end(), found);
        }
    }
    for captures in bare.captures_iter(text) {
        let (Some(colour), Some(mark)) = (captures.get(1), captures.get(2)) else { continue };
        let whole = mark.as_str().is_empty();
        // Alone at the end it is a colour only if hardly anything else is said: 要红, 红, 有黑.
        let this =
            stands_before(text, colour.start(), &["这个", "那个"]) && !"白粉黄米金".contains(colour.as_str());
        let asked = this
            || before(text, colour.start()).count() <= 2
                && (colour.start() == 0
                    || stands_before(
                        text,
                        colour.start(),
                        &["要", "有", "拍", "拿", "选", "买", "来", "上", "和", "还是", "或"],
                    ));
        let other = stands_before(text, colour.start(), OTHER_WORDS)
            && !stands_before(text, colour.start(), &["有得", "冇得", "没得"]);
        // 1.65米的床
        let length = colour.as_str() == "米"
            && before(text, colour.start())
                .next()
                .is_some_and(|c| c.is_ascii_digit() || NUMERALS.contains(c));
        let size_follows = begins(
            after(text, mark.end()),
            &["斤", "元", "块", "件", "个", "天", "岁", "分", "万", "年", "号"],
        ) && mark.as_str().bytes().all(|b| b.is_ascii_digit());
        let of_the_screen = (colour.as_str() == "灰" && UNPRESSED.iter().any(|word| text.contains(word)))
            || begins(after(text, mark.end()), OF_THE_SCREEN);
        if !other && !length && (!whole || asked) && !size_follows && !of_the_screen {
            add(format!("{}色", colour.as_str()), colour.start(), colour.end(), found);
        }
    }
}

fn add(colour: String, from: usize, to: usize, found: &mut Attributes) {
    if found.take(Kind::Colour, from, to) && !found.colours.contains(&colour) {
        found.colours.push(colour);
    }
}
