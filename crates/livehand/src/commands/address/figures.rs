//! How many labelled lines were read right. A name of a division counts with or without what it is (浙江 for 浙江省); in a
//! municipality the city may be left out; white space and punctuation never count.

use livehand_address::{Parsed, Verdict};
use serde_json::{Value, json};

use super::eval::{Case, Gold};

const KINDS: [&str; 14] = [
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "盟",
];
/// Least likeness of a detail that counts as right.
const NEAR: f64 = 0.9;
/// Defects with which nobody can know the divisions.
const UNKNOWABLE: [&str; 16] = [
    "missing_county",
    "missing_detail",
    "vague_detail",
    "ambiguous_county",
    "old_name_split",
    "contradiction_city",
    "contradiction_county",
    "contradiction_town",
    "contradiction_two_addresses",
    "unknown_division",
    "out_of_scope_region",
    "pinyin_address",
    "partial_update",
    "no_address",
    "multiple_recipients",
    "contradiction_province",
];

/// Right ones of all.
#[derive(Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    fn value(&self) -> Value {
        if self.all == 0 { Value::Null } else { json!(f64::from(self.right) / f64::from(self.all)) }
    }
}

/// The figures as JSON; shares between 0 and 1, null where nothing was labelled.
pub(super) fn figures(cases: &[Case], read: &[Parsed]) -> Value {
    let [mut pck, mut town, mut name, mut phone, mut detail, mut whole] =
        std::array::from_fn::<Share, 6, _>(|_| Share::default());
    let [mut silent, mut recall, mut ok_to_human] = std::array::from_fn::<Share, 3, _>(|_| Share::default());
    for (case, read) in cases.iter().zip(read) {
        let gold = &case.gold;
        let sure = case.verdict != Verdict::NeedsHuman;
        let knowable = gold.province.is_some()
            && (sure || !case.defects.iter().any(|defect| UNKNOWABLE.contains(&defect.as_str())));
        let right = Right::of(gold, read);
        if knowable {
            pck.add(right.divisions);
            if gold.town.is_some() {
                town.add(right.town);
            }
            if gold.detail.is_some() {
                detail.add(right.detail);
            }
        }
        if gold.name.is_some() && sure {
            name.add(right.name);
        }
        if gold.phone.is_some() {
            phone.add(right.phone);
        }
        if sure && knowable && gold.phone.is_some() && gold.name.is_some() {
            whole.add(right.divisions && right.detail && right.phone && right.name);
        }
        let asked = read.verdict == Verdict::NeedsHuman;
        silent.add(!asked && (!sure || !right.divisions || gold.phone.is_some() && !right.phone));
        if sure {
            if case.verdict == Verdict::Ok {
                ok_to_human.add(asked);
            }
        } else {
            recall.add(asked);
        }
    }
    json!({
        "lines": cases.len(), "pck": pck.value(), "town": town.value(), "name": name.value(), "phone": phone.value(), "detail": detail.value(),
        "whole_line": whole.value(), "silent_error": silent.value(), "needs_human_recall": recall.value(), "ok_sent_to_human": ok_to_human.value(),
    })
}

/// What of a line is right.
struct Right {
    divisions: bool,
    town: bool,
    name: bool,
    phone: bool,
    detail: bool,
}

impl Right {
    fn of(gold: &Gold, read: &Parsed) -> Self {
        let same =
            |read: &Option<String>, gold: &Option<String>| stem(read.as_deref()) == stem(gold.as_deref());
        let without_city = gold.province.as_deref().is_some_and(|it| {
            matches!(it, "北京市" | "天津市" | "上海市" | "重庆市") || it.ends_with("特别行政区")
        });
        let city = same(&read.city, &gold.city)
            || without_city && (read.city.is_none() || read.city == gold.province);
        let county = match &gold.county {
            Some(_) => same(&read.county, &gold.county),
            None => read.county.is_none() || read.county == gold.county_accept,
        };
        let name = |name: &Option<String>| plain(name.as_deref().unwrap_or_default());
        Self {
            divisions: gold.province.is_some() && same(&read.province, &gold.province) && city && county,
            town: same(&read.town, &gold.town),
            name: name(&read.name) == name(&gold.name),
            phone: is_same_number(gold, read),
            detail: is_near(gold, read),
        }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn stem(name: Option<&str>) -> String {
    let name = plain(name.unwrap_or_default());
    let stem = KINDS.iter().find_map(|kind| name.strip_suffix(kind)).filter(|stem| stem.chars().count() > 1);
    stem.map_or(name.clone(), str::to_owned)
}

fn is_same_number(gold: &Gold, read: &Parsed) -> bool {
    let digits = |number: Option<&String>| {
        number.map(|it| it.chars().filter(char::is_ascii_digit).collect::<String>()).unwrap_or_default()
    };
    let number = digits(read.phone.as_ref());
    !number.is_empty() && (number == digits(gold.phone.as_ref()) || number == digits(gold.phone_alt.as_ref()))
}

/// Whether a detail is as good as the right one; town and zone may stand in it when they were not read apart.
fn is_near(gold: &Gold, read: &Parsed) -> bool {
    let (Some(right), Some(detail)) = (&gold.detail, &read.detail) else { return false };
    let (right, mut detail) = (plain(right), plain(detail));
    for part in
        [gold.town.as_ref().filter(|_| read.town.is_none()), gold.devzone.as_ref()].into_iter().flatten()
    {
        if let Some(rest) = detail.strip_prefix(plain(part).as_str()) {
            detail = rest.to_owned();
        }
    }
    let (a, b): (Vec<char>, Vec<char>) = (right.chars().collect(), detail.chars().collect());
    let common = longest_common(&a, &b) as f64;
    2.0 * common >= NEAR * (a.len() + b.len()) as f64
}

/// Length of the longest common subsequence.
fn longest_common(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut before = 0;
        for (place, y) in b.iter().enumerate() {
            let above = row.get(place + 1).copied().unwrap_or(0);
            let left = row.get(place).copied().unwrap_or(0);
            if let Some(cell) = row.get_mut(place + 1) {
                *cell = if x == y { before + 1 } else { above.max(left) };
            }
            before = above;
        }
    }
    row.last().copied().unwrap_or(0)
}
