//! Prices that were seen, and the breakers that a wrong one tripped.

use livehand_kernel::{Fen, Hat, Millis, PersonId, ProductId, ShowId};

use crate::{Error, Tx, sql};

/// A price that somebody or something saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRow {
    /// Id.
    pub id: String,
    /// In which show.
    pub show_id: Option<ShowId>,
    /// Of which product.
    pub product_id: ProductId,
    /// Of which SKU; empty for none.
    pub sku_id: String,
    /// script, spoken, page, payable or paid.
    pub kind: String,
    /// How much.
    pub price: Fen,
    /// When.
    pub at: Millis,
    /// How it came: `manual`, `order:<id>`, …
    pub source: String,
    /// Who saw it.
    pub person_name: String,
    /// Remark.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct SightingColumns {
    id: String,
    show_id: Option<String>,
    product_id: String,
    sku_id: String,
    kind: String,
    price_fen: i64,
    at: i64,
    source: String,
    person_name: String,
    note: String,
}

fn sighting(columns: SightingColumns) -> SightingRow {
    SightingRow {
        id: columns.id,
        show_id: columns.show_id.map(ShowId),
        product_id: ProductId(columns.product_id),
        sku_id: columns.sku_id,
        kind: columns.kind,
        price: Fen(columns.price_fen),
        at: Millis(columns.at),
        source: columns.source,
        person_name: columns.person_name,
        note: columns.note,
    }
}

/// Adds a sighting.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, seen: &SightingRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO price_sightings (id, show_id, product_id, sku_id, kind, price_fen, at, source, person_name, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let args = vec![
        (&seen.id).into(),
        seen.show_id.clone().map(|id| id.0).into(),
        seen.product_id.as_str().into(),
        (&seen.sku_id).into(),
        (&seen.kind).into(),
        seen.price.0.into(),
        seen.at.into(),
        (&seen.source).into(),
        (&seen.person_name).into(),
        (&seen.note).into(),
    ];
    tx.run("recording a price", sql, args).await.map(|_| ())
}

/// The last sighting of each kind of a product.
///
/// # Errors
/// [`Error`] of the database.
pub async fn latest(tx: &Tx, product: &ProductId) -> Result<Vec<SightingRow>, Error> {
    let sql = sql!(
        "SELECT s.id, s.show_id, s.product_id, s.sku_id, s.kind, s.price_fen, s.at, s.source, s.person_name, s.note \
         FROM price_sightings s WHERE s.product_id = $1 AND NOT EXISTS ( \
            SELECT 1 FROM price_sightings later WHERE later.product_id = s.product_id AND later.kind = s.kind \
            AND later.sku_id = s.sku_id AND (later.at, later.id) > (s.at, s.id)) \
         ORDER BY s.kind, s.sku_id"
    );
    let rows = tx.all::<SightingColumns>("reading prices", sql, vec![product.as_str().into()]).await?;
    Ok(rows.into_iter().map(sighting).collect())
}

/// A breaker (熔断).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerRow {
    /// Id.
    pub id: String,
    /// In which show.
    pub show_id: Option<ShowId>,
    /// Of which product nothing may be sold or explained.
    pub product_id: ProductId,
    /// The SKU whose price was wrong; empty for none.
    pub sku_id: String,
    /// Which of the five prices.
    pub kind: String,
    /// What was seen.
    pub seen: Fen,
    /// What it should have been.
    pub expected: Fen,
    /// When.
    pub tripped_at: Millis,
    /// Who lifted it first.
    pub first: Option<Lifter>,
    /// Who lifted it second: name and reason.
    pub second: Option<(String, String)>,
    /// When it was lifted.
    pub lifted_at: Option<Millis>,
}

/// Who lifted a breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifter {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they wore then.
    pub hats: Vec<Hat>,
    /// When.
    pub at: Millis,
    /// Why.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct BreakerColumns {
    id: String,
    show_id: Option<String>,
    product_id: String,
    sku_id: String,
    kind: String,
    seen_fen: i64,
    expected_fen: i64,
    tripped_at: i64,
    first_id: Option<String>,
    first_name: Option<String>,
    first_hats: Option<String>,
    first_at: Option<i64>,
    first_reason: Option<String>,
    second_name: Option<String>,
    second_reason: Option<String>,
    lifted_at: Option<i64>,
}

fn breaker(columns: BreakerColumns) -> BreakerRow {
    let hats = columns.first_hats.unwrap_or_default();
    let first = columns.first_id.map(|person| Lifter {
        person: PersonId(person),
        name: columns.first_name.unwrap_or_default(),
        hats: hats.split(' ').filter_map(Hat::from_code).collect(),
        at: Millis(columns.first_at.unwrap_or_default()),
        reason: columns.first_reason.unwrap_or_default(),
    });
    BreakerRow {
        id: columns.id,
        show_id: columns.show_id.map(ShowId),
        product_id: ProductId(columns.product_id),
        sku_id: columns.sku_id,
        kind: columns.kind,
        seen: Fen(columns.seen_fen),
        expected: Fen(columns.expected_fen),
        tripped_at: Millis(columns.tripped_at),
        first,
        second: columns.second_name.zip(columns.second_reason),
        lifted_at: columns.lifted_at.map(Millis),
    }
}

/// Trips a breaker.
///
/// # Errors
/// [`Error::Conflict`] if the product's is tripped already.
pub async fn trip(tx: &Tx, row: &BreakerRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO breakers (id, show_id, product_id, sku_id, kind, seen_fen, expected_fen, tripped_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let args = vec![
        (&row.id).into(),
        row.show_id.clone().map(|id| id.0).into(),
        row.product_id.as_str().into(),
        (&row.sku_id).into(),
        (&row.kind).into(),
        row.seen.0.into(),
        row.expected.0.into(),
        row.tripped_at.into(),
    ];
    tx.run("tripping a breaker", sql, args).await.map(|_| ())
}

/// The breaker with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_breaker(tx: &Tx, id: &str) -> Result<Option<BreakerRow>, Error> {
    let sql = sql!("SELECT * FROM breakers WHERE id = $1");
    Ok(tx.one::<BreakerColumns>("finding a breaker", sql, vec![id.into()]).await?.map(breaker))
}

/// The breaker that keeps a product from being sold, if any.
///
/// # Errors
/// [`Error`] of the database.
pub async fn tripped(tx: &Tx, product: &ProductId) -> Result<Option<BreakerRow>, Error> {
    let sql = sql!("SELECT * FROM breakers WHERE product_id = $1 AND lifted_at IS NULL");
    let row = tx.one::<BreakerColumns>("finding a breaker", sql, vec![product.as_str().into()]).await?;
    Ok(row.map(breaker))
}

/// Breakers, newest first; `tripped` only those that are not lifted.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list_breakers(tx: &Tx, tripped: bool, limit: i64) -> Result<Vec<BreakerRow>, Error> {
    let sql = sql!(
        "SELECT * FROM breakers WHERE ($1 = FALSE OR lifted_at IS NULL) ORDER BY tripped_at DESC, id DESC LIMIT $2"
    );
    let rows = tx.all::<BreakerColumns>("listing breakers", sql, vec![tripped.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(breaker).collect())
}

/// Writes who lifts it first; false if somebody did before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn lift_first(tx: &Tx, id: &str, lifter: &Lifter) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE breakers SET first_id = $2, first_name = $3, first_hats = $4, first_at = $5, first_reason = $6 \
         WHERE id = $1 AND first_id IS NULL AND lifted_at IS NULL"
    );
    let hats = lifter.hats.iter().map(|hat| hat.code()).collect::<Vec<_>>().join(" ");
    let args = vec![
        id.into(),
        lifter.person.as_str().into(),
        (&lifter.name).into(),
        (&hats).into(),
        lifter.at.into(),
        (&lifter.reason).into(),
    ];
    Ok(tx.run("lifting a breaker", sql, args).await? == 1)
}

/// Lifts it: somebody other than the first says so; false if it was lifted before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn lift_second(tx: &Tx, id: &str, lifter: &Lifter) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE breakers SET second_id = $2, second_name = $3, second_reason = $4, lifted_at = $5 \
         WHERE id = $1 AND first_id IS NOT NULL AND first_id <> $2 AND lifted_at IS NULL"
    );
    let args = vec![
        id.into(),
        lifter.person.as_str().into(),
        (&lifter.name).into(),
        (&lifter.reason).into(),
        lifter.at.into(),
    ];
    Ok(tx.run("lifting a breaker", sql, args).await? == 1)
}
