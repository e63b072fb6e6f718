//! 播中: events in, crew commands, followers, links.

mod act;
mod annotate;
mod closing;
mod explain;
mod facts_changed;
mod follow;
mod ingest;
mod links;
mod quotes;

pub use act::Acted;
pub use closing::{Hesitating, HesitatingGroup, LineOffered, LineSaid, LineToSay};
pub use explain::EventView;
pub use ingest::{EVENTS_PER_REQUEST_MAX, Intake, IntakeMode, read_events};
pub use links::{LinkMade, LinkView, Screen};
pub use quotes::QuotableFact;
