//! Where events come from, and how spreadsheets are read.
//!
//! [`recording`] reads files that others recorded; [`simulated`] makes an audience up, from a seed; [`catalogue`] is the
//! show that the demo plays, synthetic as well. The first two yield [`livehand_live::Event`]s. [`sheet`] reads CSV and
//! XLSX. None of these knows a server, a clock or the network: times and seeds are parameters. [`endpoint`] asks a model
//! that the owner of the shop named. What must never happen here: an event that was guessed passing for one that was
//! seen.

pub mod catalogue;
pub mod endpoint;
pub mod recording;
pub mod sheet;
pub mod simulated;
