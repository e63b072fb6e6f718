//! Customers as every screen has them: masked.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_compliance::personal::{Class, Masked, Matrix, Times, normal_phone};
use livehand_kernel::{CustomerId, DeliveryId, Millis, Phrase};
use livehand_storage as storage;
use livehand_storage::customers::CustomerRow;
use livehand_storage::deliveries::DeliveryRow;

use super::find_customer;
use super::sealing::{Part, Place, Sealer, Unreadable};
use crate::audit::Entry;
use crate::prepare::page_size;
use crate::{App, Caller, Error};

/// Customers with one number in an answer.
const FOUND_MAX: i64 = 50;
/// Deliveries shown of one customer.
const DELIVERIES_SHOWN: i64 = 100;

/// What is left of what is known of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerState {
    /// Everything.
    Kept,
    /// What is masked: the time of the rest is over.
    Expired,
    /// Nothing, because they asked for it, or because the time of the evidence is over as well.
    Erased,
}

impl CustomerState {
    /// The code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            CustomerState::Kept => "kept",
            CustomerState::Expired => "expired",
            CustomerState::Erased => "erased",
        }
    }
}

/// A customer as screens have them.
#[derive(Clone, Debug)]
pub struct CustomerView {
    /// Id.
    pub id: CustomerId,
    /// Absent once it is gone, or while there is no key.
    pub masked: Option<Masked>,
    /// What is left.
    pub state: CustomerState,
    /// When they were first seen.
    pub created_at: Millis,
    /// When they last ordered.
    pub last_order_at: Millis,
    /// When what was clear was taken away.
    pub expired_at: Option<Millis>,
    /// When everything was.
    pub erased_at: Option<Millis>,
}

/// A page of customers, the last first.
#[derive(Clone, Debug)]
pub struct CustomerPage {
    /// The customers.
    pub customers: Vec<CustomerView>,
    /// Where the next page begins.
    pub next: Option<CustomerId>,
}

/// A delivery as screens have it.
#[derive(Clone, Debug)]
pub struct DeliveryView {
    /// The order's number, or the prize's.
    pub id: DeliveryId,
    /// order or prize.
    pub class: Class,
    /// When it was ordered.
    pub opened_at: Millis,
    /// When it left.
    pub shipped_at: Option<Millis>,
    /// When it was signed for.
    pub received_at: Option<Millis>,
    /// When its after-sale was over.
    pub closed_at: Option<Millis>,
    /// When its recipient goes, as far as that is known.
    pub due_at: Option<Millis>,
    /// When its recipient went.
    pub expired_at: Option<Millis>,
}

/// A customer with their deliveries.
#[derive(Clone, Debug)]
pub struct CustomerDetail {
    /// The customer.
    pub customer: CustomerView,
    /// Their deliveries, the last first.
    pub deliveries: Vec<DeliveryView>,
}

impl App {
    /// Customers, masked, the last first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_customers(
        &self,
        caller: &Caller,
        after: Option<&CustomerId>,
        limit: Option<i64>,
    ) -> Result<CustomerPage, Error> {
        caller.require(Action::ViewCustomers)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        let mut rows = storage::customers::page(&tx, after, limit + 1).await?;
        drop(tx);
        let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        let sealer = self.sealer().ok();
        let customers = rows.iter().map(|row| view(sealer.as_deref(), row)).collect();
        Ok(CustomerPage { customers, next })
    }

    /// One customer, masked, with their deliveries.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn customer(&self, caller: &Caller, id: &CustomerId) -> Result<CustomerDetail, Error> {
        caller.require(Action::ViewCustomers)?;
        let tx = self.db.read().await?;
        let row = find_customer(&tx, id).await?;
        let deliveries = storage::deliveries::of_customer(&tx, id, DELIVERIES_SHOWN).await?;
        drop(tx);
        let matrix = self.retention;
        let customer = view(self.sealer().ok().as_deref(), &row);
        let deliveries = deliveries.into_iter().map(|row| delivery_view(row, &matrix)).collect();
        Ok(CustomerDetail { customer, deliveries })
    }

    /// Customers with a telephone number, which is given whole; masked. That somebody looked is recorded, the number is not.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] for something that is no number, [`Error::Conflict`] without a key.
    pub async fn find_customers(&self, caller: &Caller, phone: &str) -> Result<Vec<CustomerView>, Error> {
        caller.require(Action::ViewCustomers)?;
        let sealer = self.sealer()?;
        let (number, _) = normal_phone(phone);
        if number.chars().filter(char::is_ascii_digit).count() < 5 || number.contains('*') {
            let expected = Phrase::new("a whole telephone number", "完整的电话号码");
            let found = Phrase::new("something else", "其他内容");
            return Err(Error::field("phone", expected, found));
        }
        let tx = self.db.read().await?;
        let mut rows = Vec::new();
        for index in sealer.indexes(&number)? {
            rows.extend(storage::customers::by_phone(&tx, &index, FOUND_MAX).await?);
        }
        drop(tx);
        let entry = Entry::of(caller, "look_up_customer", "")
            .with(serde_json::json!({ "found": rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>() }));
        self.audit_alone(entry).await?;
        Ok(rows.iter().map(|row| view(Some(&sealer), row)).collect())
    }

    /// Customers as they stand beside their orders: masked, by id; those of whom nothing is left are not among them.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn masked_customers(
        &self,
        caller: &Caller,
        ids: &[CustomerId],
    ) -> Result<BTreeMap<CustomerId, Masked>, Error> {
        caller.require(Action::ViewCustomers)?;
        let Ok(sealer) = self.sealer() else { return Ok(BTreeMap::new()) };
        let tx = self.db.read().await?;
        let mut found = BTreeMap::new();
        for id in ids {
            if let Some(row) = storage::customers::find(&tx, id).await?
                && let Ok(Some(masked)) = open_masked(&sealer, &row)
            {
                found.insert(id.clone(), masked);
            }
        }
        Ok(found)
    }
}

/// What is masked of a customer; nothing once it is gone.
fn open_masked(sealer: &Sealer, row: &CustomerRow) -> Result<Option<Masked>, Unreadable> {
    let Some(part) = &row.masked else { return Ok(None) };
    let key = sealer.unwrap(&row.key_id, &row.id, Part::Masked, &part.key)?;
    let bytes = key.open(&Place::customer(&row.id, Part::Masked, row.version), &part.data)?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| Unreadable)
}

pub(super) fn view(sealer: Option<&Sealer>, row: &CustomerRow) -> CustomerView {
    let masked = sealer.and_then(|sealer| open_masked(sealer, row).ok().flatten());
    let state = match (&row.clear, &row.masked) {
        (Some(_), _) => CustomerState::Kept,
        (None, Some(_)) => CustomerState::Expired,
        (None, None) => CustomerState::Erased,
    };
    CustomerView {
        id: row.id.clone(),
        masked,
        state,
        created_at: row.created_at,
        last_order_at: row.last_order_at,
        expired_at: row.expired_at,
        erased_at: row.erased_at,
    }
}

fn delivery_view(row: DeliveryRow, matrix: &Matrix) -> DeliveryView {
    let class = Class::from_code(&row.class).unwrap_or(Class::Order);
    let due = matrix.due(class, Times { received: row.received_at, closed: row.closed_at });
    DeliveryView {
        id: row.id,
        class,
        opened_at: row.opened_at,
        shipped_at: row.shipped_at,
        received_at: row.received_at,
        closed_at: row.closed_at,
        due_at: due.filter(|_| row.expired_at.is_none()),
        expired_at: row.expired_at,
    }
}
