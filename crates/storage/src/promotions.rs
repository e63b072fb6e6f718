//! Promotions (优惠), in versions. What must never happen here: a statement that changes or deletes a row.

use livehand_kernel::{Millis, PersonId, PromotionId};

use crate::statement::containing;
use crate::{Error, Tx, sql};

/// A version of a promotion to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromotion {
    /// Which.
    pub id: PromotionId,
    /// draft, published or ended.
    pub status: String,
    /// What it is called.
    pub name: String,
    /// Code of its kind.
    pub kind: String,
    /// When it begins.
    pub begins_at: Millis,
    /// When it has ended.
    pub ends_at: Millis,
    /// The whole promotion as JSON.
    pub body: String,
    /// Who wrote it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// When it was written.
    pub at: Millis,
}

/// One version of a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionRow {
    /// Its version, from 1.
    pub version: i64,
    /// Everything that was written.
    pub written: NewPromotion,
}

/// Which promotions to list.
#[derive(Clone, Debug, Default)]
pub struct PromotionFilter {
    /// Part of the name.
    pub search: Option<String>,
    /// draft, published or ended.
    pub status: Option<String>,
    /// The last of the page before.
    pub after: Option<PromotionId>,
    /// Most rows.
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    version: i64,
    status: String,
    name: String,
    kind: String,
    begins_at: i64,
    ends_at: i64,
    body: String,
    person_id: String,
    person_name: String,
    at: i64,
}

fn row(columns: Columns) -> PromotionRow {
    let written = NewPromotion {
        id: PromotionId(columns.id),
        status: columns.status,
        name: columns.name,
        kind: columns.kind,
        begins_at: Millis(columns.begins_at),
        ends_at: Millis(columns.ends_at),
        body: columns.body,
        person_id: PersonId(columns.person_id),
        person_name: columns.person_name,
        at: Millis(columns.at),
    };
    PromotionRow { version: columns.version, written }
}

/// Writes the version after `version`, 0 for a promotion that is new; false if somebody was faster.
///
/// # Errors
/// [`Error`] of the database.
pub async fn append(tx: &Tx, promotion: &NewPromotion, version: i64) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO promotions (id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at) \
         SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT) + 1, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), \
         CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS TEXT), \
         CAST($11 AS BIGINT) WHERE COALESCE((SELECT MAX(version) FROM promotions WHERE id = $1), 0) = CAST($2 AS BIGINT)"
    );
    let args = vec![
        promotion.id.as_str().into(),
        version.into(),
        (&promotion.status).into(),
        (&promotion.name).into(),
        (&promotion.kind).into(),
        promotion.begins_at.into(),
        promotion.ends_at.into(),
        (&promotion.body).into(),
        promotion.person_id.as_str().into(),
        (&promotion.person_name).into(),
        promotion.at.into(),
    ];
    Ok(tx.run("writing a promotion", sql, args).await? == 1)
}

/// The latest version of a promotion.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &PromotionId) -> Result<Option<PromotionRow>, Error> {
    let sql = sql!(
        "SELECT id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at FROM promotions \
         WHERE id = $1 ORDER BY version DESC LIMIT 1"
    );
    Ok(tx.one::<Columns>("finding a promotion", sql, vec![id.as_str().into()]).await?.map(row))
}

/// All versions of a promotion, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn history(tx: &Tx, id: &PromotionId) -> Result<Vec<PromotionRow>, Error> {
    let sql = sql!(
        "SELECT id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at FROM promotions \
         WHERE id = $1 ORDER BY version DESC"
    );
    let rows = tx.all::<Columns>("reading the history of a promotion", sql, vec![id.as_str().into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// The latest versions of promotions, newest promotion first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &PromotionFilter) -> Result<Vec<PromotionRow>, Error> {
    let sql = sql!(
        "SELECT id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at FROM promotions p \
         WHERE version = (SELECT MAX(version) FROM promotions q WHERE q.id = p.id) \
         AND (CAST($1 AS TEXT) IS NULL OR LOWER(name) LIKE LOWER($1) ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR status = $2) AND (CAST($3 AS TEXT) IS NULL OR id < $3) \
         ORDER BY id DESC LIMIT $4"
    );
    let args = vec![
        filter.search.as_deref().map(containing).into(),
        filter.status.clone().into(),
        filter.after.as_ref().map(|id| id.0.clone()).into(),
        filter.limit.into(),
    ];
    Ok(tx.all::<Columns>("listing promotions", sql, args).await?.into_iter().map(row).collect())
}

/// The promotions that are published and have not ended at `at`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn published(tx: &Tx, at: Millis) -> Result<Vec<PromotionRow>, Error> {
    let sql = sql!(
        "SELECT id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at FROM promotions p \
         WHERE status = 'published' AND ends_at > $1 \
         AND version = (SELECT MAX(version) FROM promotions q WHERE q.id = p.id) ORDER BY id"
    );
    let rows = tx.all::<Columns>("reading published promotions", sql, vec![at.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// All versions of all promotions, each promotion's in their order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn every(tx: &Tx) -> Result<Vec<PromotionRow>, Error> {
    let sql = sql!(
        "SELECT id, version, status, name, kind, begins_at, ends_at, body, person_id, person_name, at FROM promotions \
         ORDER BY id, version"
    );
    Ok(tx.all::<Columns>("reading every promotion", sql, Vec::new()).await?.into_iter().map(row).collect())
}
