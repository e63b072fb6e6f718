//! Asking.

use std::time::Duration;

use livehand_kernel::Phrase;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::decode::{Asked, written};
use super::url::{check_url, completions};

/// Most that is read of an answer, in bytes; one line is a thousandth of it.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// An endpoint as its owner names it.
pub struct NewEndpoint<'a> {
    /// Its base, such as `https://api.example.com/v1`.
    pub url: &'a str,
    /// The model that is asked.
    pub model: &'a str,
    /// The key, if it needs one.
    pub key: Option<&'a str>,
    /// How long an answer may take, from the first byte that is sent to the last that is read.
    pub within: Duration,
}

/// An endpoint that can be asked.
pub struct Endpoint {
    http: Client,
    url: Url,
    model: String,
    key: Option<HeaderValue>,
}

/// Why there is no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDraft {
    /// The answer did not come in time.
    TooLate,
    /// Nobody answers there.
    Unreachable,
    /// It answered with this HTTP status.
    Refused(u16),
    /// The answer is larger than any line.
    TooLarge,
    /// The answer is none that such an endpoint gives.
    Unreadable,
    /// The model wrote on and on and was stopped.
    CutOff,
    /// The model wrote nothing.
    Nothing,
}

impl Endpoint {
    /// The endpoint, ready to be asked.
    ///
    /// # Errors
    /// The setting that cannot be used, and what was expected of it.
    pub fn new(new: &NewEndpoint<'_>) -> Result<Self, (&'static str, Phrase)> {
        let base = check_url(new.url).map_err(|expected| ("url", expected))?;
        let key = new.key.map(bearer).transpose().map_err(|expected| ("key_file", expected))?;
        // Neither a redirect nor a proxy of the environment may lead the key and the text elsewhere.
        let mut http = Client::builder().redirect(Policy::none()).no_proxy().timeout(new.within);
        if base.scheme() == "http" {
            // What is not encrypted needs no certificate authorities, which a bare machine does not have.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|_| ("url", no_authorities()))?;
        Ok(Self { http, url: completions(&base), model: new.model.to_owned(), key })
    }

    /// Where it is, without its path: for people.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Asks once; what the model wrote, as it wrote it.
    ///
    /// # Errors
    /// Why there is nothing.
    pub async fn ask(&self, instruction: &str, words: &str) -> Result<String, NoDraft> {
        let mut request = self.http.post(self.url.clone()).json(&Asked::new(&self.model, instruction, words));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status();
        if !status.is_success() {
            // What such a server says of its refusal may repeat a part of the key.
            return Err(NoDraft::Refused(status.as_u16()));
        }
        written(&whole(response).await?)
    }
}

async fn whole(mut response: Response) -> Result<Vec<u8>, NoDraft> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(NoDraft::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failure(error: &reqwest::Error) -> NoDraft {
    if error.is_timeout() { NoDraft::TooLate } else { NoDraft::Unreachable }
}

fn no_authorities() -> Phrase {
    Phrase::new(
        "an address whose certificate can be checked; this machine has no certificate authorities (ca-certificates)",
        "可以验证证书的地址；本机没有根证书（ca-certificates）",
    )
}

/// The header with the key, which neither `Debug` nor a log shows.
fn bearer(key: &str) -> Result<HeaderValue, Phrase> {
    let expected =
        || Phrase::new("a file with the key on one line, in ASCII", "内含一行密钥的文件，仅限 ASCII 字符");
    let key = key.trim();
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err(expected());
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| expected())?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_and_is_never_shown() {
        let header = bearer(" made-up-key-1 \n").unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer made-up-key-1");
        assert!(!format!("{header:?}").contains("made-up"));
        for key in ["", "\n", "two\nlines", "with blank", "密钥"] {
            assert!(bearer(key).is_err(), "{key}");
        }
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named() {
        let new =
            |url, key| Endpoint::new(&NewEndpoint { url, model: "m", key, within: Duration::from_secs(1) });
        assert_eq!(new("http://api.example.com/v1", None).err().map(|it| it.0), Some("url"));
        assert_eq!(new("http://127.0.0.1:1/v1", Some("a b")).err().map(|it| it.0), Some("key_file"));
        assert_eq!(new("http://127.0.0.1:1/v1", Some("key")).unwrap().host(), "127.0.0.1");
    }
}
