//! XML of BililiveRecorder (BasicDanmakuWriter): `<d>`, `<sc>`, `<gift>` and `<guard>` elements after a header. A recorder
//! that was stopped hard leaves no end tag; what was written before counts.

use std::io::{self, BufRead, Read};

use livehand_kernel::{Millis, Phrase};
use livehand_live::{Event, FieldError, Kind, TEXT_BYTES_MAX};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};

use super::{Item, LeftOut, line_id};

/// Largest element with its attributes and text, in bytes; the recorder's `raw` attributes have a few thousand.
const ELEMENT_BYTES_MAX: usize = 1024 * 1024;

/// Counts lines, and stops an element that does not end.
struct Guarded<R> {
    inner: R,
    left: usize,
    lines: u64,
}

impl<R: BufRead> Read for Guarded<R> {
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

impl<R: BufRead> BufRead for Guarded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("an element is too large"));
        }
        let buffer = self.inner.fill_buf()?;
        Ok(buffer.get(..buffer.len().min(self.left)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let passed =
                buffer.get(..amount).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
            self.lines += passed as u64;
        }
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

/// An element whose text is being collected.
struct Open {
    kind: ElementKind,
    line: u64,
    attributes: Attributes,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ElementKind {
    Danmaku,
    SuperChat,
    Gift,
    Guard,
}

#[derive(Default)]
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

struct Source<R> {
    reader: Reader<Guarded<R>>,
    buffer: Vec<u8>,
    start: Option<Millis>,
    open: Option<Open>,
    /// An element inside of a comment, or the style sheet: passed over.
    depth: usize,
    waiting: std::collections::VecDeque<Item>,
    over: bool,
}

/// The events of `reader`.
pub(super) fn read(reader: impl BufRead) -> impl Iterator<Item = io::Result<Item>> {
    let mut reader = Reader::from_reader(Guarded { inner: reader, left: ELEMENT_BYTES_MAX, lines: 1 });
    reader.config_mut().check_end_names = false;
    let waiting = std::collections::VecDeque::new();
    Source { reader, buffer: Vec::new(), start: None, open: None, depth: 0, waiting, over: false }
}

impl<R: BufRead> Iterator for Source<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(Ok(item));
            }
            if self.over {
                return None;
            }
            self.step();
        }
    }
}

impl<R: BufRead> Source<R> {
    fn step(&mut self) {
        self.buffer.clear();
        self.reader.get_mut().left = ELEMENT_BYTES_MAX;
        let line = self.reader.get_ref().lines;
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = self.reader.read_event_into(&mut buffer).map(Xml::into_owned);
        self.buffer = buffer;
        match read {
            Ok(Xml::Start(tag)) => self.begin(&tag, line),
            Ok(Xml::Empty(tag)) => {
                self.begin(&tag, line);
                self.end();
            }
            Ok(Xml::End(_)) => self.end(),
            Ok(Xml::Text(text)) => self.add(&text.xml10_content()),
            Ok(Xml::CData(data)) => self.add(&data),
            Ok(Xml::GeneralRef(reference)) => {
                // Entities that a file declares itself are not expanded: they can be made to grow without end.
                match reference.resolve_char_ref() {
                    Ok(Some(c)) => self.add(c.encode_utf8(&mut [0; 4])),
                    _ => {
                        self.add(quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or_default())
                    }
                }
            }
            Ok(Xml::Eof) => {
                self.over = true;
                if let Some(open) = self.open.take() {
                    self.cut_off(
                        open.line,
                        Phrase::new("the end of the file inside an element", "文件在元素中间结束"),
                    );
                }
            }
            Ok(_) => {}
            Err(quick_xml::Error::Encoding(error)) => {
                self.open = None;
                let expected = Phrase::new("UTF-8", "UTF-8 编码");
                self.left_out(line, FieldError::new("text", expected, Phrase::literal(error.to_string())));
            }
            Err(error) => {
                self.over = true;
                let line = self.open.take().map_or(line, |open| open.line);
                self.cut_off(line, Phrase::literal(error.to_string()));
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, line: u64) {
        if self.open.is_some() {
            self.depth += 1;
            return;
        }
        let kind = match tag.local_name().as_ref() {
            "d" => Some(ElementKind::Danmaku),
            "sc" => Some(ElementKind::SuperChat),
            "gift" => Some(ElementKind::Gift),
            "guard" => Some(ElementKind::Guard),
            _ => None,
        };
        let attributes = match (kind.is_some(), tag.local_name().as_ref()) {
            (false, name) if name != "BililiveRecorderRecordInfo" => return,
            _ => attributes(tag),
        };
        match (attributes, kind) {
            (Ok(attributes), Some(kind)) => {
                self.open = Some(Open { kind, line, attributes, text: String::new() });
            }
            (Ok(attributes), None) => {
                self.start = attributes.get("start_time").and_then(|time| Millis::parse_rfc3339(time).ok());
            }
            (Err(error), _) => self.left_out(line, error),
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(open) = &mut self.open
            && open.text.len() + text.len() <= TEXT_BYTES_MAX * 2
        {
            open.text.push_str(text);
        }
    }

    fn end(&mut self) {
        if self.depth > 0 {
            self.depth -= 1;
            return;
        }
        let Some(open) = self.open.take() else { return };
        match self.events(&open) {
            Ok(events) => self.waiting.extend(events.into_iter().map(|event| Item::Event(Box::new(event)))),
            Err(error) => self.left_out(open.line, error),
        }
    }

    fn events(&self, open: &Open) -> Result<Vec<Event>, FieldError> {
        let parts: Vec<&str> = open.attributes.get("p").map(|p| p.split(',').collect()).unwrap_or_default();
        let seconds = if open.kind == ElementKind::Danmaku {
            parts.first().copied()
        } else {
            open.attributes.get("ts")
        };
        let at = self.time(seconds)?;
        let (user, text) = match open.kind {
            ElementKind::Danmaku => (parts.get(6).copied(), open.text.trim()),
            _ => (open.attributes.get("uid"), open.text.trim()),
        };
        let key = format!("{}|{}|{}", seconds.unwrap_or_default(), user.unwrap_or_default(), text);
        let make = |part: &str, kind: Kind| {
            let mut event = Event::new(line_id(open.line, format!("{part}|{key}").as_bytes()), at, kind);
            event.user = user.filter(|id| *id != "0" && !id.is_empty()).map(str::to_owned);
            event.name = open.attributes.get("user").map(str::to_owned);
            event
        };
        let mut events = Vec::new();
        if matches!(open.kind, ElementKind::Danmaku | ElementKind::SuperChat) {
            let mut comment = make("comment", Kind::Comment);
            comment.text = Some(text.to_owned());
            events.push(comment);
        }
        if open.kind != ElementKind::Danmaku {
            let mut gift = make("gift", Kind::Gift);
            let number = |key: &str| open.attributes.get(key).and_then(|count| count.parse::<i64>().ok());
            gift.count = number("giftcount").or_else(|| number("count")).or(Some(1));
            gift.text = match open.kind {
                ElementKind::SuperChat => Some("SC".to_owned()),
                ElementKind::Guard => {
                    Some(format!("guard {}", open.attributes.get("level").unwrap_or_default()))
                }
                _ => open.attributes.get("giftname").map(str::to_owned),
            };
            // A super chat is priced in yuan; of other gifts the file does not say what was paid.
            gift.amount = number("price")
                .filter(|_| open.kind == ElementKind::SuperChat)
                .and_then(|yuan| yuan.checked_mul(100));
            events.push(gift);
        }
        events.iter().try_for_each(Event::check)?;
        Ok(events)
    }

    fn time(&self, seconds: Option<&str>) -> Result<Millis, FieldError> {
        let start = self.start.ok_or_else(|| {
            let expected = Phrase::new(
                "start_time in BililiveRecorderRecordInfo",
                "BililiveRecorderRecordInfo 中的 start_time",
            );
            FieldError::new("start_time", expected, Phrase::new("nothing", "空"))
        })?;
        let value = seconds
            .and_then(|seconds| seconds.parse::<f64>().ok())
            .filter(|value| (0.0..1e7).contains(value));
        let value = value.ok_or_else(|| {
            let expected = Phrase::new("seconds since the recording began", "距录制开始的秒数");
            FieldError::new(
                "p",
                expected,
                Phrase::literal(seconds.unwrap_or("null").chars().take(40).collect::<String>()),
            )
        })?;
        Ok(start.plus((value * 1000.0).round() as i64))
    }

    fn left_out(&mut self, line: u64, error: FieldError) {
        self.waiting.push_back(Item::LeftOut(LeftOut { line, error, cut_off: false }));
    }

    fn cut_off(&mut self, line: u64, found: Phrase) {
        let error = FieldError::new("line", Phrase::new("a whole element", "完整的元素"), found);
        self.waiting.push_back(Item::LeftOut(LeftOut { line, error, cut_off: true }));
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<Attributes, FieldError> {
    let wrong = |found: String| {
        FieldError::new(
            "attributes",
            Phrase::new("well-formed XML", "格式正确的 XML"),
            Phrase::literal(found),
        )
    };
    let mut read = Attributes::default();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
        if attribute.key.local_name().as_ref() == "raw" {
            continue;
        }
        let key = attribute.key.local_name().as_ref().to_owned();
        let value =
            quick_xml::escape::unescape(&attribute.value).map_err(|error| wrong(error.to_string()))?;
        read.0.push((key, value.into_owned()));
    }
    Ok(read)
}
