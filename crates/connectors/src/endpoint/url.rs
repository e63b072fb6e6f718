//! Where an endpoint may be.

use std::net::IpAddr;

use livehand_kernel::Phrase;
use reqwest::Url;

/// The base of an endpoint, such as `http://127.0.0.1:11434/v1`: encrypted, unless it is on this machine.
///
/// # Errors
/// What was expected. The address itself is not quoted, because it may hold a password.
pub fn check_url(text: &str) -> Result<Url, Phrase> {
    let expected = || {
        Phrase::new(
            "an address such as https://api.example.com/v1, without a user, a ? and a #",
            "形如 https://api.example.com/v1 的地址，不含账号、? 和 #",
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| expected())?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host_str().filter(|host| !host.is_empty() && bare).ok_or_else(expected)?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(host) => Ok(url),
        "http" => Err(Phrase::new(
            "https://, because the text would go over the network unencrypted; http:// only to 127.0.0.1, ::1 or localhost",
            "https:// 开头，否则内容会明文经过网络；http:// 只能用于 127.0.0.1、::1 或 localhost",
        )),
        _ => Err(expected()),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Where answers are asked for, below the base.
pub(super) fn completions(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/chat/completions", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_encrypted_or_on_this_machine() {
        for (text, asked) in [
            ("https://api.example.com/v1", "https://api.example.com/v1/chat/completions"),
            ("https://api.example.com", "https://api.example.com/chat/completions"),
            (" http://127.0.0.1:11434/v1/ ", "http://127.0.0.1:11434/v1/chat/completions"),
            ("http://localhost:8000/v1", "http://localhost:8000/v1/chat/completions"),
            ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ] {
            assert_eq!(completions(&check_url(text).unwrap()).as_str(), asked, "{text}");
        }
    }

    #[test]
    fn what_would_be_read_on_the_way_is_refused() {
        for text in
            ["http://192.168.1.9:11434/v1", "http://api.example.com/v1", "http://localhost.example.com/v1"]
        {
            assert!(check_url(text).unwrap_err().en.contains("unencrypted"), "{text}");
        }
        for text in [
            "",
            "127.0.0.1:11434/v1",
            "ftp://127.0.0.1/v1",
            "https://me:secret@api.example.com/v1",
            "https://api.example.com/v1?key=secret",
            "https://api.example.com/v1#a",
        ] {
            let expected = check_url(text).unwrap_err();
            assert!(
                expected.en.contains("https://api.example.com/v1") && !expected.en.contains("secret"),
                "{text}"
            );
        }
    }
}
