//! Facts in versions, SKUs, edits and imports.

use livehand_kernel::{FactKey, FactRef, Fen, Millis, PersonId, ProductId, ShowId, SkuId};
use livehand_storage::fact_edits::EditRow;
use livehand_storage::facts::{FactRow, NewFact};
use livehand_storage::imports::ImportRow;
use livehand_storage::products::{ProductFilter, ProductRow};
use livehand_storage::skus::SkuRow;
use livehand_storage::{Db, Error, Statement};
use serde_json::{Value, json};

use crate::{behind_its_back, load, on_every_engine, product, save, show, with_room};

fn key(product: &str, sku: Option<&str>, field: &str) -> FactKey {
    FactKey { product: ProductId::from(product), sku: sku.map(SkuId::from), field: field.to_owned() }
}

fn fact(key: FactKey, value: Value) -> NewFact {
    NewFact {
        key,
        value,
        valid_from: None,
        valid_to: Some(Millis(9_000)),
        source: "manual".to_owned(),
        person_id: PersonId::from("p1"),
        person_name: "Sample Lin".to_owned(),
        at: Millis(2_000),
        evidence: Some("合同第 3 页".to_owned()),
        edit: None,
    }
}

fn sku(id: &str, position: i64) -> SkuRow {
    SkuRow {
        id: SkuId::from(id),
        product_id: ProductId::from("tee"),
        position,
        created_at: Millis(1_000),
        disabled_at: None,
        edit: None,
    }
}

fn edit(id: &str) -> EditRow {
    EditRow {
        id: id.to_owned(),
        at: Millis(3_000),
        person_id: PersonId::from("p1"),
        person_name: "Sample Lin".to_owned(),
        what: "grid".to_owned(),
        facts: 2,
        undone_by: None,
    }
}

async fn found(db: &Db, id: &str) -> ProductRow {
    load!(db, products::find(&ProductId::from(id))).unwrap()
}

async fn listed(db: &Db, filter: ProductFilter) -> Vec<String> {
    let filter = ProductFilter { limit: 10, ..filter };
    load!(db, products::list(&filter)).into_iter().map(|it| it.product.id.0).collect()
}

#[tokio::test]
async fn a_fact_keeps_every_version_with_who_wrote_it() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        let price = key("tee", None, "live_price");
        assert_eq!(load!(db, facts::current(&price)), None);
        let first = fact(price.clone(), json!(5_900));
        let second = NewFact { at: Millis(4_000), evidence: None, ..fact(price.clone(), json!(4_900)) };
        assert_eq!(save!(db, facts::append(&first)).unwrap(), 1);
        assert_eq!(save!(db, facts::append(&second)).unwrap(), 2);
        // Another field and the same field of a SKU count by themselves.
        assert_eq!(
            save!(db, facts::append(&fact(key("tee", Some("tee-l"), "live_price"), json!(6_900)))).unwrap(),
            1
        );
        let rows = [FactRow { version: 2, fact: second }, FactRow { version: 1, fact: first }];
        assert_eq!(load!(db, facts::history(&price)), rows);
        assert_eq!(load!(db, facts::current(&price)), Some(rows[0].clone()));
        let quoted = FactRef { fact: price, version: 1 };
        assert_eq!(rows[1].reference(), quoted);
        assert_eq!(load!(db, facts::version(&quoted)), Some(rows[1].clone()));
        let fields: Vec<_> = load!(db, facts::of_product(&ProductId::from("tee")))
            .into_iter()
            .map(|row| (row.fact.key.sku.map(|sku| sku.0), row.version, row.fact.value))
            .collect();
        assert_eq!(fields, [(None, 2, json!(4_900)), (Some("tee-l".to_owned()), 1, json!(6_900))]);
        let homeless = save!(db, facts::append(&fact(key("hat", None, "name"), json!("帽")))).unwrap_err();
        assert!(matches!(homeless, Error::Conflict { .. }), "{homeless:?}");
    })
    .await;
}

#[test]
fn no_statement_changes_or_deletes_a_fact() {
    for statement in inventory::iter::<Statement> {
        let text = statement.text.to_lowercase();
        let changes = ["update facts", "delete from facts", "truncate", "into facts on conflict"];
        assert!(changes.iter().all(|change| !text.contains(change)), "{}", statement.place);
    }
}

#[tokio::test]
async fn the_row_of_a_product_mirrors_its_current_facts() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        save!(db, skus::insert(&sku("tee-l", 1))).unwrap();
        save!(db, skus::insert(&sku("tee-m", 2))).unwrap();
        let facts = [
            fact(key("tee", None, "name"), json!("纯棉T恤")),
            fact(key("tee", None, "link_number"), json!(7)),
            fact(key("tee", Some("tee-l"), "live_price"), json!(6_900)),
            fact(key("tee", Some("tee-m"), "live_price"), json!(5_900)),
        ];
        let written = save!(db, facts::append_all(&facts)).unwrap();
        assert_eq!(written.iter().map(|fact| fact.version).collect::<Vec<_>>(), [1; 4]);
        let row = found(&db, "tee").await;
        assert_eq!((row.name.as_str(), row.price, row.link_number), ("纯棉T恤", Fen(5_900), 7));
        // Without the cheaper SKU the other is the lowest, and the product's own price comes before both.
        assert!(save!(db, skus::set_disabled(&SkuId::from("tee-m"), Some(Millis(5)))).unwrap());
        save!(db, facts::append(&fact(key("tee", None, "brand"), json!("青禾")))).unwrap();
        assert_eq!(found(&db, "tee").await.price, Fen(6_900));
        save!(db, facts::append(&fact(key("tee", None, "live_price"), json!(4_900)))).unwrap();
        assert_eq!(found(&db, "tee").await.price, Fen(4_900));
        // A fact that is taken back leaves the row with what it said last.
        save!(db, facts::append(&fact(key("tee", None, "name"), Value::Null))).unwrap();
        assert_eq!(found(&db, "tee").await.name, "纯棉T恤");
    })
    .await;
}

#[tokio::test]
async fn skus_keep_their_order_and_come_back_into_use() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        for (id, position) in [("b", 2), ("c", 3), ("a", 1)] {
            save!(db, skus::insert(&sku(id, position))).unwrap();
        }
        let twice = save!(db, skus::insert(&sku("a", 4))).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");
        let ids: Vec<_> =
            load!(db, skus::of_product(&ProductId::from("tee"))).into_iter().map(|sku| sku.id.0).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        let b = SkuId::from("b");
        assert!(save!(db, skus::set_disabled(&b, Some(Millis(7)))).unwrap());
        assert_eq!(load!(db, skus::find(&b)), Some(SkuRow { disabled_at: Some(Millis(7)), ..sku("b", 2) }));
        assert!(save!(db, skus::set_disabled(&b, None)).unwrap());
        assert_eq!(load!(db, skus::find(&b)), Some(sku("b", 2)));
        assert!(!save!(db, skus::set_disabled(&SkuId::from("z"), None)).unwrap());
        assert_eq!(load!(db, skus::of_all()).len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_edit_knows_its_facts_and_is_undone_once() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        save!(db, fact_edits::insert(&edit("e1"))).unwrap();
        save!(db, fact_edits::insert(&edit("e2"))).unwrap();
        let written =
            NewFact { edit: Some("e1".to_owned()), ..fact(key("tee", None, "name"), json!("T恤")) };
        save!(db, facts::append(&written)).unwrap();
        save!(db, facts::append(&fact(key("tee", None, "brand"), json!("青禾")))).unwrap();
        assert_eq!(load!(db, facts::of_edit("e1")), [FactRow { version: 1, fact: written }]);
        assert!(save!(db, fact_edits::set_undone("e1", "e2")).unwrap());
        assert!(!save!(db, fact_edits::set_undone("e1", "e2")).unwrap());
        let undone = EditRow { undone_by: Some("e2".to_owned()), ..edit("e1") };
        assert_eq!(load!(db, fact_edits::list(None, 10)), [edit("e2"), undone.clone()]);
        assert_eq!(load!(db, fact_edits::list(Some("e2"), 10)), std::slice::from_ref(&undone));
        assert_eq!(load!(db, fact_edits::find("e1")), Some(undone));
        let stray = NewFact { edit: Some("e9".to_owned()), ..fact(key("tee", None, "name"), json!("裙")) };
        assert!(matches!(save!(db, facts::append(&stray)).unwrap_err(), Error::Conflict { .. }));
    })
    .await;
}

#[tokio::test]
async fn an_import_is_settled_once_and_then_forgets_its_cells() {
    on_every_engine(|db| async move {
        let sent = ImportRow {
            id: "i1".to_owned(),
            name: "618.xlsx".to_owned(),
            status: "previewed".to_owned(),
            at: Millis(1_000),
            person_id: PersonId::from("p1"),
            person_name: "Sample Lin".to_owned(),
            sheet: "[[\"品名\"]]".to_owned(),
            mapping: "{}".to_owned(),
            edit: None,
        };
        save!(db, imports::insert(&sent)).unwrap();
        assert!(save!(db, imports::set_mapping("i1", "{\"a\":1}")).unwrap());
        let mapped = ImportRow { mapping: "{\"a\":1}".to_owned(), ..sent };
        assert_eq!(load!(db, imports::find("i1")), Some(mapped.clone()));
        save!(db, fact_edits::insert(&edit("e1"))).unwrap();
        assert!(save!(db, imports::settle("i1", "applied", Some("e1"))).unwrap());
        assert!(!save!(db, imports::settle("i1", "dropped", None)).unwrap());
        assert!(!save!(db, imports::set_mapping("i1", "{}")).unwrap());
        let applied = ImportRow {
            status: "applied".to_owned(),
            sheet: String::new(),
            edit: Some("e1".to_owned()),
            ..mapped
        };
        assert_eq!(load!(db, imports::find("i1")), Some(applied));
    })
    .await;
}

#[tokio::test]
async fn a_product_is_on_air_while_a_show_with_it_is() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        let (tee, tonight) = (ProductId::from("tee"), ShowId::from("s1"));
        save!(db, products::insert(&product("tee", 1))).unwrap();
        save!(db, products::insert(&product("hat", 2))).unwrap();
        save!(db, shows::insert(&show("s1", "Evening"))).unwrap();
        save!(db, shows::set_lineup(&tonight, std::slice::from_ref(&tee))).unwrap();
        assert_eq!(load!(db, shows::on_air_with(&tee)), []);
        save!(db, shows::open(&tonight, Millis(1))).unwrap();
        assert_eq!(load!(db, shows::on_air_with(&tee)), std::slice::from_ref(&tonight));
        assert_eq!(load!(db, shows::on_air_with(&ProductId::from("hat"))), []);
        assert_eq!(load!(db, shows::products_on_air()), std::slice::from_ref(&tee));
        save!(db, shows::end(&tonight, Millis(2))).unwrap();
        assert_eq!(load!(db, shows::products_on_air()), []);
    })
    .await;
}

#[tokio::test]
async fn products_of_before_there_were_facts_have_those_of_their_row() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("migrations");
    std::fs::create_dir(&old).unwrap();
    let first = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/0001_foundation.sql");
    std::fs::copy(first, old.join("0001_foundation.sql")).unwrap();
    let path = folder.path().join("old.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::migrate::Migrator::new(old).await.unwrap().run(&pool).await.unwrap();
    let add = r#"INSERT INTO products VALUES ('tee', '2" \ 款 Tee', 5900, 3, 1000)"#;
    sqlx::query(add).execute(&pool).await.unwrap();
    pool.close().await;

    let db = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
    let facts: Vec<_> = load!(db, facts::of_product(&ProductId::from("tee")))
        .into_iter()
        .map(|row| (row.fact.key.field, row.version, row.fact.value))
        .collect();
    let expected =
        [("link_number", json!(3)), ("live_price", json!(5_900)), ("name", json!(r#"2" \ 款 Tee"#))];
    assert_eq!(facts, expected.map(|(field, value)| (field.to_owned(), 1, value)));
    db.close().await;
}

#[tokio::test]
async fn a_damaged_fact_is_named_and_not_taken_for_something_else() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        save!(db, facts::append(&fact(key("tee", None, "name"), json!("T恤")))).unwrap();
        behind_its_back(&db, "UPDATE facts SET value = '\"T'").await;
        let tx = db.read().await.unwrap();
        let error = livehand_storage::facts::of_product(&tx, &ProductId::from("tee")).await.unwrap_err();
        assert_eq!(error.to_string(), "the fact name of the product tee is damaged");
    })
    .await;
}

#[tokio::test]
async fn products_are_found_by_what_people_call_them_and_filtered_by_what_they_lack() {
    on_every_engine(|db| async move {
        for (id, link) in [("tee", 1), ("hat", 22), ("pen", 23)] {
            save!(db, products::insert(&product(id, link))).unwrap();
        }
        save!(db, skus::insert(&sku("tee-l", 1))).unwrap();
        let facts = [
            fact(key("tee", None, "name"), json!("Élan 纯棉T恤")),
            fact(key("tee", None, "aliases"), json!(["蓝色那个", "3号链接"])),
            fact(key("tee", None, "category"), json!("apparel")),
            fact(key("tee", Some("tee-l"), "merchant_code"), json!("QH-01%")),
            fact(key("hat", None, "link_number"), json!(22)),
            fact(key("hat", None, "status"), json!("ready")),
        ];
        save!(db, facts::append_all(&facts)).unwrap();
        let by = |text: &str| ProductFilter { search: Some(text.to_owned()), ..ProductFilter::default() };
        for (text, ids) in [
            ("纯棉", vec!["tee"]),
            ("ÉLAN", vec!["tee"]),
            ("蓝色", vec!["tee"]),
            ("qh-01%", vec!["tee"]),
            ("22", vec!["hat"]),
            ("sample", vec!["pen"]),
            ("%", vec!["tee"]),
        ] {
            assert_eq!(listed(&db, by(text)).await, ids, "{text}");
        }
        let category = Some("apparel".to_owned());
        assert_eq!(listed(&db, ProductFilter { category, ..ProductFilter::default() }).await, ["tee"]);
        let status = Some("ready".to_owned());
        assert_eq!(listed(&db, ProductFilter { status, ..ProductFilter::default() }).await, ["hat"]);
        let tee = load!(db, products::list(&ProductFilter { limit: 10, ..by("tee") })).remove(0);
        assert_eq!((tee.skus, tee.category.as_str(), tee.status.as_str()), (1, "apparel", "draft"));
        assert!(tee.missing.contains(&"size_chart".to_owned()) && !tee.missing.contains(&"name".to_owned()));
        assert!(usize::try_from(tee.required).unwrap() > tee.missing.len());
        let incomplete =
            |at: i64| ProductFilter { incomplete_at: Some(Millis(at)), ..ProductFilter::default() };
        assert_eq!(listed(&db, incomplete(0)).await, ["tee", "hat", "pen"]);
        // Whatever is filled in, a paper that has run out makes it incomplete again.
        behind_its_back(
            &db,
            "UPDATE products SET missing = '', required = 1, expires_at = 500 WHERE id <> 'pen'",
        )
        .await;
        assert_eq!(listed(&db, incomplete(499)).await, ["pen"]);
        assert_eq!(listed(&db, incomplete(500)).await, ["tee", "hat", "pen"]);
    })
    .await;
}

#[tokio::test]
async fn the_whole_catalogue_is_read_with_what_is_on_air() {
    on_every_engine(|db| async move {
        with_room(&db).await;
        save!(db, products::insert(&product("tee", 1))).unwrap();
        save!(db, products::insert(&product("hat", 2))).unwrap();
        save!(db, skus::insert(&sku("tee-l", 1))).unwrap();
        let facts = [
            fact(key("tee", None, "brand"), json!("青禾")),
            fact(key("tee", Some("tee-l"), "live_price"), json!(5_900)),
            fact(key("tee", Some("tee-l"), "live_price"), json!(4_900)),
        ];
        save!(db, facts::append_all(&facts)).unwrap();
        save!(db, shows::insert(&show("s1", "Evening"))).unwrap();
        save!(db, shows::set_lineup(&ShowId::from("s1"), &[ProductId::from("tee")])).unwrap();
        save!(db, shows::open(&ShowId::from("s1"), Millis(1))).unwrap();
        let all = load!(db, catalogue::all());
        let tee = load!(db, catalogue::product(&ProductId::from("tee"))).unwrap();
        assert_eq!(all.products.get(&ProductId::from("tee")), Some(&tee));
        assert!(tee.on_air && !all.products[&ProductId::from("hat")].on_air);
        let price = &tee.skus[&SkuId::from("tee-l")].facts["live_price"];
        assert_eq!((&price.value, price.version), (&json!(4_900), 2));
        assert_eq!(load!(db, catalogue::product(&ProductId::from("pen"))), None);
    })
    .await;
}
