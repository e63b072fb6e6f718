//! The signed webhook, after the scheme of Standard Webhooks: HMAC-SHA-256 over `id.timestamp.body`. The signature is
//! looked at before anything of the body is, and a delivery is good for five minutes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use livehand_kernel::{Entropy, Millis, Phrase};
use livehand_trade::orders::is_plain_id;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::take::Incoming;
use super::{NewOrderNotice, OrderTaken};
use crate::audit::Entry;
use crate::{App, Error};

/// How far the time of a delivery may be from ours, in ms.
const WINDOW_MS: i64 = 5 * 60_000;
/// Signatures that are looked at; a sender who changes secrets sends two.
const SIGNATURES_MAX: usize = 8;
/// Shortest secret, in bytes.
const SECRET_BYTES_MIN: usize = 24;
/// Longest id of a delivery, in bytes.
const ID_BYTES_MAX: usize = 96;
/// What is hashed before the body to tell a digest from a signature.
const DIGEST_OF: &[u8] = b"livehand order notice\0";

/// A secret that a source of orders signs with. Printing it does not say what it is.
#[derive(Clone)]
pub struct OrderSecret {
    source: String,
    key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for OrderSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OrderSecret({})", self.source)
    }
}

impl OrderSecret {
    /// Secrets from a text: one on each line, the name of the source and `whsec_` with its base64. A source that changes
    /// its secret has two.
    ///
    /// # Errors
    /// The number of the first line that cannot be used.
    pub fn parse(text: &str) -> Result<Vec<Self>, usize> {
        let mut found = Vec::new();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            found.push(Self::of(line).ok_or(number)?);
        }
        Ok(found)
    }

    /// A new secret of a source, as a line of such a text; nothing if the name cannot be used.
    pub fn generate(source: &str, entropy: &dyn Entropy) -> Option<String> {
        let mut key = Zeroizing::new([0_u8; 32]);
        entropy.fill(&mut *key);
        let line = format!("{source} whsec_{}\n", STANDARD.encode(*key));
        Self::of(line.trim_end()).map(|_| line)
    }

    fn of(line: &str) -> Option<Self> {
        let (source, secret) = line.split_once(char::is_whitespace)?;
        let key = Zeroizing::new(STANDARD.decode(secret.trim().strip_prefix("whsec_")?).ok()?);
        // The names of what delivers without a secret are not to be had.
        let good = is_plain_id(source, 32) && !RESERVED.contains(&source) && key.len() >= SECRET_BYTES_MIN;
        good.then(|| Self { source: source.to_owned(), key })
    }

    fn mac(&self, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        for part in parts {
            mac.update(part);
        }
        Some(mac.finalize().into_bytes().into())
    }
}

/// Sources that are not webhooks.
pub(super) const RESERVED: [&str; 2] = ["export", "simulator"];

/// A delivery as it came.
#[derive(Clone, Copy, Debug)]
pub struct SignedBody<'a> {
    /// The header `webhook-id`.
    pub id: &'a str,
    /// The header `webhook-timestamp`: seconds since the epoch.
    pub timestamp: &'a str,
    /// The header `webhook-signature`: `v1,` and base64, several with spaces between.
    pub signature: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// A delivery whose signature and time are good.
#[derive(Debug)]
pub struct Verified {
    source: String,
    id: String,
    digests: Vec<Vec<u8>>,
}

impl Verified {
    /// The id of the delivery.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl App {
    /// Checks who signed a delivery, and when.
    ///
    /// # Errors
    /// [`Error::NotVerified`] with the codes `webhook_forged`, `webhook_too_old` and `webhook_from_the_future`.
    pub fn verify_order_webhook(&self, signed: &SignedBody<'_>) -> Result<Verified, Error> {
        verify(&self.order_secrets, signed, self.clock.now())
    }

    /// Takes a notice that was delivered by a webhook. The same delivery is answered the same again.
    ///
    /// # Errors
    /// [`Error::Invalid`] without what stood in the fields, [`Error::Reused`], [`Error::Conflict`] with the codes
    /// `no_personal_data_key` and `personal_data_unreadable`.
    pub async fn take_order_webhook(
        &self,
        verified: Verified,
        mut new: NewOrderNotice,
    ) -> Result<OrderTaken, Error> {
        let Verified { source, id, digests } = verified;
        new.notice.id = id;
        let checked = Incoming::checked(&source, new, digests, self.clock.now())?;
        let entry = Entry::by_nobody("take_order", &checked.order())
            .with(serde_json::json!({ "source": source, "notice": checked.notice.id }));
        let taken = self.take(entry, &[checked], true).await?;
        taken.into_iter().next().ok_or(Error::Internal("a notice was not answered"))
    }
}

fn verify(secrets: &[OrderSecret], signed: &SignedBody<'_>, now: Millis) -> Result<Verified, Error> {
    let SignedBody { id, timestamp, signature, body } = *signed;
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let mut by = None;
    for given in signature.split(' ').take(SIGNATURES_MAX) {
        let Some(Ok(given)) = given.strip_prefix("v1,").map(|given| STANDARD.decode(given)) else { continue };
        // All of them are compared, so that the time does not tell which one came close.
        for secret in secrets {
            let good = secret.mac(&parts).is_some_and(|mac| bool::from(mac.as_slice().ct_eq(&given)));
            by = if good { Some(secret) } else { by };
        }
    }
    let at = timestamp.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000));
    let (Some(by), Some(at), true) = (by, at, is_plain_id(id, ID_BYTES_MAX)) else {
        return Err(not_verified(
            "webhook_forged",
            "The signature fits no secret of this server",
            "签名与本服务器的任何密钥都不符",
        ));
    };
    if at < now.0 - WINDOW_MS {
        return Err(not_verified(
            "webhook_too_old",
            "The delivery was signed more than five minutes ago; sign it again with the time of now",
            "签名时间早于五分钟之前，请用当前时间重新签名",
        ));
    }
    if at > now.0 + WINDOW_MS {
        return Err(not_verified(
            "webhook_from_the_future",
            "The delivery is signed with a time that has not come; look at the sender's clock",
            "签名时间晚于当前时间，请检查发送方的时钟",
        ));
    }
    // Whatever secret of the source signed it first: the same delivery is known again after a change of secrets.
    let others = secrets.iter().filter(|it| it.source == by.source && it.key != by.key);
    let digest =
        |secret: &OrderSecret| secret.mac(&[DIGEST_OF, id.as_bytes(), b".", body]).map(|it| it.to_vec());
    let digests = std::iter::once(by).chain(others).filter_map(digest).collect();
    Ok(Verified { source: by.source.clone(), id: id.to_owned(), digests })
}

fn not_verified(code: &'static str, en: &'static str, zh: &'static str) -> Error {
    Error::NotVerified { code, explanation: Phrase::new(en, zh) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_700_000_000_000);

    fn code(result: Result<Verified, Error>) -> &'static str {
        match result {
            Ok(_) => "verified",
            Err(Error::NotVerified { code, .. }) => code,
            Err(_) => "another error",
        }
    }

    #[test]
    fn the_vector_of_standard_webhooks_is_verified() {
        let secrets =
            OrderSecret::parse("# of the specification\nshop whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
                .unwrap();
        let signed = SignedBody {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            body: br#"{"test": 2432232314}"#,
        };
        let then = Millis(1_614_265_330_000);
        assert_eq!(code(verify(&secrets, &signed, then)), "verified");
        assert_eq!(code(verify(&secrets, &signed, Millis(then.0 + 3 * 86_400_000))), "webhook_too_old");
        assert_eq!(code(verify(&secrets, &signed, Millis(then.0 - 86_400_000))), "webhook_from_the_future");
        for (id, body) in [("msg_other", signed.body), (signed.id, &br#"{"test": 2432232315}"#[..])] {
            assert_eq!(code(verify(&secrets, &SignedBody { id, body, ..signed }, then)), "webhook_forged");
        }
        assert_eq!(code(verify(&[], &signed, then)), "webhook_forged");
    }

    #[test]
    fn a_delivery_is_known_again_after_a_change_of_secrets() {
        let old = "shop whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let both = format!("shop whsec_{}\n{old}", STANDARD.encode([7_u8; 32]));
        let (before, after) = (OrderSecret::parse(old).unwrap(), OrderSecret::parse(&both).unwrap());
        let time = (NOW.0 / 1_000).to_string();
        let sign = |secret: &OrderSecret| {
            let mac = secret.mac(&[b"m1", b".", time.as_bytes(), b".", b"{}"]).unwrap();
            format!("v1,{}", STANDARD.encode(mac))
        };
        let delivered = |secrets: &[OrderSecret], signature: &str| {
            verify(secrets, &SignedBody { id: "m1", timestamp: &time, signature, body: b"{}" }, NOW).unwrap()
        };
        let first = delivered(&before, &sign(&before[0]));
        let again = delivered(&after, &sign(&after[0]));
        assert_ne!(first.digests[0], again.digests[0]);
        assert!(again.digests.contains(&first.digests[0]));
    }

    #[test]
    fn a_secret_that_is_short_or_badly_written_is_named_by_its_line() {
        for (text, line) in [
            ("\nshop whsec_c2hvcnQ=", 2),
            ("shop secret", 1),
            ("export whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1),
        ] {
            assert_eq!(OrderSecret::parse(text).unwrap_err(), line);
        }
    }
}
