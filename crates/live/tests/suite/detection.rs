//! What the detector of falls catches, and how often it cries for nothing, on made-up shows. The shows are drawn from seeds
//! on which the bounds of the detector were not set.
//!
//! A show is an hour of minutes. Arrivals are high at the beginning and after each draw. The log-odds of the share have
//! a level of their own, fall slowly, and carry two kinds of noise: one that fades (autoregressive) and one that changes
//! with what is on stage, every two minutes. In half of the shows the share drops at minute 30 and stays low. The
//! figures of this model are assumptions: what is measured holds for rooms that are no wilder.

use livehand_live::alarms::drop::{DropWatch, Verdict};
use livehand_live::series::{Share, share_of_log_odds};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution, Normal, Poisson};

const MINUTES: usize = 60;
const DROP_AT: usize = 30;
/// Before this minute nothing is judged.
const JUDGED_FROM: usize = 12;
const SHOWS: u64 = 1_000;
/// Where the seeds of quiet shows begin, and those of shows with a drop.
const QUIET: u64 = 90_000_000;
const DROPPED: u64 = 95_000_000;

struct Model {
    /// Arrivals a minute when the drop begins.
    arrivals: f64,
    /// Log-odds of the share.
    level: f64,
    /// By which part the share drops; 0 for a quiet show.
    drop: f64,
}

impl Model {
    fn show(&self, seed: u64) -> Vec<Share> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = |deviation: f64| Normal::new(0.0, deviation).unwrap().sample(&mut random);
        let level = self.level + normal(0.15);
        let (mut fading, mut stage) = (0.0, 0.0);
        let mut log_odds = Vec::new();
        for minute in 0..MINUTES {
            let k = minute as f64;
            fading = if minute == 0 { 0.0 } else { 0.6 * fading + normal(0.05) };
            if minute % 2 == 0 {
                stage = normal(0.06);
            }
            log_odds.push(level - 0.25 * k / 60.0 + 0.15 * (-k / 4.0).exp() + fading + stage);
        }
        let crowd = |k: f64| {
            0.5 + 1.6 * (-k / 9.0).exp() + if [8.0, 20.0, 34.0, 50.0].contains(&k) { 0.25 } else { 0.0 }
        };
        let minute = |(minute, log_odds): (usize, f64)| {
            let mean = self.arrivals * crowd(minute as f64) / crowd(DROP_AT as f64);
            let of = Poisson::new(mean).unwrap().sample(&mut random).max(3.0) as u64;
            let drop = if minute >= DROP_AT { 1.0 - self.drop } else { 1.0 };
            let rate = share_of_log_odds(log_odds) * drop;
            let with = Binomial::new(of, rate).unwrap().sample(&mut random);
            Share { of: of as i64, with: with as i64 }
        };
        log_odds.into_iter().enumerate().map(minute).collect()
    }

    /// The minutes of a show in which there was an alarm.
    fn alarms(&self, seed: u64) -> Vec<usize> {
        let mut watch = DropWatch::default();
        let fallen = |(minute, share): (usize, Share)| {
            matches!(watch.note(Some(share)), Verdict::Fallen(_)).then_some(minute)
        };
        self.show(seed)
            .into_iter()
            .enumerate()
            .filter_map(fallen)
            .filter(|minute| *minute >= JUDGED_FROM)
            .collect()
    }

    fn false_alarms_per_show(&self) -> f64 {
        let alarms: usize = (QUIET..QUIET + SHOWS).map(|seed| self.alarms(seed).len()).sum();
        alarms as f64 / SHOWS as f64
    }

    /// In which part of the shows the drop was found within so many minutes of its beginning.
    fn found_within(&self, minutes: usize) -> f64 {
        let window = DROP_AT..DROP_AT + minutes;
        let found = |seed: &u64| self.alarms(*seed).iter().any(|minute| window.contains(minute));
        (DROPPED..DROPPED + SHOWS).filter(found).count() as f64 / SHOWS as f64
    }
}

/// About 71 % stay.
const RETENTION: f64 = 0.9;
/// About 4 % buy.
const CONVERSION: f64 = -3.2;

#[test]
fn a_quiet_hour_hardly_ever_gives_an_alarm() {
    for (arrivals, level) in
        [(1_000.0, RETENTION), (100.0, RETENTION), (1_000.0, CONVERSION), (100.0, CONVERSION)]
    {
        let alarms = Model { arrivals, level, drop: 0.0 }.false_alarms_per_show();
        println!("{arrivals} arrivals a minute, log-odds {level}: {alarms} false alarms a show");
        assert!(alarms <= 0.1, "{arrivals} {level}: {alarms}");
    }
}

#[test]
fn a_drop_of_retention_by_15_percent_is_found_soon() {
    let large = Model { arrivals: 1_000.0, level: RETENTION, drop: 0.15 }.found_within(2);
    println!("1,000 arrivals a minute: found within 2 minutes in {large} of the shows");
    assert!(large >= 0.95, "{large}");
    let small = Model { arrivals: 100.0, level: RETENTION, drop: 0.15 }.found_within(5);
    println!("100 arrivals a minute: found within 5 minutes in {small} of the shows");
    assert!(small >= 0.70, "{small}");
}

#[test]
fn where_the_numbers_are_too_few_the_smallest_fall_that_could_be_seen_is_told() {
    let visible = |arrivals: f64| {
        let mut watch = DropWatch::default();
        let shares = Model { arrivals, level: CONVERSION, drop: 0.0 }.show(QUIET);
        let mut last = None;
        for share in shares {
            if let Verdict::Calm { visible } = watch.note(Some(share)) {
                last = visible;
            }
        }
        last
    };
    assert_eq!(visible(100.0), None, "four buyers a minute tell nothing");
    let (many, more) = (visible(3_000.0).unwrap(), visible(30_000.0).unwrap());
    assert!(more < many && many < 0.5, "{more} {many}");
}

#[test]
fn minutes_without_data_are_no_fall() {
    let quiet = Model { arrivals: 1_000.0, level: RETENTION, drop: 0.0 };
    for seed in QUIET..QUIET + 50 {
        let mut watch = DropWatch::default();
        let before = quiet.alarms(seed).len();
        let shares = quiet.show(seed);
        let gap = |minute: usize| (30..33).contains(&minute);
        let fallen = shares.into_iter().enumerate().filter(|(minute, share)| {
            let verdict = watch.note((!gap(*minute)).then_some(*share));
            assert!(!gap(*minute) || verdict == Verdict::Calm { visible: None });
            matches!(verdict, Verdict::Fallen(_))
        });
        assert!(fallen.count() <= before, "seed {seed}");
    }
}
