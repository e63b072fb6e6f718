//! The words that every part of Livehand shares: ids, money, time, hats, and text that is safe to show.
//!
//! Nothing here may read a clock, draw a random number or touch the outside world: [`Clock`] and [`Entropy`]
//! are only the shapes in which callers pass those in.

mod chain;
mod fact;
mod hat;
mod id;
mod money;
mod phrase;
mod script;
mod text;
mod time;

pub use chain::chained;
pub use fact::{FactKey, FactRef};
pub use hat::Hat;
pub use id::{
    CardId, ChangeId, CustomerId, DeliveryId, Entropy, FaqId, LinkId, PersonId, ProductId, PromotionId,
    RoomId, ShowId, SkuId, new_uuid,
};
pub use money::Fen;
pub use phrase::{Language, Phrase};
pub use script::simplified;
pub use text::{DISPLAY_GRAPHEMES_MAX, display_text};
pub use time::{Clock, DAY_MS, MINUTE_MS, Millis, ParseTimeError};

/// The position of an event in its show's log. The first event has sequence 1; 0 means "before the first".
pub type Sequence = u64;
