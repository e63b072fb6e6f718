//! Looking at a customer in clear: for a reason, for five minutes, on record.

use livehand_compliance::Action;
use livehand_compliance::personal::{Field, LOOK_MS, Reason, Recipient, Shown};
use livehand_kernel::{CustomerId, DeliveryId, Millis, PersonId, Phrase, display_text, new_uuid};
use livehand_language::private;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::customer_looks::LookRow;

use super::sealing::{Place, Sealer, Unreadable};
use super::{find_customer, gone, open_clear, person};
use crate::audit::Entry;
use crate::prepare::page_size;
use crate::spreadsheet::{Rows, TableForm};
use crate::{App, Caller, Error};

/// Characters of a note.
const NOTE_CHARS: std::ops::RangeInclusive<usize> = 2..=200;
/// Looks in a file, at most: the last ones.
const LOOKS_EXPORTED_MAX: i64 = 20_000;

/// What somebody wants to see, and why.
#[derive(Clone, Debug)]
pub struct NewLook {
    /// Why.
    pub reason: Reason,
    /// What it is about, such as the number of a ticket. Never personal data.
    pub note: String,
    /// Which fields; name, number and address if none is named.
    pub fields: Vec<Field>,
    /// The recipient of one delivery; as last known, if none is named.
    pub delivery: Option<DeliveryId>,
}

/// A customer in clear. Printing it says nothing of them.
#[derive(Debug)]
pub struct Revealed {
    /// The record of it.
    pub look: LookView,
    /// The customer.
    pub recipient: Recipient,
    /// Which fields may be shown.
    pub shown: Shown,
}

/// The record of a look.
#[derive(Clone, Debug)]
pub struct LookView {
    /// Its row.
    pub row: LookRow,
}

/// A page of looks, the last first.
#[derive(Clone, Debug)]
pub struct LookPage {
    /// The looks.
    pub looks: Vec<LookView>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl App {
    /// Shows a customer in clear for five minutes, and records it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for a note that says nothing or names the customer,
    /// [`Error::Conflict`] with the codes `personal_data_gone`, `no_personal_data_key`, `personal_data_unreadable`.
    pub async fn reveal_customer(
        &self,
        caller: &Caller,
        id: &CustomerId,
        new: &NewLook,
    ) -> Result<Revealed, Error> {
        let who = person(caller, Action::RevealCustomer)?;
        let sealer = self.sealer()?;
        let tx = self.db.read().await?;
        let recipient = recipient_of(&tx, &sealer, id, new.delivery.as_ref()).await?;
        drop(tx);
        let note = checked_note("note", &new.note, Some(&recipient))?;
        let now = self.clock.now();
        let shown = Shown::of(&new.fields);
        let row = LookRow {
            id: new_uuid(now, &*self.entropy),
            customer_id: id.clone(),
            delivery_id: new.delivery.clone(),
            person_id: who,
            person_name: caller.name(),
            purpose: "reveal".to_owned(),
            reason: new.reason.code().to_owned(),
            note,
            fields: shown.codes(),
            at: now,
            until: now.plus(LOOK_MS),
            seen: 1,
        };
        let entry = Entry::of(caller, "reveal_customer", id.as_str()).with(serde_json::json!({
            "look": row.id, "reason": row.reason, "fields": row.fields, "until": row.until, "delivery": row.delivery_id,
        }));
        let look = &row;
        // On record first: what is not recorded is not shown.
        self.audited(entry, move |tx| async move {
            storage::customer_looks::insert(&tx, look).await?;
            Ok(Some(()))
        })
        .await?;
        metrics::counter!("livehand_customer_looks_total").increment(1);
        Ok(Revealed { look: LookView { row }, recipient, shown })
    }

    /// The same look again, as long as it lasts: for whoever reloads the page.
    ///
    /// # Errors
    /// As [`App::reveal_customer`]; [`Error::Conflict`] with the code `look_over` when five minutes have gone by.
    pub async fn revealed_customer(&self, caller: &Caller, id: &CustomerId) -> Result<Revealed, Error> {
        let who = person(caller, Action::RevealCustomer)?;
        let sealer = self.sealer()?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        find_customer(&tx, id).await?;
        let row = storage::customer_looks::lasting(&tx, id, &who, now).await?.ok_or_else(over)?;
        let recipient = recipient_of(&tx, &sealer, id, row.delivery_id.as_ref()).await?;
        drop(tx);
        let look = row.id.as_str();
        let counted =
            self.write(move |tx| async move { storage::customer_looks::count(&tx, look, now).await }).await?;
        if !counted {
            return Err(over());
        }
        let shown = Shown::from_codes(&row.fields);
        Ok(Revealed { look: LookView { row: LookRow { seen: row.seen + 1, ..row } }, recipient, shown })
    }

    /// Who looked at whom, and why; the last first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_looks(
        &self,
        caller: &Caller,
        customer: Option<&CustomerId>,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<LookPage, Error> {
        caller.require(Action::ViewPrivacyRecords)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        let mut rows = storage::customer_looks::page(&tx, customer, after, limit + 1).await?;
        drop(tx);
        let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        Ok(LookPage { looks: rows.into_iter().map(|row| LookView { row }).collect(), next })
    }

    /// Whether the caller may see what is on record about personal data.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_see_privacy_records(&self, caller: &Caller) -> Result<(), Error> {
        caller.require(Action::ViewPrivacyRecords)
    }

    /// The last looks as a table.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn export_looks(&self, caller: &Caller, form: TableForm) -> Result<Vec<u8>, Error> {
        caller.require(Action::ViewPrivacyRecords)?;
        let tx = self.db.read().await?;
        let looks = storage::customer_looks::page(&tx, None, None, LOOKS_EXPORTED_MAX).await?;
        drop(tx);
        let mut rows = Rows::of(form, "looks", self.clock.now());
        rows.add([
            "at", "until", "person", "customer", "delivery", "purpose", "reason", "note", "fields", "seen",
        ]);
        for look in looks {
            let delivery = look.delivery_id.map(|id| id.0).unwrap_or_default();
            rows.add([
                look.at.to_rfc3339(),
                look.until.to_rfc3339(),
                look.person_name,
                look.customer_id.0,
                delivery,
                look.purpose,
                look.reason,
                look.note,
                look.fields,
                look.seen.to_string(),
            ]);
        }
        self.audit_alone(Entry::of(caller, "export_looks", "")).await?;
        rows.finish()
    }
}

fn over() -> Error {
    Error::Conflict {
        code: "look_over",
        explanation: Phrase::new(
            "The five minutes are over; say again why you need it",
            "五分钟已到，请重新填写理由查看",
        ),
    }
}

impl App {
    /// Whether a text gives something of whom an order goes to away, as far as that is kept.
    pub(crate) async fn stands_in(&self, order: &str, text: &str) -> Result<bool, Error> {
        let Ok(sealer) = self.sealer() else { return Ok(false) };
        let id = DeliveryId(order.to_owned());
        let tx = self.db.read().await?;
        let Some(row) = storage::deliveries::find(&tx, &id).await? else { return Ok(false) };
        let known = recipient_of(&tx, &sealer, &row.customer_id, Some(&id)).await;
        Ok(known.is_ok_and(|recipient| recipient.stands_in(text)))
    }
}

/// A note that says something, and nothing of a person.
pub(super) fn checked_note(
    field: &'static str,
    text: &str,
    about: Option<&Recipient>,
) -> Result<String, Error> {
    let note = display_text(text);
    let chars = note.chars().count();
    if !NOTE_CHARS.contains(&chars) {
        let (least, most) = (NOTE_CHARS.start(), NOTE_CHARS.end());
        let expected =
            Phrase::new(format!("{least} to {most} characters"), format!("{least} 到 {most} 个字"));
        let found = Phrase::new(format!("{chars} characters"), format!("{chars} 个字"));
        return Err(Error::field(field, expected, found));
    }
    if private::masked(&note).is_some() || about.is_some_and(|it| it.stands_in(&note)) {
        let expected =
            Phrase::new("no name, number or address: the note is kept", "不要写姓名、电话或地址：备注会留存");
        return Err(Error::field(field, expected, Phrase::new("personal data", "含个人信息")));
    }
    Ok(note)
}

/// A customer in clear: as last known, or as the recipient of one of their deliveries.
async fn recipient_of(
    tx: &Tx,
    sealer: &Sealer,
    id: &CustomerId,
    delivery: Option<&DeliveryId>,
) -> Result<Recipient, Error> {
    let row = find_customer(tx, id).await?;
    let (known, key) = open_clear(sealer, &row)?.ok_or_else(gone)?;
    let Some(delivery) = delivery else { return Ok(known) };
    let parcel = storage::deliveries::find(tx, delivery).await?.filter(|it| it.customer_id == *id);
    let parcel = parcel.ok_or_else(|| Error::not_found("delivery", delivery))?;
    let sealed = parcel.recipient.as_ref().ok_or_else(gone)?;
    let bytes = key.open(&Place::delivery(&parcel.id, id, parcel.version), sealed)?;
    Ok(Recipient::from_bytes(&bytes).ok_or(Unreadable)?)
}

/// The record of a label.
pub(super) fn label_look(
    id: String,
    customer: CustomerId,
    delivery: DeliveryId,
    (who, name): (PersonId, String),
    (fields, now): (&str, Millis),
) -> LookRow {
    LookRow {
        id,
        customer_id: customer,
        delivery_id: Some(delivery),
        person_id: who,
        person_name: name,
        purpose: "label".to_owned(),
        reason: String::new(),
        note: String::new(),
        fields: fields.to_owned(),
        at: now,
        until: now,
        seen: 1,
    }
}
