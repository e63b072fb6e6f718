//! How the characters of a text file are written: UTF-8 or UTF-16 by their marks, else UTF-8 if it is, else GB18030, of
//! which GBK is a part.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, GB18030, UTF_16BE, UTF_16LE};
use livehand_prepare::sheet::{Encoding, Problem, SheetError};

/// Of so many characters one may be a control character that is none of the usual ones; a file of other data has more.
const CHARS_PER_CONTROL: usize = 1_000;

/// The text of a file, and how it was written.
///
/// # Errors
/// It is no text; the row is where the first byte stands that cannot be read.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), SheetError> {
    let (text, encoding) = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        let text = std::str::from_utf8(rest).map_err(|error| undecodable(rest, error.valid_up_to()))?;
        (Cow::Borrowed(text), Encoding::Utf8Bom)
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        (utf16(rest, UTF_16LE)?, Encoding::Utf16)
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        (utf16(rest, UTF_16BE)?, Encoding::Utf16)
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(error) => gb18030(bytes, error.valid_up_to())?,
        }
    };
    check_is_text(&text)?;
    Ok((text, encoding))
}

fn utf16<'a>(bytes: &'a [u8], encoding: &'static encoding_rs::Encoding) -> Result<Cow<'a, str>, SheetError> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| Problem::Undecodable.into())
}

fn gb18030(bytes: &[u8], utf8_up_to: usize) -> Result<(Cow<'_, str>, Encoding), SheetError> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut text = String::new();
    let needed = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    text.reserve(needed.unwrap_or_default().min(bytes.len() * 2));
    let mut read = 0;
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        let (result, taken) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        read += taken;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(bytes.len() - read + 16),
            // Whoever got further is believed to be what the file was meant to be.
            DecoderResult::Malformed(length, _) => {
                let bad = read.saturating_sub(usize::from(length));
                return Err(undecodable(bytes, bad.max(utf8_up_to)));
            }
        }
    }
    let encoding = if has_four_byte_characters(bytes) { Encoding::Gb18030 } else { Encoding::Gbk };
    Ok((Cow::Owned(text), encoding))
}

/// Whether text that is well-formed GB18030 is more than GBK: a digit as the second byte of a character.
fn has_four_byte_characters(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(first) = rest.next() {
        if *first >= 0x81 && rest.next().is_some_and(u8::is_ascii_digit) {
            return true;
        }
    }
    false
}

fn undecodable(bytes: &[u8], valid_up_to: usize) -> SheetError {
    let before = bytes.get(..valid_up_to).unwrap_or_default();
    let row = u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX);
    let bad = bytes.get(valid_up_to..).and_then(|rest| rest.first()).copied().unwrap_or_default();
    SheetError::from(Problem::Undecodable).in_row(row).with(&format!("0x{bad:02X}"))
}

/// Other data may happen to be well-formed; no text holds a NUL or many control characters.
fn check_is_text(text: &str) -> Result<(), SheetError> {
    let mut row = 1_u32;
    let mut allowed = text.len() / CHARS_PER_CONTROL + 1;
    for c in text.chars() {
        match c {
            '\n' => row = row.saturating_add(1),
            '\t' | '\r' => {}
            c if c.is_control() => {
                allowed = if c == '\0' { 0 } else { allowed.saturating_sub(1) };
                if allowed == 0 {
                    let error = SheetError::from(Problem::Undecodable).in_row(row);
                    return Err(error.with(&format!("0x{:02X}", u32::from(c))));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
