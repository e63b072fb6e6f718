//! `livehand lineup`.

use std::path::Path;

use livehand_prepare::lineup::{EFFORT, Plan, order};
use serde_path_to_error::Error;

use crate::exit::{self, FAILED, coded};
use crate::words::{said, say};

/// Largest plan, in bytes.
const PLAN_BYTES_MAX: u64 = 16 << 20;

/// Orders the products of a plan and prints the line-up as JSON. The exit code tells whether all that must appear does.
pub fn run(file: &Path) -> anyhow::Result<u8> {
    let plan = read(file)?;
    let ordered = order(&plan, EFFORT, 1).map_err(|faults| {
        let fault = |(field, expected): &(String, livehand_kernel::Phrase)| {
            let expected = said(expected);
            say(format!("{field}: expected {expected}"), format!("{field}：应为{expected}"))
        };
        coded(FAILED, faults.0.iter().map(fault).collect::<Vec<_>>().join("\n"))
    })?;
    super::print(&serde_json::to_string_pretty(&ordered)?)?;
    if ordered.broken.is_empty() {
        return Ok(exit::DONE);
    }
    let broken = ordered.broken.join(", ");
    eprintln!(
        "{}",
        say(
            format!("no place was found for {broken}, which must appear"),
            format!("以下商品必须出现，但排不进去：{broken}")
        )
    );
    Ok(exit::PARTLY)
}

fn read(file: &Path) -> anyhow::Result<Plan> {
    use anyhow::Context;
    let name = file.display();
    let cannot = || say(format!("cannot read {name}"), format!("无法读取 {name}"));
    let size = std::fs::metadata(file).with_context(cannot)?.len();
    if size > PLAN_BYTES_MAX {
        return Err(coded(
            FAILED,
            say(
                format!("{name} has more than {PLAN_BYTES_MAX} bytes"),
                format!("{name} 超过 {PLAN_BYTES_MAX} 字节"),
            ),
        ));
    }
    let text = std::fs::read(file).with_context(cannot)?;
    let plan = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(&text));
    plan.map_err(|error: Error<serde_json::Error>| {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        coded(FAILED, say(format!("{name}: {path}: {reason}"), format!("{name}：{path}：{reason}")))
    })
}
