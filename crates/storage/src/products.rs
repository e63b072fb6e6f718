//! Products: so far what a screen and a host need.

use livehand_kernel::{Fen, Millis, ProductId};

use crate::statement::containing;
use crate::{Error, Tx, sql};

/// A product (商品).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRow {
    /// Id; the platform's, where there is one.
    pub id: ProductId,
    /// Name.
    pub name: String,
    /// Live price.
    pub price: Fen,
    /// Link number (链接号): the 3 of "link 3".
    pub link_number: i64,
    /// When it was added.
    pub created_at: Millis,
}

pub(crate) type Columns = (String, String, i64, i64, i64);

pub(crate) fn row((id, name, price, link_number, created_at): Columns) -> ProductRow {
    ProductRow { id: ProductId(id), name, price: Fen(price), link_number, created_at: Millis(created_at) }
}

/// Adds a product.
///
/// # Errors
/// [`Error::Conflict`] if the id is taken.
pub async fn insert(tx: &Tx, product: &ProductRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO products (id, name, price_fen, link_number, created_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let args = vec![
        product.id.as_str().into(),
        (&product.name).into(),
        product.price.0.into(),
        product.link_number.into(),
        product.created_at.into(),
    ];
    tx.run("adding a product", sql, args).await.map(|_| ())
}

/// The product with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &ProductId) -> Result<Option<ProductRow>, Error> {
    let sql = sql!("SELECT id, name, price_fen, link_number, created_at FROM products WHERE id = $1");
    Ok(tx.one::<Columns>("finding a product", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Products by link number, those after `after` (link number, id), whose name contains `search`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(
    tx: &Tx,
    search: Option<&str>,
    after: Option<&ProductId>,
    limit: i64,
) -> Result<Vec<ProductRow>, Error> {
    let sql = sql!(
        "SELECT id, name, price_fen, link_number, created_at FROM products \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(name) LIKE LOWER($1) ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR (link_number, id) > (SELECT link_number, id FROM products WHERE id = $2)) \
         ORDER BY link_number, id LIMIT $3"
    );
    let pattern = search.map(containing);
    let args = vec![pattern.into(), after.map(|id| id.0.clone()).into(), limit.into()];
    Ok(tx.all::<Columns>("listing products", sql, args).await?.into_iter().map(row).collect())
}
