//! 交易: after-sale tickets. The queue, one of them, and everything that is done to it.

pub mod compensations;
pub mod handle;
pub mod look;
pub mod settings;

use livehand_app::personal::Masked;
use livehand_app::{CompensationRow, TicketDetail, TicketEntry, TicketView};
use livehand_kernel::{CustomerId, Fen, Hat, Millis, PersonId, ProductId, ShowId};
use livehand_trade::tickets::compensation::Signature;
use livehand_trade::tickets::{Cause, Kind, Late, Mood, Priority, Source, State, Waits};
use livehand_trade::verification::CheckState;
use serde::Serialize;
use utoipa::ToSchema;

/// Who has a ticket.
#[derive(Serialize, ToSchema)]
pub struct TicketOwner {
    id: PersonId,
    name: String,
}

/// An after-sale ticket.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    id: String,
    /// Its number, for people.
    number: i64,
    kind: Kind,
    source: Source,
    priority: Priority,
    mood: Mood,
    state: State,
    /// Whether something is still to be done.
    open: bool,
    /// Whom it waits for.
    waits: Option<Waits>,
    /// Whose turn it is.
    post: Hat,
    owner: Option<TicketOwner>,
    show: Option<ShowId>,
    product: Option<ProductId>,
    /// Platform and number.
    order: Option<String>,
    customer: Option<CustomerId>,
    /// The platform's id of the viewer.
    viewer: Option<String>,
    /// The customer's nickname, masked.
    nickname: String,
    text: String,
    cause: Option<Cause>,
    /// What whoever supplies the goods has to learn from it.
    feedback: String,
    opened_at: Millis,
    /// By when the customer must be answered.
    first_due: Millis,
    /// When they were.
    first_at: Option<Millis>,
    /// By when it must be resolved.
    due: Millis,
    resolved_at: Option<Millis>,
    closed_at: Option<Millis>,
    /// Which clock runs; absent when it is done.
    clock: Option<Late>,
    /// When that ends.
    next_due: Option<Millis>,
    /// Whether it has.
    late: bool,
    /// Whether it was raised to operations because it was late.
    raised: bool,
    reopened: i64,
    satisfaction_asked_at: Option<Millis>,
    /// What the customer says of it, 1 to 5.
    score: Option<i64>,
    /// What the customer got for it.
    compensated_fen: Fen,
    /// Whether it is made up.
    synthetic: bool,
}

impl From<TicketView> for Ticket {
    fn from(TicketView { ticket, clock, next_due, late }: TicketView) -> Self {
        let (open, waits, post) = (ticket.state.is_open(), ticket.state.waits(), ticket.post());
        let times = ticket.times;
        Self {
            id: ticket.id,
            number: ticket.number,
            kind: ticket.kind,
            source: ticket.source,
            priority: ticket.priority,
            mood: ticket.mood,
            state: ticket.state,
            open,
            waits,
            post,
            owner: ticket.owner.map(|owner| TicketOwner { id: owner.id, name: owner.name }),
            show: ticket.show,
            product: ticket.product,
            order: ticket.order,
            customer: ticket.customer,
            viewer: ticket.viewer,
            nickname: ticket.nickname,
            text: ticket.text,
            cause: ticket.cause,
            feedback: ticket.feedback,
            opened_at: times.opened_at,
            first_due: times.first_due,
            first_at: times.first_at,
            due: times.due,
            resolved_at: times.resolved_at,
            closed_at: times.closed_at,
            clock,
            next_due,
            late,
            raised: ticket.raised,
            reopened: ticket.reopened,
            satisfaction_asked_at: ticket.satisfaction.asked_at,
            score: ticket.satisfaction.score,
            compensated_fen: ticket.compensated,
            synthetic: ticket.synthetic,
        }
    }
}

/// Something that happened to a ticket.
#[derive(Serialize, ToSchema)]
pub struct TicketRecord {
    /// Its place, from 1.
    place: i64,
    at: Millis,
    person: Option<PersonId>,
    /// Their name then; of a comment the viewer's, masked.
    name: String,
    /// opened, comment, note, answer, moved, `handed_over`, edited, late, `satisfaction_asked`, rated,
    /// `compensation_asked`, `compensation_agreed`, `compensation_refused` or intercept.
    what: String,
    words: String,
    /// What exactly.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// The event of a show's log that it stands for: show, `#` and sequence.
    event: Option<String>,
}

impl From<TicketEntry> for TicketRecord {
    fn from(it: TicketEntry) -> Self {
        Self {
            place: it.place,
            at: it.at,
            person: it.person_id,
            name: it.person_name,
            what: it.what,
            words: it.words,
            detail: serde_json::from_str(&it.detail).unwrap_or_default(),
            event: it.event,
        }
    }
}

/// An order that a ticket is about, or may be.
#[derive(Serialize, ToSchema)]
pub struct TicketOrder {
    /// Whether the ticket names it; otherwise it is one of the viewer's.
    chosen: bool,
    #[serde(flatten)]
    order: crate::routes::orders::Order,
}

/// Whom an order goes to, as screens have it.
#[derive(Serialize, ToSchema)]
pub struct TicketRecipient {
    name: String,
    phone: String,
    region: String,
}

impl From<Masked> for TicketRecipient {
    fn from(it: Masked) -> Self {
        Self { name: it.name, phone: it.phone, region: it.region }
    }
}

/// Who agreed to a sum.
#[derive(Serialize, ToSchema)]
pub struct CompensationSigned {
    signature: Signature,
    by: PersonId,
    name: String,
    at: Millis,
}

/// Money for a customer.
#[derive(Serialize, ToSchema)]
pub struct Compensation {
    id: String,
    /// The ticket's id.
    ticket: String,
    fen: Fen,
    reason: String,
    /// asked, granted or refused.
    status: String,
    /// Whose agreements it needs.
    needs: Vec<Signature>,
    /// Whose it still needs.
    missing: Vec<Signature>,
    asked_by: PersonId,
    asked_name: String,
    asked_at: Millis,
    signed: Vec<CompensationSigned>,
    refused_by: Option<PersonId>,
    refused_name: Option<String>,
    refused_at: Option<Millis>,
    /// Why it was refused.
    refusal: String,
}

impl From<CompensationRow> for Compensation {
    fn from(it: CompensationRow) -> Self {
        let given = |signature: &Signature| it.signed.iter().any(|signed| signed.signature == *signature);
        let missing = it.needs.iter().copied().filter(|signature| !given(signature)).collect();
        let (refused_by, refused_name, refused_at) = match it.refused {
            Some((by, name, at)) => (Some(by), Some(name), Some(at)),
            None => (None, None, None),
        };
        let signed = it.signed.into_iter().map(|signed| CompensationSigned {
            signature: signed.signature,
            by: signed.by,
            name: signed.name,
            at: signed.at,
        });
        Self {
            id: it.id,
            ticket: it.ticket,
            fen: it.fen,
            reason: it.reason,
            status: it.status,
            needs: it.needs,
            missing,
            asked_by: it.asked_by,
            asked_name: it.asked_name,
            asked_at: it.asked_at,
            signed: signed.collect(),
            refused_by,
            refused_name,
            refused_at,
            refusal: it.refusal,
        }
    }
}

/// A ticket with everything that happened to it.
#[derive(Serialize, ToSchema)]
pub struct TicketWithRecord {
    #[serde(flatten)]
    ticket: Ticket,
    /// Where it may go from where it stands; `closed` of an open one only as a duplicate or as no matter for after-sale.
    ways: Vec<State>,
    /// Its record, in order; the first 500.
    record: Vec<TicketRecord>,
    compensations: Vec<Compensation>,
    /// The order that it is about; where none is named, the viewer's, the newest first.
    orders: Vec<TicketOrder>,
    /// Whom the order goes to, masked.
    recipient: Option<TicketRecipient>,
    /// The check of its order, where it found something about the same matter or asks the buyer by this ticket.
    check: Option<CheckOfTicket>,
}

/// The check of the order of a ticket.
#[derive(Serialize, ToSchema)]
pub struct CheckOfTicket {
    /// Where it stands.
    state: CheckState,
    /// Codes of what was found about the same matter.
    found: Vec<String>,
}

impl From<TicketDetail> for TicketWithRecord {
    fn from(it: TicketDetail) -> Self {
        let order = |it: livehand_app::TicketOrder| TicketOrder { chosen: it.chosen, order: it.row.into() };
        let ticket = &it.view.ticket;
        Self {
            ways: ticket.state.ways(ticket.times.first_at.is_some()),
            ticket: it.view.into(),
            record: it.entries.into_iter().map(TicketRecord::from).collect(),
            compensations: it.compensations.into_iter().map(Compensation::from).collect(),
            orders: it.orders.into_iter().map(order).collect(),
            recipient: it.recipient.map(TicketRecipient::from),
            check: it.check.map(|check| CheckOfTicket {
                state: check.state,
                found: check.findings.into_iter().map(|it| it.code).collect(),
            }),
        }
    }
}
