//! What a comment names: link number, colours, sizes, the wearer's height and weight.
//!
//! A small grammar over the [normalised](crate::normalise()) text. Every finding has its place, so that what was found can be
//! shown, and taken out of the text before it is compared with questions: 4号链接偏大吗 asks whether it runs large, not
//! for a link number. What must never happen here: a colour in 粉丝 or 白条, a size in 5公斤装, a height in a price.

mod colour;
mod height;
mod link;
mod numerals;
mod size;
mod weight;

use crate::normalise::Normalised;

/// What kind of thing was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A link number.
    Link,
    /// A colour.
    Colour,
    /// A size.
    Size,
    /// The wearer's height.
    Height,
    /// The wearer's weight.
    Weight,
}

/// Where something stands in the normalised text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// First byte.
    pub from: usize,
    /// The byte after the last.
    pub to: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a comment names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// The link number, from 1 on; of several the first.
    pub link: Option<u16>,
    /// Colours as the shop would write them, with 色 where it belongs, and the numbers of shades: 红色, 藏蓝, 01.
    pub colours: Vec<String>,
    /// Sizes in capitals: M, 2XL, 38, 37.5, 75B, 110, 均码.
    pub sizes: Vec<String>,
    /// Of the wearer, in centimetres.
    pub height_cm: Option<f32>,
    /// Of the wearer, in kilograms.
    pub weight_kg: Option<f32>,
    /// Where all of that stands, in the order of the text; nothing overlaps.
    pub places: Vec<Place>,
}

impl Attributes {
    /// Reads what a comment names.
    pub fn of(text: &Normalised) -> Self {
        let mut found = Self::default();
        let gaps = gaps(text);
        let text = text.text.as_str();
        let marks = Marks::of(text);
        if marks.digits || marks.numerals {
            link::find(text, &gaps, &mut found);
            height::find(text, &gaps, marks, &mut found);
        }
        colour::find(text, &mut found);
        size::find(text, &gaps, marks, &mut found);
        if marks.digits {
            weight::beside_sizes(text, &mut found);
        }
        found.places.sort_by_key(|place| place.from);
        found
    }

    /// What is named, in one line: 3号 红色 M 160cm 55kg; nothing if nothing is.
    pub fn named(&self) -> Option<String> {
        let mut parts: Vec<String> = self.link.map(|link| format!("{link}号")).into_iter().collect();
        parts.extend(self.colours.iter().chain(&self.sizes).cloned());
        parts.extend(self.height_cm.map(|height| format!("{height}cm")));
        parts.extend(self.weight_kg.map(|weight| format!("{weight}kg")));
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Takes a place unless something stands there already.
    fn take(&mut self, kind: Kind, from: usize, to: usize) -> bool {
        let free = self.places.iter().all(|place| place.to <= from || to <= place.from);
        if free {
            self.places.push(Place { from, to, kind });
        }
        free
    }
}

/// What stands in a text at all, so that most comments are not searched for what they cannot have.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// Digits, or characters of rare scripts that may be digits.
    digits: bool,
    /// Numbers in words.
    numerals: bool,
    /// Letters from a to z.
    letters: bool,
}

impl Marks {
    fn of(text: &str) -> Self {
        let mut marks = Self::default();
        for c in text.chars() {
            match c {
                '\0'..='\x7f' => {
                    marks.digits |= c.is_ascii_digit();
                    marks.letters |= c.is_ascii_lowercase();
                }
                '\u{3000}'..='\u{9FFF}' => marks.numerals |= numerals::NUMERALS.contains(c),
                _ => (marks.digits, marks.letters) = (true, true),
            }
        }
        marks
    }
}

/// The bytes before which something stood in the original that is not in the text, mostly white space.
fn gaps(text: &Normalised) -> Vec<usize> {
    let behind = text.origins.iter().map(|origin| origin.1);
    let places = text.text.char_indices().zip(&text.origins).skip(1).zip(behind);
    places.filter(|((_, origin), behind)| origin.0 > *behind).map(|(((at, _), _), _)| at).collect()
}

/// What a child wears, by which a number beside it is a size.
const GARMENTS: &[&str] = &[
    "外套", "哈衣", "羽绒", "包屁", "泳衣", "校服", "衬衫", "保暖", "马甲", "套装", "卫衣", "打底", "裤",
    "衣服", "裙", "毛衣", "连体", "爬服", "秋衣", "睡衣", "短袖", "内裤", "袜", "大衣", "背心", "开衫",
    "棉服", "棉袄", "t恤",
];

/// The characters before a byte, nearest first.
fn before(text: &str, at: usize) -> impl Iterator<Item = char> + '_ {
    text.get(..at).unwrap_or("").chars().rev()
}

/// The text from a byte on.
fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

/// Whether one of some words stands at the beginning.
fn begins(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

/// Whether one of some words stands right before a byte.
fn stands_before(text: &str, at: usize, words: &[&str]) -> bool {
    let head = text.get(..at).unwrap_or("");
    words.iter().any(|word| head.ends_with(word))
}

/// Whether no letter or digit stands beside it.
fn alone(text: &str, from: usize, to: usize) -> bool {
    !before(text, from).next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '.')
        && !after(text, to).starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::Attributes;
    use crate::normalise::read;

    /// What buyers name, and what only looks like it.
    const NAMED: &[(&str, &str)] = &[
        ("3号链接还有吗", "3号"),
        ("七号链弹一下", "7号"),
        ("小黄车5那个", "5号"),
        ("第三个链接多少钱", "3号"),
        ("大了一号", ""),
        ("绒款跟常规的链接一样吗", ""),
        ("12号发货", ""),
        ("160 110穿啥", "160cm 55kg"),
        ("一米六五一百二十五斤", "165cm 62.5kg"),
        ("一米六 一百二", "160cm 60kg"),
        ("我一七二 裤长到脚踝吗", "172cm"),
        ("身高178体重83公斤", "178cm 83kg"),
        ("163 体重51.5kg", "163cm 51.5kg"),
        ("我闺女身高1米12", "112cm"),
        ("9kg拿L还是M", "L M 9kg"),
        ("尿不湿L跟XL 25斤的胖娃", "L XL 12.5kg"),
        ("九块九十斤", ""),
        ("5斤装够吃几天", ""),
        ("粉色110还有吗", "粉色 110"),
        ("娃98公分 穿100还是110", "100 110 98cm"),
        ("37码半啥时候补", "37.5"),
        ("拍了两双38的", "38"),
        ("黑毛衣起球", "黑色"),
        ("有没有奶黄的", "奶黄"),
        ("点了没反应 灰的", ""),
        ("儿子选蓝女儿选粉 拍了俩", "蓝色 粉色"),
        ("要的黑给我来个白", "黑色 白色"),
        ("怕撑不起这个橘", "橘色"),
        ("除了黑白还有别的吗", "黑色 白色"),
        ("冰川蓝256拍了", "冰川蓝"),
        ("肤色偏黑能穿吗", ""),
        ("选红包还是选券", ""),
        ("身高98 16公斤坐得进去嘛", "98cm 16kg"),
        ("我160 像偷大人的衣服", "160cm"),
        ("57kg M码藏青下单了", "藏青 M 57kg"),
        ("报账 3号有发票没", "3号"),
        ("20号 电池能自己换吗", "20号"),
        ("②号挂一下", "2号"),
        ("儿子一米二 四十八斤 坐得下吗", "120cm 24kg"),
        ("一五八 九十八斤拿了s", "S 158cm 49kg"),
        ("我家26斤了 该换哪码", "13kg"),
        ("娃九公斤半 穿L大不大", "L 9.5kg"),
        ("除了黑还有什么", "黑色"),
        ("12号链接怎么灰的", "12号"),
        ("裤子大了想换28的", "28"),
        ("我比较白", ""),
        ("165高 150斤 遮得住吗", "165cm 75kg"),
        ("儿子190高 220斤 有5XL吗", "5XL 190cm 110kg"),
        ("体重103 身高161 S和M拍哪个", "S M 161cm 51.5kg"),
        ("xs s m都有吗", "XS S M"),
        ("早产儿才5斤", "2.5kg"),
        ("我家18斤 拍了L两箱", "L 9kg"),
        ("晾衣机挂70斤的被子行吗", ""),
        ("一米七的,瘦,才96", "170cm 48kg"),
        ("生完娃胖到142了穿哪个", "71kg"),
        ("有没有三个叉的", "3XL"),
        ("裤子多长 我1.58腿短", "158cm"),
        ("1.65米的床能用吗", ""),
        ("1.68l的杯子", ""),
        ("153撑得起来不", "153cm"),
        ("脸容易红的可以用么", ""),
        ("脚面高42挤不挤", "42"),
        ("一百一 卡在m跟l中间", "M L 55kg"),
        ("我买的黑给我发个灰的来", "黑色 灰色"),
        ("空瓶第二个了", ""),
        ("168公分 118 平时M", "M 168cm 59kg"),
        ("我二百一 塞得进去吗", "105kg"),
        ("怀四个月 现在一百三 能穿吗", "65kg"),
        ("才一百二 便宜", ""),
        ("会显壮吗 172女生肩宽", "172cm"),
        ("20斤了穿L勒腿", "L 10kg"),
        ("12斤用啥号", "6kg"),
        ("一米一38斤坐得下吗", "110cm 19kg"),
        ("有没有110的", "110"),
        ("有没有110克的", ""),
        ("给我发成37的了 我要的38", "37 38"),
        ("灰的拍不了", ""),
        ("奶茶钱换的", ""),
        ("绿衣服是第几个", "绿色"),
        ("鞋跟几厘米 39码的", "39"),
        ("均码120能穿上吗", "均码 60kg"),
        ("m和l选哪个 我110", "M L 55kg"),
        ("115 拿m码行吗", "M 57.5kg"),
        ("m码99还有吗", "M"),
        ("3xl我婆婆150斤够大没", "3XL 75kg"),
        ("5斤够吃几天", ""),
        ("20斤拍L还是XL", "L XL 10kg"),
        ("拍成38了 能给我改39吗", "38 39"),
        ("身高98穿100还是110", "100 110 98cm"),
        ("链接是灰的", ""),
        ("有冇得黑的", "黑色"),
        ("发红包吗", ""),
    ];

    #[test]
    fn what_is_named_is_found_and_nothing_else() {
        let found = |text: &str| Attributes::of(&read(text)).named().unwrap_or_default();
        let wrong: Vec<_> = NAMED
            .iter()
            .map(|(text, named)| (text, named, found(text)))
            .filter(|(_, named, found)| *named != found)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
