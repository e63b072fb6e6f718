//! Who works here: sign-in, one-time links, people and their hats.

mod authenticate;
mod enter_link;
mod people;
mod sign_in;

pub use people::{NewPerson, PersonAdded, PersonView};
pub use sign_in::{Entered, Identity, SESSION_MS_MAX};
