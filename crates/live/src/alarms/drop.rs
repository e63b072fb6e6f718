//! When a share has fallen: the last minutes are held against what the minutes before them let expect.
//!
//! Two looks, because a large fall is seen at once and a small one only in the long run. The last minute, and the last
//! two together, are compared with the level before them; and the shortfalls of all minutes are added up, less a little
//! for each (a cumulative sum, Page 1954). The bounds are set so that at most one quiet hour in ten gives a false alarm;
//! `tests/suite/detection.rs` measures that, and what is caught, on made-up shows.

use crate::series::{Level, Motion, Share};

/// Of the level that single minutes are compared with.
const STEADY: Motion = Motion { drift: 0.000_8, overdispersion: 0.004_5 };
/// Of the level below which shortfalls are added up; it follows faster, because what it follows is looked at for longer.
const FOLLOWING: Motion = Motion { drift: 0.001_5, overdispersion: 0.012 };
/// Windows that are compared with the level before them, in minutes.
const WINDOWS: [usize; 2] = [1, 2];
/// By how many standard deviations such a window must fall short.
const WINDOW_BOUND: f64 = 3.5;
/// What the sum of shortfalls must exceed.
const SUM_BOUND: f64 = 4.4;
/// What is taken off the sum for every minute, in standard deviations.
const SUM_ALLOWANCE: f64 = 0.5;
/// A single minute counts for no more than this in the sum, in standard deviations.
const SUM_STEP_MAX: f64 = 4.0;
/// Minutes with data before anything is judged.
const WARM_UP: usize = 9;
/// A fall smaller than this part of what was expected is none that anybody would act on.
const EFFECT_MIN: f64 = 0.10;
/// How long a fall must have lasted, at most, to be found by the sum: the window over which its size is told.
const SUM_WINDOW: usize = 5;
/// If only a larger fall than this could be seen within five minutes, the numbers are too few to tell anything.
const VISIBLE_MAX: f64 = 0.5;

/// What a minute of a series says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Too early to judge.
    Learning,
    /// No fall can be told. `visible` is the smallest that would be seen within five minutes, as a part of what is
    /// expected; none if the numbers are too few for any.
    Calm {
        /// From 0 to 1.
        visible: Option<f64>,
    },
    /// The share has fallen.
    Fallen(Fall),
}

/// A fall of a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fall {
    /// Over how many minutes it is told, the last one included.
    pub minutes: usize,
    /// What was counted in them.
    pub seen: Share,
    /// The share that the minutes before let expect.
    pub expected: f64,
    /// By which part of what was expected the share is lower, from 0 to 1, with the ends of its 95 % interval.
    pub size: f64,
    /// The smaller end.
    pub size_low: f64,
    /// The larger end.
    pub size_high: f64,
}

/// A series that is watched for falls.
#[derive(Clone, Debug, Default)]
pub struct DropWatch {
    /// Minutes with data, and the steady level after each; the last few.
    seen: Vec<(Share, Level)>,
    count: usize,
    following: Option<Level>,
    sum: f64,
}

impl DropWatch {
    /// Takes in the next minute; none where there is no data, which is never a fall.
    pub fn note(&mut self, minute: Option<Share>) -> Verdict {
        let Some(share) = minute.filter(|share| share.of > 0 && (0..=share.of).contains(&share.with)) else {
            return self.pass_over();
        };
        let steady = self
            .seen
            .last()
            .map_or_else(|| Level::first(share, STEADY), |(_, level)| level.seen(share, STEADY));
        self.seen.push((share, steady));
        self.count += 1;
        self.add_up(share);
        if self.seen.len() > SUM_WINDOW + 1 {
            self.seen.remove(0);
        }
        if self.count < WARM_UP {
            return Verdict::Learning;
        }
        let fall = WINDOWS
            .iter()
            .find_map(|minutes| self.window(*minutes).filter(|(score, _)| *score > WINDOW_BOUND));
        let fall = fall.or_else(|| self.window(SUM_WINDOW).filter(|_| self.sum > SUM_BOUND));
        match fall.map(|(_, fall)| fall).filter(|fall| fall.size >= EFFECT_MIN) {
            Some(fall) => {
                self.begin_anew();
                Verdict::Fallen(fall)
            }
            None => Verdict::Calm { visible: self.visible() },
        }
    }

    /// A minute without data: the level may have moved, and windows do not reach over it.
    fn pass_over(&mut self) -> Verdict {
        self.following = self.following.map(|level| level.unseen(FOLLOWING));
        if let Some((share, level)) = self.seen.pop() {
            self.seen.clear();
            self.seen.push((share, level.unseen(STEADY)));
        }
        if self.count < WARM_UP { Verdict::Learning } else { Verdict::Calm { visible: None } }
    }

    fn add_up(&mut self, share: Share) {
        let Some(before) = self.following else {
            self.following = Some(Level::first(share, FOLLOWING));
            return;
        };
        let (expected, variance) =
            before.unseen(FOLLOWING).forecast(share.of, 1, Motion { drift: 0.0, ..FOLLOWING });
        let shortfall = (expected - share.with as f64) / libm::sqrt(variance.max(1e-9));
        if self.count > SUM_WINDOW {
            let step = shortfall.clamp(-SUM_STEP_MAX, SUM_STEP_MAX) - SUM_ALLOWANCE;
            self.sum = (self.sum + step).max(0.0);
        }
        // A level that followed a fall would hide it.
        self.following = Some(if shortfall.abs() < 3.0 {
            before.seen(share, FOLLOWING)
        } else {
            before.unseen(FOLLOWING)
        });
    }

    /// By how many standard deviations the last minutes fall short of the level before them.
    fn window(&self, minutes: usize) -> Option<(f64, Fall)> {
        let minutes = minutes.min(self.seen.len().saturating_sub(1));
        let start = self.seen.len() - minutes;
        let (_, level) = self.seen.get(start.checked_sub(1)?)?;
        let seen = Share::sum(self.seen.get(start..)?.iter().map(|(share, _)| *share));
        let (expected, variance) = level.forecast(seen.of, minutes, STEADY);
        let deviation = libm::sqrt(variance.max(1e-9));
        let short = expected - seen.with as f64;
        let part = |by: f64| (by / expected.max(1e-9)).clamp(-1.0, 1.0);
        let fall = Fall {
            minutes,
            seen,
            expected: expected / seen.of.max(1) as f64,
            size: part(short),
            size_low: part(short - 1.96 * deviation),
            size_high: part(short + 1.96 * deviation),
        };
        (minutes > 0).then_some((short / deviation, fall))
    }

    /// The smallest fall that would be seen within five minutes.
    fn visible(&self) -> Option<f64> {
        let (_, level) = self.seen.last()?;
        let per_minute = Share::sum(self.seen.iter().map(|(share, _)| *share)).of / self.seen.len() as i64;
        let (expected, variance) = level.forecast(per_minute * SUM_WINDOW as i64, SUM_WINDOW, STEADY);
        let visible = (WINDOW_BOUND * libm::sqrt(variance) / expected.max(1e-9)).max(EFFECT_MIN);
        (visible <= VISIBLE_MAX).then_some(visible)
    }

    /// After a fall the new level is the normal one, so that the next fall is told from it.
    fn begin_anew(&mut self) {
        let last = self.seen.last().map(|(share, _)| *share);
        self.sum = 0.0;
        self.following = last.map(|share| Level::first(share, FOLLOWING));
        self.seen = last.map(|share| (share, Level::first(share, STEADY))).into_iter().collect();
        self.count = WARM_UP - SUM_WINDOW;
    }
}
