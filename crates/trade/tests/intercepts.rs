//! Intercepts: whatever is done, in whatever order, each step comes after the one before, and the moments of the request and of
//! the confirmation are kept.

#![cfg(test)]

use livehand_kernel::{Fen, Millis, PersonId};
use livehand_trade::fulfilment::Node;
use livehand_trade::intercepts::{Aim, By, Done, Intercept, NotDone, Road, State};
use proptest::prelude::*;

fn by() -> By {
    By { id: PersonId::from("p"), name: "仓库老马".to_owned() }
}

fn asked(aim: Aim, node: Node) -> Intercept {
    let draft = Intercept {
        id: "i".to_owned(),
        order: "douyin:A1".to_owned(),
        ticket: None,
        aim,
        node,
        road: Road::of(node),
        state: State::Asked,
        requested_at: Millis(1_000),
        due: Millis(0),
        confirmed_at: None,
        steps: Vec::new(),
        refund: None,
        change: Vec::new(),
        difference: None,
        carrier_fee: Fen(1_200),
    };
    Intercept::ask(draft, by(), "")
}

#[derive(Clone, Debug)]
enum Act {
    Confirm(&'static str),
    Further(Node),
    Receipt(bool),
    Refund(i64),
    Restock,
    Tell,
    Withdraw,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        proptest::sample::select(vec!["A1", "douyin:A1", "A2", ""]).prop_map(Act::Confirm),
        proptest::sample::select(Node::ALL).prop_map(Act::Further),
        any::<bool>().prop_map(Act::Receipt),
        (0_i64..12_000).prop_map(Act::Refund),
        Just(Act::Restock),
        Just(Act::Tell),
        Just(Act::Withdraw),
    ];
    proptest::collection::vec(act, 0..30)
}

proptest! {
    #[test]
    fn each_step_comes_after_the_one_before_and_none_twice(
        aim in proptest::sample::select(Aim::ALL),
        node in proptest::sample::select(Node::ALL),
        acts in acts(),
    ) {
        let mut it = asked(aim, node);
        for (n, act) in acts.into_iter().enumerate() {
            let (before, at) = (it.clone(), Millis(2_000 + i64::try_from(n).unwrap()));
            let refused = match act {
                Act::Confirm(scanned) => {
                    let done = it.confirm(scanned, at, by());
                    if done.is_ok() {
                        prop_assert!(scanned.ends_with("A1") && before.is_with_warehouse());
                        prop_assert_eq!(it.confirmed_at, Some(at));
                    }
                    done.err()
                }
                Act::Further(node) => {
                    let further = it.further(node, at, None, "");
                    prop_assert_eq!(further, before.state == State::Asked && Road::of(node) > before.road);
                    (!further).then_some(NotDone::OtherParcel)
                }
                Act::Receipt(stopped) => it.receipt(stopped, at, by(), "").err(),
                Act::Refund(fen) => it.refund(Fen(fen), Some(Fen(9_900)), at, by()).err(),
                Act::Restock => it.restock(at, by(), "").err(),
                Act::Tell => it.tell(at, by(), "").err(),
                Act::Withdraw => it.withdraw(at, by(), "").err(),
            };
            if refused.is_some() {
                prop_assert_eq!(&it, &before, "what is refused changes nothing");
            }
            prop_assert_eq!(it.requested_at, Millis(1_000));
            prop_assert!(it.road >= before.road && it.steps.len() >= before.steps.len());
            prop_assert!(before.confirmed_at.is_none() || it.confirmed_at == before.confirmed_at);
            let moves_on = before.state.is_running() || before.state == State::Changed;
            prop_assert!(moves_on || it.state == before.state);
        }
        let times = |done: Done| it.steps.iter().filter(|step| step.done == done).count();
        for once in [Done::Requested, Done::Confirmed, Done::Refunded, Done::Restocked, Done::Told, Done::Changed] {
            prop_assert!(times(once) <= 1, "{:?} {:?}", once, it.steps);
        }
        let place = |done: Done| it.steps.iter().position(|step| step.done == done);
        if let Some(restocked) = place(Done::Restocked) {
            prop_assert!(place(Done::Refunded).is_some_and(|refunded| refunded < restocked));
        }
        prop_assert!(it.refund.is_none_or(|fen| fen <= Fen(9_900) && fen.0 > 0));
        prop_assert!(times(Done::Refunded) == 0 || it.aim == Aim::Stop, "a label that changes gives no money back");
        prop_assert!(it.steps.is_sorted_by_key(|step| step.at));
    }
}

#[test]
fn what_is_not_printed_is_stopped_or_changed_at_once() {
    let stop = asked(Aim::Stop, Node::ToPrint);
    assert_eq!((stop.state, stop.confirmed_at), (State::Stopped, Some(Millis(1_000))));
    assert_eq!(asked(Aim::Address, Node::ToPrint).state, State::Changed);
    let printed = asked(Aim::Address, Node::Printed);
    assert_eq!((printed.state, printed.confirmed_at), (State::Asked, None));
}

#[test]
fn a_parcel_that_has_left_is_followed_and_a_label_is_not_changed_from_afar() {
    let mut stop = asked(Aim::Stop, Node::Printed);
    assert_eq!(stop.fee(), Fen(0), "what the warehouse does costs nothing");
    assert!(stop.further(Node::Collected, Millis(5_000), Some(by()), "已被收走"));
    assert_eq!((stop.state, stop.road, stop.fee()), (State::Asked, Road::CarrierIntercept, Fen(1_200)));
    assert_eq!(stop.confirm("A1", Millis(6_000), by()), Err(NotDone::NotNow(State::Asked, Done::Confirmed)));
    let mut spec = asked(Aim::Spec, Node::Printed);
    assert!(spec.further(Node::Out, Millis(5_000), Some(by()), "已出库"));
    assert_eq!(spec.state, State::Failed);
    spec.tell(Millis(6_000), by(), "已出库，改不了").unwrap();
    assert_eq!((spec.state, spec.at(Done::Told)), (State::Failed, Some(Millis(6_000))));
}
