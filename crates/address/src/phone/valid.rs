//! Which mobile prefixes are in use.

use std::sync::LazyLock;

use rlibphonenumber::PHONE_NUMBER_UTIL;

/// Prefixes for things, data and satellites, which people have too, though a directory of numbers may not say so.
const UNUSUAL: [&str; 6] = ["141", "144", "146", "148", "149", "174"];

/// By the first four digits after the 1: whether such a number exists.
static PREFIXES: LazyLock<Vec<bool>> = LazyLock::new(|| {
    (0..1_000_u32)
        .map(|prefix| {
            // Seven digits that no operator keeps for itself.
            let number = format!("+861{prefix:03}3579246");
            PHONE_NUMBER_UTIL.parse(&number, None).is_ok_and(|it| PHONE_NUMBER_UTIL.is_valid_number(&it))
        })
        .collect()
});

/// Whether eleven digits can be a mobile number.
pub(crate) fn is_mobile(digits: &str) -> bool {
    let Some(prefix) =
        digits.strip_prefix('1').and_then(|it| it.get(..3)).and_then(|it| it.parse::<usize>().ok())
    else {
        return false;
    };
    digits.len() == 11
        && (UNUSUAL.iter().any(|it| digits.starts_with(it)) || PREFIXES.get(prefix).copied().unwrap_or(false))
}
