//! 播中: events in, crew commands, followers, links.

mod act;
mod annotate;
mod answers;
mod closing;
mod demand;
mod explain;
mod facts_changed;
mod facts_now;
mod follow;
mod ingest;
mod links;
mod quotes;

pub use act::Acted;
pub(crate) use annotate::after_sale;
pub(crate) use answers::KeptDesk;
pub use answers::{
    AnswerToGive, AutoAnswersView, DraftAsked, DraftFailed, DraftReady, DraftRefusal, Drafted, Drafter,
    Drafting, OfferedAnswer, run_auto_answers,
};
pub use closing::{Hesitating, HesitatingGroup, LineOffered, LineSaid, LineToSay};
pub use demand::{DemandView, MissingDemand, MissingWish, SkuOffer, StockNow};
pub(crate) use demand::{MISSING_COLUMNS, missing_cells};
pub use explain::EventView;
pub use ingest::{EVENTS_PER_REQUEST_MAX, Intake, IntakeMode, read_events};
pub use links::{LinkMade, LinkView, Screen};
pub use quotes::QuotableFact;
