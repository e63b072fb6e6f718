//! Customers.

use axum::extract::State;
use http::StatusCode;
use livehand_app::personal::{Class, Field, Masked as MaskedParts, Reason, Recipient, Shown};
use livehand_app::{CustomerView, DeliveryView, NewErasure, NewLook, Revealed};
use livehand_kernel::{CustomerId, DeliveryId, Millis};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::records::{Erasure, Look};
use crate::ApiState;
use crate::body::{Path, PrivateJson, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// What every screen shows of a customer.
#[derive(Serialize, ToSchema)]
pub struct Masked {
    /// 张**
    name: String,
    /// 138****8000
    phone: String,
    /// Down to the town.
    region: String,
}

impl From<MaskedParts> for Masked {
    fn from(it: MaskedParts) -> Self {
        let MaskedParts { name, phone, region } = it;
        Self { name, phone, region }
    }
}

/// A customer.
#[derive(Serialize, ToSchema)]
pub struct Customer {
    id: CustomerId,
    /// Absent once it is gone, or while there is no key.
    masked: Option<Masked>,
    /// kept, expired (masked evidence only) or erased.
    state: &'static str,
    created_at: Millis,
    last_order_at: Millis,
    /// When name, number and address went because their time was over.
    expired_at: Option<Millis>,
    /// When everything went because they asked for it.
    erased_at: Option<Millis>,
}

impl From<CustomerView> for Customer {
    fn from(it: CustomerView) -> Self {
        Self {
            id: it.id,
            masked: it.masked.map(Masked::from),
            state: it.state.code(),
            created_at: it.created_at,
            last_order_at: it.last_order_at,
            expired_at: it.expired_at,
            erased_at: it.erased_at,
        }
    }
}

/// Customers, the last first.
#[derive(Serialize, ToSchema)]
pub struct Customers {
    customers: Vec<Customer>,
    /// Where the next page begins.
    next: Option<CustomerId>,
}

/// What was sent to a customer.
#[derive(Serialize, ToSchema)]
pub struct CustomerDelivery {
    id: DeliveryId,
    class: Class,
    opened_at: Millis,
    shipped_at: Option<Millis>,
    received_at: Option<Millis>,
    /// When its after-sale was over.
    closed_at: Option<Millis>,
    /// When its recipient goes.
    due_at: Option<Millis>,
    /// When its recipient went.
    expired_at: Option<Millis>,
}

impl From<DeliveryView> for CustomerDelivery {
    fn from(it: DeliveryView) -> Self {
        Self {
            id: it.id,
            class: it.class,
            opened_at: it.opened_at,
            shipped_at: it.shipped_at,
            received_at: it.received_at,
            closed_at: it.closed_at,
            due_at: it.due_at,
            expired_at: it.expired_at,
        }
    }
}

/// A customer and what was sent to them.
#[derive(Serialize, ToSchema)]
pub struct CustomerWithDeliveries {
    customer: Customer,
    /// The last first.
    deliveries: Vec<CustomerDelivery>,
}

/// Which customers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// The last customer of the page before.
    after: Option<CustomerId>,
    /// Rows in the answer: 1 to 200, usually 50.
    limit: Option<i64>,
}

/// A whole telephone number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "13800138000"}))]
pub struct PhoneToFind {
    phone: String,
}

/// Customers with a number.
#[derive(Serialize, ToSchema)]
pub struct FoundCustomers {
    customers: Vec<Customer>,
}

/// What is to be seen in clear, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "address_check", "note": "工单 1024"}))]
pub struct LookToTake {
    reason: Reason,
    /// What it is about, such as the number of a ticket; 2 to 200 characters without personal data.
    note: String,
    /// Which fields; name, number and address if none is named.
    #[serde(default)]
    fields: Vec<Field>,
    /// The recipient of one delivery; as last known, if none is named.
    delivery: Option<DeliveryId>,
}

/// A recipient in clear: only the fields that were asked for.
#[derive(Serialize, ToSchema)]
pub struct ClearRecipient {
    name: Option<String>,
    phone: Option<String>,
    /// Of a number that a platform lends out.
    extension: Option<String>,
    address: Option<String>,
    remark: Option<String>,
}

impl ClearRecipient {
    /// The fields of a recipient that may be shown.
    pub(super) fn of(it: &Recipient, shown: &Shown) -> Self {
        let field = |field, text: String| (shown.has(field) && !text.is_empty()).then_some(text);
        Self {
            name: field(Field::Name, it.name().to_owned()),
            phone: field(Field::Phone, it.phone().to_owned()),
            extension: field(Field::Phone, it.extension().to_owned()),
            address: field(Field::Address, format!("{}{}", it.region(), it.street())),
            remark: field(Field::Remark, it.remark().to_owned()),
        }
    }
}

/// A customer in clear, until when, and the record of it.
#[derive(Serialize, ToSchema)]
pub struct RevealedCustomer {
    look: Look,
    /// When the screen must forget it.
    until: Millis,
    /// The server's time, to count down by.
    now: Millis,
    recipient: ClearRecipient,
}

fn revealed(state: &ApiState, it: Revealed) -> RevealedCustomer {
    let recipient = ClearRecipient::of(&it.recipient, &it.shown);
    RevealedCustomer { until: it.look.row.until, now: state.app.now(), look: it.look.into(), recipient }
}

/// Why a customer is to be forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "本人要求，工单 1024"}))]
pub struct ErasureToAsk {
    /// Such as the number of a ticket; 2 to 200 characters without personal data.
    reason: String,
}

/// Customers, masked, the last first.
#[utoipa::path(
    get, path = "/api/v1/customers", tag = "privacy", params(CustomerQuery),
    responses((status = 200, body = Customers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_customers")))
)]
pub async fn list_customers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<CustomerQuery>,
) -> Result<axum::Json<Customers>, ApiError> {
    let page = state.app.list_customers(&caller, query.after.as_ref(), query.limit).await?;
    let customers = page.customers.into_iter().map(Customer::from).collect();
    Ok(axum::Json(Customers { customers, next: page.next }))
}

/// Customers with a telephone number, masked. The number stands in the body, never in a URL.
#[utoipa::path(
    post, path = "/api/v1/customers/search", tag = "privacy", request_body = PhoneToFind,
    responses((status = 200, body = FoundCustomers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_customers")))
)]
pub async fn find_customers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    PrivateJson(body): PrivateJson<PhoneToFind>,
) -> Result<axum::Json<FoundCustomers>, ApiError> {
    let found = state.app.find_customers(&caller, &body.phone).await?;
    Ok(axum::Json(FoundCustomers { customers: found.into_iter().map(Customer::from).collect() }))
}

/// A customer, masked, with what was sent to them.
#[utoipa::path(
    get, path = "/api/v1/customers/{customer}", tag = "privacy",
    params(("customer" = String, Path, description = "Customer id")),
    responses((status = 200, body = CustomerWithDeliveries), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_customers")))
)]
pub async fn customer(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(customer): Path<CustomerId>,
) -> Result<axum::Json<CustomerWithDeliveries>, ApiError> {
    let found = state.app.customer(&caller, &customer).await?;
    let deliveries = found.deliveries.into_iter().map(CustomerDelivery::from).collect();
    Ok(axum::Json(CustomerWithDeliveries { customer: found.customer.into(), deliveries }))
}

/// Shows a customer in clear for five minutes, and records who looked and why.
#[utoipa::path(
    post, path = "/api/v1/customers/{customer}/reveal", tag = "privacy", request_body = LookToTake,
    params(("customer" = String, Path, description = "Customer id")),
    responses((status = 201, body = RevealedCustomer), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reveal_customer")))
)]
pub async fn reveal_customer(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(customer): Path<CustomerId>,
    PrivateJson(body): PrivateJson<LookToTake>,
) -> Result<(StatusCode, axum::Json<RevealedCustomer>), ApiError> {
    let LookToTake { reason, note, fields, delivery } = body;
    let new = NewLook { reason, note, fields, delivery };
    let it = state.app.reveal_customer(&caller, &customer, &new).await?;
    Ok((StatusCode::CREATED, axum::Json(revealed(&state, it))))
}

/// The same look again, as long as it lasts.
#[utoipa::path(
    get, path = "/api/v1/customers/{customer}/reveal", tag = "privacy",
    params(("customer" = String, Path, description = "Customer id")),
    responses((status = 200, body = RevealedCustomer), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reveal_customer")))
)]
pub async fn revealed_customer(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(customer): Path<CustomerId>,
) -> Result<axum::Json<RevealedCustomer>, ApiError> {
    let it = state.app.revealed_customer(&caller, &customer).await?;
    Ok(axum::Json(revealed(&state, it)))
}

/// Asks that a customer be forgotten; somebody else does it.
#[utoipa::path(
    post, path = "/api/v1/customers/{customer}/erasure", tag = "privacy", request_body = ErasureToAsk,
    params(("customer" = String, Path, description = "Customer id")),
    responses((status = 201, body = Erasure), (status = "default", body = Problem)),
    extensions(("x-action" = json!("ask_erasure")))
)]
pub async fn ask_erasure(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(customer): Path<CustomerId>,
    PrivateJson(body): PrivateJson<ErasureToAsk>,
) -> Result<(StatusCode, axum::Json<Erasure>), ApiError> {
    let new = NewErasure { customer, reason: body.reason };
    let asked = state.app.ask_erasure(&caller, &new).await?;
    Ok((StatusCode::CREATED, axum::Json(asked.into())))
}
