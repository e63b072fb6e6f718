//! Working on a ticket: moving it on, handing it over, writing down what was done, and putting right what it says of itself.

use std::collections::BTreeMap;

use livehand_compliance::{Action, permitted};
use livehand_kernel::{Hat, Millis, PersonId, Phrase, ProductId, display_text};
use livehand_storage as storage;
use livehand_storage::tickets::EntryRow;
use livehand_trade::tickets::{Cause, FIRST_URGENT_MS, Kind, Mood, NotMoved, Owner, Priority, State, Ticket};

use super::open::find_order;
use super::{TicketDetail, entry_by, find_ticket};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Longest feedback for whoever supplies the goods, in characters.
const FEEDBACK_CHARS_MAX: usize = 500;

/// Where a ticket is to go.
#[derive(Clone, Debug)]
pub struct TicketMove {
    /// The state.
    pub to: State,
    /// The cause, if it is known now.
    pub cause: Option<Cause>,
    /// What was done, or has to be.
    pub note: String,
}

/// What is put right of a ticket; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct TicketEdit {
    /// What it is about.
    pub kind: Option<Kind>,
    /// What goes first; never lower than its kind.
    pub priority: Option<Priority>,
    /// How the customer feels.
    pub mood: Option<Mood>,
    /// The order that it is about.
    pub order: Option<String>,
    /// The product that it is about.
    pub product: Option<ProductId>,
    /// Why it came to it.
    pub cause: Option<Cause>,
    /// What whoever supplies the goods has to learn from it.
    pub feedback: Option<String>,
}

/// Somebody who may have tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketColleague {
    /// Their account.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// How many tickets they have that are to be done.
    pub open: i64,
}

/// Whether somebody may have tickets.
fn may_own(row: &storage::people::PersonRow) -> bool {
    !row.disabled && permitted(&row.hats, Action::HandleTickets)
}

impl From<NotMoved> for Error {
    fn from(why: NotMoved) -> Self {
        Error::Conflict { code: why.code(), explanation: why.words() }
    }
}

impl App {
    /// Does something to a ticket, with an entry in its record and a row of the audit trail, in one transaction.
    pub(super) async fn change_ticket<F>(
        &self,
        caller: &Caller,
        action: &'static str,
        id: &str,
        change: F,
    ) -> Result<TicketDetail, Error>
    where
        F: Fn(&mut Ticket, Millis) -> Result<EntryRow, Error> + Sync,
    {
        let now = self.clock.now();
        let by = &crate::trade::fulfilment::by(caller);
        let (change, entry) = (&change, Entry::of(caller, action, id));
        let done = self.decided(entry, move |tx| async move {
            let Some(mut ticket) = storage::tickets::find(&tx, id).await? else {
                return Ok(Err(Error::not_found("ticket", id)));
            };
            match change(&mut ticket, now) {
                Ok(entry) => {
                    storage::tickets::save(&tx, &ticket, None).await?;
                    storage::tickets::add_entry(&tx, id, &entry).await?;
                    if entry.what == "customer" {
                        self.answer_came(&tx, &ticket, now).await?;
                    }
                    self.settle_check(&tx, &ticket, by, now).await?;
                    Ok(Ok(Some(())))
                }
                Err(error) => Ok(Err(error)),
            }
        });
        done.await?;
        self.order_checks.wake();
        self.ticket(&Caller::Local, id).await
    }

    /// The order that a ticket names, for what may not stand in notes about it.
    pub(super) async fn order_of_ticket(&self, id: &str) -> Result<Option<String>, Error> {
        let tx = self.db.read().await?;
        Ok(find_ticket(&tx, id).await?.order)
    }

    /// Moves a ticket on. Who only takes notes gives it back from where it waited for them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `ticket_move`, `ticket_cause`
    /// or `ticket_not_answered`.
    pub async fn move_ticket(
        &self,
        caller: &Caller,
        id: &str,
        to: TicketMove,
    ) -> Result<TicketDetail, Error> {
        caller.require(Action::NoteTickets)?;
        let handles = caller.require(Action::HandleTickets).is_ok();
        let hats: &[Hat] = if let Caller::Person { hats, .. } = caller { hats } else { &[] };
        let order = self.order_of_ticket(id).await?;
        let note = match to.note.trim() {
            "" => String::new(),
            note => self.impersonal("note", note, order.as_deref()).await?,
        };
        let (target, cause) = (to.to, to.cause);
        self.change_ticket(caller, "move_ticket", id, |ticket, now| {
            let gives_back = target == State::InProgress && hats.contains(&ticket.state.post(ticket.kind));
            if !(handles || gives_back) {
                return Err(Error::Forbidden(Action::HandleTickets));
            }
            let from = ticket.state;
            ticket.go(target, cause, now)?;
            if target == State::InProgress && ticket.owner.is_none() && handles {
                ticket.owner = Some(Owner { id: caller.person(), name: caller.name() });
            }
            let detail = serde_json::json!({ "from": from, "to": target, "cause": ticket.cause });
            Ok(EntryRow { detail: detail.to_string(), ..entry_by(caller, "moved", &note, now) })
        })
        .await
    }

    /// Everybody to whom a ticket can be handed over: who has the fewest comes first.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn ticket_colleagues(&self, caller: &Caller) -> Result<Vec<TicketColleague>, Error> {
        caller.require(Action::HandleTickets)?;
        let tx = self.db.read().await?;
        let open: BTreeMap<_, _> = storage::tickets::open_by_owner(&tx).await?.into_iter().collect();
        let people = storage::people::list(&tx).await?;
        let mut colleagues: Vec<_> = people
            .into_iter()
            .filter(may_own)
            .map(|row| TicketColleague {
                open: open.get(row.id.as_str()).copied().unwrap_or_default(),
                id: row.id,
                name: row.name,
            })
            .collect();
        // By name among those who have as many: they come by name, and this sort keeps it.
        colleagues.sort_by_key(|it| it.open);
        Ok(colleagues)
    }

    /// Hands a ticket over to somebody, or takes it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for somebody who may not work on tickets.
    pub async fn hand_over_ticket(
        &self,
        caller: &Caller,
        id: &str,
        to: Option<&PersonId>,
        note: &str,
    ) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        let order = self.order_of_ticket(id).await?;
        let note = match note.trim() {
            "" => String::new(),
            note => self.impersonal("note", note, order.as_deref()).await?,
        };
        let owner = match to {
            None => Owner { id: caller.person(), name: caller.name() },
            Some(person) => {
                let tx = self.db.read().await?;
                let row = storage::people::find(&tx, person).await?;
                let row = row.filter(may_own).ok_or_else(|| {
                    let expected = Phrase::new("somebody who works on tickets", "可以处理工单的同事");
                    Error::field("owner", expected, Phrase::literal(display_text(person.as_str())))
                })?;
                Owner { id: row.id, name: row.name }
            }
        };
        self.change_ticket(caller, "hand_over_ticket", id, |ticket, now| {
            let from = ticket.owner.replace(owner.clone());
            let detail = serde_json::json!({ "from": from.map(|it| it.name), "to": owner.name });
            Ok(EntryRow { detail: detail.to_string(), ..entry_by(caller, "handed_over", &note, now) })
        })
        .await
    }

    /// Writes down what was done.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] also for words with personal data in them.
    pub async fn note_ticket(&self, caller: &Caller, id: &str, text: &str) -> Result<TicketDetail, Error> {
        caller.require(Action::NoteTickets)?;
        let order = self.order_of_ticket(id).await?;
        let words = self.impersonal("text", text, order.as_deref()).await?;
        self.change_ticket(caller, "note_ticket", id, |_, now| Ok(entry_by(caller, "note", &words, now)))
            .await
    }

    /// Puts right what a ticket says of itself.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn edit_ticket(
        &self,
        caller: &Caller,
        id: &str,
        edit: TicketEdit,
    ) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        let tx = self.db.read().await?;
        let order = match &edit.order {
            Some(order) => Some(find_order(&tx, order).await?),
            None => None,
        };
        if let Some(product) = &edit.product {
            storage::products::find(&tx, product)
                .await?
                .ok_or_else(|| Error::not_found("product", product))?;
        }
        drop(tx);
        let feedback = edit.feedback.as_deref().map(checked_feedback).transpose()?;
        if let Some(feedback) = feedback.as_deref().filter(|it| !it.is_empty()) {
            self.impersonal("feedback", feedback, edit.order.as_deref()).await?;
        }
        let (customer, edit) = (order.map(|row| row.customer), &edit);
        self.change_ticket(caller, "edit_ticket", id, |ticket, now| {
            let before = ticket.clone();
            apply(ticket, edit);
            if let Some(feedback) = &feedback {
                ticket.feedback.clone_from(feedback);
            }
            if let Some(customer) = &customer {
                ticket.customer.clone_from(customer);
            }
            Ok(EntryRow { detail: difference(&before, ticket), ..entry_by(caller, "edited", "", now) })
        })
        .await
    }
}

fn apply(ticket: &mut Ticket, edit: &TicketEdit) {
    ticket.kind = edit.kind.unwrap_or(ticket.kind);
    ticket.mood = edit.mood.unwrap_or(ticket.mood);
    ticket.cause = edit.cause.or(ticket.cause);
    if let Some(order) = &edit.order {
        ticket.order = Some(order.clone());
    }
    if let Some(product) = &edit.product {
        ticket.product = Some(product.clone());
    }
    let priority = edit.priority.unwrap_or(ticket.priority).min(ticket.kind.priority());
    if priority < ticket.priority && ticket.times.first_at.is_none() {
        // What turns out to be urgent is answered sooner; no clock is ever set back.
        let sooner = ticket.times.opened_at.plus(FIRST_URGENT_MS);
        ticket.times.first_due = ticket.times.first_due.min(sooner);
    }
    ticket.priority = priority;
}

fn difference(before: &Ticket, after: &Ticket) -> String {
    let mut changed = serde_json::Map::new();
    let mut note = |name: &str, from: serde_json::Value, to: serde_json::Value| {
        if from != to {
            changed.insert(name.to_owned(), serde_json::json!({ "from": from, "to": to }));
        }
    };
    let (a, b) = (before, after);
    note("kind", serde_json::json!(a.kind), serde_json::json!(b.kind));
    note("priority", serde_json::json!(a.priority), serde_json::json!(b.priority));
    note("mood", serde_json::json!(a.mood), serde_json::json!(b.mood));
    note("order", serde_json::json!(a.order), serde_json::json!(b.order));
    note("product", serde_json::json!(a.product), serde_json::json!(b.product));
    note("cause", serde_json::json!(a.cause), serde_json::json!(b.cause));
    note("feedback", serde_json::json!(a.feedback), serde_json::json!(b.feedback));
    serde_json::Value::Object(changed).to_string()
}

fn checked_feedback(text: &str) -> Result<String, Error> {
    let shown = display_text(text);
    let chars = shown.chars().count();
    if chars <= FEEDBACK_CHARS_MAX {
        return Ok(shown);
    }
    let expected = Phrase::new(
        format!("at most {FEEDBACK_CHARS_MAX} characters"),
        format!("不超过 {FEEDBACK_CHARS_MAX} 个字"),
    );
    Err(Error::field("feedback", expected, Phrase::literal(chars.to_string())))
}
