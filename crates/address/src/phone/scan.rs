//! Where in a line phone numbers stand.

use super::groups::in_groups;
use super::number::{Number, judge};
use super::{Found, PhoneKind, Trouble};
use crate::dictionary::of_words;
use crate::text::Text;

const OTHER_NUMBERS: &[&str] = &[
    "QQ",
    "qq",
    "Qq",
    "微信",
    "微信号",
    "vx",
    "VX",
    "订单",
    "订单号",
    "单号",
    "编号",
    "邮编",
    "邮政编码",
    "货号",
    "身份证",
    "身份证号",
    "运单号",
    "快递单号",
    "尾号",
    "会员号",
    "wx",
    "WX",
    "V信",
    "旺旺",
    "款号",
];
/// Right before a number that is not to be used, but for words that say nothing.
const OLD_BEFORE: &[&str] = &["旧", "原", "原来", "之前", "以前", "不要打", "别打", "原先"];
/// Right behind it.
const OLD_AFTER: &[&str] = &[
    "作废",
    "不用",
    "停机",
    "空号",
    "停了",
    "停用",
    "换了",
    "换掉",
    "打不通",
    "别打",
    "不要打",
    "打错",
    "写错",
    "错了",
    "填错",
    "丢了",
];
/// Words between those and the number.
const BETWEEN: &[&str] = &[
    " ", ")", "(", ":", "的", "号码", "号", "电话", "手机", "那个", "这个", "是", "留", "写", "填", "用",
    "已经", "已", "早", "就", "现在", "上面", "前面", "我", "也", "刚才", "刚刚", "刚", "啊", "哦", "都",
];

/// Finds the phone numbers of a line, in order.
pub(crate) fn scan(text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match number_at(text, at) {
            Some(mut it) => {
                with_extension(text, &mut it);
                it.dropped = is_dropped(text, &it);
                at = it.to.max(at + 1);
                found.push(it);
            }
            None => at = end_of_run(text, at),
        }
    }
    found
}

pub(super) fn digit(c: char) -> Option<char> {
    c.is_ascii_digit().then_some(c)
}

fn chinese_digit(c: char) -> Option<char> {
    Some(match c {
        '零' | '〇' | '洞' => '0',
        '一' | '幺' | '壹' => '1',
        '二' | '两' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '拐' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '勾' | '玖' => '9',
        _ => return None,
    })
}

fn confusable(c: char) -> Option<char> {
    Some(match c {
        'o' | 'O' | 'Q' => '0',
        'l' | 'I' | 'i' => '1',
        'B' => '8',
        'S' | 's' => '5',
        'Z' | 'z' => '2',
        _ => return None,
    })
}

fn end_of_run(text: &Text, at: usize) -> usize {
    let mut end = at + 1;
    if text.at(at).is_some_and(|c| c.is_ascii_digit()) {
        while text.at(end).is_some_and(|c| c.is_ascii_digit()) {
            end += 1;
        }
    }
    end
}

/// A run of characters that `read` reads as digits, with its end.
pub(super) fn run(text: &Text, from: usize, read: impl Fn(char) -> Option<char>) -> (String, usize) {
    let mut digits = String::new();
    let mut end = from;
    while let Some(c) = text.at(end).and_then(&read) {
        digits.push(c);
        end += 1;
    }
    (digits, end)
}

/// The fewest digits, asterisks and what is taken for them that a number has, however bad it is.
const DIGITS_MIN: usize = 7;

/// Whether so many stand there, with what numbers have between them: most runs of digits are those of houses.
fn can_be_a_number(text: &Text, at: usize) -> bool {
    let mut digits = 0;
    for c in text.chars.iter().skip(at) {
        match *c {
            '+' | '(' | ')' | ' ' | '-' | '.' | '·' => {}
            '*' | 'x' | 'X' | '＊' | '×' => digits += 1,
            c if c.is_ascii_digit() || confusable(c).is_some() || chinese_digit(c).is_some() => digits += 1,
            _ => return false,
        }
        if digits == DIGITS_MIN {
            return true;
        }
    }
    false
}

fn number_at(text: &Text, at: usize) -> Option<Found> {
    let c = text.at(at)?;
    let before = at.checked_sub(1).and_then(|it| text.at(it));
    let can_begin = c.is_ascii_digit() || matches!(c, '+' | '(' | 'l' | 'I' | 'O' | 'o');
    if before.is_some_and(|b| b.is_ascii_digit()) || !(can_begin || chinese_digit(c).is_some()) {
        return None;
    }
    if !can_be_a_number(text, at) {
        return None;
    }
    if chinese_digit(c).is_some() {
        let (digits, end) = spoken(text, at);
        return (digits.len() == 11 && before.is_none_or(|b| b != '第'))
            .then(|| judge(&digits))
            .flatten()
            .filter(|it| it.trouble.is_none())
            .map(|it| make(at, end, Number { trouble: Some(Trouble::ChineseDigits), ..it }));
    }
    if let Some((end, number)) = beyond_the_border(text, at) {
        return Some(make(at, end, number));
    }
    let (start, after_prefix) = country_code(text, at);
    let first = text.at(after_prefix)?;
    if !(first.is_ascii_digit() || matches!(first, '(' | 'l' | 'I' | 'O' | 'o')) {
        return None;
    }
    if is_other(text, at) {
        return None;
    }
    // Anna19954987488: behind letters only what can be nothing else.
    if before.is_some_and(|b| b.is_ascii_alphabetic()) && after_prefix == at {
        let (digits, end) = run(text, at, digit);
        let apart = !text.at(end).is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
        return judge(&digits)
            .filter(|it| apart && digits.len() == 11 && it.kind == PhoneKind::Mobile && it.trouble.is_none())
            .map(|it| make(at, end, it));
    }
    if let Some((end, number)) = half_in_chinese(text, after_prefix) {
        return Some(make(start, end, number));
    }
    masked(text, after_prefix)
        .or_else(|| with_confusables(text, after_prefix))
        .or_else(|| in_groups(text, after_prefix))
        .map(|(end, number)| make(start, end, number))
}

fn make(from: usize, to: usize, number: Number) -> Found {
    Found {
        from,
        to,
        number: number.number,
        extension: None,
        kind: number.kind,
        trouble: number.trouble,
        dropped: false,
    }
}

/// Whether the words before say that the number is none of a phone.
fn is_other(text: &Text, at: usize) -> bool {
    let before: String = text.slice(at.saturating_sub(8), at);
    let before = before.trim_end_matches([' ', ':', '：', '是']);
    OTHER_NUMBERS.iter().any(|word| {
        before.ends_with(word) || word.chars().count() > 2 && before.ends_with(word.trim_end_matches('号'))
    })
}

/// Where a number begins with its country code, and where it goes on after it.
fn country_code(text: &Text, at: usize) -> (usize, usize) {
    let mut place = at;
    let open = text.at(place) == Some('(');
    if open {
        place += 1;
    }
    let plus = text.at(place) == Some('+');
    if plus {
        place += 1;
    }
    let rest = text.slice(place, place + 4);
    let len = if rest.starts_with("0086") {
        4
    } else if rest.starts_with("86") {
        2
    } else {
        return (at, at);
    };
    place += len;
    if text.at(place).is_some_and(|c| c.is_ascii_digit()) && !plus && !open {
        // A run of digits without a mark is judged as a whole.
        return (at, at);
    }
    if open && text.at(place) == Some(')') {
        place += 1;
    }
    while matches!(text.at(place), Some(' ' | '-')) {
        place += 1;
    }
    if text.at(place) == Some('1') || text.at(place) == Some('0') || plus { (at, place) } else { (at, at) }
}

/// +852 or +853 and eight digits.
fn beyond_the_border(text: &Text, at: usize) -> Option<(usize, Number)> {
    let plus = usize::from(matches!(text.at(at), Some('+')));
    let zeros = if text.is_at(at, "00") { 2 } else { 0 };
    let from = at + plus + zeros;
    let code = text.slice(from, from + 3);
    if !matches!(code.as_str(), "852" | "853")
        || at.checked_sub(1).and_then(|it| text.at(it)).is_some_and(|c| c.is_ascii_alphanumeric())
    {
        return None;
    }
    let mut digits = String::new();
    let mut end = from + 3;
    while let Some(c) = text.at(end) {
        match c {
            ' ' | '-' if digits.len() < 8 => {}
            '0'..='9' => digits.push(c),
            _ => break,
        }
        end += 1;
    }
    (digits.len() == 8 && (plus + zeros > 0 || text.at(from + 3).is_some_and(|c| !c.is_ascii_digit()))).then(
        || (end, Number { number: format!("+{code}{digits}"), kind: PhoneKind::Overseas, trouble: None }),
    )
}

/// 138****8000, as platforms show it.
fn masked(text: &Text, at: usize) -> Option<(usize, Number)> {
    let (head, mut end) = run(text, at, digit);
    if head.len() < 2 || head.len() > 7 {
        return None;
    }
    let stars = (end..).take_while(|it| matches!(text.at(*it), Some('*' | 'x' | 'X' | '＊' | '×'))).count();
    if stars < 3 {
        return None;
    }
    end += stars;
    let (tail, end) = run(text, end, digit);
    let whole = head.len() + stars + tail.len();
    (head.starts_with('1') && tail.len() >= 2 && (9..=13).contains(&whole)).then(|| {
        (end, Number { number: String::new(), kind: PhoneKind::Mobile, trouble: Some(Trouble::Masked) })
    })
}

/// Digits that are written out, perhaps in groups: 幺八六 七七三零 五一九二.
fn spoken(text: &Text, at: usize) -> (String, usize) {
    let read = |c: char| chinese_digit(c).or(digit(c));
    let (mut digits, mut end) = run(text, at, read);
    while digits.len() < 11 && matches!(text.at(end), Some(' ' | '-')) {
        let (more, to) = run(text, end + 1, read);
        if more.is_empty() {
            break;
        }
        digits.push_str(&more);
        end = to;
    }
    (digits, end)
}

/// 178537六六219: some digits are written out.
fn half_in_chinese(text: &Text, at: usize) -> Option<(usize, Number)> {
    let (digits, end) = run(text, at, |c| digit(c).or(chinese_digit(c)));
    let plain = (at..end).filter(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
    let number = judge(&digits).filter(|it| it.trouble.is_none() && it.kind == PhoneKind::Mobile)?;
    (digits.len() == 11 && plain < 11)
        .then_some((end, Number { trouble: Some(Trouble::ChineseDigits), ..number }))
}

/// Eleven characters of which some are letters that look like digits.
fn with_confusables(text: &Text, at: usize) -> Option<(usize, Number)> {
    let (digits, end) = run(text, at, |c| digit(c).or(confusable(c)));
    let plain = (at..end).filter(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
    if plain == digits.len()
        || plain < 8
        || digits.len() != 11 && !(digits.len() == 12 && digits.starts_with('0'))
        || text.at(end).is_some_and(|c| c.is_ascii_alphanumeric())
    {
        return None;
    }
    let number = judge(&digits).filter(|it| it.trouble.is_none_or(|it| it == Trouble::LeadingZero))?;
    Some((end, Number { trouble: Some(Trouble::Confusable), ..number }))
}

/// Whether what stands around a run of digits leaves it a number by itself, and no part of an address.
pub(super) fn stands_alone(text: &Text, from: usize, to: usize) -> bool {
    let before = from.checked_sub(1).and_then(|it| text.at(it));
    let after = text.at(to);
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '#' | '*' | '第' | '道' | '路'))
        && !after.is_some_and(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    '-' | '#'
                        | '号'
                        | '栋'
                        | '室'
                        | '幢'
                        | '座'
                        | '楼'
                        | '弄'
                        | '层'
                        | '单'
                        | '房'
                        | '米'
                        | '元'
                        | '件'
                        | '%'
                        | '*'
                        | '~'
                        | '里'
                        | '巷'
                        | '组'
                        | '队'
                        | '团'
                )
        })
}

/// Takes in what follows a number: 转1234, -1234, #1234, (转1234), ,1234, [1234].
fn with_extension(text: &Text, found: &mut Found) {
    if found.number.is_empty()
        && !matches!(found.trouble, Some(Trouble::BadSegment | Trouble::Short | Trouble::Long))
    {
        return;
    }
    let mut at = found.to;
    while text.at(at) == Some(' ') {
        at += 1;
    }
    let open = matches!(text.at(at), Some('(' | '['));
    let bracket = open && text.at(at) == Some('[');
    if open {
        at += 1;
    }
    let mut said = false;
    for word in ["转接", "转分机", "转", "分机号", "分机", "ext.", "ext", "EXT", "#", "-", ",", "*"]
    {
        let end = at + word.chars().count();
        if text.is_at(at, word) {
            said = true;
            let spoken = word.len() > 1;
            at = end;
            while spoken && matches!(text.at(at), Some(' ' | ':' | '：')) {
                at += 1;
            }
            break;
        }
    }
    let (digits, end) = run(text, at, digit);
    let comma = said && text.at(at.wrapping_sub(1)) == Some(',');
    let good = if comma {
        matches!(digits.len(), 3 | 4)
            && text
                .at(end)
                .is_none_or(|c| matches!(c, ' ' | '\n' | '\t' | '/' | '|' | ';' | ',' | '、' | ')'))
    } else {
        (1..=6).contains(&digits.len())
            && (digits.len() >= 3 || said && text.at(at.wrapping_sub(1)) == Some('转'))
    };
    if !good
        || !(said || bracket)
        || text.at(end).is_some_and(|c| {
            c.is_ascii_alphanumeric()
                || matches!(c, '号' | '室' | '栋' | '楼' | '弄' | '幢' | '#' | '房' | '-')
        })
    {
        return;
    }
    found.to = if open && matches!(text.at(end), Some(')' | ']')) { end + 1 } else { end };
    found.extension = Some(digits);
    if found.kind == PhoneKind::Mobile {
        found.kind = PhoneKind::Virtual;
    }
}

fn is_dropped(text: &Text, found: &Found) -> bool {
    let before = text.slice(found.from.saturating_sub(12), found.from);
    let after = text.slice(found.to, found.to + 12);
    let mut after = after.split([',', '。', ';', '\n']).next().unwrap_or_default();
    let mut before = before.rsplit([',', '。', ';', '\n']).next().unwrap_or_default();
    loop {
        // 青青草原 is a name.
        let says = |word: &str| {
            before
                .strip_suffix(word)
                .is_some_and(|rest| word.chars().count() > 1 || !rest.ends_with(|c: char| of_words(c)))
        };
        if OLD_BEFORE.iter().any(|word| says(word)) {
            return true;
        }
        let Some(less) = BETWEEN.iter().find_map(|word| before.strip_suffix(word)) else { break };
        before = less;
    }
    loop {
        if OLD_AFTER.iter().any(|word| after.starts_with(word)) {
            return true;
        }
        let Some(less) = BETWEEN.iter().find_map(|word| after.strip_prefix(word)) else { break };
        after = less;
    }
    false
}
