//! A reader that counts lines and stops at elements that do not end.

use std::io::{self, BufRead, Read};

use super::super::{Input, is_torn};

/// Largest element with its attributes, or piece of text, in bytes; the recorder's `raw` attributes have a few thousand.
const ELEMENT_BYTES_MAX: usize = 1024 * 1024;

/// Wraps what the XML parser reads from, because the parser itself would read an element of any size into memory.
pub(super) struct Guarded {
    inner: Input,
    left: usize,
    /// The line that is read now, from 1.
    pub line: u64,
    /// The element was larger than allowed.
    pub too_large: bool,
    /// The compressed file breaks off.
    pub torn: bool,
}

impl Guarded {
    pub fn new(inner: Input) -> Self {
        Self { inner, left: ELEMENT_BYTES_MAX, line: 1, too_large: false, torn: false }
    }

    /// Takes the reader away, for another parser.
    pub fn take(&mut self) -> Self {
        let inner = std::mem::replace(&mut self.inner, Box::new(io::empty()));
        Self { inner, ..*self }
    }

    /// Allows one more element.
    pub fn begin_element(&mut self) {
        self.left = ELEMENT_BYTES_MAX;
    }
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let taken = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..taken), available.get(..taken)) {
            to.copy_from_slice(from);
        }
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Guarded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            self.too_large = true;
            return Err(io::Error::other("an element is too large"));
        }
        if self.torn {
            return Ok(&[]);
        }
        match self.inner.fill_buf() {
            Ok(buffer) => Ok(buffer.get(..buffer.len().min(self.left)).unwrap_or_default()),
            // What was unpacked so far counts.
            Err(error) if is_torn(&error) => {
                self.torn = true;
                Ok(&[])
            }
            Err(error) => Err(error),
        }
    }

    fn consume(&mut self, amount: usize) {
        if amount == 0 {
            return;
        }
        if let Ok(buffer) = self.inner.fill_buf() {
            let passed = buffer.get(..amount).unwrap_or_default();
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}
