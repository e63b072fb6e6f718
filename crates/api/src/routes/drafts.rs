//! 播中: drafts of answers by a model (模型起草), where the owner configured one.

use axum::extract::State;
use livehand_app::{DraftReady, DraftRefusal, Drafted};
use livehand_kernel::{ProductId, Sequence, ShowId};
use serde::Serialize;
use utoipa::ToSchema;

use super::questions::Offered;
use crate::ApiState;
use crate::body::Path;
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};
use crate::words::Words;

/// A draft that a person may send, rewrite or keep.
#[derive(Serialize, ToSchema)]
pub struct ReadyDraft {
    /// The answer; it is sent as any other that the card offers.
    answer: Offered,
    /// The question, without whom it addresses.
    question: String,
    /// The answer as an entry of the FAQ library says it, with the library's slots.
    entry: String,
    /// The product that it is about.
    product: Option<ProductId>,
}

/// Why a draft must not be sent.
#[derive(Serialize, ToSchema)]
pub struct RefusedDraft {
    /// empty, too_long, markup, slot, number, promise or wording.
    code: &'static str,
    /// For people.
    why: Words,
}

/// What a model drafted.
#[derive(Serialize, ToSchema)]
pub struct AnswerDraft {
    /// The model.
    model: String,
    /// What it wrote, at most 200 characters of it.
    written: String,
    /// The answer that it makes; absent where it makes none.
    ready: Option<ReadyDraft>,
    /// Why it makes none; empty where it does.
    refused: Vec<RefusedDraft>,
}

impl From<Drafted> for AnswerDraft {
    fn from(drafted: Drafted) -> Self {
        let Drafted { model, written, outcome } = drafted;
        let ready = |draft: DraftReady| {
            let DraftReady { answer, question, entry, product } = draft;
            ReadyDraft { answer: answer.into(), question, entry, product }
        };
        let refused = |one: DraftRefusal| RefusedDraft { code: one.code, why: one.why.into() };
        let (ready, refused) = match outcome {
            Ok(draft) => (Some(ready(draft)), Vec::new()),
            Err(refusals) => (None, refusals.into_iter().map(refused).collect()),
        };
        Self { model, written, ready, refused }
    }
}

/// Lets the model draft an answer to a question. Nothing is sent: the draft comes back to whoever asked for it, with
/// what is wrong with it if it must not be sent. It may take as long as the settings let it; the other answers of the card
/// do not wait for it.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/questions/{question}/draft", tag = "live",
    params(("show" = String, Path, description = "Show id"), ("question" = u64, Path, description = "Question id")),
    responses((status = 200, body = AnswerDraft), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn draft_answer(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, question)): Path<(ShowId, Sequence)>,
) -> Result<axum::Json<AnswerDraft>, ApiError> {
    Ok(axum::Json(state.app.draft_answer(&caller, &show, question).await?.into()))
}
