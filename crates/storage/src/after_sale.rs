//! How the shop runs its after-sale, in versions: what was set once stays readable.

use livehand_kernel::{Millis, PersonId};
use livehand_trade::tickets::Settings;

use crate::{Error, Tx, Value, sql};

/// The settings in force, with their version; what holds unless somebody sets something has the version 0.
///
/// # Errors
/// [`Error`] of the database; [`Error::Unusable`] if what is kept cannot be read.
pub async fn settings(tx: &Tx) -> Result<(i64, Settings), Error> {
    let sql = sql!("SELECT version, body FROM after_sale_settings ORDER BY version DESC LIMIT 1");
    let row: Option<(i64, String)> = tx.one("reading the settings of after-sale", sql, Vec::new()).await?;
    let Some((version, body)) = row else { return Ok((0, Settings::default())) };
    let damaged = |_| Error::Unusable("the settings of after-sale are damaged".to_owned());
    Ok((version, serde_json::from_str(&body).map_err(damaged)?))
}

/// Puts settings in force.
///
/// # Errors
/// [`Error::Conflict`] if this version is there.
pub async fn set(
    tx: &Tx,
    version: i64,
    settings: &Settings,
    by: (&PersonId, &str),
    at: Millis,
) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO after_sale_settings (version, body, person_id, person_name, at) VALUES ($1, $2, $3, $4, $5)"
    );
    let (person, name) = by;
    let body = serde_json::to_string(settings).unwrap_or_default();
    let args = vec![version.into(), Value::Text(Some(body)), person.as_str().into(), name.into(), at.into()];
    tx.run("setting how after-sale is run", sql, args).await.map(|_| ())
}
