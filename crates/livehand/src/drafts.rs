//! The model that drafts answers (模型起草): its settings, checked at the start. Off unless it is named.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use livehand_app::{DraftFailed, Drafter};
use livehand_connectors::endpoint::{Endpoint, NewEndpoint, NoDraft};
use serde::Deserialize;

use crate::words::{said, say};

/// How long a draft may take when nothing is said, ms.
const TIMEOUT_MS: u64 = 8_000;
/// What may be set instead: nobody waits longer for a line, and no model answers sooner.
const TIMEOUT_MS_MIN: u64 = 500;
const TIMEOUT_MS_MAX: u64 = 30_000;
/// Longest name of a model, in characters.
const MODEL_CHARS_MAX: usize = 120;

/// The settings `[drafts]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drafts {
    /// Base of an OpenAI-compatible endpoint, such as `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The model that is asked.
    pub model: String,
    /// The file with the key, if the endpoint needs one. The key stands nowhere else.
    pub key_file: Option<PathBuf>,
    /// How long a draft may take, ms.
    pub timeout_ms: Option<u64>,
}

/// The model that the settings name; none without them.
pub fn drafter(settings: Option<&Drafts>) -> anyhow::Result<Option<Drafter>> {
    let Some(settings) = settings else { return Ok(None) };
    let model = settings.model.trim();
    let chars = model.chars().count();
    if chars == 0 || chars > MODEL_CHARS_MAX || model.chars().any(char::is_control) {
        bail!(say(
            format!("settings: drafts.model must be a name of 1 to {MODEL_CHARS_MAX} characters"),
            format!("设置：drafts.model 应为 1 到 {MODEL_CHARS_MAX} 字的模型名")
        ));
    }
    let within = settings.timeout_ms.unwrap_or(TIMEOUT_MS);
    if !(TIMEOUT_MS_MIN..=TIMEOUT_MS_MAX).contains(&within) {
        bail!(say(
            format!("settings: drafts.timeout_ms must be {TIMEOUT_MS_MIN} to {TIMEOUT_MS_MAX}"),
            format!("设置：drafts.timeout_ms 应为 {TIMEOUT_MS_MIN} 到 {TIMEOUT_MS_MAX}")
        ));
    }
    let key = settings.key_file.as_deref().map(crate::secret_file::read).transpose()?;
    let endpoint = Endpoint::new(&NewEndpoint {
        url: &settings.url,
        model,
        key: key.as_ref().map(|key| key.as_str()),
        within: Duration::from_millis(within),
    });
    let endpoint = endpoint.map_err(|(setting, expected)| {
        let expected = said(&expected);
        anyhow::anyhow!(say(
            format!("settings: drafts.{setting} must be {expected}"),
            format!("设置：drafts.{setting} 应为 {expected}")
        ))
    })?;
    let endpoint = Arc::new(endpoint);
    let ask = Arc::new(move |asked: livehand_app::DraftAsked| -> livehand_app::Drafting {
        let endpoint = endpoint.clone();
        Box::pin(async move { endpoint.ask(&asked.instruction, &asked.words).await.map_err(failed) })
    });
    Ok(Some(Drafter::new(model.to_owned(), ask)))
}

fn failed(why: NoDraft) -> DraftFailed {
    match why {
        NoDraft::TooLate => DraftFailed::TooLate,
        NoDraft::Unreachable => DraftFailed::Unreachable,
        NoDraft::Refused(status) => DraftFailed::Refused(status),
        NoDraft::TooLarge | NoDraft::Unreadable | NoDraft::CutOff | NoDraft::Nothing => {
            DraftFailed::Unreadable
        }
    }
}
