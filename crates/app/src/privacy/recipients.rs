//! Recipients of orders, for the check of orders: opened, known again, put right and put back. What leaves this module in
//! clear is a [`Recipient`], which cannot be printed.

use livehand_compliance::personal::{Class, Given, Recipient};
use livehand_kernel::{CustomerId, DeliveryId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::order_decisions::Previous;

use super::keep::{Checked, Kept};
use super::sealing::{Place, Unreadable};
use super::{Keeper, NotKept, open_clear};

/// The recipient of a delivery, opened.
pub(crate) struct Opened {
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The same, sealed as it is kept.
    pub sealed: Previous,
}

/// Everything by which a recipient is known again; what they wrote with the order is no part of it.
fn text(recipient: &Recipient) -> zeroize::Zeroizing<String> {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let whole = format!("{}{}", recipient.region(), recipient.street());
    let parts = [recipient.name(), recipient.phone(), recipient.extension(), &whole].map(bare);
    zeroize::Zeroizing::new(format!("recipient\0{}", parts.join("\0")))
}

impl Checked {
    /// Whom it goes to.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }
}

impl Keeper {
    /// A keyed hash by which a recipient is known again.
    pub fn print(&self, recipient: &Recipient) -> Result<Vec<u8>, NotKept> {
        Ok(self.fingerprint(&text(recipient))?.to_vec())
    }

    /// Whether a keyed hash is that of a recipient, by any of the keys that there are.
    pub fn is_print(&self, recipient: &Recipient, print: &[u8]) -> Result<bool, NotKept> {
        Ok(self.sealer.indexes(&text(recipient))?.iter().any(|own| own.as_slice() == print))
    }

    /// The recipient of an order; nothing if none is kept, or if it was taken away.
    pub async fn open(&self, tx: &Tx, order: &str) -> Result<Option<Opened>, NotKept> {
        let id = DeliveryId(order.to_owned());
        let Some(row) = storage::deliveries::find(tx, &id).await? else { return Ok(None) };
        let Some(sealed) = row.recipient else { return Ok(None) };
        let sealed = Previous { sealed, version: row.version, customer: row.customer_id };
        let recipient = self.open_previous(tx, order, &sealed).await?;
        Ok(recipient.map(|recipient| Opened { recipient, sealed }))
    }

    /// A recipient as it was before; nothing if it was taken away since.
    pub async fn open_previous(
        &self,
        tx: &Tx,
        order: &str,
        previous: &Previous,
    ) -> Result<Option<Recipient>, NotKept> {
        let Some(customer) = storage::customers::find(tx, &previous.customer).await? else { return Ok(None) };
        let Some((_, key)) = open_clear(&self.sealer, &customer)? else { return Ok(None) };
        let place = Place::delivery(&DeliveryId(order.to_owned()), &previous.customer, previous.version);
        let bytes = key.open(&place, &previous.sealed)?;
        Ok(Some(Recipient::from_bytes(&bytes).ok_or(Unreadable)?))
    }

    /// Sends an order elsewhere; its customer then.
    pub async fn redirect(&self, tx: &Tx, order: &str, to: Recipient) -> Result<CustomerId, NotKept> {
        let id = DeliveryId(order.to_owned());
        let at = storage::deliveries::find(tx, &id).await?.map_or(self.now, |row| row.opened_at);
        let new = Checked { id, class: Class::Order, at, recipient: to };
        let Kept { customer, .. } = self.keep(tx, &new).await?;
        Ok(customer)
    }
}

/// A recipient with another address or number; nothing if that cannot be kept.
pub(crate) fn altered(
    before: &Recipient,
    phone: Option<String>,
    region: String,
    street: String,
) -> Option<Recipient> {
    let extension = before.extension();
    let own = if extension.is_empty() {
        before.phone().to_owned()
    } else {
        format!("{}-{extension}", before.phone())
    };
    let given = Given {
        name: before.name().to_owned(),
        phone: phone.unwrap_or(own),
        region,
        address: street,
        remark: before.remark().to_owned(),
    };
    Recipient::checked(&given, livehand_address::divisions_end).ok()
}
