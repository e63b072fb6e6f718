//! Parcels through the whole program: from node to node, and not while something holds them.

use livehand_tests::api::text;
use serde_json::{Value, json};

use crate::orders::{Shop, notice};
use crate::{now, until};

const PATH: &str = "/api/v1/fulfilment";

/// Takes orders that are paid; their ids.
async fn paid(shop: &Shop, numbers: &[&str]) -> Vec<String> {
    for number in numbers {
        let mut paid = notice(number, "paid", now() - 60_000);
        paid["lines"] = json!([{ "sku": "tee", "quantity": 1, "paid_fen": 9_900 }]);
        assert_eq!(shop.deliver(&format!("paid-{number}"), &paid).await.status, 200);
    }
    let checked = async || {
        let mut checked = true;
        for number in numbers {
            checked &= shop.order(number).await["fulfilment"]["checked"] == true;
        }
        checked
    };
    until(checked, |checked| *checked).await;
    numbers.iter().map(|number| format!("douyin:{number}")).collect()
}

fn moves(orders: &[String], node: &str) -> Value {
    json!({ "orders": orders, "node": node })
}

#[tokio::test]
async fn a_wave_goes_from_node_to_node_except_for_what_is_held_or_not_paid() {
    let shop = Shop::open().await;
    let (warehouse, _) = shop.operator.hire("仓库老马", &["warehouse"]).await.unwrap();
    let orders = paid(&shop, &["A1", "A2", "A3"]).await;
    let held = json!({ "orders": [orders[1]], "reason": "goods" });
    assert_eq!(warehouse.done(&format!("{PATH}/hold"), held.clone()).await.unwrap()["changed"], 1);

    let ready = warehouse.get(&format!("{PATH}?node=to_print&held=false")).await.unwrap().json();
    let ready: Vec<_> = ready["orders"].as_array().unwrap().iter().map(|it| text(it, "/order")).collect();
    assert_eq!(ready, [orders[0].clone(), orders[2].clone()]);

    // One that is held stops the wave, and is named.
    let refused = warehouse.post(PATH, moves(&orders, "printed")).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "order_held"));
    let problem = refused.json();
    assert_eq!(text(&problem, "/errors/0/field"), "orders[1]", "{problem}");
    assert!(text(&problem, "/errors/0/expected").contains("somebody stopped it"), "{problem}");
    assert_eq!(text(&shop.order("A1").await, "/fulfilment/node"), "to_print", "nothing was half done");

    let mut skipping = moves(&orders, "printed");
    skipping["skip_refused"] = json!(true);
    let done = warehouse.done(PATH, skipping).await.unwrap();
    assert_eq!(done["moved"], json!([orders[0], orders[2]]));
    assert_eq!(
        (text(&done, "/refused/0/order"), text(&done, "/refused/0/code")),
        (orders[1].clone(), "order_held".to_owned())
    );
    let again = warehouse.done(PATH, moves(&orders[..1], "printed")).await.unwrap();
    assert_eq!((&again["moved"], &again["again"]), (&json!([]), &json!([orders[0]])));

    // What holds it is on the order, with who placed it; when it is lifted, that is as well.
    let order = shop.order("A2").await;
    assert_eq!(
        (&order["fulfilment"]["held"], text(&order, "/fulfilment/holds/0/placed_by")),
        (&json!(true), "仓库老马".to_owned())
    );
    warehouse.done(&format!("{PATH}/release"), held).await.unwrap();
    let order = shop.order("A2").await;
    assert_eq!(
        (&order["fulfilment"]["held"], text(&order, "/fulfilment/holds/0/lifted_by")),
        (&json!(false), "仓库老马".to_owned())
    );
    for node in ["printed", "out", "collected"] {
        warehouse.done(PATH, moves(&orders, node)).await.unwrap();
    }
    let order = shop.order("A2").await;
    assert_eq!(text(&order, "/fulfilment/node"), "collected");
    assert!(
        order["fulfilment"]["printed_at"].as_i64() <= order["fulfilment"]["collected_at"].as_i64(),
        "{order}"
    );

    // Nobody paid for this one, and the other was given back.
    let created = notice("B1", "created", now() - 60_000);
    assert_eq!(shop.deliver("b1", &created).await.status, 200);
    paid(&shop, &["B2"]).await;
    assert_eq!(shop.deliver("b2", &notice("B2", "refunded", now() - 1_000)).await.status, 200);
    for (number, code) in [("B1", "order_not_paid"), ("B2", "order_ended")] {
        let refused = warehouse.post(PATH, moves(&[format!("douyin:{number}")], "printed")).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (409, code));
    }
    let unknown = warehouse.post(PATH, moves(&["douyin:nothing".to_owned()], "printed")).await.unwrap();
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn what_is_held_is_neither_picked_nor_labelled_and_a_platform_that_shipped_is_believed() {
    let shop = Shop::open().await;
    let (warehouse, _) = shop.operator.hire("仓库老马", &["warehouse"]).await.unwrap();
    let orders = paid(&shop, &["A1", "A2"]).await;
    let mut whom = notice("A1", "paid", now() - 50_000);
    whom["recipient"] =
        json!({ "name": "欧阳雪融", "phone": "13800138765", "address": "浙江省杭州市余杭区文一西路969号" });
    assert_eq!(shop.deliver("whom", &whom).await.status, 200);
    until(async || shop.order("A1").await, |order| order["fulfilment"]["checked"] == true).await;
    let stock = json!({ "movements": [{ "id": "in", "sku": "tee", "kind": "received", "quantity": 5 }] });
    let received = shop.operator.post("/api/v1/stock/movements", stock).await.unwrap();
    assert!(received.status < 300, "{}", String::from_utf8_lossy(&received.body));
    let wish = json!({ "order": orders[0], "lines": [{ "sku": "tee", "quantity": 1 }] });
    shop.operator.done("/api/v1/reservations", wish).await.unwrap();
    shop.operator.done(&format!("/api/v1/reservations/{}/pay", orders[0]), json!({})).await.unwrap();

    let held = json!({ "orders": [orders[0]], "reason": "buyer_asked" });
    shop.operator.done(&format!("{PATH}/hold"), held.clone()).await.unwrap();
    let pick = format!("/api/v1/reservations/{}/pick", orders[0]);
    let refused = warehouse.post(&pick, json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "order_held"));
    let labels = json!({ "deliveries": [orders[0]] });
    let label = warehouse.done("/api/v1/labels", labels.clone()).await.unwrap();
    assert_eq!(text(&label, "/labels/0/refused"), "held", "{label}");
    shop.operator.done(&format!("{PATH}/release"), held).await.unwrap();
    warehouse.done(&pick, json!({})).await.unwrap();
    let label = warehouse.done("/api/v1/labels", labels).await.unwrap();
    assert_eq!(text(&label, "/labels/0/recipient/name"), "欧阳雪融");

    assert_eq!(shop.deliver("shipped", &notice("A2", "shipped", now() - 1_000)).await.status, 200);
    let order = shop.order("A2").await;
    assert_eq!(text(&order, "/fulfilment/node"), "out", "{order}");
}
