//! Errors as RFC 9457 problems, in the language of the request.

mod draft;
mod room;

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use livehand_app::Error;
use livehand_kernel::{Language, Phrase};
use livehand_live::FieldError;
use livehand_prepare::sheet::{Problem as SheetProblem, SheetError};
use serde::Serialize;
use utoipa::ToSchema;

use self::draft::no_draft;
use self::room::room_error;

/// One field or line that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    /// Line of an NDJSON body, or row of a spreadsheet, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The key, or "line" when the line as a whole cannot be read; the letters of a spreadsheet's column, or "file".
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What stood there.
    pub found: String,
}

/// An error, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code.
    pub code: String,
    /// What kind of error this is.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields or lines that are wrong, at most the first hundred.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// An error on its way to the client, not yet in a language. Boxed, because every handler's result carries room for one.
#[derive(Clone, Debug)]
pub struct ApiError(Box<Explanation>);

#[derive(Clone, Debug)]
struct Explanation {
    status: StatusCode,
    code: &'static str,
    title: Phrase,
    detail: Option<Phrase>,
    faults: Vec<livehand_app::Fault>,
    retry_after_s: Option<u64>,
}

/// Wrong fields named in one answer; the rest would not be read anyway.
const FIELDS_NAMED_MAX: usize = 100;

impl ApiError {
    /// An error of the HTTP layer itself.
    pub fn new(status: StatusCode, code: &'static str, title: Phrase) -> Self {
        Self(Box::new(Explanation {
            status,
            code,
            title,
            detail: None,
            faults: Vec::new(),
            retry_after_s: None,
        }))
    }

    /// With what happened this time.
    #[must_use]
    pub fn with_detail(mut self, detail: Phrase) -> Self {
        self.0.detail = Some(detail);
        self
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// The error in one language.
    pub fn problem(&self, language: Language) -> Problem {
        let Explanation { status, code, title, detail, faults, .. } = &*self.0;
        let say = |phrase: &Phrase| phrase.in_language(language).to_owned();
        Problem {
            kind: format!("/problems/{code}"),
            code: (*code).to_owned(),
            title: say(title),
            status: status.as_u16(),
            detail: detail.as_ref().map(say),
            errors: (faults.iter().take(FIELDS_NAMED_MAX))
                .map(|fault| ProblemField {
                    line: fault.line,
                    field: fault.error.field.clone(),
                    expected: say(&fault.error.expected),
                    found: say(&fault.error.found),
                })
                .collect(),
        }
    }

    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed: {}", chain(error));
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            Phrase::new("Something went wrong", "系统内部出错"),
        )
        .with_detail(Phrase::new(
            "It was logged. Nothing that was acknowledged is lost.",
            "已记录日志，已确认的数据不会丢失。",
        ))
    }
}

/// An error with all its causes on one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let plain =
            |status, code, en: &'static str, zh: &'static str| Self::new(status, code, Phrase::new(en, zh));
        match error {
            Error::Unauthenticated => {
                plain(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first", "请先登录")
            }
            Error::WrongPassword => plain(
                StatusCode::UNAUTHORIZED,
                "wrong_password",
                "Name or password is wrong",
                "姓名或密码不对",
            ),
            Error::TooManyAttempts => plain(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Too many attempts, wait a minute",
                "尝试次数过多，请一分钟后再试",
            )
            .retry_after(60),
            Error::Forbidden(action) => plain(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Your hats do not allow this",
                "你的岗位没有这项权限",
            )
            .with_detail(Phrase::new(
                format!("It needs the permission {}.", action.code()),
                format!("需要权限 {}。", action.code()),
            )),
            Error::LinkUsed => plain(
                StatusCode::GONE,
                "link_used",
                "The link was used already or has expired",
                "链接已被使用或已过期",
            ),
            Error::ChooseNameAndPassword => plain(
                StatusCode::UNPROCESSABLE_ENTITY,
                "choose_name_and_password",
                "Choose a name and a password",
                "请设置姓名和密码",
            ),
            Error::NotFound { kind, id } => {
                let (en, zh) = noun(kind);
                Self::new(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    Phrase::new(format!("There is no such {en}"), format!("没有这个{zh}")),
                )
                .with_detail(Phrase::literal(id))
            }
            Error::Refused { code, explanation, faults } => {
                let mut refused = Self::new(StatusCode::CONFLICT, code, explanation);
                refused.0.faults = faults;
                refused
            }
            Error::Conflict { code, explanation } => Self::new(StatusCode::CONFLICT, code, explanation),
            Error::NotVerified { code, explanation } => {
                Self::new(StatusCode::UNAUTHORIZED, code, explanation)
            }
            Error::Reused { code, explanation } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, explanation)
            }
            Error::Invalid(faults) => {
                let mut error = plain(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "Some values cannot be used",
                    "有些内容不符合要求",
                );
                let count = faults.len();
                error.0.faults = faults;
                error.with_detail(Phrase::new(
                    format!("{count} wrong; nothing was applied."),
                    format!("共 {count} 处有误，未做任何更改。"),
                ))
            }
            Error::Sheet(error) => sheet_error(&error),
            Error::WordingBlocked(hits) => wording_blocked(&hits),
            Error::NoDraft(failed) => no_draft(failed),
            Error::Room(error) => room_error(error),
            Error::Storage(livehand_app::StorageError::Busy) => {
                plain(StatusCode::SERVICE_UNAVAILABLE, "busy", "The database is busy", "数据库繁忙")
                    .retry_after(1)
            }
            Error::Storage(livehand_app::StorageError::Full { .. }) => disk_full(),
            error @ (Error::Storage(_) | Error::Internal(_)) => Self::internal(&error),
        }
    }
}

/// Why a spreadsheet was not read, with the row as its line and the column's letters as its field.
fn sheet_error(error: &SheetError) -> ApiError {
    let status = match error.problem {
        SheetProblem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        SheetProblem::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let title = Phrase::new("The spreadsheet cannot be read", "表格无法读取");
    let mut explained = ApiError::new(status, error.problem.code(), title).with_detail(error.phrase());
    explained.0.faults = vec![livehand_app::Fault {
        line: error.row.map(u64::from),
        error: FieldError::new(&error.field(), error.problem.expected(), error.found()),
    }];
    if error.problem == SheetProblem::Busy { explained.retry_after(5) } else { explained }
}

/// The words, why each of them, and what could be said instead.
fn wording_blocked(hits: &[livehand_compliance::wording::Hit]) -> ApiError {
    let title = Phrase::new("The text has wordings that must not be published", "文案含不可发布的用语");
    let mut error = ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "wording_blocked", title);
    error.0.faults = hits
        .iter()
        .map(|hit| {
            let instead = hit.suggestions.join(" / ");
            let expected = Phrase::new(
                format!("{} ({}); instead: {instead}", hit.why.en, hit.basis.en),
                format!("{}（{}）可改为：{instead}", hit.why.zh, hit.basis.zh),
            );
            let found = Phrase::literal(livehand_kernel::display_text(&hit.found));
            livehand_app::Fault { line: None, error: livehand_live::FieldError::new("text", expected, found) }
        })
        .collect();
    let words: Vec<_> = hits.iter().map(|hit| livehand_kernel::display_text(&hit.found)).collect();
    error.with_detail(Phrase::new(words.join(", "), words.join("、")))
}

fn disk_full() -> ApiError {
    ApiError::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "disk_full",
        Phrase::new("The disk is full; nothing was recorded", "磁盘已满，本次未记录"),
    )
    .retry_after(10)
}

fn noun(kind: &'static str) -> (&'static str, &'static str) {
    match kind {
        "show" => ("show", "场次"),
        "product" => ("product", "商品"),
        "link" => ("link", "链接"),
        "person" => ("person", "成员"),
        "page" => ("page", "页面"),
        "table" => ("table", "表格"),
        "sku" => ("SKU", "规格"),
        "customer" => ("customer", "客户"),
        "delivery" => ("delivery", "收货记录"),
        "erasure" => ("request for erasure", "删除请求"),
        "edit" => ("edit", "修改记录"),
        "import" => ("import", "导入"),
        "claim" => ("claim", "宣称"),
        "faq" => ("FAQ entry", "话术条目"),
        "faq_version" => ("version of the FAQ entry", "话术版本"),
        "faq_learned" => ("variant to be looked at", "待审问法"),
        "reservation" => ("reservation", "占库记录"),
        "order" => ("order", "订单"),
        "ticket" => ("ticket", "工单"),
        "compensation" => ("compensation", "补偿"),
        "intercept" => ("intercept", "拦截单"),
        "canned answer" => ("prepared answer", "快捷回复"),
        other => (other, "内容"),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The language of a request: English if it asks for English before Chinese, Chinese otherwise.
pub fn language(headers: &http::HeaderMap) -> Language {
    let accepted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let position = |tag: &str| accepted.to_ascii_lowercase().find(tag);
    match (position("en"), position("zh")) {
        (Some(english), Some(chinese)) if english < chinese => Language::English,
        (Some(_), None) => Language::English,
        _ => Language::Chinese,
    }
}

/// Gives every error its body, in the language of the request.
pub async fn localise(request: Request, next: Next) -> Response {
    let language = language(request.headers());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return render(&error, language);
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut response = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => render(
            &ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                Phrase::new("The body is too large", "内容太大"),
            ),
            language,
        ),
        StatusCode::METHOD_NOT_ALLOWED => render(
            &ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                Phrase::new("The method is not allowed here", "不支持这种请求方法"),
            ),
            language,
        ),
        StatusCode::REQUEST_TIMEOUT => render(
            &ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "timeout",
                Phrase::new("The request took too long", "请求超时"),
            ),
            language,
        ),
        _ => response,
    };
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn render(error: &ApiError, language: Language) -> Response {
    let mut response = (error.0.status, Json(error.problem(language))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = error.0.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The request asks for the stream but not for a WebSocket.
pub fn not_a_websocket() -> ApiError {
    ApiError::new(
        StatusCode::UPGRADE_REQUIRED,
        "not_a_websocket",
        Phrase::new("The stream is a WebSocket", "实时数据流需要使用 WebSocket 连接"),
    )
}
