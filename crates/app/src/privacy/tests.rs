//! What all tests of this folder draw from.

use std::sync::atomic::{AtomicU64, Ordering};

use livehand_kernel::Entropy;
use sha2::{Digest, Sha256};

/// Randomness that is the same every time.
#[derive(Default)]
pub struct Drawn(AtomicU64);

impl Entropy for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            let drawn = Sha256::digest(n.to_le_bytes());
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}
