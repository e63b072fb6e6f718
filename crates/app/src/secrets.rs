//! Tokens and passwords. A token is 256 random bits and only its SHA-256 is kept; a password is kept as argon2id.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use livehand_kernel::Entropy;
use sha2::{Digest, Sha256};

/// The SHA-256 of a token.
pub type TokenHash = [u8; 32];

/// Memory of one password hash in KiB; with one pass and one lane, as in OWASP ASVS 5.0 appendix C.
const ARGON2_MEMORY_KIB: u32 = 47_104;

/// A fresh token: 64 hexadecimal digits.
pub fn new_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0u8; 32];
    entropy.fill(&mut bytes);
    hex::encode(bytes)
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Hashes a password; takes about 50 ms.
///
/// # Errors
/// Only if the parameters are impossible, which a test rules out.
pub fn hash_password(password: &str, entropy: &dyn Entropy) -> Result<String, argon2::password_hash::Error> {
    let mut salt = [0u8; 16];
    entropy.fill(&mut salt);
    Ok(hasher()?.hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

/// Whether `password` is the one behind `hash`. Takes as long when there is no hash, so that names cannot be probed.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let known = hash.unwrap_or(NOBODY);
    let parsed = PasswordHash::new(known);
    let matches = match (hasher(), parsed) {
        (Ok(hasher), Ok(parsed)) => hasher.verify_password(password.as_bytes(), &parsed).is_ok(),
        _ => false,
    };
    matches && hash.is_some()
}

/// A hash of nothing that anybody knows, with today's parameters.
const NOBODY: &str =
    "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn hasher() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(ARGON2_MEMORY_KIB, 1, 1, None)
        .map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (n, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(n % 251).unwrap();
            }
        }
    }

    #[test]
    fn a_password_is_recognised_and_another_is_not() {
        let hash = hash_password("直播间 2026", &Counting).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
        assert!(verify_password("直播间 2026", Some(&hash)));
        assert!(!verify_password("直播间 2025", Some(&hash)));
        assert!(!verify_password("直播间 2026", None));
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
