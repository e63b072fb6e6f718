//! Facts (事实) of products and their SKUs, in versions. What must never happen here: a statement that changes or deletes a
//! row, because somebody may have said aloud what it holds.

use livehand_kernel::{FactKey, FactRef, Millis, PersonId, ProductId, SkuId};
use serde_json::Value as Json;

use crate::{Error, Tx, Value, mirror, sql};

/// A fact to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFact {
    /// Which fact.
    pub key: FactKey,
    /// Its value; null says that there is none any more.
    pub value: Json,
    /// From when on it holds; absent for "at once".
    pub valid_from: Option<Millis>,
    /// Until when; absent for "until it is changed".
    pub valid_to: Option<Millis>,
    /// manual, import:<id>, change:<id>, undo:<version> or connector.
    pub source: String,
    /// Who wrote it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// When it was written.
    pub at: Millis,
    /// What proves it: a text, an address or a hash.
    pub evidence: Option<String>,
    /// The edit that it belongs to, by which it can be undone.
    pub edit: Option<String>,
}

/// One version of a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct FactRow {
    /// Its version, from 1.
    pub version: i64,
    /// Everything that was written.
    pub fact: NewFact,
}

impl FactRow {
    /// The fact as it can be quoted.
    pub fn reference(&self) -> FactRef {
        FactRef { fact: self.fact.key.clone(), version: self.version }
    }
}

#[derive(sqlx::FromRow)]
struct Columns {
    product_id: String,
    sku_id: String,
    field: String,
    version: i64,
    value: String,
    valid_from: Option<i64>,
    valid_to: Option<i64>,
    source: String,
    person_id: String,
    person_name: String,
    at: i64,
    evidence: Option<String>,
    edit_id: Option<String>,
}

fn row(columns: Columns) -> Result<FactRow, Error> {
    let value = serde_json::from_str(&columns.value).map_err(|_| {
        let (product, field) = (&columns.product_id, &columns.field);
        Error::Unusable(format!("the fact {field} of the product {product} is damaged"))
    })?;
    let sku = Some(columns.sku_id).filter(|id| !id.is_empty()).map(SkuId);
    let fact = NewFact {
        key: FactKey { product: ProductId(columns.product_id), sku, field: columns.field },
        value,
        valid_from: columns.valid_from.map(Millis),
        valid_to: columns.valid_to.map(Millis),
        source: columns.source,
        person_id: PersonId(columns.person_id),
        person_name: columns.person_name,
        at: Millis(columns.at),
        evidence: columns.evidence,
        edit: columns.edit_id,
    };
    Ok(FactRow { version: columns.version, fact })
}

fn rows(columns: Vec<Columns>) -> Result<Vec<FactRow>, Error> {
    columns.into_iter().map(row).collect()
}

/// The SKU as the table has it: empty for the product itself.
fn sku_text(key: &FactKey) -> &str {
    key.sku.as_ref().map(SkuId::as_str).unwrap_or_default()
}

fn key_args(key: &FactKey) -> Vec<Value> {
    vec![key.product.as_str().into(), sku_text(key).into(), (&key.field).into()]
}

/// Writes the next version of a fact and mirrors it in the product's row; its version.
///
/// # Errors
/// [`Error::Conflict`] if the product does not exist.
pub async fn append(tx: &Tx, fact: &NewFact) -> Result<i64, Error> {
    let version = insert(tx, fact).await?;
    mirror::refresh(tx, &fact.key.product).await?;
    Ok(version)
}

/// Writes the next versions of many facts, and mirrors each product once; the versions, in the order of the facts.
///
/// # Errors
/// [`Error::Conflict`] if a product does not exist.
pub async fn append_all(tx: &Tx, facts: &[NewFact]) -> Result<Vec<FactRef>, Error> {
    let mut written = Vec::with_capacity(facts.len());
    for fact in facts {
        written.push(FactRef { fact: fact.key.clone(), version: insert(tx, fact).await? });
    }
    let products: std::collections::BTreeSet<_> = facts.iter().map(|fact| &fact.key.product).collect();
    for product in products {
        mirror::refresh(tx, product).await?;
    }
    Ok(written)
}

/// Writes into the row of a product what its current facts and its SKUs in use say, after its SKUs changed.
///
/// # Errors
/// [`Error`] of the database.
pub async fn mirror(tx: &Tx, product: &ProductId) -> Result<(), Error> {
    mirror::refresh(tx, product).await
}

async fn insert(tx: &Tx, fact: &NewFact) -> Result<i64, Error> {
    let sql = sql!(
        "INSERT INTO facts (product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, \
         at, evidence, edit_id) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), COALESCE(MAX(version), 0) + 1, \
         CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), \
         CAST($10 AS BIGINT), CAST($11 AS TEXT), CAST($12 AS TEXT) FROM facts \
         WHERE product_id = $1 AND sku_id = $2 AND field = $3 RETURNING version"
    );
    let mut args = key_args(&fact.key);
    args.extend([
        fact.value.to_string().as_str().into(),
        fact.valid_from.into(),
        fact.valid_to.into(),
        (&fact.source).into(),
        fact.person_id.as_str().into(),
        (&fact.person_name).into(),
        fact.at.into(),
        fact.evidence.clone().into(),
        fact.edit.clone().into(),
    ]);
    let written: Option<(i64,)> = tx.one("writing a fact", sql, args).await?;
    written
        .map(|(version,)| version)
        .ok_or_else(|| Error::Unusable("a fact was written without a version".to_owned()))
}

/// The latest version of a fact; absent if it was never written.
///
/// # Errors
/// [`Error`] of the database.
pub async fn current(tx: &Tx, key: &FactKey) -> Result<Option<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts WHERE product_id = $1 AND sku_id = $2 AND field = $3 ORDER BY version DESC LIMIT 1"
    );
    tx.one::<Columns>("reading a fact", sql, key_args(key)).await?.map(row).transpose()
}

/// One version of a fact.
///
/// # Errors
/// [`Error`] of the database.
pub async fn version(tx: &Tx, fact: &FactRef) -> Result<Option<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts WHERE product_id = $1 AND sku_id = $2 AND field = $3 AND version = $4"
    );
    let mut args = key_args(&fact.fact);
    args.push(fact.version.into());
    tx.one::<Columns>("reading a version of a fact", sql, args).await?.map(row).transpose()
}

/// The latest versions of all facts of a product and its SKUs, by SKU and field; the product's own first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_product(tx: &Tx, product: &ProductId) -> Result<Vec<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts f WHERE product_id = $1 AND version = (SELECT MAX(version) FROM facts g \
         WHERE g.product_id = f.product_id AND g.sku_id = f.sku_id AND g.field = f.field) ORDER BY sku_id, field"
    );
    let args = vec![product.as_str().into()];
    rows(tx.all::<Columns>("reading the facts of a product", sql, args).await?)
}

/// The latest versions of all facts of all products, by product, SKU and field.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_all(tx: &Tx) -> Result<Vec<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts f WHERE version = (SELECT MAX(version) FROM facts g \
         WHERE g.product_id = f.product_id AND g.sku_id = f.sku_id AND g.field = f.field) \
         ORDER BY product_id, sku_id, field"
    );
    rows(tx.all::<Columns>("reading all facts", sql, Vec::new()).await?)
}

/// All versions of a fact, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn history(tx: &Tx, key: &FactKey) -> Result<Vec<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts WHERE product_id = $1 AND sku_id = $2 AND field = $3 ORDER BY version DESC"
    );
    rows(tx.all::<Columns>("reading the history of a fact", sql, key_args(key)).await?)
}

/// The newest versions of whatever facts a product and its SKUs have, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn history_of_product(tx: &Tx, product: &ProductId, limit: i64) -> Result<Vec<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts WHERE product_id = $1 ORDER BY at DESC, sku_id, field, version DESC LIMIT $2"
    );
    let args = vec![product.as_str().into(), limit.into()];
    rows(tx.all::<Columns>("reading the history of a product", sql, args).await?)
}

/// The facts that one edit wrote, by product, SKU, field and version.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_edit(tx: &Tx, edit: &str) -> Result<Vec<FactRow>, Error> {
    let sql = sql!(
        "SELECT product_id, sku_id, field, version, value, valid_from, valid_to, source, person_id, person_name, at, \
         evidence, edit_id FROM facts WHERE edit_id = $1 ORDER BY product_id, sku_id, field, version"
    );
    rows(tx.all::<Columns>("reading the facts of an edit", sql, vec![edit.into()]).await?)
}
