use livehand_kernel::SkuId;
use proptest::prelude::*;

use super::super::Refund;
use super::*;

fn notice(id: &str, state: State, at: i64) -> Notice {
    Notice {
        id: id.to_owned(),
        platform: "douyin".to_owned(),
        number: "6917926768823643751".to_owned(),
        reached: [(state, Millis(at))].into(),
        lines: Vec::new(),
        paid: None,
        refunds: Vec::new(),
        buyer: None,
        show: None,
        whom: false,
    }
}

fn taken(notices: &[Notice]) -> Order {
    let mut order = Order::new("douyin", "6917926768823643751");
    for notice in notices {
        order.apply(notice);
    }
    order
}

#[test]
fn an_older_state_is_ignored_and_its_time_is_kept() {
    let mut order = taken(&[notice("n2", State::Paid, 2_000)]);
    assert_eq!(order.apply(&notice("n1", State::Created, 1_000)), Took::Filled);
    assert_eq!(
        (order.state(), order.state_at(), order.bought_at()),
        (State::Paid, Millis(2_000), Millis(1_000))
    );
    assert_eq!(order.apply(&notice("n1", State::Created, 1_000)), Took::Older);
    assert_eq!(order.apply(&notice("n2", State::Paid, 2_000)), Took::Same);
    assert_eq!(order.apply(&notice("n3", State::Closed, 3_000)), Took::Moved);
}

#[test]
fn a_payment_after_the_close_wants_somebody_to_look_until_the_money_went_back() {
    let mut order = taken(&[notice("n1", State::Closed, 1_000), notice("n2", State::Paid, 2_000)]);
    assert_eq!((order.state(), order.attention()), (State::Closed, vec![Attention::PaidAfterClose]));
    let refunds = vec![Refund { id: "r1".to_owned(), fen: None }];
    order.apply(&Notice { refunds, ..notice("n3", State::Refunded, 3_000) });
    assert_eq!((order.state(), order.attention()), (State::Refunded, Vec::new()));
}

#[test]
fn a_part_that_went_back_leaves_the_order_where_it_stood_and_all_of_it_does_not() {
    let line = Line {
        id: "s1".to_owned(),
        sku: SkuId::from("cup"),
        product: None,
        quantity: 2,
        paid: Some(Fen(2_000)),
    };
    let mut order = taken(&[Notice { lines: vec![line], ..notice("n1", State::Shipped, 1_000) }]);
    let part = |id: &str, refund: &str, fen| Notice {
        refunds: vec![Refund { id: refund.to_owned(), fen: Some(Fen(fen)) }],
        ..notice(id, State::Refunded, 2_000)
    };
    order.apply(&part("n2", "r1", 500));
    order.apply(&part("n3", "r1", 500));
    assert_eq!((order.state(), order.refunded()), (State::Shipped, Fen(500)));
    order.apply(&part("n4", "r2", 1_500));
    assert_eq!((order.state(), order.refunded()), (State::Refunded, Fen(2_000)));
    order.apply(&part("n5", "r3", 1));
    assert_eq!(order.attention(), [Attention::RefundedTooMuch]);
}

fn any_notice() -> impl Strategy<Value = Notice> {
    let state = proptest::sample::select(State::ALL);
    let line = (0..3_u8, 1..4_i64, proptest::option::of(0..3_000_i64));
    let lines = proptest::collection::vec(line, 0..3);
    let extra = (proptest::option::of(0..9_000_i64), 0..3_u8, proptest::option::of(0..3_000_i64), 0..4_u8);
    (0..8_u8, state, 1..6_i64, lines, extra).prop_map(|(id, state, at, lines, (paid, refund, fen, buyer))| {
        let lines = lines.into_iter().map(|(n, quantity, paid)| Line {
            id: format!("s{n}"),
            sku: SkuId(format!("sku{n}")),
            product: None,
            quantity,
            paid: paid.map(Fen),
        });
        let refund = Refund { id: format!("r{refund}"), fen: fen.map(Fen) };
        Notice {
            lines: lines.collect(),
            paid: paid.map(Fen),
            refunds: if state == State::Refunded { vec![refund] } else { Vec::new() },
            whom: buyer == 1,
            buyer: (buyer > 0).then(|| format!("b{buyer}")),
            ..notice(&format!("n{id}"), state, at)
        }
    })
}

#[test]
fn what_an_order_has_of_the_stock_follows_from_where_it_stands() {
    let claim = |states: &[State]| {
        let notices: Vec<Notice> =
            states.iter().zip(1..).map(|(state, at)| notice(&format!("n{at}"), *state, at)).collect();
        taken(&notices).stock_claim()
    };
    assert_eq!(claim(&[State::Created]), StockClaim::Hold);
    assert_eq!(claim(&[State::Paid, State::Created]), StockClaim::Sold);
    assert_eq!(claim(&[State::Created, State::Closed]), StockClaim::Nothing);
    // Paid when it was closed already: the money goes back, and nothing is sent.
    assert_eq!(claim(&[State::Closed, State::Paid]), StockClaim::Nothing);
    assert_eq!(claim(&[State::Shipped]), StockClaim::Left);
    // What is on its way comes back by a return of its own, if at all.
    assert_eq!(claim(&[State::Paid, State::Shipped, State::Closed]), StockClaim::Left);
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_of_the_same_notices_is_the_same_order(
        (notices, shuffled) in proptest::collection::vec(any_notice(), 1..8).prop_flat_map(|notices| {
            let many: Vec<Notice> = std::iter::repeat_n(notices.clone(), 3).flatten().collect();
            (Just(notices), Just(many).prop_shuffle())
        })
    ) {
        let (order, other) = (taken(&notices), taken(&shuffled));
        prop_assert_eq!(&order, &other);
        prop_assert_eq!(order.state(), other.state());
        prop_assert!(notices.iter().filter(|it| it.state() != State::Refunded).all(|it| it.state() <= order.state()));
    }

    #[test]
    fn the_state_never_goes_back_once_it_is_known_what_was_paid(notices in proptest::collection::vec(any_notice(), 1..12)) {
        let mut order = Order::new("douyin", "6917926768823643751");
        let mut payments = 0;
        for notice in notices.iter().filter(|it| it.paid.is_none() && it.lines.is_empty()) {
            let (before, unpaid) = (order.state(), order.at(State::Paid).is_none());
            order.apply(notice);
            prop_assert!(order.state() >= before);
            payments += usize::from(unpaid && order.at(State::Paid).is_some());
        }
        prop_assert!(payments <= 1);
    }

    #[test]
    fn an_order_is_read_as_it_was_written(notices in proptest::collection::vec(any_notice(), 1..6)) {
        let order = taken(&notices);
        let written = serde_json::to_string(&order).unwrap();
        prop_assert_eq!(serde_json::from_str::<Order>(&written).unwrap(), order);
    }
}
