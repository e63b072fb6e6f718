//! Another recipient for an order that has one: seen as a difference, kept sealed with the customer's key until somebody
//! confirms that the label says it, then kept like any other.

use livehand_compliance::personal::{Given, Masked, Recipient};
use livehand_kernel::{CustomerId, DeliveryId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::deliveries::DeliveryRow;

use super::keep::{Checked, Keeper, NotKept};
use super::sealing::{Place, SealingKey, Unreadable};
use super::{invalid, open_clear};
use crate::{App, Error};

/// How a recipient would change, as every screen may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientChange {
    /// As it is.
    pub before: Masked,
    /// As it is to be.
    pub after: Masked,
    /// What is different: name, phone, region, street, remark.
    pub parts: Vec<&'static str>,
}

/// A new recipient, sealed.
pub(crate) struct Proposed {
    /// Whose key seals it.
    pub customer: CustomerId,
    /// The recipient.
    pub sealed: Vec<u8>,
    /// What is different.
    pub parts: Vec<&'static str>,
}

fn parts(a: &Recipient, b: &Recipient) -> Vec<&'static str> {
    let phone = a.phone() != b.phone() || a.extension() != b.extension();
    let different = [
        ("name", a.name() != b.name()),
        ("phone", phone),
        ("region", a.region() != b.region()),
        ("street", a.street() != b.street()),
        ("remark", a.remark() != b.remark()),
    ];
    different.into_iter().filter(|(_, different)| *different).map(|(part, _)| part).collect()
}

/// Checks a new recipient; what is wrong is named and never repeated.
pub(crate) fn checked_recipient(given: &Given) -> Result<Recipient, Error> {
    Recipient::checked(given, livehand_address::divisions_end)
        .map_err(|wrong| Error::Invalid(invalid("recipient.", wrong)))
}

impl Keeper {
    /// The recipient of a delivery in clear, with the key of its customer; nothing once it is gone.
    async fn opened(
        &self,
        tx: &Tx,
        id: &DeliveryId,
    ) -> Result<Option<(DeliveryRow, Recipient, SealingKey)>, NotKept> {
        let Some(row) = storage::deliveries::find(tx, id).await? else { return Ok(None) };
        let Some(customer) = storage::customers::find(tx, &row.customer_id).await? else { return Ok(None) };
        let (Some((_, key)), Some(sealed)) = (open_clear(self.sealer(), &customer)?, &row.recipient) else {
            return Ok(None);
        };
        let bytes = key.open(&Place::delivery(&row.id, &row.customer_id, row.version), sealed)?;
        let recipient = Recipient::from_bytes(&bytes).ok_or(Unreadable)?;
        Ok(Some((row, recipient, key)))
    }

    /// Seals a new recipient of a delivery under `place`, an id; nothing if the delivery has no recipient.
    pub async fn propose(
        &self,
        tx: &Tx,
        id: &DeliveryId,
        place: &str,
        to: &Recipient,
    ) -> Result<Option<Proposed>, NotKept> {
        let Some((row, before, key)) = self.opened(tx, id).await? else { return Ok(None) };
        let sealed = key.seal(&Place::proposed(place, &row.customer_id), &to.to_bytes(), self.entropy())?;
        Ok(Some(Proposed { customer: row.customer_id, sealed, parts: parts(&before, to) }))
    }

    /// Makes a proposed recipient that of its delivery, which is checked anew; false if it is gone meanwhile.
    pub async fn accept(
        &self,
        tx: &Tx,
        id: &DeliveryId,
        place: &str,
        customer: &CustomerId,
        sealed: &[u8],
    ) -> Result<bool, NotKept> {
        let Some(recipient) = self.proposed(tx, place, customer, sealed).await? else { return Ok(false) };
        let Some(row) = storage::deliveries::find(tx, id).await? else { return Ok(false) };
        let kept = self.keep(tx, &Checked::of_order(id.clone(), row.opened_at, recipient)).await?;
        storage::orders::set_customer(tx, id.as_str(), &kept.customer).await?;
        // Nobody has looked at this address yet: the order is held until it was checked, in this same transaction.
        crate::trade::recipient_changed(tx, id.as_str(), self.now).await?;
        Ok(true)
    }

    async fn proposed(
        &self,
        tx: &Tx,
        place: &str,
        customer: &CustomerId,
        sealed: &[u8],
    ) -> Result<Option<Recipient>, NotKept> {
        let Some(row) = storage::customers::find(tx, customer).await? else { return Ok(None) };
        let Some((_, key)) = open_clear(self.sealer(), &row)? else { return Ok(None) };
        let bytes = key.open(&Place::proposed(place, customer), sealed)?;
        Ok(Some(Recipient::from_bytes(&bytes).ok_or(Unreadable)?))
    }

    /// Whether a recipient is the one that was proposed.
    pub async fn is_proposed(
        &self,
        tx: &Tx,
        place: &str,
        customer: &CustomerId,
        sealed: &[u8],
        to: &Recipient,
    ) -> Result<bool, NotKept> {
        let known = self.proposed(tx, place, customer, sealed).await?;
        Ok(known.is_some_and(|known| known.is_same(to)))
    }

    /// What a proposed recipient would change; nothing once either is gone.
    async fn change(
        &self,
        tx: &Tx,
        id: &DeliveryId,
        place: &str,
        customer: &CustomerId,
        sealed: &[u8],
    ) -> Result<Option<RecipientChange>, NotKept> {
        let Some(after) = self.proposed(tx, place, customer, sealed).await? else { return Ok(None) };
        let Some((_, before, _)) = self.opened(tx, id).await? else { return Ok(None) };
        let parts = parts(&before, &after);
        Ok(Some(RecipientChange { before: before.masked(), after: after.masked(), parts }))
    }
}

impl App {
    /// What a proposed recipient would change, masked; nothing without a key, or once either is gone.
    pub(crate) async fn recipient_change(
        &self,
        tx: &Tx,
        id: &DeliveryId,
        place: &str,
        customer: &CustomerId,
        sealed: &[u8],
    ) -> Result<Option<RecipientChange>, Error> {
        let Ok(keeper) = self.keeper() else { return Ok(None) };
        match keeper.change(tx, id, place, customer, sealed).await {
            Ok(change) => Ok(change),
            Err(NotKept::Unreadable) => Ok(None),
            Err(NotKept::Storage(error)) => Err(error.into()),
        }
    }
}
