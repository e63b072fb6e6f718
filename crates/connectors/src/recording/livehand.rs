//! Livehand's own NDJSON.

use std::io::{self, BufRead};

use livehand_live::Event;

use super::lines::{Line, lines};
use super::{Item, check};

/// The events of `reader`.
pub(super) fn read(reader: impl BufRead) -> impl Iterator<Item = io::Result<Item>> {
    lines(reader).map(|line| Ok(item(&line?)))
}

/// What a line amounts to.
pub(super) fn item(line: &Line) -> Item {
    if line.too_long {
        return line.left_out(Line::length_error());
    }
    match Event::parse_line(&line.bytes).and_then(|event| check(&event).map(|()| event)) {
        Ok(event) => Item::Event(Box::new(event)),
        Err(error) => line.left_out(error),
    }
}
