//! SKUs (规格): what of a product can be bought. What is known of them are facts; here they only have their place.

use livehand_kernel::{Millis, ProductId, SkuId};

use crate::{Error, Tx, sql};

/// A SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuRow {
    /// Id; the platform's or the shop's, where there is one.
    pub id: SkuId,
    /// Whose it is.
    pub product_id: ProductId,
    /// Its place among the SKUs of its product, from 1.
    pub position: i64,
    /// When it was added.
    pub created_at: Millis,
    /// When it was taken out of use.
    pub disabled_at: Option<Millis>,
    /// The edit that added it.
    pub edit: Option<String>,
}

impl SkuRow {
    /// Whether it can be sold.
    pub fn is_in_use(&self) -> bool {
        self.disabled_at.is_none()
    }
}

type Columns = (String, String, i64, i64, Option<i64>, Option<String>);

fn row((id, product_id, position, created_at, disabled_at, edit): Columns) -> SkuRow {
    SkuRow {
        id: SkuId(id),
        product_id: ProductId(product_id),
        position,
        created_at: Millis(created_at),
        disabled_at: disabled_at.map(Millis),
        edit,
    }
}

/// Adds a SKU.
///
/// # Errors
/// [`Error::Conflict`] if the id is taken or the product does not exist.
pub async fn insert(tx: &Tx, sku: &SkuRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO skus (id, product_id, position, created_at, disabled_at, edit_id) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let args = vec![
        sku.id.as_str().into(),
        sku.product_id.as_str().into(),
        sku.position.into(),
        sku.created_at.into(),
        sku.disabled_at.into(),
        sku.edit.clone().into(),
    ];
    tx.run("adding a SKU", sql, args).await.map(|_| ())
}

/// The SKU with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &SkuId) -> Result<Option<SkuRow>, Error> {
    let sql =
        sql!("SELECT id, product_id, position, created_at, disabled_at, edit_id FROM skus WHERE id = $1");
    Ok(tx.one::<Columns>("finding a SKU", sql, vec![id.as_str().into()]).await?.map(row))
}

/// The SKUs of a product in their order, those out of use too.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_product(tx: &Tx, product: &ProductId) -> Result<Vec<SkuRow>, Error> {
    let sql = sql!(
        "SELECT id, product_id, position, created_at, disabled_at, edit_id FROM skus WHERE product_id = $1 \
         ORDER BY position, id"
    );
    let rows = tx.all::<Columns>("listing the SKUs of a product", sql, vec![product.as_str().into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// The SKUs that one edit added.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_edit(tx: &Tx, edit: &str) -> Result<Vec<SkuRow>, Error> {
    let sql = sql!(
        "SELECT id, product_id, position, created_at, disabled_at, edit_id FROM skus WHERE edit_id = $1 ORDER BY id"
    );
    let rows = tx.all::<Columns>("listing the SKUs of an edit", sql, vec![edit.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// All SKUs, by product and in their order, those out of use too.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_all(tx: &Tx) -> Result<Vec<SkuRow>, Error> {
    let sql = sql!(
        "SELECT id, product_id, position, created_at, disabled_at, edit_id FROM skus ORDER BY product_id, position, id"
    );
    Ok(tx.all::<Columns>("listing all SKUs", sql, Vec::new()).await?.into_iter().map(row).collect())
}

/// Takes a SKU out of use, or with no time back into it; false if there is none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_disabled(tx: &Tx, id: &SkuId, at: Option<Millis>) -> Result<bool, Error> {
    let sql = sql!("UPDATE skus SET disabled_at = $2 WHERE id = $1");
    Ok(tx.run("disabling a SKU", sql, vec![id.as_str().into(), at.into()]).await? == 1)
}
