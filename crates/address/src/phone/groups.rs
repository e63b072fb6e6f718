//! Numbers that are written in groups of digits.

use super::number::{Number, area_len, judge};
use super::scan::{digit, run, stands_alone};
use super::{PhoneKind, Trouble};
use crate::text::Text;

/// Digits, perhaps in groups.
pub(super) fn in_groups(text: &Text, at: usize) -> Option<(usize, Number)> {
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
    // 39#1742 1561411: the first of them is that of a room.
    let house = |c: char| matches!(c, '#' | '-' | '号' | '栋' | '幢' | '座' | '楼' | '元' | '室');
    let room = at.checked_sub(1).and_then(|it| text.at(it)).is_some_and(house) && first.len() > 3;
    joined(&groups).filter(|_| !room).or_else(|| {
        let number = judge(&first)?;
        let alone = stands_alone(text, at, first_end);
        let sure = number.trouble.is_none_or(|it| it < Trouble::NoArea) && first.len() >= 10;
        (sure || alone).then_some((first_end, number))
    })
}

/// Groups that make one number together, such as 138 1234 5678, 0571-88 886 666 or 400-123-4567.
fn joined(groups: &[(String, usize)]) -> Option<(usize, Number)> {
    // One digit after the other, as some people spell a number out.
    if let Some(eleven) = groups.get(..11).filter(|it| it.iter().all(|(digits, _)| digits.len() == 1)) {
        let digits: String = eleven.iter().map(|(digits, _)| digits.as_str()).collect();
        let number = judge(&digits).filter(|it| it.trouble.is_none())?;
        return eleven.last().map(|(_, end)| (*end, number));
    }
    (2..=groups.len()).find_map(|count| {
        let some = groups.get(..count)?;
        let one_more = groups.get(count).map(|(digits, _)| digits.len());
        together(some, one_more).zip(some.last()).map(|(number, (_, end))| (*end, number))
    })
}

/// What some groups are together, if they are one number. `one_more` is the length of the group after them.
fn together(groups: &[(String, usize)], one_more: Option<usize>) -> Option<Number> {
    let whole: String = groups.iter().map(|(digits, _)| digits.as_str()).collect();
    let first = groups.first()?.0.as_str();
    let each = |least: usize| groups.iter().all(|(digits, _)| digits.len() >= least);
    let sure = |kind: PhoneKind| judge(&whole).filter(|it| it.trouble.is_none() && it.kind == kind);
    let mobile = first.starts_with('1') && first.len() >= 3 && whole.len() == 11;
    if mobile && each(2) && groups.iter().any(|(digits, _)| digits.len() >= 4) {
        return judge(&whole);
    }
    match first {
        "86" | "0086" => return sure(PhoneKind::Mobile),
        "400" | "800" if whole.len() == 10 => return judge(&whole),
        // 0 13812345678
        "0" if groups.len() == 2 => {
            return judge(&whole).filter(|it| it.trouble == Some(Trouble::LeadingZero));
        }
        _ => {}
    }
    if first.starts_with("01") && first.len() == 4 && whole.len() == 12 {
        return judge(&whole);
    }
    // 087 6312 5408: the gaps are where they like.
    let loose = first.starts_with('0') && first.len() > 1 && whole.len() >= 11 && each(3);
    if let Some(number) = sure(PhoneKind::Landline).filter(|_| loose) {
        return Some(number);
    }
    let local = whole.len() - first.len();
    let is_area = area_len(&format!("{first}11")) == Some(first.len());
    let rest = || groups.iter().skip(1).all(|(digits, _)| digits.len() >= 3);
    if is_area && matches!(local, 7 | 8) && rest() && !(local == 7 && one_more == Some(1)) {
        return judge(&whole);
    }
    // Hong Kong and Macau write eight digits in two halves; whether they may is for the address to say.
    let halves = groups.len() == 2 && whole.len() == 8 && first.len() == 4;
    (halves && first.starts_with(['2', '3', '5', '6', '9'])).then(|| Number {
        number: whole.clone(),
        kind: PhoneKind::Landline,
        trouble: Some(Trouble::NoArea),
    })
}
