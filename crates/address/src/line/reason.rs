//! Which of several reasons is told: the one by which whoever looks at the line knows what to do.

use std::sync::LazyLock;

use crate::chain::{Chain, Resolution};
use crate::defect::Defect;
use crate::dictionary::Dictionary;
use crate::parsed::Parsed;

/// Names what is the matter as plainly as it is known, and leaves out what follows from it. The verdict stays the same.
pub(super) fn put_plainly(line: &str, chain: Option<&(Chain, Resolution)>, parsed: &mut Parsed) {
    let has = |parsed: &Parsed, defect: Defect| parsed.defects.contains(&defect);
    let nowhere = has(parsed, Defect::NoAddress) || has(parsed, Defect::MissingCounty) && chain.is_none();
    if nowhere && is_pinyin(line) {
        replace(
            parsed,
            &[Defect::NoAddress, Defect::MissingCounty, Defect::MissingDetail],
            Defect::PinyinAddress,
        );
    } else if nowhere && is_a_change(line) {
        let of_the_rest = [
            Defect::NoAddress,
            Defect::MissingCounty,
            Defect::MissingDetail,
            Defect::NameMissing,
            Defect::PhoneMissing,
        ];
        replace(parsed, &of_the_rest, Defect::PartialUpdate);
    } else if has(parsed, Defect::NoAddress) {
        replace(parsed, &[Defect::MissingDetail], Defect::NoAddress);
    } else if has(parsed, Defect::OutOfScopeRegion) {
        replace(parsed, &[Defect::MissingCounty], Defect::OutOfScopeRegion);
    } else if has(parsed, Defect::MissingCounty) && parsed.detail.as_deref().is_some_and(begins_with_a_county)
    {
        replace(parsed, &[Defect::MissingCounty], Defect::UnknownDivision);
    }
}

fn replace(parsed: &mut Parsed, less: &[Defect], plain: Defect) {
    parsed.defects.retain(|defect| !less.contains(defect));
    parsed.defects.push(plain);
}

/// Whether an address is written in Latin letters: beijing chaoyang jianguolu 88.
fn is_pinyin(line: &str) -> bool {
    let words = line.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3).count();
    let chinese = line.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    words >= 3 && chinese < 4
}

/// Whether somebody wants a part of what is known already to be another.
fn is_a_change(line: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "改",
            "换",
            "写错",
            "填错",
            "打错",
            "错了",
            "不变",
            "照旧",
            "不用动",
            "别的都对",
            "其他都对",
            "其他不",
            "应该是",
            "更正",
        ])
    });
    WORDS.is_in(line)
}

/// Whether a detail begins like a county that there is not: 东海区龙宫街道.
fn begins_with_a_county(detail: &str) -> bool {
    const NONE: &[&str] = &[
        "小区",
        "园区",
        "社区",
        "校区",
        "厂区",
        "院区",
        "景区",
        "片区",
        "城区",
        "郊区",
        "地区",
        "开发区",
        "高新区",
    ];
    let Some((at, c)) = detail.char_indices().take(5).find(|(_, c)| matches!(c, '区' | '县' | '旗'))
    else {
        return false;
    };
    let name = detail.get(..at + c.len_utf8()).unwrap_or_default();
    name.chars().count() > 2
        && !name.chars().any(|c| c.is_ascii_alphanumeric())
        && !NONE.iter().any(|none| name.ends_with(none))
}
