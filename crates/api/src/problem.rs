//! Errors as RFC 9457 problems, in the language of the request.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use livehand_app::{Error, RoomError};
use livehand_kernel::{Language, Phrase};
use livehand_live::sayings::{StaleQuote, StaleReason};
use livehand_live::{FieldError, Refusal};
use livehand_prepare::sheet::{Problem as SheetProblem, SheetError};
use serde::Serialize;
use utoipa::ToSchema;

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
        "edit" => ("edit", "修改记录"),
        "import" => ("import", "导入"),
        "claim" => ("claim", "宣称"),
        other => (other, "内容"),
    }
}

fn room_error(error: RoomError) -> ApiError {
    let unavailable = |code, en: &'static str, zh: &'static str| {
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, Phrase::new(en, zh))
    };
    match error {
        RoomError::Refused { refusal, .. } => refused(&refusal),
        RoomError::Poison { event, .. } => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "poison",
            Phrase::new(
                "An event makes the room fail; it was not recorded",
                "有一条事件会使直播间处理出错，未记录",
            ),
        )
        .with_detail(Phrase::literal(event)),
        RoomError::Busy { .. } => {
            unavailable("busy", "The room has more to do than it can take", "直播间处理不过来，请稍后重试")
                .retry_after(1)
        }
        RoomError::Restarted { .. } => {
            unavailable("restarted", "The room was restarted; nothing was done", "直播间刚刚重启，操作未执行")
                .retry_after(1)
        }
        RoomError::Full { .. } => disk_full(),
        RoomError::Ended { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "show_not_on_air",
            Phrase::new("The show is not on air", "该场次不在直播中"),
        ),
        RoomError::TooMany { count } => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            Phrase::new("The body is too large", "内容太大"),
        )
        .with_detail(Phrase::new(format!("{count} events."), format!("{count} 条事件。"))),
        RoomError::Quarantined { reason, .. } => unavailable(
            "show_held_back",
            "This show is held back until somebody has looked at it",
            "该场次数据异常，已停止服务，请检查",
        )
        .with_detail(Phrase::literal(reason)),
        error @ RoomError::Read { .. } => ApiError::internal(&error),
    }
}

fn refused(refusal: &Refusal) -> ApiError {
    match refusal {
        Refusal::QuestionUnknown { question } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new(format!("There is no question {question}"), format!("没有编号 {question} 的问题")),
        ),
        Refusal::QuestionClosed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "question_closed",
            Phrase::new("The question was closed already", "这个问题已经有人处理了"),
        ),
        Refusal::AnswerEmpty => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "answer_empty",
            Phrase::new(
                "Type an answer, or say that the host answered aloud",
                "请填写答复，或标记为主播口播",
            ),
        ),
        Refusal::CardUnknown { .. } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("The card is gone already", "这张提示卡已收起"),
        ),
        Refusal::CardsWaiting { max } => ApiError::new(
            StatusCode::CONFLICT,
            "cards_waiting",
            Phrase::new(
                format!("The host has {max} cards that were not read yet"),
                format!("主播还有 {max} 张提示卡未看"),
            ),
        ),
        Refusal::SayingsOpen { max, .. } => ApiError::new(
            StatusCode::CONFLICT,
            "sayings_open",
            Phrase::new(
                format!("There are {max} of these already; take one back first"),
                format!("已有 {max} 条，请先撤下一些"),
            ),
        ),
        Refusal::SayingExists { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "saying_exists",
            Phrase::new("Something else has this id", "该编号已被占用"),
        ),
        Refusal::SayingUnknown { .. } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("It was taken back already", "这条内容已撤下"),
        ),
        Refusal::SayingSaid { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "saying_said",
            Phrase::new("It was sent or seen already", "这条内容已发出或主播已看"),
        ),
        Refusal::StaleQuote { quotes } => stale_quote(quotes),
        Refusal::AlarmUnknown { alarm } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("There is no such alarm", "没有这条告警"),
        )
        .with_detail(Phrase::literal(livehand_kernel::display_text(alarm))),
        Refusal::AlarmClosed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "alarm_closed",
            Phrase::new("The alarm was closed already", "这条告警已经关闭"),
        ),
        Refusal::AlarmStepUnknown { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "alarm_step_done",
            Phrase::new("The alarm has no such step to do", "这一步已完成，或不在该预案中"),
        ),
        Refusal::Invalid(error) => {
            livehand_app::Error::Invalid(vec![livehand_app::Fault { line: None, error: (**error).clone() }])
                .into()
        }
        Refusal::TextLength { max_bytes } => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "text_length",
            Phrase::new(
                format!("The text must have 1 to {max_bytes} bytes"),
                format!("内容不能为空，且不超过 {max_bytes} 字节"),
            ),
        ),
    }
}

/// Which quotes no longer hold, and what is so now.
fn stale_quote(quotes: &[StaleQuote]) -> ApiError {
    let mut error = ApiError::new(
        StatusCode::CONFLICT,
        "stale_quote",
        Phrase::new("It quotes what is no longer so; refresh it first", "引用的内容已变，请先刷新"),
    );
    error.0.faults = (quotes.iter())
        .map(|stale| {
            let expected = match (&stale.reason, &stale.value) {
                (StaleReason::Expired, _) => Phrase::new("a fact that still holds", "仍在有效期内"),
                (_, Some(value)) => Phrase::literal(value.clone()),
                (_, None) => Phrase::new("no such fact any more", "该资料已撤销"),
            };
            let field = &stale.quote.field;
            let found = Phrase::literal(stale.quote.value.clone());
            livehand_app::Fault { line: None, error: FieldError::new(field, expected, found) }
        })
        .collect();
    error
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
