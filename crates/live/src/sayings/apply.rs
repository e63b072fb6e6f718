//! What events do to sayings, and to what hangs on them.

use livehand_kernel::Millis;

use super::{SayingKind, SayingState, made};
use crate::event::{Event, Kind};
use crate::questions::Given;
use crate::room::{Changes, Room};
use crate::view::TimelineKind;

impl Room {
    pub(crate) fn card_pushed(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let (Some(id), Some(_)) = (event.card.clone(), event.level) else { return };
        let card = made(event, SayingKind::Card, id.0.clone(), at);
        self.sayings.make(card, self.clock(), &mut changes.sayings);
        self.enter(event, at, TimelineKind::CardPushed, Some(id.0), changes);
    }

    pub(crate) fn card_acknowledged(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(id) = event.card.as_ref().map(|card| card.0.clone()) else { return };
        if self.sayings.find(&id).is_none_or(|saying| saying.kind != SayingKind::Card) {
            return;
        }
        self.sayings.close(&id, SayingState::Said, at, &mut changes.sayings);
        self.enter(event, at, TimelineKind::CardAcknowledged, Some(id), changes);
    }

    pub(crate) fn saying(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(note) = event.saying.as_deref() else { return };
        let Some(id) = note.id.as_deref() else { return };
        let text = event.text.as_deref().unwrap_or_default();
        let touched = &mut changes.sayings;
        match (&event.kind, note.kind) {
            // A card is pushed by an event of its own.
            (Kind::SayingMade, Some(SayingKind::Card) | None) => {}
            (Kind::SayingMade, Some(kind)) => {
                self.sayings.make(made(event, kind, id.to_owned(), at), self.clock(), touched);
            }
            (Kind::SayingRefreshed, _) => self.sayings.refresh(id, text, &note.quotes, self.clock(), touched),
            _ => {
                self.sayings.close(id, SayingState::Dropped, at, touched);
                self.hesitations.taken_back(id);
            }
        }
    }

    /// A reply that was sent answers its question, if nobody did before.
    pub(crate) fn reply_sent(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(id) = event.saying.as_deref().and_then(|note| note.id.as_deref()) else { return };
        if self.sayings.find(id).is_none_or(|saying| saying.kind != SayingKind::Reply) {
            return;
        }
        let Some(sent) = self.sayings.close(id, SayingState::Said, at, &mut changes.sayings) else { return };
        let (question, text) = (sent.question, sent.text.clone());
        let (faq, automatic) = (sent.faq.clone(), sent.due.is_some());
        let Some(question) = question.filter(|question| self.desk.find_open(*question).is_some()) else {
            return;
        };
        let by = event.by.clone();
        let given = Given { at, text: Some(text), spoken: false, by, faq, automatic };
        self.desk.answer(question, given);
        changes.questions.insert(question);
        self.enter(event, at, TimelineKind::QuestionAnswered, Some(question.to_string()), changes);
    }

    /// A closing line is a card or a reply, and is noted with those whom it is for.
    pub(crate) fn closing_line(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let note = event.saying.as_deref();
        let (Some(id), Some(kind)) =
            (note.and_then(|note| note.id.as_deref()), note.and_then(|note| note.kind))
        else {
            return;
        };
        if !matches!(kind, SayingKind::Card | SayingKind::Reply) {
            return;
        }
        let line = made(event, kind, id.to_owned(), at);
        if self.sayings.make(line, self.clock(), &mut changes.sayings) {
            self.hesitations.said(event, id, kind, at);
            self.enter(event, at, TimelineKind::ClosingLineSaid, event.doubt.clone(), changes);
        }
    }
}
