//! The divisions of China: provinces, prefectures (地级), counties (县级) and towns (乡级), with their short names, and
//! what became of names that buyers still write.
//!
//! `data/divisions.bin` is written by `cargo xtask divisions`, from packages of fixed versions and from our own tables of
//! what changed since (`data/*.tsv`); nobody edits it. Where the facts come from stands in `data/NOTICE.md`.
//!
//! Four things are worth knowing.
//!
//! - **The code says who belongs to whom.**
//!   `330106` is a county of `330100`, which is a prefecture of `330000`.
//!   If there is no such prefecture, the county belongs to the province: counties of 北京 and other municipalities, and
//!   those that a province runs itself (仙桃市, 石河子市, 五指山市).
//! - **Prefectures without counties** (东莞, 中山, 儋州, 嘉峪关) have their towns directly.
//! - **Development zones are no divisions.**
//!   Statistics list some beside the counties; buyers write many more.
//!   Each has its city and, where that is certain, the county that it lies in ([`Zone`]).
//!   Towns that statistics list below a zone belong to the host, or else to the city.
//! - **Past names lead to what is there today** ([`Past`], [`PastTown`]); a part of a county that went to another is a
//!   [`Move`].

mod load;
mod names;
mod table;
mod types;

pub use table::Divisions;
pub use types::{Code, Division, Level, Move, Past, PastTown, Town, TownKind, Zone};
