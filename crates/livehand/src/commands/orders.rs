//! `livehand orders`.

use std::path::Path;

use anyhow::Context;
use livehand_prepare::sheet::FILE_BYTES_MAX;
use serde::Deserialize;

use crate::client::Client;
use crate::data_dir::DataDir;
use crate::exit::{self, FAILED};
use crate::words::say;

#[derive(Deserialize)]
struct Taken {
    applied: bool,
    orders: usize,
    opened: usize,
    moved: usize,
    filled: usize,
    older: usize,
    same: usize,
    without_recipient: usize,
    refused: Vec<Refused>,
    refused_count: usize,
}

#[derive(Deserialize)]
struct Refused {
    row: u32,
    field: String,
    expected: String,
}

/// Takes a shop's export of orders, or with `preview` only tells what would become of it. It goes through the server, which
/// may be running.
pub async fn import(
    file: &Path,
    platform: Option<&str>,
    sheet: Option<&str>,
    preview: bool,
    data: &DataDir,
) -> anyhow::Result<u8> {
    let path = file.display();
    let cannot = || say(format!("cannot read {path}"), format!("无法读取 {path}"));
    let size = std::fs::metadata(file).with_context(cannot)?.len();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    // A file that is too large is not even looked at; the server says so.
    let bytes =
        if size > most { vec![0; FILE_BYTES_MAX + 1] } else { std::fs::read(file).with_context(cannot)? };
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let apply = if preview { "false" } else { "true" };
    let mut query = vec![("name", name.as_str()), ("apply", apply)];
    query.extend(platform.map(|platform| ("platform", platform)));
    query.extend(sheet.map(|sheet| ("sheet", sheet)));
    let client = Client::of(data).await?;
    let done: anyhow::Result<Taken> = client.upload("/orders/import", &query, bytes).await;
    client.close().await?;
    let done = done?;
    for Refused { row, field, expected } in &done.refused {
        println!(
            "{}",
            say(
                format!("row {row}, {field}: expected {expected}"),
                format!("第 {row} 行 {field}：应为{expected}")
            )
        );
    }
    println!("{}", summary(&done));
    Ok(if done.refused_count > 0 { FAILED } else { exit::DONE })
}

fn summary(done: &Taken) -> String {
    let Taken { orders, opened, moved, filled, older, same, without_recipient, refused_count, .. } = done;
    let (taken, ignored) = (opened + moved + filled, older + same);
    let mut lines = vec![if done.applied {
        say(
            format!(
                "{orders} orders: {taken} taken ({opened} new, {moved} moved on, {filled} completed), {ignored} ignored ({older} older, {same} known)"
            ),
            format!(
                "共 {orders} 个订单：接入 {taken} 个（新增 {opened}，状态更新 {moved}，补充信息 {filled}），忽略 {ignored} 个（状态更旧 {older}，已有 {same}）"
            ),
        )
    } else {
        say(
            format!(
                "{orders} orders; nothing was taken yet. It would be: {opened} new, {moved} moved on, {filled} completed, {older} older, {same} known"
            ),
            format!(
                "共 {orders} 个订单，尚未接入。将会：新增 {opened}，状态更新 {moved}，补充信息 {filled}，状态更旧 {older}，已有 {same}"
            ),
        )
    }];
    if *without_recipient > 0 {
        lines.push(say(
            format!("{without_recipient} without a recipient: the export has none, or hides it"),
            format!("{without_recipient} 个没有收件信息：导出表中没有或已加密"),
        ));
    }
    if *refused_count > 0 {
        lines.push(say(
            format!("{refused_count} cells cannot be used; their orders were left out"),
            format!("{refused_count} 处内容无法使用，所属订单未接入"),
        ));
    }
    lines.join("\n")
}

/// Makes a secret for a source of orders and prints it once.
pub fn secret(source: &str, file: &Path) -> anyhow::Result<u8> {
    let secret = crate::order_secrets::add(source, file)?;
    println!("{secret}");
    eprintln!(
        "{}",
        say(
            format!(
                "Give it to whoever sends orders as {source}, name the file in the setting order_secrets, and start the server again."
            ),
            format!(
                "请把它交给以 {source} 名义推送订单的一方，在设置 order_secrets 中写入该文件，然后重新启动服务。"
            )
        )
    );
    Ok(exit::DONE)
}
