//! What a room decides: which events a command amounts to, or why it is refused.

use livehand_kernel::Sequence;

use crate::alarms::{Alarm, AlarmNote};
use crate::command::{Command, CrewAction, Decision, Refusal, ReplyRoute};
use crate::event::{Event, ID_BYTES_MAX, Kind};
use crate::metrics::{Key, Numbered};
use crate::room::{Room, digest};
use crate::sayings::{Said, Saying, SayingKind, SayingNote};

/// Longest text of a card, marker or answer, in bytes: about 650 Chinese characters.
pub(crate) const CREW_TEXT_BYTES_MAX: usize = 2_000;
/// Longest note, in bytes.
const NOTE_BYTES_MAX: usize = 8_000;

impl Room {
    /// What `command` amounts to, given everything that happened so far. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] when the room cannot do it; then nothing happens at all.
    pub fn decide(&self, command: Command) -> Result<Decision, Refusal> {
        match command {
            Command::Ingest(events) => Ok(self.drop_duplicates(events)),
            Command::Crew { id, by, at, action } => {
                let mut event = Event::new(id, at, Kind::NoteTaken);
                "crew".clone_into(&mut event.origin);
                event.received = Some(at);
                event.by = Some(by);
                if self.knows(&event) {
                    return Ok(Decision { events: Vec::new(), duplicates: 1 });
                }
                let route = self.routed(&action);
                self.decide_action(&mut event, action)?;
                let carried =
                    route.map(|(route, text)| self.decide_route(&event, route, text)).transpose()?;
                let events: Vec<Event> = std::iter::once(event).chain(carried.flatten()).collect();
                for event in &events {
                    event.check().map_err(|error| Refusal::Invalid(Box::new(error)))?;
                }
                Ok(Decision { events, duplicates: 0 })
            }
        }
    }

    fn drop_duplicates(&self, mut events: Vec<Event>) -> Decision {
        let received = events.len();
        let digests: Vec<Option<Key>> = events.iter().map(|event| Some(digest(event))).collect();
        self.seen.approach(&digests);
        let (mut new, mut digests) = (Numbered::default(), digests.into_iter().flatten());
        events.retain(|_| {
            let first = |digest| self.seen.find(digest).is_none() && new.number(digest, || digest).1;
            digests.next().is_some_and(first)
        });
        Decision { duplicates: received - events.len(), events }
    }

    fn decide_action(&self, event: &mut Event, action: CrewAction) -> Result<(), Refusal> {
        match action {
            CrewAction::AnswerQuestion { question, text, expected, spoken, faq, .. } => {
                if let (Some(said), Some(expected)) = (&text, expected)
                    && said.text != expected
                {
                    return Err(Refusal::AnswerChanged { now: said.text.clone() });
                }
                self.decide_answer(event, question, text, spoken, faq)?;
            }
            CrewAction::ClaimQuestion { question } => {
                self.check_open(question)?;
                self.check_claim(event, question)?;
                event.kind = Kind::QuestionClaimed;
                event.question = Some(question);
            }
            CrewAction::StageItem { product, price } => {
                event.kind = Kind::ItemStaged;
                event.amount = price;
                event.product = product.map(|product| limited(product, ID_BYTES_MAX)).transpose()?;
            }
            CrewAction::PushCard { card, level, text } => {
                event.kind = Kind::CardPushed;
                event.level = Some(level);
                self.decide_saying(event, SayingKind::Card, card.0, None, text)?;
            }
            CrewAction::AcknowledgeCard { card } => {
                if !self.sayings.open(SayingKind::Card).any(|known| known.id == card.0) {
                    return Err(Refusal::CardUnknown { card });
                }
                self.check_fresh(event, &card.0)?;
                event.kind = Kind::CardAcknowledged;
                event.card = Some(card);
            }
            CrewAction::QueueReply { reply, question, text, automatic } => {
                question.map_or(Ok(()), |question| self.check_open(question))?;
                question.map_or(Ok(()), |question| self.check_claim(event, question))?;
                event.kind = Kind::SayingMade;
                self.decide_saying(event, SayingKind::Reply, reply, question, text)?;
                if let (Some(automatic), Some(note)) = (automatic, event.saying.as_deref_mut()) {
                    note.due = Some(automatic.due);
                    note.route = Some(automatic.route);
                    note.faq = Some(automatic.faq);
                }
            }
            CrewAction::SetAutoAnswers { to } => {
                event.kind = Kind::AutoAnswersSet;
                event.saying = to.map(|to| {
                    let (route, trust_permille) = (Some(to.route), Some(to.trust_permille));
                    Box::new(SayingNote { route, trust_permille, ..SayingNote::default() })
                });
            }
            CrewAction::SetLine { line, kind, text } => {
                event.kind = Kind::SayingMade;
                self.decide_saying(event, kind.into(), line, None, text)?;
            }
            CrewAction::SayClosingLine(line) => self.decide_closing_line(event, line)?,
            CrewAction::SendReply { reply } => self.decide_send(event, &reply)?,
            CrewAction::RefreshSaying { saying, text } => self.decide_refresh(event, &saying, text)?,
            CrewAction::DropSaying { saying } => self.decide_drop(event, &saying)?,
            CrewAction::PlaceMarker { text } => {
                event.kind = Kind::MarkerPlaced;
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
            CrewAction::TakeNote { text } => {
                event.kind = Kind::NoteTaken;
                event.text = Some(limited(text, NOTE_BYTES_MAX)?);
            }
            CrewAction::LogAdjustment { change, product, text } => {
                event.kind = Kind::AdjustmentMade;
                event.change = Some(change);
                event.product = product.map(|product| limited(product, ID_BYTES_MAX)).transpose()?;
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
            CrewAction::TakeAlarm { alarm } => {
                self.open_alarm(&alarm)?;
                event.kind = Kind::AlarmTaken;
                event.alarm = Some(Box::new(AlarmNote::of(&alarm)));
            }
            CrewAction::FinishAlarmStep { alarm, step } => {
                let open = self.open_alarm(&alarm)?;
                if !open.steps.iter().any(|known| known.code == step && known.done_at.is_none()) {
                    return Err(Refusal::AlarmStepUnknown { alarm, step });
                }
                event.kind = Kind::AlarmStepDone;
                event.alarm = Some(Box::new(AlarmNote { step: Some(step), ..AlarmNote::of(&alarm) }));
            }
            CrewAction::CloseDemand { demand, text } => {
                self.check_demand(demand)?;
                event.kind = Kind::DemandClosed;
                event.demand = Some(demand);
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
            CrewAction::CloseAlarm { alarm, text } => {
                self.open_alarm(&alarm)?;
                event.kind = Kind::AlarmClosed;
                event.alarm = Some(Box::new(AlarmNote::of(&alarm)));
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
        }
        Ok(())
    }

    /// What goes to the viewers by which way, besides a hand that pastes it.
    fn routed(&self, action: &CrewAction) -> Option<(ReplyRoute, Said)> {
        match action {
            CrewAction::AnswerQuestion { route, text: Some(text), .. } => Some((*route, text.clone())),
            CrewAction::SendReply { reply } => {
                let Saying { route, text, template, quotes, .. } = self.sayings.find(reply)?.clone();
                Some((route?, Said { text, template: Some(template), quotes }))
            }
            _ => None,
        }
    }

    pub(crate) fn check_open(&self, question: Sequence) -> Result<(), Refusal> {
        if let Some(closed) = self.desk.find_closed(question) {
            return Err(Refusal::QuestionClosed { question, by: closed.by.clone() });
        }
        self.desk.find_open(question).map(|_| ()).ok_or(Refusal::QuestionUnknown { question })
    }

    /// Nobody answers what somebody else is answering.
    pub(crate) fn check_claim(&self, event: &Event, question: Sequence) -> Result<(), Refusal> {
        let Some(known) = self.desk.find_open(question) else { return Ok(()) };
        let lasts = known.claimed_until.is_some_and(|until| event.at < until);
        match &known.claimed_by {
            Some(by) if lasts && event.by.as_ref() != Some(by) => {
                Err(Refusal::QuestionClaimed { question, by: by.clone() })
            }
            _ => Ok(()),
        }
    }

    fn check_demand(&self, demand: Sequence) -> Result<(), Refusal> {
        if self.demand.is_open(demand) {
            return Ok(());
        }
        match self.demand.find_closed(demand) {
            Some(closed) => Err(Refusal::DemandClosed { demand, by: closed.by.clone() }),
            None => Err(Refusal::DemandUnknown { demand }),
        }
    }

    fn open_alarm(&self, id: &str) -> Result<&Alarm, Refusal> {
        let unknown = || match self.alarms().find_closed(id) {
            Some(closed) => Refusal::AlarmClosed { alarm: id.to_owned(), by: closed.closed_by.clone() },
            None => Refusal::AlarmUnknown { alarm: id.to_owned() },
        };
        self.alarms().find(id).ok_or_else(unknown)
    }
}

pub(crate) fn limited(text: String, max_bytes: usize) -> Result<String, Refusal> {
    if text.trim().is_empty() || text.len() > max_bytes {
        return Err(Refusal::TextLength { max_bytes });
    }
    Ok(text)
}
