//! What stands below the town.

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;

use super::Line;
use crate::labels::Label;
use crate::pieces::Piece;
use crate::remarks::{is_remark, is_remark_behind, says_old};

/// Where something is that everybody there knows.
const BY: &[&str] = &[
    "对面", "旁", "隔壁", "门口", "侧", "附近", "后面", "前面", "楼下", "斜对", "院内", "里面", "代收",
    "上面", "下面", "边",
];

impl Line<'_> {
    /// What stands below the town, without the name (the piece at `taken`) and remarks.
    pub(super) fn detail(&self, after: &[Piece], taken: Option<usize>) -> String {
        let mut detail = String::new();
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
                continue;
            }
            // 3号链接-黑色-165/88A: the other half of a remark.
            let half = remark && self.text.at(piece.from.wrapping_sub(1)) == Some('/');
            remark = half || !detail.is_empty() && is_remark_behind(&piece.text);
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
            detail.push_str(&piece.text);
            end = piece.to;
        }
        if open {
            detail.push('）');
        }
        detail.chars().map(livehand_kernel::simplified).collect()
    }

    /// Whether the detail can begin with a piece.
    fn begins_detail(&self, piece: &Piece) -> bool {
        if self.is_beside(piece) {
            return false;
        }
        let Some((_, it)) = self.chain.as_ref().filter(|_| !self.reversed) else {
            return is_of_detail(&piece.text) && !is_remark_behind(&piece.text);
        };
        let glued = it.end == piece.from;
        // Behind a number only what looks like a house; behind a gap anything but a remark.
        let later =
            !piece.goes_on && piece.label != Some(Label::Address) || self.phone_between(it.end, piece.from);
        glued || is_of_detail(&piece.text) || !later && !is_remark(&piece.text)
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
            || text.chars().all(|c| !c.is_alphanumeric())
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

/// 3栋，哦不对是5栋602: what was corrected goes.
fn correct(detail: &mut String, piece: &str) -> bool {
    let Some(said) = ["不对是", "不对，是", "错了是", "应该是"]
        .iter()
        .find_map(|word| piece.split_once(word).map(|it| it.1))
    else {
        return false;
    };
    let unit = said.chars().find(|c| !c.is_ascii_alphanumeric());
    let number = said.chars().take_while(char::is_ascii_alphanumeric).count();
    let Some(unit) = unit.filter(|_| number > 0) else { return false };
    if let Some(at) = detail.rfind(unit) {
        let head =
            detail.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len();
        detail.truncate(head);
    }
    detail.push_str(said);
    true
}
