//! Looking at tickets: the queue, the list, and one of them with everything that happened to it.

use livehand_compliance::Action;
use livehand_compliance::personal::Masked;
use livehand_kernel::{Hat, Millis, PersonId, Phrase, ShowId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::compensations::CompensationRow;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::orders::OrderRow;
use livehand_storage::tickets::{EntryRow, TicketFilter};
use livehand_trade::tickets::{Cause, Kind, Late, Priority, State, Ticket};
use livehand_trade::verification::Matter;

use super::find_ticket;
use crate::prepare::page_size;
use crate::{App, Caller, Error};

/// Entries of a record that are shown.
const ENTRIES_MAX: i64 = 500;
/// Orders of a viewer that are offered.
const ORDERS_MAX: i64 = 10;

/// Which tickets to list.
#[derive(Clone, Debug, Default)]
pub struct TicketQuery {
    /// Part of its words or of the order's number; or its own number.
    pub search: Option<String>,
    /// Only those that are to be done, or only those that are not.
    pub open: Option<bool>,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those of a kind.
    pub kind: Option<Kind>,
    /// Only those of a priority.
    pub priority: Option<Priority>,
    /// Only those of a cause.
    pub cause: Option<Cause>,
    /// Only those whose turn is that of a hat.
    pub post: Option<Hat>,
    /// Only those that somebody has.
    pub owner: Option<PersonId>,
    /// Only those of a show.
    pub show: Option<ShowId>,
    /// Only those of an order.
    pub order: Option<String>,
    /// Only those whose clock ran out.
    pub late: bool,
    /// The newest first, instead of what is to be worked on first.
    pub newest: bool,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub limit: Option<i64>,
}

/// A ticket with how its clocks stand.
#[derive(Clone, Debug)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// Which clock runs: that of the first answer, or that of the resolution; none when it is done.
    pub clock: Option<Late>,
    /// When it ends.
    pub next_due: Option<Millis>,
    /// Whether it has.
    pub late: bool,
}

impl TicketView {
    /// As it is seen at a time.
    pub fn of(ticket: Ticket, now: Millis) -> Self {
        let clock = if ticket.times.first_at.is_none() { Late::FirstAnswer } else { Late::Resolution };
        let open = ticket.state.is_open();
        let next_due = open.then(|| ticket.next_due());
        Self { clock: open.then_some(clock), next_due, late: next_due.is_some_and(|due| due < now), ticket }
    }
}

/// A page of tickets.
#[derive(Clone, Debug)]
pub struct TicketPage {
    /// The tickets.
    pub tickets: Vec<TicketView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
    /// When it was so: the clocks are seen from there.
    pub at: Millis,
}

/// An order that a ticket is about, or may be.
#[derive(Clone, Debug)]
pub struct TicketOrder {
    /// The order.
    pub row: OrderRow,
    /// Whether the ticket names it.
    pub chosen: bool,
}

/// A ticket with everything that happened to it.
#[derive(Clone, Debug)]
pub struct TicketDetail {
    /// The ticket.
    pub view: TicketView,
    /// Its record, in order.
    pub entries: Vec<EntryRow>,
    /// What the customer got, or is to get.
    pub compensations: Vec<CompensationRow>,
    /// The order that it is about; where none is named, the viewer's orders, the newest first.
    pub orders: Vec<TicketOrder>,
    /// Whom the order goes to, masked.
    pub recipient: Option<Masked>,
    /// The check of its order, if that was ever about the same matter.
    pub check: Option<CheckRow>,
}

impl App {
    /// A page of tickets.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_tickets(&self, caller: &Caller, query: TicketQuery) -> Result<TicketPage, Error> {
        caller.require(Action::ViewTickets)?;
        let limit = page_size(query.limit)?;
        let at = self.clock.now();
        let filter = TicketFilter {
            search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            running: query.open,
            state: query.state.map(|state| state.code().to_owned()),
            kind: query.kind,
            priority: query.priority,
            cause: query.cause,
            post: query.post.map(|post| post.code().to_owned()),
            owner: query.owner,
            show: query.show,
            order: query.order,
            late_at: query.late.then_some(at),
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut tickets = if query.newest {
            let before = query.after.as_deref().map(|text| text.parse().map_err(|_| bad_cursor(text)));
            storage::tickets::newest(&tx, &filter, before.transpose()?).await?
        } else {
            let after = query.after.as_deref().map(place).transpose()?;
            storage::tickets::queue(&tx, &filter, after).await?
        };
        drop(tx);
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = tickets.len() > size;
        tickets.truncate(size);
        let next = tickets.last().filter(|_| more).map(|last| match query.newest {
            true => last.number.to_string(),
            false => format!("{}:{}:{}", last.priority.rank(), last.next_due().0, last.number),
        });
        let tickets = tickets.into_iter().map(|ticket| TicketView::of(ticket, at)).collect();
        Ok(TicketPage { tickets, next, at })
    }

    /// A ticket with everything that happened to it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn ticket(&self, caller: &Caller, id: &str) -> Result<TicketDetail, Error> {
        caller.require(Action::ViewTickets)?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let ticket = find_ticket(&tx, id).await?;
        let entries = storage::tickets::entries(&tx, id, ENTRIES_MAX).await?;
        let compensations = storage::compensations::of_ticket(&tx, id).await?;
        let orders = orders_of(&tx, &ticket).await?;
        let check = check_of(&tx, &ticket).await?;
        drop(tx);
        let recipient = match &ticket.customer {
            Some(customer) => {
                self.masked_customers(&Caller::Local, std::slice::from_ref(customer)).await?.remove(customer)
            }
            None => None,
        };
        let view = TicketView::of(ticket, now);
        Ok(TicketDetail { view, entries, compensations, orders, recipient, check })
    }
}

/// The check of the order of a ticket, if it found something about the same matter, or asks the buyer by the ticket.
async fn check_of(tx: &Tx, ticket: &Ticket) -> Result<Option<CheckRow>, storage::Error> {
    let Some(order) = ticket.order.as_deref() else { return Ok(None) };
    let mut check = storage::order_checks::find(tx, &[order]).await?.into_iter().next();
    let matter = Matter::of_ticket(ticket.kind);
    if let Some(check) = &mut check
        && !ticket.asks
    {
        check.findings.retain(|it| Some(it.matter()) == matter);
    }
    Ok(check.filter(|check| ticket.asks || !check.findings.is_empty()))
}

async fn orders_of(tx: &Tx, ticket: &Ticket) -> Result<Vec<TicketOrder>, storage::Error> {
    if let Some(order) = &ticket.order {
        let row = storage::orders::find(tx, order).await?;
        return Ok(row.map(|row| TicketOrder { row, chosen: true }).into_iter().collect());
    }
    let Some(viewer) = &ticket.viewer else { return Ok(Vec::new()) };
    let rows = storage::orders::of_buyer(tx, viewer, ORDERS_MAX).await?;
    Ok(rows.into_iter().map(|row| TicketOrder { row, chosen: false }).collect())
}

/// Where a page of the queue begins: priority, clock and number of the ticket before it.
fn place(text: &str) -> Result<(i64, Millis, i64), Error> {
    let mut parts = text.split(':').map(str::parse::<i64>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(rank)), Some(Ok(due)), Some(Ok(number)), None) => Ok((rank, Millis(due), number)),
        _ => Err(bad_cursor(text)),
    }
}

fn bad_cursor(text: &str) -> Error {
    let expected = Phrase::new("`next` of the page before", "上一页的 next");
    Error::field("after", expected, Phrase::literal(livehand_kernel::display_text(text)))
}
