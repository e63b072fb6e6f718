//! The catalogue (商品库): product cards, edits and their undoing, imports and exports. The rules stand in
//! `livehand_prepare::catalogue`; here they meet the tables.

mod add_product;
mod cards;
mod edit_facts;
mod export_products;
mod imports;
mod skus;
mod undo_edit;
mod write_facts;

pub use cards::{Card, ComparedRow, Comparison, EditPage, FoundProduct, FoundProducts, ProductQuery};
pub use edit_facts::{Edited, FactEdit, Given};
pub use imports::{Applied, ImportToApply, ImportView, MappedColumn};
pub use livehand_storage::fact_edits::EditRow as EditView;
pub use livehand_storage::facts::FactRow as FactView;
pub use livehand_storage::skus::SkuRow as SkuView;
pub use skus::NewSku;

use livehand_kernel::{Phrase, ProductId, display_text};
use livehand_live::FieldError;
use livehand_prepare::catalogue::Wrong;
use livehand_storage as storage;
use livehand_storage::Tx;

use crate::{Error, Fault};

/// Longest id of a product or SKU, in bytes.
const ID_BYTES_MAX: usize = 64;

/// An id that people can read, type and put into an address.
fn checked_id(field: &str, id: &str) -> Result<(), Error> {
    if !id.is_empty() && id.len() <= ID_BYTES_MAX && !id.contains(|char: char| char.is_control()) {
        return Ok(());
    }
    let expected = Phrase::new(format!("1 to {ID_BYTES_MAX} bytes"), format!("1 到 {ID_BYTES_MAX} 字节"));
    Err(Error::field(field, expected, Phrase::literal(format!("{} B", id.len()))))
}

/// What is wrong with a field of a request.
fn fault(field: String, wrong: Wrong) -> Fault {
    Fault { line: None, error: FieldError::new(&field, wrong.expected, wrong.found) }
}

/// A price that changes only with a second person while its product is on air.
fn needs_second_person(faults: Vec<Fault>) -> Error {
    let explanation = Phrase::new(
        "The product is on air: a second person has to approve this change",
        "该商品正在直播，改价须走双人复核",
    );
    Error::Refused { code: "needs_second_person", explanation, faults }
}

/// What somebody saw is no longer what is there.
fn stale(faults: Vec<Fault>) -> Error {
    let explanation =
        Phrase::new("Somebody else has changed this in the meantime", "已被其他人修改，请核对后再改");
    Error::Refused { code: "stale_edit", explanation, faults }
}

/// The words for a version of a fact and who wrote it.
fn version_words(row: Option<&FactView>) -> Phrase {
    match row {
        None => Phrase::new("none", "尚无版本"),
        Some(row) => {
            let (version, name) = (row.version, display_text(&row.fact.person_name));
            Phrase::new(format!("version {version}, {name}"), format!("第 {version} 版，{name}"))
        }
    }
}

/// Whether there is such a product.
async fn has_product(tx: &Tx, product: &ProductId) -> Result<bool, storage::Error> {
    Ok(storage::products::find(tx, product).await?.is_some())
}
