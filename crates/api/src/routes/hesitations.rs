//! 播中: who hesitates, and closing lines (犹豫与催单).

use axum::extract::State;
use livehand_app::{HesitatingGroup, LineOffered, LineToSay};
use livehand_kernel::{Millis, Sequence, ShowId};
use livehand_live::hesitation::shown::{GuidedOrders, HesitationGroup};
use livehand_live::hesitation::{Doubt, LineWay};
use livehand_live::sayings::Quote;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sayings::SayingMade;
use crate::ApiState;
use crate::body::{Json, Path};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// Who hesitates and may be addressed, and what became of hesitations.
#[derive(Serialize, ToSchema)]
pub struct Hesitations {
    /// The show's clock.
    clock: Millis,
    /// By product and doubt, the latest first, at most 40.
    groups: Vec<OpenHesitations>,
    /// What became of all hesitations of the show.
    figures: GuidedOrders,
    /// Doubts in comments that name no viewer: nobody can be addressed or followed for them.
    unnamed: u64,
}

/// Viewers who hesitate about the same product for the same reason, with the closing line for them.
#[derive(Serialize, ToSchema)]
pub struct OpenHesitations {
    #[serde(flatten)]
    group: HesitationGroup,
    /// The product's link number.
    link_number: i64,
    /// Its name, safe to show.
    product_name: String,
    /// What may be said to them.
    line: OfferedLine,
}

/// A closing line as it would be said now.
#[derive(Serialize, ToSchema)]
pub struct OfferedLine {
    /// Which of the wordings it is; whoever says it sends this along.
    variant: u64,
    /// With its slots.
    template: String,
    /// With the facts in them.
    text: String,
    /// The facts that it quotes.
    facts: Vec<LineFact>,
}

/// A fact in a closing line.
#[derive(Serialize, ToSchema)]
pub struct LineFact {
    #[serde(flatten)]
    quote: Quote,
    /// Since when it is so.
    since: Millis,
}

/// A closing line to be said; its words are made of the facts of the product, not sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "cl-1", "way": "reply", "product": "p-1", "doubt": "price"}))]
pub struct ClosingLineToSay {
    /// Made by the client; a retry keeps it. It becomes the id of the card or reply.
    id: Option<String>,
    /// By the host or in the public chat.
    way: LineWay,
    /// A product of the line-up.
    product: String,
    /// The doubt that it answers.
    doubt: Doubt,
    /// One viewer, by the id of the hesitation; all who hesitate so and may be addressed if absent.
    hesitation: Option<Sequence>,
    /// Which of the wordings, as it was offered; the next if absent.
    variant: Option<u64>,
}

impl From<HesitatingGroup> for OpenHesitations {
    fn from(open: HesitatingGroup) -> Self {
        let HesitatingGroup { group, link_number, product_name, line } = open;
        let LineOffered { variant, template, text, facts } = line;
        let facts = facts.into_iter().map(|(quote, since)| LineFact { quote, since }).collect();
        Self { group, link_number, product_name, line: OfferedLine { variant, template, text, facts } }
    }
}

/// Who hesitates (犹豫) and may be addressed, by product and doubt, each with a closing line (催单话术) and the versions and
/// age of its facts; and how many ordered, beside those who are held out.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/hesitations", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Hesitations), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn hesitations(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Hesitations>, ApiError> {
    let livehand_app::Hesitating { clock, groups, figures, unnamed } =
        state.app.hesitating(&caller, &show).await?;
    let groups = groups.into_iter().map(OpenHesitations::from).collect();
    Ok(axum::Json(Hesitations { clock, groups, figures, unnamed }))
}

/// Says a closing line (催单): onto the prompter, which needs the permission to push cards as well, or into the queue of
/// replies. Refused where nobody whom it would be for may be addressed.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/closing-lines", tag = "live", request_body = ClosingLineToSay,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = SayingMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn say_closing_line(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(line): Json<ClosingLineToSay>,
) -> Result<axum::Json<SayingMade>, ApiError> {
    let ClosingLineToSay { id, way, product, doubt, hesitation, variant } = line;
    let line = LineToSay { id, way, product, doubt, hesitation, variant };
    let said = state.app.say_closing_line(&caller, &show, line).await?;
    Ok(axum::Json(SayingMade {
        sequence: said.acted.sequence,
        duplicate: said.acted.duplicate,
        saying: said.saying,
    }))
}
