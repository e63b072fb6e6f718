//! Alarms, from the signal to what became of them, and the effects of what the crew changed.

use livehand_kernel::{MINUTE_MS, Millis, PersonId};
use livehand_live::alarms::{Alarm, AlarmState, Cause, Evidence, Occasion, Severity, Source, WatchState};
use livehand_live::effects::{Finding, LoggedChange, Measure, switchback};
use livehand_live::{Change, Changes, Command, CrewAction, Event, KeptRoom, Refusal, Room};

use crate::{START, event};

/// A room whose events come minute by minute, and whose rules look at it after each.
#[derive(Default)]
struct Show {
    room: Room,
    judged: i64,
    count: u64,
    log: Vec<Event>,
    /// What will be heard later.
    later: Vec<Event>,
    /// Minutes in which nothing is heard.
    deaf: std::ops::Range<i64>,
}

impl Show {
    fn send(&mut self, events: Vec<Event>) {
        let decision = self.room.decide(Command::Ingest(events)).unwrap();
        decision.events.into_iter().for_each(|event| self.apply(event));
    }

    fn apply(&mut self, event: Event) {
        self.room.apply(&event, &mut Changes::default());
        let found = self.room.watch(Occasion::Event { event: &event, judged: self.judged });
        self.judged = self.judged.max(self.room.clock().minute() - 1);
        self.log.push(event);
        self.take(found);
    }

    fn look(&mut self, now: Millis) {
        let found = self.room.watch(Occasion::Time(now));
        self.take(found);
    }

    fn take(&mut self, found: Vec<Event>) {
        for event in &found {
            event.check().unwrap();
            self.room.apply(event, &mut Changes::default());
        }
        self.log.extend(found);
    }

    fn act(&mut self, at: i64, action: CrewAction) -> Result<(), Refusal> {
        self.count += 1;
        let (id, by) = (format!("act{}", self.count), PersonId::from("lin"));
        let decision = self.room.decide(Command::Crew { id, by, at: Millis(START + at), action })?;
        decision.events.into_iter().for_each(|event| self.apply(event));
        Ok(())
    }

    /// In each minute so many viewers come; of every hundred, `stay` are seen for longer than 60 s, and the others leave
    /// after 20 s. All of them come from `source`.
    fn minute(&mut self, minute: i64, viewers: i64, stay: i64, source: &str) {
        let mut events = Vec::new();
        for n in 0..viewers {
            let user = format!("{source}{minute}-{n}");
            let at = minute * MINUTE_MS + n * 50_000 / viewers;
            let mut join = event(&format!("j{user}"), at, "join", &user);
            join.session = Some(user.clone());
            join.source = Some(source.to_owned());
            let lasts = if (n * 37) % 100 < stay { 80_000 } else { 20_000 };
            let mut leave = event(&format!("l{user}"), at + lasts, "leave", &user);
            leave.session = Some(user.clone());
            let mut comment = event(&format!("c{user}"), at + 5_000, "comment", &user);
            comment.text = Some("好看".into());
            events.extend([join, comment, leave]);
        }
        self.later.extend(events);
    }

    /// Lets a minute pass: what happens in it is heard, in order.
    fn pass(&mut self, minute: i64) {
        let end = Millis(START + (minute + 1) * MINUTE_MS);
        let (mut heard, later): (Vec<Event>, Vec<Event>) =
            std::mem::take(&mut self.later).into_iter().partition(|event| event.at < end);
        self.later = later;
        heard.sort_by_key(|event| event.at);
        if !self.deaf.contains(&minute) {
            self.send(heard);
        }
    }

    fn alarms(&self, rule: &str) -> Vec<Alarm> {
        self.room.view().alarms.into_iter().filter(|alarm| alarm.rule == rule).collect()
    }
}

fn marker(id: &str, at: i64) -> Event {
    let mut event = event(id, at, "crew.marker_placed", "");
    event.text = Some("整点".into());
    event
}

#[test]
fn viewers_who_leave_sooner_raise_an_alarm_with_its_likely_cause_and_a_playbook() {
    let mut show = Show::default();
    for minute in 0..30 {
        show.minute(minute, 400, 70, "feed");
        show.minute(minute, 200, 70, "follow");
        show.pass(minute);
    }
    assert!(show.alarms("retention_drop").is_empty());
    let adjustment =
        CrewAction::LogAdjustment { change: Change::Pace, product: None, text: "慢讲工艺".into() };
    show.act(29 * MINUTE_MS + 30_000, adjustment).unwrap();
    for minute in 30..40 {
        show.minute(minute, 400, 45, "feed");
        show.minute(minute, 200, 70, "follow");
        show.pass(minute);
    }
    let alarms = show.alarms("retention_drop");
    let alarm = alarms.first().expect("the fall is seen");
    assert_eq!((alarm.severity, alarm.state), (Severity::Urgent, AlarmState::Escalated));
    assert!(alarm.at.0 <= START + 36 * MINUTE_MS, "two minutes after the censoring window: {}", alarm.at.0);
    let Evidence::Fall { fall_permille, low_permille, high_permille, since, .. } = alarm.evidence else {
        panic!("{:?}", alarm.evidence)
    };
    assert_eq!(since, Millis(START + 30 * MINUTE_MS));
    assert!(
        (150..350).contains(&fall_permille) && low_permille < fall_permille && fall_permille < high_permille
    );
    assert!(
        matches!(alarm.causes[0], Cause::WithinSource { source: Source::Feed, points_permille } if points_permille < -100)
    );
    let slow =
        |cause: &Cause| matches!(cause, Cause::Before { subject: Some(subject), .. } if subject == "pace");
    assert!(alarm.causes.iter().any(slow), "{:?}", alarm.causes);
    let steps: Vec<&str> = alarm.steps.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(steps[..3], ["ask_the_audience", "quicken_the_segment", "draw_earlier"]);
    assert_eq!(alarms.len(), 1, "one alarm for one fall");
}

#[test]
fn viewers_from_other_sources_are_named_as_the_cause() {
    let mut show = Show::default();
    for minute in 0..30 {
        show.minute(minute, 100, 30, "paid");
        show.minute(minute, 500, 75, "follow");
        show.pass(minute);
    }
    for minute in 30..40 {
        show.minute(minute, 500, 30, "paid");
        show.minute(minute, 100, 75, "follow");
        show.pass(minute);
    }
    let alarm = show.alarms("retention_drop").remove(0);
    assert!(
        matches!(alarm.causes[0], Cause::SourceMix { points_permille } if points_permille < -200),
        "{:?}",
        alarm.causes
    );
    assert!(
        !alarm.causes.iter().any(|cause| matches!(cause, Cause::WithinSource { .. })),
        "{:?}",
        alarm.causes
    );
}

#[test]
fn the_product_that_is_not_bought_any_more_is_named_as_the_cause() {
    let mut show = Show::default();
    for minute in 0..45 {
        show.minute(minute, 600, 70, "follow");
        let bought = |product: &'static str, orders: i64| (0..orders).map(move |n| (product, n));
        for (product, n) in bought("quilt", if minute < 30 { 60 } else { 15 }).chain(bought("pillow", 30)) {
            let user = format!("follow{minute}-{}", if product == "quilt" { n } else { 100 + n });
            let at = minute * MINUTE_MS + 30_000;
            let mut paid = event(&format!("p{product}{minute}-{n}"), at, "order_paid", &user);
            (paid.product, paid.order) = (Some(product.to_owned()), Some(paid.id.clone()));
            paid.amount = Some(9_900);
            show.later.push(paid);
        }
        show.pass(minute);
    }
    let alarm = show.alarms("conversion_drop").remove(0);
    let Some(Cause::WithinProduct { product, part_permille }) = alarm.causes.first() else {
        panic!("{:?}", alarm.causes)
    };
    assert_eq!(product, "quilt");
    assert!(*part_permille > 900, "{part_permille}");
    let kept = postcard::to_stdvec(&show.room.to_kept()).unwrap();
    let again = postcard::from_bytes::<KeptRoom>(&kept).map(KeptRoom::into_room);
    assert_eq!(again.unwrap().view(), show.room.view(), "an alarm and its causes can be kept");
}

#[test]
fn three_minutes_without_data_are_a_gap_and_no_collapse() {
    // The collector hears nothing for three minutes, of whatever happens in them.
    let mut show = Show { deaf: 30..33, ..Show::default() };
    for minute in 0..60 {
        show.minute(minute, 500, 70, "feed");
        show.pass(minute);
    }
    let alarms = show.room.view().alarms;
    let rules: Vec<&str> = alarms.iter().map(|alarm| alarm.rule.as_str()).collect();
    assert_eq!(rules, ["data_gap"], "{alarms:#?}");
    assert_eq!((alarms[0].state, &alarms[0].closed_by), (AlarmState::Resolved, &None));
    assert_eq!(alarms[0].evidence, Evidence::Silence { since: Millis(START + 30 * MINUTE_MS) });
    let gap = show.room.view().minutes.iter().filter(|minute| !minute.has_data).count();
    assert_eq!(gap, 3, "a gap is drawn as a gap");
}

#[test]
fn a_source_that_falls_silent_in_a_show_that_happens_now_is_an_alarm_of_its_own() {
    let mut show = Show::default();
    for minute in 0..5 {
        show.minute(minute, 50, 70, "feed");
        show.pass(minute);
    }
    let last = show.room.clock();
    show.look(last.plus(MINUTE_MS));
    assert!(show.room.view().alarms.is_empty());
    show.look(last.plus(4 * MINUTE_MS));
    assert_eq!(show.alarms("data_gap")[0].state, AlarmState::Raised);
    show.look(last.plus(6 * MINUTE_MS));
    assert_eq!(show.alarms("data_gap")[0].state, AlarmState::Escalated, "nobody took it");
    show.send(vec![
        marker("m", last.0 - START + 6 * MINUTE_MS),
        event("j", last.0 - START + 6 * MINUTE_MS, "join", "u"),
    ]);
    assert_eq!(show.alarms("data_gap")[0].state, AlarmState::Resolved);
}

#[test]
fn sampled_arrivals_raise_no_alarm_and_say_that_nothing_is_known() {
    let mut show = Show::default();
    for minute in 0..40 {
        let stay = if minute < 30 { 80 } else { 10 };
        let mut events = Vec::new();
        for n in 0..200 {
            let user = format!("{minute}-{n}");
            let mut join = event(&format!("j{user}"), minute * MINUTE_MS + n * 100, "join", &user);
            join.quality = Some(livehand_live::Quality::Sampled);
            let mut comment = event(&format!("c{user}"), minute * MINUTE_MS + n * 100, "comment", &user);
            comment.text = Some("在".into());
            events.push(join);
            if n < stay {
                events.push(comment);
            }
        }
        show.send(events);
    }
    let view = show.room.view();
    assert!(view.alarms.is_empty());
    let unknown = view.watches.iter().filter(|watch| watch.state == WatchState::Unknown).count();
    assert_eq!(unknown, 4);
}

#[test]
fn a_dear_item_that_is_clicked_and_not_bought_is_an_alarm() {
    let mut show = Show::default();
    let mut events = Vec::new();
    let mut click = |n: i64, product: &str, paid: bool, at: i64| {
        let user = format!("u{product}{n}");
        let mut click = event(&format!("k{product}{n}"), at, "product_click", &user);
        click.product = Some(product.to_owned());
        events.push(click);
        if paid {
            let mut order = event(&format!("o{product}{n}"), at + 5_000, "order_paid", &user);
            (order.product, order.order, order.amount) =
                (Some(product.to_owned()), Some(format!("o{product}{n}")), Some(9_900));
            events.push(order);
        }
    };
    for n in 0..400 {
        click(n, "tee", n % 8 == 0, n * 1_000);
    }
    for n in 0..120 {
        click(n, "coat", n % 100 == 0, 420_000 + n * 1_000);
    }
    let later = events.split_off(450);
    show.send(events);
    show.act(420_000, CrewAction::StageItem { product: Some("coat".into()), price: Some(268_000) }).unwrap();
    show.send(later);
    show.send(vec![marker("m", 720_000)]);
    let alarm = show.alarms("dear_item_unsold").remove(0);
    assert_eq!(alarm.subject.as_deref(), Some("coat"));
    assert_eq!(alarm.steps[0].code, "break_down_selling_points");
    let Evidence::Below { with, of, others_with, others_of } = alarm.evidence else {
        panic!("{:?}", alarm.evidence)
    };
    assert!(with <= 1 && (60..=120).contains(&of), "as soon as it can be told: {with} of {of}");
    assert_eq!((others_with, others_of), (50, 400));
    show.act(730_000, CrewAction::StageItem { product: Some("tee".into()), price: Some(9_900) }).unwrap();
    show.send(vec![marker("n", 790_000)]);
    assert_eq!(show.alarms("dear_item_unsold")[0].state, AlarmState::Resolved, "it is off the stage");
}

#[test]
fn a_question_of_many_is_an_alarm_until_it_is_answered() {
    let mut show = Show::default();
    let ask = |n: i64| {
        let mut event = event(&format!("q{n}"), n * 1_000, "comment", &format!("u{n}"));
        (event.text, event.intent) = (Some("有红色吗".into()), Some("stock".into()));
        event
    };
    show.send((0..4).map(ask).collect());
    assert!(show.alarms("question_cluster").is_empty());
    show.send((4..9).map(ask).collect());
    let alarm = show.alarms("question_cluster").remove(0);
    let question = alarm.subject.unwrap().parse().unwrap();
    show.act(
        20_000,
        CrewAction::AnswerQuestion {
            question,
            text: None,
            expected: None,
            spoken: true,
            faq: None,
            route: livehand_live::ReplyRoute::Copy,
        },
    )
    .unwrap();
    show.send(vec![marker("m", 30_000)]);
    assert_eq!(show.alarms("question_cluster")[0].state, AlarmState::Resolved);
}

fn reading(id: &str, at: i64, signal: &str, subject: &str, value: i64) -> Event {
    let mut event = event(id, at, "reading", "");
    (event.signal, event.subject, event.value) =
        (Some(signal.to_owned()), Some(subject.to_owned()), Some(value));
    event
}

#[test]
fn an_alarm_is_taken_worked_on_and_closed_with_what_was_done() {
    let mut show = Show::default();
    show.send(vec![reading("r1", 0, "dropped_frames_permille", "main", 80)]);
    let alarm = show.alarms("device").remove(0);
    assert_eq!(alarm.subject.as_deref(), Some("dropped_frames_permille main"));
    assert_eq!(alarm.evidence, Evidence::Bound { value: 80, bound: 30 });
    let id = alarm.id.clone();
    let take = || CrewAction::TakeAlarm { alarm: id.clone() };
    let finish = |step: &str| CrewAction::FinishAlarmStep { alarm: id.clone(), step: step.to_owned() };
    let close = || CrewAction::CloseAlarm { alarm: id.clone(), text: "换了备线".into() };
    show.act(10_000, take()).unwrap();
    assert!(matches!(show.act(11_000, finish("dance")), Err(Refusal::AlarmStepUnknown { .. })));
    show.act(12_000, finish("check_picture_and_sound")).unwrap();
    assert!(matches!(
        show.act(13_000, finish("check_picture_and_sound")),
        Err(Refusal::AlarmStepUnknown { .. })
    ));
    let taken = show.alarms("device").remove(0);
    assert_eq!((taken.state, taken.taken_by), (AlarmState::Taken, Some(PersonId::from("lin"))));
    assert_eq!(taken.steps[0].done_at, Some(Millis(START + 12_000)));
    show.act(20_000, close()).unwrap();
    assert!(matches!(show.act(21_000, close()), Err(Refusal::AlarmClosed { by: Some(_), .. })));
    assert!(matches!(
        show.act(22_000, CrewAction::TakeAlarm { alarm: "none".into() }),
        Err(Refusal::AlarmUnknown { .. })
    ));
    show.send(vec![reading("r2", 120_000, "dropped_frames_permille", "main", 85)]);
    assert_eq!(show.alarms("device").len(), 1, "who closed it has seen it");
    show.send(vec![reading("r3", 700_000, "dropped_frames_permille", "main", 85)]);
    assert_eq!(show.alarms("device").len(), 2, "ten minutes later it still stands");
    let closed = show.alarms("device").remove(1);
    assert_eq!((closed.state, closed.outcome.as_deref()), (AlarmState::Resolved, Some("换了备线")));
}

#[test]
fn a_reading_that_is_good_again_ends_its_alarm() {
    let mut show = Show::default();
    show.send(vec![
        reading("r1", 0, "stock_available", "sku-1", 3),
        reading("r2", 0, "stock_available", "sku-2", 4),
    ]);
    assert_eq!(show.alarms("stock").len(), 2);
    show.send(vec![reading("r3", 30_000, "stock_available", "sku-1", 300)]);
    let states: Vec<(Option<String>, AlarmState)> =
        show.alarms("stock").into_iter().map(|alarm| (alarm.subject, alarm.state)).collect();
    assert_eq!(states[0], (Some("stock_available sku-2".into()), AlarmState::Raised));
    assert_eq!(states[1], (Some("stock_available sku-1".into()), AlarmState::Resolved));
}

#[test]
fn replaying_what_was_recorded_gives_the_same_alarms_without_any_rule() {
    let mut show = Show::default();
    for minute in 0..30 {
        show.minute(minute, 300, 70, "feed");
        show.pass(minute);
    }
    for minute in 30..40 {
        show.minute(minute, 300, 40, "feed");
        show.pass(minute);
    }
    assert!(!show.room.view().alarms.is_empty());
    let mut replayed = Room::default();
    for event in &show.log {
        replayed.apply(event, &mut Changes::default());
    }
    assert_eq!(replayed.view(), show.room.view());
}

#[test]
fn the_effect_of_a_change_is_told_with_an_interval_or_not_at_all() {
    let mut show = Show::default();
    let log = |change, text: &str| CrewAction::LogAdjustment { change, product: None, text: text.to_owned() };
    for minute in 0..60 {
        if minute == 10 || minute == 30 {
            let change = if minute == 10 { Change::Activity } else { Change::Pace };
            show.act(minute * MINUTE_MS + 1_000, log(change, "第一次")).unwrap();
        }
        // Small waves, as any room has.
        let stay = if minute < 30 { 60 } else { 80 } + (minute * 7) % 5 - 2;
        show.minute(minute, 600, stay, "feed");
        show.pass(minute);
    }
    let adjustments: Vec<_> = show.room.logged_changes().into_iter().map(LoggedChange::measured).collect();
    let of = |place: usize, measure: Measure| {
        adjustments[place].effects.iter().find(|effect| effect.measure == measure).cloned().unwrap()
    };
    assert_eq!(of(0, Measure::Retention).finding, Finding::NotKnown, "too few minutes before it");
    let pace = of(1, Measure::Retention);
    assert_eq!(pace.finding, Finding::Rose);
    assert!((100_000..300_000).contains(&pace.points_ppm.unwrap()), "{pace:?}");
    assert!(pace.low_ppm < pace.points_ppm && pace.points_ppm < pace.high_ppm);
    assert_eq!(of(1, Measure::Interaction).finding, Finding::Fell, "more stay who do not write again");
    assert_eq!(of(1, Measure::Conversion).finding, Finding::NotKnown, "no order was ever delivered");
}

#[test]
fn a_switchback_has_one_block_with_the_change_in_every_two() {
    let blocks = switchback(Millis(START), 60, 5, 3);
    assert_eq!(blocks.len(), 12);
    assert!(blocks.chunks(2).all(|pair| pair[0].on != pair[1].on && pair[0].to == pair[1].from));
    let first_on =
        |seed: u64| switchback(Millis(START), 60, 5, seed).iter().step_by(2).filter(|block| block.on).count();
    assert!((1..40).map(first_on).collect::<std::collections::BTreeSet<_>>().len() > 2, "drawn by lot");
}
