//! Parsers of others, each in a process of its own.

use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::json;

use super::labelled::Case;
use super::reading::{Reading, Took};

/// How a script says that its parser is not installed.
const NOT_INSTALLED: i32 = 3;

/// A parser that many would take for this.
#[derive(Clone, Copy)]
pub enum Peer {
    Cpca,
    JioNlp,
    AddressParse,
    AddressSmartParse,
}

impl Peer {
    pub const ALL: [Self; 4] = [Self::Cpca, Self::JioNlp, Self::AddressParse, Self::AddressSmartParse];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cpca => "cpca",
            Self::JioNlp => "jionlp",
            Self::AddressParse => "address-parse",
            Self::AddressSmartParse => "address-smart-parse",
        }
    }

    /// What it makes of the lines; none if it is not installed.
    ///
    /// # Errors
    /// It is there and fails.
    pub fn read(
        self,
        cases: &[Case],
        python: Option<&Path>,
        npm: Option<&Path>,
    ) -> anyhow::Result<Option<Took>> {
        let Some(mut command) = self.command(python, npm) else { return Ok(None) };
        let mut texts = tempfile::tempfile()?;
        for case in cases {
            writeln!(texts, "{}", json!({ "text": case.text }))?;
        }
        texts.rewind()?;
        let output = command
            .stdin(Stdio::from(texts))
            .output()
            .with_context(|| format!("cannot start {command:?}"))?;
        if output.status.code() == Some(NOT_INSTALLED) {
            return Ok(None);
        }
        ensure!(output.status.success(), "{}: {}", self.name(), String::from_utf8_lossy(&output.stderr));
        took(&output.stdout).with_context(|| self.name()).map(Some)
    }

    fn command(self, python: Option<&Path>, npm: Option<&Path>) -> Option<Command> {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let of_python = |script: &str| {
            let mut command = Command::new(python?);
            command.arg(scripts.join(script));
            Some(command)
        };
        match self {
            Self::Cpca => of_python("address_cpca.py"),
            Self::JioNlp => of_python("address_jionlp.py"),
            Self::AddressParse | Self::AddressSmartParse => {
                let mut command = Command::new("node");
                command.arg(scripts.join("address_npm.mjs")).arg(npm?).arg(self.name());
                Some(command)
            }
        }
    }
}

/// A line for each text, and one with the figures.
fn took(output: &[u8]) -> anyhow::Result<Took> {
    let output = std::str::from_utf8(output)?.trim_end();
    let (readings, figures) = output.rsplit_once('\n').context("too few lines of JSON")?;
    let readings: Result<Vec<Reading>, _> = readings.lines().map(serde_json::from_str).collect();
    Ok(Took { readings: readings?, figures: serde_json::from_str(figures)? })
}
