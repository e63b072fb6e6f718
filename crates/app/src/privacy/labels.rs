//! Labels (面单): the warehouse sees what a parcel needs, while it is to be shipped.

use livehand_compliance::Action;
use livehand_compliance::personal::{LABEL_FIELDS, Recipient, Shown};
use livehand_kernel::{DeliveryId, Phrase, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;

use super::reveal::label_look;
use super::sealing::{Part, Place, Sealer, Unreadable};
use super::{find_customer, person};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Labels in one request, at most.
pub const LABELS_MAX: usize = 100;

/// What stands on a label. Printing it says nothing.
#[derive(Debug)]
pub struct Label {
    /// The order's number, or the prize's.
    pub delivery: DeliveryId,
    /// Whom it goes to; absent if it is not to be shipped.
    pub recipient: Option<Recipient>,
    /// Which fields may be shown.
    pub shown: Shown,
    /// Why there is none: unknown, shipped, closed, held (or not to be sent for another reason) or gone.
    pub refused: Option<&'static str>,
}

impl App {
    /// The labels of deliveries that are to be shipped, and records that somebody saw them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`] without a key.
    pub async fn labels(&self, caller: &Caller, ids: &[DeliveryId]) -> Result<Vec<Label>, Error> {
        let who = person(caller, Action::ViewLabels)?;
        let sealer = self.sealer()?;
        if ids.is_empty() || ids.len() > LABELS_MAX {
            let expected = Phrase::new(format!("1 to {LABELS_MAX}"), format!("1 到 {LABELS_MAX} 条"));
            return Err(Error::field("deliveries", expected, Phrase::literal(ids.len().to_string())));
        }
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let (mut labels, mut looks) = (Vec::with_capacity(ids.len()), Vec::new());
        for id in ids {
            let label = label(&tx, &sealer, id).await?;
            if label.0.recipient.is_some()
                && let Some(customer) = label.1
            {
                let look_id = new_uuid(now, &*self.entropy);
                let by = (who.clone(), caller.name());
                looks.push(label_look(look_id, customer, id.clone(), by, (&label.0.shown.codes(), now)));
            }
            labels.push(label.0);
        }
        drop(tx);
        if !looks.is_empty() {
            let seen: Vec<_> = looks.iter().filter_map(|look| look.delivery_id.clone()).collect();
            let entry = Entry::of(caller, "view_labels", "").with(serde_json::json!({ "deliveries": seen }));
            let looks = &looks;
            self.audited(entry, move |tx| async move {
                for look in looks {
                    storage::customer_looks::insert(&tx, look).await?;
                }
                Ok(Some(()))
            })
            .await?;
        }
        Ok(labels)
    }
}

async fn label(
    tx: &Tx,
    sealer: &Sealer,
    id: &DeliveryId,
) -> Result<(Label, Option<livehand_kernel::CustomerId>), Error> {
    let shown = Shown::of(LABEL_FIELDS);
    let refused = |why| {
        let shown = shown.clone();
        Ok((Label { delivery: id.clone(), recipient: None, shown, refused: Some(why) }, None))
    };
    let Some(row) = storage::deliveries::find(tx, id).await? else { return refused("unknown") };
    if row.shipped_at.is_some() {
        return refused("shipped");
    }
    if row.closed_at.is_some() {
        return refused("closed");
    }
    if crate::trade::stopped(tx, id.as_str()).await?.is_some() {
        return refused("held");
    }
    let customer = find_customer(tx, &row.customer_id).await?;
    let (Some(sealed), Some(part)) = (&row.recipient, &customer.clear) else { return refused("gone") };
    let key = sealer.unwrap(&customer.key_id, &customer.id, Part::Clear, &part.key)?;
    let bytes = key.open(&Place::delivery(&row.id, &customer.id, row.version), sealed)?;
    let recipient = Recipient::from_bytes(&bytes).ok_or(Unreadable)?;
    let label = Label { delivery: id.clone(), recipient: Some(recipient), shown, refused: None };
    Ok((label, Some(customer.id)))
}
