//! The FAQ library: entries in versions, how they are used, what waits to become a variant.

use livehand_kernel::{FaqId, Millis, PersonId};
use livehand_storage::faq_entries::{FaqFilter, NewFaq};
use livehand_storage::faq_learned::LearnedRow;
use livehand_storage::faq_statistics::FaqUseRow;

use crate::{load, on_every_engine, save};

fn entry(id: &str, question: &str) -> NewFaq {
    NewFaq {
        id: FaqId::from(id),
        state: "active".to_owned(),
        level: "A".to_owned(),
        scope_of: "product".to_owned(),
        scope_ids: r#"["p1","p4"]"#.to_owned(),
        concepts: r#"["发货时效"]"#.to_owned(),
        search: question.to_lowercase(),
        owner_id: PersonId::from("p1"),
        owner_name: "小林".to_owned(),
        body: format!("{{\"question\":\"{question}\"}}"),
        origin: "written".to_owned(),
        person_id: PersonId::from("p1"),
        person_name: "小林".to_owned(),
        at: Millis(500),
    }
}

fn learned(id: &str, text: &str) -> LearnedRow {
    LearnedRow {
        id: id.to_owned(),
        entry: FaqId::from("f1"),
        show: None,
        text: text.to_owned(),
        at: Millis(700),
        person_id: PersonId::from("p1"),
        person_name: "小林".to_owned(),
        state: "waiting".to_owned(),
        decided_at: None,
        decided_by: String::new(),
    }
}

#[tokio::test]
async fn every_version_of_an_entry_stays_and_of_two_writers_one_is_told() {
    on_every_engine(|db| async move {
        let (first, second) = (entry("f1", "发货"), NewFaq { at: Millis(900), ..entry("f1", "何时发货") });
        assert!(save!(db, faq_entries::append(&first, 0)).unwrap());
        assert!(save!(db, faq_entries::append(&second, 1)).unwrap());
        assert!(!save!(db, faq_entries::append(&first, 1)).unwrap(), "somebody was faster");
        let present = load!(db, faq_entries::find(&first.id)).unwrap();
        assert_eq!((present.version, present.body, present.at), (2, second.body.clone(), Millis(900)));
        assert_eq!(present.created_at, Millis(500));
        let versions = load!(db, faq_entries::history(&first.id));
        let told: Vec<_> = versions.iter().map(|row| (row.version, row.body.as_str())).collect();
        assert_eq!(told, [(2, second.body.as_str()), (1, first.body.as_str())]);
        assert_eq!(load!(db, faq_entries::version(&first.id, 1)).unwrap().body, first.body);
        assert_eq!(load!(db, faq_entries::version(&first.id, 3)), None);
        assert!(save!(db, faq_entries::append(&first, 0)).is_err(), "an id is taken once");
    })
    .await;
}

#[tokio::test]
async fn entries_are_found_by_their_words_state_level_scope_and_concept_and_page() {
    on_every_engine(|db| async move {
        let draft = NewFaq { state: "draft".into(), level: "B".into(), ..entry("f2", "SIZE 尺码_表") };
        let all = NewFaq { scope_of: "all".into(), scope_ids: "[]".into(), ..entry("f3", "100%棉吗") };
        for one in [&entry("f1", "什么时候发货"), &draft, &all] {
            save!(db, faq_entries::append(one, 0)).unwrap();
        }
        let found = |filter: FaqFilter| {
            let db = db.clone();
            async move {
                let filter = FaqFilter { limit: 9, ..filter };
                let rows = load!(db, faq_entries::list(&filter));
                rows.into_iter().map(|row| row.id.0).collect::<Vec<_>>().join(" ")
            }
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found(FaqFilter::default()).await, "f3 f2 f1");
        assert_eq!(found(FaqFilter { search: text("Size"), ..FaqFilter::default() }).await, "f2");
        assert_eq!(found(FaqFilter { search: text("0%"), ..FaqFilter::default() }).await, "f3");
        assert_eq!(found(FaqFilter { search: text("_"), ..FaqFilter::default() }).await, "f2");
        assert_eq!(found(FaqFilter { state: text("active"), ..FaqFilter::default() }).await, "f3 f1");
        assert_eq!(found(FaqFilter { level: text("B"), ..FaqFilter::default() }).await, "f2");
        assert_eq!(found(FaqFilter { scope_of: text("product"), ..FaqFilter::default() }).await, "f2 f1");
        assert_eq!(found(FaqFilter { scope_id: text("\"p4\""), ..FaqFilter::default() }).await, "f2 f1");
        assert_eq!(found(FaqFilter { scope_id: text("\"p\""), ..FaqFilter::default() }).await, "");
        assert_eq!(
            found(FaqFilter { concept: text("\"发货时效\""), ..FaqFilter::default() }).await,
            "f3 f2 f1"
        );
        assert_eq!(
            found(FaqFilter { after: Some(FaqId::from("f3")), ..FaqFilter::default() }).await,
            "f2 f1"
        );
        let oldest: Vec<String> = load!(db, faq_entries::all()).into_iter().map(|row| row.id.0).collect();
        assert_eq!(oldest, ["f1", "f2", "f3"]);
    })
    .await;
}

#[tokio::test]
async fn use_is_counted_and_the_last_hit_never_goes_back() {
    on_every_engine(|db| async move {
        let id = FaqId::from("f1");
        save!(db, faq_entries::append(&entry("f1", "发货"), 0)).unwrap();
        let hit = |at: i64| FaqUseRow { hit: 1, last_hit_at: Some(Millis(at)), ..FaqUseRow::default() };
        for more in [hit(900), hit(800), FaqUseRow { sent: 2, edited: 1, solved: 1, ..FaqUseRow::default() }]
        {
            save!(db, faq_statistics::count(&id, &more)).unwrap();
        }
        let used = load!(db, faq_entries::find(&id)).unwrap().used;
        let expected = FaqUseRow { hit: 2, sent: 2, edited: 1, solved: 1, last_hit_at: Some(Millis(900)) };
        assert_eq!(used, expected);
        assert!(save!(db, faq_statistics::count(&FaqId::from("f9"), &hit(1))).is_err());
    })
    .await;
}

#[tokio::test]
async fn the_same_words_wait_once_and_are_decided_once() {
    on_every_engine(|db| async move {
        save!(db, faq_entries::append(&entry("f1", "发货"), 0)).unwrap();
        assert!(save!(db, faq_learned::insert(&learned("l1", "啥时候发"))).unwrap());
        assert!(!save!(db, faq_learned::insert(&learned("l2", "啥时候发"))).unwrap());
        assert!(save!(db, faq_learned::insert(&learned("l3", "几号发"))).unwrap());
        let waiting = load!(db, faq_learned::list("waiting", None, 9));
        assert_eq!(waiting.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["l3", "l1"]);
        assert!(save!(db, faq_learned::decide("l1", "taken", Millis(900), "小林")).unwrap());
        assert!(!save!(db, faq_learned::decide("l1", "refused", Millis(901), "小周")).unwrap());
        let taken = load!(db, faq_learned::find("l1")).unwrap();
        assert_eq!((taken.state.as_str(), taken.decided_by.as_str()), ("taken", "小林"));
        assert_eq!(load!(db, faq_learned::list("waiting", Some("l3"), 9)), []);
    })
    .await;
}
