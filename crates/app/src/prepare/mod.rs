//! 播前: shows, products, line-ups, wording, the FAQ library.

mod catalogue;
mod faq;
mod lineup;
mod products;
mod propose_lineup;
mod read_sheet;
mod shows;
mod wording;

pub use catalogue::{
    Applied, Card, ComparedRow, Comparison, EditPage, EditView, Edited, FactEdit, FactView, FoundProduct,
    FoundProducts, Given, ImportToApply, ImportView, MappedColumn, NewSku, ProductQuery, SkuView,
};
pub(crate) use faq::entry_of as faq_entry_of;
pub use faq::{
    AilingFaq, FaqColumn, FaqHealth, FaqHealthQuery, FaqImport, FaqPackLoad, FaqPage, FaqPaste, FaqPlan,
    FaqQuery, FaqToWrite, FaqVersionView, FaqView, LearnedPage, LearnedQuery, LearnedView, NewLearned,
};
pub use lineup::LineupItem;
pub use products::{NewProduct, ProductPage, ProductView};
pub use propose_lineup::{LineupProposal, LineupWishes};
pub use read_sheet::{SheetFile, SheetReader, SheetReading};
pub(crate) use shows::{MAIN_ROOM, find_show, not_on_air};
pub use shows::{NewShow, ShowPage, ShowQuery, ShowView};
pub use wording::{Wording, WordingPack};

use livehand_kernel::{Phrase, display_text};

use crate::Error;

/// Longest title of a show or name of a product, in bytes.
const TITLE_BYTES_MAX: usize = 300;
/// Most rows of a list in one answer.
const PAGE_MAX: i64 = 200;
/// Rows of a list in one answer when nothing is said.
const PAGE_USUAL: i64 = 50;

/// How many rows to answer with.
pub(crate) fn page_size(asked: Option<i64>) -> Result<i64, Error> {
    let limit = asked.unwrap_or(PAGE_USUAL);
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    let expected = Phrase::new(format!("1 to {PAGE_MAX}"), format!("1 到 {PAGE_MAX}"));
    Err(Error::field("limit", expected, Phrase::literal(limit.to_string())))
}

/// A title or name that can be shown.
pub(crate) fn checked_title(field: &str, text: &str) -> Result<String, Error> {
    let shown = display_text(text);
    if !shown.is_empty() && shown.len() <= TITLE_BYTES_MAX {
        return Ok(shown);
    }
    let expected =
        Phrase::new(format!("1 to {TITLE_BYTES_MAX} bytes"), format!("1 到 {TITLE_BYTES_MAX} 字节"));
    let found = Phrase::new(format!("{} bytes", text.len()), format!("{} 字节", text.len()));
    Err(Error::field(field, expected, found))
}

/// One of a few codes.
pub(crate) fn checked_code(field: &str, known: &[&str], code: &str) -> Result<String, Error> {
    if known.contains(&code) {
        return Ok(code.to_owned());
    }
    let expected = known.join(", ");
    let expected = Phrase::new(format!("one of {expected}"), format!("以下之一：{expected}"));
    Err(Error::field(field, expected, Phrase::literal(display_text(code))))
}
