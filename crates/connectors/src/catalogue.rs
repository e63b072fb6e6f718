//! The synthetic show that the demo plays.

use livehand_kernel::{Fen, Hat};
use livehand_live::CardLevel;
use serde::Deserialize;

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
    /// Seconds after the beginning.
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
    /// Seconds after the beginning.
    pub at_s: u32,
    /// Marker or note.
    pub kind: RecordKind,
    /// Text.
    pub text: String,
}

/// The demo's show.
///
/// # Errors
/// If the file in `demo/` is damaged; it is part of the program, and a test reads it.
pub fn show_618() -> Result<Catalogue, serde_json::Error> {
    serde_json::from_str(SHOW_618)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_demo_show_is_whole_and_says_that_it_is_made_up() {
        let show = super::show_618().unwrap();
        assert!(show.synthetic && show.title.contains("合成数据"));
        assert_eq!(show.products.len(), 36);
        let links: BTreeSet<_> = show.products.iter().map(|product| product.link_number).collect();
        assert_eq!(links.len(), 36);
        assert_eq!(show.crew.len(), 3);
    }
}
