//! Rooms, shows, products, line-ups and links.

use livehand_kernel::{LinkId, Millis, PersonId, ProductId, RoomId, ShowId};
use livehand_storage::links::LinkRow;
use livehand_storage::products::{ProductFilter, ProductRow};
use livehand_storage::rooms::RoomRow;
use livehand_storage::shows::{ShowFilter, ShowRow};
use livehand_storage::{Db, Error};

use crate::{load, on_every_engine, product, save, show, with_room};

#[tokio::test]
async fn a_room_is_added_once_and_keeps_its_name() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        let again = RoomRow { id: RoomId::from("room-1"), name: "Other".to_owned() };
        save!(db, rooms::ensure(&again)).unwrap();
        assert_eq!(load!(db, rooms::find(&again.id)).unwrap().name, "Main");
        assert_eq!(load!(db, rooms::find(&RoomId::from("room-2"))), None);
    })
    .await;
}

#[tokio::test]
async fn a_show_is_planned_opened_once_and_ended_once() {
    on_every_engine(|db| async move {
        let planned = show("s1", "Evening");
        let homeless = save!(db, shows::insert(&planned)).unwrap_err();
        assert!(matches!(homeless, Error::Conflict { .. }), "{homeless:?}");
        with_room(&db).await;
        save!(db, shows::insert(&planned)).unwrap();
        assert_eq!(load!(db, shows::find(&planned.id)), Some(planned.clone()));
        assert!(!save!(db, shows::end(&planned.id, Millis(6_000))).unwrap());
        assert!(save!(db, shows::open(&planned.id, Millis(6_000))).unwrap());
        assert!(!save!(db, shows::open(&planned.id, Millis(7_000))).unwrap());
        assert!(save!(db, shows::end(&planned.id, Millis(8_000))).unwrap());
        assert!(!save!(db, shows::end(&planned.id, Millis(9_000))).unwrap());
        let ended = ShowRow {
            status: "ended".to_owned(),
            opened_at: Some(Millis(6_000)),
            ended_at: Some(Millis(8_000)),
            ..planned.clone()
        };
        assert_eq!(load!(db, shows::find(&planned.id)), Some(ended));
    })
    .await;
}

async fn titles(
    db: &Db,
    search: Option<&str>,
    status: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Vec<String> {
    let filter = ShowFilter {
        search: search.map(str::to_owned),
        status: status.map(str::to_owned),
        after: after.map(ShowId::from),
        limit,
    };
    load!(db, shows::list(&filter)).into_iter().map(|show| show.title).collect()
}

#[tokio::test]
async fn shows_are_searched_by_what_was_typed_and_paged_newest_first() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        let all = ["Summer SALE", "100% cotton", "summer_shoes", r"back\slash", "1000 gifts", "夏季上新"];
        for (n, title) in all.iter().enumerate() {
            save!(db, shows::insert(&show(&format!("s{n}"), title))).unwrap();
        }
        save!(db, shows::open(&ShowId::from("s2"), Millis(1))).unwrap();
        let newest_first: Vec<&str> = all.iter().rev().copied().collect();
        assert_eq!(titles(&db, None, None, None, 10).await, newest_first);
        assert_eq!(titles(&db, Some("summer"), None, None, 10).await, ["summer_shoes", "Summer SALE"]);
        assert_eq!(titles(&db, Some("上新"), None, None, 10).await, ["夏季上新"]);
        // What is a wildcard to LIKE is a letter to whoever types it.
        assert_eq!(titles(&db, Some("100%"), None, None, 10).await, ["100% cotton"]);
        assert_eq!(titles(&db, Some("%"), None, None, 10).await, ["100% cotton"]);
        assert_eq!(titles(&db, Some("_"), None, None, 10).await, ["summer_shoes"]);
        assert_eq!(titles(&db, Some(r"\"), None, None, 10).await, [r"back\slash"]);
        assert_eq!(titles(&db, Some("' OR 1=1 --"), None, None, 10).await, [""; 0]);

        assert_eq!(titles(&db, None, Some("on_air"), None, 10).await, ["summer_shoes"]);
        assert_eq!(titles(&db, Some("sale"), Some("on_air"), None, 10).await, [""; 0]);
        assert_eq!(titles(&db, None, None, None, 2).await, newest_first[..2]);
        assert_eq!(titles(&db, None, None, Some("s4"), 2).await, newest_first[2..4]);
        assert_eq!(titles(&db, None, None, Some("s0"), 2).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn products_with_the_same_link_number_are_each_on_one_page() {
    on_every_engine(|db| async move {
        // Added against the order of the list, with three ties.
        for (id, link) in [("e", 2), ("d", 2), ("c", 1), ("b", 1), ("a", 1), ("f", 0)] {
            save!(db, products::insert(&product(id, link))).unwrap();
        }
        let mut seen = Vec::new();
        let mut after: Option<ProductId> = None;
        loop {
            let filter = ProductFilter { after: after.clone(), limit: 2, ..ProductFilter::default() };
            let page = load!(db, products::list(&filter));
            let Some(last) = page.last() else { break };
            after = Some(last.product.id.clone());
            seen.extend(page.into_iter().map(|listed| listed.product.id.0));
        }
        assert_eq!(seen, ["f", "a", "b", "c", "d", "e"]);
        let odd = ProductRow { name: "50%_off".to_owned(), ..product("g", 3) };
        save!(db, products::insert(&odd)).unwrap();
        for search in ["0%", "%_O", "OFF"] {
            let search = Some(search.to_owned());
            let filter = ProductFilter { search, limit: 10, ..ProductFilter::default() };
            let found: Vec<_> = load!(db, products::list(&filter)).into_iter().map(|it| it.product).collect();
            assert_eq!(found, std::slice::from_ref(&odd), "{:?}", filter.search);
        }
        let again = save!(db, products::insert(&product("a", 9))).unwrap_err();
        assert!(matches!(again, Error::Conflict { .. }), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_line_up_is_replaced_as_a_whole_or_not_at_all() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        let tonight = show("s1", "Evening");
        save!(db, shows::insert(&tonight)).unwrap();
        for (id, link) in [("a", 1), ("b", 2), ("c", 3)] {
            save!(db, products::insert(&product(id, link))).unwrap();
        }
        let items = |ids: &[&str]| ids.iter().map(|id| ProductId::from(*id)).collect::<Vec<_>>();
        let (first, second, wrong) = (items(&["c", "a"]), items(&["b", "c", "a"]), items(&["a", "missing"]));
        save!(db, shows::set_lineup(&tonight.id, &first)).unwrap();
        save!(db, shows::set_lineup(&tonight.id, &second)).unwrap();
        let ids =
            || async { load!(db, shows::lineup(&tonight.id)).into_iter().map(|p| p.id).collect::<Vec<_>>() };
        assert_eq!(ids().await, second);
        let error = save!(db, shows::set_lineup(&tonight.id, &wrong)).unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
        assert_eq!(ids().await, second);
        save!(db, shows::set_lineup(&tonight.id, &[])).unwrap();
        assert_eq!(ids().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_link_stays_in_the_list_with_the_first_time_it_was_revoked() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        save!(db, shows::insert(&show("s1", "Evening"))).unwrap();
        let link = |id: &str, token: u8| LinkRow {
            id: LinkId::from(id),
            show_id: ShowId::from("s1"),
            kind: "prompter".to_owned(),
            name: "Left screen".to_owned(),
            token_hash: [token; 32],
            created_by: PersonId::from("p1"),
            created_at: Millis(1_000),
            revoked_at: None,
        };
        let (left, right) = (link("k1", 1), link("k2", 2));
        save!(db, links::insert(&left)).unwrap();
        save!(db, links::insert(&right)).unwrap();
        assert_eq!(load!(db, links::find(&left.id)), Some(left.clone()));
        assert_eq!(load!(db, links::find_by_hash(&[2; 32])), Some(right.clone()));
        assert_eq!(load!(db, links::find_by_hash(&[3; 32])), None);
        save!(db, links::revoke(&left.id, Millis(2_000))).unwrap();
        save!(db, links::revoke(&left.id, Millis(3_000))).unwrap();
        let revoked = LinkRow { revoked_at: Some(Millis(2_000)), ..left.clone() };
        assert_eq!(load!(db, links::list(&ShowId::from("s1"))), [right, revoked.clone()]);
        assert_eq!(load!(db, links::find_by_hash(&[1; 32])), Some(revoked));
        let twice = save!(db, links::insert(&link("k3", 2))).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");
    })
    .await;
}
