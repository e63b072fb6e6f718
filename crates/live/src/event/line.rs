//! Reading a line of NDJSON without copying it, for folds of long files. This reads lines as nearly all are written; the
//! rest goes the long way through [`Event::parse_line`], which also says what is wrong with a line, so that both accept
//! the same lines and understand them alike.

use livehand_kernel::Millis;

use super::{AMOUNT_FEN_MAX, AT_RANGE_MS, COUNT_MAX, Event, ID_BYTES_MAX, held_to};
use crate::metrics::{Fact, Happening, Name, Sign};

/// Longer texts go the long way: they may be too long for the log.
const TEXT_BYTES_MAX: usize = 4_096;
/// Digits that surely fit into an i64.
const DIGITS_MAX: usize = 18;

/// What a fold of the metrics needs of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub id: &'a str,
    /// Empty where the line names none.
    pub origin: &'a str,
    pub fact: Fact<'a>,
}

impl<'a> From<&'a Event> for Line<'a> {
    fn from(event: &'a Event) -> Self {
        Self { id: &event.id, origin: &event.origin, fact: Fact::from(event) }
    }
}

impl<'a> Line<'a> {
    /// Reads a line of which every key is one of the contract and stands there once, without escapes, with whole numbers
    /// that are not negative, and with all that its type needs. `None` for any other.
    pub fn read(text: &'a str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let mut keys = Keys::default();
        let mut id = None;
        let (mut at, mut received) = (None, None);
        let mut origin = "";
        let mut fact = Fact {
            happening: Happening::Other,
            at: Millis(0),
            quality: None,
            user: None,
            session: None,
            source: None,
            product: None,
            order: None,
            amount: None,
            count: None,
            stats: None,
        };
        let mut kind = None;
        let mut has_text = false;
        reader.expect(b'{')?;
        loop {
            let key = reader.string()?;
            reader.expect(b':')?;
            reader.space();
            match key.as_bytes() {
                b"id" => id = Some(short(reader.string()?, keys.once(0)?)?),
                b"at" => at = Some(instant(reader.number()?.0, keys.once(1)?)?),
                b"received" => received = Some(instant(reader.number()?.0, keys.once(2)?)?),
                b"type" => kind = Some(happening(reader.string()?, keys.once(3)?)?),
                b"user" => fact.user = Some(Name::from(short(reader.string()?, keys.once(4)?)?)),
                b"session" => {
                    fact.session = Some(Name::from(short(reader.string_or_number()?, keys.once(5)?)?))
                }
                b"source" => fact.source = Some(short(reader.string()?, keys.once(6)?)?),
                b"product" => fact.product = Some(short(reader.string_or_number()?, keys.once(7)?)?),
                b"order" => fact.order = Some(short(reader.string_or_number()?, keys.once(8)?)?),
                b"amount" => fact.amount = Some(within(reader.number()?.0, AMOUNT_FEN_MAX, keys.once(9)?)?),
                b"count" => fact.count = Some(within(reader.number()?.0, COUNT_MAX, keys.once(10)?)?),
                b"text" => has_text = fits(reader.string()?, keys.once(11)?)?,
                b"name" => _ = fits(reader.string()?, keys.once(12)?)?,
                b"sku" => _ = short(reader.string_or_number()?, keys.once(13)?)?,
                b"intent" => _ = short(reader.string()?, keys.once(14)?)?,
                b"topic" => _ = short(reader.string()?, keys.once(16)?)?,
                b"named" => _ = short(reader.string()?, keys.once(17)?)?,
                b"doubt" => _ = short(reader.string()?, keys.once(18)?)?,
                b"origin" => origin = short(reader.string()?, keys.once(15)?)?,
                _ => return None,
            }
            match reader.next()? {
                b',' => reader.space(),
                b'}' => break,
                _ => return None,
            }
        }
        fact.happening = kind?;
        fact.at = held_to(at?, received);
        let whole = reader.at == text.len() && has_what_it_needs(&fact, has_text);
        whole.then_some(Self { id: id?, origin, fact })
    }
}

/// Whether the keys are there that [`Event::check`] asks for.
fn has_what_it_needs(fact: &Fact, has_text: bool) -> bool {
    match fact.happening {
        Happening::OrderCreated => fact.order.is_some(),
        Happening::OrderPaid | Happening::OrderRefunded => fact.order.is_some() && fact.amount.is_some(),
        Happening::ProductView | Happening::ProductClick => fact.product.is_some(),
        Happening::Comment => has_text,
        _ => true,
    }
}

/// Which keys were seen.
#[derive(Default)]
struct Keys(u32);

/// Proof that a key was not seen before.
struct Once;

impl Keys {
    fn once(&mut self, key: u32) -> Option<Once> {
        let bit = 1 << key;
        let before = self.0;
        self.0 |= bit;
        (before & bit == 0).then_some(Once)
    }
}

fn short(text: &str, _: Once) -> Option<&str> {
    (1..=ID_BYTES_MAX).contains(&text.len()).then_some(text)
}

fn fits(text: &str, _: Once) -> Option<bool> {
    (text.len() <= TEXT_BYTES_MAX).then_some(true)
}

fn instant(number: i64, _: Once) -> Option<Millis> {
    AT_RANGE_MS.contains(&number).then_some(Millis(number))
}

fn within(number: i64, max: i64, _: Once) -> Option<i64> {
    (number <= max).then_some(number)
}

/// The types that are counted from what this reads; others go the long way.
fn happening(name: &str, _: Once) -> Option<Happening> {
    Some(match name.as_bytes() {
        b"heartbeat" => Happening::Presence(Sign::Heartbeat),
        b"join" => Happening::Presence(Sign::Join),
        b"leave" => Happening::Presence(Sign::Leave),
        b"like" => Happening::Like,
        b"product_view" => Happening::ProductView,
        b"product_click" => Happening::ProductClick,
        b"comment" => Happening::Comment,
        b"gift" => Happening::Gift,
        b"share" => Happening::Share,
        b"follow" => Happening::Follow,
        b"order_created" => Happening::OrderCreated,
        b"order_paid" => Happening::OrderPaid,
        b"order_refunded" => Happening::OrderRefunded,
        _ => return None,
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn space(&mut self) {
        if self.rest().first() == Some(&b' ') {
            self.at += 1;
        }
    }

    /// A string without escapes, which is what its bytes say.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += plain(self.rest());
        let text = self.text.get(start..self.at)?;
        self.expect(b'"')?;
        Some(text)
    }

    /// A number without sign, fraction or leading zero, and its digits.
    fn number(&mut self) -> Option<(i64, &'a str)> {
        let (number, length) = digits(self.rest())?;
        let start = self.at;
        self.at += length;
        Some((number, self.text.get(start..self.at)?))
    }

    fn string_or_number(&mut self) -> Option<&'a str> {
        match self.rest().first()? {
            b'"' => self.string(),
            _ => Some(self.number()?.1),
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first quote, backslash or control character, eight at a time.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    // The lowest set bit is right; those above it need not be.
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & HIGHS;
    let is = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let special = is(word, b'"') | is(word, b'\\') | below(word, 0x20);
        if special != 0 {
            return place * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    words.len() * 8 + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The number that the bytes begin with, and how many digits it has.
fn digits(bytes: &[u8]) -> Option<(i64, usize)> {
    let (mut number, mut length) = (0_i64, 0);
    for word in bytes.as_chunks::<8>().0.iter().take(DIGITS_MAX / 8) {
        let Some(eight) = eight_digits(u64::from_le_bytes(*word)) else { break };
        number = number * 100_000_000 + eight;
        length += 8;
    }
    for byte in bytes.get(length..).unwrap_or_default().iter().take(DIGITS_MAX + 1 - length) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
        length += 1;
    }
    let leading_zero = length > 1 && bytes.first() == Some(&b'0');
    let fraction = matches!(bytes.get(length), Some(b'.' | b'e' | b'E'));
    ((1..=DIGITS_MAX).contains(&length) && !leading_zero && !fraction).then_some((number, length))
}

/// The number that eight digits make, added up in pairs, then fours, then all eight.
#[inline]
fn eight_digits(word: u64) -> Option<i64> {
    const FOURS: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    // A byte is a digit if its upper half is 3, also with 6 added to it.
    let upper = (word & FOURS) | ((word.wrapping_add(0x0606_0606_0606_0606) & FOURS) >> 4);
    if upper != 0x3333_3333_3333_3333 {
        return None;
    }
    let ones = word & !FOURS;
    let pairs = (ones.wrapping_mul(10) + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let eight = (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff;
    Some(i64::from(eight as u32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(line: &str) -> bool {
        let Some(read) = Line::read(line) else { return false };
        let event = Event::parse_line(line.as_bytes()).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", Line::from(&event)), "{line}");
        true
    }

    #[test]
    fn a_usual_line_is_read_as_by_the_long_way() {
        for line in [
            r#"{"id":"1","at":1763812800013,"received":1763812800043,"type":"join","user":"71","session":900201776793,"source":"follow"}"#,
            r#"{"id": "1", "at": 1763812800013, "type": "comment", "user": "甲", "text": "多少钱😂", "session": "a-b"}"#,
            r#"{"id":"1","at":1763812800013,"received":1763812700043,"type":"order_paid","product":36,"order":"9","amount":100}"#,
            r#"{"id":"1","at":1763812800013,"type":"like","count":0}"#,
        ] {
            assert!(same(line), "{line}");
        }
    }

    #[test]
    fn digits_are_read_as_the_number_that_they_write() {
        for number in [0, 7, 10, 99_999_999, 100_000_000, 1_763_812_800_013, 999_999_999_999_999_999] {
            let text = format!("{number},");
            assert_eq!(digits(text.as_bytes()), Some((number, text.len() - 1)));
            assert_eq!(digits(number.to_string().as_bytes()), Some((number, text.len() - 1)));
        }
        for text in ["", "x", "-1", "007", "1.5", "12345678e1", "1234567890123456789"] {
            assert_eq!(digits(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_unusual_goes_the_long_way() {
        for line in [
            r#"{"id":"1","at":1763812800013,"type":"comment","text":"a\"b"}"#,
            "{\"id\":\"1\",\"at\":1763812800013,\"type\":\"comment\",\"text\":\"a\tb\"}",
            r#"{"id":"1","id":"2","at":1763812800013,"type":"join"}"#,
            r#"{"id":"","at":1763812800013,"type":"join"}"#,
            r#"{"id":"1","at":1763812800013.5,"type":"join"}"#,
            r#"{"id":"1","at":"2025-11-22T20:00:00+08:00","type":"join"}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","session":-5}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","session":007}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","session":9223372036854775808}"#,
            r#"{"id":"1","at":1763812800013,"type":"order_paid","order":"o"}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","quality":"sampled"}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","colour":"red"}"#,
            r#"{"id":"1","at":1763812800013,"type":"join","user":null}"#,
            r#"{"id":"1","at":1763812800013,"type":"join"} "#,
            r#"{"id":"1","at":1763812800013,"type":"join"}{}"#,
            r#"{"id":"1","at":12,"type":"join"}"#,
            r#"{"id":"1","at":1763812800013,"type":"join""#,
            "",
        ] {
            assert!(Line::read(line).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_damaged_line_is_never_read_as_something_else(at in 0..150_usize, byte in 0x09..0x7f_u8) {
            let mut line = br#"{"id":"19","at":1763812800013,"received":1763812800043,"type":"order_paid","user":"71","session":900201776793,"product":"36","order":"69","amount":1000}"#.to_vec();
            let place = at % line.len();
            line[place] = byte;
            let line = String::from_utf8(line).unwrap();
            if Line::read(&line).is_some() {
                prop_assert!(same(&line));
            }
        }
    }
}
