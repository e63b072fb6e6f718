//! What stands below the town.

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;

use super::Line;
use crate::asked::says_old;
use crate::dictionary::of_words;
use crate::labels::Label;
use crate::pieces::Piece;
use crate::remarks::{is_remark, is_remark_behind};
use crate::spoken;

/// Where something is that everybody there knows.
const BY: &[&str] = &[
    "对面", "旁", "隔壁", "门口", "侧", "附近", "后面", "前面", "楼下", "斜对", "院内", "里面", "代收",
    "上面", "下面", "边",
];

impl Line<'_> {
    /// What stands below the town, without the name (the piece at `taken`) and remarks.
    /// Second, which pieces are in it.
    pub(super) fn detail(&self, after: &[Piece], taken: Option<usize>) -> (String, Vec<usize>) {
        let mut detail = String::new();
        let mut used = Vec::new();
        let mut open = false;
        let mut remark = false;
        let mut end = 0;
        for (place, piece) in after.iter().enumerate() {
            if !piece.goes_on && !detail.is_empty() {
                break;
            }
            if Some(place) == taken || piece.label == Some(Label::Name) {
                continue;
            }
            if correct(&mut detail, &piece.text) {
                end = piece.to;
                used.push(place);
                continue;
            }
            // 3号链接-黑色-165/88A: the other half of a remark.
            // （单元门密码 3390#）: so in brackets.
            let half = remark
                && (self.text.at(piece.from.wrapping_sub(1)) == Some('/')
                    || piece.bracketed
                        && place.checked_sub(1).and_then(|it| after.get(it)).is_some_and(|it| it.bracketed));
            remark = half || !detail.is_empty() && (is_remark_behind(&piece.text) || is_said(piece));
            let post_code = piece.text.len() == 6 && piece.text.bytes().all(|b| b.is_ascii_digit());
            if post_code && detail.chars().any(|c| c.is_ascii_digit()) {
                continue;
            }
            if detail.is_empty() && piece.text == "的" {
                used.push(place);
                continue;
            }
            let about_the_name = piece.bracketed && taken.is_some_and(|it| it + 1 == place);
            let out = if detail.is_empty() { !self.begins_detail(piece) } else { self.is_beside(piece) };
            if half || remark || out || about_the_name {
                continue;
            }
            if open && !piece.bracketed {
                detail.push('）');
                open = false;
            }
            if piece.bracketed && !open && !detail.is_empty() {
                detail.push('（');
                open = true;
            } else if end > 0 && self.text.at(end) == Some('/') && end + 1 == piece.from {
                detail.push('/');
            }
            let text = if detail.is_empty() { without_filler(&piece.text) } else { &piece.text };
            detail.push_str(text);
            used.push(place);
            end = piece.to;
        }
        if open {
            detail.push('）');
        }
        (detail.chars().map(livehand_kernel::simplified).collect(), used)
    }

    /// Whether the detail can begin with a piece.
    fn begins_detail(&self, piece: &Piece) -> bool {
        if self.is_beside(piece) {
            return false;
        }
        let Some((_, it)) = self.chain.as_ref().filter(|_| !self.reversed) else {
            return is_of_detail(&piece.text) && !is_remark_behind(&piece.text) && !is_said(piece);
        };
        let glued = it.end == piece.from;
        // Behind a number only what looks like a house; behind a gap anything but a remark.
        let later =
            !piece.goes_on && piece.label != Some(Label::Address) || self.phone_between(it.end, piece.from);
        (glued || is_of_detail(&piece.text) || !later && !is_remark(&piece.text)) && !is_said(piece)
    }

    fn phone_between(&self, from: usize, to: usize) -> bool {
        self.phones.iter().any(|phone| phone.from >= from && phone.to <= to)
    }

    /// Whether a piece stands beside the address: for whom it is, the old one, what was said before.
    fn is_beside(&self, piece: &Piece) -> bool {
        let text = piece.text.as_str();
        let aside = piece.bracketed && !(is_of_detail(text) || BY.iter().any(|word| text.contains(word)));
        aside
            || piece.bracketed && (text.ends_with('收') || says_old(text))
            || text.chars().all(|c| !of_words(c))
            || self.repeats_division(text)
    }

    /// Whether a piece says nothing but a division that was written before.
    fn repeats_division(&self, piece: &str) -> bool {
        let Some((_, it)) = &self.chain else { return false };
        [it.province, it.city, it.county].into_iter().flatten().any(|unit| {
            let place = self.gazetteer.place(unit);
            piece.chars().eq(place.name.iter().copied()) || piece.chars().eq(place.short.iter().copied())
        })
    }
}

/// Whether a piece is a sentence and no part of the detail: 改好了跟我说一声. The more it has of a house, the more it has
/// to sound like somebody who speaks.
pub(super) fn is_said(piece: &Piece) -> bool {
    let text = piece.text.as_str();
    let house = is_of_house(text);
    // In brackets it says where the house is.
    let by = piece.bracketed && BY.iter().any(|word| text.contains(word));
    let least = if house && text.chars().any(|c| c.is_ascii_digit()) {
        5
    } else if house || is_of_detail(text) {
        4
    } else {
        3
    };
    spoken::weight(text) >= least && !by
}

/// Whether a piece has what houses have: a number, a word such as 单元.
pub(super) fn is_of_house(text: &str) -> bool {
    const OF_HOUSES: &[&str] = &["号", "栋", "室", "楼", "单元", "幢", "座", "村", "组", "小区"];
    text.chars().any(|c| c.is_ascii_digit()) || OF_HOUSES.iter().any(|word| text.contains(word))
}

/// What addresses have.
const OF_DETAILS: &[&str] = &[
    "路", "街", "道", "档", "旁", "馆", "仓", "村", "号", "栋", "楼", "小区", "花园", "店", "厂", "公司",
    "院", "校", "驿站", "苑", "府", "城", "里", "庄", "组", "队", "门", "园", "广场", "大厦", "中心", "宿舍",
];

/// Whether a piece has something that addresses have.
pub(super) fn is_of_detail(text: &str) -> bool {
    static WORDS: LazyLock<Option<CharwiseDoubleArrayAhoCorasick<u32>>> =
        LazyLock::new(|| CharwiseDoubleArrayAhoCorasick::new(OF_DETAILS).ok());
    text.chars().any(|c| c.is_ascii_digit())
        || WORDS.as_ref().is_some_and(|words| words.find_iter(text).next().is_some())
}

/// A detail as it begins, without what leads to it: 在矿源路.
fn without_filler(text: &str) -> &str {
    let text = text.trim_start_matches('-');
    ["的在", "在"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .filter(|rest| is_of_detail(rest))
        .unwrap_or(text)
}

/// 3栋，哦不对是5栋602: what was corrected goes.
fn correct(detail: &mut String, piece: &str) -> bool {
    let Some((head, said)) =
        ["不对是", "不对，是", "错了是", "应该是"].iter().find_map(|word| piece.split_once(word))
    else {
        return false;
    };
    // 6号楼不对不对是9号楼
    let head = head
        .trim_end_matches("不对")
        .trim_end_matches(['喔', '哦', '啊', '呃', '额', '诶', '噢', '嗯', '不']);
    let unit = said.chars().find(|c| !c.is_ascii_alphanumeric());
    let number = said.chars().take_while(char::is_ascii_alphanumeric).count();
    let Some(unit) = unit.filter(|_| number > 0) else { return false };
    if head.chars().any(|c| c.is_ascii_digit()) || is_of_detail(head) {
        detail.push_str(head);
    }
    if let Some(at) = detail.rfind(unit) {
        let head =
            detail.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len();
        detail.truncate(head);
    }
    detail.push_str(said);
    true
}
