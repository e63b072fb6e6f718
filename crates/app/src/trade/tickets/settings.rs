//! How a shop runs its after-sale: who agrees to how much, when people work, what the carrier takes. What was decided and
//! what is due already stays as it was; a ticket, a sum and an intercept keep what they were made with.

use livehand_compliance::Action;
use livehand_kernel::Phrase;
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_trade::tickets::{Settings, SettingsFault};

use crate::audit::Entry;
use crate::{App, Caller, Error, Fault};

/// The settings in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterSaleSettings {
    /// Their version; 0 for what holds unless somebody sets something.
    pub version: i64,
    /// The settings.
    pub settings: Settings,
}

impl App {
    /// How after-sale is run.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn after_sale_settings(&self, caller: &Caller) -> Result<AfterSaleSettings, Error> {
        caller.require(Action::ViewTickets)?;
        let tx = self.db.read().await?;
        let (version, settings) = storage::after_sale::settings(&tx).await?;
        Ok(AfterSaleSettings { version, settings })
    }

    /// Sets how after-sale is run from now on. Who agrees to how much is for finance: nobody sets the limits that bind them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn set_after_sale_settings(
        &self,
        caller: &Caller,
        new: Settings,
    ) -> Result<AfterSaleSettings, Error> {
        caller.require(Action::SetAfterSale)?;
        new.check().map_err(|faults| {
            let fault = |it: SettingsFault| Fault {
                line: None,
                error: FieldError::new(it.field, it.expected, Phrase::literal(it.found)),
            };
            Error::Invalid(faults.into_iter().map(fault).collect())
        })?;
        let (now, person, name) = (self.clock.now(), &caller.person(), &caller.name());
        let limits = caller.require(Action::SetCompensationLimits).is_ok();
        let entry = Entry::of(caller, "set_after_sale", "").with(serde_json::json!(new));
        let done = self.decided(entry, move |tx| async move {
            let (version, before) = storage::after_sale::settings(&tx).await?;
            if new.limits != before.limits && !limits {
                return Ok(Err(Error::Forbidden(Action::SetCompensationLimits)));
            }
            let version = version + 1;
            storage::after_sale::set(&tx, version, &new, (person, name), now).await?;
            Ok(Ok(Some(version)))
        });
        let version = done.await?.unwrap_or_default();
        Ok(AfterSaleSettings { version, settings: new })
    }
}
