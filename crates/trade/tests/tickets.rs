//! Tickets: whatever is done to one, in whatever order, it goes only where it may, its clocks are never set back, and each
//! lateness is told once.

#![cfg(test)]

use livehand_kernel::{Fen, Hat, Millis};
use livehand_trade::tickets::{
    Cause, Kind, Late, Mood, Priority, RESOLVE_MS, Satisfaction, Source, State, Ticket, Times, WorkingHours,
    first_due, may_move, resolve_due,
};
use proptest::prelude::*;

fn ticket(kind: Kind, at: i64) -> Ticket {
    let (at, priority) = (Millis(at), kind.priority());
    Ticket {
        id: "t".to_owned(),
        number: 1,
        kind,
        source: Source::Chat,
        priority,
        mood: Mood::Calm,
        state: State::New,
        show: None,
        product: None,
        order: None,
        customer: None,
        viewer: None,
        nickname: String::new(),
        text: String::new(),
        owner: None,
        times: Times {
            opened_at: at,
            first_due: first_due(at, priority, true, WorkingHours::default()),
            first_at: None,
            due: resolve_due(at),
            resolved_at: None,
            closed_at: None,
            first_told_at: None,
            told_at: None,
        },
        cause: None,
        feedback: String::new(),
        reopened: 0,
        raised: false,
        satisfaction: Satisfaction::default(),
        compensated: Fen(0),
        synthetic: false,
        asks: false,
        settled: None,
    }
}

#[derive(Clone, Debug)]
enum Act {
    Go(State, Option<Cause>),
    Answer,
    Look,
    Ask,
    Rate(i64),
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let state = proptest::sample::select(State::ALL);
    let cause = proptest::option::of(proptest::sample::select(Cause::ALL));
    let act = prop_oneof![
        4 => (state, cause).prop_map(|(state, cause)| Act::Go(state, cause)),
        1 => Just(Act::Answer),
        2 => Just(Act::Look),
        1 => Just(Act::Ask),
        1 => (0_i64..7).prop_map(Act::Rate),
    ];
    proptest::collection::vec((0_i64..RESOLVE_MS, act), 0..60)
}

proptest! {
    #[test]
    fn whatever_is_done_a_ticket_goes_only_where_it_may_and_its_first_answer_stays_the_first(acts in acts()) {
        let mut it = ticket(Kind::HurryUp, 1_000_000);
        let (mut now, mut told) = (it.times.opened_at, Vec::new());
        for (ms, act) in acts {
            now = now.plus(ms);
            let before = it.clone();
            match act {
                Act::Go(to, cause) => {
                    let may = may_move(it.state, to, cause.or(it.cause), it.times.first_at.is_some());
                    prop_assert_eq!(it.go(to, cause, now), may);
                    if may.is_err() {
                        prop_assert_eq!(&it, &before, "a move that is refused changes nothing");
                    } else {
                        prop_assert_eq!(it.state, to);
                        prop_assert_eq!(it.reopened, before.reopened + i64::from(to == State::Reopened));
                    }
                }
                Act::Answer => prop_assert_eq!(it.answered(now), before.times.first_at.is_none()),
                Act::Look => {
                    let due = it.late_after();
                    let late = it.late(now);
                    prop_assert_eq!(late.is_some(), due.is_some_and(|due| due < now));
                    if let Some(late) = late {
                        it.raise(late, now);
                        told.push((late, it.reopened));
                        prop_assert_ne!(it.late(now), Some(late), "told once");
                        prop_assert!(it.priority <= before.priority);
                    }
                }
                Act::Ask => prop_assert_eq!(it.ask_satisfaction(now), !before.state.is_open() && before.satisfaction.asked_at.is_none()),
                Act::Rate(score) => {
                    if it.rate(score, now) {
                        prop_assert!((1..=5).contains(&score) && !it.state.is_open());
                    } else {
                        prop_assert_eq!(it.satisfaction, before.satisfaction);
                    }
                }
            }
            if before.times.first_at.is_some() {
                prop_assert_eq!(it.times.first_at, before.times.first_at);
            }
            prop_assert_eq!(it.times.first_due, before.times.first_due);
            prop_assert!(it.times.due >= before.times.due, "no clock is set back");
            prop_assert!(it.state != State::Resolved || (it.cause.is_some() && it.times.first_at.is_some()));
        }
        let mut once = told.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(told.len(), once.len(), "each lateness is told once for each time that it was opened");
        prop_assert!(told.iter().filter(|(late, _)| *late == Late::FirstAnswer).count() <= 1);
    }

    #[test]
    fn a_first_answer_is_due_within_working_hours_and_never_before_it_was_asked(minutes in 0_i64..10_000, kind in proptest::sample::select(Kind::ALL), on_air: bool) {
        let at = Millis(1_781_784_000_000 + minutes * 60_000);
        let hours = WorkingHours::default();
        let due = first_due(at, kind.priority(), on_air, hours);
        prop_assert!(due > at);
        let usual = kind.priority() == Priority::Usual;
        let most = if !usual { 5 } else if on_air { 10 } else { 13 * 60 };
        prop_assert!(due.0 - at.0 <= most * 60_000);
        if usual && !on_air {
            let minute = (due.0 - due.shanghai_midnight(0).0) / 60_000;
            prop_assert!((hours.from..=hours.to).contains(&minute), "{}", minute);
        }
    }
}

#[test]
fn what_is_late_is_operations_turn_until_somebody_else_has_to_act() {
    let mut it = ticket(Kind::HurryUp, 0);
    assert_eq!(it.post(), Hat::CustomerService);
    let now = it.times.first_due.plus(1);
    assert_eq!(it.late(now), Some(Late::FirstAnswer));
    it.raise(Late::FirstAnswer, now);
    assert_eq!((it.post(), it.priority), (Hat::Operations, Priority::Urgent));
    it.answered(now);
    for state in [State::Triaged, State::InProgress, State::WaitingWarehouse] {
        it.go(state, None, now).unwrap();
    }
    assert_eq!(it.post(), Hat::Warehouse);
    assert_eq!(ticket(Kind::PrivacyErasure, 0).post(), Hat::Compliance);
}
