//! Which orders are looked at a second time. Everybody who has the orders' ids can draw the same sample.

use sha2::{Digest, Sha256};

/// Whether an order is in the sample of so many in a thousand.
pub fn is_sampled(order: &str, per_mille: i64) -> bool {
    let digest: [u8; 32] = Sha256::digest(order.as_bytes()).into();
    let drawn = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)) % 1_000;
    i64::try_from(drawn).is_ok_and(|drawn| drawn < per_mille)
}
