//! The synthetic show that the demo plays: products, a crew, and when the crew does what.

use std::collections::BTreeSet;

use livehand_kernel::{Fen, Hat, Phrase};
use livehand_live::{AMOUNT_FEN_MAX, CardLevel, FieldError, ID_BYTES_MAX, TEXT_BYTES_MAX};
use serde::Deserialize;

/// Largest catalogue, in products: as many as a line-up may have links.
pub const PRODUCTS_MAX: usize = 500;

/// The file in `demo/`.
const SHOW_618: &str = include_str!("../../../demo/show618.json");

/// A show to be played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Always true: nothing in it is real.
    pub synthetic: bool,
    /// Title.
    pub title: String,
    /// Kind of show.
    pub kind: String,
    /// Who works on it.
    pub crew: Vec<CrewMember>,
    /// How long each product is on stage, s.
    pub slot_seconds: u32,
    /// What is sold, in the order of the line-up.
    pub products: Vec<CatalogueProduct>,
    /// Cards that the crew pushes.
    pub cues: Vec<Cue>,
    /// Markers and notes.
    pub records: Vec<Record>,
}

/// A made-up member of the crew.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrewMember {
    /// Name.
    pub name: String,
    /// Hats.
    pub hats: Vec<Hat>,
}

/// A made-up product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueProduct {
    /// Id.
    pub id: String,
    /// Link number.
    pub link_number: i64,
    /// Name.
    pub name: String,
    /// Category, for people who read the file.
    pub category: String,
    /// Live price.
    pub price_fen: Fen,
}

/// A card at a moment of the show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// Seconds after the demo begins.
    pub at_s: u32,
    /// How urgent.
    pub level: CardLevel,
    /// What to do or say.
    pub text: String,
}

/// Whether a record is a marker or a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A marker.
    Marker,
    /// A note.
    Note,
}

/// A marker or a note at a moment of the show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Seconds after the demo begins.
    pub at_s: u32,
    /// Marker or note.
    pub kind: RecordKind,
    /// Text.
    pub text: String,
}

/// Why a catalogue cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not the JSON of a catalogue; the source names line and column.
    #[error("the catalogue cannot be read")]
    Json(#[from] serde_json::Error),
    /// Readable, but wrong.
    #[error("the catalogue is wrong")]
    Field(#[from] FieldError),
}

impl Catalogue {
    /// Reads a catalogue and checks it.
    ///
    /// # Errors
    /// [`CatalogueError`] names the line of what is not JSON, or the field that is wrong.
    pub fn load(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Catalogue = serde_json::from_str(text)?;
        catalogue.check()?;
        Ok(catalogue)
    }

    fn check(&self) -> Result<(), FieldError> {
        if !self.synthetic {
            let expected = Phrase::new("true: a played show is made up", "true：演示场次必须是合成数据");
            return Err(FieldError::new("synthetic", expected, Phrase::literal("false")));
        }
        check_text("title", &self.title, ID_BYTES_MAX)?;
        if self.slot_seconds == 0 {
            return Err(wrong("slot_seconds", "at least 1", "至少 1", "0"));
        }
        self.check_crew()?;
        self.check_products()?;
        let cues = self.cues.iter().map(|cue| (cue.at_s, &cue.text));
        let records = self.records.iter().map(|record| (record.at_s, &record.text));
        check_script("cues", cues)?;
        check_script("records", records)
    }

    fn check_crew(&self) -> Result<(), FieldError> {
        for (index, member) in self.crew.iter().enumerate() {
            check_text(&format!("crew[{index}].name"), &member.name, ID_BYTES_MAX)?;
            if member.hats.is_empty() {
                return Err(wrong(&format!("crew[{index}].hats"), "at least one hat", "至少一个岗位", "[]"));
            }
        }
        Ok(())
    }

    fn check_products(&self) -> Result<(), FieldError> {
        if self.products.len() > PRODUCTS_MAX {
            let (en, zh) =
                (format!("at most {PRODUCTS_MAX} products"), format!("最多 {PRODUCTS_MAX} 个商品"));
            let found = Phrase::literal(self.products.len().to_string());
            return Err(FieldError::new("products", Phrase::new(en, zh), found));
        }
        let (mut ids, mut links) = (BTreeSet::new(), BTreeSet::new());
        for (index, product) in self.products.iter().enumerate() {
            let field = |name: &str| format!("products[{index}].{name}");
            check_text(&field("id"), &product.id, ID_BYTES_MAX)?;
            check_text(&field("name"), &product.name, TEXT_BYTES_MAX)?;
            if !ids.insert(&product.id) {
                return Err(wrong(&field("id"), "an id of its own", "不重复的编号", &product.id));
            }
            let link = product.link_number;
            if link < 1 || !links.insert(link) {
                let number = link.to_string();
                return Err(wrong(
                    &field("link_number"),
                    "a number from 1 of its own",
                    "不重复的正整数",
                    &number,
                ));
            }
            if !(1..=AMOUNT_FEN_MAX).contains(&product.price_fen.0) {
                let price = product.price_fen.0.to_string();
                return Err(wrong(
                    &field("price_fen"),
                    "a price in fen above 0",
                    "大于 0 的价格（分）",
                    &price,
                ));
            }
        }
        Ok(())
    }
}

/// The script is played from front to back, so its times may not go backwards.
fn check_script<'a>(list: &str, entries: impl Iterator<Item = (u32, &'a String)>) -> Result<(), FieldError> {
    let mut last = 0;
    for (index, (at_s, text)) in entries.enumerate() {
        check_text(&format!("{list}[{index}].text"), text, TEXT_BYTES_MAX)?;
        if at_s < last {
            let found = at_s.to_string();
            let field = format!("{list}[{index}].at_s");
            return Err(wrong(&field, "a time not before the entry above", "不早于上一条的时间", &found));
        }
        last = at_s;
    }
    Ok(())
}

fn check_text(field: &str, text: &str, bytes_max: usize) -> Result<(), FieldError> {
    if text.trim().is_empty() {
        return Err(wrong(field, "text that is not empty", "非空文本", "\"\""));
    }
    if text.len() > bytes_max {
        let expected = Phrase::new(format!("at most {bytes_max} bytes"), format!("不超过 {bytes_max} 字节"));
        return Err(FieldError::new(field, expected, Phrase::literal(text.len().to_string())));
    }
    Ok(())
}

fn wrong(field: &str, en: &'static str, zh: &'static str, found: &str) -> FieldError {
    FieldError::new(field, Phrase::new(en, zh), Phrase::literal(found.to_owned()))
}

/// The demo's show.
///
/// # Errors
/// If the file in `demo/` is damaged; it is part of the program, and a test reads it.
pub fn show_618() -> Result<Catalogue, CatalogueError> {
    Catalogue::load(SHOW_618)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_demo_show_is_whole_and_says_that_it_is_made_up() {
        let show = show_618().unwrap();
        assert!(show.synthetic && show.title.contains("合成数据"));
        assert!(show.crew.iter().all(|member| member.name.contains("演示")));
        let links: Vec<i64> = show.products.iter().map(|product| product.link_number).collect();
        assert_eq!(links, (1..=36).collect::<Vec<_>>());
        let hats: Vec<Hat> = show.crew.iter().filter_map(|member| member.hats.first().copied()).collect();
        assert_eq!(hats, [Hat::Anchor, Hat::FloorDirector, Hat::Assistant]);
        let play_s = show.slot_seconds * 36;
        assert!(show.cues.iter().any(|cue| cue.at_s > play_s / 2), "the script lasts for the line-up");
        for level in [CardLevel::Red, CardLevel::Yellow, CardLevel::Green] {
            assert!(show.cues.iter().any(|cue| cue.level == level));
        }
    }

    #[test]
    fn a_damaged_catalogue_is_refused_by_the_name_of_the_field() {
        let change = |pointer: &str, value: Value| {
            let mut show: Value = serde_json::from_str(SHOW_618).unwrap();
            *show.pointer_mut(pointer).unwrap() = value;
            match Catalogue::load(&show.to_string()).unwrap_err() {
                CatalogueError::Field(error) => error.to_string(),
                CatalogueError::Json(error) => error.to_string(),
            }
        };
        let messages = [
            change("/synthetic", json!(false)),
            change("/title", json!("  ")),
            change("/slot_seconds", json!(0)),
            change("/crew/0/hats", json!([])),
            change("/products/3/id", json!("demo-01")),
            change("/products/3/link_number", json!(0)),
            change("/products/3/link_number", json!(1)),
            change("/products/3/price_fen", json!(-1)),
            change("/cues/1/at_s", json!(1)),
            change("/records/0/text", json!("")),
        ];
        insta::assert_snapshot!(messages.join("\n"));
        assert!(change("/products/3/price_fen", json!(12.5)).contains("12.5"));
        assert!(change("/crew/0/hats", json!(["pilot"])).contains("pilot"));
        assert!(matches!(Catalogue::load("{"), Err(CatalogueError::Json(_))));
    }
}
