//! Whom orders and prizes go to, and the labels of their parcels.

use axum::extract::State;
use http::StatusCode;
use livehand_app::personal::{Class, Given};
use livehand_app::{DeliveryStep, Kept as KeptDelivery, NewDelivery};
use livehand_kernel::{CustomerId, DeliveryId, Millis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::customers::ClearRecipient;
use crate::ApiState;
use crate::body::{Json, Path, PrivateJson};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// An order or a prize, and whom it goes to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryToKeep {
    /// The order's number, or the prize's: never a name or a telephone number.
    id: DeliveryId,
    class: Class,
    /// When it was ordered or won; now if absent.
    at: Option<Millis>,
    recipient: Given,
}

/// Orders and prizes, at most 500.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"deliveries": [{"id": "T2026061800017", "class": "order",
    "recipient": {"name": "李明", "phone": "13900001234", "address": "浙江省杭州市西湖区文三路1号"}}]}))]
pub struct DeliveriesToKeep {
    deliveries: Vec<DeliveryToKeep>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub struct Kept {
    delivery: DeliveryId,
    /// An id that says nothing about the customer.
    customer: CustomerId,
    /// new, same, changed, or gone: its recipient was taken away and does not come back.
    how: &'static str,
}

impl From<KeptDelivery> for Kept {
    fn from(it: KeptDelivery) -> Self {
        Self { delivery: it.delivery, customer: it.customer, how: it.how.code() }
    }
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub struct KeptDeliveries {
    deliveries: Vec<Kept>,
}

/// A step that a delivery takes.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepCode {
    /// It left.
    Shipped,
    /// It was signed for.
    Received,
    /// Its after-sale is over.
    Closed,
    /// A case was opened again.
    Reopened,
}

/// A step, and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "shipped"}))]
pub struct StepToNote {
    step: StepCode,
    /// Now if absent.
    at: Option<Millis>,
}

/// Deliveries whose labels are wanted, at most 100.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"deliveries": ["T2026061800017"]}))]
pub struct LabelsToShow {
    deliveries: Vec<DeliveryId>,
}

/// A label.
#[derive(Serialize, ToSchema)]
pub struct Label {
    delivery: DeliveryId,
    /// Absent if it is not to be shipped.
    recipient: Option<ClearRecipient>,
    /// Why there is none: unknown, shipped, closed or gone.
    refused: Option<&'static str>,
}

/// Labels.
#[derive(Serialize, ToSchema)]
pub struct Labels {
    labels: Vec<Label>,
}

/// Keeps whom orders and prizes go to: all of them, or none. The same again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/deliveries", tag = "privacy", request_body = DeliveriesToKeep,
    responses((status = 200, body = KeptDeliveries), (status = "default", body = Problem)),
    extensions(("x-action" = json!("record_deliveries")))
)]
pub async fn keep_deliveries(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    PrivateJson(body): PrivateJson<DeliveriesToKeep>,
) -> Result<axum::Json<KeptDeliveries>, ApiError> {
    let new = body.deliveries.into_iter().map(|it| NewDelivery {
        id: it.id,
        class: it.class,
        at: it.at,
        recipient: it.recipient,
    });
    let kept = state.app.keep_deliveries(&caller, &new.collect::<Vec<_>>()).await?;
    Ok(axum::Json(KeptDeliveries { deliveries: kept.into_iter().map(Kept::from).collect() }))
}

/// Notes how far a delivery has come.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{delivery}/steps", tag = "privacy", request_body = StepToNote,
    params(("delivery" = String, Path, description = "The order's number, or the prize's")),
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("record_deliveries")))
)]
pub async fn note_delivery_step(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(delivery): Path<DeliveryId>,
    Json(body): Json<StepToNote>,
) -> Result<StatusCode, ApiError> {
    let step = match body.step {
        StepCode::Shipped => DeliveryStep::Shipped,
        StepCode::Received => DeliveryStep::Received,
        StepCode::Closed => DeliveryStep::Closed,
        StepCode::Reopened => DeliveryStep::Reopened,
    };
    state.app.note_delivery_step(&caller, &delivery, step, body.at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the labels of parcels need, while they are to be shipped; that somebody saw it is recorded.
#[utoipa::path(
    post, path = "/api/v1/labels", tag = "privacy", request_body = LabelsToShow,
    responses((status = 200, body = Labels), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_labels")))
)]
pub async fn labels(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<LabelsToShow>,
) -> Result<axum::Json<Labels>, ApiError> {
    let labels = state.app.labels(&caller, &body.deliveries).await?;
    let label = |it: livehand_app::Label| Label {
        recipient: it.recipient.as_ref().map(|recipient| ClearRecipient::of(recipient, &it.shown)),
        delivery: it.delivery,
        refused: it.refused,
    };
    Ok(axum::Json(Labels { labels: labels.into_iter().map(label).collect() }))
}
