//! XML parts, event by event. A document type is refused, so no entity can be declared; the size of an element, its
//! attributes and the depth of nesting are limited.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use livehand_prepare::sheet::{CELL_BYTES_MAX, Problem, SheetError};
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesEnd, BytesStart, Event};

/// Largest tag with its attributes, or piece of text, in bytes: a cell of the largest size, with room for what must be
/// escaped.
const ELEMENT_BYTES_MAX: usize = 8 * CELL_BYTES_MAX;
/// Attributes of an element that are looked at.
const ATTRIBUTES_MAX: usize = 64;
/// Elements within elements; a worksheet has about six levels.
const DEPTH_MAX: usize = 64;

/// Wraps what the parser reads from, because the parser itself would read an element of any size into memory.
pub(super) struct Guarded<R> {
    inner: BufReader<R>,
    left: usize,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(buffer)?;
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: Read> BufRead for Guarded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let buffer = self.inner.fill_buf()?;
        Ok(buffer.get(..buffer.len().min(self.left)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

/// What stands next in a part.
pub(super) enum Piece<'a> {
    /// A tag that opens.
    Start(Tag<'a>),
    /// A tag that closes, by its name.
    End(Name<'a>),
    /// Text, with what was escaped put back.
    Text(Cow<'a, str>),
    /// A comment and the like.
    Other,
    /// The end of the part.
    Over,
}

/// The name of a tag without its prefix.
pub(super) struct Name<'a>(BytesEnd<'a>);

impl Name<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }
}

/// A tag with its attributes.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// The value of an attribute, by its name without prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).take(ATTRIBUTES_MAX).filter_map(Result::ok);
        let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
        unescape(&found.value).ok().map(Cow::into_owned)
    }

    /// Whether an attribute says yes.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name).as_deref(), Some("1" | "true"))
    }
}

/// A part that is read.
pub(super) struct Xml<R> {
    reader: Reader<Guarded<R>>,
    depth: usize,
}

impl<R: Read> Xml<R> {
    pub fn new(part: R) -> Self {
        let mut reader =
            Reader::from_reader(Guarded { inner: BufReader::new(part), left: ELEMENT_BYTES_MAX });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// The next piece; `buffer` is what it is read into.
    ///
    /// # Errors
    /// The part is no well-formed XML, has a document type, or passes a limit.
    pub fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Piece<'b>, SheetError> {
        buffer.clear();
        self.reader.get_mut().left = ELEMENT_BYTES_MAX;
        let event = match self.reader.read_event_into(buffer) {
            Ok(event) => event,
            Err(_) if self.reader.get_ref().left == 0 => return Err(Problem::CellTooLong.into()),
            Err(error) => return Err(malformed(&error.to_string())),
        };
        Ok(match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(malformed("nesting"));
                }
                Piece::Start(Tag(tag))
            }
            Event::End(name) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::End(Name(name))
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(Cow::Owned(text.xml10_content().into_owned())),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => Piece::Text(Cow::Owned(c.to_string())),
                // Without a document type there are no others, and one that a file made up is not guessed at.
                _ => Piece::Text(Cow::Borrowed(
                    resolve_predefined_entity(&reference).ok_or_else(|| malformed(&reference))?,
                )),
            },
            Event::DocType(_) => return Err(Problem::Doctype.into()),
            Event::Eof if self.depth > 0 => return Err(malformed("end of file")),
            Event::Eof => Piece::Over,
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => Piece::Other,
        })
    }
}

/// A part that is not as the standard has it.
pub(super) fn malformed(what: &str) -> SheetError {
    SheetError::from(Problem::Malformed).with(what)
}
