//! The model that may draft an answer, as [`crate::Parts`] names it. Without one there are no drafts.

use std::pin::Pin;
use std::sync::Arc;

use livehand_kernel::Phrase;
use tokio::sync::Semaphore;

/// Drafts that are made at the same time; a model that does one after the other is not helped by more.
const AT_ONCE: usize = 4;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftAsked {
    /// What it is to do.
    pub instruction: String,
    /// The product, the facts that may be quoted, and the question.
    pub words: String,
}

/// Why there is no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftFailed {
    /// Nobody configured a model.
    Off,
    /// The question holds, or may hold, private data; nothing was sent.
    Private,
    /// Too many are being made.
    Busy,
    /// The model did not answer in time.
    TooLate,
    /// The endpoint cannot be reached.
    Unreachable,
    /// The endpoint answered with this HTTP status.
    Refused(u16),
    /// The endpoint answered with something else than a line.
    Unreadable,
}

impl DraftFailed {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Off => "drafts_off",
            Self::Private => "draft_private",
            Self::Busy => "drafts_busy",
            Self::TooLate => "draft_too_late",
            Self::Unreachable => "drafts_unreachable",
            Self::Refused(_) => "drafts_refused",
            Self::Unreadable => "draft_unreadable",
        }
    }

    /// For people.
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Off => Phrase::new("Drafts by a model are off on this server", "本服务器未配置模型起草"),
            Self::Private => Phrase::new(
                "The question may hold private data, so it was not sent to the model",
                "问题可能含个人信息，没有发给模型",
            ),
            Self::Busy => Phrase::new("The model has enough to do; try again", "模型正忙，请稍后再试"),
            Self::TooLate => Phrase::new("The model took too long", "模型超时未返回"),
            Self::Unreachable => Phrase::new("The model cannot be reached", "连不上模型服务"),
            Self::Refused(status) => Phrase::new(
                format!("The model's server refused (HTTP {status})"),
                format!("模型服务拒绝了请求（HTTP {status}）"),
            ),
            Self::Unreadable => {
                Phrase::new("The model's server gave no line that can be read", "模型服务返回的内容无法使用")
            }
        }
    }
}

impl std::fmt::Display for DraftFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for DraftFailed {}

/// A draft on its way: what the model wrote, as it wrote it.
pub type Drafting = Pin<Box<dyn Future<Output = Result<String, DraftFailed>> + Send>>;

/// A model that drafts. Cheap to clone.
#[derive(Clone)]
pub struct Drafter {
    /// What it is called, for people.
    pub model: String,
    ask: Arc<dyn Fn(DraftAsked) -> Drafting + Send + Sync>,
    turns: Arc<Semaphore>,
}

impl Drafter {
    /// A model of this name, which is asked by `ask`; that gives up by itself.
    pub fn new(model: String, ask: Arc<dyn Fn(DraftAsked) -> Drafting + Send + Sync>) -> Self {
        Self { model, ask, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Asks, unless too many wait already.
    pub(super) async fn ask(&self, asked: DraftAsked) -> Result<String, DraftFailed> {
        let _turn = self.turns.try_acquire().map_err(|_| DraftFailed::Busy)?;
        (self.ask)(asked).await
    }
}
