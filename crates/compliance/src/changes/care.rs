//! How much care a change needs: what to be warned of, and what has to be confirmed before it comes into force.

use livehand_kernel::{Fen, Millis, Phrase};
use serde::{Deserialize, Serialize};

use super::ChangeKind;

/// Between these factors, in tenths, a digit was probably typed too many or too few.
const TENFOLD_TENTHS: std::ops::RangeInclusive<i64> = 80..=125;

/// From where on a team takes more care. The numbers are customs of the trade and not law (rule C12), so a shop may set
/// its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caution {
    /// From this price on an item is dear, and a change of its price is confirmed three times.
    pub dear_fen: i64,
    /// So is a price this many times above or below the usual one.
    pub far_factor: i64,
    /// The night, in which people miss what they would see by day: from this hour in Shanghai …
    pub night_from_hour: i64,
    /// … up to this one.
    pub night_to_hour: i64,
    /// A show that is on air for longer, in minutes, has a tired crew.
    pub long_show_minutes: i64,
}

impl Default for Caution {
    fn default() -> Self {
        Self {
            dear_fen: 100_000,
            far_factor: 5,
            night_from_hour: 0,
            night_to_hour: 6,
            long_show_minutes: 240,
        }
    }
}

impl Caution {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// The name of the first that does not, and what is expected.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let hours = 0..=24;
        let faults = [
            (self.dear_fen > 0, "dear_fen", "more than 0"),
            (self.far_factor >= 2, "far_factor", "2 or more"),
            (hours.contains(&self.night_from_hour), "night_from_hour", "0 to 24"),
            (hours.contains(&self.night_to_hour), "night_to_hour", "0 to 24"),
            (self.long_show_minutes > 0, "long_show_minutes", "more than 0"),
        ];
        faults
            .into_iter()
            .find(|(holds, ..)| !holds)
            .map_or(Ok(()), |(_, name, expected)| Err((name, expected)))
    }

    /// A night may lie around midnight.
    fn is_night(&self, hour: i64) -> bool {
        let (from, to) = (self.night_from_hour, self.night_to_hour);
        if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
    }
}

/// What is known when a change is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The time.
    pub now: Millis,
    /// When the show was opened, if there is one.
    pub on_air_since: Option<Millis>,
    /// The price now.
    pub from: Option<Fen>,
    /// The usual price: the last of the ledger, or the daily price.
    pub usual: Option<Fen>,
}

/// What has to be confirmed by the second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// The amount in words was read out.
    Words,
    /// The amount is typed again.
    Amount,
    /// The difference from the usual price was seen.
    Difference,
}

/// What to look out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// About ten times more or less than usual: a digit too many or too few.
    Tenfold,
    /// Several times more or less than usual.
    FarFromUsual,
    /// A dear item.
    Dear,
    /// It is night.
    Night,
    /// The crew has been on air for hours.
    LongShow,
}

impl Warning {
    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            Warning::Tenfold => Phrase::new(
                "About ten times off the usual price: a digit too many or too few?",
                "与平时价格差了约 10 倍，是不是多打或少打了一个 0？",
            ),
            Warning::FarFromUsual => Phrase::new("Several times off the usual price", "与平时价格相差好几倍"),
            Warning::Dear => Phrase::new("A dear item: confirm three times", "高客单商品，需三次确认"),
            Warning::Night => Phrase::new(
                "It is night, when slips are missed: type the amount again",
                "现在是深夜，最容易漏看，请再输入一遍金额",
            ),
            Warning::LongShow => {
                Phrase::new("On air for hours: type the amount again", "已连播好几个小时，请再输入一遍金额")
            }
        }
    }
}

/// How much care a change needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// What to look out for, the worst first.
    pub warnings: Vec<Warning>,
    /// What has to be confirmed.
    pub confirmations: Vec<Confirmation>,
    /// Whether one person may never apply it, not even after a delay.
    pub never_alone: bool,
}

/// How much care a change to the price `to` needs, or of something that is no price.
pub fn assess(caution: &Caution, kind: ChangeKind, to: Option<Fen>, circumstances: Circumstances) -> Care {
    let to = to.filter(|_| kind.is_price());
    let off = |factor| {
        let against = [circumstances.usual, circumstances.from];
        to.is_some_and(|to| against.into_iter().flatten().any(|usual| is_off(to, usual, factor)))
    };
    let tenfold = to.is_some_and(|to| {
        [circumstances.usual, circumstances.from].into_iter().flatten().any(|usual| is_tenfold(to, usual))
    });
    let dear = [to, circumstances.usual, circumstances.from]
        .into_iter()
        .flatten()
        .any(|it| it.0 >= caution.dear_fen);
    let night = caution.is_night(circumstances.now.hour_in_shanghai());
    let long = circumstances.on_air_since.is_some_and(|since| {
        circumstances.now.0 - since.0 > caution.long_show_minutes.saturating_mul(60_000)
    });
    let far = off(caution.far_factor);
    let found = [
        (Warning::Tenfold, tenfold),
        (Warning::FarFromUsual, far && !tenfold),
        (Warning::Dear, to.is_some() && dear),
        (Warning::Night, night),
        (Warning::LongShow, long),
    ];
    let warnings: Vec<Warning> = found.into_iter().filter(|(_, holds)| *holds).map(|(it, _)| it).collect();
    let thrice = to.is_some() && (tenfold || far || dear);
    let mut confirmations = vec![Confirmation::Words];
    if to.is_some() && (thrice || night || long) {
        confirmations.push(Confirmation::Amount);
    }
    if thrice {
        confirmations.push(Confirmation::Difference);
    }
    Care { warnings, confirmations, never_alone: thrice || night }
}

fn is_off(to: Fen, usual: Fen, factor: i64) -> bool {
    let (low, high) = (to.0.min(usual.0), to.0.max(usual.0));
    high >= low.saturating_mul(factor)
}

fn is_tenfold(to: Fen, usual: Fen) -> bool {
    let (low, high) = (to.0.min(usual.0), to.0.max(usual.0));
    low > 0 && TENFOLD_TENTHS.contains(&(high.saturating_mul(10) / low.max(1)))
}
