use super::*;

fn hold(kind: HoldKind) -> Hold {
    Hold { kind, cause: "address".to_owned(), since: Millis(1) }
}

#[test]
fn a_parcel_goes_on_and_never_back() {
    let mut parcel = Fulfilment::default();
    assert_eq!(parcel.node(), Node::ToPrint);
    assert_eq!(parcel.advance(Node::Printed, State::Paid, &[], Millis(10)), Ok(true));
    assert_eq!(parcel.advance(Node::Printed, State::Paid, &[], Millis(11)), Ok(false));
    // A shop that scans nothing at its door hears of the carrier only.
    assert_eq!(parcel.advance(Node::Collected, State::Paid, &[], Millis(20)), Ok(true));
    assert_eq!(parcel.advance(Node::Out, State::Paid, &[], Millis(21)), Ok(false));
    assert_eq!((parcel.at(Node::Printed), parcel.at(Node::Out)), (Some(Millis(10)), None));
    assert_eq!(parcel.node(), Node::Collected);
}

#[test]
fn what_is_held_stays_in_the_warehouse_and_says_why() {
    for from in [Node::ToPrint, Node::Printed] {
        for to in [Node::Printed, Node::Out, Node::Collected, Node::Delivering] {
            for kind in HoldKind::ALL {
                let mut parcel = Fulfilment::of([(from, Millis(1))].into());
                let refused = parcel.advance(to, State::Paid, &[hold(*kind)], Millis(2));
                if to > from {
                    assert_eq!(refused, Err(Refusal::Held(vec![hold(*kind)])));
                    assert_eq!(Refusal::Held(vec![hold(*kind)]).phrase(), kind.phrase());
                }
                assert_eq!(parcel.node(), from);
            }
        }
    }
}

#[test]
fn what_a_carrier_did_is_written_down_even_if_it_is_held() {
    let mut parcel = Fulfilment::of([(Node::Out, Millis(1))].into());
    let taken = parcel.advance(Node::Collected, State::Refunded, &[hold(HoldKind::Intercept)], Millis(2));
    assert_eq!((taken, parcel.node()), (Ok(true), Node::Collected));
}

#[test]
fn nothing_leaves_that_is_not_paid_or_was_given_back() {
    let mut parcel = Fulfilment::default();
    for (state, refusal) in [
        (State::Created, Refusal::NotPaid),
        (State::Closed, Refusal::Ended),
        (State::Refunded, Refusal::Ended),
    ] {
        assert_eq!(parcel.advance(Node::Printed, state, &[], Millis(1)), Err(refusal));
    }
    assert_eq!(parcel.node(), Node::ToPrint);
}

#[test]
fn a_platform_that_says_that_it_was_shipped_is_believed() {
    let mut parcel = Fulfilment::default();
    assert!(!parcel.learn(State::Paid, Millis(1)));
    assert!(parcel.learn(State::Shipped, Millis(2)));
    assert!(!parcel.learn(State::Shipped, Millis(3)));
    assert_eq!((parcel.node(), parcel.at(Node::Out)), (Node::Out, Some(Millis(2))));
    let mut further = Fulfilment::of([(Node::Delivering, Millis(1))].into());
    assert!(!further.learn(State::Shipped, Millis(2)));
}
