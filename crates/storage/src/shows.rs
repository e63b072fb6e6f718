//! Shows and their line-ups.

use livehand_kernel::{Millis, ProductId, RoomId, ShowId};

use crate::products::{self, ProductRow};
use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

/// A show (场次).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowRow {
    /// Id.
    pub id: ShowId,
    /// Where it happens.
    pub room_id: RoomId,
    /// Title.
    pub title: String,
    /// promotion, launch, daily, brand, clearance, festival.
    pub kind: String,
    /// live, recording, replay.
    pub mode: String,
    /// planned, on_air, ended.
    pub status: String,
    /// When it is to begin.
    pub planned_at: Option<Millis>,
    /// When it began.
    pub opened_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// When it was planned.
    pub created_at: Millis,
    /// Whether its audience is made up.
    pub synthetic: bool,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    room_id: String,
    title: String,
    kind: String,
    mode: String,
    status: String,
    planned_at: Option<i64>,
    opened_at: Option<i64>,
    ended_at: Option<i64>,
    created_at: i64,
    synthetic: bool,
}

fn row(columns: Columns) -> ShowRow {
    ShowRow {
        id: ShowId(columns.id),
        room_id: RoomId(columns.room_id),
        title: columns.title,
        kind: columns.kind,
        mode: columns.mode,
        status: columns.status,
        planned_at: columns.planned_at.map(Millis),
        opened_at: columns.opened_at.map(Millis),
        ended_at: columns.ended_at.map(Millis),
        created_at: Millis(columns.created_at),
        synthetic: columns.synthetic,
    }
}

/// Which shows to list.
#[derive(Clone, Debug, Default)]
pub struct ShowFilter {
    /// Part of the title, in any case.
    pub search: Option<String>,
    /// planned, on_air or ended.
    pub status: Option<String>,
    /// Only shows older than this one.
    pub after: Option<ShowId>,
    /// At most so many.
    pub limit: i64,
}

/// Adds a show.
///
/// # Errors
/// [`Error::Conflict`] if the room does not exist.
pub async fn insert(tx: &Tx, show: &ShowRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO shows (id, room_id, title, kind, mode, status, planned_at, opened_at, ended_at, created_at, synthetic) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let args = vec![
        show.id.as_str().into(),
        show.room_id.as_str().into(),
        (&show.title).into(),
        (&show.kind).into(),
        (&show.mode).into(),
        (&show.status).into(),
        show.planned_at.into(),
        show.opened_at.into(),
        show.ended_at.into(),
        show.created_at.into(),
        show.synthetic.into(),
    ];
    tx.run("adding a show", sql, args).await.map(|_| ())
}

/// The show with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &ShowId) -> Result<Option<ShowRow>, Error> {
    let sql = sql!(
        "SELECT id, room_id, title, kind, mode, status, planned_at, opened_at, ended_at, created_at, synthetic \
         FROM shows WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a show", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Shows, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &ShowFilter) -> Result<Vec<ShowRow>, Error> {
    let sql = sql!(
        "SELECT id, room_id, title, kind, mode, status, planned_at, opened_at, ended_at, created_at, synthetic FROM shows \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(title) LIKE LOWER($1) ESCAPE '\\') AND (CAST($2 AS TEXT) IS NULL OR status = $2) \
         AND (CAST($3 AS TEXT) IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"
    );
    let pattern = filter.search.as_deref().map(containing);
    let after = filter.after.as_ref().map(|id| id.0.clone());
    let args = vec![pattern.into(), filter.status.clone().into(), after.into(), filter.limit.into()];
    Ok(tx.all::<Columns>("listing shows", sql, args).await?.into_iter().map(row).collect())
}

/// Opens a planned show; false if it was not planned any more.
///
/// # Errors
/// [`Error`] of the database.
pub async fn open(tx: &Tx, id: &ShowId, now: Millis) -> Result<bool, Error> {
    let sql = sql!("UPDATE shows SET status = 'on_air', opened_at = $2 WHERE id = $1 AND status = 'planned'");
    Ok(tx.run("opening a show", sql, vec![id.as_str().into(), now.into()]).await? == 1)
}

/// Ends a show that is on air; false if it was not.
///
/// # Errors
/// [`Error`] of the database.
pub async fn end(tx: &Tx, id: &ShowId, now: Millis) -> Result<bool, Error> {
    let sql = sql!("UPDATE shows SET status = 'ended', ended_at = $2 WHERE id = $1 AND status = 'on_air'");
    Ok(tx.run("ending a show", sql, vec![id.as_str().into(), now.into()]).await? == 1)
}

/// Replaces the line-up (排品) of a show.
///
/// # Errors
/// [`Error::Conflict`] if a product does not exist.
pub async fn set_lineup(tx: &Tx, show: &ShowId, items: &[ProductId]) -> Result<(), Error> {
    let clear = sql!("DELETE FROM show_products WHERE show_id = $1");
    tx.run("clearing a line-up", clear, vec![show.as_str().into()]).await?;
    let add = sql!("INSERT INTO show_products (show_id, position, product_id) VALUES ($1, $2, $3)");
    for (position, product) in (1_i64..).zip(items) {
        tx.run(
            "writing a line-up",
            add,
            vec![show.as_str().into(), position.into(), product.as_str().into()],
        )
        .await?;
    }
    Ok(())
}

/// The line-up of a show, in order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn lineup(tx: &Tx, show: &ShowId) -> Result<Vec<ProductRow>, Error> {
    let sql = sql!(
        "SELECT p.id, p.name, p.price_fen, p.link_number, p.created_at FROM show_products s \
         JOIN products p ON p.id = s.product_id WHERE s.show_id = $1 ORDER BY s.position"
    );
    let rows =
        tx.all::<products::Columns>("reading a line-up", sql, vec![Value::from(show.as_str())]).await?;
    Ok(rows.into_iter().map(products::row).collect())
}

/// Whether a show has anything in its line-up.
///
/// # Errors
/// [`Error`] of the database.
pub async fn has_lineup(tx: &Tx, show: &ShowId) -> Result<bool, Error> {
    let sql = sql!("SELECT COUNT(*) FROM (SELECT 1 FROM show_products WHERE show_id = $1 LIMIT 1) AS listed");
    let found = tx.one::<(i64,)>("looking for a line-up", sql, vec![Value::from(show.as_str())]).await?;
    Ok(found.is_some_and(|(count,)| count > 0))
}

/// The shows on air that have a product in their line-up.
///
/// # Errors
/// [`Error`] of the database.
pub async fn on_air_with(tx: &Tx, product: &ProductId) -> Result<Vec<ShowId>, Error> {
    let sql = sql!(
        "SELECT s.id FROM shows s WHERE s.status = 'on_air' AND EXISTS (SELECT 1 FROM show_products i \
         WHERE i.show_id = s.id AND i.product_id = $1) ORDER BY s.id"
    );
    let rows: Vec<(String,)> =
        tx.all("finding shows with a product", sql, vec![product.as_str().into()]).await?;
    Ok(rows.into_iter().map(|(id,)| ShowId(id)).collect())
}

/// Shows that were on air at a time, with a real audience.
///
/// # Errors
/// [`Error`] of the database.
pub async fn on_air_at(tx: &Tx, at: Millis) -> Result<Vec<ShowId>, Error> {
    let sql = sql!(
        "SELECT id FROM shows WHERE mode = 'live' AND synthetic = FALSE AND opened_at <= $1 \
         AND (ended_at IS NULL OR ended_at > $1) ORDER BY id"
    );
    let rows: Vec<(String,)> = tx.all("finding shows on air at a time", sql, vec![at.into()]).await?;
    Ok(rows.into_iter().map(|(id,)| ShowId(id)).collect())
}

/// The products in the line-ups of shows on air.
///
/// # Errors
/// [`Error`] of the database.
pub async fn products_on_air(tx: &Tx) -> Result<Vec<ProductId>, Error> {
    let sql = sql!(
        "SELECT DISTINCT i.product_id FROM show_products i JOIN shows s ON s.id = i.show_id \
         WHERE s.status = 'on_air' ORDER BY i.product_id"
    );
    let rows: Vec<(String,)> = tx.all("finding products on air", sql, Vec::new()).await?;
    Ok(rows.into_iter().map(|(id,)| ProductId(id)).collect())
}
