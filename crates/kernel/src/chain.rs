//! Hash chains: each row of a record is tied to the one before, so that a changed, missing or moved row shows.

use sha2::{Digest, Sha256};

use crate::Millis;

/// The hash of a row: SHA-256 over the hash of the row before, its number, its time, and its fields, each with its length
/// in front, so that no two different rows have the same bytes.
pub fn chained(previous: &[u8; 32], number: u64, at: Millis, fields: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(number.to_le_bytes());
    hasher.update(at.0.to_le_bytes());
    for field in fields {
        hasher.update((field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_row_counts_and_fields_do_not_run_into_one_another() {
        let whole = chained(&[0; 32], 1, Millis(5), &["ab", "c"]);
        for other in [
            chained(&[1; 32], 1, Millis(5), &["ab", "c"]),
            chained(&[0; 32], 2, Millis(5), &["ab", "c"]),
            chained(&[0; 32], 1, Millis(6), &["ab", "c"]),
            chained(&[0; 32], 1, Millis(5), &["a", "bc"]),
            chained(&[0; 32], 1, Millis(5), &["ab", "c", ""]),
        ] {
            assert_ne!(whole, other);
        }
    }
}
