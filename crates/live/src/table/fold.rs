//! Folding a long file into the metric table, and into nothing else.

use livehand_kernel::Millis;

use super::MetricTable;
use crate::event::{Event, LINE_BYTES_MAX, Line};
use crate::metrics::{Fact, Happening, Key, MetricsFold, Numbered};
use crate::packed::{Columns, PackedError};

/// Facts that are taken in together: few enough to stay in the processor's caches.
const AT_ONCE: usize = 512;

/// How many of these lines can be read in passing; the others cost more.
pub fn usual_lines(lines: &[u8]) -> u64 {
    let text = std::str::from_utf8(lines).unwrap_or_default();
    text.lines().filter(|line| Line::read(line).is_some()).count() as u64
}

/// What a file amounts to so far.
#[derive(Debug)]
pub struct TableFold {
    /// Events whose repetition would count twice.
    seen: Numbered<Key>,
    metrics: MetricsFold,
    /// The origin of events that name none.
    origin: Key,
    events: u64,
}

impl TableFold {
    /// Nothing yet; `origin` is that of events that name none.
    pub fn new(origin: &str) -> Self {
        Self {
            seen: Numbered::default(),
            metrics: MetricsFold::default(),
            origin: Key::of(origin),
            events: 0,
        }
    }

    /// Events taken in, repetitions too.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Takes in whole lines of NDJSON. `unusual` reads the lines that cannot be read in passing, or says elsewhere what is
    /// wrong with them; it is given their place, from 0, and their bytes.
    pub fn take_lines(&mut self, lines: &[u8], mut unusual: impl FnMut(u64, &[u8]) -> Option<Event>) {
        // Where a chunk is not UTF-8, whoever reads the unusual lines finds out which of them is at fault.
        let text = std::str::from_utf8(lines).ok();
        let mut usual = Usual::default();
        let (mut start, mut place) = (0, 0);
        let unended = (lines.last() != Some(&b'\n')).then_some(lines.len());
        for end in memchr::memchr_iter(b'\n', lines).chain(unended) {
            let bytes = lines.get(start..end).unwrap_or_default();
            let line = text.and_then(|text| text.get(start..end)).and_then(Line::read);
            match line.filter(|_| bytes.len() <= LINE_BYTES_MAX) {
                Some(line) => usual.push(line, self.origin),
                None => unusual(place, bytes).into_iter().for_each(|event| self.take(&event)),
            }
            if usual.facts.len() == AT_ONCE {
                self.take_all(&mut usual);
            }
            (start, place) = (end + 1, place + 1);
        }
        self.take_all(&mut usual);
    }

    /// Takes in one event.
    pub fn take(&mut self, event: &Event) {
        let mut one = Usual::default();
        one.push(Line::from(event), self.origin);
        self.take_all(&mut one);
    }

    /// Takes in events as a show's log has them. The room has left out repetitions, so that nobody looks for them here.
    ///
    /// # Errors
    /// [`PackedError`] when they cannot be read; some may have been taken in by then, and the fold is of no use.
    pub fn take_packed(&mut self, events: &[u8]) -> Result<(), PackedError> {
        let columns = Columns::read_for_metrics(events)?;
        columns.facts(AT_ONCE, |facts| {
            self.events += facts.len() as u64;
            self.metrics.apply_all(facts);
        })
    }

    /// The table of `minutes` minutes from the one that `from` lies in, or from the first with data (spec
    /// `lc-metrics-1`).
    pub fn table(&self, from: Option<Millis>, minutes: u32) -> MetricTable {
        self.metrics.table(from, minutes)
    }

    fn take_all(&mut self, lines: &mut Usual) {
        self.events += lines.facts.len() as u64;
        let near = self.seen.approach(&lines.keys);
        for ((fact, key), near) in lines.facts.iter_mut().zip(&lines.keys).zip(near) {
            if let Some(key) = *key
                && !self.seen.number_near(key, near, || key).1
            {
                fact.happening = Happening::Other;
            }
        }
        self.metrics.apply_all(&lines.facts);
        lines.facts.clear();
        lines.keys.clear();
    }
}

/// Lines that were read, and the keys of those whose repetition would count twice. Signs of life, orders and platform
/// counters come to the same when they are repeated, so that their ids need not be kept.
#[derive(Default)]
struct Usual<'a> {
    facts: Vec<Fact<'a>>,
    keys: Vec<Option<Key>>,
}

impl<'a> Usual<'a> {
    fn push(&mut self, line: Line<'a>, origin: Key) {
        use Happening::{OrderCreated, OrderPaid, OrderRefunded, Other, Presence, Stats};
        let same = matches!(
            line.fact.happening,
            Presence(_) | OrderCreated | OrderPaid | OrderRefunded | Stats | Other
        );
        let origin = || if line.origin.is_empty() { origin } else { Key::of(line.origin) };
        self.keys.push((!same).then(|| Key::of(line.id).within(origin())));
        self.facts.push(line.fact);
    }
}
