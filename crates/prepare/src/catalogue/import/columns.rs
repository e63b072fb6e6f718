//! What the columns of a sheet mean: guessed from their headers, and put right by whoever knows better. Columns are known by
//! their names, never by their places, because shops move them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalogue::field::{FIELDS, Field};
use crate::catalogue::text::{half_width, plain_name};
use crate::catalogue::value::Unit;
use crate::sheet::Cell;

/// Headers of the product's id.
const PRODUCT: &[&str] = &[
    "商品ID",
    "商品编号",
    "产品ID",
    "产品编号",
    "SPU",
    "SPUID",
    "SPU编码",
    "商品SPU",
    "商品ID链接",
    "product_id",
];
/// Headers of the SKU's id.
const SKU: &[&str] = &["SKUID", "SKU编号", "规格ID", "商品SKUID", "sku_id", "SKU"];
/// Headers of columns that each hold one part of the spec.
const SPEC_PARTS: &[&str] =
    &["颜色", "尺码", "尺寸", "鞋码", "口味", "净含量", "款式", "容量", "型号", "色号"];
/// Headers of what a list price rests on.
const LIST_EVIDENCE: &[&str] = &["划线价依据", "划线价凭证", "划线价证据", "吊牌价依据", "原价依据"];
/// Headers that name no fact although they sound like one.
const NOT_MEANT: &[&str] = &["序号", "编号", "赠品库存", "赠品价值", "直播间", "主播"];

/// How sure a guess is, in percent: the very name, another name of it, and a part of a longer header.
const EXACT: u8 = 100;
const ALIAS: u8 = 95;
const PART_OF_SPEC: u8 = 80;
const WITHIN: u8 = 60;

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The id of the product.
    Product,
    /// The id of the SKU.
    Sku,
    /// A fact, by the code of its field.
    Fact(&'static str),
    /// One part of the spec, by its name.
    Spec(String),
    /// What proves a fact.
    Evidence(&'static str),
}

impl Target {
    /// The target with this code: `product`, `sku`, a field, `spec:<name>` or `evidence:<field>`.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split_once(':') {
            None if code == "product" => Some(Self::Product),
            None if code == "sku" => Some(Self::Sku),
            None => Field::of(code).map(|field| Self::Fact(field.code)),
            Some(("spec", name)) if !name.trim().is_empty() && name.len() <= 60 => {
                Some(Self::Spec(name.trim().to_owned()))
            }
            Some(("evidence", field)) => Field::of(field).map(|field| Self::Evidence(field.code)),
            Some(_) => None,
        }
    }

    /// Its code.
    pub fn code(&self) -> String {
        match self {
            Self::Product => "product".to_owned(),
            Self::Sku => "sku".to_owned(),
            Self::Fact(code) => (*code).to_owned(),
            Self::Spec(name) => format!("spec:{name}"),
            Self::Evidence(field) => format!("evidence:{field}"),
        }
    }
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its place, from 1.
    pub column: u32,
    /// Its header.
    pub header: String,
    /// The code of what it means; absent if it is left aside.
    pub field: Option<String>,
    /// How sure that is, in percent.
    pub confidence: u8,
}

impl Column {
    /// What it means.
    pub fn target(&self) -> Option<Target> {
        self.field.as_deref().and_then(Target::from_code)
    }

    /// How its amounts are written: the header says so in brackets.
    pub fn unit(&self) -> Unit {
        let header = half_width(&self.header).replace(' ', "");
        if header.contains("(分)") || header.contains("[分]") || header.ends_with("/分") {
            Unit::Fen
        } else {
            Unit::Yuan
        }
    }
}

/// What all columns of a sheet mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// From left to right.
    pub columns: Vec<Column>,
}

/// Guesses what columns mean by their headers. No two mean the same.
pub fn guess_columns(header: &[Cell]) -> Mapping {
    let names: Vec<String> = header.iter().map(|cell| plain_name(&cell.text)).collect();
    let mut guesses: Vec<(u8, usize, Target)> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        guesses.extend(guesses_of(name).into_iter().map(|(sure, target)| (sure, place, target)));
    }
    guesses.sort_by_key(|(sure, place, _)| (std::cmp::Reverse(*sure), *place));
    let mut taken = BTreeSet::new();
    let mut columns: Vec<Column> = (1..).zip(header).map(|(column, cell)| left_aside(column, cell)).collect();
    for (confidence, place, target) in guesses {
        let Some(column) = columns.get_mut(place).filter(|column| column.field.is_none()) else { continue };
        if taken.insert(target.clone()) {
            (column.field, column.confidence) = (Some(target.code()), confidence);
        }
    }
    Mapping { columns }
}

fn left_aside(column: u32, cell: &Cell) -> Column {
    Column { column, header: cell.text.clone(), field: None, confidence: 0 }
}

/// What one header may mean, and how surely.
fn guesses_of(name: &str) -> Vec<(u8, Target)> {
    let is = |names: &[&str]| names.iter().any(|other| plain_name(other) == name);
    if name.is_empty() || is(NOT_MEANT) {
        return Vec::new();
    }
    for (names, target) in
        [(PRODUCT, Target::Product), (SKU, Target::Sku), (LIST_EVIDENCE, Target::Evidence("list_price"))]
    {
        if is(names) {
            return vec![(ALIAS, target)];
        }
    }
    for field in FIELDS {
        if is(&[field.zh, field.code, field.en]) {
            return vec![(EXACT, Target::Fact(field.code))];
        }
        if is(field.aliases) {
            return vec![(ALIAS, Target::Fact(field.code))];
        }
    }
    if let Some(part) = SPEC_PARTS.iter().find(|part| plain_name(part) == name) {
        return vec![(PART_OF_SPEC, Target::Spec((*part).to_owned()))];
    }
    within(name).map(|field| (WITHIN, Target::Fact(field.code))).into_iter().collect()
}

/// The one field whose name makes up at least half of a longer header.
fn within(name: &str) -> Option<&'static Field> {
    let length = |text: &str| text.chars().count();
    let names = |field: &'static Field| [field.zh].into_iter().chain(field.aliases.iter().copied());
    let fits = |field: &&'static Field| {
        names(field)
            .map(plain_name)
            .any(|part| length(&part) >= 2 && name.contains(&part) && length(&part) * 2 >= length(name))
    };
    let mut found = FIELDS.iter().filter(fits);
    let field = found.next()?;
    found.next().is_none().then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &[&str]) -> Vec<(String, u8)> {
        let cells: Vec<Cell> = headers.iter().copied().map(Cell::plain).collect();
        let columns = guess_columns(&cells).columns;
        columns.into_iter().map(|column| (column.field.unwrap_or_default(), column.confidence)).collect()
    }

    #[test]
    fn headers_are_known_by_many_names_and_in_any_order() {
        let headers = [
            "直播价（元）",
            "*品名",
            "货号",
            "SKU ID",
            "讲解时长",
            "颜色",
            "控价",
            "机制",
            "商品 ID",
            "吊牌价",
            "序号",
        ];
        let fields: Vec<String> = guessed(&headers).into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            [
                "live_price",
                "name",
                "merchant_code",
                "sku",
                "",
                "spec:颜色",
                "floor_price",
                "gifts",
                "product",
                "list_price",
                ""
            ]
        );
    }

    #[test]
    fn of_two_columns_that_could_mean_the_same_the_surer_one_does() {
        assert_eq!(guessed(&["到手价", "直播价"]), [(String::new(), 0), ("live_price".to_owned(), 100)]);
        assert_eq!(guessed(&["618直播价"]), [("live_price".to_owned(), 60)]);
        assert_eq!(guessed(&["库存赠品"]), [(String::new(), 0)], "it could be either");
    }

    #[test]
    fn a_header_may_say_that_its_amounts_are_in_fen() {
        let unit =
            |header: &str| Column { column: 1, header: header.to_owned(), field: None, confidence: 0 }.unit();
        assert_eq!(
            (unit("直播价（分）"), unit("直播价(元)"), unit("评分")),
            (Unit::Fen, Unit::Yuan, Unit::Yuan)
        );
    }

    #[test]
    fn codes_of_targets_come_back() {
        for code in ["product", "sku", "live_price", "spec:尺码", "evidence:list_price"] {
            assert_eq!(Target::from_code(code).map(|target| target.code()).as_deref(), Some(code));
        }
        for unknown in ["", "spec:", "evidence:x", "price", "a:b"] {
            assert_eq!(Target::from_code(unknown), None, "{unknown}");
        }
    }
}
