//! `livehand stock`.

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::data_dir::DataDir;
use crate::exit;
use crate::words::say;

#[derive(Deserialize)]
struct Repaired {
    checked: usize,
    wrong: Vec<Wrong>,
    put_right: usize,
}

#[derive(Deserialize)]
struct Wrong {
    sku: String,
    drift: Vec<Drift>,
    broken: Vec<String>,
    damaged: Vec<i64>,
}

#[derive(Deserialize)]
struct Drift {
    field: String,
    kept: i64,
    computed: i64,
}

/// Computes the sums of stock again from the movements and tells what differs; with `apply` they are put right. It goes
/// through the server, which may be running, so that what is put right leaves its audit row.
pub async fn run(data: &DataDir, sku: Option<&str>, apply: bool) -> anyhow::Result<u8> {
    let client = Client::of(data).await?;
    let found = client.post("/stock/repair", json!({ "sku": sku, "apply": apply })).await;
    client.close().await?;
    let Repaired { checked, wrong, put_right } = found?;
    for it in &wrong {
        print_wrong(it);
    }
    println!(
        "{}",
        say(
            format!("{checked} SKUs checked, {} wrong, {put_right} put right", wrong.len()),
            format!("检查 {checked} 个规格，{} 个不符，修正 {put_right} 个", wrong.len())
        )
    );
    Ok(if wrong.len() > put_right { exit::DAMAGED } else { exit::DONE })
}

fn print_wrong(Wrong { sku, drift, broken, damaged }: &Wrong) {
    println!("{sku}");
    for Drift { field, kept, computed } in drift {
        println!(
            "{}",
            say(
                format!("  {field}: {kept} is kept, the movements give {computed}"),
                format!("  {field}：台账为 {kept}，按变动重算为 {computed}")
            )
        );
    }
    for words in broken {
        println!("  {words}");
    }
    if !damaged.is_empty() {
        let numbers = damaged.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        println!(
            "{}",
            say(
                format!("  movements {numbers} make no sense where they stand: nothing is put right"),
                format!("  第 {numbers} 笔变动不合理或缺失，不作修正，请人工核对")
            )
        );
    }
}
