//! Products. Their rows mirror the facts that lists and screens need.

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

/// A product as lists have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProduct {
    /// Its row.
    pub product: ProductRow,
    /// Code of its category; empty if it has none.
    pub category: String,
    /// Brand; empty if it has none.
    pub brand: String,
    /// draft, in_review, ready or disabled.
    pub status: String,
    /// How many SKUs are in use.
    pub skus: i64,
    /// How many facts its category needs.
    pub required: i64,
    /// Codes of those that were missing when its facts last changed.
    pub missing: Vec<String>,
    /// When the first of its papers runs out.
    pub expires_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct Listed {
    id: String,
    name: String,
    price_fen: i64,
    link_number: i64,
    created_at: i64,
    category: String,
    brand: String,
    status: String,
    skus: i64,
    required: i64,
    missing: String,
    expires_at: Option<i64>,
}

impl From<Listed> for ListedProduct {
    fn from(it: Listed) -> Self {
        Self {
            product: row((it.id, it.name, it.price_fen, it.link_number, it.created_at)),
            category: it.category,
            brand: it.brand,
            status: it.status,
            skus: it.skus,
            required: it.required,
            missing: it.missing.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            expires_at: it.expires_at.map(Millis),
        }
    }
}

/// Which products to list.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Part of the id, name, brand, an alias, a code or the link number, in any case.
    pub search: Option<String>,
    /// Code of the category.
    pub category: Option<String>,
    /// draft, in_review, ready or disabled.
    pub status: Option<String>,
    /// Only those to which at this moment something is missing.
    pub incomplete_at: Option<Millis>,
    /// Only those behind this one.
    pub after: Option<ProductId>,
    /// At most so many.
    pub limit: i64,
}

/// Adds a product. Its facts are written apart.
///
/// # Errors
/// [`Error::Conflict`] if the id is taken.
pub async fn insert(tx: &Tx, product: &ProductRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO products (id, name, price_fen, link_number, created_at, search) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let args = vec![
        product.id.as_str().into(),
        (&product.name).into(),
        product.price.0.into(),
        product.link_number.into(),
        product.created_at.into(),
        product.name.to_lowercase().as_str().into(),
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

/// The ids of all products.
///
/// # Errors
/// [`Error`] of the database.
pub async fn ids(tx: &Tx) -> Result<Vec<ProductId>, Error> {
    let sql = sql!("SELECT id FROM products ORDER BY id");
    let rows: Vec<(String,)> = tx.all("listing the ids of products", sql, Vec::new()).await?;
    Ok(rows.into_iter().map(|(id,)| ProductId(id)).collect())
}

/// Products by link number.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &ProductFilter) -> Result<Vec<ListedProduct>, Error> {
    let sql = sql!(
        "SELECT id, name, price_fen, link_number, created_at, category, brand, status, required, missing, expires_at, \
         (SELECT COUNT(*) FROM skus s WHERE s.product_id = p.id AND s.disabled_at IS NULL) AS skus FROM products p \
         WHERE (CAST($1 AS TEXT) IS NULL OR search LIKE $1 ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR category = $2) AND (CAST($3 AS TEXT) IS NULL OR status = $3) \
         AND (CAST($4 AS BIGINT) IS NULL OR missing <> '' OR required = 0 OR expires_at <= $4) \
         AND (CAST($5 AS TEXT) IS NULL OR (link_number, id) > (SELECT link_number, id FROM products WHERE id = $5)) \
         ORDER BY link_number, id LIMIT $6"
    );
    let pattern = filter.search.as_deref().map(|text| containing(&text.to_lowercase()));
    let args = vec![
        pattern.into(),
        filter.category.clone().into(),
        filter.status.clone().into(),
        filter.incomplete_at.into(),
        filter.after.as_ref().map(|id| id.0.clone()).into(),
        filter.limit.into(),
    ];
    Ok(tx.all::<Listed>("listing products", sql, args).await?.into_iter().map(Into::into).collect())
}
