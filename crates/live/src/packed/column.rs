//! One column: how the values of one key of many events are written one after the other.

use std::borrow::Cow;

use indexmap::IndexSet;

use super::PackedError;
use crate::metrics::Name;

/// Entries of a list; their numbers fit into a byte, of which 0 says that there is no value.
const ENTRIES_MAX: usize = 255;

/// How the values of a column of texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// The distinct texts, and for each event the number of its own.
    Listed = 0,
    /// The numbers that the texts write.
    Numbers = 1,
    /// The length of each, and all of them one after the other.
    Written = 2,
}

impl Coding {
    fn of(code: u8) -> Result<Self, PackedError> {
        match code {
            0 => Ok(Coding::Listed),
            1 => Ok(Coding::Numbers),
            2 => Ok(Coding::Written),
            _ => Err(PackedError::Newer { what: "coding", code }),
        }
    }
}

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], PackedError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PackedError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, PackedError> {
        self.take(1).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    /// A number of four bytes, the lowest first.
    pub fn count(&mut self) -> Result<usize, PackedError> {
        let bytes = self.take(4)?.first_chunk().copied().unwrap_or_default();
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    fn text(&mut self, length: usize) -> Result<&'a str, PackedError> {
        std::str::from_utf8(self.take(length)?).map_err(|_| PackedError::NotText)
    }

    pub fn end(self) -> Result<(), PackedError> {
        if self.0.is_empty() { Ok(()) } else { Err(PackedError::Long) }
    }
}

pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

/// Writes numbers as what they have above the least of them and one, in as few bytes each as the largest needs; 0 stands
/// for none. Nothing if the span is too wide for that.
fn put_numbers(out: &mut Vec<u8>, values: &[Option<u64>]) -> Option<()> {
    let base = values.iter().flatten().min().copied().unwrap_or(0);
    let top = values.iter().flatten().max().copied().unwrap_or(0);
    let span = (top - base).checked_add(1)?;
    let width = (u64::BITS - span.leading_zeros()).div_ceil(8) as usize;
    out.push(width as u8);
    out.extend(base.to_le_bytes());
    for value in values {
        let word = value.map_or(0, |value| value - base + 1).to_le_bytes();
        out.extend(word.get(..width)?);
    }
    Some(())
}

fn numbers(bytes: &mut Bytes, events: usize) -> Result<Vec<Option<u64>>, PackedError> {
    let width = bytes.byte()?;
    let base = u64::from_le_bytes(bytes.take(8)?.first_chunk().copied().unwrap_or_default());
    let words = bytes.take(events.saturating_mul(usize::from(width)))?;
    match width {
        1 => words_of::<1>(words, base),
        2 => words_of::<2>(words, base),
        3 => words_of::<3>(words, base),
        4 => words_of::<4>(words, base),
        5 => words_of::<5>(words, base),
        6 => words_of::<6>(words, base),
        7 => words_of::<7>(words, base),
        8 => words_of::<8>(words, base),
        _ => Err(PackedError::Newer { what: "width", code: width }),
    }
}

fn words_of<const WIDTH: usize>(bytes: &[u8], base: u64) -> Result<Vec<Option<u64>>, PackedError> {
    let (words, _) = bytes.as_chunks::<WIDTH>();
    let value = |word: &[u8; WIDTH]| {
        let mut whole = [0; 8];
        whole.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
        match u64::from_le_bytes(whole).checked_sub(1) {
            Some(above) => base.checked_add(above).map(Some).ok_or(PackedError::OutOfRange),
            None => Ok(None),
        }
    };
    words.iter().map(value).collect()
}

/// Orders signed numbers as unsigned ones.
const SIGN: u64 = 1 << 63;

/// Writes a column of whole numbers.
pub(super) fn put_integers(out: &mut Vec<u8>, values: &[Option<i64>]) -> Result<(), PackedError> {
    let values: Vec<_> = values.iter().map(|value| value.map(|it| it.cast_unsigned() ^ SIGN)).collect();
    put_numbers(out, &values).ok_or(PackedError::OutOfRange)
}

/// Reads a column of whole numbers, of `events` events.
pub(super) fn integers(mut bytes: Bytes, events: usize) -> Result<Vec<Option<i64>>, PackedError> {
    let values = numbers(&mut bytes, events)?;
    bytes.end()?;
    Ok(values.into_iter().map(|value| value.map(|it| (it ^ SIGN).cast_signed())).collect())
}

/// Writes a column of texts.
pub(super) fn put_texts(out: &mut Vec<u8>, texts: &[Option<&str>]) -> Result<(), PackedError> {
    if let Some(entries) = few(texts) {
        out.push(Coding::Listed as u8);
        put_count(out, entries.len());
        for entry in &entries {
            put_count(out, entry.len());
            out.extend(entry.as_bytes());
        }
        let code = |text: &Option<&str>| text.and_then(|text| entries.get_index_of(text));
        out.extend(texts.iter().map(|text| code(text).map_or(0, |place| place as u8 + 1)));
        return Ok(());
    }
    let before = out.len();
    if let Some(numbers) = all_numbers(texts) {
        out.push(Coding::Numbers as u8);
        if put_numbers(out, &numbers).is_some() {
            return Ok(());
        }
        out.truncate(before);
    }
    out.push(Coding::Written as u8);
    let lengths: Vec<_> = texts.iter().map(|text| text.map(|text| text.len() as u64)).collect();
    put_numbers(out, &lengths).ok_or(PackedError::OutOfRange)?;
    texts.iter().flatten().for_each(|text| out.extend(text.as_bytes()));
    Ok(())
}

/// The distinct texts, if they are few.
fn few<'a>(texts: &[Option<&'a str>]) -> Option<IndexSet<&'a str>> {
    let mut entries = IndexSet::new();
    let mut values = 0;
    for text in texts.iter().flatten() {
        values += 1;
        entries.insert(*text);
        if entries.len() > ENTRIES_MAX {
            return None;
        }
    }
    (entries.len() * 2 <= values + 1).then_some(entries)
}

fn all_numbers(texts: &[Option<&str>]) -> Option<Vec<Option<u64>>> {
    let number = |text: &str| match Name::from(text) {
        Name::Number(number) => Some(Some(number)),
        Name::Text(_) => None,
    };
    texts.iter().map(|text| text.map_or(Some(None), number)).collect()
}

/// The texts of a column.
#[derive(Debug, Default)]
pub(super) enum Texts<'a> {
    /// No event has a value.
    #[default]
    None,
    /// The distinct texts, and which of them each event has, from 1.
    Listed { entries: Vec<&'a str>, codes: &'a [u8] },
    /// One after the other, and where the text of each event stands.
    Written { text: Cow<'a, str>, spans: Vec<Option<(u32, u32)>> },
}

impl<'a> Texts<'a> {
    /// Reads a column of texts, of `events` events.
    pub fn read(mut bytes: Bytes<'a>, events: usize) -> Result<Self, PackedError> {
        let texts = match Coding::of(bytes.byte()?)? {
            Coding::Listed => Self::listed(&mut bytes, events)?,
            Coding::Numbers => Self::of_numbers(&numbers(&mut bytes, events)?),
            Coding::Written => Self::written(&mut bytes, events)?,
        };
        bytes.end()?;
        Ok(texts)
    }

    fn listed(bytes: &mut Bytes<'a>, events: usize) -> Result<Self, PackedError> {
        let mut entries = Vec::new();
        for _ in 0..bytes.count()? {
            let length = bytes.count()?;
            entries.push(bytes.text(length)?);
        }
        let codes = bytes.take(events)?;
        let known = codes.iter().all(|code| usize::from(*code) <= entries.len());
        known.then_some(Texts::Listed { entries, codes }).ok_or(PackedError::OutOfRange)
    }

    fn of_numbers(numbers: &[Option<u64>]) -> Self {
        let mut text = String::with_capacity(numbers.len() * 20);
        let mut digits = itoa::Buffer::new();
        let mut spans = Vec::with_capacity(numbers.len());
        for number in numbers {
            let start = text.len() as u32;
            spans.push(number.map(|number| {
                text.push_str(digits.format(number));
                (start, text.len() as u32)
            }));
        }
        Texts::Written { text: Cow::Owned(text), spans }
    }

    fn written(bytes: &mut Bytes<'a>, events: usize) -> Result<Self, PackedError> {
        let lengths = numbers(bytes, events)?;
        let text = bytes.text(bytes.0.len())?;
        let mut spans = Vec::with_capacity(events);
        let mut end = 0_u32;
        for length in lengths {
            let Some(length) = length else {
                spans.push(None);
                continue;
            };
            let start = end;
            end = u64::from(start)
                .checked_add(length)
                .and_then(|end| u32::try_from(end).ok())
                .unwrap_or(u32::MAX);
            if !text.is_char_boundary(end as usize) {
                return Err(PackedError::NotText);
            }
            spans.push(Some((start, end)));
        }
        let whole = end as usize == text.len();
        whole.then_some(Texts::Written { text: Cow::Borrowed(text), spans }).ok_or(PackedError::Long)
    }

    /// The text of the event at `place`.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&str> {
        match self {
            Texts::None => None,
            Texts::Listed { .. } => self.entry(place).and_then(|entry| self.entries().get(entry).copied()),
            Texts::Written { text, spans } => {
                let (start, end) = (*spans.get(place)?)?;
                text.get(start as usize..end as usize)
            }
        }
    }

    /// The distinct texts, if they are listed.
    pub fn entries(&self) -> &[&'a str] {
        match self {
            Texts::Listed { entries, .. } => entries,
            _ => &[],
        }
    }

    /// Which of [`Texts::entries`] the event at `place` has, if they are listed.
    #[inline]
    pub fn entry(&self, place: usize) -> Option<usize> {
        match self {
            Texts::Listed { codes, .. } => usize::from(*codes.get(place)?).checked_sub(1),
            _ => None,
        }
    }
}

/// The ids of a column.
#[derive(Debug)]
pub(super) enum Names<'a> {
    Numbers(Vec<Option<u64>>),
    Texts(Texts<'a>),
}

impl Default for Names<'_> {
    fn default() -> Self {
        Names::Texts(Texts::None)
    }
}

impl<'a> Names<'a> {
    /// Reads a column of ids, of `events` events.
    pub fn read(bytes: Bytes<'a>, events: usize) -> Result<Self, PackedError> {
        let mut values = bytes;
        if Coding::of(values.byte()?)? != Coding::Numbers {
            return Texts::read(bytes, events).map(Names::Texts);
        }
        let numbers = numbers(&mut values, events)?;
        values.end()?;
        Ok(Names::Numbers(numbers))
    }

    /// The id of the event at `place`.
    #[inline]
    pub fn get(&self, place: usize) -> Option<Name<'_>> {
        match self {
            Names::Numbers(numbers) => numbers.get(place).copied().flatten().map(Name::Number),
            Names::Texts(texts) => texts.get(place).map(Name::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(texts: &[Option<&str>]) -> Vec<Option<String>> {
        let mut out = Vec::new();
        put_texts(&mut out, texts).unwrap();
        let read = Texts::read(Bytes(&out), texts.len()).unwrap();
        (0..texts.len()).map(|place| read.get(place).map(str::to_owned)).collect()
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_were(texts in prop::collection::vec(
            prop::option::of("[0-9]{1,20}|[a-c]|价.{0,3}|"), 0..300)
        ) {
            let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
            let expected: Vec<_> = texts.iter().map(|text| text.map(str::to_owned)).collect();
            prop_assert_eq!(again(&texts), expected);
        }

        #[test]
        fn numbers_come_back_as_they_were(
            values in prop::collection::vec(prop::option::of(-5_000_000_000_i64..5_000_000_000), 0..300)
        ) {
            let mut out = Vec::new();
            put_integers(&mut out, &values).unwrap();
            prop_assert_eq!(integers(Bytes(&out), values.len()).unwrap(), values);
        }
    }

    #[test]
    fn a_number_written_otherwise_stays_a_text() {
        let long = ["7", "007", "+7", "18446744073709551616", "٧", ""].map(Some);
        assert_eq!(again(&long), long.map(|text| text.map(str::to_owned)));
        let widest = [Some("0"), Some("18446744073709551615"), None];
        assert_eq!(again(&widest), widest.map(|text| text.map(str::to_owned)));
    }

    #[test]
    fn numbers_take_as_few_bytes_as_their_span_needs() {
        let ids: Vec<String> =
            (0..1_000_u64).map(|it| (7_400_000_000_000_000_000 + it * 60).to_string()).collect();
        let ids: Vec<_> = ids.iter().map(|id| Some(id.as_str())).collect();
        let mut out = Vec::new();
        put_texts(&mut out, &ids).unwrap();
        assert_eq!(out.len(), 1 + 1 + 8 + 2 * ids.len());
    }
}
