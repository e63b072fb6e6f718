//! Prepared answers to a ticket: from what was promised with its order, then from the FAQ library.

use livehand_compliance::Action;
use livehand_kernel::{FactRef, Phrase, Sequence};
use livehand_live::sayings::shown::shown;
use livehand_storage as storage;
use livehand_trade::tickets::{Canned, Need, Ticket, canned, question};

use super::find_ticket;
use crate::{App, Caller, Error, Promise};

/// What a prepared answer is called that comes from the FAQ library.
const FAQ: &str = "faq:";

/// A prepared answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CannedAnswer {
    /// Its code; give it to send the answer as it is.
    pub code: String,
    /// As it would be said now; absent while something is missing.
    pub text: Option<String>,
    /// The facts in it.
    pub quotes: Vec<FactRef>,
    /// What it needs and nobody has written down.
    pub missing: Vec<Phrase>,
}

impl App {
    /// The prepared answers to a ticket, the best first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn canned_answers(&self, caller: &Caller, id: &str) -> Result<Vec<CannedAnswer>, Error> {
        caller.require(Action::ViewTickets)?;
        let tx = self.db.read().await?;
        let ticket = find_ticket(&tx, id).await?;
        let order = match &ticket.order {
            Some(order) => storage::orders::find(&tx, order).await?,
            None => None,
        };
        drop(tx);
        let promise = order.as_ref().and_then(|row| row.promise.as_deref());
        let promise: Option<Promise> = promise.and_then(|text| serde_json::from_str(text).ok());
        let number = order.as_ref().map(|row| row.order.number.clone());
        let asks = ticket.asks.then(|| question(ticket.kind));
        let mut answers: Vec<CannedAnswer> = asks
            .into_iter()
            .chain(canned(ticket.kind))
            .map(|it| filled(&it, number.as_deref(), promise.as_ref()))
            .collect();
        answers.extend(self.faq_answers(&ticket).await);
        Ok(answers)
    }

    /// Answers of the FAQ library to the question behind a ticket, as the room would say them; none where the room no longer
    /// has the question.
    async fn faq_answers(&self, ticket: &Ticket) -> Vec<CannedAnswer> {
        let Ok(Some((show, question))) = self.question_of(ticket).await else { return Vec::new() };
        let offered = self.offered_answers(&Caller::Local, &show, question).await.unwrap_or_default();
        let answer = |it: crate::OfferedAnswer| {
            Some(CannedAnswer {
                code: format!("{FAQ}{}", it.faq?),
                text: it.text,
                quotes: it.quotes.iter().map(|(quote, _)| quote.reference()).collect(),
                missing: it.missing,
            })
        };
        offered.into_iter().filter_map(answer).collect()
    }

    /// The comment of the room that a ticket came of.
    pub(super) async fn question_of(
        &self,
        ticket: &Ticket,
    ) -> Result<Option<(livehand_kernel::ShowId, Sequence)>, Error> {
        let Some(show) = &ticket.show else { return Ok(None) };
        let tx = self.db.read().await?;
        let entries = storage::tickets::entries(&tx, &ticket.id, 1).await?;
        let event = entries.into_iter().find_map(|entry| entry.event);
        let sequence = event.as_deref().and_then(|event| event.rsplit_once('#')?.1.parse().ok());
        Ok(sequence.map(|sequence| (show.clone(), sequence)))
    }
}

fn filled(answer: &Canned, number: Option<&str>, promise: Option<&Promise>) -> CannedAnswer {
    let mut parts = answer.text.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    let (mut quotes, mut missing) = (Vec::new(), Vec::new());
    for (need, rest) in answer.needs.iter().zip(parts) {
        let value = match need {
            Need::Order => number.map(str::to_owned),
            Need::Promised(field) => promised(promise, field).map(|(value, mut facts)| {
                quotes.append(&mut facts);
                value
            }),
        };
        match value {
            Some(value) => text.push_str(&value),
            None => missing.push(lacks(*need)),
        }
        text.push_str(rest);
    }
    CannedAnswer { code: answer.code.to_owned(), text: missing.is_empty().then_some(text), quotes, missing }
}

/// What was promised of a field with every line of an order that has it, as it is shown, and the versions that say so.
fn promised(promise: Option<&Promise>, field: &str) -> Option<(String, Vec<FactRef>)> {
    let facts = promise?.lines.iter().flat_map(|line| &line.facts).filter(|it| it.fact.fact.field == field);
    let (mut values, mut quotes) = (Vec::new(), Vec::new());
    for fact in facts {
        let value = shown(field, &fact.value)?;
        if !values.contains(&value) {
            values.push(value);
        }
        quotes.push(fact.fact.clone());
    }
    (!values.is_empty()).then(|| (values.join("；"), quotes))
}

fn lacks(need: Need) -> Phrase {
    match need {
        Need::Order => Phrase::new("the order that the ticket is about", "工单还没有关联订单"),
        Need::Promised("gifts") => {
            Phrase::new("the gifts in force when it was bought", "下单时没有登记的赠品")
        }
        Need::Promised("live_price") => {
            Phrase::new("the live price in force when it was bought", "下单时没有登记的直播价")
        }
        Need::Promised(_) => {
            Phrase::new("the guarantees in force when it was bought", "下单时没有登记的售后保障")
        }
    }
}
