//! `livehand user add`.

use livehand_kernel::Hat;
use serde_json::{Value, json};

use crate::client::Client;
use crate::data_dir::DataDir;
use crate::exit;
use crate::settings::Settings;
use crate::words::say;

pub async fn add(name: &str, hats: &[Hat], data: &DataDir) -> anyhow::Result<u8> {
    let client = Client::of(data).await?;
    let added: anyhow::Result<Value> = client.post("/people", json!({ "name": name, "hats": hats })).await;
    // A server that was started for this command ends with it; the link is for the one that will run.
    let running = data.running().filter(|_| !client.is_own());
    let running = running.map(|running| format!("http://{}", running.address));
    client.close().await?;
    let added = added?;
    let link = added.get("link").and_then(Value::as_str).unwrap_or_default();
    let settings = Settings::load(data)?;
    let base = settings.public_url.or(running).unwrap_or_else(|| format!("http://{}", settings.listen));
    println!(
        "{}\n  {base}{link}",
        say(
            format!("{name} was added. The link lets them in once:"),
            format!("已添加 {name}，凭此链接可进入一次：")
        )
    );
    Ok(exit::DONE)
}
