//! How a shop wants its orders checked.

use livehand_address::{Defect, Verdict};
use livehand_compliance::Action;
use livehand_kernel::Phrase;
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::order_checks::CheckRow;
use livehand_trade::fulfilment::Node;
use livehand_trade::verification::{CheckState, Clock, Settings, cut_off};

use crate::audit::Entry;
use crate::trade::fulfilment::by;
use crate::{App, Caller, Error, Fault};

/// Kinds of corrections that are made by themselves unless a shop wants to be asked.
const FIXABLE: &[Defect] = &[
    Defect::MissingProvince,
    Defect::MissingCity,
    Defect::MissingCountyInferable,
    Defect::Abbreviated,
    Defect::OldName,
    Defect::MovedTown,
    Defect::TypoDivision,
    Defect::TypoTown,
    Defect::ContradictionProvince,
    Defect::ContradictionCityHistoric,
    Defect::PhoneConfusable,
    Defect::PhoneLeadingZero,
    Defect::PhoneChineseDigits,
    Defect::LandlineNoArea,
    Defect::PhoneMissingPrefix,
];

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationSettings {
    /// Their version; 0 for what holds unless somebody sets something.
    pub version: i64,
    /// The settings.
    pub settings: Settings,
    /// Codes of corrections that a shop can be asked about.
    pub fixable: Vec<String>,
}

fn fixable() -> Vec<String> {
    let code = |defect: &Defect| serde_json::to_value(defect).unwrap_or_default();
    let known = FIXABLE.iter().filter(|defect| defect.verdict() == Verdict::AutoFixable);
    known.filter_map(|defect| code(defect).as_str().map(str::to_owned)).collect()
}

/// Times of the day as they are written.
///
/// # Errors
/// [`Error::Invalid`] with the field and the place of the first that is none.
pub fn clocks(field: &str, texts: &[String]) -> Result<Vec<Clock>, Error> {
    let clock = |(place, text): (usize, &String)| {
        Clock::parse(text).ok_or_else(|| {
            let expected = Phrase::new("a time such as 16:00", "时间，如 16:00");
            let found = Phrase::literal(livehand_kernel::display_text(text));
            Error::field(&format!("{field}[{place}]"), expected, found)
        })
    };
    texts.iter().enumerate().map(clock).collect()
}

impl App {
    /// How orders are checked.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn verification_settings(&self, caller: &Caller) -> Result<VerificationSettings, Error> {
        caller.require(Action::ViewOrders)?;
        let tx = self.db.read().await?;
        let (version, settings) = storage::order_checks::settings(&tx).await?.unwrap_or_default();
        Ok(VerificationSettings { version, settings, fixable: fixable() })
    }

    /// Sets how orders are checked from now on; the cut-offs of those that wait are computed anew.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn set_verification_settings(
        &self,
        caller: &Caller,
        settings: Settings,
    ) -> Result<VerificationSettings, Error> {
        caller.require(Action::SetVerification)?;
        let fixable = fixable();
        let known: Vec<&str> = fixable.iter().map(String::as_str).collect();
        settings.check(&known).map_err(|faults| {
            let fault = |it: livehand_trade::verification::SettingsFault| Fault {
                line: None,
                error: FieldError::new(it.field, it.expected, Phrase::new("something else", "其他内容")),
            };
            Error::Invalid(faults.into_iter().map(fault).collect())
        })?;
        let (now, by, new) = (self.clock.now(), by(caller), &settings);
        let by = &by;
        let entry = Entry::of(caller, "set_verification", "").with(serde_json::json!(settings));
        let done = self.audited(entry, move |tx| async move {
            let version = storage::order_checks::settings(&tx).await?.map_or(0, |(version, _)| version) + 1;
            storage::order_checks::set(&tx, version, new, by, now).await?;
            let waiting =
                storage::order_checks::in_states(&tx, &[CheckState::Waiting, CheckState::Asked]).await?;
            for row in waiting {
                let found = storage::orders::find(&tx, &row.order).await?;
                let fulfilments = storage::fulfilments::find(&tx, &[&row.order]).await?;
                let fulfilment = fulfilments.get(&row.order).cloned().unwrap_or_default();
                let node = fulfilment.node();
                let bought = found.map(|it| it.order.bought_at()).unwrap_or(row.due_at);
                let since = fulfilment.at(node).filter(|_| node != Node::ToPrint).unwrap_or(bought);
                let cut_off = cut_off(node, since, &new.waves, &new.collections);
                let version = row.version;
                let row = CheckRow { cut_off, version: version + 1, ..row };
                storage::order_checks::write(&tx, &row, version).await?;
            }
            Ok(Some(version))
        });
        let version = done.await?.unwrap_or_default();
        Ok(VerificationSettings { version, settings, fixable })
    }
}
