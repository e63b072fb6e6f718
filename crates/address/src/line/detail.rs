//! What stands below the town.

use super::Line;
use crate::labels::Label;
use crate::pieces::Piece;
use crate::remarks::{is_remark, is_remark_behind, says_old};

impl Line<'_> {
    /// What stands below the town, without the name and remarks.
    pub(super) fn detail(&self, after: &[Piece], taken: Option<usize>) -> String {
        let mut detail = String::new();
        let whole = self.chain.is_none() || self.reversed;
        let mut open = false;
        let mut remark = false;
        let mut end = 0;
        for (place, piece) in after.iter().enumerate() {
            if !piece.goes_on && (!detail.is_empty() || piece.label != Some(Label::Address)) {
                if detail.is_empty() && !whole && is_of_detail(&piece.text) && Some(place) != taken {
                    // A phone number between the divisions and the rest.
                } else if whole && detail.is_empty() {
                } else {
                    break;
                }
            }
            if Some(place) == taken || piece.label == Some(Label::Name) {
                continue;
            }
            if piece.bracketed && piece.text.ends_with('收') {
                continue;
            }
            let first = detail.is_empty() && !whole;
            if !first && correct(&mut detail, &piece.text) {
                end = piece.to;
                continue;
            }
            // 3号链接-黑色-165/88A: the other half of a remark.
            let half = remark && self.text.at(piece.from.wrapping_sub(1)) == Some('/');
            remark = half || !first && is_remark_behind(&piece.text);
            if half || piece.bracketed && piece.text.ends_with("代收") {
                continue;
            }
            if !first
                && (is_remark_behind(&piece.text)
                    || piece.text.chars().all(|c| !c.is_alphanumeric())
                    || self.repeats_division(&piece.text))
            {
                continue;
            }
            if piece.bracketed && says_old(&piece.text) {
                continue;
            }
            let glued = self.chain.as_ref().is_some_and(|(_, it)| it.end == piece.from);
            if first && !glued && is_remark(&piece.text) && !is_of_detail(&piece.text) {
                continue;
            }
            if whole && !is_of_detail(&piece.text) {
                continue;
            }
            if open && !piece.bracketed {
                detail.push('）');
                open = false;
            }
            if piece.bracketed && !open && !detail.is_empty() {
                detail.push('（');
                open = true;
            } else if !detail.is_empty() && end > 0 && self.text.at(end) == Some('/') && end + 1 == piece.from
            {
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

    /// Whether a piece says nothing but a division that was written before.
    fn repeats_division(&self, piece: &str) -> bool {
        let Some((_, it)) = &self.chain else { return false };
        [it.province, it.city, it.county].into_iter().flatten().any(|unit| {
            let place = self.gazetteer.place(unit);
            piece.chars().eq(place.name.iter().copied()) || piece.chars().eq(place.short.iter().copied())
        })
    }
}

/// Whether a piece has something that addresses have.
pub(super) fn is_of_detail(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
        || [
            "路", "街", "村", "号", "栋", "楼", "小区", "花园", "店", "厂", "公司", "院", "校", "驿站", "苑",
            "府", "城", "里", "庄", "组", "队", "门", "园", "广场", "大厦", "中心", "宿舍",
        ]
        .iter()
        .any(|word| text.contains(word))
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
