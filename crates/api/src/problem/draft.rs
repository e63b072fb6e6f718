//! Why a model drafted nothing.

use http::StatusCode;
use livehand_app::DraftFailed;

use super::ApiError;

pub(super) fn no_draft(failed: DraftFailed) -> ApiError {
    let status = match failed {
        DraftFailed::Off | DraftFailed::Private => StatusCode::CONFLICT,
        DraftFailed::Busy => StatusCode::SERVICE_UNAVAILABLE,
        DraftFailed::TooLate => StatusCode::GATEWAY_TIMEOUT,
        DraftFailed::Unreachable | DraftFailed::Refused(_) | DraftFailed::Unreadable => {
            StatusCode::BAD_GATEWAY
        }
    };
    let error = ApiError::new(status, failed.code(), failed.phrase());
    if failed == DraftFailed::Busy { error.retry_after(2) } else { error }
}
