//! Keeping whom an order or a prize goes to.

use std::sync::Arc;

use livehand_compliance::Action;
use livehand_compliance::personal::{Class, Given, Recipient};
use livehand_kernel::{CustomerId, DeliveryId, Entropy, Millis, Phrase, display_text};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::customers::{CustomerRow, SealedPart};
use livehand_storage::deliveries::{DeliveryRow, Step};

use super::sealing::{Part, Place, Sealer, SealingKey, Unreadable};
use super::{invalid, open_clear};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Deliveries in one request, at most.
const DELIVERIES_MAX: usize = 500;
/// Longest number of an order, in bytes.
const ID_BYTES_MAX: usize = 64;
/// Customers with one number who are looked through for a name; a shop's own number may be on many parcels.
const SAME_NUMBER_MAX: i64 = 50;

/// An order or a prize, and whom it goes to. Printing it does not say whom.
#[derive(Debug)]
pub struct NewDelivery {
    /// The order's number, or the prize's: never a name or a telephone number.
    pub id: DeliveryId,
    /// Which of the two.
    pub class: Class,
    /// When it was ordered or won; now, if nothing is said.
    pub at: Option<Millis>,
    /// Whom it goes to.
    pub recipient: Given,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptHow {
    /// It was not known before.
    New,
    /// Nothing is different.
    Same,
    /// It goes elsewhere now.
    Changed,
    /// Its recipient was taken away and does not come back.
    Gone,
}

impl KeptHow {
    /// The code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            KeptHow::New => "new",
            KeptHow::Same => "same",
            KeptHow::Changed => "changed",
            KeptHow::Gone => "gone",
        }
    }
}

/// A delivery that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The customer, by an id that says nothing about them.
    pub customer: CustomerId,
    /// What became of it.
    pub how: KeptHow,
}

/// A delivery that was checked.
pub(crate) struct Checked {
    pub(super) id: DeliveryId,
    pub(super) class: Class,
    pub(super) at: Millis,
    pub(super) recipient: Recipient,
}

impl Checked {
    /// An order and a recipient that was checked already.
    pub(super) fn of_order(id: DeliveryId, at: Millis, recipient: Recipient) -> Self {
        Self { id, class: Class::Order, at, recipient }
    }
}

/// Why something is not written: the database, or a key that is not there.
pub(crate) enum NotKept {
    /// The database.
    Storage(storage::Error),
    /// A key.
    Unreadable,
}

impl From<storage::Error> for NotKept {
    fn from(error: storage::Error) -> Self {
        NotKept::Storage(error)
    }
}

impl From<Unreadable> for NotKept {
    fn from(_: Unreadable) -> Self {
        NotKept::Unreadable
    }
}

/// What the keeping of recipients works with. Cheap to make; an import makes one for all its orders.
pub(crate) struct Keeper {
    pub(super) sealer: Arc<Sealer>,
    entropy: Arc<dyn Entropy>,
    pub(super) now: Millis,
}

impl App {
    /// What keeps whom orders go to, within a transaction that keeps the orders as well. It is to be made within that
    /// transaction, which also leaves an audit row: the reloading of keys leaves one too, so that nothing is wrapped by a
    /// key that is retired meanwhile.
    ///
    /// # Errors
    /// [`Error::Conflict`] with the code `no_personal_data_key`.
    pub(crate) fn keeper(&self) -> Result<Keeper, Error> {
        Ok(Keeper { sealer: self.sealer()?, entropy: self.entropy.clone(), now: self.clock.now() })
    }

    /// Keeps whom orders and prizes go to: all of them, or none. The same again changes nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] without what stood in the fields, [`Error::Conflict`] with the codes
    /// `no_personal_data_key` and `personal_data_unreadable`.
    pub async fn keep_deliveries(&self, caller: &Caller, new: &[NewDelivery]) -> Result<Vec<Kept>, Error> {
        caller.require(Action::RecordDeliveries)?;
        self.sealer()?;
        let checked = &checked(new, self.clock.now())?;
        let entry = Entry::of(caller, "keep_deliveries", "").with(
            serde_json::json!({ "deliveries": new.iter().map(|it| it.id.as_str()).collect::<Vec<_>>() }),
        );
        let done = self.decided(entry, move |tx| async move {
            let keeper = match self.keeper() {
                Ok(keeper) => keeper,
                Err(error) => return Ok(Err(error)),
            };
            let mut kept = Vec::with_capacity(checked.len());
            for new in checked {
                match keeper.keep(&tx, new).await {
                    Ok(it) => {
                        if matches!(it.how, KeptHow::New | KeptHow::Changed) {
                            crate::trade::recipient_changed(&tx, it.delivery.as_str(), keeper.now).await?;
                        }
                        kept.push(it);
                    }
                    Err(NotKept::Unreadable) => return Ok(Err(Unreadable.into())),
                    Err(NotKept::Storage(error)) => return Err(error),
                }
            }
            Ok(Ok(Some(kept)))
        });
        Ok(done.await?.unwrap_or_default())
    }

    /// Notes how far a delivery has come; from it follow what the warehouse sees and how long the data is kept.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for a time that has not come yet.
    pub async fn note_delivery_step(
        &self,
        caller: &Caller,
        id: &DeliveryId,
        step: Step,
        at: Option<Millis>,
    ) -> Result<(), Error> {
        caller.require(Action::RecordDeliveries)?;
        let now = self.clock.now();
        let at = at.unwrap_or(now);
        if at > now {
            let expected = Phrase::new("a time that has come", "不晚于现在的时间");
            return Err(Error::field("at", expected, Phrase::literal(at.to_rfc3339())));
        }
        let entry = Entry::of(caller, "note_delivery_step", id.as_str())
            .with(serde_json::json!({ "step": format!("{step:?}").to_lowercase(), "at": at }));
        let done = self.audited(entry, move |tx| async move {
            Ok(storage::deliveries::step(&tx, id, step, at).await?.then_some(()))
        });
        done.await?.ok_or_else(|| Error::not_found("delivery", id))
    }
}

/// Checks all of them; what is wrong is named by its place.
pub(crate) fn checked(new: &[NewDelivery], now: Millis) -> Result<Vec<Checked>, Error> {
    if new.is_empty() || new.len() > DELIVERIES_MAX {
        let expected = Phrase::new(format!("1 to {DELIVERIES_MAX}"), format!("1 到 {DELIVERIES_MAX} 条"));
        return Err(Error::field("deliveries", expected, Phrase::literal(new.len().to_string())));
    }
    let (mut good, mut faults) = (Vec::with_capacity(new.len()), Vec::new());
    for (n, it) in new.iter().enumerate() {
        let mut wrong = |field: &str, expected| {
            let field = format!("deliveries[{n}].{field}");
            let found = Phrase::new("something else", "其他内容");
            faults.push(crate::Fault {
                line: None,
                error: livehand_live::FieldError::new(&field, expected, found),
            });
        };
        if !is_plain(it.id.as_str()) {
            wrong("id", Phrase::new("the number of the order, without spaces", "订单号，不含空格"));
        }
        let at = it.at.unwrap_or(now);
        if at > now {
            wrong("at", Phrase::new("a time that has come", "不晚于现在的时间"));
        }
        match Recipient::checked(&it.recipient, livehand_address::divisions_end) {
            Ok(recipient) => good.push(Checked { id: it.id.clone(), class: it.class, at, recipient }),
            Err(wrong) => faults.extend(invalid(&format!("deliveries[{n}].recipient."), wrong)),
        }
    }
    if faults.is_empty() { Ok(good) } else { Err(Error::Invalid(faults)) }
}

/// Whether a text can be the number of an order: it stands in URLs, in the audit trail and in logs, so it must not be able
/// to hold a name or a telephone number.
fn is_plain(id: &str) -> bool {
    let signs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !id.is_empty()
        && id.len() <= ID_BYTES_MAX
        && id.chars().all(signs)
        && livehand_language::private::masked(id).is_none_or(|_| id.len() > 13)
        && display_text(id) == id
}

impl Keeper {
    /// What seals.
    pub(super) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Randomness for what is sealed.
    pub(super) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// A keyed hash of a text, by which the same text is known again and which tells nobody what it was.
    pub fn fingerprint(&self, text: &str) -> Result<[u8; 32], NotKept> {
        Ok(self.sealer.index(text)?)
    }

    /// Keeps whom a delivery goes to; part of the transaction that keeps the order.
    pub async fn keep(&self, tx: &Tx, new: &Checked) -> Result<Kept, NotKept> {
        let kept = |customer: CustomerId, how| Ok(Kept { delivery: new.id.clone(), customer, how });
        let Some(row) = storage::deliveries::find(tx, &new.id).await? else {
            let (customer, key) = self.customer_of(tx, &new.recipient, new.at).await?;
            let place = Place::delivery(&new.id, &customer, 1);
            let recipient = key.seal(&place, &new.recipient.to_bytes(), &*self.entropy)?;
            let row = DeliveryRow {
                id: new.id.clone(),
                customer_id: customer.clone(),
                class: new.class.code().to_owned(),
                recipient: Some(recipient),
                version: 1,
                opened_at: new.at,
                shipped_at: None,
                received_at: None,
                closed_at: None,
                expired_at: None,
            };
            storage::deliveries::insert(tx, &row).await?;
            return kept(customer, KeptHow::New);
        };
        let customer = storage::customers::find(tx, &row.customer_id).await?;
        let opened = customer.as_ref().map(|it| open_clear(&self.sealer, it)).transpose()?.flatten();
        let (Some((_, key)), Some(sealed), Some(customer)) = (opened, &row.recipient, customer) else {
            return kept(row.customer_id, KeptHow::Gone);
        };
        let before = key.open(&Place::delivery(&row.id, &row.customer_id, row.version), sealed)?;
        let before = Recipient::from_bytes(&before).ok_or(Unreadable)?;
        if before.is_same(&new.recipient) {
            return kept(row.customer_id, KeptHow::Same);
        }
        // A number that the platform masks tells nothing about who it is: the order stays with its customer.
        let stays = before.is_same_person(&new.recipient) || new.recipient.found_by().is_none();
        let (id, key) = if stays {
            self.write(tx, &customer, &key, &new.recipient, new.at).await?;
            (customer.id, key)
        } else {
            self.customer_of(tx, &new.recipient, new.at).await?
        };
        let version = row.version + 1;
        let recipient =
            key.seal(&Place::delivery(&row.id, &id, version), &new.recipient.to_bytes(), &*self.entropy)?;
        let row = DeliveryRow { customer_id: id.clone(), recipient: Some(recipient), version, ..row };
        let redirected = storage::deliveries::redirect(tx, &row).await?;
        kept(id, if redirected { KeptHow::Changed } else { KeptHow::Gone })
    }

    /// The customer with this number and name, found or made, and their key.
    async fn customer_of(
        &self,
        tx: &Tx,
        recipient: &Recipient,
        at: Millis,
    ) -> Result<(CustomerId, SealingKey), NotKept> {
        for index in
            recipient.found_by().map(|phone| self.sealer.indexes(phone)).transpose()?.into_iter().flatten()
        {
            for row in storage::customers::by_phone(tx, &index, SAME_NUMBER_MAX).await? {
                let Some((known, key)) = open_clear(&self.sealer, &row)? else { continue };
                if !known.is_same_person(recipient) {
                    continue;
                }
                if at >= row.last_order_at && !known.is_same(recipient) {
                    self.write(tx, &row, &key, recipient, at).await?;
                } else {
                    storage::customers::note_order(tx, &row.id, at).await?;
                }
                return Ok((row.id, key));
            }
        }
        self.add(tx, recipient, at).await
    }

    async fn add(
        &self,
        tx: &Tx,
        recipient: &Recipient,
        at: Millis,
    ) -> Result<(CustomerId, SealingKey), NotKept> {
        let id = CustomerId::new(self.now, &*self.entropy);
        let (key, masked_key) = (SealingKey::new(&*self.entropy), SealingKey::new(&*self.entropy));
        let row = CustomerRow {
            key_id: self.sealer.active().to_owned(),
            clear: Some(SealedPart {
                key: self.sealer.wrap(&id, Part::Clear, &key, &*self.entropy)?,
                data: self.clear(&id, &key, recipient, 1)?,
            }),
            masked: Some(SealedPart {
                key: self.sealer.wrap(&id, Part::Masked, &masked_key, &*self.entropy)?,
                data: self.masked(&id, &masked_key, recipient, 1)?,
            }),
            phone_index: self.index(recipient)?,
            version: 1,
            created_at: self.now,
            last_order_at: at,
            expired_at: None,
            erased_at: None,
            id: id.clone(),
        };
        storage::customers::insert(tx, &row).await?;
        Ok((id, key))
    }

    /// Writes what is known of a customer anew, with the keys that they have.
    async fn write(
        &self,
        tx: &Tx,
        row: &CustomerRow,
        key: &SealingKey,
        recipient: &Recipient,
        at: Millis,
    ) -> Result<(), NotKept> {
        let wrapped = row.masked.as_ref().ok_or(Unreadable)?;
        let masked_key = self.sealer.unwrap(&row.key_id, &row.id, Part::Masked, &wrapped.key)?;
        let version = row.version + 1;
        let new = CustomerRow {
            id: row.id.clone(),
            key_id: self.sealer.active().to_owned(),
            clear: Some(SealedPart {
                key: self.sealer.wrap(&row.id, Part::Clear, key, &*self.entropy)?,
                data: self.clear(&row.id, key, recipient, version)?,
            }),
            masked: Some(SealedPart {
                key: self.sealer.wrap(&row.id, Part::Masked, &masked_key, &*self.entropy)?,
                data: self.masked(&row.id, &masked_key, recipient, version)?,
            }),
            phone_index: self.index(recipient)?,
            version,
            last_order_at: row.last_order_at.max(at),
            ..row.clone()
        };
        let written = storage::customers::update(tx, &new, row.version).await?;
        // Nothing comes between within one transaction.
        if written { Ok(()) } else { Err(NotKept::Unreadable) }
    }

    fn clear(
        &self,
        id: &CustomerId,
        key: &SealingKey,
        it: &Recipient,
        version: i64,
    ) -> Result<Vec<u8>, Unreadable> {
        key.seal(&Place::customer(id, Part::Clear, version), &it.to_bytes(), &*self.entropy)
    }

    fn masked(
        &self,
        id: &CustomerId,
        key: &SealingKey,
        it: &Recipient,
        version: i64,
    ) -> Result<Vec<u8>, Unreadable> {
        let masked = serde_json::to_vec(&it.masked()).map_err(|_| Unreadable)?;
        key.seal(&Place::customer(id, Part::Masked, version), &masked, &*self.entropy)
    }

    fn index(&self, it: &Recipient) -> Result<Vec<u8>, Unreadable> {
        it.found_by().map_or(Ok(Vec::new()), |phone| self.sealer.index(phone).map(|index| index.to_vec()))
    }
}
