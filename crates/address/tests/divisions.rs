#![cfg(test)]
//! What the table of divisions says of places that have changed, and that it holds together.

use std::collections::BTreeSet;

use livehand_address::divisions::{Code, Division, Divisions, Level, TownKind};
use proptest::prelude::*;

fn table() -> &'static Divisions {
    Divisions::built_in()
}

fn get(code: u32) -> &'static Division {
    table().get(Code(code)).unwrap()
}

fn children(code: u32) -> Vec<&'static str> {
    table().children(Code(code)).map(|it| it.name).collect()
}

fn towns(county: u32) -> Vec<&'static str> {
    table().towns_of(Code(county)).iter().map(|it| it.name).collect()
}

fn heirs(name: &str, province: u32) -> Vec<Vec<u32>> {
    let past = table().past_named(name).filter(|it| it.province == Code(province));
    past.map(|it| it.heirs.iter().map(|heir| heir.0).collect()).collect()
}

#[test]
fn there_are_as_many_as_there_are() {
    let count = |level| table().all().iter().filter(|it| it.level == level).count();
    assert_eq!(count(Level::Province), 34);
    assert_eq!(count(Level::Prefecture), 333);
    assert_eq!(count(Level::County), 2_874);
    assert!((41_000..42_500).contains(&table().towns().len()), "{}", table().towns().len());
    assert!(table().past().len() > 3_000 && table().moves().len() > 300 && table().zones().len() > 250);
}

#[test]
fn the_file_is_small() {
    assert!(include_bytes!("../data/divisions.bin").len() <= 1_500_000);
}

#[test]
fn hangzhou_is_that_of_2021() {
    let hangzhou = children(330_100);
    for district in ["上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区", "临平区", "钱塘区"]
    {
        assert!(hangzhou.contains(&district), "{district}");
    }
    assert!(!hangzhou.contains(&"江干区") && !hangzhou.contains(&"下城区"));
    assert!(heirs("下城区", 330_000).contains(&vec![330_105]));
    assert!(heirs("江干", 330_000).contains(&vec![330_102, 330_114]));
    assert_eq!((get(330_113).since, get(330_114).since), (Some(2021), Some(2021)));
    assert!(towns(330_113).contains(&"塘栖镇") && towns(330_114).contains(&"下沙街道"));
    let moved = table().moves().iter().find(|it| it.from == Code(330_110) && it.to == Code(330_113)).unwrap();
    assert_eq!((moved.year, moved.towns.len()), (2021, 8));
}

#[test]
fn towns_of_yinzhou_went_to_haishu_in_2016() {
    let moved = table().moves().iter().find(|it| it.from == Code(330_212) && it.to == Code(330_203)).unwrap();
    let names: Vec<_> = table()
        .towns_of(Code(330_203))
        .iter()
        .filter(|town| moved.towns.contains(&town.code))
        .map(|town| town.name)
        .collect();
    assert_eq!(moved.year, 2016);
    for town in ["高桥镇", "横街镇", "集士港镇", "古林镇", "洞桥镇", "鄞江镇", "章水镇", "龙观乡", "石碶街道"]
    {
        assert!(names.contains(&town), "{town}");
        assert!(!towns(330_212).contains(&town), "{town}");
    }
}

#[test]
fn the_newest_divisions_are_there() {
    assert_eq!((get(653_229).name, get(653_228).name), ("和安县", "和康县"));
    assert_eq!((get(653_132).name, get(659_013).name), ("岑岭县", "草湖市"));
    assert_eq!((get(500_157).name, get(500_157).since), ("两江新区", Some(2025)));
    assert!(table().get(Code(500_105)).is_none() && table().get(Code(500_112)).is_none());
    assert!(
        heirs("江北区", 500_000).contains(&vec![500_157])
            && heirs("渝北区", 500_000).contains(&vec![500_157])
    );
    assert!(towns(500_157).contains(&"观音桥街道") && towns(500_157).contains(&"蔡家岗街道"));
    assert!(!towns(500_109).contains(&"蔡家岗街道"));
}

#[test]
fn zones_are_no_divisions() {
    let zone = |name: &str| {
        let zones = table().zones().iter();
        zones.filter(|it| it.name == name || it.aliases.contains(&name)).collect::<Vec<_>>()
    };
    for name in [
        "石家庄高新技术产业开发区",
        "苏州工业园区",
        "雄安新区",
        "沣东新城",
        "天府新区",
        "亦庄",
        "横琴新区",
        "市辖区",
    ] {
        assert!(table().named(name).is_empty(), "{name}");
    }
    assert_eq!(zone("苏州工业园区").first().map(|it| (it.city, it.host)), Some((Code(320_500), None)));
    assert_eq!(zone("亦庄").first().map(|it| (it.city, it.host)), Some((Code(110_000), Some(Code(110_115)))));
    assert_eq!(zone("横琴").first().map(|it| it.host), Some(Some(Code(440_402))));
    assert!(!zone("西咸新区沣东新城").is_empty() && !zone("滨海高新区").is_empty());
    assert!(zone("石家庄高新区").iter().any(|it| it.code == Some(Code(130_171))));
    assert_eq!(get(130_629).parent, Some(Code(130_600)), "容城县 stays a county of 保定");
}

#[test]
fn who_belongs_to_whom() {
    let city = |code| table().city_of(Code(code)).map(|it| it.name);
    assert_eq!(
        (city(110_105), city(500_157), city(330_106)),
        (Some("北京市"), Some("重庆市"), Some("杭州市"))
    );
    assert_eq!((city(429_004), city(419_001), city(659_001), city(469_001)), (None, None, None, None));
    assert_eq!(get(429_004).parent, Some(Code(420_000)));
    for (prefecture, town) in
        [(441_900, "虎门镇"), (442_000, "小榄镇"), (460_400, "那大镇"), (620_200, "雄关街道")]
    {
        assert!(children(prefecture).is_empty() && towns(prefecture).contains(&town), "{town}");
    }
    assert!(children(810_000).contains(&"油尖旺区") && children(820_000).contains(&"大堂区"));
    assert_eq!((get(710_000).name, children(710_000).len()), ("台湾省", 0));
}

#[test]
fn past_names_lead_to_what_is_there() {
    assert_eq!(heirs("襄樊市", 420_000), [[420_600]]);
    assert!(heirs("思茅市", 530_000).contains(&vec![530_800]));
    assert!(heirs("巢湖市", 340_000).contains(&vec![340_100, 340_200, 340_500]));
    assert!(heirs("崇文区", 110_000).contains(&vec![110_101]));
    assert!(heirs("涪陵市", 500_000).contains(&vec![500_102]));
    assert!(heirs("义马市", 410_000).iter().all(|it| it == &[411_281]));
    assert!(heirs("东莞县", 440_000).contains(&vec![441_900]));
    assert!(heirs("通县", 110_000).contains(&vec![110_112]));
    assert!(heirs("楚州", 320_000).contains(&vec![320_803]));
    let past = table().past_named("昌平县").next().unwrap();
    assert_eq!((past.ended, past.heir()), (1999, Some(Code(110_114))));
}

#[test]
fn towns_bear_their_own_name() {
    let doubled = ["街道办事处", "街道街道", "办事处街道"];
    for town in table().towns() {
        assert!(!doubled.iter().any(|it| town.name.ends_with(it)), "{}", town.name);
        let county = table().get(town.county).unwrap();
        let rest = town.name.strip_prefix(county.name).unwrap_or_default();
        assert!(rest.chars().count() < 3, "{} has the name of its county", town.name);
    }
    let qinyuan = table().towns_of(Code(419_001)).iter().find(|it| it.short == "沁园").unwrap();
    assert_eq!((qinyuan.name, qinyuan.kind), ("沁园街道", TownKind::Street));
    assert!(towns(110_102).contains(&"金融街街道"));
}

#[test]
fn past_towns_lead_to_towns() {
    let codes: BTreeSet<u32> = table().towns().iter().map(|it| it.code).collect();
    for past in table().past_towns() {
        assert!(table().get(past.county).is_some(), "{}", past.name);
        assert!(past.heir.is_none_or(|heir| codes.contains(&heir)), "{}", past.name);
        assert!(!towns(past.county.0).contains(&past.name), "{} is not past", past.name);
    }
    let minzhong = table().past_towns_of(Code(442_000)).iter().find(|it| it.name == "民众镇").unwrap();
    assert_eq!(minzhong.heir, Some(442_000_007));
}

#[test]
fn everything_that_is_named_exists() {
    let exists = |code: &Code| table().get(*code).is_some();
    let mut codes = BTreeSet::new();
    for town in table().towns() {
        assert!(exists(&town.county) && codes.insert(town.code), "{}", town.name);
        assert!(town.short.chars().count() > 1, "{}", town.name);
    }
    for past in table().past() {
        assert!(!past.heirs.is_empty() && past.heirs.iter().all(exists), "{}", past.name);
        assert!(past.heirs.is_sorted() && past.ended >= 1981, "{}", past.name);
        assert!(
            !past.heirs.iter().any(|it| *it == past.code && get(it.0).name == past.name),
            "{}",
            past.name
        );
    }
    for moved in table().moves() {
        assert!(exists(&moved.to) && moved.towns.iter().all(|it| codes.contains(it)));
    }
    for zone in table().zones() {
        assert!(exists(&zone.city) && zone.host.as_ref().is_none_or(exists), "{}", zone.name);
        assert!(
            zone.host.is_none_or(|host| table().city_of(host).is_none_or(|it| it.code == zone.city)),
            "{}",
            zone.name
        );
    }
    for division in table().all() {
        assert!(division.parent.as_ref().is_none_or(exists), "{}", division.name);
        assert!(division.short.chars().count() > 1, "{}", division.name);
    }
}

#[test]
fn short_names_and_names_by_hand_are_known() {
    let known = [
        ("浙江", 330_000),
        ("内蒙", 150_000),
        ("湘西州", 433_100),
        ("恩施州", 422_800),
        ("延边", 222_400),
        ("乌市", 650_100),
        ("呼市", 150_100),
        ("科左后旗", 150_522),
        ("长阳", 420_528),
        ("长阳县", 420_528),
        ("沙县", 350_405),
        ("莲湖", 610_104),
        ("敖汉", 150_430),
        ("前郭", 220_721),
        ("西双版纳", 532_800),
    ];
    for (name, code) in known {
        assert!(table().named(name).contains(&Code(code)), "{name}");
    }
    assert_eq!(table().named("朝阳").len(), 4, "the prefecture, its county, two districts");
    assert!(table().named("沙").is_empty());
}

proptest! {
    #[test]
    fn every_name_of_a_division_leads_to_it(at in 0..Divisions::built_in().all().len()) {
        let division = &table().all()[at];
        for alias in table().aliases(division) {
            prop_assert!(table().named(&alias).contains(&division.code), "{} for {}", alias, division.name);
        }
    }

    #[test]
    fn a_division_is_among_the_children_of_its_parent(at in 0..Divisions::built_in().all().len()) {
        let division = &table().all()[at];
        if let Some(parent) = division.parent {
            prop_assert!(table().children(parent).any(|it| it.code == division.code));
        }
    }
}
