//! Tickets by which the check of an order asks its buyer, and what they answer.

use livehand_compliance::Action;
use livehand_kernel::{Millis, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::orders::OrderRow;
use livehand_trade::tickets::{Kind, Mood, Source, State, Ticket};

use super::open::Opening;
use super::{TicketDetail, entry_by, entry_by_itself};
use crate::{App, Caller, Error};

impl App {
    /// Opens a ticket by which the buyer of an order is asked.
    pub(in crate::trade) async fn ticket_for_check(
        &self,
        tx: &Tx,
        order: &OrderRow,
        kind: Kind,
        text: String,
        at: Millis,
    ) -> Result<Ticket, storage::Error> {
        let (_, settings) = storage::after_sale::settings(tx).await?;
        let opening = Opening {
            kind,
            source: Source::Order,
            priority: None,
            mood: Mood::Calm,
            show: order.show.clone(),
            product: None,
            order: Some(order.order.id()),
            customer: order.customer.clone(),
            viewer: order.order.buyer().map(str::to_owned),
            nickname: String::new(),
            text,
            at,
            on_air: !storage::shows::on_air_at(tx, at).await?.is_empty(),
            hours: settings.hours,
            synthetic: order.synthetic,
        };
        let number = storage::tickets::next_number(tx).await?;
        let ticket = opening.ticket(new_uuid(at, &*self.entropy), number);
        storage::tickets::save(tx, &ticket, None).await?;
        let opened = entry_by_itself("opened", &ticket.text, at);
        storage::tickets::add_entry(tx, &ticket.id, &opened).await?;
        Ok(ticket)
    }

    /// Notes what the customer said to a ticket. What the check of an order asked them comes back to its card by that.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] also for words with personal data in them.
    pub async fn note_customers_words(
        &self,
        caller: &Caller,
        id: &str,
        text: &str,
    ) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        let order = self.order_of_ticket(id).await?;
        let words = self.impersonal("text", text, order.as_deref()).await?;
        let noted = self
            .change_ticket(caller, "note_customers_words", id, |ticket, now| {
                if ticket.state == State::WaitingCustomer {
                    ticket.go(State::InProgress, None, now)?;
                }
                Ok(entry_by(caller, "customer", &words, now))
            })
            .await?;
        self.order_checks.wake();
        Ok(noted)
    }
}
