//! Short names by rule.

use super::types::{Code, Level, TownKind};

/// Nationalities as they stand in names of divisions, the longer before the shorter.
const NATIONALITIES: &[&str] = &[
    "柯尔克孜族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "鄂伦春族",
    "哈萨克族",
    "塔吉克族",
    "塔塔尔族",
    "维吾尔族",
    "达斡尔族",
    "柯尔克孜",
    "土家族",
    "布依族",
    "朝鲜族",
    "哈尼族",
    "傈僳族",
    "仡佬族",
    "拉祜族",
    "东乡族",
    "纳西族",
    "景颇族",
    "撒拉族",
    "布朗族",
    "毛南族",
    "仫佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "蒙古族",
    "德昂族",
    "保安族",
    "裕固族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "高山族",
    "哈萨克",
    "塔吉克",
    "维吾尔",
    "鄂温克",
    "各族",
    "汉族",
    "回族",
    "藏族",
    "苗族",
    "彝族",
    "壮族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "傣族",
    "黎族",
    "佤族",
    "畲族",
    "水族",
    "土族",
    "羌族",
    "怒族",
    "京族",
    "独龙族",
    "蒙古",
    "锡伯",
    "民族",
];

/// What stands behind the name of a division, the longer before the shorter.
const OF_PROVINCES: &[&str] = &["特别行政区", "自治区", "省", "市"];
const OF_PREFECTURES: &[&str] = &["自治州", "地区", "盟", "市", "州"];
const OF_COUNTIES: &[&str] = &["自治县", "自治旗", "林区", "特区", "矿区", "新区", "区", "县", "市"];
const OF_TOWNS: &[&str] = &["民族苏木", "民族乡", "街道办事处", "办事处", "街道", "苏木", "地区", "镇", "乡"];

/// The least that a short name has.
const CHARACTERS_MIN: usize = 2;

/// The name of a division as it is spoken.
pub(super) fn short_of(level: Level, name: &'static str) -> &'static str {
    let kinds = match level {
        Level::Province => OF_PROVINCES,
        Level::Prefecture => OF_PREFECTURES,
        Level::County => OF_COUNTIES,
    };
    let bare = without_kind(name, kinds);
    // Only autonomous divisions bear nationalities: 东乡 is a place, 东乡族自治县 has the name of a people.
    let autonomous = bare.len() < name.len() && name.contains("自治");
    if autonomous { without_nationalities(bare) } else { bare }
}

/// The name of a town without its kind and its nationality.
pub(super) fn short_of_town(name: &'static str) -> &'static str {
    let bare = without_kind(name, OF_TOWNS);
    if bare.len() < name.len() { without_nationalities(bare) } else { bare }
}

/// The kind of a town.
pub(super) fn kind_of_town(name: &str) -> TownKind {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&["街道", "街道办事处"]) {
        TownKind::Street
    } else if ends(&["镇"]) {
        TownKind::Town
    } else if ends(&["乡"]) {
        TownKind::Township
    } else if ends(&["苏木"]) {
        TownKind::Sumu
    } else {
        TownKind::Other
    }
}

/// Names between the whole one and the short one: 长阳土家族自治县 gives 长阳自治县 and 长阳县, 湘西土家族苗族自治州 gives 湘西州.
pub(super) fn between(code: Code, name: &str, short: &str) -> Vec<String> {
    if !name.contains("自治") || short == name {
        return Vec::new();
    }
    let endings: &[&str] = match code.level() {
        Level::Province => &["自治区", "区"],
        Level::Prefecture => &["自治州", "州"],
        Level::County if name.ends_with('旗') => &["自治旗", "旗"],
        Level::County => &["自治县", "县"],
    };
    endings.iter().map(|ending| format!("{short}{ending}")).filter(|it| it != name).collect()
}

fn without_kind(name: &'static str, kinds: &[&str]) -> &'static str {
    let shorter = |kind: &&str| name.strip_suffix(*kind).filter(|bare| long_enough(bare));
    kinds.iter().find_map(shorter).unwrap_or(name)
}

fn without_nationalities(name: &'static str) -> &'static str {
    let mut bare = name;
    while let Some(shorter) = NATIONALITIES
        .iter()
        .find_map(|people| bare.strip_suffix(people).filter(|shorter| long_enough(shorter)))
    {
        bare = shorter;
    }
    // 鄂伦春自治旗 and 东乡族自治县 are named after their people alone.
    if bare == name { bare.strip_suffix('族').filter(|it| long_enough(it)).unwrap_or(bare) } else { bare }
}

fn long_enough(name: &str) -> bool {
    name.chars().nth(CHARACTERS_MIN - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_as_people_say_them() {
        let provinces = [
            ("浙江省", "浙江"),
            ("内蒙古自治区", "内蒙古"),
            ("新疆维吾尔自治区", "新疆"),
            ("北京市", "北京"),
        ];
        let prefectures = [
            ("湘西土家族苗族自治州", "湘西"),
            ("延边朝鲜族自治州", "延边"),
            ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
            ("锡林郭勒盟", "锡林郭勒"),
            ("喀什地区", "喀什"),
            ("杭州市", "杭州"),
        ];
        let counties = [
            ("长阳土家族自治县", "长阳"),
            ("隆林各族自治县", "隆林"),
            ("东乡族自治县", "东乡"),
            ("鄂伦春自治旗", "鄂伦春"),
            ("鄂温克族自治旗", "鄂温克"),
            ("莫力达瓦达斡尔族自治旗", "莫力达瓦"),
            ("科尔沁左翼后旗", "科尔沁左翼后旗"),
            ("塔什库尔干塔吉克自治县", "塔什库尔干"),
            ("沙县区", "沙县"),
            ("莲湖区", "莲湖"),
            ("通县", "通县"),
            ("城区", "城区"),
            ("井陉矿区", "井陉"),
            ("神农架林区", "神农架"),
            ("浦东新区", "浦东"),
            ("镇坪县", "镇坪"),
        ];
        let levels = [
            (Level::Province, &provinces[..]),
            (Level::Prefecture, &prefectures[..]),
            (Level::County, &counties[..]),
        ];
        for (level, pairs) in levels {
            for (name, short) in pairs {
                assert_eq!(short_of(level, name), *short);
            }
        }
    }

    #[test]
    fn short_names_of_towns_have_neither_kind_nor_nationality() {
        let towns = [
            ("西溪街道", "西溪", TownKind::Street),
            ("金融街街道", "金融街", TownKind::Street),
            ("古镇镇", "古镇", TownKind::Town),
            ("新村回族乡", "新村", TownKind::Township),
            ("下沙镇", "下沙", TownKind::Town),
            ("莫尔道嘎镇", "莫尔道嘎", TownKind::Town),
            ("巴彦鄂温克民族苏木", "巴彦", TownKind::Sumu),
            ("南大港管理区", "南大港管理区", TownKind::Other),
        ];
        for (name, short, kind) in towns {
            assert_eq!((short_of_town(name), kind_of_town(name)), (short, kind), "{name}");
        }
    }
}
