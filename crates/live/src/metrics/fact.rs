//! What the metrics need of an event, borrowed from wherever the event stands.

use std::fmt;

use livehand_kernel::Millis;

use super::presence::Sign;
use crate::event::{Event, Kind, Quality, Stats};

/// What happened, as far as the metrics tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Presence(Sign),
    Comment,
    Like,
    Share,
    Follow,
    Gift,
    ProductView,
    ProductClick,
    OrderCreated,
    OrderPaid,
    OrderRefunded,
    Stats,
    /// Counted nowhere.
    Other,
}

impl From<&Kind> for Happening {
    fn from(kind: &Kind) -> Self {
        match kind {
            Kind::Join => Happening::Presence(Sign::Join),
            Kind::Heartbeat => Happening::Presence(Sign::Heartbeat),
            Kind::Leave => Happening::Presence(Sign::Leave),
            Kind::Comment => Happening::Comment,
            Kind::Like => Happening::Like,
            Kind::Share => Happening::Share,
            Kind::Follow => Happening::Follow,
            Kind::Gift => Happening::Gift,
            Kind::ProductView => Happening::ProductView,
            Kind::ProductClick => Happening::ProductClick,
            Kind::OrderCreated => Happening::OrderCreated,
            Kind::OrderPaid => Happening::OrderPaid,
            Kind::OrderRefunded => Happening::OrderRefunded,
            Kind::Stats => Happening::Stats,
            _ => Happening::Other,
        }
    }
}

/// An id. Those that are numbers, as most are, need not be written out to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    Number(u64),
    /// Anything but what the number that it writes would be written as.
    Text(&'a str),
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(text: &'a str) -> Self {
        let number = match text.as_bytes() {
            digits @ ([b'0'] | [b'1'..=b'9', ..]) => atoi_simd::parse_pos::<u64, false>(digits).ok(),
            _ => None,
        };
        number.map_or(Name::Text(text), Name::Number)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Name::Number(number) => number.fmt(formatter),
            Name::Text(text) => text.fmt(formatter),
        }
    }
}

/// What the metrics need of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact<'a> {
    pub happening: Happening,
    /// [`Event::effective_at`].
    pub at: Millis,
    pub quality: Option<Quality>,
    pub user: Option<Name<'a>>,
    pub session: Option<Name<'a>>,
    pub source: Option<&'a str>,
    pub product: Option<&'a str>,
    pub order: Option<&'a str>,
    pub amount: Option<i64>,
    pub count: Option<i64>,
    pub stats: Option<&'a Stats>,
}

impl<'a> From<&'a Event> for Fact<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            happening: Happening::from(&event.kind),
            at: event.effective_at(),
            quality: event.quality,
            user: event.user.as_deref().map(Name::from),
            session: event.session.as_deref().map(Name::from),
            source: event.source.as_deref(),
            product: event.product.as_deref(),
            order: event.order.as_deref(),
            amount: event.amount,
            count: event.count,
            stats: event.stats.as_ref(),
        }
    }
}
