//! Development zones as they are written: 高新区, 经济技术开发区, 苏州工业园区. They are no divisions, and stand where a
//! county would stand.

use crate::text::Text;

const ENDS: &[&str] = &[
    "经济技术开发区",
    "经济开发区",
    "技术开发区",
    "产业开发区",
    "高新技术开发区",
    "新技术开发区",
    "火炬开发区",
    "开发区",
    "工业园区",
    "高新园区",
    "产业园区",
    "科技园区",
    "高新区",
    "经开区",
    "示范区",
    "保税区",
    "保税港区",
    "综保区",
    "新区",
    "度假区",
    "管理区",
    "合作区",
    "试验区",
    "自贸区",
    "新城",
    "科学城",
    "生态城",
    "临港区",
    "空港区",
    "管委会",
    "新片区",
    "片区",
];
/// Characters that a zone has none of: what has one is a road or a house.
const NOT_IN: &str = "路街道巷弄号栋幢座楼室村镇乡0123456789市县,，;；|\n\t/()[]省 ";
const LEN_MAX: usize = 12;

/// Where a zone that begins at a place ends. `in_city` says whether a city stands before it.
pub(crate) fn zone_at(text: &Text, at: usize, in_city: bool) -> Option<usize> {
    if !in_city && !text.slice(at, at + LEN_MAX).contains("新区") {
        return None;
    }
    let mut end = None;
    for len in 2..=LEN_MAX {
        let to = at + len;
        let Some(last) = text.at(to - 1) else { break };
        if NOT_IN.contains(last) {
            break;
        }
        let written = text.slice(at, to);
        if ENDS.iter().any(|it| written.ends_with(it)) {
            // 海港新城, 万科新城 are estates.
            let estate = written.ends_with("新城") && end.is_none()
                || written.ends_with("新区") && !written.ends_with("高新区") && !(4..=6).contains(&len);
            if !estate {
                end = Some(to);
            }
        }
    }
    end
}
