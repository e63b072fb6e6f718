//! Text of viewers that may be kept in the library.

/// More digits in a row than any size, price or link number has: what is left of a telephone or order number.
const DIGITS_MAX: usize = 6;

/// A comment out of which private data was taken. Whoever makes one masks first; what still looks like a telephone or order
/// number is refused here, so that a mask that was forgotten is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedText(String);

impl MaskedText {
    /// A text that has passed the mask; absent if it still holds a long number.
    pub fn of(masked: &str) -> Option<Self> {
        let shown = livehand_kernel::display_text(masked);
        let mut run = 0;
        for c in shown.chars() {
            run = match c {
                _ if c.is_numeric() => run + 1,
                // People write their numbers with gaps.
                ' ' | '-' | '.' => run,
                _ => 0,
            };
            if run > DIGITS_MAX {
                return None;
            }
        }
        Some(Self(shown))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_not_masked_is_noticed() {
        for private in ["13812345678发顺丰", "138 1234 5678", "１３８１２３４５６７８", "订单 6917926768"]
        {
            assert_eq!(MaskedText::of(private), None, "{private}");
        }
        for fine in ["138****5678 发货没", "160 110穿啥", "身高160体重110", "2号链接多少钱"] {
            assert_eq!(MaskedText::of(fine).unwrap().as_str(), fine);
        }
    }
}
