//! An OpenAI-compatible endpoint: a server that answers `POST {url}/chat/completions`. What must never happen here: a key
//! in an error or a log line, a request that is sent twice, and an answer that is read without end.

mod client;
mod decode;
mod url;

pub use client::{Endpoint, NewEndpoint, NoDraft};
pub use url::check_url;
