//! Bodies and queries, with limits, and with errors that name the field.

use std::io::Read;

use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use livehand_app::Error;
use livehand_kernel::Phrase;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::ApiError;

/// Largest JSON body, in bytes.
pub const JSON_BYTES_MAX: usize = 128 * 1024;
/// Largest JSON body of a paste, in bytes: two thousand cells of usual length.
pub const LARGE_JSON_BYTES_MAX: usize = 1024 * 1024;
/// Largest body of events as sent, in bytes.
pub const EVENTS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest body of events after decompression, in bytes.
pub const EVENTS_UNPACKED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bodies of events that are read at the same time: with the limits above it bounds what they take of memory.
pub const INTAKE_AT_ONCE: usize = 4;

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Err(unsupported("application/json"));
        }
        let body = read(request, JSON_BYTES_MAX).await?;
        parse(&body).map(Self)
    }
}

/// A JSON body that may be large: a paste of many cells.
#[derive(Debug)]
pub struct LargeJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for LargeJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(unsupported("application/json"));
        }
        let body = read(request, LARGE_JSON_BYTES_MAX).await?;
        parse(&body).map(Self)
    }
}

/// A JSON body that may hold personal data: what is wrong with it is named, and never quoted.
#[derive(Debug)]
pub struct PrivateJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for PrivateJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(unsupported("application/json"));
        }
        let body = read(request, LARGE_JSON_BYTES_MAX).await?;
        parse_private(&body).map(Self)
    }
}

/// A JSON value that may hold personal data: what is wrong with it is named, and never quoted.
pub fn parse_private<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    let wrong = |field: &str| {
        let expected = Phrase::new("what the API description says", "符合接口文档的内容");
        ApiError::from(Error::field(field, expected, Phrase::new("something else", "其他内容")))
    };
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let path = error.path().to_string();
        wrong(if names_fields(&path) { &path } else { "body" })
    })?;
    reader.end().map_err(|_| wrong("body"))?;
    Ok(value)
}

/// Fields of bodies that may hold personal data. A key may be a value that somebody put in the wrong place, so no other is
/// repeated.
const PRIVATE_FIELDS: &[&str] = &[
    "deliveries",
    "delivery",
    "id",
    "class",
    "at",
    "recipient",
    "name",
    "phone",
    "region",
    "address",
    "remark",
    "reason",
    "note",
    "fields",
    "refused",
    "platform",
    "number",
    "state",
    "created_at",
    "lines",
    "sku",
    "quantity",
    "paid_fen",
    "refund",
    "fen",
    "buyer",
    "show",
];

/// Whether a path, such as `deliveries[3].at`, is made of known fields and small numbers.
fn names_fields(path: &str) -> bool {
    let mut parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty()).peekable();
    let number = |part: &str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    parts.peek().is_some() && parts.all(|part| PRIVATE_FIELDS.contains(&part) || number(part))
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// A JSON body that may be absent, for commands whose fields are all optional.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let body = read(request, JSON_BYTES_MAX).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        parse(&body).map(Self)
    }
}

/// The query of a URL.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        let axum::extract::Query(value) = query.map_err(|rejection| {
            let text = rejection.body_text();
            let (field, found) = text.rsplit_once(": ").map_or(("query", text.as_str()), |(path, found)| {
                (path.rsplit(' ').next().filter(|field| !field.is_empty()).unwrap_or("query"), found)
            });
            ApiError::from(Error::field(
                field,
                Phrase::new("a valid value", "有效的值"),
                Phrase::literal(found.to_owned()),
            ))
        })?;
        Ok(Self(value))
    }
}

/// The parts of a path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // No id holds it, and PostgreSQL takes no text that does.
        let nul = parts.uri.path().to_ascii_lowercase().contains("%00");
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) if !nul => Ok(Self(value)),
            _ => Err(ApiError::from(Error::not_found("page", parts.uri.path()))),
        }
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        let expected = Phrase::new("what the API description says", "符合接口文档的内容");
        ApiError::from(Error::field(&field, expected, Phrase::literal(error.inner().to_string())))
    })?;
    reader.end().map_err(|error| {
        let expected = Phrase::new("one JSON value", "单个 JSON");
        ApiError::from(Error::field("body", expected, Phrase::literal(error.to_string())))
    })?;
    Ok(value)
}

/// The NDJSON of an events request, unpacked, with its turn among those that are read. The turn begins when the body has
/// arrived, so that a slow sender keeps nobody waiting.
pub async fn events_body(
    request: Request,
    intake: &Semaphore,
) -> Result<(Bytes, SemaphorePermit<'_>), ApiError> {
    let gzip = is_gzip(request.headers())?;
    let body = read(request, EVENTS_BYTES_MAX).await?;
    let stopping = |_| ApiError::from(Error::Internal("the program is stopping"));
    let turn = intake.acquire().await.map_err(stopping)?;
    if !gzip {
        return Ok((body, turn));
    }
    let unpacked = tokio::task::spawn_blocking(move || unpack(&body)).await;
    Ok((unpacked.map_err(|_| ApiError::from(Error::Internal("unpacking failed")))??, turn))
}

/// The bytes of a signed delivery; they are read before it is known who sends them.
pub async fn webhook_body(request: Request) -> Result<Bytes, ApiError> {
    read(request, JSON_BYTES_MAX).await
}

/// A spreadsheet as it was sent.
pub async fn sheet_body(request: Request) -> Result<Bytes, ApiError> {
    read(request, livehand_prepare::sheet::FILE_BYTES_MAX).await
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, ApiError> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(unsupported("gzip")),
    }
}

fn unpack(body: &[u8]) -> Result<Bytes, ApiError> {
    let mut unpacked = Vec::new();
    let limit = EVENTS_UNPACKED_BYTES_MAX as u64 + 1;
    MultiGzDecoder::new(body).take(limit).read_to_end(&mut unpacked).map_err(|error| {
        ApiError::from(Error::field(
            "body",
            Phrase::new("whole gzip data", "完整的 gzip 数据"),
            Phrase::literal(error.to_string()),
        ))
    })?;
    if unpacked.len() > EVENTS_UNPACKED_BYTES_MAX {
        return Err(too_large(EVENTS_UNPACKED_BYTES_MAX));
    }
    Ok(unpacked.into())
}

async fn read(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    let collected = Limited::new(request.into_body(), limit).collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            return too_large(limit);
        }
        ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_incomplete",
            Phrase::new("The body did not arrive as a whole", "请求内容没有完整到达"),
        )
    })
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        Phrase::new("The body is too large", "内容太大"),
    )
    .with_detail(Phrase::new(format!("At most {limit} bytes."), format!("最多 {limit} 字节。")))
}

fn unsupported(expected: &'static str) -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        Phrase::new("The body has a form that is not understood", "不支持的内容格式"),
    )
    .with_detail(Phrase::literal(expected))
}

#[cfg(test)]
mod tests {
    use super::names_fields;

    #[test]
    fn a_path_is_said_only_if_every_part_of_it_is_known() {
        for (path, said) in [
            ("deliveries[3].recipient.phone", true),
            ("reason", true),
            (".", false),
            ("", false),
            ("deliveries[0].recipient.13800138765", false),
            ("deliveries[0].zhangsan", false),
            ("张三", false),
        ] {
            assert_eq!(names_fields(path), said, "{path}");
        }
    }
}
