//! Names of towns as the package has them, and as they are.

/// What statistics put behind names, and what is meant. A street that is called after a street, 金融街街道, is right.
const ENDINGS: &[(&str, &str)] =
    &[("街道办事处街道", "街道"), ("办事处街道", "街道"), ("街道街道", "街道"), ("街道办事处", "街道")];

/// Rows that exist for counting only.
const FOR_COUNTING: &[&str] = &["直辖村级", "类似乡级", "乡级单位"];

/// What has to be left of a name without the names above it: 街道 alone is none.
const CHARACTERS_MIN: usize = 3;

/// Whether a row of the package is no place that anybody would write.
pub fn for_counting_only(name: &str) -> bool {
    // 金门县 stands as its own town.
    name == "街道" || name == "金门县" || FOR_COUNTING.iter().any(|it| name.contains(it))
}

/// The name of a town without the names of what is above it, and with its kind once.
pub fn clean(name: &str, above: &[&str]) -> String {
    let mut bare = name;
    while let Some(shorter) = above.iter().find_map(|it| {
        bare.strip_prefix(it).filter(|rest| !it.is_empty() && rest.chars().count() >= CHARACTERS_MIN)
    }) {
        bare = shorter;
    }
    for (ending, right) in ENDINGS {
        if let Some(stem) = bare.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            return format!("{stem}{right}");
        }
    }
    bare.to_owned()
}

/// Kinds of towns, the longer before the shorter.
const KINDS: &[&str] = &["民族苏木", "民族乡", "街道", "办事处", "苏木", "地区", "镇", "乡"];

/// Nationalities that towns are called after most often.
const NATIONALITIES: &[&str] = &[
    "蒙古族",
    "朝鲜族",
    "土家族",
    "布依族",
    "哈萨克族",
    "达斡尔族",
    "鄂温克族",
    "鄂伦春族",
    "傈僳族",
    "仡佬族",
    "哈尼族",
    "拉祜族",
    "纳西族",
    "锡伯族",
    "塔吉克族",
    "柯尔克孜族",
    "维吾尔族",
    "东乡族",
    "裕固族",
    "赫哲族",
    "各族",
    "回族",
    "满族",
    "苗族",
    "侗族",
    "瑶族",
    "彝族",
    "壮族",
    "黎族",
    "藏族",
    "白族",
    "傣族",
    "畲族",
    "水族",
    "土族",
    "羌族",
    "佤族",
];

/// What stays of the name of a town when its kind changes: 新村回族乡 and 新村镇 have the same.
pub fn stem(name: &str) -> &str {
    let shorter = |name: &'_ str, endings: &[&str]| {
        let length = endings.iter().find_map(|it| name.strip_suffix(it)).filter(|it| it.chars().count() > 1);
        length.map_or(name.len(), str::len)
    };
    let bare = name.get(..shorter(name, KINDS)).unwrap_or(name);
    bare.get(..shorter(bare, NATIONALITIES)).unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_has_its_own_name_only() {
        let cases = [
            ("济源市沁园街道", "济源市", "沁园街道"),
            ("濮阳县柳屯镇", "濮阳县", "柳屯镇"),
            ("新城办事处街道", "梅县区", "新城街道"),
            ("额鲁特街道办事处", "阿拉善左旗", "额鲁特街道"),
            ("金融街街道", "西城区", "金融街街道"),
            ("城区街道", "城区", "城区街道"),
        ];
        for (name, county, expected) in cases {
            assert_eq!(clean(name, &["", county]), expected);
        }
    }

    #[test]
    fn a_stem_outlives_the_kind() {
        assert_eq!(stem("新村回族乡"), stem("新村镇"));
        assert_eq!((stem("古镇镇"), stem("乡镇"), stem("金融街街道")), ("古镇", "乡镇", "金融街"));
    }

    #[test]
    fn what_is_there_for_counting_is_no_town() {
        assert!(for_counting_only("向阳区直辖村级区划") && for_counting_only("街道"));
        assert!(!for_counting_only("西溪街道"));
    }
}
