//! Looking at intercepts, and what the warehouse has to do.

use livehand_compliance::Action;
use livehand_kernel::{DeliveryId, Fen, Millis, Phrase, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::intercepts::{InterceptFilter, InterceptRow};
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::Node;
use livehand_trade::intercepts::{Intercept, State};
use livehand_trade::verification::contents;

use super::step::node_of;
use crate::prepare::page_size;
use crate::privacy::RecipientChange;
use crate::trade::verification::corrected;
use crate::{App, Caller, Error};

/// Tasks in one answer.
const TASKS_MAX: i64 = 200;

/// Which requests to list.
#[derive(Clone, Debug, Default)]
pub struct InterceptQuery {
    /// Part of the order's number.
    pub search: Option<String>,
    /// Only those that run, or only those that are over.
    pub running: Option<bool>,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those of a ticket.
    pub ticket: Option<String>,
    /// Only those of an order.
    pub order: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub limit: Option<i64>,
}

impl InterceptQuery {
    /// As the database is asked, for so many rows.
    pub(super) fn filter(self, limit: i64) -> Result<InterceptFilter, Error> {
        Ok(InterceptFilter {
            search: self.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            running: self.running,
            state: self.state.map(|state| state.code().to_owned()),
            ticket: self.ticket,
            order: self.order,
            before: self.after.as_deref().map(place).transpose()?,
            limit,
        })
    }
}

/// A request with what has to be known to do it.
#[derive(Clone, Debug)]
pub struct InterceptView {
    /// The request.
    pub intercept: Intercept,
    /// How far the parcel has come now.
    pub node: Node,
    /// Whether the time for the present step is over.
    pub late: bool,
    /// What was paid for the order.
    pub paid: Option<Fen>,
    /// What is in the parcel, as it was corrected: SKU, name of the product, how many.
    pub lines: Vec<(SkuId, String, i64)>,
    /// The difference against the label, masked; while it is not done.
    pub change: Option<RecipientChange>,
}

/// A page of requests, the last first.
#[derive(Clone, Debug)]
pub struct InterceptPage {
    /// The requests.
    pub intercepts: Vec<InterceptView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
    /// When it was so.
    pub at: Millis,
}

/// Something that the warehouse has to do.
pub type WarehouseTask = InterceptView;

impl App {
    /// A request.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn intercept(&self, caller: &Caller, id: &str) -> Result<InterceptView, Error> {
        caller.require(Action::ViewTickets)?;
        let tx = self.db.read().await?;
        let row =
            storage::intercepts::find(&tx, id).await?.ok_or_else(|| Error::not_found("intercept", id))?;
        self.intercept_view(&tx, row).await
    }

    /// A page of requests.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_intercepts(
        &self,
        caller: &Caller,
        query: InterceptQuery,
    ) -> Result<InterceptPage, Error> {
        caller.require(Action::ViewTickets)?;
        let limit = page_size(query.limit)?;
        let filter = query.filter(limit + 1)?;
        let at = self.clock.now();
        let tx = self.db.read().await?;
        let mut rows = storage::intercepts::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| format!("{}:{}", last.intercept.requested_at.0, last.intercept.id));
        let mut intercepts = Vec::with_capacity(rows.len());
        for row in rows {
            intercepts.push(self.intercept_view(&tx, row).await?);
        }
        Ok(InterceptPage { intercepts, next, at })
    }

    /// What the warehouse has to do, by when it is to be done.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn warehouse_tasks(&self, caller: &Caller) -> Result<Vec<WarehouseTask>, Error> {
        caller.require(Action::ViewTickets)?;
        let tx = self.db.read().await?;
        let mut tasks = Vec::new();
        for row in storage::intercepts::with_warehouse(&tx, TASKS_MAX).await? {
            tasks.push(self.intercept_view(&tx, row).await?);
        }
        Ok(tasks)
    }

    async fn intercept_view(&self, tx: &Tx, row: InterceptRow) -> Result<InterceptView, Error> {
        let it = row.intercept;
        let node = node_of(tx, &it.order).await?;
        let order = storage::orders::find(tx, &it.order).await?;
        let change = match (&row.customer, &row.recipient) {
            (Some(customer), Some(sealed)) => {
                let delivery = DeliveryId(it.order.clone());
                self.recipient_change(tx, &delivery, &it.id, customer, sealed).await?
            }
            _ => None,
        };
        Ok(InterceptView {
            late: it.state == State::Asked && it.due < self.clock.now(),
            paid: order.as_ref().and_then(|row| row.order.paid()),
            lines: match &order {
                Some(row) => lines(tx, row).await?,
                None => Vec::new(),
            },
            node,
            change,
            intercept: it,
        })
    }
}

async fn lines(tx: &Tx, row: &OrderRow) -> Result<Vec<(SkuId, String, i64)>, storage::Error> {
    let mut lines = Vec::new();
    let decisions = storage::order_decisions::of_orders(tx, &[&row.order.id()]).await?;
    for line in contents(&row.order, &corrected(&decisions)) {
        let product = match storage::skus::find(tx, &line.sku).await? {
            Some(sku) => sku.product_id,
            None => livehand_kernel::ProductId(line.sku.0.clone()),
        };
        let name = storage::products::find(tx, &product).await?.map(|row| row.name).unwrap_or_default();
        lines.push((line.sku.clone(), name, line.quantity));
    }
    Ok(lines)
}

fn place(text: &str) -> Result<(Millis, String), Error> {
    let parts = text.split_once(':').and_then(|(at, id)| Some((Millis(at.parse().ok()?), id.to_owned())));
    parts.ok_or_else(|| {
        let expected = Phrase::new("`next` of the page before", "上一页的 next");
        Error::field("after", expected, Phrase::literal(livehand_kernel::display_text(text)))
    })
}
