//! What a room decides about sayings: nothing is made, sent or acknowledged that quotes what is no longer so.

use livehand_kernel::{CardId, Sequence};

use super::{Said, SayingKind, SayingNote, SayingState};
use crate::command::{Refusal, ReplyRoute, TICKER};
use crate::decide::{CREW_TEXT_BYTES_MAX, limited};
use crate::event::{CardLevel, Event, Kind};
use crate::room::Room;

impl Room {
    /// Makes `event` the one that makes a saying.
    pub(crate) fn decide_saying(
        &self,
        event: &mut Event,
        kind: SayingKind,
        id: String,
        question: Option<Sequence>,
        said: Said,
    ) -> Result<(), Refusal> {
        let stands = self.sayings.find(&id);
        match kind {
            SayingKind::Card | SayingKind::Reply if stands.is_some() => {
                return Err(Refusal::SayingExists { saying: id });
            }
            _ if stands.is_some_and(|standing| standing.kind != kind) => {
                return Err(Refusal::SayingExists { saying: id });
            }
            _ if stands.is_none() && self.sayings.open(kind).count() >= kind.open_max() => {
                let max = kind.open_max();
                return Err(match kind {
                    SayingKind::Card => Refusal::CardsWaiting { max },
                    _ => Refusal::SayingsOpen { kind, max },
                });
            }
            _ => {}
        }
        self.decide_said(event, kind, &id, said)?;
        let note = event.saying.get_or_insert_default();
        if kind == SayingKind::Card {
            event.card = Some(CardId(id));
        } else {
            note.id = Some(id);
            note.kind = Some(kind);
        }
        if note.is_empty() {
            event.saying = None;
        }
        event.question = question;
        Ok(())
    }

    /// Answers a question, typed or aloud.
    pub(crate) fn decide_answer(
        &self,
        event: &mut Event,
        question: Sequence,
        text: Option<Said>,
        spoken: bool,
        faq: Option<String>,
    ) -> Result<(), Refusal> {
        self.check_open(question)?;
        self.check_claim(event, question)?;
        let text = text.filter(|said| !said.text.trim().is_empty());
        if text.is_none() && !spoken {
            return Err(Refusal::AnswerEmpty);
        }
        event.kind = Kind::QuestionAnswered;
        if let Some(said) = text {
            self.decide_said(event, SayingKind::Reply, "", said)?;
        }
        let note = event.saying.get_or_insert_default();
        note.faq = faq;
        if note.is_empty() {
            event.saying = None;
        }
        event.question = Some(question);
        event.spoken = Some(spoken);
        Ok(())
    }

    /// What carries a written answer to the viewers, besides a hand that pastes it.
    pub(crate) fn decide_route(
        &self,
        answer: &Event,
        route: ReplyRoute,
        said: Said,
    ) -> Result<Option<Event>, Refusal> {
        let mut event = answer.clone();
        (event.id, event.saying) = (format!("{}-said", answer.id), None);
        (event.question, event.spoken) = (None, None);
        match route {
            ReplyRoute::Copy => return Ok(None),
            ReplyRoute::Prompter => {
                event.kind = Kind::CardPushed;
                event.level = Some(CardLevel::Green);
                let card = event.id.clone();
                self.decide_saying(&mut event, SayingKind::Card, card, None, said)?;
            }
            ReplyRoute::Overlay => {
                event.kind = Kind::SayingMade;
                self.decide_saying(&mut event, SayingKind::OverlayLine, TICKER.to_owned(), None, said)?;
            }
        }
        Ok(Some(event))
    }

    /// Gives an open saying its next version.
    pub(crate) fn decide_refresh(&self, event: &mut Event, id: &str, said: Said) -> Result<(), Refusal> {
        let kind = self.open_saying(id)?;
        event.kind = Kind::SayingRefreshed;
        self.decide_said(event, kind, id, said)?;
        let note = event.saying.get_or_insert_default();
        note.id = Some(id.to_owned());
        note.template = None;
        Ok(())
    }

    /// Takes an open saying back.
    pub(crate) fn decide_drop(&self, event: &mut Event, id: &str) -> Result<(), Refusal> {
        self.open_saying(id)?;
        event.kind = Kind::SayingDropped;
        event.saying = Some(Box::new(SayingNote::of(id)));
        Ok(())
    }

    /// Notes that a reply was sent.
    pub(crate) fn decide_send(&self, event: &mut Event, id: &str) -> Result<(), Refusal> {
        if self.open_saying(id)? != SayingKind::Reply {
            return Err(Refusal::SayingUnknown { saying: id.to_owned() });
        }
        self.check_fresh(event, id)?;
        event.kind = Kind::ReplySent;
        event.saying = Some(Box::new(SayingNote::of(id)));
        Ok(())
    }

    /// Refuses what an open saying is to be used for while a quote of it does not hold.
    pub(crate) fn check_fresh(&self, event: &Event, id: &str) -> Result<(), Refusal> {
        let Some(saying) = self.sayings.find(id) else { return Ok(()) };
        let at = self.clock().max(event.effective_at());
        let quotes = self.sayings.faults(id, saying.kind, &saying.quotes, at);
        if quotes.is_empty() { Ok(()) } else { Err(Refusal::StaleQuote { quotes }) }
    }

    fn decide_said(&self, event: &mut Event, kind: SayingKind, id: &str, said: Said) -> Result<(), Refusal> {
        let Said { text, template, quotes } = said;
        let at = self.clock().max(event.effective_at());
        let stale = self.sayings.faults(id, kind, &quotes, at);
        if !stale.is_empty() {
            return Err(Refusal::StaleQuote { quotes: stale });
        }
        event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
        let template = template.map(|text| limited(text, CREW_TEXT_BYTES_MAX)).transpose()?;
        event.saying = Some(Box::new(SayingNote { template, quotes, ..SayingNote::default() }));
        Ok(())
    }

    fn open_saying(&self, id: &str) -> Result<SayingKind, Refusal> {
        if let Some(saying) = self.sayings.find(id) {
            return Ok(saying.kind);
        }
        let saying = id.to_owned();
        match self.sayings.find_closed(id).map(|closed| closed.state) {
            Some(SayingState::Said) => Err(Refusal::SayingSaid { saying }),
            _ => Err(Refusal::SayingUnknown { saying }),
        }
    }
}
