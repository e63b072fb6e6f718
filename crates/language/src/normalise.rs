//! One spelling for what people type in many, with the way back to the original.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use livehand_kernel::simplified;

/// Longest comment that is read, in characters; nobody asks a question after that.
pub const COMMENT_CHARS_MAX: usize = 300;

/// How often a character may follow itself: 多少钱钱钱钱 reads like 多少钱钱.
const REPEATS_MAX: usize = 2;
/// The same of an x: XXXXL is the largest size that is written so.
const SIZE_REPEATS_MAX: usize = 4;
/// Longest name between the brackets of an emoji tag, in characters: [捂脸哭].
const TAG_CHARS_MAX: usize = 8;

/// A text in the spelling of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normalised {
    /// Half-width, lower case, simplified, without white space (a number that stood apart from a number or letter before it gets a `/` there), emoji
    /// tags, and characters that cannot be seen.
    pub text: String,
    /// For each character, the bytes of the original that it stands for.
    pub origins: Vec<(u32, u32)>,
}

impl Normalised {
    fn push(&mut self, c: char, origin: (u32, u32)) {
        self.text.push(c);
        self.origins.push(origin);
    }
}

/// Whether a character is of a number in words.
fn is_numeral(c: char) -> bool {
    "一二两三四五六七八九十百".contains(c)
}

/// `text` in the spelling of the rules.
pub fn normalise(text: &str) -> String {
    read(text).text
}

/// `text` in the spelling of the rules, with the place of each character in it.
pub fn read(text: &str) -> Normalised {
    let mut clean = Normalised {
        text: String::with_capacity(text.len().min(COMMENT_CHARS_MAX * 4)),
        origins: Vec::with_capacity(text.len().min(COMMENT_CHARS_MAX * 3) / 3 + 1),
    };
    let mut last = '\0';
    let mut repeats = 0;
    let mut gap = false;
    let mut rest = text.char_indices().take(COMMENT_CHARS_MAX);
    while let Some((start, original)) = rest.next() {
        let Some(c) = fold(original) else {
            gap |= original.is_whitespace();
            continue;
        };
        if let Some(tag_chars) = (c == '[').then(|| emoji_tag(rest.clone().map(|(_, c)| c))).flatten() {
            rest.by_ref().take(tag_chars).for_each(drop);
            continue;
        }
        let origin = (start as u32, (start + original.len_utf8()) as u32);
        let numbers = is_numeral(last) && (is_numeral(c) || c.is_ascii_digit());
        if gap && (numbers || (last.is_ascii_alphanumeric() && c.is_ascii_digit())) {
            clean.push('/', origin);
            repeats = 0;
        }
        gap = false;
        repeats = if c == last { repeats + 1 } else { 1 };
        last = c;
        // XXXL is a size of its own.
        if repeats <= REPEATS_MAX || c.is_ascii_digit() || (c == 'x' && repeats <= SIZE_REPEATS_MAX) {
            clean.push(c, origin);
        }
    }
    clean
}

/// Short forms and homophones of shop talk, with what they stand for. Those in letters count only where no letter
/// stands beside them.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("yhq", "优惠券"),
    ("sf", "顺丰"),
    ("bzq", "保质期"),
    ("pyd", "偏远地区"),
    ("qwt", "七天无理由"),
    ("yfx", "运费险"),
    ("kf", "客服"),
    ("zb", "主播"),
    ("link", "链接"),
    ("ml", "毫升"),
    ("劵", "券"),
    ("優惠卷", "优惠券"),
    ("优惠卷", "优惠券"),
    ("领卷", "领券"),
    ("用卷", "用券"),
    ("卷怎么", "券怎么"),
    ("有卷", "有券"),
    ("木有", "没有"),
    ("有冇", "有没有"),
    ("冇", "没有"),
    ("肿么", "怎么"),
    ("咋个", "怎么"),
    ("咋样", "怎么样"),
    ("咋", "怎么"),
    ("杂么", "怎么"),
    ("神马", "什么"),
    ("啥子", "什么"),
    ("啥", "什么"),
    ("撒子", "什么"),
    ("嘛时候", "什么时候"),
    ("几时", "什么时候"),
    ("多暂", "什么时候"),
    ("多咱", "什么时候"),
    ("莫子", "什么"),
    ("酱紫", "这样"),
    ("表要", "不要"),
    ("造不", "知道不"),
    ("晓得", "知道"),
    ("晓不得", "不知道"),
    ("能不能行", "可以吗"),
    ("中不中", "可以吗"),
    ("得行不", "可以吗"),
    ("阔以", "可以"),
    ("口以", "可以"),
    ("有木", "有没"),
    ("米有", "没有"),
    ("多钱", "多少钱"),
    ("几多钱", "多少钱"),
    ("几钱", "多少钱"),
    ("好多钱", "多少钱"),
    ("多少米", "多少钱"),
    ("啵", "吧"),
    ("伐", "吗"),
    ("咩", "吗"),
    ("么么", "什么"),
    ("灰机", "飞机"),
    ("偶", "我"),
    ("俺", "我"),
    ("盆友", "朋友"),
    ("孩纸", "孩子"),
    ("妹纸", "妹子"),
    ("娃儿", "宝宝"),
    ("娃娃", "宝宝"),
    ("包油", "包邮"),
    ("包由", "包邮"),
    ("顺风快递", "顺丰快递"),
    ("发顺风", "发顺丰"),
    ("桑品", "商品"),
    ("伐货", "发货"),
    ("连接", "链接"),
    ("炼接", "链接"),
    ("链結", "链接"),
    ("尺马", "尺码"),
    ("尺吗", "尺码"),
    ("试川", "试穿"),
    ("便意", "便宜"),
    ("便谊", "便宜"),
    ("质两", "质量"),
    ("客父", "客服"),
    ("付歀", "付款"),
];

static SHORT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(SHORT_FORMS.iter().map(|(short, _)| short))
        .ok()
});

impl Normalised {
    /// With short forms written out: what stands for one is told for each of its characters.
    pub fn written_out(&self) -> Self {
        let Some(short) = SHORT.as_ref().filter(|short| short.is_match(&self.text)) else {
            return self.clone();
        };
        let mut out = Self {
            text: String::with_capacity(self.text.len() + 16),
            origins: Vec::with_capacity(self.origins.len() + 8),
        };
        let mut places = short.find_iter(&self.text).peekable();
        let mut characters = self.text.char_indices().zip(&self.origins);
        while let Some(((at, c), origin)) = characters.next() {
            while places.next_if(|place| place.start() < at).is_some() {}
            let Some(place) =
                places.next_if(|place| place.start() == at && stands_alone(&self.text, place.range()))
            else {
                out.push(c, *origin);
                continue;
            };
            let mut end = origin.1;
            while let Some((_, origin)) = characters.clone().next().filter(|((at, _), _)| *at < place.end()) {
                end = origin.1;
                characters.next();
            }
            let full = SHORT_FORMS.get(place.pattern().as_usize()).map_or("", |(_, full)| full);
            full.chars().for_each(|c| out.push(c, (origin.0, end)));
        }
        out
    }
}

/// Whether letters have no letter beside them; Chinese always does.
fn stands_alone(text: &str, range: std::ops::Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let inside = text.get(range.clone()).unwrap_or("");
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return true;
    }
    let before = text.get(..range.start).and_then(|before| before.chars().next_back());
    let after = text.get(range.end..).and_then(|after| after.chars().next());
    !letter(before) && !letter(after)
}

/// The length of an emoji tag such as `[赞]` after its opening bracket, with the closing one.
fn emoji_tag(rest: impl Iterator<Item = char>) -> Option<usize> {
    let mut length = 0;
    for c in rest.take(TAG_CHARS_MAX + 1) {
        length += 1;
        match c {
            ']' | '］' => return (length > 1).then_some(length),
            '[' => return None,
            _ => {}
        }
    }
    None
}

/// The character as the rules spell it; `None` for one that carries no word.
fn fold(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        // ① and ❶ to nine, as links are numbered.
        '\u{2460}'..='\u{2468}' => char::from_u32(c as u32 - 0x2460 + 0x31).unwrap_or(c),
        '\u{2776}'..='\u{277E}' => char::from_u32(c as u32 - 0x2776 + 0x31).unwrap_or(c),
        _ => c,
    };
    if c.is_ascii() {
        return (!c.is_ascii_control() && c != ' ').then(|| c.to_ascii_lowercase());
    }
    if c.is_whitespace() || is_wordless(c) {
        return None;
    }
    Some(simplified(c))
}

/// Marks, invisible characters and pictures.
fn is_wordless(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{0300}'..='\u{036F}' | '\u{061C}' | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{20D0}'..='\u{20FF}' | '\u{2600}'..='\u{27BF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
            | '\u{FEFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_spellings_become_one() {
        for (written, read) in [
            ("多 少 钱 ？", "多少钱?"),
            ("ＸＬ码", "xl码"),
            ("多少錢", "多少钱"),
            ("好好好好看[赞][比心]", "好好看"),
            ("1000", "1000"),
            ("165 110", "165/110"),
            ("有\u{200B}券\u{202E}吗😂😂", "有券吗"),
            ("[", "["),
            ("[]", "[]"),
            ("[赞", "[赞"),
        ] {
            assert_eq!(normalise(written), read, "{written}");
        }
        let marks = format!("价{}格", "\u{0301}".repeat(10_000));
        assert!(normalise(&marks).starts_with('价'));
    }

    #[test]
    fn short_forms_are_written_out_with_their_place() {
        for (written, full) in [
            ("YHQ咋领", "优惠券怎么领"),
            ("有木有红色", "有没有红色"),
            ("能发sf么", "能发顺丰么"),
            ("sfx", "sfx"),
        ] {
            assert_eq!(read(written).written_out().text, full, "{written}");
        }
        let out = read("亲 YHQ咋领").written_out();
        assert_eq!(out.origins.len(), out.text.chars().count());
        // 优惠券 stands for the three letters after the blank.
        assert_eq!(out.origins.get(1..4), Some([(4, 7); 3].as_slice()));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_bounded_text_with_a_place_for_each_character(text in "\\PC{0,500}") {
            let clean = read(&text);
            prop_assert!(clean.text.chars().count() <= COMMENT_CHARS_MAX * 2);
            for read in [clean.written_out(), clean] {
                prop_assert_eq!(read.origins.len(), read.text.chars().count());
                for (from, to) in read.origins {
                    prop_assert!(text.get(from as usize..to as usize).is_some());
                }
            }
        }
    }
}
