//! Events in columns: what a show's log is written in. The values of one key stand together, ids that are numbers as
//! numbers, texts that repeat in a list, so that an event takes a fifth of the bytes of its line and is read an order of
//! magnitude faster. What an event has beside the usual keys travels as JSON in a column of its own.
//!
//! The form, all numbers with the lowest byte first: the number of events (u32), then columns, each with its code (u8),
//! its length in bytes (u32), and its values as [`column`] says. A column that no event has a value in is left out. Codes
//! are never used for anything else; a reader refuses one that it does not know, because dropping a key would change
//! what happened.

mod column;

use livehand_kernel::Millis;

use self::column::{Bytes, Names, Texts, integers, put_count, put_integers, put_texts};
use crate::event::{Event, Kind, Quality, held_to};
use crate::metrics::{Fact, Happening, Name};

/// Why events could not be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackedError {
    /// Bytes are missing.
    #[error("it ends too early")]
    Short,
    /// There are bytes that belong to nothing.
    #[error("it has more bytes than its columns need")]
    Long,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotText,
    /// A number that cannot be.
    #[error("a number is out of range")]
    OutOfRange,
    /// An event without an id, a time or a type.
    #[error("event {place} lacks its {key}")]
    Lacks {
        /// Its place, from 0.
        place: usize,
        /// What is missing.
        key: &'static str,
    },
    /// A code that this version does not know.
    #[error("it has a {what} {code} that this version does not know")]
    Newer {
        /// What the code stands for.
        what: &'static str,
        /// The code.
        code: u8,
    },
    /// The unusual keys of an event.
    #[error("the unusual keys of an event are not as expected ({0})")]
    Unusual(#[from] serde_json::Error),
}

const ID: u8 = 1;
const AT: u8 = 2;
/// When it was received, from when it happened.
const DELAY: u8 = 3;
const TYPE: u8 = 4;
const ORIGIN: u8 = 5;
const USER: u8 = 6;
const NAME: u8 = 7;
const SESSION: u8 = 8;
const SOURCE: u8 = 9;
const PRODUCT: u8 = 10;
const SKU: u8 = 11;
const ORDER: u8 = 12;
const AMOUNT: u8 = 13;
const COUNT: u8 = 14;
const TEXT: u8 = 15;
const INTENT: u8 = 16;
const QUALITY: u8 = 17;
/// An event of which only the unusual keys matter, as JSON.
const UNUSUAL: u8 = 18;
const TOPIC: u8 = 19;
const NAMED: u8 = 20;
const DOUBT: u8 = 21;

/// Writes events in columns.
///
/// # Errors
/// [`PackedError`] when an event cannot be written as JSON, or its times are further apart than any that pass
/// [`Event::check`].
pub fn pack(events: &[Event]) -> Result<Vec<u8>, PackedError> {
    let mut packer = Packer { out: Vec::with_capacity(events.len() * 32 + 256), events };
    put_count(&mut packer.out, events.len());
    packer.texts(ID, |event| Some(&event.id))?;
    packer.integers(AT, |event| Some(event.at.0))?;
    packer.integers(DELAY, |event| event.received.map(|received| received.0.wrapping_sub(event.at.0)))?;
    packer.texts(TYPE, |event| Some(event.kind.name()))?;
    packer.texts(ORIGIN, |event| Some(event.origin.as_str()).filter(|origin| !origin.is_empty()))?;
    packer.texts(USER, |event| event.user.as_deref())?;
    packer.texts(NAME, |event| event.name.as_deref())?;
    packer.texts(SESSION, |event| event.session.as_deref())?;
    packer.texts(SOURCE, |event| event.source.as_deref())?;
    packer.texts(PRODUCT, |event| event.product.as_deref())?;
    packer.texts(SKU, |event| event.sku.as_deref())?;
    packer.texts(ORDER, |event| event.order.as_deref())?;
    packer.integers(AMOUNT, |event| event.amount)?;
    packer.integers(COUNT, |event| event.count)?;
    packer.texts(TEXT, |event| event.text.as_deref())?;
    packer.texts(INTENT, |event| event.intent.as_deref())?;
    packer.texts(TOPIC, |event| event.topic.as_deref())?;
    packer.texts(NAMED, |event| event.named.as_deref())?;
    packer.texts(DOUBT, |event| event.doubt.as_deref())?;
    packer.texts(QUALITY, |event| event.quality.map(code_of))?;
    let unusual: Vec<Option<String>> = events.iter().map(unusual).collect::<Result<_, _>>()?;
    packer.column(UNUSUAL, &unusual.iter().map(Option::as_deref).collect::<Vec<_>>(), put_texts)?;
    Ok(packer.out)
}

/// Reads events from their columns.
///
/// # Errors
/// [`PackedError`] for anything that [`pack`] does not write.
pub fn unpack(bytes: &[u8]) -> Result<Vec<Event>, PackedError> {
    let columns = Columns::read(bytes)?;
    let unusual = columns.unusual()?;
    unusual.into_iter().enumerate().map(|(place, event)| columns.event(place, event)).collect()
}

struct Packer<'a> {
    out: Vec<u8>,
    events: &'a [Event],
}

impl<'a> Packer<'a> {
    fn texts(&mut self, code: u8, of: impl Fn(&'a Event) -> Option<&'a str>) -> Result<(), PackedError> {
        let values: Vec<_> = self.events.iter().map(of).collect();
        self.column(code, &values, put_texts)
    }

    fn integers(&mut self, code: u8, of: impl Fn(&Event) -> Option<i64>) -> Result<(), PackedError> {
        let values: Vec<_> = self.events.iter().map(of).collect();
        self.column(code, &values, put_integers)
    }

    fn column<T>(
        &mut self,
        code: u8,
        values: &[Option<T>],
        put: impl Fn(&mut Vec<u8>, &[Option<T>]) -> Result<(), PackedError>,
    ) -> Result<(), PackedError> {
        if values.iter().all(Option::is_none) {
            return Ok(());
        }
        self.out.push(code);
        let length = self.out.len();
        put_count(&mut self.out, 0);
        let start = self.out.len();
        put(&mut self.out, values)?;
        let bytes = u32::try_from(self.out.len() - start).map_err(|_| PackedError::OutOfRange)?.to_le_bytes();
        self.out.iter_mut().skip(length).zip(bytes).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

/// The keys of an event that have no column of their own, as the JSON of an event that has only these; nothing if it has
/// none of them. Every field is named here, so that a new one cannot be forgotten.
fn unusual(event: &Event) -> Result<Option<String>, serde_json::Error> {
    let Event {
        id: _,
        at: _,
        received: _,
        kind: _,
        origin: _,
        user: _,
        name: _,
        session: _,
        source: _,
        product: _,
        sku: _,
        order: _,
        amount: _,
        count: _,
        text: _,
        quality: _,
        intent: _,
        topic: _,
        named: _,
        doubt: _,
        stats,
        by,
        question,
        spoken,
        card,
        level,
        change,
        signal,
        subject,
        value,
        bound,
        alarm,
        demand,
        saying,
        facts,
        hesitations,
        extra,
    } = event;
    let none = stats.is_none()
        && by.is_none()
        && question.is_none()
        && spoken.is_none()
        && card.is_none()
        && level.is_none()
        && change.is_none()
        && signal.is_none()
        && subject.is_none()
        && value.is_none()
        && bound.is_none()
        && alarm.is_none()
        && demand.is_none()
        && saying.is_none()
        && facts.is_none()
        && hesitations.is_none()
        && extra.is_empty();
    if none {
        return Ok(None);
    }
    let only = Event {
        stats: stats.clone(),
        by: by.clone(),
        question: *question,
        spoken: *spoken,
        card: card.clone(),
        level: *level,
        change: *change,
        signal: signal.clone(),
        subject: subject.clone(),
        value: *value,
        bound: *bound,
        alarm: alarm.clone(),
        demand: *demand,
        saying: saying.clone(),
        facts: facts.clone(),
        hesitations: hesitations.clone(),
        extra: extra.clone(),
        ..nothing()
    };
    serde_json::to_string(&only).map(Some)
}

fn nothing() -> Event {
    Event::new(String::new(), Millis(0), Kind::Other(String::new()))
}

fn code_of(quality: Quality) -> &'static str {
    match quality {
        Quality::Sampled => "sampled",
        Quality::History => "history",
    }
}

fn quality_of(code: &str) -> Result<Quality, PackedError> {
    match code {
        "sampled" => Ok(Quality::Sampled),
        "history" => Ok(Quality::History),
        _ => Err(PackedError::OutOfRange),
    }
}

/// Events as they stand in their columns.
#[derive(Debug, Default)]
pub(crate) struct Columns<'a> {
    count: usize,
    id: Names<'a>,
    at: Vec<Option<i64>>,
    delay: Vec<Option<i64>>,
    kind: Texts<'a>,
    origin: Texts<'a>,
    user: Names<'a>,
    name: Texts<'a>,
    session: Names<'a>,
    source: Texts<'a>,
    product: Texts<'a>,
    sku: Texts<'a>,
    order: Texts<'a>,
    amount: Vec<Option<i64>>,
    number: Vec<Option<i64>>,
    text: Texts<'a>,
    intent: Texts<'a>,
    topic: Texts<'a>,
    named: Texts<'a>,
    doubt: Texts<'a>,
    quality: Texts<'a>,
    unusual: Texts<'a>,
}

impl<'a> Columns<'a> {
    /// Finds and reads the columns.
    pub fn read(bytes: &'a [u8]) -> Result<Self, PackedError> {
        Self::read_those(bytes, |_| true)
    }

    /// As [`Columns::read`], without what the metrics do not look at.
    pub fn read_for_metrics(bytes: &'a [u8]) -> Result<Self, PackedError> {
        Self::read_those(bytes, |code| {
            !matches!(code, ID | NAME | SKU | TEXT | INTENT | TOPIC | NAMED | DOUBT)
        })
    }

    /// As [`Columns::read`], but only the ids.
    pub fn read_for_ids(bytes: &'a [u8]) -> Result<Self, PackedError> {
        Self::read_those(bytes, |code| matches!(code, ID | ORIGIN))
    }

    fn read_those(bytes: &'a [u8], wanted: impl Fn(u8) -> bool) -> Result<Self, PackedError> {
        let mut bytes = Bytes(bytes);
        let mut columns = Self { count: bytes.count()?, ..Self::default() };
        while !bytes.0.is_empty() {
            let (code, length) = (bytes.byte()?, bytes.count()?);
            let column = Bytes(bytes.take(length)?);
            if wanted(code) {
                columns.take(code, column)?;
            }
        }
        Ok(columns)
    }

    fn take(&mut self, code: u8, column: Bytes<'a>) -> Result<(), PackedError> {
        let count = self.count;
        let texts = match code {
            ID | USER | SESSION => {
                let names = match code {
                    ID => &mut self.id,
                    USER => &mut self.user,
                    _ => &mut self.session,
                };
                *names = Names::read(column, count)?;
                return Ok(());
            }
            TYPE => &mut self.kind,
            ORIGIN => &mut self.origin,
            NAME => &mut self.name,
            SOURCE => &mut self.source,
            PRODUCT => &mut self.product,
            SKU => &mut self.sku,
            ORDER => &mut self.order,
            TEXT => &mut self.text,
            INTENT => &mut self.intent,
            TOPIC => &mut self.topic,
            NAMED => &mut self.named,
            DOUBT => &mut self.doubt,
            QUALITY => &mut self.quality,
            UNUSUAL => &mut self.unusual,
            _ => {
                let numbers = match code {
                    AT => &mut self.at,
                    DELAY => &mut self.delay,
                    AMOUNT => &mut self.amount,
                    COUNT => &mut self.number,
                    _ => return Err(PackedError::Newer { what: "column", code }),
                };
                *numbers = integers(column, count)?;
                return Ok(());
            }
        };
        *texts = Texts::read(column, count)?;
        Ok(())
    }

    /// Gives the id and the origin of each event to `each`.
    pub fn ids(&self, mut each: impl FnMut(Name, &str)) -> Result<(), PackedError> {
        for place in 0..self.count {
            let id = self.id.get(place).ok_or(PackedError::Lacks { place, key: "id" })?;
            each(id, self.origin.get(place).unwrap_or_default());
        }
        Ok(())
    }

    /// The unusual keys of each event.
    fn unusual(&self) -> Result<Vec<Event>, PackedError> {
        // The ids come first, so that a wrong number of events asks for no memory.
        let ids = (0..self.count).map_while(|place| self.id.get(place));
        let found = ids.enumerate().map(|(place, _)| match self.unusual.get(place) {
            Some(json) => Ok(serde_json::from_str(json)?),
            None => Ok(nothing()),
        });
        let found: Vec<Event> = found.collect::<Result<_, PackedError>>()?;
        let place = found.len();
        (place == self.count).then_some(found).ok_or(PackedError::Lacks { place, key: "id" })
    }

    /// The event at `place`, of which `unusual` has the unusual keys.
    fn event(&self, place: usize, unusual: Event) -> Result<Event, PackedError> {
        let text = |texts: &Texts| texts.get(place).map(str::to_owned);
        let name = |names: &Names| names.get(place).map(|name| name.to_string());
        let number = |numbers: &[Option<i64>]| numbers.get(place).copied().flatten();
        let lacks = |key| PackedError::Lacks { place, key };
        let at = Millis(number(&self.at).ok_or_else(|| lacks("time"))?);
        Ok(Event {
            id: name(&self.id).ok_or_else(|| lacks("id"))?,
            at,
            received: number(&self.delay).map(|delay| Millis(at.0.wrapping_add(delay))),
            kind: self.kind.get(place).map(Kind::from_name).ok_or_else(|| lacks("type"))?,
            origin: text(&self.origin).unwrap_or_default(),
            user: name(&self.user),
            name: text(&self.name),
            session: name(&self.session),
            source: text(&self.source),
            product: text(&self.product),
            sku: text(&self.sku),
            order: text(&self.order),
            amount: number(&self.amount),
            count: number(&self.number),
            text: text(&self.text),
            quality: self.quality.get(place).map(quality_of).transpose()?,
            intent: text(&self.intent),
            topic: text(&self.topic),
            named: text(&self.named),
            doubt: text(&self.doubt),
            ..unusual
        })
    }

    /// Gives what the metrics need of the events to `each`, up to `at_once` of them at a time.
    pub fn facts(&self, at_once: usize, mut each: impl FnMut(&[Fact])) -> Result<(), PackedError> {
        let happening = |name: &str| Happening::from(&Kind::from_name(name));
        let listed: Vec<Happening> = self.kind.entries().iter().map(|name| happening(name)).collect();
        let happening_at = |place| match self.kind.entry(place) {
            Some(entry) => listed.get(entry).copied(),
            None => self.kind.get(place).map(happening),
        };
        let unusual: Vec<(usize, Event)> = (0..self.count)
            .filter_map(|place| self.unusual.get(place).map(|json| (place, json)))
            .map(|(place, json)| Ok((place, serde_json::from_str(json)?)))
            .collect::<Result<_, PackedError>>()?;
        let mut unusual = unusual.iter().peekable();
        let number = |numbers: &[Option<i64>], place: usize| numbers.get(place).copied().flatten();
        let mut facts = Vec::with_capacity(at_once);
        for place in 0..self.count {
            let lacks = |key| PackedError::Lacks { place, key };
            let at = Millis(number(&self.at, place).ok_or_else(|| lacks("time"))?);
            let received = number(&self.delay, place).map(|delay| Millis(at.0.wrapping_add(delay)));
            facts.push(Fact {
                happening: happening_at(place).ok_or_else(|| lacks("type"))?,
                at: held_to(at, received),
                quality: self.quality.get(place).map(quality_of).transpose()?,
                user: self.user.get(place),
                session: self.session.get(place),
                source: self.source.get(place),
                product: self.product.get(place),
                order: self.order.get(place),
                amount: number(&self.amount, place),
                count: number(&self.number, place),
                stats: unusual.next_if(|(at, _)| *at == place).and_then(|(_, event)| event.stats.as_ref()),
            });
            if facts.len() == at_once {
                each(&facts);
                facts.clear();
            }
        }
        each(&facts);
        Ok(())
    }
}
