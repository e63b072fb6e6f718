//! What a Chinese comment asks for: comment → [`Intent`].
//!
//! The rules are data ([`rules`]): a table of phrases per intent and the words that make a phrase innocent. Nothing here
//! knows a clock, a show or a product, and the same text always gives the same intent. What must never happen here: a
//! chatty sentence that lands on the question desk because one of its characters also occurs in a shop word. When in
//! doubt the answer is `None`; a person still sees the comment.

mod act;
mod annotate;
pub mod associations;
pub mod attributes;
mod by_feature;
pub mod concepts;
mod correction;
mod cues;
mod exponential;
pub mod features;
mod found;
mod intent;
pub mod library;
pub mod likeness;
pub mod linear;
pub mod matcher;
pub mod model;
mod normalise;
mod own_order;
pub mod pack;
mod patterns;
pub mod private;
pub mod reading;
mod refusal;
mod rules;
pub mod training;
pub mod trouble;
pub mod understand;
mod wanting;

pub use act::Act;
pub use annotate::annotate;
pub use attributes::Attributes;
pub use correction::{Correction, Slip, correction};
pub use intent::Intent;
pub use normalise::{COMMENT_CHARS_MAX, Normalised, normalise, read};
pub use own_order::own_order;
pub use refusal::{Refusal, refusal};
pub use wanting::wants_variant;
