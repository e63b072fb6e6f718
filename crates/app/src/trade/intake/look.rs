//! Looking at orders.

use livehand_compliance::Action;
use livehand_kernel::{CustomerId, Millis, Phrase};
use livehand_storage as storage;
use livehand_storage::orders::{NoticeRow, OrderFilter, OrderRow};
use livehand_trade::orders::State;

use super::Promise;
use crate::FulfilmentView;
use crate::prepare::page_size;
use crate::{App, Caller, Error};

/// Notices of one order that are shown.
const NOTICES_MAX: i64 = 200;

/// Which orders to list.
#[derive(Clone, Debug, Default)]
pub struct OrderQuery {
    /// Part of the number.
    pub search: Option<String>,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those that somebody has to look at.
    pub attention: bool,
    /// Only those of a customer.
    pub customer: Option<CustomerId>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub limit: Option<i64>,
}

/// A page of orders, those that were bought last first.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<OrderRow>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

/// An order with all that is known of it.
#[derive(Clone, Debug)]
pub struct OrderDetail {
    /// The order.
    pub row: OrderRow,
    /// What was promised when it was bought.
    pub promise: Option<Promise>,
    /// The notices that made it, in the order in which they came.
    pub notices: Vec<NoticeRow>,
    /// How far its parcel has come, and what held it.
    pub fulfilment: FulfilmentView,
}

impl App {
    /// A page of orders.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_orders(&self, caller: &Caller, query: OrderQuery) -> Result<OrderPage, Error> {
        caller.require(Action::ViewOrders)?;
        let limit = page_size(query.limit)?;
        let filter = OrderFilter {
            search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            state: query.state,
            attention: query.attention,
            customer: query.customer,
            before: query.after.as_deref().map(cursor).transpose()?,
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut orders = storage::orders::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = orders.len() > size;
        orders.truncate(size);
        let last = orders.last().filter(|_| more);
        let next = last.map(|last| format!("{}:{}", last.order.bought_at().0, last.order.id()));
        Ok(OrderPage { orders, next })
    }

    /// An order.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn order(&self, caller: &Caller, id: &str) -> Result<OrderDetail, Error> {
        caller.require(Action::ViewOrders)?;
        let tx = self.db.read().await?;
        let row = storage::orders::find(&tx, id).await?.ok_or_else(|| Error::not_found("order", id))?;
        let notices = storage::orders::notices_of(&tx, id, NOTICES_MAX).await?;
        let promise = row.promise.as_deref().map(serde_json::from_str).transpose();
        let promise = promise.map_err(|_| Error::Internal("a promise is damaged"))?;
        let fulfilment = crate::trade::fulfilment::view(&tx, id).await?;
        Ok(OrderDetail { row, promise, notices, fulfilment })
    }
}

/// Where a page begins: when the order before it was bought, and its id.
pub(in crate::trade) fn cursor(text: &str) -> Result<(Millis, String), Error> {
    let parts = text.split_once(':').and_then(|(at, id)| Some((Millis(at.parse().ok()?), id.to_owned())));
    parts.ok_or_else(|| {
        let expected = Phrase::new("`next` of the page before", "上一页的 next");
        Error::field("after", expected, Phrase::literal(livehand_kernel::display_text(text)))
    })
}
