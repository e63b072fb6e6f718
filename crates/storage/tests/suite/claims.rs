//! Claims: versions are added, the newest is what counts.

use livehand_kernel::{Millis, PersonId, ProductId, SkuId};
use livehand_storage::Error;
use livehand_storage::claims::ClaimRow;

use crate::{load, on_every_engine, save};

fn claim(id: &str, version: i64, product: &str) -> ClaimRow {
    ClaimRow {
        id: id.to_owned(),
        version,
        product: ProductId::from(product),
        sku: (version == 2).then(|| SkuId::from("red")),
        kind: "lowest_in_days".to_owned(),
        claim: "{}".to_owned(),
        quotes: "[]".to_owned(),
        verdict: "passes".to_owned(),
        reason: "proved".to_owned(),
        pack: "{}".to_owned(),
        pack_hash: [7; 32],
        person_id: PersonId::from("p1"),
        person_name: "Sample Lin".to_owned(),
        at: Millis(1_000 + version),
    }
}

#[tokio::test]
async fn a_claim_that_is_judged_anew_has_a_new_version_and_keeps_the_old_one() {
    on_every_engine(|db| async move {
        for row in [claim("c1", 1, "p1"), claim("c1", 2, "p1"), claim("c2", 1, "p2"), claim("c3", 1, "p1")] {
            save!(db, claims::insert(&row)).unwrap();
        }
        let taken = save!(db, claims::insert(&claim("c1", 2, "p1"))).unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }), "{taken:?}");
        assert_eq!(load!(db, claims::find("c1")), Some(claim("c1", 2, "p1")));
        assert_eq!(load!(db, claims::find("c9")), None);
        let all = load!(db, claims::list(None, None, 10));
        assert_eq!(all, [claim("c3", 1, "p1"), claim("c2", 1, "p2"), claim("c1", 2, "p1")]);
        let product = ProductId::from("p1");
        assert_eq!(load!(db, claims::list(Some(&product), Some("c3"), 10)), [claim("c1", 2, "p1")]);
        assert_eq!(load!(db, claims::list(None, None, 1)).len(), 1);
    })
    .await;
}
