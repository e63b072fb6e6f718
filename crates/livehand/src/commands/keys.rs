//! `livehand keys`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{anyhow, bail};
use livehand_kernel::{Clock, Millis};
use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::data_dir::DataDir;
use crate::edge::{SystemClock, SystemEntropy};
use crate::exit;
use crate::keys;
use crate::settings::Settings;
use crate::words::{said, say};

/// How often it is asked how far the wrapping has come.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Nothing more was wrapped in so many looks: something is wrong.
const LOOKS_WITHOUT_PROGRESS_MAX: u32 = 100;

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
    waiting: i64,
    refused: Option<String>,
}

#[derive(Deserialize)]
struct Key {
    id: String,
    created: Option<Millis>,
    state: String,
    customers: i64,
}

/// Makes a key file.
pub fn new(file: &Path) -> anyhow::Result<u8> {
    let ring = keys::make(file)?;
    let whole = std::fs::canonicalize(file)?;
    let (path, id) = (whole.display(), ring.about().into_iter().map(|key| key.id).collect::<String>());
    println!(
        "{}",
        say(
            format!(
                "{path} holds the key {id}\n\nName it in livehand.toml of the data directory:\n  keys = \"{path}\"\nor in the environment: LIVEHAND__KEYS={path}\nThen start the server again. Keep a copy of the file apart from the backups of the data:\nwithout it nobody can read the names, numbers and addresses any more."
            ),
            format!(
                "{path} 已写入密钥 {id}\n\n请在数据目录的 livehand.toml 中写明：\n  keys = \"{path}\"\n或设置环境变量：LIVEHAND__KEYS={path}\n然后重新启动服务。请把密钥文件另存一份，与数据备份分开保管：\n丢失密钥后，姓名、电话、地址将无法读取。"
            )
        )
    );
    Ok(exit::DONE)
}

/// Says which keys there are and what they wrap.
pub async fn status(data: &DataDir) -> anyhow::Result<u8> {
    let client = Client::of(data).await?;
    let found = client.get::<Keys>("/privacy/keys").await;
    client.close().await?;
    let found = found?;
    if let Some(why) = &found.refused {
        println!("{}", say(format!("no key is in force: {why}"), format!("没有生效的密钥：{why}")));
    }
    print(&found);
    let missing = found.keys.iter().any(|key| key.state == "missing");
    Ok(if found.refused.is_some() || missing { exit::FAILED } else { exit::DONE })
}

/// Adds a key to the file, puts it in force, and waits until everything is wrapped by it.
pub async fn rotate(data: &DataDir) -> anyhow::Result<u8> {
    let file = file_of(data)?;
    let ring = keys::read(data, &file).map_err(|why| anyhow!(said(&why.0)))?;
    keys::replace(&file, &ring.rotated(SystemClock.now(), &SystemEntropy))?;
    let client = Client::of(data).await?;
    let done = follow(&client).await;
    let own = client.is_own();
    client.close().await?;
    let found = done?;
    print(&found);
    if found.waiting > 0 {
        let wait = say(
            format!("{} customers are not wrapped by the new key yet", found.waiting),
            format!("还有 {} 位客户未换用新密钥", found.waiting),
        );
        bail!(
            "{wait}{}",
            if own {
                say(": run livehand keys status", "，请执行 livehand keys status")
            } else {
                String::new()
            }
        );
    }
    println!(
        "{}",
        say(
            "the new key is in force and wraps everything; the key before is destroyed with: livehand keys retire\nBackups made before can then not be read any more.",
            "新密钥已生效并已全部换用；执行 livehand keys retire 可销毁旧密钥，\n之后，此前的备份中的个人信息将无法读取。"
        )
    );
    Ok(exit::DONE)
}

/// Destroys the keys that wrap nothing any more.
pub async fn retire(data: &DataDir) -> anyhow::Result<u8> {
    let file = file_of(data)?;
    let client = Client::of(data).await?;
    let done = retire_unused(data, &file, &client).await;
    client.close().await?;
    let (found, retired) = done?;
    print(&found);
    println!("{}", say(format!("{retired} keys destroyed"), format!("已销毁 {retired} 个密钥")));
    Ok(exit::DONE)
}

async fn retire_unused(data: &DataDir, file: &Path, client: &Client) -> anyhow::Result<(Keys, usize)> {
    // What was on its way when the key came into force is wrapped anew first.
    let found = follow(client).await?;
    if let Some(why) = found.refused {
        bail!(why);
    }
    let unused: Vec<String> = (found.keys.iter())
        .filter(|key| key.state == "previous" && key.customers == 0)
        .map(|key| key.id.clone())
        .collect();
    if found.waiting > 0 {
        bail!(say(
            format!(
                "{} customers still need the key before; run livehand keys rotate or wait",
                found.waiting
            ),
            format!("还有 {} 位客户在用旧密钥，请等待换用完成", found.waiting)
        ));
    }
    let ring = keys::read(data, file).map_err(|why| anyhow!(said(&why.0)))?;
    keys::replace(file, &ring.retired(&unused))?;
    Ok((client.post("/privacy/keys/reload", json!({})).await?, unused.len()))
}

/// Tells the server of the new key and waits until it wraps everything. If this is stopped, the server goes on.
async fn follow(client: &Client) -> anyhow::Result<Keys> {
    let mut found: Keys = client.post("/privacy/keys/reload", json!({})).await?;
    let all = found.waiting;
    let mut still = 0;
    while found.waiting > 0 && still < LOOKS_WITHOUT_PROGRESS_MAX {
        eprintln!(
            "livehand: {}",
            say(
                format!("{} of {all} customers wrapped anew", all - found.waiting),
                format!("已换用 {} / {all} 位客户", all - found.waiting)
            )
        );
        tokio::time::sleep(LOOK_EVERY).await;
        let before = found.waiting;
        found = client.get("/privacy/keys").await?;
        still = if found.waiting < before { 0 } else { still + 1 };
    }
    Ok(found)
}

fn file_of(data: &DataDir) -> anyhow::Result<PathBuf> {
    Settings::load(data)?.keys.ok_or_else(|| {
        anyhow!(say(
            "no key file is set; make one with: livehand keys new FILE",
            "未设置密钥文件；请执行 livehand keys new 文件"
        ))
    })
}

fn print(found: &Keys) {
    for key in &found.keys {
        let state = match key.state.as_str() {
            "active" => say("in force", "使用中"),
            "previous" => say("before", "旧密钥"),
            "retired" => say("destroyed", "已销毁"),
            _ => say("not in the file", "不在文件中"),
        };
        let created = key.created.map(Millis::to_rfc3339).unwrap_or_default();
        let customers = say(format!("{} customers", key.customers), format!("{} 位客户", key.customers));
        println!("{}  {created}  {state}  {customers}", key.id);
    }
}
