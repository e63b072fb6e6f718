//! Demand (需求): what viewers wish for, and which wishes rise above their own background.
//!
//! A wish is known by the product and by what is wanted of it ([`wish`]). A viewer counts once in five minutes. When a wish
//! [rises](rising), a card opens; the card is over by itself when less than half of what made it many are left in the window, or
//! is closed by the crew with what was done, and then the same wish opens none for ten minutes.
//!
//! The fold keeps the totals of at most 400 wishes of the show, of which the least recent go, and says how many went. It
//! also keeps who asked something and who of those bought later, because that is what a wish that is not met may have cost.

mod rising;
mod wish;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use livehand_kernel::{MINUTE_MS, Millis, PersonId, Sequence, display_text};
use serde::{Deserialize, Serialize};

use self::rising::{BACKGROUND_MINUTES, stands_out};
pub(crate) use self::rising::{RISES_WITHIN_MINUTES, many};
pub use self::wish::link_named;
pub(crate) use self::wish::{WishKey, wishes};
use crate::event::Event;
use crate::metrics::Key;
use crate::view::{DemandCard, DemandState, Ratio, Wish};

/// Wishes that are kept; beyond it the least recent go, unless their card is open.
const WISHES_MAX: usize = 400;
/// Viewers that are remembered with all wishes together. Beyond it new ones are counted in their minute, and no further.
const VIEWERS_MAX: usize = 200_000;
/// Viewers who asked something that are remembered; beyond it the first of them stand for all.
const ASKERS_MAX: usize = 50_000;
/// A viewer who repeats a wish within this time counts once.
const REPEAT_WITHIN_MS: i64 = 300_000;
/// Minutes that a card shows.
const MINUTES_SHOWN: i64 = 30;
/// Wordings that a card shows.
const WORDINGS_MAX: usize = 3;
/// Cards open at once; nobody reads more.
const OPEN_MAX: usize = 30;
/// Closed cards kept for the screen.
const CLOSED_KEPT: usize = 30;
/// How long the crew is left alone with a wish that it closed.
const SEEN_FOR_MS: i64 = 600_000;

/// The fold of the demand of a show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Demand {
    wishes: BTreeMap<WishKey, Tally>,
    open: BTreeMap<Sequence, Open>,
    closed: VecDeque<DemandCard>,
    /// Wishes that went because others were more recent.
    forgotten: u64,
    /// Entries in the `viewers` of all wishes.
    remembered: usize,
    /// The minute in which the show began.
    began: Option<i64>,
    /// The second of the show's clock up to which open cards were looked at.
    looked: i64,
    askers: BTreeSet<Key>,
    buyers: BTreeSet<Key>,
    /// Whether an order was paid, and whether one did not say by whom.
    paid: bool,
    paid_by_nobody: bool,
}

/// What is counted of one wish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    comments: u64,
    /// When each viewer last counted.
    viewers: BTreeMap<Key, Millis>,
    /// Viewers that counted in a minute.
    minutes: BTreeMap<i64, u32>,
    /// The same by seconds, of the last three minutes.
    seconds: BTreeMap<i64, u32>,
    first: Millis,
    last: Millis,
    wordings: Vec<String>,
    card: Option<Sequence>,
    /// Until when the crew has seen it.
    seen_until: Option<Millis>,
}

/// Product, link, colour and size.
type Variant<'a> = (Option<&'a str>, Option<u16>, Option<&'a str>, Option<&'a str>);

/// A card that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    at: Millis,
    key: WishKey,
    /// How many viewers made it many when it rose.
    many: i64,
    /// Its viewers of the last three minutes and the minute, as they were last shown.
    shown: (u32, i64),
}

/// A comment, as demand hears it.
pub(crate) struct Heard<'a> {
    pub event: &'a Event,
    pub sequence: Sequence,
    pub at: Millis,
    /// The show's clock.
    pub clock: Millis,
    /// The item on stage.
    pub stage: Option<&'a str>,
    /// Safe to show.
    pub text: &'a str,
    /// Whether it asks something.
    pub asks: bool,
}

impl Demand {
    /// Takes in a comment; whether a card changed. `online` says how many are in the room, if that is known.
    pub fn hear(&mut self, heard: &Heard<'_>, online: impl Fn() -> Option<i64>) -> bool {
        let viewer = viewer(heard.event);
        if heard.asks && heard.event.user.is_some() && self.askers.len() < ASKERS_MAX {
            self.askers.insert(viewer);
        }
        let keys = wishes(heard.event, heard.stage);
        if keys.is_empty() {
            return false;
        }
        let mut changed = false;
        for key in keys {
            changed |= self.count(&key, viewer, heard);
            changed |= self.rise(key, heard, &online);
        }
        changed
    }

    /// A viewer paid: one who asked something before has bought.
    pub fn pay(&mut self, event: &Event) {
        self.paid = true;
        self.paid_by_nobody |= event.user.is_none();
        let payer = viewer(event);
        if event.user.is_some() && self.askers.contains(&payer) {
            self.buyers.insert(payer);
        }
    }

    /// Counts a wish; whether its card is open and so changes.
    fn count(&mut self, key: &WishKey, viewer: Key, heard: &Heard<'_>) -> bool {
        let (at, clock) = (heard.at, heard.clock);
        self.make_room(key);
        let room_for_viewers = self.remembered < VIEWERS_MAX;
        let tally = self.wishes.entry(key.clone()).or_insert_with(|| Tally { first: at, ..Tally::default() });
        tally.comments += 1;
        (tally.first, tally.last) = (tally.first.min(at), tally.last.max(at));
        if tally.wordings.len() < WORDINGS_MAX && !tally.wordings.iter().any(|known| known == heard.text) {
            tally.wordings.push(heard.text.to_owned());
        }
        let before = tally.viewers.get(&viewer).copied();
        if before.is_none_or(|before| (at.0 - before.0).abs() >= REPEAT_WITHIN_MS) {
            if before.is_some() || room_for_viewers {
                self.remembered += usize::from(before.is_none());
                tally.viewers.insert(viewer, before.unwrap_or(at).max(at));
            }
            tally.add(at, clock);
        }
        tally.card.is_some()
    }

    /// Opens a card for a wish that rises; whether it did.
    fn rise(&mut self, key: WishKey, heard: &Heard<'_>, online: &impl Fn() -> Option<i64>) -> bool {
        let clock = heard.clock;
        let began = self.began.unwrap_or_else(|| clock.minute());
        // Two wishes of one comment cannot have the card that it is the id of.
        let full = self.open.len() >= OPEN_MAX || self.open.contains_key(&heard.sequence);
        let Some(tally) = self.wishes.get_mut(&key).filter(|tally| tally.card.is_none() && !full) else {
            return false;
        };
        let recent = i64::from(tally.recent(clock));
        // How many are online is asked only where it can matter: it is no small sum.
        if recent < many(None) || tally.seen_until.is_some_and(|until| clock < until) {
            return false;
        }
        let many = many(online());
        let (background, minutes) = tally.background(clock, began);
        if recent < many || !stands_out(recent, background, minutes) {
            return false;
        }
        tally.card = Some(heard.sequence);
        let shown = (tally.recent_at(clock), clock.minute());
        self.open.insert(heard.sequence, Open { at: clock, key, many, shown });
        true
    }

    /// Lets the least recent wish go, if there are too many for another.
    fn make_room(&mut self, key: &WishKey) {
        if self.wishes.len() < WISHES_MAX || self.wishes.contains_key(key) {
            return;
        }
        let idle = self.wishes.iter().filter(|(_, tally)| tally.card.is_none());
        let Some(oldest) = idle.min_by_key(|(_, tally)| tally.last).map(|(key, _)| key.clone()) else {
            return;
        };
        if let Some(gone) = self.wishes.remove(&oldest) {
            self.remembered = self.remembered.saturating_sub(gone.viewers.len());
            self.forgotten += 1;
        }
    }

    /// Time passes: cards that fell are over. Whether a card changed.
    pub fn pass(&mut self, clock: Millis) -> bool {
        self.began = self.began.or(Some(clock.minute()));
        let second = second(clock);
        if second <= self.looked {
            return false;
        }
        self.looked = second;
        let mut fallen = Vec::new();
        let mut changed = false;
        for (id, open) in &mut self.open {
            let recent = self.wishes.get_mut(&open.key).map_or(0, |tally| tally.recent(clock));
            let shown = (recent, clock.minute());
            changed |= open.shown != shown;
            open.shown = shown;
            if i64::from(recent) * 2 < open.many {
                fallen.push(*id);
            }
        }
        for id in fallen {
            self.end(id, clock, DemandState::Over, None, None);
        }
        changed
    }

    /// The crew closes a card with what it did; whether it was open.
    pub fn close(
        &mut self,
        id: Sequence,
        at: Millis,
        clock: Millis,
        by: Option<PersonId>,
        outcome: &str,
    ) -> bool {
        let Some(key) = self.open.get(&id).map(|open| open.key.clone()) else { return false };
        if let Some(tally) = self.wishes.get_mut(&key) {
            tally.seen_until = Some(Millis(at.0.saturating_add(SEEN_FOR_MS)));
        }
        self.end(id, clock, DemandState::Done, by, Some(display_text(outcome)));
        true
    }

    fn end(
        &mut self,
        id: Sequence,
        clock: Millis,
        state: DemandState,
        by: Option<PersonId>,
        outcome: Option<String>,
    ) {
        let Some(card) = self.open.get(&id).and_then(|open| self.card(id, open, clock)) else { return };
        if let Some(tally) = self.open.remove(&id).and_then(|open| self.wishes.get_mut(&open.key)) {
            tally.card = None;
        }
        self.closed.push_front(DemandCard { state, closed_at: Some(clock), by, outcome, ..card });
        self.closed.truncate(CLOSED_KEPT);
    }

    /// Cards, those that rose last first: open ones, then the last 30 that are over or closed.
    pub fn cards(&self, clock: Millis) -> Vec<DemandCard> {
        let open = self.open.iter().rev().filter_map(|(id, open)| self.card(*id, open, clock));
        open.chain(self.closed.iter().cloned()).collect()
    }

    /// Whether a card with this id is open.
    pub fn is_open(&self, id: Sequence) -> bool {
        self.open.contains_key(&id)
    }

    /// The card with this id among those closed lately.
    pub fn find_closed(&self, id: Sequence) -> Option<&DemandCard> {
        self.closed.iter().find(|card| card.id == id)
    }

    /// Every variant that was wished for, as far as its wishes are kept, by product, and how many wishes went. A viewer who wants
    /// it bought and brought back is one.
    pub fn variants(&self) -> (Vec<Wish>, u64) {
        let mut variants: BTreeMap<Variant<'_>, Vec<&Tally>> = BTreeMap::new();
        for (key, tally) in &self.wishes {
            let (colour, size) = (key.wanted.colour.as_deref(), key.wanted.size.as_deref());
            if colour.is_some() || size.is_some() {
                let variant = (key.product.as_deref(), key.link, colour, size);
                variants.entry(variant).or_default().push(tally);
            }
        }
        let wishes = variants.into_iter().map(|((product, link, colour, size), tallies)| {
            let viewers: BTreeSet<&Key> = tallies.iter().flat_map(|tally| tally.viewers.keys()).collect();
            let mut wordings: Vec<String> = Vec::new();
            for wording in tallies.iter().flat_map(|tally| &tally.wordings) {
                if wordings.len() < WORDINGS_MAX && !wordings.contains(wording) {
                    wordings.push(wording.clone());
                }
            }
            Wish {
                product: product.map(str::to_owned),
                link,
                colour: colour.map(str::to_owned),
                size: size.map(str::to_owned),
                comments: tallies.iter().map(|tally| tally.comments).sum(),
                viewers: viewers.len() as u64,
                first: tallies.iter().map(|tally| tally.first).min().unwrap_or_default(),
                last: tallies.iter().map(|tally| tally.last).max().unwrap_or_default(),
                wordings,
            }
        });
        (wishes.collect(), self.forgotten)
    }

    /// Of the viewers who asked something, those who bought later. Not known as long as none of them did, and where a payment
    /// does not say by whom.
    pub fn conversion(&self) -> Option<Ratio> {
        let known = self.paid && !self.paid_by_nobody && !self.buyers.is_empty();
        known.then_some(Ratio { numerator: self.buyers.len() as i64, denominator: self.askers.len() as i64 })
    }

    fn card(&self, id: Sequence, open: &Open, clock: Millis) -> Option<DemandCard> {
        let tally = self.wishes.get(&open.key)?;
        let minute = clock.minute();
        let per_minute = (minute - MINUTES_SHOWN + 1..=minute).map(|it| tally.minutes.get(&it).copied());
        Some(DemandCard {
            id,
            at: open.at,
            product: open.key.product.clone(),
            link: open.key.link,
            wanted: open.key.wanted.clone(),
            state: DemandState::Open,
            comments: tally.comments,
            viewers: tally.viewers.len() as u64,
            recent: tally.recent_at(clock),
            per_minute: per_minute.map(Option::unwrap_or_default).collect(),
            first: tally.first,
            last: tally.last,
            wordings: tally.wordings.clone(),
            closed_at: None,
            by: None,
            outcome: None,
        })
    }
}

impl Tally {
    /// One more viewer counts.
    fn add(&mut self, at: Millis, clock: Millis) {
        let oldest = clock.minute() - MINUTES_SHOWN;
        self.minutes.retain(|minute, _| *minute > oldest);
        if at.minute() > oldest {
            *self.minutes.entry(at.minute()).or_default() += 1;
        }
        *self.seconds.entry(second(at)).or_default() += 1;
    }

    /// Viewers within the last three minutes; seconds before that are forgotten.
    fn recent(&mut self, clock: Millis) -> u32 {
        self.seconds = self.seconds.split_off(&window(clock));
        self.recent_at(clock)
    }

    fn recent_at(&self, clock: Millis) -> u32 {
        self.seconds.range(window(clock)..).map(|(_, count)| *count).sum()
    }

    /// Viewers in the 15 whole minutes before the window, and how many of those minutes the show has had.
    fn background(&self, clock: Millis, began: i64) -> (i64, i64) {
        let end = clock.minute() - RISES_WITHIN_MINUTES;
        let start = (end - BACKGROUND_MINUTES).max(began);
        if start >= end {
            return (0, 0);
        }
        (self.minutes.range(start..end).map(|(_, count)| i64::from(*count)).sum(), end - start)
    }
}

/// The first second of the three minutes that end now.
fn window(clock: Millis) -> i64 {
    second(clock) - RISES_WITHIN_MINUTES * MINUTE_MS / 1_000 + 1
}

fn second(at: Millis) -> i64 {
    at.0.div_euclid(1_000)
}

/// Who wrote it: by id, else by name; all that have neither are one, so that what is counted is never too many.
pub(crate) fn viewer(event: &Event) -> Key {
    let name = || Key::of(event.name.as_deref().unwrap_or_default()).within(Key::of("name"));
    event.user.as_deref().map_or_else(name, Key::of)
}
