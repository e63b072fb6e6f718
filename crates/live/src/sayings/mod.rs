//! Sayings (话): whatever the crew puts where somebody will read it out or read it: prompter cards (提示卡), replies
//! (回复), overlay lines (贴片), script lines (话术). All of them are one thing here: a text, the facts that it quotes, each
//! with its version, and a state.
//!
//! A fact that changes makes every saying stale that quotes an older version, in the same event, and a moment that
//! passes does the same to what was true only up to it. What must never happen here: a stale saying that counts as
//! fresh, because somebody would say an old price aloud.

mod apply;
mod decide;
mod fit;
mod note;
mod quote;
pub mod shown;
pub mod slot;

use std::collections::{BTreeSet, VecDeque};

use livehand_kernel::{CardId, Millis, PersonId, ProductId, Sequence, display_text};
use serde::{Deserialize, Serialize};

pub use self::note::SayingNote;
pub(crate) use self::note::{check_facts, check_note};
pub use self::quote::{
    FACTS_PER_EVENT_MAX, FactNow, QUOTES_PER_SAYING_MAX, Quote, SHOWN_VALUE_BYTES_MAX, StaleQuote,
    StaleReason,
};
use self::quote::{Facts, Place};
use crate::command::ReplyRoute;
use crate::event::{CardLevel, Event};

/// Cards that may wait for the host; beyond it nobody reads them.
pub(crate) const CARDS_WAITING_MAX: usize = 100;
/// Replies that may wait to be sent.
const REPLIES_QUEUED_MAX: usize = 100;
/// Lines over the picture; more would hide it.
const OVERLAY_LINES_MAX: usize = 8;
/// Lines of the script that are kept before everybody.
const SCRIPT_LINES_MAX: usize = 200;
/// Acknowledged cards, and sent replies, kept for the screen.
const CLOSED_KEPT: usize = 20;

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SayingKind {
    /// A card on the host's prompter.
    Card,
    /// A reply that somebody will send into the public chat.
    Reply,
    /// A line over the picture.
    OverlayLine,
    /// A line of the script.
    ScriptLine,
}

impl SayingKind {
    /// Whether it stands until it is replaced or taken away.
    fn is_line(self) -> bool {
        matches!(self, SayingKind::OverlayLine | SayingKind::ScriptLine)
    }

    /// How many of them may be open at once.
    pub(crate) fn open_max(self) -> usize {
        match self {
            SayingKind::Card => CARDS_WAITING_MAX,
            SayingKind::Reply => REPLIES_QUEUED_MAX,
            SayingKind::OverlayLine => OVERLAY_LINES_MAX,
            SayingKind::ScriptLine => SCRIPT_LINES_MAX,
        }
    }
}

/// What became of a saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SayingState {
    /// It waits for the host or to be sent, or it stands on the screen.
    Open,
    /// The host saw it, or it was sent into the chat.
    Said,
    /// It was taken back unsaid.
    Dropped,
}

/// Something that is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Saying {
    /// Id.
    pub id: String,
    /// Where it is said.
    pub kind: SayingKind,
    /// When it was made.
    pub at: Millis,
    /// Who made it.
    pub by: Option<PersonId>,
    /// On a card: how urgent.
    pub level: Option<CardLevel>,
    /// On a reply: the question that it answers.
    pub question: Option<Sequence>,
    /// As it is said, safe to show.
    pub text: String,
    /// As it was written, with its slots, safe to show.
    pub template: String,
    /// From 1; a refresh makes the next one.
    pub version: u32,
    /// The facts that it quotes.
    pub quotes: Vec<Quote>,
    /// The entry of the FAQ library that it comes from.
    pub faq: Option<String>,
    /// On a reply that goes out by itself: when it does, unless somebody takes it back.
    pub due: Option<Millis>,
    /// On a reply that goes out by itself: which way.
    pub route: Option<ReplyRoute>,
    /// What became of it.
    pub state: SayingState,
    /// When that became of it.
    pub closed_at: Option<Millis>,
    /// Present when a quote no longer holds: why. Whoever says the text now says something that is not so.
    pub stale: Option<StaleReason>,
}

/// A prompter card (提示卡): the host's view of a saying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Card {
    /// Id.
    pub id: CardId,
    /// When it was pushed.
    pub at: Millis,
    /// How urgent.
    pub level: CardLevel,
    /// What the host should do or say, safe to show.
    pub text: String,
    /// Who pushed it.
    pub by: Option<PersonId>,
    /// When the host acknowledged it.
    pub acknowledged_at: Option<Millis>,
    /// From 1; a refresh makes the next one.
    pub version: u32,
    /// The facts that it quotes.
    pub quotes: Vec<Quote>,
    /// Present when a quote no longer holds: why.
    pub stale: Option<StaleReason>,
}

impl From<&Saying> for Card {
    fn from(saying: &Saying) -> Self {
        Self {
            id: CardId(saying.id.clone()),
            at: saying.at,
            level: saying.level.unwrap_or(CardLevel::Green),
            text: saying.text.clone(),
            by: saying.by.clone(),
            acknowledged_at: saying.closed_at,
            version: saying.version,
            quotes: saying.quotes.clone(),
            stale: saying.stale,
        }
    }
}

/// What is said: the text, and the facts that it quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// As it is said.
    pub text: String,
    /// As it was written, if it has slots.
    pub template: Option<String>,
    /// The facts that fill its slots.
    pub quotes: Vec<Quote>,
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// Which sayings changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    cards: BTreeSet<CardId>,
    /// Whether anything else changed.
    others: bool,
}

impl Touched {
    fn add(&mut self, saying: &Saying) {
        if saying.kind == SayingKind::Card {
            self.cards.insert(CardId(saying.id.clone()));
        } else {
            self.others = true;
        }
    }
}

/// Everything that is said in a room, and the facts that it is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sayings {
    /// In the order in which they were made.
    open: VecDeque<Saying>,
    /// The last that were said or dropped, newest first.
    closed: VecDeque<Saying>,
    facts: Facts,
    /// The next moment at which a quote ceases to be true.
    deadline: Option<Millis>,
    /// The event that last told of facts.
    told: Sequence,
}

impl Sayings {
    /// The open ones of a kind, oldest first.
    pub fn open(&self, kind: SayingKind) -> impl Iterator<Item = &Saying> {
        self.open.iter().filter(move |saying| saying.kind == kind)
    }

    /// The open one with this id.
    pub fn find(&self, id: &str) -> Option<&Saying> {
        self.open.iter().find(|saying| saying.id == id)
    }

    fn find_closed(&self, id: &str) -> Option<&Saying> {
        self.closed.iter().find(|saying| saying.id == id)
    }

    /// Takes in a saying that was made. One whose id is taken, or beyond the limit of its kind, is left out; false then.
    /// A line with the id of one that stands takes its place.
    pub fn make(&mut self, mut saying: Saying, clock: Millis, touched: &mut Touched) -> bool {
        let full = self.open(saying.kind).count() >= saying.kind.open_max();
        match self.open.iter_mut().find(|known| known.id == saying.id) {
            Some(known) if known.kind.is_line() && known.kind == saying.kind => {
                saying.version = known.version.saturating_add(1);
                *known = saying.clone();
            }
            Some(_) => return false,
            None if full => return false,
            None => self.open.push_back(saying.clone()),
        }
        // An id that is used again leaves nothing of before.
        if let Some(place) = self.closed.iter().position(|known| known.id == saying.id)
            && let Some(before) = self.closed.remove(place)
        {
            touched.add(&before);
        }
        saying.quotes.iter().for_each(|quote| self.facts.learn_from(quote));
        touched.add(&saying);
        self.judge(clock, touched);
        true
    }

    /// Gives an open saying its next version.
    pub fn refresh(&mut self, id: &str, text: &str, quotes: &[Quote], clock: Millis, touched: &mut Touched) {
        let Some(saying) = self.open.iter_mut().find(|saying| saying.id == id) else { return };
        saying.text = display_text(text);
        saying.quotes = quotes.iter().map(Quote::inert).collect();
        saying.version = saying.version.saturating_add(1);
        touched.add(saying);
        saying.quotes.iter().for_each(|quote| self.facts.learn_from(quote));
        self.judge(clock, touched);
    }

    /// Closes an open saying.
    pub fn close(
        &mut self,
        id: &str,
        state: SayingState,
        at: Millis,
        touched: &mut Touched,
    ) -> Option<&Saying> {
        let place = self.open.iter().position(|saying| saying.id == id)?;
        let mut saying = self.open.remove(place)?;
        saying.state = state;
        saying.closed_at = Some(at);
        // What was said is past; nobody can refresh it.
        saying.stale = None;
        touched.add(&saying);
        let kind = saying.kind;
        if kind.is_line() || (kind == SayingKind::Card && state == SayingState::Dropped) {
            return None;
        }
        self.closed.push_front(saying);
        let oldest =
            self.closed.iter().enumerate().filter(|(_, saying)| saying.kind == kind).nth(CLOSED_KEPT);
        if let Some(place) = oldest.map(|(place, _)| place) {
            self.closed.remove(place);
        }
        self.closed.front()
    }

    /// Takes in facts that changed.
    pub fn learn(&mut self, facts: &[FactNow], told: Sequence, clock: Millis, touched: &mut Touched) {
        let quoted: BTreeSet<Place> =
            self.open.iter().flat_map(|saying| &saying.quotes).map(Quote::place).collect();
        facts.iter().for_each(|fact| self.facts.learn(fact, |place| quoted.contains(place)));
        self.told = told;
        self.judge(clock, touched);
    }

    /// Marks what was true only up to a moment that has passed.
    pub fn pass(&mut self, clock: Millis, touched: &mut Touched) {
        if self.deadline.is_some_and(|deadline| deadline <= clock) {
            self.judge(clock, touched);
        }
    }

    /// Holds every open saying against the facts.
    fn judge(&mut self, clock: Millis, touched: &mut Touched) {
        for saying in &mut self.open {
            let stale = saying.quotes.iter().filter_map(|quote| self.facts.fault(quote, clock)).min();
            if saying.stale != stale {
                saying.stale = stale;
                touched.add(saying);
            }
        }
        let ends = self.open.iter().flat_map(|saying| &saying.quotes).filter_map(|quote| quote.valid_to);
        self.deadline = ends.filter(|end| *end > clock).min();
    }

    /// Quotes that do not hold at `at`.
    fn faults(&self, saying: &str, kind: SayingKind, quotes: &[Quote], at: Millis) -> Vec<StaleQuote> {
        quotes.iter().filter_map(|quote| self.facts.stale(saying, kind, quote, at)).collect()
    }

    /// Every quote of an open saying that no longer holds.
    pub fn stale(&self, clock: Millis) -> Vec<StaleQuote> {
        let stale = self.open.iter().filter(|saying| saying.stale.is_some());
        stale.flat_map(|saying| self.faults(&saying.id, saying.kind, &saying.quotes, clock)).collect()
    }

    /// Cards not yet acknowledged, oldest first, then those acknowledged last, newest first.
    pub fn cards(&self) -> impl Iterator<Item = Card> {
        let all = self.open.iter().chain(&self.closed);
        all.filter(|saying| saying.kind == SayingKind::Card).map(Card::from)
    }

    /// Everything else: open ones, oldest first, then those closed last, newest first.
    pub fn others(&self) -> Vec<Saying> {
        let all = self.open.iter().chain(&self.closed);
        all.filter(|saying| saying.kind != SayingKind::Card).cloned().collect()
    }

    /// What [`Sayings::others`] gives, if any of it was touched.
    pub fn others_touched(&self, touched: &Touched) -> Option<Vec<Saying>> {
        touched.others.then(|| self.others())
    }

    /// The cards that were touched and are still shown, and the ids of those that are not.
    pub fn cards_touched(&self, touched: &Touched) -> (Vec<Card>, Vec<CardId>) {
        let cards: Vec<Card> = self.cards().filter(|card| touched.cards.contains(&card.id)).collect();
        let gone = touched.cards.iter().filter(|id| !cards.iter().any(|card| card.id == **id)).cloned();
        let gone = gone.collect();
        (cards, gone)
    }

    /// The event that last told of facts, 0 if none did.
    pub fn told(&self) -> Sequence {
        self.told
    }

    /// Products that an open saying quotes.
    pub fn quoted_products(&self) -> BTreeSet<ProductId> {
        self.open.iter().flat_map(|saying| &saying.quotes).map(|quote| quote.product.clone()).collect()
    }

    /// Those of `facts` that are newer than what is known.
    pub fn news(&self, mut facts: Vec<FactNow>) -> Vec<FactNow> {
        facts.retain(|fact| {
            let place = (fact.product.clone(), fact.sku.clone(), fact.field.clone());
            self.facts.version(&place) < fact.version
        });
        facts
    }
}

/// A saying as an event makes it; nothing if the event lacks what the kind needs.
pub(crate) fn made(event: &Event, kind: SayingKind, id: String, at: Millis) -> Saying {
    let note = event.saying.as_deref();
    let text = display_text(event.text.as_deref().unwrap_or_default());
    let template = note.and_then(|note| note.template.as_deref()).map(display_text);
    Saying {
        id,
        kind,
        at,
        by: event.by.clone(),
        level: event.level,
        question: event.question,
        template: template.unwrap_or_else(|| text.clone()),
        text,
        version: 1,
        quotes: note.map(|note| note.quotes.iter().map(Quote::inert).collect()).unwrap_or_default(),
        faq: note.and_then(|note| note.faq.clone()),
        due: note.and_then(|note| note.due),
        route: note.and_then(|note| note.route),
        state: SayingState::Open,
        closed_at: None,
        stale: None,
    }
}
