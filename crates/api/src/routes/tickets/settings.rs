//! How a shop runs its after-sale.

use axum::extract::State;
use livehand_kernel::{Fen, Phrase};
use livehand_trade::tickets::compensation::Limits;
use livehand_trade::tickets::{Settings, WorkingHours};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::body::Json;
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// How after-sale is run.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"service_fen": 2000, "lead_fen": 20000, "works_from": "09:00", "works_to": "22:00",
    "carrier_fee_fen": 1000}))]
pub struct AfterSale {
    /// Up to where customer service gives a compensation alone, with what the ticket got before; 0 for never.
    service_fen: Fen,
    /// Up to where a lead of operations is enough; above it finance agrees as well.
    lead_fen: Fen,
    /// When people begin to work, a time of the day in Asia/Shanghai: first answers that are not urgent are due in working
    /// hours.
    works_from: String,
    /// When they end; before the beginning, it is of the next day. 24:00 is the end of the day.
    works_to: String,
    /// What the carrier takes for bringing a parcel back.
    carrier_fee_fen: Fen,
}

/// How after-sale is run, with its version.
#[derive(Serialize, ToSchema)]
pub struct AfterSaleNow {
    /// 0 until somebody sets something.
    version: i64,
    settings: AfterSale,
}

impl From<livehand_app::AfterSaleSettings> for AfterSaleNow {
    fn from(it: livehand_app::AfterSaleSettings) -> Self {
        let Settings { limits, hours, carrier_fee } = it.settings;
        let (works_from, works_to) = hours.texts();
        let settings = AfterSale {
            service_fen: limits.service,
            lead_fen: limits.lead,
            works_from,
            works_to,
            carrier_fee_fen: carrier_fee,
        };
        Self { version: it.version, settings }
    }
}

fn minute(field: &str, text: &str) -> Result<i64, ApiError> {
    let wrong = || {
        let expected = Phrase::new("a time such as 09:00", "时间，如 09:00");
        let found = Phrase::literal(livehand_kernel::display_text(text));
        livehand_app::Error::field(field, expected, found)
    };
    Ok(WorkingHours::minute(text).ok_or_else(wrong)?)
}

/// How after-sale is run.
#[utoipa::path(
    get, path = "/api/v1/after-sale/settings", tag = "trade",
    responses((status = 200, body = AfterSaleNow), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn after_sale_settings(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<AfterSaleNow>, ApiError> {
    Ok(axum::Json(state.app.after_sale_settings(&caller).await?.into()))
}

/// Sets how after-sale is run from now on. What was decided, and what is due, stays as it was. Who changes who agrees to how
/// much needs the permission `set_compensation_limits` as well.
#[utoipa::path(
    put, path = "/api/v1/after-sale/settings", tag = "trade", request_body = AfterSale,
    responses((status = 200, body = AfterSaleNow), (status = "default", body = Problem)),
    extensions(("x-action" = json!("set_after_sale")))
)]
pub async fn set_after_sale_settings(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<AfterSale>,
) -> Result<axum::Json<AfterSaleNow>, ApiError> {
    let settings = Settings {
        limits: Limits { service: body.service_fen, lead: body.lead_fen },
        hours: WorkingHours {
            from: minute("works_from", &body.works_from)?,
            to: minute("works_to", &body.works_to)?,
        },
        carrier_fee: body.carrier_fee_fen,
    };
    Ok(axum::Json(state.app.set_after_sale_settings(&caller, settings).await?.into()))
}
