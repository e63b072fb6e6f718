//! What the metrics need of an event, borrowed from wherever the event stands.

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

/// What the metrics need of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact<'a> {
    pub happening: Happening,
    /// [`Event::effective_at`].
    pub at: Millis,
    pub quality: Option<Quality>,
    pub user: Option<&'a str>,
    pub session: Option<&'a str>,
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
            user: event.user.as_deref(),
            session: event.session.as_deref(),
            source: event.source.as_deref(),
            product: event.product.as_deref(),
            order: event.order.as_deref(),
            amount: event.amount,
            count: event.count,
            stats: event.stats.as_ref(),
        }
    }
}
