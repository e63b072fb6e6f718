//! Promotions in versions.

use livehand_kernel::{Millis, PersonId, PromotionId};
use livehand_storage::promotions::{NewPromotion, PromotionFilter};

use crate::{load, on_every_engine, save};

fn promotion(id: &str, name: &str, status: &str) -> NewPromotion {
    NewPromotion {
        id: PromotionId::from(id),
        status: status.to_owned(),
        name: name.to_owned(),
        kind: "coupon".to_owned(),
        begins_at: Millis(1_000),
        ends_at: Millis(9_000),
        body: "{}".to_owned(),
        person_id: PersonId::from("p1"),
        person_name: "小林".to_owned(),
        at: Millis(500),
    }
}

#[tokio::test]
async fn every_version_stays_and_of_two_writers_one_is_told() {
    on_every_engine(|db| async move {
        let (first, second) = (promotion("k1", "满减", "draft"), promotion("k1", "满减券", "draft"));
        assert!(save!(db, promotions::append(&first, 0)).unwrap());
        assert!(!save!(db, promotions::append(&second, 0)).unwrap());
        assert!(save!(db, promotions::append(&second, 1)).unwrap());
        assert!(!save!(db, promotions::append(&first, 1)).unwrap());
        let versions = load!(db, promotions::history(&first.id));
        let told: Vec<(i64, &str)> =
            versions.iter().map(|row| (row.version, row.written.name.as_str())).collect();
        assert_eq!(told, [(2, "满减券"), (1, "满减")]);
        assert_eq!(load!(db, promotions::find(&first.id)).unwrap().written, second);
        assert_eq!(load!(db, promotions::find(&PromotionId::from("k2"))), None);
    })
    .await;
}

#[tokio::test]
async fn lists_show_the_latest_version_by_name_and_status_and_page() {
    on_every_engine(|db| async move {
        for (id, name) in [("k1", "满 300 减 40"), ("k2", "会员 95 折"), ("k3", "100% off")] {
            save!(db, promotions::append(&promotion(id, name, "draft"), 0)).unwrap();
        }
        save!(db, promotions::append(&promotion("k2", "会员 95 折", "published"), 1)).unwrap();
        let names = |search: Option<&str>, status: Option<&str>, after: Option<&str>, limit: i64| {
            let filter = PromotionFilter {
                search: search.map(str::to_owned),
                status: status.map(str::to_owned),
                after: after.map(PromotionId::from),
                limit,
            };
            let db = db.clone();
            async move {
                load!(db, promotions::list(&filter))
                    .into_iter()
                    .map(|row| row.written.id.0)
                    .collect::<Vec<_>>()
            }
        };
        assert_eq!(names(None, None, None, 9).await, ["k3", "k2", "k1"]);
        assert_eq!(names(Some("%"), None, None, 9).await, ["k3"]);
        assert_eq!(names(None, Some("draft"), None, 9).await, ["k3", "k1"]);
        assert_eq!(names(None, Some("published"), None, 9).await, ["k2"]);
        assert_eq!(names(None, None, Some("k3"), 1).await, ["k2"]);

        assert_eq!(load!(db, promotions::published(Millis(8_999))).len(), 1);
        assert_eq!(load!(db, promotions::published(Millis(9_000))), []);
        save!(db, promotions::append(&promotion("k2", "会员 95 折", "ended"), 2)).unwrap();
        assert_eq!(load!(db, promotions::published(Millis(0))), []);
    })
    .await;
}
