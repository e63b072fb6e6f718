//! XML of BililiveRecorder (BasicDanmakuWriter): `<d>`, `<sc>`, `<gift>` and `<guard>` elements after a header. A recorder
//! that was stopped hard leaves no end tag; what was written before counts.
//!
//! The file may come from anybody, so entities that it declares are not expanded, nothing outside of it is read, and
//! the size of an element, its attributes and the depth of nesting are limited.

mod element;
mod guarded;

use std::collections::VecDeque;
use std::io;

use livehand_kernel::{Millis, Phrase};
use livehand_live::{FieldError, TEXT_BYTES_MAX};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};

use self::element::{Attributes, Element, ElementKind};
use self::guarded::Guarded;
use super::{Input, Item, LeftOut};

/// Elements within elements; a recording has three levels, and the parser remembers each.
const DEPTH_MAX: usize = 64;
/// The recorder's own style sheet, which is passed over.
const STYLE: &str = "BililiveRecorderXmlStyle";

struct Source {
    reader: Reader<Guarded>,
    /// Bytes that parsers before this one have read.
    before: u64,
    buffer: Vec<u8>,
    start: Option<Millis>,
    open: Option<Element>,
    /// Elements that are open, however they are called.
    depth: usize,
    /// The depth at which something began that is passed over.
    ignored_from: Option<usize>,
    waiting: VecDeque<io::Result<Item>>,
    over: bool,
}

/// The events of `input`. `start` stands in for the start time where the file has none.
pub(super) fn read(input: Input, start: Option<Millis>) -> impl Iterator<Item = io::Result<Item>> + Send {
    Source {
        reader: parser(Guarded::new(input)),
        before: 0,
        buffer: Vec::new(),
        start,
        open: None,
        depth: 0,
        ignored_from: None,
        waiting: VecDeque::new(),
        over: false,
    }
}

fn parser(guarded: Guarded) -> Reader<Guarded> {
    let mut reader = Reader::from_reader(guarded);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

impl Iterator for Source {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            if self.over {
                return None;
            }
            self.step();
        }
    }
}

impl Source {
    fn step(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        self.reader.get_mut().begin_element();
        let line = self.reader.get_ref().line;
        let position = self.before + self.reader.buffer_position();
        match self.reader.read_event_into(&mut buffer) {
            Ok(Xml::Start(tag)) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    let expected = Phrase::new(
                        format!("at most {DEPTH_MAX} elements in one another"),
                        format!("最多嵌套 {DEPTH_MAX} 层"),
                    );
                    self.stop(line, expected, Phrase::new("more", "超出"));
                } else {
                    self.begin(&tag, line, position);
                }
            }
            Ok(Xml::Empty(tag)) => {
                self.depth += 1;
                self.begin(&tag, line, position);
                self.end();
            }
            Ok(Xml::End(_)) => self.end(),
            Ok(Xml::Text(text)) => self.add(&text.xml10_content()),
            Ok(Xml::CData(data)) => self.add(&data),
            Ok(Xml::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(c)) => self.add(c.encode_utf8(&mut [0; 4])),
                // Entities that a file declares itself are not expanded: they can be made to grow without end.
                _ => self.add(quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or_default()),
            },
            Ok(Xml::Eof) => self.finish(line),
            Ok(_) => {}
            Err(error) => self.fail(&error, line),
        }
        self.buffer = buffer;
    }

    fn begin(&mut self, tag: &BytesStart<'_>, line: u64, position: u64) {
        if self.ignored_from.is_some() {
            return;
        }
        let name = tag.local_name();
        let kind = ElementKind::of(name.as_ref());
        if let Some(open) = self.open.take_if(|_| kind.is_some()) {
            // Were it taken as text, everything up to the end of the file would be one comment.
            let expected = Phrase::new("the end of the element", "元素的结束标签");
            let found = Phrase::literal(format!("<{}>", name.as_ref()));
            self.left_out(open.line, FieldError::new("line", expected, found));
        }
        match (kind, name.as_ref()) {
            (Some(kind), _) => match Attributes::of(tag) {
                Ok(attributes) => {
                    self.open = Some(Element {
                        kind,
                        line,
                        position,
                        depth: self.depth,
                        attributes,
                        text: String::new(),
                    });
                }
                Err(error) => {
                    self.ignored_from = Some(self.depth);
                    self.left_out(line, error);
                }
            },
            (None, "BililiveRecorderRecordInfo") => {
                match Attributes::of(tag).and_then(|info| start_time(&info)) {
                    Ok(start) => self.start = start.or(self.start),
                    Err(error) => self.left_out(line, error),
                }
            }
            (None, STYLE) => self.ignored_from = Some(self.depth),
            (None, _) => {}
        }
    }

    fn add(&mut self, text: &str) {
        // One piece more than allowed is enough to be refused by the check of the event.
        if let Some(open) = &mut self.open
            && self.ignored_from.is_none()
            && open.text.len() <= TEXT_BYTES_MAX
        {
            open.text.push_str(text);
        }
    }

    fn end(&mut self) {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some(from) = self.ignored_from {
            if depth <= from {
                self.ignored_from = None;
            }
            return;
        }
        // The end of something else inside of it leaves the element open.
        let Some(open) = self.open.take_if(|open| depth <= open.depth) else { return };
        match open.events(self.start) {
            Ok(events) => {
                self.waiting.extend(events.into_iter().map(|event| Ok(Item::Event(Box::new(event)))));
            }
            Err(error) => self.left_out(open.line, error),
        }
    }

    fn finish(&mut self, line: u64) {
        self.over = true;
        let torn = self.reader.get_ref().torn;
        let line = match self.open.take() {
            Some(open) => open.line,
            None if torn => line,
            None => return,
        };
        self.cut_off(line, Phrase::new("the end of the file", "文件在此结束"));
    }

    fn fail(&mut self, error: &quick_xml::Error, line: u64) {
        let opened = self.open.take().map_or(line, |open| open.line);
        match error {
            quick_xml::Error::Io(_) if self.reader.get_ref().too_large => {
                let expected = Phrase::new("an element of at most 1 MiB", "不超过 1 MiB 的元素");
                self.stop(opened, expected, Phrase::new("a larger one", "超出"));
            }
            quick_xml::Error::Io(error) => {
                self.over = true;
                self.waiting.push_back(Err(io::Error::new(error.kind(), error.clone())));
            }
            quick_xml::Error::Syntax(_) => {
                self.over = true;
                self.cut_off(opened, Phrase::literal(error.to_string()));
            }
            quick_xml::Error::Encoding(error) => {
                let expected = Phrase::new("UTF-8", "UTF-8 编码");
                self.left_out(opened, FieldError::new("line", expected, Phrase::literal(error.to_string())));
                // A parser takes this for the end of the file; another one goes on behind it.
                self.before += self.reader.buffer_position();
                self.reader = parser(self.reader.get_mut().take());
            }
            // Only of a kind that the parser itself goes on after.
            other => {
                let expected = Phrase::new("well-formed XML", "格式正确的 XML");
                self.left_out(opened, FieldError::new("line", expected, Phrase::literal(other.to_string())));
            }
        }
    }

    fn left_out(&mut self, line: u64, error: FieldError) {
        self.waiting.push_back(Ok(Item::LeftOut(LeftOut { line, error, cut_off: false })));
    }

    fn cut_off(&mut self, line: u64, found: Phrase) {
        let error = FieldError::new("line", Phrase::new("a whole element", "完整的元素"), found);
        self.waiting.push_back(Ok(Item::LeftOut(LeftOut { line, error, cut_off: true })));
    }

    /// Reads no further: what follows cannot be told apart.
    fn stop(&mut self, line: u64, expected: Phrase, found: Phrase) {
        self.over = true;
        self.open = None;
        self.left_out(line, FieldError::new("line", expected, found));
    }
}

fn start_time(info: &Attributes) -> Result<Option<Millis>, FieldError> {
    let Some(time) = info.get("start_time") else { return Ok(None) };
    Millis::parse_rfc3339(time).map(Some).map_err(|error| {
        let expected = Phrase::new(error.to_string(), "RFC 3339 时间，如 2026-06-18T20:00:00+08:00");
        FieldError::new("start_time", expected, Phrase::literal(time.chars().take(40).collect::<String>()))
    })
}
