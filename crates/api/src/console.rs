//! The console, built into the program.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use livehand_kernel::Phrase;
use rust_embed::RustEmbed;

use crate::problem::ApiError;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Files whose names carry a hash of their content.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";

/// A file of the console; the pages of its router all get its index.
pub async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") || !matches!(method, Method::GET | Method::HEAD) {
        return not_found();
    }
    if let Some(response) = file(path) {
        return response;
    }
    // A missing file with an ending is a mistake, not a page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return not_found();
    }
    file(INDEX).unwrap_or_else(not_built)
}

fn file(path: &str) -> Option<Response> {
    let file = Files::get(path)?;
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static(cache))];
    Some((headers, file.data).into_response())
}

fn not_found() -> Response {
    ApiError::new(StatusCode::NOT_FOUND, "not_found", Phrase::new("There is nothing here", "页面不存在"))
        .into_response()
}

fn not_built() -> Response {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "console_not_built",
        Phrase::new(
            "The console is not built into this program; run npm --prefix web run build",
            "程序未包含控制台页面，请先运行 npm --prefix web run build",
        ),
    )
    .into_response()
}
