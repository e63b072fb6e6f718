//! How often the estimate of an effect finds one where there is none, and how often its interval holds the true one, on
//! made-up shows.
//!
//! A show has two series, of which a change touches one at minute 30. Both share what moves the whole room (a fading
//! noise of long memory) and have each their own noise besides. The seeds are none on which the estimate was set.

use livehand_live::effects::{Effect, Minute, estimate, pool};
use livehand_live::series::{Share, share_of_log_odds};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution, Normal, Poisson};

const MINUTES: usize = 60;
const CHANGE_AT: usize = 30;
const SHOWS: u64 = 1_000;
const SEEDS: u64 = 40_000_000;

struct Model {
    level: f64,
    /// Of the change, on the log-odds.
    effect: f64,
    controlled: bool,
}

impl Model {
    fn show(&self, seed: u64) -> Vec<Minute> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = |deviation: f64| Normal::new(0.0, deviation).unwrap().sample(&mut random);
        let level = self.level + normal(0.15);
        let (mut room, mut own, mut stage) = (0.0, [0.0; 2], [0.0; 2]);
        let mut log_odds = Vec::new();
        for minute in 0..MINUTES {
            if minute > 0 {
                room = 0.85 * room + normal(0.03);
                own = own.map(|own| 0.6 * own + normal(0.05));
            }
            if minute % 2 == 0 {
                stage = stage.map(|_| normal(0.06));
            }
            let effect = if minute >= CHANGE_AT { self.effect } else { 0.0 };
            let both = level - 0.3 * minute as f64 / 60.0 + room;
            log_odds.push([both + own[0] + stage[0] + effect, both + own[1] + stage[1]]);
        }
        let share = |(minute, log_odds): (usize, f64), random: &mut ChaCha8Rng| {
            let mean = 1_000.0 * (0.5 + 1.6 * (-(minute as f64) / 9.0).exp());
            let of = Poisson::new(mean).unwrap().sample(random).max(20.0) as u64;
            let with = Binomial::new(of, share_of_log_odds(log_odds)).unwrap().sample(random);
            Share { of: of as i64, with: with as i64 }
        };
        let minute = |(minute, [treated, control]): (usize, [f64; 2])| {
            let treated = share((minute, treated), &mut random);
            let control = share((minute, control), &mut random);
            Some((treated, self.controlled.then_some(control)))
        };
        log_odds.into_iter().enumerate().map(minute).collect()
    }

    fn effects(&self) -> Vec<Effect> {
        let one = |seed: u64| {
            let show = self.show(SEEDS + seed);
            let (before, after) = show.split_at(CHANGE_AT);
            estimate(before, after).unwrap()
        };
        (0..SHOWS).map(one).collect()
    }

    /// In which part of the shows an effect is found, and in which the interval holds the true one.
    fn found_and_held(&self) -> (f64, f64) {
        let effects = self.effects();
        let part =
            |is: &dyn Fn(&Effect) -> bool| effects.iter().filter(|it| is(it)).count() as f64 / SHOWS as f64;
        (part(&|it| it.is_distinguishable()), part(&|it| it.low <= self.effect && self.effect <= it.high))
    }
}

const RETENTION: f64 = 0.9;
const CONVERSION: f64 = -3.2;

#[test]
fn where_there_is_no_effect_hardly_any_is_found_and_intervals_hold_what_they_promise() {
    for (name, level, effect) in [("conversion", CONVERSION, 1.15_f64.ln()), ("retention", RETENTION, 0.35)] {
        for controlled in [true, false] {
            let (found, _) = Model { level, effect: 0.0, controlled }.found_and_held();
            let (power, covered) = Model { level, effect, controlled }.found_and_held();
            let beside = if controlled { "beside an untouched series" } else { "alone" };
            println!("{name} {beside}: {found} false positives, coverage {covered}, power {power}");
            assert!(found <= 0.05, "{name} {beside}: {found}");
            assert!(covered >= 0.93, "{name} {beside}: {covered}");
        }
    }
}

#[test]
fn twenty_shows_together_tell_what_one_cannot() {
    let effect = 1.15_f64.ln();
    let effects = Model { level: CONVERSION, effect, controlled: true }.effects();
    let part = |is: &dyn Fn(&Effect) -> bool, effects: &[Effect]| {
        effects.iter().filter(|it| is(it)).count() as f64 / effects.len() as f64
    };
    let pooled: Vec<Effect> = effects.chunks(20).filter_map(pool).collect();
    let alone = part(&|it| it.low > 0.0, &effects);
    let together = part(&|it| it.low > 0.0, &pooled);
    println!(
        "an effect of 15 % on a conversion of 4 %: found in {alone} of the shows, in {together} of twenty together"
    );
    assert!(together > 0.8 && together > 3.0 * alone);
    assert!(part(&|it| it.low <= effect && effect <= it.high, &pooled) >= 0.9);
}

#[test]
fn too_few_minutes_say_nothing() {
    let show = Model { level: RETENTION, effect: 0.0, controlled: true }.show(SEEDS);
    let (before, after) = show.split_at(CHANGE_AT);
    assert_eq!(estimate(&before[..8], after), None);
    assert_eq!(estimate(before, &after[..2]), None);
    let silent: Vec<Minute> = vec![None; 20];
    assert_eq!(estimate(&silent, after), None);
    assert!(estimate(before, &[&silent[..4], after].concat()).is_some(), "a gap is passed over");
}

#[test]
fn an_effect_is_told_in_points_of_the_share() {
    let effect = Effect { log_odds: 0.5, low: 0.1, high: 0.9, expected: 0.5, controlled: true };
    assert!((effect.points(0.0)).abs() < 1e-9);
    assert!((effect.points(effect.log_odds) - 0.122).abs() < 1e-3);
}
