//! Claims with their verdicts, in versions: each time a claim is judged anew a version is added, and none is ever changed.

use livehand_kernel::{Millis, PersonId, ProductId, SkuId};

use crate::statement::digest;
use crate::{Error, Tx, sql};

/// One version of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its id.
    pub id: String,
    /// Its version, from 1.
    pub version: i64,
    /// The product that it is about.
    pub product: ProductId,
    /// The SKU.
    pub sku: Option<SkuId>,
    /// Code of its kind.
    pub kind: String,
    /// The claim, as JSON.
    pub claim: String,
    /// The facts that it quotes, as JSON.
    pub quotes: String,
    /// Code of the verdict.
    pub verdict: String,
    /// Code of the reason.
    pub reason: String,
    /// The evidence pack, as JSON.
    pub pack: String,
    /// SHA-256 of the pack.
    pub pack_hash: [u8; 32],
    /// Who asked for it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// When.
    pub at: Millis,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    version: i64,
    product_id: String,
    sku_id: String,
    kind: String,
    claim: String,
    quotes: String,
    verdict: String,
    reason: String,
    pack: String,
    pack_hash: Vec<u8>,
    person_id: String,
    person_name: String,
    at: i64,
}

fn row(columns: Columns) -> ClaimRow {
    ClaimRow {
        id: columns.id,
        version: columns.version,
        product: ProductId(columns.product_id),
        sku: Some(columns.sku_id).filter(|id| !id.is_empty()).map(SkuId),
        kind: columns.kind,
        claim: columns.claim,
        quotes: columns.quotes,
        verdict: columns.verdict,
        reason: columns.reason,
        pack: columns.pack,
        pack_hash: digest(&columns.pack_hash),
        person_id: PersonId(columns.person_id),
        person_name: columns.person_name,
        at: Millis(columns.at),
    }
}

/// Adds a version of a claim.
///
/// # Errors
/// [`Error::Conflict`] if that version exists.
pub async fn insert(tx: &Tx, claim: &ClaimRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO claims (id, version, product_id, sku_id, kind, claim, quotes, verdict, reason, pack, pack_hash, \
         person_id, person_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    let args = vec![
        (&claim.id).into(),
        claim.version.into(),
        claim.product.as_str().into(),
        claim.sku.as_ref().map(SkuId::as_str).unwrap_or_default().into(),
        (&claim.kind).into(),
        (&claim.claim).into(),
        (&claim.quotes).into(),
        (&claim.verdict).into(),
        (&claim.reason).into(),
        (&claim.pack).into(),
        (&claim.pack_hash).into(),
        claim.person_id.as_str().into(),
        (&claim.person_name).into(),
        claim.at.into(),
    ];
    tx.run("adding a claim", sql, args).await.map(|_| ())
}

/// The newest version of a claim.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<ClaimRow>, Error> {
    let sql = sql!(
        "SELECT id, version, product_id, sku_id, kind, claim, quotes, verdict, reason, pack, pack_hash, person_id, \
         person_name, at FROM claims WHERE id = $1 ORDER BY version DESC LIMIT 1"
    );
    Ok(tx.one::<Columns>("finding a claim", sql, vec![id.into()]).await?.map(row))
}

/// The newest version of each claim, newest claims first, those after `after`; of one product if it is given.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(
    tx: &Tx,
    product: Option<&ProductId>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ClaimRow>, Error> {
    // Ids sort by the time at which the claim was made.
    let sql = sql!(
        "SELECT id, version, product_id, sku_id, kind, claim, quotes, verdict, reason, pack, pack_hash, person_id, \
         person_name, at FROM claims \
         WHERE version = (SELECT MAX(newest.version) FROM claims newest WHERE newest.id = claims.id) \
         AND (CAST($1 AS TEXT) IS NULL OR product_id = $1) AND (CAST($2 AS TEXT) IS NULL OR id < $2) \
         ORDER BY id DESC LIMIT $3"
    );
    let args = vec![product.map(|id| id.0.clone()).into(), after.map(str::to_owned).into(), limit.into()];
    Ok(tx.all::<Columns>("listing claims", sql, args).await?.into_iter().map(row).collect())
}
