//! Stock (库存): recording movements, looking at the books, what others report, and putting sums right.

mod look;
mod recipes;
mod record;
mod repair;
mod reports;

pub use look::{StockMovements, StockPage, StockQuery, StockView};
pub use recipes::RecipeView;
pub(crate) use record::{Approval, record_in};
pub use record::{NewMovement, StockRecorded};
pub use repair::{RepairedSku, StockRepair};
pub use reports::{NewStockReport, ReportView};

use std::collections::BTreeSet;

use livehand_kernel::{Phrase, SkuId, display_text};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_trade::stock::Recipes;

use crate::Error;

/// Longest id of a SKU or a movement, in bytes.
const ID_BYTES_MAX: usize = 64;

/// An id that can be stored and shown.
pub(super) fn checked_id(field: &str, id: &str) -> Result<(), Error> {
    if !id.is_empty() && id.len() <= ID_BYTES_MAX && display_text(id) == id {
        return Ok(());
    }
    let expected = Phrase::new(
        format!("1 to {ID_BYTES_MAX} bytes that can be shown"),
        format!("1 到 {ID_BYTES_MAX} 字节的可见字符"),
    );
    let found = Phrase::new(format!("{} bytes", id.len()), format!("{} 字节", id.len()));
    Err(Error::field(field, expected, found))
}

/// All recipes. They were checked before they were stored, so one that cannot be used now is damage.
pub(super) async fn load_recipes(tx: &Tx) -> Result<Recipes, storage::Error> {
    let stored = storage::stock_recipes::all(tx).await?;
    Recipes::new(stored)
        .map_err(|fault| storage::Error::Unusable(format!("the stored recipes are damaged: {fault}")))
}

/// The SKUs that shows on air sell, with everything that they are made of. A product without SKUs is its own.
async fn on_air_skus(tx: &Tx, recipes: &Recipes) -> Result<BTreeSet<SkuId>, storage::Error> {
    let mut on_air = BTreeSet::new();
    for product in storage::shows::products_on_air(tx).await? {
        let mut skus: Vec<SkuId> =
            storage::skus::of_product(tx, &product).await?.into_iter().map(|row| row.id).collect();
        skus.push(SkuId(product.0));
        for sku in skus {
            on_air.extend(recipes.demand(&[(sku.clone(), 1)]).unwrap_or_default().into_keys());
            on_air.insert(sku);
        }
    }
    Ok(on_air)
}

/// Two people have to agree, because a show is on air with it.
fn needs_second_person() -> (&'static str, Phrase) {
    (
        "needs_second_person",
        Phrase::new(
            "A show is on air with it: ask for the change, and a second person approves it",
            "商品正在直播，请提交申请，由另一人复核",
        ),
    )
}
