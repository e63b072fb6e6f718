//! What is due: which rules are crossed now, and which alarms are over or were left alone for too long.

use livehand_kernel::{MINUTE_MS, Millis};

use super::drop::{DropWatch, Fall, Verdict};
use super::rules::{READINGS, Rule, Side};
use super::{Alarm, AlarmNote, AlarmState, Evidence, rule};
use crate::demand::many;
use crate::event::{Event, Kind};
use crate::metrics::Series;
use crate::questions::asks;
use crate::room::{Changes, Room};
use crate::troubles;

/// From this price on a product is dear: 1,000 yuan, in fen.
const DEAR_FEN: i64 = 100_000;
/// Clicks of an item on stage without which nothing is said of its conversion.
const CLICKS_MIN: i64 = 60;
/// Of other items, to compare with.
const OTHER_CLICKS_MIN: i64 = 200;
/// It must be this unlikely that an item converts like the others and still sells so little.
const UNLIKELY: f64 = 0.01;
/// And it must convert at less than this part of the others.
const CONVERSION_PART: f64 = 0.6;
/// Questions that wait for longer than the 30 s they should.
const LATE_QUESTIONS: i64 = 5;
/// For how long an alarm that the crew closed is not raised again while its signal stands, ms.
const SEEN_FOR_MS: i64 = 600_000;
/// Minutes that are judged at once, when the clock jumps.
const MINUTES_JUDGED_MAX: i64 = 30;
/// Whole minutes without any event that make a gap.
const GAP_MINUTES: i64 = 2;

/// The series of shares that are watched for falls, with their rules.
const FALLS: [(Series, &str); 4] = [
    (Series::Retention, "retention_drop"),
    (Series::Conversion, "conversion_drop"),
    (Series::Interaction, "interaction_drop"),
    (Series::ClickThrough, "click_through_drop"),
];

/// The rule that nothing was heard.
const DATA_GAP: &str = "data_gap";

/// What a look at a room found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub events: Vec<Event>,
}

/// What each series that is watched for falls says in its last settled minute; none where it is not known.
pub(crate) fn falls(room: &Room, minute: i64) -> Vec<(Series, Option<Verdict>)> {
    FALLS.iter().map(|(series, _)| (*series, verdict(room, *series, minute))).collect()
}

/// The verdict of the minute that is settled when `minute` has passed.
fn verdict(room: &Room, series: Series, minute: i64) -> Option<Verdict> {
    let settled = minute - series.settles_after();
    let mut watch = DropWatch::default();
    let mut verdict = None;
    for share in room.metrics().series(series, settled)? {
        verdict = Some(watch.note(share));
    }
    verdict
}

/// How a room takes an event in: [`Room::apply`], and [`Room::watch`] after it.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// [`Room::apply`].
    pub apply: fn(&mut Room, &Event, &mut Changes),
    /// [`Room::watch`].
    pub watch: fn(&Room, Occasion) -> Vec<Event>,
}

impl Steps {
    /// Those of every room.
    pub const USUAL: Steps = Steps { apply: Room::apply, watch: Room::watch };

    /// Takes an event in, and then what the rules find because of it, which is returned and belongs into the log after the
    /// event. `judged` is the last minute that they judged before.
    pub fn take(self, room: &mut Room, event: &Event, judged: &mut i64, changes: &mut Changes) -> Vec<Event> {
        (self.apply)(room, event, changes);
        let found = (self.watch)(room, Occasion::Event { event, judged: *judged });
        *judged = (*judged).max(room.clock().minute() - 1);
        found.iter().for_each(|event| (self.apply)(room, event, changes));
        found
    }
}

/// When the rules look at a room. Only what happened and the time decide what they find, so that the same log gives the
/// same alarms however it was cut into batches.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'a> {
    /// An event was just applied.
    Event {
        /// The event.
        event: &'a Event,
        /// The last minute, from the epoch, that was judged before.
        judged: i64,
    },
    /// Nothing happened, but time passed, in a show that happens now.
    Time(Millis),
}

impl Look {
    /// Looks at `room`.
    pub fn at(room: &Room, occasion: Occasion) -> Self {
        let mut look = Self::default();
        let clock = room.clock();
        match occasion {
            Occasion::Event { judged, .. } if clock.minute() - 1 > judged => {
                let last = clock.minute() - 1;
                for minute in (judged + 1).max(last - MINUTES_JUDGED_MAX)..=last {
                    look.judge_minute(room, minute);
                }
                look.judge_silence(room, Some(judged), clock);
                look.judge_questions(room, clock);
                look.judge_troubles(room, clock);
                look.judge_readings(room);
                look.follow_up(room, clock);
            }
            Occasion::Event { event, .. } => match event.kind {
                Kind::Reading => {
                    look.judge_readings(room);
                    look.follow_up(room, clock);
                }
                Kind::Comment => {
                    if event.intent.as_deref().is_some_and(asks) {
                        look.judge_questions(room, clock);
                    }
                    if let Some(rule) = troubles::rule_of(event) {
                        look.judge_trouble(room, rule, clock);
                    }
                    look.end_silence(room, clock);
                }
                Kind::QuestionAnswered | Kind::ItemStaged => look.follow_up(room, clock),
                // Whatever is heard ends a silence.
                _ => look.end_silence(room, clock),
            },
            Occasion::Time(now) => {
                let time = now.max(clock);
                look.judge_silence(room, None, time);
                look.judge_questions(room, time);
                look.judge_troubles(room, time);
                look.follow_up(room, time);
            }
        }
        look
    }

    fn judge_minute(&mut self, room: &Room, minute: i64) {
        let at = Millis((minute + 1) * MINUTE_MS);
        for (series, code) in FALLS {
            if let Some(Verdict::Fallen(fall)) = verdict(room, series, minute) {
                let settled = minute - series.settles_after();
                let since = Millis((settled + 1 - fall.minutes as i64) * MINUTE_MS);
                let note = AlarmNote {
                    evidence: Some(evidence(&fall, since)),
                    causes: super::cause::causes(room, series, since, fall.minutes as i64),
                    ..AlarmNote::default()
                };
                self.raise(room, code, None, at, note);
            }
        }
        self.judge_stage(room, at);
    }

    /// A dear item on stage that is clicked and not bought.
    fn judge_stage(&mut self, room: &Room, at: Millis) {
        let Some(stage) = room.stage().filter(|stage| stage.price.is_some_and(|price| price >= DEAR_FEN))
        else {
            return;
        };
        let (mut own, mut others) = ((0, 0), (0, 0));
        for it in room.metrics().products() {
            let sums = if it.product == stage.product { &mut own } else { &mut others };
            *sums = (sums.0 + it.clicks, sums.1 + it.orders_paid);
        }
        let ((clicks, paid), (other_clicks, other_paid)) = (own, others);
        if clicks < CLICKS_MIN || other_clicks < OTHER_CLICKS_MIN {
            return;
        }
        let usual = other_paid as f64 / other_clicks as f64;
        let low = paid as f64 <= usual * clicks as f64 * CONVERSION_PART;
        if low && at_most(paid, clicks, usual) <= UNLIKELY {
            let evidence =
                Evidence::Below { with: paid, of: clicks, others_with: other_paid, others_of: other_clicks };
            let note = AlarmNote { evidence: Some(evidence), ..AlarmNote::default() };
            self.raise(room, "dear_item_unsold", Some(&stage.product), at, note);
        }
    }

    fn judge_questions(&mut self, room: &Room, time: Millis) {
        let many = many(room.metrics().online_now());
        for question in room.open_questions().filter(|question| i64::from(question.asked) >= many) {
            let subject = question.id.to_string();
            let evidence = Evidence::Bound { value: i64::from(question.asked), bound: many };
            let note = AlarmNote { evidence: Some(evidence), ..AlarmNote::default() };
            self.raise(room, "question_cluster", Some(&subject), room.clock(), note);
        }
        let late = late_questions(room, time);
        if late >= LATE_QUESTIONS {
            let evidence = Evidence::Bound { value: late, bound: LATE_QUESTIONS };
            self.raise(
                room,
                "answers_late",
                None,
                room.clock(),
                AlarmNote { evidence: Some(evidence), ..AlarmNote::default() },
            );
        }
    }

    fn judge_troubles(&mut self, room: &Room, time: Millis) {
        troubles::RULES.into_iter().for_each(|rule| self.judge_trouble(room, rule, time));
    }

    /// Many different viewers write of the same trouble.
    fn judge_trouble(&mut self, room: &Room, rule: &str, time: Millis) {
        let value = room.troubles.viewers(rule, time);
        // How many are online is asked only where it can matter: it is no small sum.
        if value < many(None) {
            return;
        }
        let bound = many(room.metrics().online_now());
        if value >= bound {
            let note = AlarmNote { evidence: Some(Evidence::Bound { value, bound }), ..AlarmNote::default() };
            self.raise(room, rule, None, room.clock(), note);
        }
    }

    fn end_silence(&mut self, room: &Room, time: Millis) {
        if room.alarms().open().iter().any(|alarm| alarm.rule == DATA_GAP) {
            self.follow_up(room, time);
        }
    }

    /// Nothing was heard for whole minutes: in a show that happens now, until now; otherwise, before the last event.
    fn judge_silence(&mut self, room: &Room, judged: Option<i64>, time: Millis) {
        let Some(gap) = silence(room, judged, time) else { return };
        let evidence = Evidence::Silence { since: Millis(gap * MINUTE_MS) };
        let note = AlarmNote { evidence: Some(evidence), ..AlarmNote::default() };
        self.raise(room, DATA_GAP, None, time, note);
    }

    fn judge_readings(&mut self, room: &Room) {
        for (signal, subject, value, bound) in room.readings() {
            let Some((rule, bound)) = crossed(signal, value, bound) else { continue };
            let note = AlarmNote { evidence: Some(Evidence::Bound { value, bound }), ..AlarmNote::default() };
            let subject = if subject.is_empty() { signal.to_owned() } else { format!("{signal} {subject}") };
            self.raise(room, rule, Some(&subject), room.clock(), note);
        }
    }

    /// What is over, and what was left alone.
    fn follow_up(&mut self, room: &Room, time: Millis) {
        for alarm in room.alarms().open() {
            if is_over(room, alarm, time) {
                self.note(Kind::AlarmResolved, room.clock().max(alarm.at), "over", AlarmNote::of(&alarm.id));
            } else if alarm.state == AlarmState::Raised
                && alarm.steps.iter().map(|step| step.due_at).min().is_some_and(|due| time > due)
            {
                self.note(Kind::AlarmEscalated, time, "late", AlarmNote::of(&alarm.id));
            }
        }
    }

    /// Raises an alarm, unless the same rule has one open about the same subject.
    fn raise(&mut self, room: &Room, code: &str, subject: Option<&str>, at: Millis, note: AlarmNote) {
        let Some(Rule { severity, .. }) = rule(code) else { return };
        let same = |alarm: &Alarm| alarm.rule == code && alarm.subject.as_deref() == subject;
        if room.alarms().open().iter().any(same) {
            return;
        }
        // Who closes an alarm whose signal still stands has seen it, and is left alone for a while. A fall is always a new one.
        let seen = |alarm: &Alarm| {
            let lately = alarm.closed_at.is_some_and(|closed| at.0 - closed.0 < SEEN_FOR_MS);
            same(alarm)
                && alarm.closed_by.is_some()
                && lately
                && !matches!(alarm.evidence, Evidence::Fall { .. })
        };
        if room.alarms().closed().any(seen) {
            return;
        }
        let id = match subject {
            Some(subject) => format!("{code} {subject} {}", at.minute()),
            None => format!("{code} {}", at.minute()),
        };
        // What was resolved is not raised again within the same minute.
        if room.alarms().find_closed(&id).is_some()
            || self.events.iter().any(|event| event.alarm.as_ref().is_some_and(|it| it.id == id))
        {
            return;
        }
        let (rule, severity, subject) = (Some(code.to_owned()), Some(*severity), subject.map(str::to_owned));
        self.note(Kind::AlarmRaised, at, "raised", AlarmNote { id, rule, severity, subject, ..note });
    }

    fn note(&mut self, kind: Kind, at: Millis, what: &str, note: AlarmNote) {
        let mut event = Event::new(format!("{} {what}", note.id), at, kind);
        "rule".clone_into(&mut event.origin);
        event.received = Some(at);
        event.alarm = Some(Box::new(note));
        self.events.push(event);
    }
}

fn evidence(fall: &Fall, since: Millis) -> Evidence {
    let permille = |part: f64| libm::round(part * 1_000.0) as i64;
    Evidence::Fall {
        since,
        minutes: fall.minutes as u32,
        with: fall.seen.with,
        of: fall.seen.of,
        expected_ppm: libm::round(fall.expected * 1e6) as i64,
        fall_permille: permille(fall.size),
        low_permille: permille(fall.size_low),
        high_permille: permille(fall.size_high),
    }
}

/// Questions that have waited for longer than they should.
fn late_questions(room: &Room, time: Millis) -> i64 {
    let due = time.plus(-crate::ANSWER_WITHIN_MS);
    room.open_questions().filter(|question| question.at < due).count() as i64
}

/// The first minute of the silence that lasts, or, after a minute was judged, of the one that the last event ended.
fn silence(room: &Room, judged: Option<i64>, time: Millis) -> Option<i64> {
    let (before, last) = room.metrics().last_minutes_with_data();
    let last = last?;
    if time.minute() - last > GAP_MINUTES {
        return Some(last + 1);
    }
    let before = before.filter(|_| judged.is_some_and(|judged| last > judged))?;
    (last - before > GAP_MINUTES).then_some(before + 1)
}

/// The rule that a reading crosses, and the bound.
fn crossed(signal: &str, value: i64, bound: Option<i64>) -> Option<(&'static str, i64)> {
    let reading = READINGS.iter().find(|reading| reading.signal == signal)?;
    let bound = bound.unwrap_or(reading.bound);
    let bad = match reading.side {
        Side::Above => value > bound,
        Side::Below => value < bound,
    };
    bad.then_some((reading.rule, bound))
}

/// Whether the signal of an alarm is back where it should be. A share that fell is a matter for the crew.
fn is_over(room: &Room, alarm: &Alarm, time: Millis) -> bool {
    match alarm.rule.as_str() {
        "question_cluster" => {
            let id = alarm.subject.as_deref().and_then(|id| id.parse().ok());
            !room.open_questions().any(|question| Some(question.id) == id)
        }
        "answers_late" => late_questions(room, time) < LATE_QUESTIONS,
        DATA_GAP => room.metrics().last_minutes_with_data().1.is_some_and(|last| time.minute() - last <= 1),
        // A few stragglers do not keep it open.
        rule if troubles::RULES.contains(&rule) => {
            let bound = match alarm.evidence {
                Evidence::Bound { bound, .. } => bound,
                _ => many(None),
            };
            room.troubles.viewers(rule, time) * 2 < bound
        }
        "dear_item_unsold" => room.stage().is_none_or(|stage| Some(&stage.product) != alarm.subject.as_ref()),
        "device" | "stock" | "price" => {
            let about = |signal: &str, subject: &str| {
                let named = alarm.subject.as_deref().unwrap_or_default();
                named.strip_prefix(signal).is_some_and(|rest| rest.trim_start() == subject)
            };
            let mut readings = room.readings().filter(|(signal, subject, ..)| about(signal, subject));
            readings.all(|(signal, _, value, bound)| crossed(signal, value, bound).is_none())
        }
        _ => false,
    }
}

/// The chance of at most `with` of `of`, when each has it with this chance: the sum of a binomial distribution.
fn at_most(with: i64, of: i64, chance: f64) -> f64 {
    if chance <= 0.0 {
        return 1.0;
    }
    if chance >= 1.0 {
        return if with >= of { 1.0 } else { 0.0 };
    }
    let mut logarithm = of as f64 * libm::log1p(-chance);
    let odds = libm::log(chance / (1.0 - chance));
    let mut sum = libm::exp(logarithm);
    for k in 1..=with.min(of) {
        logarithm += odds + libm::log((of - k + 1) as f64 / k as f64);
        sum += libm::exp(logarithm);
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binomial_sum_is_that_of_a_table() {
        assert!((at_most(3, 10, 0.5) - 0.171_875).abs() < 1e-9);
        assert!((at_most(0, 100, 0.03) - 0.047_552_5).abs() < 1e-6);
        assert_eq!(at_most(5, 5, 0.2), 1.0_f64.min(at_most(5, 5, 0.2)));
        assert!(at_most(2, 1_000, 0.03) < 1e-9);
    }

    #[test]
    fn a_reading_is_bad_beyond_its_bound_only() {
        assert!(crossed("dropped_frames_permille", 30, None).is_none());
        assert!(crossed("dropped_frames_permille", 31, None).is_some());
        assert!(crossed("stock_available", 9, None).is_some());
        assert!(crossed("stock_available", 9, Some(5)).is_none());
        assert!(crossed("temperature", 1_000, None).is_none());
    }
}
