//! The audit trail: one row for each write, each chained to the one before, so that a changed, missing or moved row shows.

use livehand_kernel::{Millis, PersonId, chained};

use crate::statement::{digest, sequence, unsigned};
use crate::{Error, Tx, sql};

/// Who did what to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Millis,
    /// Who; absent when not known.
    pub person_id: Option<PersonId>,
    /// Their name at the time.
    pub person_name: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// How exactly, as JSON.
    pub detail: String,
}

/// The end of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Sequence of the last row; 0 when there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

#[derive(sqlx::FromRow)]
struct Columns {
    sequence: i64,
    at: i64,
    person_id: Option<String>,
    person_name: String,
    action: String,
    subject: String,
    detail: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

fn hash_of(previous: &[u8; 32], number: u64, entry: &AuditEntry) -> [u8; 32] {
    let person = entry.person_id.as_ref().map(|id| id.as_str()).unwrap_or_default();
    let fields = [person, &entry.person_name, &entry.action, &entry.subject, &entry.detail];
    chained(previous, number, entry.at, &fields)
}

/// Adds a row at the end.
///
/// # Errors
/// [`Error`] of the database.
pub async fn append(tx: &Tx, entry: &AuditEntry) -> Result<AuditHead, Error> {
    let head = head(tx).await?;
    let number = head.sequence + 1;
    let hash = hash_of(&head.hash, number, entry);
    let sql = sql!(
        "INSERT INTO audit (sequence, at, person_id, person_name, action, subject, detail, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let args = vec![
        sequence(number).into(),
        entry.at.into(),
        entry.person_id.clone().map(|id| id.0).into(),
        (&entry.person_name).into(),
        (&entry.action).into(),
        (&entry.subject).into(),
        (&entry.detail).into(),
        (&head.hash).into(),
        (&hash).into(),
    ];
    tx.run("writing the audit trail", sql, args).await?;
    Ok(AuditHead { sequence: number, hash })
}

/// The end of the trail.
///
/// # Errors
/// [`Error`] of the database.
pub async fn head(tx: &Tx) -> Result<AuditHead, Error> {
    let sql = sql!("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    let row: Option<(i64, Vec<u8>)> = tx.one("reading the audit trail", sql, Vec::new()).await?;
    Ok(row.map_or(AuditHead { sequence: 0, hash: [0; 32] }, |(number, hash)| AuditHead {
        sequence: unsigned(number),
        hash: digest(&hash),
    }))
}

/// The hash of one row.
///
/// # Errors
/// [`Error`] of the database.
pub async fn hash_at(tx: &Tx, number: u64) -> Result<Option<[u8; 32]>, Error> {
    let sql = sql!("SELECT hash FROM audit WHERE sequence = $1");
    let row: Option<(Vec<u8>,)> =
        tx.one("reading the audit trail", sql, vec![sequence(number).into()]).await?;
    Ok(row.map(|(hash,)| digest(&hash)))
}

/// Checks the whole trail; the number of the first row that is changed, missing or out of place.
///
/// # Errors
/// [`Error`] of the database.
pub async fn verify(tx: &Tx) -> Result<Option<u64>, Error> {
    let sql = sql!(
        "SELECT sequence, at, person_id, person_name, action, subject, detail, previous, hash FROM audit ORDER BY sequence"
    );
    let mut previous = [0; 32];
    for (expected, row) in (1_u64..).zip(tx.all::<Columns>("reading the audit trail", sql, Vec::new()).await?)
    {
        let entry = AuditEntry {
            at: Millis(row.at),
            person_id: row.person_id.map(PersonId),
            person_name: row.person_name,
            action: row.action,
            subject: row.subject,
            detail: row.detail,
        };
        let hash = hash_of(&previous, expected, &entry);
        if unsigned(row.sequence) != expected
            || digest(&row.previous) != previous
            || digest(&row.hash) != hash
        {
            return Ok(Some(expected));
        }
        previous = hash;
    }
    Ok(None)
}
