//! Who works here: sign-in, one-time links, people and their hats.

pub(crate) mod attempts;
pub(crate) mod authenticate;
mod enter_link;
mod people;
mod sign_in;

pub use attempts::Visitor;
pub use people::{NewPerson, PersonAdded, PersonView};
pub use sign_in::{Entered, Identity, SESSION_MS_MAX};
