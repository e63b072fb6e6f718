//! The price ledger: rows are added and read, never changed, and a row that was delivered before is not added again.

use livehand_kernel::{Fen, Millis, PersonId, ProductId, ShowId, SkuId};
pub use livehand_trade::ledger::{
    Break, Entry as NewEntry, Head as LedgerHead, Kind, Row as LedgerRow, Tampering,
};
use livehand_trade::ledger::{link, verify as verify_rows};

use crate::statement::{digest, sequence, unsigned};
use crate::{Error, Tx, sql};

/// Rows checked at once; a row that was moved farther counts as removed or changed.
const VERIFY_ROWS: i64 = 1_000;

#[derive(sqlx::FromRow)]
struct Columns {
    sequence: i64,
    at: i64,
    product_id: String,
    sku_id: String,
    venue: String,
    kind: String,
    fen: i64,
    until_at: Option<i64>,
    quantity: Option<i64>,
    order_id: Option<String>,
    source: String,
    source_id: String,
    evidence: Option<String>,
    person_id: Option<String>,
    person_name: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn row(columns: Columns) -> LedgerRow {
    let entry = NewEntry {
        at: Millis(columns.at),
        product: ProductId(columns.product_id),
        sku: filled(Some(columns.sku_id)).map(SkuId),
        venue: columns.venue,
        // The table takes no other kind; one that was written behind its back does not fit its hash.
        kind: Kind::from_code(&columns.kind).unwrap_or(Kind::Asked),
        fen: Fen(columns.fen),
        until: columns.until_at.map(Millis),
        quantity: columns.quantity,
        order: filled(columns.order_id),
        source: columns.source,
        source_id: columns.source_id,
        evidence: filled(columns.evidence),
        by: filled(columns.person_id).map(PersonId),
        by_name: columns.person_name,
    };
    LedgerRow {
        sequence: unsigned(columns.sequence),
        entry,
        previous: digest(&columns.previous),
        hash: digest(&columns.hash),
    }
}

/// Adds a row at the end, unless its source delivered it before; the end of the ledger after it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn append(tx: &Tx, entry: &NewEntry) -> Result<LedgerHead, Error> {
    let end = head(tx).await?;
    if find(tx, &entry.source, &entry.source_id).await?.is_some() {
        return Ok(end);
    }
    let LedgerRow { sequence: number, entry, previous, hash } = link(end, entry.clone());
    let sql = sql!(
        "INSERT INTO price_ledger (sequence, at, product_id, sku_id, venue, kind, fen, until_at, quantity, order_id, source, \
         source_id, evidence, person_id, person_name, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    );
    let args = vec![
        sequence(number).into(),
        entry.at.into(),
        entry.product.as_str().into(),
        entry.sku.map(|id| id.0).unwrap_or_default().as_str().into(),
        (&entry.venue).into(),
        entry.kind.code().into(),
        entry.fen.0.into(),
        entry.until.into(),
        crate::Value::Integer(entry.quantity),
        filled(entry.order).into(),
        (&entry.source).into(),
        (&entry.source_id).into(),
        filled(entry.evidence).into(),
        entry.by.map(|id| id.0).into(),
        (&entry.by_name).into(),
        (&previous).into(),
        (&hash).into(),
    ];
    match tx.run("writing the price ledger", sql, args).await {
        Ok(_) => Ok(LedgerHead { sequence: number, hash }),
        // Somebody was faster between reading the end and writing behind it; PostgreSQL tells by the row that is there.
        Err(Error::Conflict { .. }) => Err(Error::Busy),
        Err(error) => Err(error),
    }
}

/// The row that a source delivered under an id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, source: &str, source_id: &str) -> Result<Option<u64>, Error> {
    let sql = sql!("SELECT sequence FROM price_ledger WHERE source = $1 AND source_id = $2");
    let found: Option<(i64,)> =
        tx.one("reading the price ledger", sql, vec![source.into(), source_id.into()]).await?;
    Ok(found.map(|(number,)| unsigned(number)))
}

/// The end of the ledger.
///
/// # Errors
/// [`Error`] of the database.
pub async fn head(tx: &Tx) -> Result<LedgerHead, Error> {
    let sql = sql!("SELECT sequence, hash FROM price_ledger ORDER BY sequence DESC LIMIT 1");
    let row: Option<(i64, Vec<u8>)> = tx.one("reading the price ledger", sql, Vec::new()).await?;
    Ok(row.map_or(LedgerHead::EMPTY, |(number, hash)| LedgerHead {
        sequence: unsigned(number),
        hash: digest(&hash),
    }))
}

/// The hash of one row.
///
/// # Errors
/// [`Error`] of the database.
pub async fn hash_at(tx: &Tx, number: u64) -> Result<Option<[u8; 32]>, Error> {
    let sql = sql!("SELECT hash FROM price_ledger WHERE sequence = $1");
    let row: Option<(Vec<u8>,)> =
        tx.one("reading the price ledger", sql, vec![sequence(number).into()]).await?;
    Ok(row.map(|(hash,)| digest(&hash)))
}

/// The rows of a product from `since` on, by their time.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_product(tx: &Tx, product: &ProductId, since: Millis) -> Result<Vec<LedgerRow>, Error> {
    let sql = sql!(
        "SELECT sequence, at, product_id, sku_id, venue, kind, fen, until_at, quantity, order_id, source, source_id, evidence, \
         person_id, person_name, previous, hash FROM price_ledger WHERE product_id = $1 AND at >= $2 \
         ORDER BY at, sequence"
    );
    let args = vec![product.as_str().into(), since.into()];
    Ok(tx.all::<Columns>("reading the price ledger", sql, args).await?.into_iter().map(row).collect())
}

/// Up to `limit` rows after `after`, in the order in which they were written.
///
/// # Errors
/// [`Error`] of the database.
pub async fn page(tx: &Tx, after: u64, limit: i64) -> Result<Vec<LedgerRow>, Error> {
    let sql = sql!(
        "SELECT sequence, at, product_id, sku_id, venue, kind, fen, until_at, quantity, order_id, source, source_id, evidence, \
         person_id, person_name, previous, hash FROM price_ledger WHERE sequence > $1 ORDER BY sequence LIMIT $2"
    );
    let args = vec![sequence(after).into(), limit.into()];
    Ok(tx.all::<Columns>("reading the price ledger", sql, args).await?.into_iter().map(row).collect())
}

/// Checks the whole ledger; the first row that is changed, removed or out of place.
///
/// # Errors
/// [`Error`] of the database.
pub async fn verify(tx: &Tx) -> Result<Option<Break>, Error> {
    let sql = sql!("SELECT sequence FROM price_ledger WHERE sequence < 1 LIMIT 1");
    let before: Option<(i64,)> = tx.one("reading the price ledger", sql, Vec::new()).await?;
    if before.is_some() {
        return Ok(Some(Break { sequence: 0, what: Tampering::Reordered }));
    }
    Ok(verify_from(tx, LedgerHead::EMPTY).await?.err())
}

/// Checks what was added after `end`, which was checked before; the end that it leads to.
///
/// # Errors
/// [`Error`] of the database.
pub async fn verify_from(tx: &Tx, mut end: LedgerHead) -> Result<Result<LedgerHead, Break>, Error> {
    if end.sequence > 0 && hash_at(tx, end.sequence).await? != Some(end.hash) {
        return Ok(Err(Break { sequence: end.sequence, what: Tampering::Changed }));
    }
    loop {
        let rows = page(tx, end.sequence, VERIFY_ROWS).await?;
        if rows.is_empty() {
            return Ok(Ok(end));
        }
        match verify_rows(&rows, end) {
            Ok(head) => end = head,
            Err(broken) => return Ok(Err(broken)),
        }
    }
}

/// For how much a SKU was asked last at a venue, and the row that says so.
///
/// # Errors
/// [`Error`] of the database.
pub async fn last_asked_of_sku(
    tx: &Tx,
    sku: &SkuId,
    venue: &str,
    now: Millis,
) -> Result<Option<(Fen, u64)>, Error> {
    let sql = sql!(
        "SELECT fen, sequence FROM price_ledger WHERE sku_id = $1 AND venue = $2 AND kind = 'asked' AND at <= $3 \
         AND (until_at IS NULL OR until_at > $3) ORDER BY at DESC, sequence DESC LIMIT 1"
    );
    let args = vec![sku.as_str().into(), venue.into(), now.into()];
    let found: Option<(i64, i64)> = tx.one("reading the price ledger", sql, args).await?;
    Ok(found.map(|(fen, number)| (Fen(fen), unsigned(number))))
}

/// How far a show's log was read for orders: the sequence and the hash of the last batch.
///
/// # Errors
/// [`Error`] of the database.
pub async fn show_read(tx: &Tx, show: &ShowId) -> Result<(u64, [u8; 32]), Error> {
    let sql = sql!("SELECT sequence, hash FROM ledger_shows WHERE show_id = $1");
    let found: Option<(i64, Vec<u8>)> =
        tx.one("reading how far a show was read", sql, vec![show.as_str().into()]).await?;
    Ok(found.map_or((0, [0; 32]), |(number, hash)| (unsigned(number), digest(&hash))))
}

/// Notes how far a show's log was read for orders.
///
/// # Errors
/// [`Error`] of the database.
pub async fn note_show_read(tx: &Tx, show: &ShowId, number: u64, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO ledger_shows (show_id, sequence, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (show_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"
    );
    let args = vec![show.as_str().into(), sequence(number).into(), hash.into()];
    tx.run("noting how far a show was read", sql, args).await.map(|_| ())
}
