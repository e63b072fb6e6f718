//! Long NDJSON files, many lines at a time, for whoever needs no more than to pass over them once.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::lines::{Line, next};
use super::{Error, Format, Input, Item, beginning, is_torn, livehand, plain};

/// Room for reading: as many lines as one piece has at most.
const BUFFER_BYTES: usize = 1 << 20;

/// A piece of a file.
#[derive(Debug)]
pub enum Piece<'a> {
    /// Whole lines, as they stand there.
    Lines {
        /// The number of the first one, from 1.
        first: u64,
        /// The lines.
        bytes: &'a [u8],
    },
    /// One event, or what was left out.
    Item(Item),
}

/// A file of Livehand's NDJSON that is being read.
pub struct Pieces {
    input: Input,
    /// Lines that were read.
    lines: u64,
    /// How much of the buffer the last piece took.
    used: usize,
    over: bool,
}

impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pieces(line {})", self.lines)
    }
}

impl Pieces {
    /// Opens a file, which may be gzip; `None` if it is not Livehand's NDJSON.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let input = || plain(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?));
        if Format::detect(&beginning(input()?)?) != Some(Format::Livehand) {
            return Ok(None);
        }
        Ok(Some(Self { input: input()?, lines: 0, used: 0, over: false }))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read on.
    #[expect(
        clippy::should_implement_trait,
        reason = "a piece is lent until the next one, which no iterator can do"
    )]
    pub fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.input.consume(std::mem::take(&mut self.used));
        if self.over {
            return Ok(None);
        }
        // The first line may begin with a mark of its encoding, and a line may reach over the end of what was read:
        // those are taken one by one.
        if self.lines > 0 {
            self.used = match self.input.fill_buf() {
                Ok(buffer) => memchr::memrchr(b'\n', buffer).map_or(0, |end| end + 1),
                Err(error) if is_torn(&error) => 0,
                Err(error) => return Err(error),
            };
        }
        if self.used == 0 {
            return Ok(self.line()?.map(Piece::Item));
        }
        let bytes = self.input.fill_buf()?.get(..self.used).unwrap_or_default();
        let first = self.lines + 1;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        Ok(Some(Piece::Lines { first, bytes }))
    }

    /// What one line of a piece amounts to; `None` for an empty one. `number` is its number in the file.
    pub fn item(number: u64, bytes: &[u8]) -> Option<Item> {
        let line = Line::whole(number, bytes);
        (!line.is_empty()).then(|| livehand::item(&line))
    }

    fn line(&mut self) -> io::Result<Option<Item>> {
        while let Some(line) = next(&mut self.input, self.lines + 1)? {
            self.lines += 1;
            self.over = line.is_torn();
            if self.over || !line.is_empty() {
                return Ok(Some(livehand::item(&line)));
            }
        }
        self.over = true;
        Ok(None)
    }
}
