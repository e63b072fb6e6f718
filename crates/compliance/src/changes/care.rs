//! How much care a change needs: what to be warned of, and what has to be confirmed before it comes into force.

use livehand_kernel::{Fen, Millis, Phrase};
use serde::{Deserialize, Serialize};

use super::ChangeKind;

/// From here on an item is dear, and a change of its price is confirmed three times (rule C12).
pub const DEAR_FEN: i64 = 100_000;
/// A price this many times above or below the usual one is confirmed three times (rule C12).
const FAR_FACTOR: i64 = 5;
/// Between these factors, in tenths, a digit was probably typed too many or too few.
const TENFOLD_TENTHS: std::ops::RangeInclusive<i64> = 80..=125;
/// Hours of the night in Shanghai, in which people miss what they would see by day (rule C12).
const NIGHT: std::ops::Range<i64> = 0..6;
/// A show that is on air for longer has a tired crew (rule C12).
const LONG_SHOW_MS: i64 = 4 * 3_600_000;

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
    /// Five times more or less than usual.
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
            Warning::FarFromUsual => {
                Phrase::new("More than five times off the usual price", "与平时价格相差 5 倍以上")
            }
            Warning::Dear => Phrase::new("A dear item: confirm three times", "高客单商品，需三次确认"),
            Warning::Night => Phrase::new(
                "It is night, when slips are missed: type the amount again",
                "现在是深夜，最容易漏看，请再输入一遍金额",
            ),
            Warning::LongShow => Phrase::new(
                "On air for more than four hours: type the amount again",
                "已连播 4 小时以上，请再输入一遍金额",
            ),
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
pub fn assess(kind: ChangeKind, to: Option<Fen>, circumstances: Circumstances) -> Care {
    let to = to.filter(|_| kind.is_price());
    let off = |factor| {
        let against = [circumstances.usual, circumstances.from];
        to.is_some_and(|to| against.into_iter().flatten().any(|usual| is_off(to, usual, factor)))
    };
    let tenfold = to.is_some_and(|to| {
        [circumstances.usual, circumstances.from].into_iter().flatten().any(|usual| is_tenfold(to, usual))
    });
    let dear = [to, circumstances.usual, circumstances.from].into_iter().flatten().any(|it| it.0 >= DEAR_FEN);
    let night = NIGHT.contains(&circumstances.now.hour_in_shanghai());
    let long = circumstances.on_air_since.is_some_and(|since| circumstances.now.0 - since.0 > LONG_SHOW_MS);
    let far = off(FAR_FACTOR);
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
