//! Looking at tickets.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use livehand_app::{TicketQuery, TicketRow};
use livehand_kernel::{FactRef, Hat, Millis, PersonId, ShowId};
use livehand_trade::tickets::{Cause, Kind, Priority, State as TicketState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Ticket, TicketWithRecord};
use crate::ApiState;
use crate::body::{Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::review::{TableQuery, asked, table_file};

/// Which tickets to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TicketsQuery {
    /// Part of its words or of the order's number; or its own number.
    search: Option<String>,
    /// true: only those that are to be done; false: only those that are not.
    open: Option<bool>,
    /// Only those that stand so.
    state: Option<TicketState>,
    /// Only those of a kind.
    kind: Option<Kind>,
    /// Only those of a priority.
    priority: Option<Priority>,
    /// Only those of a cause.
    cause: Option<Cause>,
    /// Only those whose turn is that of a hat.
    post: Option<Hat>,
    /// Only those that somebody has, by their id.
    owner: Option<String>,
    /// Only those of a show.
    show: Option<String>,
    /// Only those of an order.
    order: Option<String>,
    /// Only those whose clock ran out.
    late: Option<bool>,
    /// The newest first, instead of what is to be worked on first.
    newest: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<TicketsQuery> for TicketQuery {
    fn from(it: TicketsQuery) -> Self {
        Self {
            search: it.search,
            open: it.open,
            state: it.state,
            kind: it.kind,
            priority: it.priority,
            cause: it.cause,
            post: it.post,
            owner: it.owner.map(PersonId),
            show: it.show.map(ShowId),
            order: it.order,
            late: it.late.unwrap_or(false),
            newest: it.newest.unwrap_or(false),
            after: it.after,
            limit: it.limit,
        }
    }
}

/// A page of tickets.
#[derive(Serialize, ToSchema)]
pub struct Tickets {
    tickets: Vec<Ticket>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
    /// When it was so: clocks are to be seen from there.
    at: Millis,
}

/// Tickets in the order in which they are to be worked on: P0, then what is urgent, then whose clock ends first.
#[utoipa::path(
    get, path = "/api/v1/tickets", tag = "trade", params(TicketsQuery),
    responses((status = 200, body = Tickets), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn list_tickets(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<TicketsQuery>,
) -> Result<axum::Json<Tickets>, ApiError> {
    let page = state.app.list_tickets(&caller, query.into()).await?;
    let tickets = page.tickets.into_iter().map(Ticket::from).collect();
    Ok(axum::Json(Tickets { tickets, next: page.next, at: page.at }))
}

/// Tickets as CSV or XLSX: all that the list would show, whatever `after` and `limit` say.
#[utoipa::path(
    get, path = "/api/v1/tickets/export/{list}", tag = "trade",
    params(("list" = String, Path, description = "tickets.csv or tickets.xlsx", example = "tickets.csv"), TicketsQuery, TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_tickets(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(file): Path<String>,
    Query(query): Query<TicketsQuery>,
    Query(table): Query<TableQuery>,
) -> Result<Response, ApiError> {
    state.app.check_may_export(&caller)?;
    let form = asked(&file, table.encoding).filter(|(list, _)| *list == "tickets").map(|(_, form)| form);
    let form = form.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    let rows = state.app.export_tickets(&caller, query.into(), form).await?;
    Ok(table_file(&file, form, rows))
}

/// A ticket with everything that happened to it.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticket}", tag = "trade",
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    Ok(axum::Json(state.app.ticket(&caller, &ticket).await?.into()))
}

/// A prepared answer.
#[derive(Serialize, ToSchema)]
pub struct PreparedAnswer {
    /// Give it as `canned` to send the answer as it is.
    code: String,
    /// As it would be said now; absent while something is missing.
    text: Option<String>,
    /// The versions of the facts in it.
    quotes: Vec<FactRef>,
    /// What it needs and nobody has written down.
    missing: Vec<String>,
}

/// Prepared answers to a ticket.
#[derive(Serialize, ToSchema)]
pub struct PreparedAnswers {
    answers: Vec<PreparedAnswer>,
}

/// Prepared answers to a ticket: from what was promised with its order, and of the FAQ library.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticket}/answers", tag = "trade",
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = PreparedAnswers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn prepared_answers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<PreparedAnswers>, ApiError> {
    let language = problem::language(&headers);
    let answers = state.app.canned_answers(&caller, &ticket).await?;
    let answers = answers.into_iter().map(|it| PreparedAnswer {
        code: it.code,
        text: it.text,
        quotes: it.quotes,
        missing: it.missing.iter().map(|lack| lack.in_language(language).to_owned()).collect(),
    });
    Ok(axum::Json(PreparedAnswers { answers: answers.collect() }))
}

/// Figures of some tickets. Shares are to be made of them: in time of in time and late, satisfied of rated.
#[derive(Serialize, ToSchema)]
pub struct TicketFigure {
    /// Absent in the sum of all.
    kind: Option<Kind>,
    /// Absent in the sum of all, and while it was not said.
    cause: Option<Cause>,
    tickets: i64,
    /// To be done.
    open: i64,
    /// Answered within the clock.
    first_in_time: i64,
    /// Answered late, or not answered although the clock ran out.
    first_late: i64,
    /// Resolved within the clock.
    resolved_in_time: i64,
    /// Resolved late, or not resolved although the clock ran out.
    resolved_late: i64,
    /// Customers who were asked how it was.
    asked: i64,
    /// Those who said so.
    rated: i64,
    /// Those who gave 4 or 5.
    satisfied: i64,
}

impl From<TicketRow> for TicketFigure {
    fn from(it: TicketRow) -> Self {
        Self {
            kind: Kind::from_code(&it.kind),
            cause: Cause::from_code(&it.cause),
            tickets: it.tickets,
            open: it.running,
            first_in_time: it.first_in_time,
            first_late: it.first_late,
            resolved_in_time: it.resolved_in_time,
            resolved_late: it.resolved_late,
            asked: it.asked,
            rated: it.rated,
            satisfied: it.satisfied,
        }
    }
}

/// How many tickets are to be done by a hat.
#[derive(Serialize, ToSchema)]
pub struct TicketsOfPost {
    post: Hat,
    open: i64,
    /// Those of them whose clock ran out.
    late: i64,
}

/// What tickets come to.
#[derive(Serialize, ToSchema)]
pub struct TicketsFigures {
    from: Millis,
    to: Millis,
    all: TicketFigure,
    /// By kind and cause.
    rows: Vec<TicketFigure>,
    /// By whose turn it is, whenever they were opened.
    open: Vec<TicketsOfPost>,
    /// Share of customers who are to be satisfied, in thousandths.
    satisfied_goal_permille: i64,
}

/// Of which time figures are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// Opened from then on, ms; thirty days before `to` if absent.
    from: Option<i64>,
    /// Opened before, ms; now if absent.
    to: Option<i64>,
    /// Whether those of made-up audiences are counted, instead of real ones.
    synthetic: Option<bool>,
}

/// What tickets come to: answered and resolved in time, why they came, whether customers are satisfied.
#[utoipa::path(
    get, path = "/api/v1/ticket-figures", tag = "trade", params(FiguresQuery),
    responses((status = 200, body = TicketsFigures), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn ticket_figures(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<FiguresQuery>,
) -> Result<axum::Json<TicketsFigures>, ApiError> {
    let (from, to) = (query.from.map(Millis), query.to.map(Millis));
    let synthetic = query.synthetic.unwrap_or(false);
    let figures = state.app.ticket_figures(&caller, from, to, synthetic).await?;
    let of_post = |(post, open, late): (String, i64, i64)| {
        Hat::from_code(&post).map(|post| TicketsOfPost { post, open, late })
    };
    Ok(axum::Json(TicketsFigures {
        from: figures.between.0,
        to: figures.between.1,
        all: figures.all.into(),
        rows: figures.rows.into_iter().map(TicketFigure::from).collect(),
        open: figures.open.into_iter().filter_map(of_post).collect(),
        satisfied_goal_permille: figures.satisfied_goal_permille,
    }))
}
