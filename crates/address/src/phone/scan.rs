//! Where in a line phone numbers stand.

use super::number::{Number, area_len, judge};
use super::{Found, PhoneKind, Trouble};
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
const OLD_BEFORE: &[&str] = &["旧号", "原号", "原来", "之前", "以前", "不要打", "别打", "旧电话", "原电话"];
const OLD_AFTER: &[&str] =
    &["作废", "不用", "停机", "空号", "停了", "换了", "打不通", "别打", "不要打", "打错", "写错", "错了"];

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

fn digit(c: char) -> Option<char> {
    c.is_ascii_digit().then_some(c)
}

fn chinese_digit(c: char) -> Option<char> {
    Some(match c {
        '零' | '洞' => '0',
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
        'l' | 'I' | 'i' | '|' => '1',
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
fn run(text: &Text, from: usize, read: impl Fn(char) -> Option<char>) -> (String, usize) {
    let mut digits = String::new();
    let mut end = from;
    while let Some(c) = text.at(end).and_then(&read) {
        digits.push(c);
        end += 1;
    }
    (digits, end)
}

fn number_at(text: &Text, at: usize) -> Option<Found> {
    let c = text.at(at)?;
    let before = at.checked_sub(1).and_then(|it| text.at(it));
    if before.is_some_and(|b| b.is_ascii_digit()) {
        return None;
    }
    if chinese_digit(c).is_some() {
        let (digits, end) = run(text, at, |c| chinese_digit(c).or(digit(c)));
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
    if !(first.is_ascii_digit() || matches!(first, '(' | 'l' | 'I' | '|')) {
        return None;
    }
    if before.is_some_and(|b| b.is_ascii_alphabetic()) && after_prefix == at {
        return None;
    }
    if is_other(text, at) {
        return None;
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
    let before = before.trim_end_matches([' ', ':', '：', '是', '号']);
    OTHER_NUMBERS.iter().any(|word| before.ends_with(word.trim_end_matches('号')))
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
    let zeros = if text.slice(at, at + 2) == "00" { 2 } else { 0 };
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

/// Eleven characters of which some are letters that look like digits.
fn with_confusables(text: &Text, at: usize) -> Option<(usize, Number)> {
    let (digits, end) = run(text, at, |c| digit(c).or(confusable(c)));
    let plain = (at..end).filter(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
    if plain == digits.len()
        || plain < 8
        || digits.len() != 11
        || text.at(end).is_some_and(|c| c.is_ascii_alphanumeric())
    {
        return None;
    }
    let number = judge(&digits).filter(|it| it.trouble.is_none())?;
    Some((end, Number { trouble: Some(Trouble::Confusable), ..number }))
}

/// Digits, perhaps in groups.
fn in_groups(text: &Text, at: usize) -> Option<(usize, Number)> {
    let open = text.at(at) == Some('(');
    let start = if open { at + 1 } else { at };
    let mut groups: Vec<(String, usize)> = Vec::new();
    let mut place = start;
    loop {
        let (digits, end) = run(text, place, digit);
        if digits.is_empty() {
            break;
        }
        groups.push((digits, end));
        let gap = usize::from(open && groups.len() == 1 && text.at(end) == Some(')'));
        let next = end + gap;
        let next = if matches!(text.at(next), Some(' ' | '-' | '.' | '·')) { next + 1 } else { next };
        if next == end || groups.len() == 11 || !text.at(next).is_some_and(|c| c.is_ascii_digit()) {
            break;
        }
        place = next;
    }
    let (first, first_end) = groups.first()?.clone();
    if open && !(first.starts_with('0') && text.at(first_end) == Some(')')) {
        return None;
    }
    joined(&groups).or_else(|| {
        let number = judge(&first)?;
        let alone = stands_alone(text, at, first_end);
        let sure = number.trouble.is_none_or(|it| it < Trouble::NoArea) && first.len() >= 10;
        (sure || alone).then_some((first_end, number))
    })
}

/// Groups that make one number together, such as 138 1234 5678, 0571-88 886 666 or 400-123-4567.
fn joined(groups: &[(String, usize)]) -> Option<(usize, Number)> {
    let (first, _) = groups.first()?;
    // One digit after the other, as some people spell a number out.
    if let Some(eleven) = groups.get(..11).filter(|it| it.iter().all(|(digits, _)| digits.len() == 1)) {
        let digits: String = eleven.iter().map(|(digits, _)| digits.as_str()).collect();
        return judge(&digits)
            .filter(|it| it.kind == PhoneKind::Mobile)
            .zip(eleven.last())
            .map(|(it, (_, end))| (*end, it));
    }
    let mut whole = String::new();
    let lengths: Vec<usize> = groups.iter().map(|(digits, _)| digits.len()).collect();
    for (count, (digits, end)) in groups.iter().enumerate() {
        whole.push_str(digits);
        if count == 0 || (count > 1 && digits.len() < 2) {
            continue;
        }
        let split = lengths.get(..=count)?;
        let mobile = first.starts_with('1')
            && first.len() >= 3
            && whole.len() == 11
            && split.iter().all(|it| *it >= 2)
            && split.iter().any(|it| *it >= 4);
        let doubled = (first == "86" || first == "0086")
            && whole.ends_with(|_: char| true)
            && judge(&whole).is_some_and(|it| it.kind == PhoneKind::Mobile && it.trouble.is_none());
        if mobile || doubled {
            return judge(&whole).map(|it| (*end, it));
        }
        if first.len() == 4 && first.starts_with("01") && whole.len() == 12 {
            return judge(&whole).map(|it| (*end, it));
        }
        let area = area_len(&format!("{first}11")).filter(|area| *area == first.len());
        if area.is_some()
            && matches!(whole.len() - first.len(), 7 | 8)
            && split.iter().skip(1).all(|it| *it >= 3)
        {
            let more = groups
                .get(count + 1)
                .is_some_and(|(digits, _)| whole.len() - first.len() == 7 && digits.len() == 1);
            if !more {
                return judge(&whole).map(|it| (*end, it));
            }
        }
        if first.len() == 4
            && matches!(first.as_bytes(), [b'5' | b'6' | b'9' | b'2' | b'3', ..])
            && whole.len() == 8
            && count == 1
        {
            // Hong Kong and Macau write eight digits in two halves; whether they may is for the address to say.
            return judge(&whole)
                .or_else(|| {
                    Some(Number {
                        number: whole.clone(),
                        kind: PhoneKind::Landline,
                        trouble: Some(Trouble::NoArea),
                    })
                })
                .map(|it| (*end, it));
        }
        if (first == "400" || first == "800") && whole.len() == 10 {
            return judge(&whole).map(|it| (*end, it));
        }
    }
    None
}

/// Whether what stands around a run of digits leaves it a number by itself, and no part of an address.
fn stands_alone(text: &Text, from: usize, to: usize) -> bool {
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
        if text.slice(at, end) == word {
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
    let before = text.slice(found.from.saturating_sub(8), found.from);
    let after = text.slice(found.to, found.to + 8);
    let after = after.split([',', '。', ';', '\n']).next().unwrap_or_default();
    let before = before.rsplit([',', '。', ';', '\n']).next().unwrap_or_default();
    OLD_BEFORE.iter().any(|word| before.contains(word)) || OLD_AFTER.iter().any(|word| after.contains(word))
}
