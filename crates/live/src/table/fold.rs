//! Folding a long file into the metric table, and into nothing else.

use livehand_kernel::Millis;

use super::MetricTable;
use crate::event::{Event, LINE_BYTES_MAX, Line};
use crate::metrics::{Fact, Happening, Key, MetricsFold, Numbered};

/// Facts that are taken in together: few enough to stay in the processor's caches.
const AT_ONCE: usize = 256;

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
        let mut usual = Vec::with_capacity(AT_ONCE);
        let (mut start, mut place) = (0, 0);
        let unended = (lines.last() != Some(&b'\n')).then_some(lines.len());
        for end in memchr::memchr_iter(b'\n', lines).chain(unended) {
            let bytes = lines.get(start..end).unwrap_or_default();
            let line = text.and_then(|text| text.get(start..end)).and_then(Line::read);
            match line.filter(|_| bytes.len() <= LINE_BYTES_MAX) {
                Some(line) => usual.push(line),
                None => unusual(place, bytes).into_iter().for_each(|event| self.take(&event)),
            }
            if usual.len() == AT_ONCE {
                self.take_all(&mut usual);
            }
            (start, place) = (end + 1, place + 1);
        }
        self.take_all(&mut usual);
    }

    /// Takes in one event.
    pub fn take(&mut self, event: &Event) {
        self.take_all(&mut vec![Line::from(event)]);
    }

    /// The table of `minutes` minutes from the one that `from` lies in, or from the first with data (spec
    /// `lc-metrics-1`).
    pub fn table(&self, from: Option<Millis>, minutes: u32) -> MetricTable {
        self.metrics.table(from, minutes)
    }

    fn take_all(&mut self, lines: &mut Vec<Line>) {
        self.events += lines.len() as u64;
        let facts: Vec<Fact> =
            lines.drain(..).filter(|line| self.is_new(line)).map(|line| line.fact).collect();
        self.metrics.apply_all(&facts);
    }

    /// Whether the event counts. Signs of life, orders and platform counters come to the same when they are repeated, so
    /// that their ids need not be kept.
    fn is_new(&mut self, line: &Line) -> bool {
        use Happening::{OrderCreated, OrderPaid, OrderRefunded, Other, Presence, Stats};
        if matches!(
            line.fact.happening,
            Presence(_) | OrderCreated | OrderPaid | OrderRefunded | Stats | Other
        ) {
            return true;
        }
        let origin = if line.origin.is_empty() { self.origin } else { Key::of(line.origin) };
        let key = Key::of(line.id).within(origin);
        self.seen.number(key, || key).1
    }
}
