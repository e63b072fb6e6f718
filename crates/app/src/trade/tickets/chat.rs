//! Tickets out of the room's chat: a comment of a viewer about their own order is a ticket, once for each viewer and kind.
//!
//! The log is what they rest on. It is read on from where it was read last, apart from whoever sends events; what comes of a
//! page and how far it was read are one transaction, so a crash loses no ticket and makes none twice.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use livehand_kernel::{DAY_MS, Millis, PersonId, ProductId, Sequence, ShowId, display_text, new_uuid};
use livehand_live::view::QuestionState;
use livehand_live::{Event, Kind as EventKind};
use livehand_rooms::Recorded;
use livehand_show_log::Head;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::orders::OrderRow;
use livehand_storage::shows::ShowRow;
use livehand_storage::tickets::EntryRow;
use livehand_trade::orders::State as OrderState;
use livehand_trade::tickets::{Kind, Mood, Source};
use tokio::sync::Notify;

use super::open::{Opening, masked_nickname};
use super::{MACHINERY, entry_by_itself};
use crate::audit::Entry;
use crate::prepare::find_show;
use crate::{App, Error};

/// Orders of a viewer that are looked at.
const ORDERS_MAX: i64 = 20;
/// What was bought longer ago is not what a comment is about.
const ORDER_AGE_MS_MAX: i64 = 90 * DAY_MS;
/// Comments in the record of one ticket; who writes more says nothing new.
const COMMENTS_MAX: usize = 50;

/// Shows whose logs have something for tickets.
#[derive(Default)]
pub(crate) struct AfterSale {
    waiting: Mutex<BTreeSet<ShowId>>,
    /// There is a show to be read.
    pub(super) news: Notify,
}

impl AfterSale {
    pub(super) fn add(&self, show: ShowId) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(show);
        self.news.notify_one();
    }

    pub(super) fn take(&self) -> BTreeSet<ShowId> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether an event has something for tickets.
pub(crate) fn after_sale_event(event: &Event) -> bool {
    match event.kind {
        EventKind::Comment => after_sale(event).is_some(),
        EventKind::QuestionAnswered | EventKind::ReplySent => true,
        _ => false,
    }
}

/// The kind of ticket that a comment makes.
fn after_sale(event: &Event) -> Option<Kind> {
    if event.kind != EventKind::Comment || !event.counts() {
        return None;
    }
    crate::live::after_sale(event.text.as_deref()?)
}

/// How an event of a show stands in the records of tickets.
fn event_key(show: &ShowId, sequence: Sequence) -> String {
    format!("{show}#{sequence}")
}

/// What of a page of a log is for tickets.
#[derive(Default)]
struct Heard {
    comments: Vec<(Sequence, Event, Kind)>,
    answers: Vec<Answered>,
}

/// That a question of the room was answered.
struct Answered {
    question: Sequence,
    at: Millis,
    by: Option<PersonId>,
    name: String,
    words: String,
}

impl App {
    /// Has what is for tickets read from the log of a show, soon.
    pub(crate) fn after_sale_heard(&self, show: &ShowRow) {
        if show.mode == "live" {
            self.after_sale.add(show.id.clone());
        }
    }

    /// Reads what is left in the log of a show.
    pub(crate) async fn read_after_sale(&self, show: &ShowId) -> Result<(), Error> {
        let show = find_show(self, show).await?;
        if show.mode != "live" {
            return Ok(());
        }
        loop {
            let tx = self.db.read().await?;
            let (sequence, hash) = storage::tickets::show_read(&tx, &show.id).await?;
            drop(tx);
            let page = self.rooms.page(&show.id, Head { sequence, hash }).await?;
            if page.events.is_empty() {
                return Ok(());
            }
            let heard = self.heard(&show, &page.events).await?;
            self.take_heard(&show, &heard, sequence, page.head).await?;
        }
    }

    async fn heard(&self, show: &ShowRow, events: &[Recorded]) -> Result<Heard, Error> {
        let mut heard = Heard::default();
        let mut replied = false;
        for Recorded { sequence, event, .. } in events {
            match event.kind {
                EventKind::Comment => {
                    if let Some(kind) = after_sale(event) {
                        heard.comments.push((*sequence, event.clone(), kind));
                    }
                }
                EventKind::QuestionAnswered => {
                    let Some(question) = event.question else { continue };
                    heard.answers.push(Answered {
                        question,
                        at: event.effective_at(),
                        by: event.by.clone(),
                        name: self.answerer(event.by.as_ref()).await?,
                        words: event.text.as_deref().map(display_text).unwrap_or_default(),
                    });
                }
                EventKind::ReplySent => replied = true,
                _ => {}
            }
        }
        if replied {
            heard.answers.extend(self.replied(show).await?);
        }
        Ok(heard)
    }

    /// Questions behind tickets that wait for an answer and that a reply closed: the event of a reply does not say which.
    async fn replied(&self, show: &ShowRow) -> Result<Vec<Answered>, Error> {
        let tx = self.db.read().await?;
        let waiting = storage::tickets::unanswered(&tx, &show.id).await?;
        drop(tx);
        let sequence = |(_, event): &(String, String)| event.rsplit_once('#')?.1.parse::<Sequence>().ok();
        let asked: Vec<Sequence> = waiting.iter().filter_map(sequence).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let look = move |room: &livehand_live::Room| {
            let found = asked.iter().filter_map(|question| room.question(*question));
            found.filter(|it| it.state == QuestionState::Answered).cloned().collect::<Vec<_>>()
        };
        let mut answered = Vec::new();
        for question in self.rooms.look(&show.id, look).await? {
            answered.push(Answered {
                question: question.id,
                at: question.closed_at.unwrap_or(question.at),
                name: self.answerer(question.by.as_ref()).await?,
                by: question.by,
                words: question.answer.unwrap_or_default(),
            });
        }
        Ok(answered)
    }

    async fn answerer(&self, person: Option<&PersonId>) -> Result<String, Error> {
        let Some(person) = person else { return Ok(MACHINERY.to_owned()) };
        let tx = self.db.read().await?;
        let row = storage::people::find(&tx, person).await?;
        Ok(row.map_or_else(|| MACHINERY.to_owned(), |row| row.name))
    }

    /// Writes what was heard, and how far the log was read, unless somebody else did so meanwhile.
    async fn take_heard(&self, show: &ShowRow, heard: &Heard, from: u64, head: Head) -> Result<(), Error> {
        let note = move |tx: Tx| async move {
            let (sequence, _) = storage::tickets::show_read(&tx, &show.id).await?;
            if sequence != from {
                return Ok(None);
            }
            storage::tickets::note_show_read(&tx, &show.id, head.sequence, &head.hash).await?;
            Ok::<_, storage::Error>(Some(()))
        };
        if heard.comments.is_empty() && heard.answers.is_empty() {
            return self.write(note).await.map(|_| ());
        }
        let entry = Entry::by_nobody("read_after_sale", show.id.as_str())
            .with(serde_json::json!({ "comments": heard.comments.len(), "answers": heard.answers.len() }));
        let done = self.audited(entry, move |tx| async move {
            if note(tx.clone()).await?.is_none() {
                return Ok(None);
            }
            for (sequence, event, kind) in &heard.comments {
                self.take_comment(&tx, show, *sequence, event, *kind).await?;
            }
            for answered in &heard.answers {
                take_answer(&tx, show, answered).await?;
            }
            Ok(Some(()))
        });
        done.await.map(|_| ())
    }

    async fn take_comment(
        &self,
        tx: &Tx,
        show: &ShowRow,
        sequence: Sequence,
        event: &Event,
        kind: Kind,
    ) -> Result<(), storage::Error> {
        let (at, key) = (event.effective_at(), event_key(&show.id, sequence));
        // Nobody knows whether two viewers without an id are one.
        let once = match &event.user {
            Some(user) => format!("chat/{}/{}/{user}", show.id, kind.code()),
            None => format!("chat/{key}"),
        };
        let text = display_text(event.text.as_deref().unwrap_or_default());
        let said = EntryRow {
            person_id: None,
            person_name: masked_nickname(event.name.as_deref().unwrap_or_default()),
            event: Some(key),
            ..entry_by_itself("comment", &text, at)
        };
        if let Some(known) = storage::tickets::find_once(tx, &once).await? {
            let limit = i64::try_from(COMMENTS_MAX).unwrap_or(i64::MAX);
            let entries = storage::tickets::entries(tx, &known.id, limit).await?;
            let few = entries.iter().filter(|entry| entry.what == "comment").count() < COMMENTS_MAX;
            if few && storage::tickets::add_entry(tx, &known.id, &said).await? {
                self.answer_came(tx, &known, at).await?;
            }
            return Ok(());
        }
        let order = match &event.user {
            Some(user) => {
                let orders = storage::orders::of_buyer(tx, user, ORDERS_MAX).await?;
                meant(tx, orders, show, event, at).await?
            }
            None => None,
        };
        let (_, settings) = storage::after_sale::settings(tx).await?;
        let opening = Opening {
            kind,
            source: Source::Chat,
            priority: None,
            mood: mood(event),
            show: Some(show.id.clone()),
            product: event.product.clone().map(ProductId),
            customer: order.as_ref().and_then(|row| row.customer.clone()),
            order: order.map(|row| row.order.id()),
            viewer: event.user.clone(),
            nickname: masked_nickname(event.name.as_deref().unwrap_or_default()),
            text,
            at,
            on_air: true,
            hours: settings.hours,
            synthetic: show.synthetic,
        };
        let number = storage::tickets::next_number(tx).await?;
        let ticket = opening.ticket(new_uuid(at, &*self.entropy), number);
        storage::tickets::save(tx, &ticket, Some(&once)).await?;
        storage::tickets::add_entry(tx, &ticket.id, &said).await.map(|_| ())
    }
}

/// An answer in the room is an answer to the ticket of the comment.
async fn take_answer(tx: &Tx, show: &ShowRow, answered: &Answered) -> Result<(), storage::Error> {
    let key = event_key(&show.id, answered.question);
    for mut ticket in storage::tickets::of_event(tx, &key).await? {
        let entry = EntryRow {
            at: answered.at,
            person_id: answered.by.clone(),
            person_name: answered.name.clone(),
            what: "answer".to_owned(),
            words: answered.words.clone(),
            detail: serde_json::json!({ "route": "room" }).to_string(),
            event: Some(format!("{key}/answer")),
            ..EntryRow::default()
        };
        if storage::tickets::add_entry(tx, &ticket.id, &entry).await? {
            ticket.answered(answered.at);
            storage::tickets::save(tx, &ticket, None).await?;
        }
    }
    Ok(())
}

fn mood(event: &Event) -> Mood {
    match event.intent.as_deref() {
        Some("complain") => Mood::Angry,
        _ => Mood::Calm,
    }
}

/// The order that a viewer means, if that is clear: the only one that is not over, of this show where there is one, else the
/// only one of these with the product that they name.
async fn meant(
    tx: &Tx,
    orders: Vec<OrderRow>,
    show: &ShowRow,
    event: &Event,
    at: Millis,
) -> Result<Option<OrderRow>, storage::Error> {
    let running = |row: &OrderRow| {
        let over = matches!(row.order.state(), OrderState::Closed | OrderState::Refunded);
        !over && row.order.bought_at().0 >= at.0 - ORDER_AGE_MS_MAX && row.synthetic == show.synthetic
    };
    let mut near: Vec<OrderRow> = orders.into_iter().filter(running).collect();
    if near.iter().any(|row| row.show.as_ref() == Some(&show.id)) {
        near.retain(|row| row.show.as_ref() == Some(&show.id));
    }
    if near.len() > 1
        && let Some(product) = &event.product
    {
        let mut named = Vec::new();
        for row in near {
            if holds(tx, &row, product).await? {
                named.push(row);
            }
        }
        near = named;
    }
    let only = near.len() == 1;
    Ok(near.pop().filter(|_| only))
}

/// Whether an order has a product, by itself or by one of its SKUs.
async fn holds(tx: &Tx, row: &OrderRow, product: &str) -> Result<bool, storage::Error> {
    for line in row.order.lines() {
        let sku = storage::skus::find(tx, &line.sku).await?;
        if line.sku.as_str() == product || sku.is_some_and(|sku| sku.product_id.as_str() == product) {
            return Ok(true);
        }
    }
    Ok(false)
}
