//! Development zones: those of the package, with what our table says of them, and those that only our table has.

use std::collections::BTreeMap;

use super::assemble::Division;
use super::changes::{Changes, Zone};
use super::packages::Listing;

/// Kinds of zones, the longer before the shorter, and how they are said.
const KINDS: &[(&str, &[&str])] = &[
    ("高新技术产业开发区", &["高新技术产业开发区", "高新技术开发区", "高新区"]),
    ("高新技术产业园区", &["高新技术产业园区", "高新技术产业开发区", "高新区"]),
    ("高技术产业开发区", &["高技术产业开发区", "高新技术产业开发区", "高新区"]),
    ("高新技术开发区", &["高新技术开发区", "高新技术产业开发区", "高新区"]),
    ("经济技术开发区", &["经济技术开发区", "经济开发区", "经开区", "开发区"]),
    ("经济开发区", &["经济开发区", "经济技术开发区", "经开区", "开发区"]),
    ("城乡一体化示范区", &["城乡一体化示范区", "示范区"]),
];

/// What stands behind the names of provinces and cities.
const KINDS_ABOVE: &[&str] =
    &["壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "地区", "省", "市", "盟"];

/// Codes that statistics give to zones among the codes of counties end so.
pub const LAST_DIGITS: std::ops::RangeInclusive<u32> = 71..=79;

/// All zones.
pub fn zones(listing: &Listing, changes: &Changes, divisions: &BTreeMap<u32, Division>) -> Vec<Zone> {
    let mut zones = changes.zones.clone();
    for (code, name) in &listing.areas {
        let ours = changes.zones.iter().any(|zone| zone.code == Some(*code));
        if LAST_DIGITS.contains(&(code % 100)) && !ours {
            let (city, name) = (code / 100 * 100, name.clone());
            zones.push(Zone { city, code: Some(*code), name, host: None, aliases: Vec::new() });
        }
    }
    for zone in &mut zones {
        let above = [zone.city, zone.city / 10_000 * 10_000]
            .map(|code| divisions.get(&code).map(|it| it.name.as_str()));
        let by_rule = aliases(&zone.name, &above.into_iter().flatten().collect::<Vec<_>>());
        for alias in by_rule {
            if alias != zone.name && !zone.aliases.contains(&alias) {
                zone.aliases.push(alias);
            }
        }
    }
    zones.sort();
    zones
}

/// Names by rule: without the province and the city before it, and with its kind as it is said.
fn aliases(name: &str, above: &[&str]) -> Vec<String> {
    let mut bare = name;
    while let Some(shorter) = above.iter().find_map(|it| without(bare, it)) {
        bare = shorter;
    }
    let city = above.first().copied().unwrap_or_default();
    let city = KINDS_ABOVE.iter().find_map(|kind| city.strip_suffix(kind)).unwrap_or(city);
    let Some((proper, said)) = KINDS.iter().find_map(|(kind, said)| Some((bare.strip_suffix(kind)?, said)))
    else {
        return if bare == name { Vec::new() } else { vec![bare.to_owned()] };
    };
    // 徐州经济技术开发区 is also 徐州经开区 and, in its city, 经开区. 港经济开发区 of 东营港经济开发区 is nothing.
    let mut aliases: Vec<String> = said.iter().map(|kind| format!("{city}{proper}{kind}")).collect();
    if proper.chars().count() != 1 {
        aliases.extend(said.iter().map(|kind| format!("{proper}{kind}")));
    }
    aliases
}

/// What follows a name of the province or the city, whole or short.
fn without<'name>(name: &'name str, above: &str) -> Option<&'name str> {
    let short = KINDS_ABOVE.iter().find_map(|kind| above.strip_suffix(kind)).unwrap_or(above);
    let rest = name.strip_prefix(above).or_else(|| name.strip_prefix(short));
    rest.filter(|rest| rest.chars().count() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_said_without_what_is_above_and_with_short_kinds() {
        let aliases = |name| aliases(name, &["唐山市", "河北省"]);
        let said = aliases("河北唐山海港经济开发区");
        assert!(
            said.contains(&"海港经开区".to_owned()) && said.contains(&"唐山海港经济技术开发区".to_owned())
        );
        let said = aliases("唐山高新技术产业开发区");
        assert!(said.contains(&"唐山高新区".to_owned()) && said.contains(&"高新区".to_owned()));
        assert_eq!(aliases("唐山市汉沽管理区"), ["汉沽管理区"]);
        assert!(aliases("龙感湖管理区").is_empty());
    }
}
