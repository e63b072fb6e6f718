//! Orders: one row for each, its lines, and notices that are taken once.

use livehand_kernel::{Fen, Millis, SkuId};
use livehand_storage::orders::{NoticeRow, OrderFilter, OrderRow};
use livehand_storage::{Db, Error};
use livehand_trade::orders::{Line, Notice, Order, State, Took};

use crate::{load, on_every_engine, save};

pub(crate) fn notice(id: &str, number: &str, state: State, at: i64) -> Notice {
    Notice {
        id: id.to_owned(),
        platform: "douyin".to_owned(),
        number: number.to_owned(),
        reached: [(state, Millis(at))].into(),
        lines: vec![Line {
            id: "1".to_owned(),
            sku: SkuId::from("cup"),
            product: None,
            quantity: 2,
            paid: Some(Fen(2_000)),
        }],
        paid: None,
        refunds: Vec::new(),
        buyer: None,
        show: None,
        whom: false,
    }
}

pub(crate) fn row(number: &str, notices: &[Notice]) -> OrderRow {
    let mut order = Order::new("douyin", number);
    for notice in notices {
        order.apply(notice);
    }
    OrderRow {
        order,
        customer: None,
        show: None,
        promise: Some("{}".to_owned()),
        synthetic: false,
        taken_at: Millis(5_000),
        changed_at: Millis(5_000),
    }
}

async fn listed(db: &Db, filter: OrderFilter) -> Vec<String> {
    let rows = load!(db, orders::list(&OrderFilter { limit: 10, ..filter }));
    rows.into_iter().map(|row| row.order.number).collect()
}

#[tokio::test]
async fn an_order_is_kept_as_its_notices_make_it_and_found_by_number_and_state() {
    on_every_engine(|db| async move {
        let created = notice("n1", "A100", State::Created, 1_000);
        let first = row("A100", std::slice::from_ref(&created));
        save!(db, orders::save(&first)).unwrap();
        let paid = row("A100", &[created, notice("n2", "A100", State::Paid, 2_000)]);
        save!(db, orders::save(&paid)).unwrap();
        save!(db, orders::save(&row("B_200", &[notice("n3", "B_200", State::Closed, 3_000)]))).unwrap();
        assert_eq!(load!(db, orders::find("douyin:A100")), Some(paid));
        assert_eq!(load!(db, orders::find("douyin:nothing")), None);
        assert_eq!(listed(&db, OrderFilter::default()).await, ["B_200", "A100"]);
        let search = |text: &str| OrderFilter { search: Some(text.to_owned()), ..OrderFilter::default() };
        assert_eq!(listed(&db, search("a10")).await, ["A100"]);
        assert_eq!(listed(&db, search("_2")).await, ["B_200"]);
        assert_eq!(listed(&db, search("%")).await, Vec::<String>::new());
        let state = OrderFilter { state: Some(State::Paid), ..OrderFilter::default() };
        assert_eq!(listed(&db, state).await, ["A100"]);
        let before = Some((Millis(3_000), "douyin:B_200".to_owned()));
        assert_eq!(listed(&db, OrderFilter { before, ..OrderFilter::default() }).await, ["A100"]);
        let attention = OrderFilter { attention: true, ..OrderFilter::default() };
        assert_eq!(listed(&db, attention).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_notice_of_a_source_is_noted_once() {
    on_every_engine(|db| async move {
        save!(db, orders::save(&row("A100", &[notice("n1", "A100", State::Paid, 1_000)]))).unwrap();
        let noted = |source: &str| NoticeRow {
            source: source.to_owned(),
            id: "n1".to_owned(),
            order: "douyin:A100".to_owned(),
            digest: vec![7; 32],
            took: Took::Opened,
            state: State::Paid,
            received_at: Millis(5_000),
        };
        save!(db, orders::insert_notice(&noted("shop"))).unwrap();
        save!(db, orders::insert_notice(&noted("erp"))).unwrap();
        let again = save!(db, orders::insert_notice(&noted("shop")));
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
        assert_eq!(load!(db, orders::find_notice("shop", "n1")), Some(noted("shop")));
        assert_eq!(load!(db, orders::find_notice("shop", "n2")), None);
        assert_eq!(load!(db, orders::notices_of("douyin:A100", 10)).len(), 2);
    })
    .await;
}
