//! Traditional characters and the simplified ones that they stand for.

use std::sync::LazyLock;

/// Pairs of a traditional and a simplified character, made from the character table of OpenCC (Apache-2.0).
const TRADITIONAL: &str = include_str!("traditional.txt");
/// The block of Chinese characters that has a direct table.
const HAN: std::ops::Range<u32> = 0x4E00..0xA000;

static SIMPLIFIED: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut table: Box<[u16]> = HAN.map(|code| code as u16).collect();
    for line in TRADITIONAL.lines() {
        let mut pairs = line.chars();
        while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
            let place = (from as u32).checked_sub(HAN.start).and_then(|index| table.get_mut(index as usize));
            if let (Some(place), Ok(to)) = (place, u16::try_from(to as u32)) {
                *place = to;
            }
        }
    }
    table
});

/// The simplified form of a character: 價 gives 价; anything else is left as it is.
pub fn simplified(c: char) -> char {
    let index = (c as u32).wrapping_sub(HAN.start) as usize;
    SIMPLIFIED.get(index).and_then(|code| char::from_u32(u32::from(*code))).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::simplified;

    #[test]
    fn only_traditional_characters_change() {
        let read: String = "多少錢？XL碼，价".chars().map(simplified).collect();
        assert_eq!(read, "多少钱？XL码，价");
    }
}
