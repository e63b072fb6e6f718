//! To whom orders go: names and numbers that nobody has, in places that there are.

use livehand_address::divisions::{Code, Division, Divisions, Level};

use super::Draw;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "罗", "高", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田",
    "董", "潘", "袁", "蔡", "蒋", "余",
];
const GIVEN: &[&str] = &[
    "晓雯", "子涵", "丽娟", "志强", "雨桐", "建华", "婷", "敏", "静怡", "浩然", "秀英", "佳琪", "明", "桂兰",
    "思远", "欣妍", "小燕", "文博", "海燕", "玉梅", "俊杰", "梦洁", "春花", "伟", "一诺", "若曦", "立新",
    "红霞",
];
const PREFIXES: &[&str] =
    &["135", "136", "138", "139", "150", "151", "158", "159", "177", "182", "186", "187", "188", "199"];
const ROADS: &[&str] = &[
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "和平路",
    "文化路",
    "新华路",
    "迎宾大道",
    "滨河路",
    "学府路",
    "东风路",
    "育才路",
    "工业路",
    "长江路",
    "黄河路",
    "幸福路",
    "兴业路",
    "光明路",
];
const ESTATES: &[&str] = &[
    "阳光花园",
    "万科城",
    "碧桂园",
    "金色家园",
    "紫荆苑",
    "锦绣华庭",
    "翠竹小区",
    "盛世名门",
    "龙湖天街",
    "水岸新城",
    "世纪花园",
    "和谐家园",
];

/// To whom an order goes, as the columns of an export have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whom {
    /// Name.
    pub name: String,
    /// Number.
    pub phone: String,
    /// 省, as it was picked; empty where everything was written into one field.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区, 县.
    pub county: String,
    /// 街道.
    pub town: String,
    /// The rest.
    pub detail: String,
}

impl Whom {
    /// Whether the platform hides nothing of it.
    pub fn is_clear(&self) -> bool {
        !self.detail.contains('*')
    }
}

/// A county with what it lies in.
#[derive(Clone, Copy)]
struct Place {
    province: &'static Division,
    city: &'static Division,
    county: &'static Division,
}

fn places() -> Vec<Place> {
    let table = Divisions::built_in();
    let counties = table.all().iter().filter(|it| it.level == Level::County && !it.code.in_municipality());
    let place = |county: &'static Division| {
        let city = table.get(county.parent?)?;
        let province = table.get(city.parent?)?;
        // Where nothing is sent, and where counties belong to no city.
        let sent = !matches!(province.code, Code(710_000 | 810_000 | 820_000));
        (city.level == Level::Prefecture && sent).then_some(Place { province, city, county })
    };
    counties.filter_map(place).collect()
}

fn place(draw: &mut Draw) -> Place {
    static PLACES: std::sync::LazyLock<Vec<Place>> = std::sync::LazyLock::new(places);
    *draw.one(&PLACES)
}

fn name(draw: &mut Draw) -> String {
    if draw.happens(3) {
        return draw.one(&["小太阳", "糖糖妈妈", "老张", "阿哲", "刘女士", "陈先生"]).to_string();
    }
    format!("{}{}", draw.one(SURNAMES), draw.one(GIVEN))
}

fn phone(draw: &mut Draw) -> String {
    let number = format!("{}{:08}", draw.one(PREFIXES), draw.between(0, 99_999_999));
    match draw.below(100) {
        // Platforms lend out numbers with an extension.
        0..=3 => format!("{number}-{:04}", draw.between(0, 9_999)),
        4..=5 => format!("{} {} {}", &number[..3], &number[3..7], &number[7..]),
        _ => number,
    }
}

fn detail(draw: &mut Draw) -> String {
    let (road, number) = (*draw.one(ROADS), draw.between(1, 1_999));
    let estate = *draw.one(ESTATES);
    let (block, unit, room) = (draw.between(1, 30), draw.between(1, 4), draw.between(101, 2_604));
    match draw.below(8) {
        0 => format!("{road}{number}号{estate}{block}栋{room}"),
        1 => format!("{road}{number}号{estate}{block}号楼{unit}单元{room}室"),
        2 => format!("{estate}{block}幢{unit}-{room}"),
        3 => format!("{road}{number}号"),
        4 => format!("{estate}{block}-{unit}-{room}"),
        5 => format!("{road}与{}交叉口{estate}{block}栋{room}", draw.one(ROADS)),
        6 => format!("{road}{number}号{estate}{block}栋{room}（放门口快递柜）"),
        _ => format!("{road}{number}号附{block}号{}商铺", draw.between(1, 99)),
    }
}

/// A recipient who can be found, written in one of the ways in which buyers write.
pub(super) fn whom(draw: &mut Draw) -> Whom {
    let it = place(draw);
    let (name, phone, detail) = (name(draw), phone(draw), detail(draw));
    let whole = format!("{}{}{}", it.province.name, it.city.name, it.county.name);
    let picked = |detail: String| picked(it, name.clone(), phone.clone(), detail);
    let written = |detail: String| Whom {
        province: String::new(),
        city: String::new(),
        county: String::new(),
        town: String::new(),
        ..picked(detail)
    };
    match draw.below(100) {
        0..=44 => picked(detail),
        45..=54 => {
            let towns = Divisions::built_in().towns_of(it.county.code);
            let town = if towns.is_empty() { String::new() } else { draw.one(towns).name.to_owned() };
            Whom { town, ..picked(detail) }
        }
        // What was picked stands in the rest once more.
        55..=61 => picked(format!("{whole}{detail}")),
        62..=74 => written(format!("{whole}{detail}")),
        75..=81 => written(format!("{}{}{}{detail}", it.province.short, it.city.short, it.county.name)),
        82..=88 => written(format!("{}{}{detail}", it.city.name, it.county.name)),
        89..=92 => written(format!("{} {} {} {detail}", it.province.name, it.city.name, it.county.name)),
        93..=94 => picked(wide(&detail)),
        _ => Whom {
            name: format!("{}**", name.chars().next().unwrap_or('林')),
            phone: format!("{}****{:04}", draw.one(PREFIXES), draw.between(0, 9_999)),
            ..picked("****".to_owned())
        },
    }
}

fn picked(it: Place, name: String, phone: String, detail: String) -> Whom {
    Whom {
        name,
        phone,
        province: it.province.name.to_owned(),
        city: it.city.name.to_owned(),
        county: it.county.name.to_owned(),
        town: String::new(),
        detail,
    }
}

/// Another address of the same person.
pub(super) fn elsewhere(draw: &mut Draw, whom: &Whom) -> Whom {
    let (it, detail) = (place(draw), detail(draw));
    picked(it, whom.name.clone(), whom.phone.clone(), detail)
}

fn wide(text: &str) -> String {
    let widened = |c: char| match c {
        '0'..='9' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(widened).collect()
}

/// An address with which nobody can send anything for sure.
pub(super) fn wrong_address(draw: &mut Draw) -> Whom {
    let it = place(draw);
    let (name, phone, detail) = (name(draw), phone(draw), detail(draw));
    let right = picked(it, name, phone, detail.clone());
    let other = loop {
        let other = place(draw);
        if other.province.code != it.province.code {
            break other;
        }
    };
    match draw.below(6) {
        // Nothing but the county.
        0 => Whom { detail: String::new(), ..right },
        // The county is in another province.
        1 => Whom { county: other.county.name.to_owned(), ..right },
        // One address was picked, another one is written.
        2 => Whom {
            detail: format!("{}{}{}{detail}", other.province.name, other.city.name, other.county.name),
            ..right
        },
        // A county of which there are several, and nothing else.
        3 => {
            let county = *draw.one(&["鼓楼区", "朝阳区", "铁西区", "城关区", "新华区", "桥西区"]);
            let empty = String::new;
            Whom {
                province: empty(),
                city: empty(),
                county: empty(),
                detail: format!("{county}{detail}"),
                ..right
            }
        }
        // Nobody finds that.
        4 => Whom {
            detail: (*draw.one(&["学校门口", "到了打电话", "老地方", "村口小卖部旁边"])).to_owned(),
            ..right
        },
        // A street and no place.
        _ => {
            let empty = String::new;
            Whom { province: empty(), city: empty(), county: empty(), detail, ..right }
        }
    }
}

/// A number that nobody has.
pub(super) fn wrong_phone(draw: &mut Draw) -> Whom {
    let it = place(draw);
    let right = picked(it, name(draw), phone(draw), detail(draw));
    let number = format!("{}{:08}", draw.one(PREFIXES), draw.between(0, 99_999_999));
    let phone = match draw.below(4) {
        0 => number[..10].to_owned(),
        1 => format!("{number}{}", draw.between(0, 9)),
        2 => format!("12{}", &number[2..]),
        _ => String::new(),
    };
    Whom { phone, ..right }
}
