//! Divisions in a line: province, city, county and town, one after the other, as far as they were written, and what they
//! amount to.

mod extend;
mod left;
mod resolve;
mod town;

pub(crate) use extend::{Finder, best_chains};
pub(crate) use left::repaired_to_the_left;
pub(crate) use resolve::{Resolution, resolve};
use smallvec::SmallVec;

use crate::gazetteer::Unit;
use crate::near::Mistake;

/// What was written of one level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pick {
    pub from: usize,
    pub to: usize,
    /// Divisions of today that it can name.
    pub units: SmallVec<[Unit; 2]>,
    /// Former divisions that it can name.
    pub past: SmallVec<[u32; 2]>,
    pub short: bool,
    pub mistake: Option<Mistake>,
}

/// The levels that were written, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    pub from: usize,
    pub to: usize,
    pub province: Option<Pick>,
    pub city: Option<Pick>,
    pub county: Option<Pick>,
    /// A development zone that is no division, by its span.
    pub zone: Option<(usize, usize)>,
    /// What was skipped between the levels.
    pub gaps: usize,
}

impl Chain {
    pub fn levels(&self) -> usize {
        usize::from(self.province.is_some())
            + usize::from(self.city.is_some())
            + usize::from(self.county.is_some())
    }

    pub fn full_levels(&self) -> usize {
        [&self.province, &self.city, &self.county].into_iter().flatten().filter(|it| !it.short).count()
    }
}
