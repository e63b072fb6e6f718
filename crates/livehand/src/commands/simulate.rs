//! `livehand simulate`.

use indicatif::{ProgressBar, ProgressStyle};
use livehand_connectors::catalogue::{self, Catalogue};
use livehand_connectors::simulated::{Audience, Scenario, SimulatedProduct};
use livehand_kernel::{Clock, Millis};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::feed::{Feed, Sent};
use crate::client::{Client, Refused, Taken};
use crate::edge::SystemClock;
use crate::exit;
use crate::words::say;

/// What is simulated.
pub struct Plan {
    pub viewers: u32,
    pub minutes: u32,
    pub seed: u64,
    pub show: Option<String>,
}

pub async fn run(plan: Plan, to: &str, token: String) -> anyhow::Result<u8> {
    let client = Client::at(to, token)?;
    let catalogue = catalogue::show_618()?;
    let (show, made) = match plan.show.clone() {
        Some(show) => (show, false),
        None => (make_show(&client, &catalogue, "模拟观众测试（合成数据）").await?, true),
    };
    let start = SystemClock.now();
    let Plan { viewers, minutes, seed, .. } = plan;
    let audience = Audience::new(scenario(&catalogue, seed, viewers, minutes, start));
    println!(
        "{}",
        say(
            format!(
                "sending about {viewers} made-up viewers to show {show} for {minutes} minutes; Ctrl-C stops"
            ),
            format!("向场次 {show} 发送约 {viewers} 名虚构观众，共 {minutes} 分钟，按 Ctrl-C 停止"),
        )
    );
    let bar = ProgressBar::new(u64::from(minutes) * 60);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} s {msg}") {
        bar.set_style(style);
    }
    let stop = CancellationToken::new();
    let mut total = Taken::default();
    let source = format!("simulated-{}", start.0);
    let feed = Feed { client: &client, show: &show, source: &source, recording: false };
    let sent = |sent: Sent| {
        total.recorded += sent.taken.recorded;
        total.duplicates += sent.taken.duplicates;
        bar.set_position(u64::try_from(SystemClock.now().0 - start.0).unwrap_or(0) / 1000);
        bar.set_message(format!("{} events", total.recorded));
    };
    let run = feed.run(audience, |event| event.at, sent, &stop);
    tokio::select! {
        result = run => result?,
        () = super::asked_to_stop() => stop.cancel(),
    }
    bar.finish_and_clear();
    if made {
        client.post::<Value>(&format!("/shows/{show}/end"), json!({})).await?;
    }
    let Taken { recorded, duplicates } = total;
    println!(
        "{}",
        say(
            format!("{recorded} events recorded, {duplicates} repeated"),
            format!("已记录 {recorded} 条事件，重复 {duplicates} 条"),
        )
    );
    Ok(exit::DONE)
}

/// The audience that a catalogue gets.
pub fn scenario(catalogue: &Catalogue, seed: u64, viewers: u32, minutes: u32, start: Millis) -> Scenario {
    let products = catalogue.products.iter().map(|product| SimulatedProduct {
        id: product.id.clone(),
        name: product.name.clone(),
        price: product.price_fen,
        link_number: product.link_number,
    });
    Scenario {
        seed,
        viewers,
        minutes,
        start,
        products: products.collect(),
        slot_seconds: catalogue.slot_seconds,
    }
}

/// Makes a show with the products of a catalogue, and opens it.
pub async fn make_show(client: &Client, catalogue: &Catalogue, title: &str) -> anyhow::Result<String> {
    for product in &catalogue.products {
        let body = json!({
            "id": product.id, "name": product.name, "price_fen": product.price_fen, "link_number": product.link_number,
        });
        match client.post::<Value>("/products", body).await {
            Err(error)
                if error
                    .downcast_ref::<Refused>()
                    .is_some_and(|refused| refused.code == "product_exists") => {}
            other => {
                other?;
            }
        }
    }
    let body = json!({ "title": title, "kind": catalogue.kind, "synthetic": true });
    let made: Value = client.post("/shows", body).await?;
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let products: Vec<&str> = catalogue.products.iter().map(|product| product.id.as_str()).collect();
    client.put::<Value>(&format!("/shows/{id}/lineup"), json!({ "products": products })).await?;
    client.post::<Value>(&format!("/shows/{id}/open"), json!({})).await?;
    Ok(id)
}
