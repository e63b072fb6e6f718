//! Tickets: one for each key, a queue with what is urgent first, a record in which each event stands once, and money to
//! which nobody agrees twice.

use livehand_kernel::{Fen, Millis, PersonId, ShowId};
use livehand_storage::compensations::{CompensationRow, Signed};
use livehand_storage::tickets::{EntryRow, TicketFilter};
use livehand_storage::{Db, Error};
use livehand_trade::tickets::compensation::Signature;
use livehand_trade::tickets::{
    Cause, Kind, Mood, Owner, Priority, Satisfaction, Settings, Source, State, Ticket, Times,
};

use crate::{load, on_every_engine, save};

fn ticket(number: i64, kind: Kind, opened_at: i64) -> Ticket {
    Ticket {
        id: format!("t{number}"),
        number,
        kind,
        source: Source::Phone,
        priority: kind.priority(),
        mood: Mood::Calm,
        state: State::New,
        show: Some(ShowId::from("show-1")),
        product: None,
        order: Some(format!("douyin:A{number}")),
        customer: None,
        viewer: None,
        nickname: String::new(),
        text: format!("第 {number} 个 100% 问题"),
        owner: None,
        times: Times {
            opened_at: Millis(opened_at),
            first_due: Millis(opened_at + 600),
            first_at: None,
            due: Millis(opened_at + 86_400),
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

async fn queued(db: &Db, filter: TicketFilter) -> Vec<i64> {
    let filter = TicketFilter { limit: 10, ..filter };
    load!(db, tickets::queue(&filter, None)).into_iter().map(|ticket| ticket.number).collect()
}

#[tokio::test]
async fn what_is_urgent_comes_first_and_each_key_is_one_ticket() {
    on_every_engine(|db| async move {
        assert_eq!(load!(db, tickets::next_number()), 1);
        let slow = ticket(1, Kind::HurryUp, 1_000);
        save!(db, tickets::save(&slow, Some("chat/1"))).unwrap();
        save!(db, tickets::save(&ticket(2, Kind::HurryUp, 500), None)).unwrap();
        save!(db, tickets::save(&ticket(3, Kind::Injury, 9_000), None)).unwrap();
        save!(db, tickets::save(&ticket(4, Kind::SpecChange, 8_000), None)).unwrap();
        let again = save!(db, tickets::save(&ticket(5, Kind::HurryUp, 1), Some("chat/1")));
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
        assert_eq!(load!(db, tickets::next_number()), 5);
        assert_eq!(queued(&db, TicketFilter::default()).await, [3, 4, 2, 1]);
        assert_eq!(load!(db, tickets::find_once("chat/1")), Some(slow));
        let search = |text: &str| TicketFilter { search: Some(text.to_owned()), ..TicketFilter::default() };
        assert_eq!(queued(&db, search("第 2")).await, [2]);
        assert_eq!(queued(&db, search("douyin:a3")).await, [3]);
        assert_eq!(queued(&db, search("4")).await, [4]);
        assert_eq!(queued(&db, search("100%")).await.len(), 4);
        assert_eq!(queued(&db, search("1_0%")).await, [0; 0]);
        let late = TicketFilter { late_at: Some(Millis(1_601)), ..TicketFilter::default() };
        assert_eq!(queued(&db, late).await, [2, 1]);
        let page = TicketFilter { limit: 2, ..TicketFilter::default() };
        let second = load!(db, tickets::queue(&page, Some((1, Millis(8_600), 4))));
        assert_eq!(second.iter().map(|it| it.number).collect::<Vec<_>>(), [2, 1]);
        let newest = load!(db, tickets::newest(&page, Some(4)));
        assert_eq!(newest.iter().map(|it| it.number).collect::<Vec<_>>(), [3, 2]);
    })
    .await;
}

#[tokio::test]
async fn what_is_late_is_found_until_it_was_told() {
    on_every_engine(|db| async move {
        let mut one = ticket(1, Kind::HurryUp, 1_000);
        save!(db, tickets::save(&one, None)).unwrap();
        assert_eq!(load!(db, tickets::late(Millis(1_600), 10)), []);
        assert_eq!(load!(db, tickets::late(Millis(1_601), 10)), [one.clone()]);
        one.raise(one.late(Millis(1_601)).unwrap(), Millis(1_601));
        save!(db, tickets::save(&one, None)).unwrap();
        assert_eq!(load!(db, tickets::late(Millis(87_400), 10)), []);
        assert_eq!(load!(db, tickets::late(Millis(87_401), 10)), [one.clone()]);
        one.raise(one.late(Millis(87_401)).unwrap(), Millis(87_401));
        save!(db, tickets::save(&one, None)).unwrap();
        assert_eq!(load!(db, tickets::late(Millis(i64::MAX), 10)), []);
    })
    .await;
}

#[tokio::test]
async fn an_event_stands_in_a_record_once() {
    on_every_engine(|db| async move {
        save!(db, tickets::save(&ticket(1, Kind::HurryUp, 1_000), None)).unwrap();
        let entry = |what: &str, event: Option<&str>| EntryRow {
            at: Millis(5),
            what: what.to_owned(),
            detail: "{}".to_owned(),
            event: event.map(str::to_owned),
            ..EntryRow::default()
        };
        assert!(save!(db, tickets::add_entry("t1", &entry("comment", Some("show-1#7")))).unwrap());
        assert!(save!(db, tickets::add_entry("t1", &entry("note", None))).unwrap());
        assert!(!save!(db, tickets::add_entry("t1", &entry("comment", Some("show-1#7")))).unwrap());
        let entries = load!(db, tickets::entries("t1", 10));
        assert_eq!(
            entries.iter().map(|it| (it.place, it.what.as_str())).collect::<Vec<_>>(),
            [(1, "comment"), (2, "note")]
        );
        assert_eq!(load!(db, tickets::of_event("show-1#7")).len(), 1);
        let waiting = load!(db, tickets::unanswered(&ShowId::from("show-1")));
        assert_eq!(waiting, [("t1".to_owned(), "show-1#7".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn figures_count_what_was_in_time_and_leave_out_what_needed_no_work() {
    on_every_engine(|db| async move {
        let mut done = ticket(1, Kind::HurryUp, 1_000);
        done.answered(Millis(1_600));
        done.state = State::InProgress;
        done.go(State::Resolved, Some(Cause::ShippedLate), Millis(2_000)).unwrap();
        assert!(done.rate(4, Millis(3_000)));
        let mut late = ticket(2, Kind::HurryUp, 1_000);
        late.answered(Millis(1_601));
        let silent = ticket(3, Kind::Injury, 1_000);
        let mut nothing = ticket(4, Kind::HurryUp, 1_000);
        nothing.go(State::Closed, Some(Cause::NotAfterSale), Millis(1_100)).unwrap();
        let made_up = Ticket { synthetic: true, ..ticket(5, Kind::HurryUp, 1_000) };
        for it in [&done, &late, &silent, &nothing, &made_up] {
            save!(db, tickets::save(it, None)).unwrap();
        }
        let rows = load!(db, tickets::figures(Millis(0), Millis(9_999), Millis(1_000_000), 4, false));
        let found: Vec<_> = rows
            .iter()
            .map(|it| {
                (
                    it.kind.as_str(),
                    it.cause.as_str(),
                    it.tickets,
                    it.first_in_time,
                    it.first_late,
                    it.satisfied,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("hurry_up", "", 1, 0, 1, 0),
                ("hurry_up", "shipped_late", 1, 1, 0, 1),
                ("injury", "", 1, 0, 1, 0)
            ]
        );
        let open = load!(db, tickets::open_by_post(Millis(1_601)));
        assert_eq!(open, [("customer_service".to_owned(), 3, 2)]);
        let mut owned = ticket(9, Kind::Other, 1_700);
        owned.owner = Some(Owner { id: PersonId::from("p-9"), name: "客服阿丽".to_owned() });
        save!(db, tickets::save(&owned, None)).unwrap();
        assert_eq!(load!(db, tickets::open_by_owner()), [("p-9".to_owned(), 1)]);
        let urgent =
            TicketFilter { priority: Some(Priority::P0), running: Some(true), ..TicketFilter::default() };
        assert_eq!(queued(&db, urgent).await, [3]);
    })
    .await;
}

#[tokio::test]
async fn the_database_lets_nobody_agree_twice() {
    on_every_engine(|db| async move {
        save!(db, tickets::save(&ticket(1, Kind::HurryUp, 1_000), None)).unwrap();
        let signed = |signature, by: &str| Signed {
            signature,
            by: PersonId::from(by),
            name: by.to_owned(),
            at: Millis(9),
        };
        let row = |signed: Vec<Signed>, status: &str| CompensationRow {
            id: "c1".to_owned(),
            ticket: "t1".to_owned(),
            fen: Fen(50_000),
            reason: "破损".to_owned(),
            status: status.to_owned(),
            needs: vec![Signature::Lead, Signature::Finance],
            asked_by: PersonId::from("a"),
            asked_name: "a".to_owned(),
            asked_at: Millis(8),
            signed,
            refused: None,
            refusal: String::new(),
        };
        save!(db, compensations::save(&row(Vec::new(), "asked"))).unwrap();
        let (lead, money) = (signed(Signature::Lead, "b"), signed(Signature::Finance, "c"));
        for wrong in [
            row(vec![lead.clone(), signed(Signature::Finance, "b")], "granted"),
            row(vec![lead.clone(), signed(Signature::Finance, "a")], "granted"),
            row(vec![lead.clone()], "granted"),
        ] {
            assert!(save!(db, compensations::save(&wrong)).is_err(), "{wrong:?}");
        }
        let good = row(vec![lead, money], "granted");
        save!(db, compensations::save(&good)).unwrap();
        assert_eq!(load!(db, compensations::find("c1")), Some(good));
        assert_eq!(load!(db, compensations::waiting(10)), []);
    })
    .await;
}

#[tokio::test]
async fn settings_have_versions_and_the_last_one_holds() {
    on_every_engine(|db| async move {
        assert_eq!(load!(db, after_sale::settings()), (0, Settings::default()));
        let first = Settings { carrier_fee: Fen(1_500), ..Settings::default() };
        let (person, name) = (&PersonId::from("p"), "财务小张");
        save!(db, after_sale::set(1, &first, (person, name), Millis(1))).unwrap();
        assert_eq!(load!(db, after_sale::settings()), (1, first));
        let again = save!(db, after_sale::set(1, &first, (person, name), Millis(2)));
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    })
    .await;
}
