//! Which entries need somebody's care, and why.

use livehand_kernel::{DAY_MS, Millis};

use super::entry::{Entry, Level, State};

/// Fewer variants than this leave buyers' words unheard.
pub const VARIANTS_WANTED: usize = 12;
/// An answer that so many percent of those who send it write anew does not say what they want to say.
pub const REWRITTEN_PERCENT_MIN: i64 = 30;
/// Fewer sent answers say nothing about how often they are rewritten.
pub const SENT_MIN: i64 = 5;
/// What ends within so many days is about to expire.
pub const EXPIRES_WITHIN_DAYS: i64 = 7;

/// How an entry was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Comments for which it was proposed.
    pub hit: i64,
    /// Times that it was sent.
    pub sent: i64,
    /// Times that it was rewritten before it was sent.
    pub edited: i64,
    /// Times that it settled the matter.
    pub solved: i64,
    /// When it was last proposed.
    pub last_hit_at: Option<Millis>,
}

/// What is wrong with an entry that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ailment {
    /// It no longer holds.
    Expired,
    /// It ends soon.
    Expiring,
    /// Those who send it often write it anew.
    OftenRewritten,
    /// Its level asks for evidence, and there is none.
    NoEvidence,
    /// Nothing was answered with it for a long time.
    NeverHit,
    /// Too few of the words in which buyers ask.
    FewVariants,
}

impl Ailment {
    /// Every ailment, the most urgent first.
    pub const ALL: &'static [Self] = &[
        Self::Expired,
        Self::Expiring,
        Self::OftenRewritten,
        Self::NoEvidence,
        Self::NeverHit,
        Self::FewVariants,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Expiring => "expiring",
            Self::OftenRewritten => "often_rewritten",
            Self::NoEvidence => "no_evidence",
            Self::NeverHit => "never_hit",
            Self::FewVariants => "few_variants",
        }
    }

    /// The ailment with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ailment| ailment.code() == code)
    }
}

/// When, and after how many days of silence an entry counts as never hit.
#[derive(Clone, Copy, Debug)]
pub struct HealthCheck {
    /// Now.
    pub now: Millis,
    /// Days without a hit.
    pub silent_days: i64,
}

/// What is wrong with an entry; nothing with one that is not in use.
pub fn ailments(entry: &Entry, used: &Use, created_at: Millis, check: HealthCheck) -> Vec<Ailment> {
    if entry.state != State::Active {
        return Vec::new();
    }
    let HealthCheck { now, silent_days } = check;
    let silent_since = now.plus(-silent_days.saturating_mul(DAY_MS));
    let expired = entry.valid_until.is_some_and(|until| until <= now);
    let soon = now.plus(EXPIRES_WITHIN_DAYS * DAY_MS);
    let suffers = |ailment: &&Ailment| match ailment {
        Ailment::Expired => expired,
        Ailment::Expiring => !expired && entry.valid_until.is_some_and(|until| until <= soon),
        Ailment::OftenRewritten => {
            used.sent >= SENT_MIN
                && used.edited.saturating_mul(100) >= used.sent.saturating_mul(REWRITTEN_PERCENT_MIN)
        }
        Ailment::NoEvidence => entry.level != Level::A && entry.evidence.is_empty(),
        // A new entry had no chance yet.
        Ailment::NeverHit => used.last_hit_at.unwrap_or(created_at) <= silent_since,
        Ailment::FewVariants => entry.variants.len() < VARIANTS_WANTED,
    };
    Ailment::ALL.iter().filter(suffers).copied().collect()
}

#[cfg(test)]
mod tests {
    use livehand_kernel::PersonId;

    use super::*;

    const NOW: Millis = Millis(100 * DAY_MS);
    const CHECK: HealthCheck = HealthCheck { now: NOW, silent_days: 30 };

    fn healthy() -> Entry {
        Entry {
            state: State::Active,
            level: Level::A,
            variants: (0..VARIANTS_WANTED).map(|n| n.to_string()).collect(),
            ..Entry::blank(PersonId::from("p1"))
        }
    }

    fn codes(entry: &Entry, used: &Use) -> Vec<&'static str> {
        ailments(entry, used, Millis(0), CHECK).into_iter().map(Ailment::code).collect()
    }

    #[test]
    fn an_entry_that_is_used_and_complete_is_well() {
        let used = Use { hit: 9, sent: 10, edited: 2, solved: 7, last_hit_at: Some(NOW.plus(-DAY_MS)) };
        assert_eq!(codes(&healthy(), &used), [] as [&str; 0]);
        assert_eq!(codes(&Entry { state: State::Retired, ..healthy() }, &Use::default()), [] as [&str; 0]);
    }

    #[test]
    fn each_ailment_is_found() {
        let hit = Use { last_hit_at: Some(NOW), ..Use::default() };
        assert_eq!(codes(&healthy(), &Use::default()), ["never_hit"]);
        let young = ailments(&healthy(), &Use::default(), NOW.plus(-29 * DAY_MS), CHECK);
        assert_eq!(young, [], "a new entry had no chance yet");
        assert_eq!(codes(&Entry { valid_until: Some(NOW), ..healthy() }, &hit), ["expired"]);
        let week = Some(NOW.plus(EXPIRES_WITHIN_DAYS * DAY_MS));
        assert_eq!(codes(&Entry { valid_until: week, ..healthy() }, &hit), ["expiring"]);
        assert_eq!(codes(&healthy(), &Use { sent: 10, edited: 3, ..hit }), ["often_rewritten"]);
        assert_eq!(codes(&healthy(), &Use { sent: 4, edited: 4, ..hit }), [] as [&str; 0]);
        assert_eq!(codes(&Entry { level: Level::B, ..healthy() }, &hit), ["no_evidence"]);
        assert_eq!(codes(&Entry { variants: Vec::new(), ..healthy() }, &hit), ["few_variants"]);
    }
}
