//! Hesitation (犹豫): who is interested in a product and does not order it, what holds them back, and whether a closing
//! line (催单话术) changed that.
//!
//! A viewer hesitates about a product when a comment says so (one of eight doubts), or when they behave so: they ask about
//! it twice within ten minutes without ordering, or open it and do not order it for five minutes. What a viewer doubts who
//! only behaves so, or whose words do not tell, is not known and is not guessed: their doubt is [`Doubt::Unsaid`]. A comment is about the product that
//! its event names (Livehand writes it where a comment names a link of the line-up), else about the item on stage, unless it
//! names some other link.
//!
//! # Who is never addressed
//!
//! Whoever said no, said to be under age, complained or asked for help with an order, for the rest of the show; whoever a
//! line was for within the last ten minutes, about whatever product; whoever ordered the product; whoever left, or said
//! nothing more for ten minutes; and whoever is held out. The fold itself keeps to this, so it holds for any log: a line
//! that names such a viewer does not count as said to them. Should there be more viewers who may not be addressed than are
//! kept, nobody is addressed any more.
//!
//! # Whether it helps
//!
//! One in five viewers × products is held out ([`is_held_out`]): counted like the others, and never offered a line. Which
//! ones is decided by a hash of viewer and product alone, before anything is done, so the crew cannot choose whom to spare,
//! and the same viewer is treated alike in every show.
//! Both groups are counted the same way: from the hesitation on, whoever orders the product within [`WITHIN_MS`] has
//! ordered. A hesitation that was offered and for which nobody said a line stays in its group (intention to treat),
//! because which ones the crew leaves out is no accident. A viewer and product count once, however many doubts there were,
//! because one order answers them all. A line that is spoken aloud is heard by those who are held out as well, so that the
//! difference is rather too small than too large.
//!
//! Beside it stands how many *guided* orders there were: orders of the product by somebody a line was for, within
//! [`WITHIN_MS`] after it. That these would not have ordered anyhow is what only the difference can tell.

mod bars;
mod case;
mod decide;
mod figures;
pub mod line;
mod looking;
pub mod shown;

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Millis, Sequence, display_text};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

pub use self::bars::Forbidden;
use self::bars::{Bar, Bars};
use self::case::{Case, Line, Voiced};
pub use self::decide::{ClosingLine, LineWay};
use self::figures::Groups;
use self::looking::Looking;
use crate::event::{Event, Kind};
use crate::metrics::Key;
use crate::questions::asks;
use crate::sayings::SayingKind;

/// An order this long after a hesitation, or after a line, counts as having followed from it (归因窗口).
pub const WITHIN_MS: i64 = 900_000;
/// The same viewer is addressed at most once in this time.
pub const LINE_PAUSE_MS: i64 = 600_000;
/// After this time without another word the viewer is taken to have moved on.
pub const ADDRESS_WITHIN_MS: i64 = 600_000;
/// A second question within this time is the same interest.
const ASKS_AGAIN_WITHIN_MS: i64 = 600_000;
/// Who opened a product and has not ordered it for this long hesitates.
const CLICK_WITHOUT_ORDER_MS: i64 = 300_000;
/// One in so many hesitations is held out.
pub const HELD_OUT_OF: u64 = 5;
/// Most viewers that one line is for.
pub const ADDRESSED_MAX: usize = 100;
/// Hesitations that are followed at once. Beyond it the oldest are forgotten: they leave the figures of their group,
/// whichever that is, so that the groups stay comparable.
const CASES_MAX: usize = 20_000;
/// So many are forgotten together, because finding the oldest takes a look at all.
const FORGOTTEN_AT_ONCE: usize = 1_000;
/// The intent of a comment that hesitates; of what it doubts `language` may not be sure.
const HESITATES: &str = "hesitate";
/// Characters of a wording that are kept.
const WORDING_CHARS_MAX: usize = 60;
/// Makes the hash of viewer and product one that nothing else uses.
const HELD_OUT_SEED: u64 = 0x6865_7369_7461_7465;

/// What somebody doubts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Too dear (价格).
    Price,
    /// Whether it is true, genuine, as shown (信任).
    Trust,
    /// Whether it fits (适合).
    Fit,
    /// Later, perhaps (时机).
    Timing,
    /// Another shop or product (比价).
    Comparison,
    /// How to pay (支付).
    Payment,
    /// Somebody else decides (决策人).
    Decider,
    /// What happens if it does not please (售后).
    Aftersale,
    /// They opened it, or asked twice, and did not order; what holds them back they did not say.
    Unsaid,
}

impl Doubt {
    /// All, `Unsaid` last.
    pub const ALL: [Doubt; 9] = [
        Doubt::Price,
        Doubt::Trust,
        Doubt::Fit,
        Doubt::Timing,
        Doubt::Comparison,
        Doubt::Payment,
        Doubt::Decider,
        Doubt::Aftersale,
        Doubt::Unsaid,
    ];

    /// The value of the event key `doubt`.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::Price => "price",
            Doubt::Trust => "trust",
            Doubt::Fit => "fit",
            Doubt::Timing => "timing",
            Doubt::Comparison => "comparison",
            Doubt::Payment => "payment",
            Doubt::Decider => "decider",
            Doubt::Aftersale => "aftersale",
            Doubt::Unsaid => "unsaid",
        }
    }

    /// The doubt with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.code() == code)
    }
}

/// Whether a viewer is held out for a product.
pub fn is_held_out(user: &str, product: &str) -> bool {
    // A length before each, so that no two pairs are written alike.
    let pair = format!("{}:{user}{}:{product}", user.len(), product.len());
    xxh3_64_with_seed(pair.as_bytes(), HELD_OUT_SEED).is_multiple_of(HELD_OUT_OF)
}

/// A viewer and a product.
type Pair = (Key, Key);

/// The fold of hesitations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hesitations {
    cases: BTreeMap<Pair, Case>,
    /// When the time of each is up.
    due: BTreeSet<(Millis, Pair)>,
    looking: Looking,
    bars: Bars,
    /// Hesitations whose time is up.
    ended: Groups,
    /// Closing lines so far.
    lines: u64,
    /// Orders that named viewer and product: without any it is not known whether anybody ordered.
    orders: u64,
    /// Doubts in comments that name no viewer.
    unnamed: u64,
}

/// Somebody who does something about a product.
#[derive(Clone, Copy)]
struct Who<'a> {
    user: &'a str,
    product: &'a str,
}

impl Who<'_> {
    fn pair(self) -> Pair {
        (Key::of(self.user), Key::of(self.product))
    }
}

impl Hesitations {
    /// Takes in an event of the audience; `staged` is the product on stage.
    pub fn take(&mut self, event: &Event, sequence: Sequence, at: Millis, staged: Option<&str>) {
        if !event.counts() {
            return;
        }
        let Some(user) = event.user.as_deref() else {
            let doubts = event.doubt.as_deref().and_then(Doubt::from_code).is_some();
            self.unnamed += u64::from(event.kind == Kind::Comment && doubts);
            return;
        };
        match event.kind {
            Kind::Comment => self.comment(event, user, sequence, at, staged),
            Kind::ProductClick => self.click(event, user, sequence, at),
            Kind::OrderCreated | Kind::OrderPaid => self.order(event, user, at),
            Kind::Join => self.came_or_left(user, false),
            Kind::Leave => {
                self.came_or_left(user, true);
                self.looking.leave(Key::of(user));
            }
            _ => {}
        }
    }

    fn comment(&mut self, event: &Event, user: &str, sequence: Sequence, at: Millis, staged: Option<&str>) {
        self.came_or_left(user, false);
        let viewer = Key::of(user);
        let (intent, doubt) = (event.intent.as_deref(), event.doubt.as_deref());
        if let Some(bar) = Bar::of(intent, doubt) {
            self.bars.bar(viewer, bar);
            self.looking.leave(viewer);
        }
        if self.bars.why(viewer).is_some() {
            return;
        }
        let staged = staged.filter(|_| !event.named.as_deref().is_some_and(names_a_link));
        let Some(product) = event.product.as_deref().or(staged) else { return };
        let who = Who { user, product };
        let voiced = Voiced {
            doubt: doubt.and_then(Doubt::from_code).unwrap_or(Doubt::Unsaid),
            at,
            text: wording(event.text.as_deref().unwrap_or_default()),
        };
        let again = intent.is_some_and(asks) && self.looking.ask(who.pair(), at);
        if voiced.doubt != Doubt::Unsaid || again || intent == Some(HESITATES) {
            self.hesitates(who, sequence, event.name.as_deref().unwrap_or_default(), voiced);
        }
    }

    fn click(&mut self, event: &Event, user: &str, sequence: Sequence, at: Millis) {
        self.came_or_left(user, false);
        let Some(product) = event.product.as_deref() else { return };
        let pair = Who { user, product }.pair();
        if self.bars.why(pair.0).is_none() && !self.looking.bought(pair) && !self.cases.contains_key(&pair) {
            let name = event.name.as_deref().map(display_text).unwrap_or_default();
            self.looking.click(
                pair,
                looking::Click { sequence, at, user: user.into(), product: product.into(), name },
            );
        }
    }

    fn order(&mut self, event: &Event, user: &str, at: Millis) {
        let Some(product) = event.product.as_deref() else { return };
        self.orders += 1;
        let pair = Who { user, product }.pair();
        self.looking.buy(pair);
        let Some(case) = self.cases.get_mut(&pair) else { return };
        if at < case.at {
            // It was ordered before, and told late: nobody hesitated.
            self.forget(pair);
        } else {
            case.order(at);
        }
    }

    fn came_or_left(&mut self, user: &str, left: bool) {
        let viewer = Key::of(user);
        for (_, case) in self.cases.range_mut((viewer, Key::MIN)..=(viewer, Key::MAX)) {
            case.left = left;
        }
    }

    /// Somebody hesitates, or does so again.
    fn hesitates(&mut self, who: Who<'_>, sequence: Sequence, name: &str, voiced: Voiced) {
        let pair = who.pair();
        if self.looking.bought(pair) {
            return;
        }
        self.looking.forget_click(pair);
        if let Some(case) = self.cases.get_mut(&pair) {
            case.voice(voiced);
            return;
        }
        let ends = voiced.at.plus(WITHIN_MS);
        let case = Case {
            id: sequence,
            product: who.product.to_owned(),
            name: display_text(name),
            held_out: is_held_out(who.user, who.product),
            at: voiced.at,
            ends,
            voiced: vec![voiced],
            left: false,
            line: None,
            ordered: None,
        };
        self.cases.insert(pair, case);
        self.due.insert((ends, pair));
        if self.cases.len() > CASES_MAX {
            self.forget_oldest();
        }
    }

    /// Forgets those that began first, whatever happened to them since: a line must not keep anybody in the figures.
    fn forget_oldest(&mut self) {
        let mut oldest: Vec<(Millis, Sequence, Pair)> =
            self.cases.iter().map(|(pair, case)| (case.at, case.id, *pair)).collect();
        oldest.sort_unstable();
        for (_, _, pair) in oldest.into_iter().take(FORGOTTEN_AT_ONCE) {
            self.forget(pair);
        }
    }

    fn forget(&mut self, pair: Pair) -> Option<Case> {
        let case = self.cases.remove(&pair)?;
        self.due.remove(&(case.ends, pair));
        Some(case)
    }

    /// Takes in that a closing line was said; `line` is the saying's id.
    pub fn said(&mut self, event: &Event, line: &str, kind: SayingKind, at: Millis) {
        self.lines += 1;
        let named: BTreeSet<Sequence> =
            event.hesitations.iter().flat_map(|ids| ids.iter().copied()).take(ADDRESSED_MAX).collect();
        let pairs: Vec<Pair> =
            self.cases.iter().filter(|(_, case)| named.contains(&case.id)).map(|(pair, _)| *pair).collect();
        for pair in pairs {
            // Asked anew for each: one viewer may hesitate about two products.
            if self.may_address(pair, at).is_err() {
                continue;
            }
            self.bars.addressed(pair.0, at);
            let Some(case) = self.cases.get_mut(&pair) else { continue };
            self.due.remove(&(case.ends, pair));
            case.line = Some(Line { id: line.to_owned(), at, kind });
            case.ends = case.ends.max(at.plus(WITHIN_MS));
            self.due.insert((case.ends, pair));
        }
    }

    /// A line was taken back before it was said: whoever it was for was not guided by it. They are left in peace for ten
    /// minutes all the same, because somebody may have read it.
    pub fn taken_back(&mut self, line: &str) {
        for case in self.cases.values_mut() {
            if case.line.as_ref().is_some_and(|said| said.id == line) {
                case.line = None;
            }
        }
    }

    /// What follows from the passing of time alone.
    pub fn pass(&mut self, clock: Millis) {
        while let Some((pair, click)) = self.looking.unordered(clock) {
            if self.bars.why(pair.0).is_none() {
                let at = click.at.plus(CLICK_WITHOUT_ORDER_MS);
                let voiced = Voiced { doubt: Doubt::Unsaid, at, text: String::new() };
                let who = Who { user: &click.user, product: &click.product };
                self.hesitates(who, click.sequence, &click.name, voiced);
            }
        }
        while let Some((ends, pair)) = self.due.first().copied()
            && ends <= clock
        {
            self.due.remove(&(ends, pair));
            if let Some(case) = self.cases.remove(&pair) {
                self.ended.count(&case);
            }
        }
        self.bars.pass(clock);
    }

    /// Whether somebody may be addressed about a product at `at`.
    fn may_address(&self, pair: Pair, at: Millis) -> Result<&Case, Forbidden> {
        let case = self.cases.get(&pair).ok_or(Forbidden::Unknown)?;
        self.bars.check(pair.0, at)?;
        if case.held_out {
            return Err(Forbidden::HeldOut);
        }
        case.check(at).map(|()| case)
    }
}

/// Whether a comment names a link, so that it is not about the item on stage merely because that stands there.
fn names_a_link(named: &str) -> bool {
    named.split(' ').any(|one| {
        one.strip_suffix('号')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// The beginning of a comment, safe to show.
fn wording(text: &str) -> String {
    let shown = display_text(text);
    match shown.char_indices().nth(WORDING_CHARS_MAX) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}
