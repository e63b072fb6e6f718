//! The file with the secrets that sources of orders sign with: for its owner only.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use livehand_app::OrderSecret;

use crate::edge::SystemEntropy;
use crate::words::say;

/// The secrets in a file; none without one.
pub fn read(file: Option<&Path>) -> anyhow::Result<Vec<OrderSecret>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let path = file.display();
    let text = crate::secret_file::read(file)?;
    OrderSecret::parse(&text).map_err(|line| {
        anyhow::anyhow!(say(
            format!("{path}: line {line} is not a name and a secret that begins with whsec_"),
            format!("{path}：第 {line} 行应为名称与 whsec_ 开头的密钥")
        ))
    })
}

/// Adds a new secret of a source to a file, which is made if it is not there; the secret, which is shown once.
pub fn add(source: &str, file: &Path) -> anyhow::Result<String> {
    let path = file.display();
    let line = OrderSecret::generate(source, &SystemEntropy).with_context(|| {
        say(
            "the name of a source is short and of letters and digits; export and simulator are taken",
            "来源名称须为较短的字母和数字；export 与 simulator 已被占用",
        )
    })?;
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(file);
    let written = opened.and_then(|mut opened| {
        opened.write_all(line.as_bytes())?;
        opened.sync_all()
    });
    written.with_context(|| say(format!("cannot write {path}"), format!("无法写入 {path}")))?;
    Ok(line.trim_end().rsplit(' ').next().unwrap_or_default().to_owned())
}
