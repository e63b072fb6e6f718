//! The keys at work: which wraps what, and wrapping anew what an older key wrapped. The loop of this file also asks the
//! retention job to do its work.

use std::time::Duration;

use livehand_compliance::Action;
use livehand_kernel::{Entropy, Phrase};
use livehand_storage as storage;
use livehand_storage::customers::CustomerRow;
use tokio_util::sync::CancellationToken;

use super::keyring::{KeyAbout, NoKeys};
use super::open_clear;
use super::sealing::{Part, Sealer, Unreadable};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Customers whose keys are wrapped anew in one transaction: about a tenth of a second, so that nobody waits for it.
const REWRAP_ROWS: i64 = 200;
/// Pause between two of them, so that others get their turn.
const REWRAP_PAUSE: Duration = Duration::from_millis(20);
/// How often the retention job looks for what is due. A period is counted in days; an hour more is none of them.
const RETENTION_EVERY: Duration = Duration::from_hours(1);

/// A key, and how many customers' keys it wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key; of one that is in no file only the name is known.
    pub id: String,
    /// What the key file says of it.
    pub about: Option<KeyAbout>,
    /// Customers.
    pub customers: i64,
}

/// The keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysView {
    /// Those of the file, in the order of their making, then those that are missing.
    pub keys: Vec<KeyUse>,
    /// Customers whose keys are still to be wrapped by the active one.
    pub waiting: i64,
    /// Why there is no key to work with.
    pub refused: Option<Phrase>,
}

impl App {
    /// The keys and what they wrap. It tells no secret.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn personal_data_keys(&self, caller: &Caller) -> Result<KeysView, Error> {
        caller.require(Action::ManageKeys)?;
        self.keys_view().await
    }

    /// Reads the key file again, after a key was added or retired; what an older key wraps is then wrapped anew.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Conflict`] with the code `no_personal_data_key` if the file cannot be used; the keys
    /// that were in force stay so.
    pub async fn reload_personal_data_keys(&self, caller: &Caller) -> Result<KeysView, Error> {
        caller.require(Action::ManageKeys)?;
        let open = self
            .vault
            .reload()
            .map_err(|NoKeys(why)| Error::Conflict { code: "no_personal_data_key", explanation: why })?;
        // The audit row comes after everything that was written with the keys before, and so does the count below.
        let ids: Vec<_> = open.about.iter().map(|key| (&key.id, key.state)).collect();
        let entry =
            Entry::of(caller, "reload_keys", open.sealer.active()).with(serde_json::json!({ "keys": ids }));
        self.audit_alone(entry).await?;
        self.keys_view().await
    }

    async fn keys_view(&self) -> Result<KeysView, Error> {
        let tx = self.db.read().await?;
        let mut counts = storage::customers::count_by_key(&tx).await?;
        drop(tx);
        let (about, active, refused) = match self.vault.open() {
            Ok(open) => (open.about, Some(open.sealer.active().to_owned()), None),
            Err(NoKeys(why)) => ([].into(), None, Some(why)),
        };
        let others = counts.iter().filter(|(id, _)| Some(id) != active.as_ref());
        let waiting = others.map(|(_, count)| count).sum();
        let mut keys: Vec<_> = (about.iter())
            .map(|key| {
                let used = counts.iter().position(|(id, _)| *id == key.id).map(|at| counts.swap_remove(at).1);
                KeyUse { id: key.id.clone(), about: Some(key.clone()), customers: used.unwrap_or(0) }
            })
            .collect();
        keys.extend(counts.into_iter().map(|(id, customers)| KeyUse { id, about: None, customers }));
        Ok(KeysView { keys, waiting, refused })
    }

    /// Wraps some keys anew; false when none is left. Stopping it at any moment loses nothing: what is done is done.
    async fn rewrap_some(&self) -> Result<bool, Error> {
        let Ok(open) = self.vault.open() else { return Ok(false) };
        let (sealer, entropy) = (&*open.sealer, &*self.entropy);
        if !sealer.has_others() {
            return Ok(false);
        }
        let done = self.write(move |tx| async move {
            let rows = storage::customers::wrapped_by_others(&tx, sealer.active(), REWRAP_ROWS).await?;
            let (found, mut wrapped, mut failed) = (rows.len(), 0_usize, 0_usize);
            for row in rows {
                match rewrapped(sealer, &row, entropy) {
                    Ok(new) => {
                        storage::customers::rewrap(&tx, &new).await?;
                        wrapped += 1;
                    }
                    Err(Unreadable) => failed += 1,
                }
            }
            Ok((found, wrapped, failed))
        });
        let (found, wrapped, failed) = done.await?;
        if failed > 0 {
            tracing::error!(
                customers = failed,
                "keys of customers are wrapped by a key that is not in the key file"
            );
        }
        metrics::counter!("livehand_keys_rewrapped_total").increment(wrapped as u64);
        // Rows that cannot be opened come first again and again; the others behind them wait for the missing key.
        Ok(found > 0 && wrapped > 0)
    }
}

/// A customer whose keys are wrapped by the active key, and whose number is hashed with it.
fn rewrapped(sealer: &Sealer, row: &CustomerRow, entropy: &dyn Entropy) -> Result<CustomerRow, Unreadable> {
    let mut new = row.clone();
    new.key_id = sealer.active().to_owned();
    if let (Some(part), Some((known, key))) = (&mut new.clear, open_clear(sealer, row)?) {
        part.key = sealer.wrap(&row.id, Part::Clear, &key, entropy)?;
        if let Some(phone) = known.found_by() {
            new.phone_index = sealer.index(phone)?.to_vec();
        }
    }
    if let Some(part) = &mut new.masked {
        let key = sealer.unwrap(&row.key_id, &row.id, Part::Masked, &part.key)?;
        part.key = sealer.wrap(&row.id, Part::Masked, &key, entropy)?;
    }
    Ok(new)
}

/// Wraps keys anew when there is a new one, and takes away what is due, until told to stop.
pub async fn run_personal_data(app: App, stop: CancellationToken) {
    let mut retention = tokio::time::interval(RETENTION_EVERY);
    let mut rewrapping = true;
    loop {
        if rewrapping {
            rewrapping = app.rewrap_some().await.unwrap_or_else(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "keys were not wrapped anew");
                false
            });
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = retention.tick() => {
                // Whatever was on its way when a key came into force.
                rewrapping = true;
                if let Err(error) = app.expire_due(&Caller::Local).await {
                    tracing::error!(error = &error as &dyn std::error::Error, "the retention job failed");
                }
            }
            () = app.vault.changed.notified() => rewrapping = true,
            () = tokio::time::sleep(REWRAP_PAUSE), if rewrapping => {}
        }
    }
}
