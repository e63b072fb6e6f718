//! Livehand's own NDJSON.

use std::io::{self, BufRead};

use livehand_live::Event;

use super::lines::{Line, lines};
use super::{Item, LeftOut};

/// The events of `reader`.
pub(super) fn read(reader: impl BufRead) -> impl Iterator<Item = io::Result<Item>> {
    lines(reader).map(|line| Ok(item(&line?)))
}

fn item(line: &Line) -> Item {
    let error = if line.too_long {
        Line::length_error()
    } else {
        match Event::parse_line(&line.bytes) {
            Ok(event) => return Item::Event(Box::new(event)),
            Err(error) => error,
        }
    };
    Item::LeftOut(LeftOut { line: line.number, error, cut_off: !line.ended })
}
