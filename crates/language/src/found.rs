//! What speaks for the entries of a library while a comment is matched, kept from one comment to the next so that nothing
//! of the size of the library is made or cleared for each.

use crate::matcher::{PLAIN_SIGNS, Ranking, SIGNS, Signs, UNPREPARED};

/// The signs of the entries for which anything speaks, a row for each sign.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// For each entry of the library, its place in the rows plus one; 0 for none.
    places: Vec<u32>,
    /// The entries, in the order in which they were found.
    pub(crate) entries: Vec<u32>,
    /// For each sign, its value for each of these entries; zeros follow.
    rows: [Vec<f32>; PLAIN_SIGNS],
}

impl Found {
    /// Nothing found in a library of so many entries.
    pub(crate) fn clear(&mut self, entries: usize) {
        let found = self.entries.len();
        for row in &mut self.rows {
            row.get_mut(..found).unwrap_or_default().fill(0.0);
            row.resize(entries, 0.0);
        }
        for entry in self.entries.drain(..) {
            if let Some(place) = self.places.get_mut(entry as usize) {
                *place = 0;
            }
        }
        self.places.resize(entries, 0);
    }

    /// Changes a sign of an entry.
    #[inline]
    pub(crate) fn change(&mut self, entry: u32, sign: usize, change: impl FnOnce(&mut f32)) {
        let Some(place) = self.place(entry) else { return };
        if let Some(value) = self.rows.get_mut(sign).and_then(|row| row.get_mut(place)) {
            change(value);
        }
    }

    /// Notes the greatest values of two signs of an entry.
    #[inline]
    pub(crate) fn note(&mut self, entry: u32, values: [(usize, f32); 2]) {
        let Some(place) = self.place(entry) else { return };
        for (sign, value) in values {
            if let Some(sign) = self.rows.get_mut(sign).and_then(|row| row.get_mut(place))
                && *sign < value
            {
                *sign = value;
            }
        }
    }

    /// The place of an entry in the rows, a new one if nothing spoke for it yet.
    #[inline]
    fn place(&mut self, entry: u32) -> Option<usize> {
        let place = self.places.get_mut(entry as usize)?;
        if *place == 0 {
            self.entries.push(entry);
            *place = self.entries.len() as u32;
        }
        Some(*place as usize - 1)
    }

    /// The values of a sign.
    pub(crate) fn row(&self, sign: usize) -> &[f32] {
        self.rows.get(sign).and_then(|row| row.get(..self.entries.len())).unwrap_or_default()
    }

    /// Sets a sign of every entry that was found.
    pub(crate) fn set(&mut self, sign: usize, mut value: impl FnMut(usize, u32) -> f32) {
        let places = self.rows.get_mut(sign).into_iter().flatten().zip(&self.entries).enumerate();
        places.for_each(|(place, (sign, entry))| *sign = value(place, *entry));
    }

    /// How strongly all signs together speak for each entry; each speaks once more in the measure of how sure the topic is.
    pub(crate) fn scores(&self, ranking: &Ranking, surest: f32) -> Vec<f32> {
        let mut scores = vec![-0.0; self.entries.len()];
        let kinds = self.row(UNPREPARED);
        let both = |weights: &Signs, sign: usize| {
            let of = |at: usize| weights.get(at).copied().unwrap_or(0.0);
            of(sign) + of(sign + PLAIN_SIGNS) * surest
        };
        for sign in 0..PLAIN_SIGNS {
            let (prepared, unprepared) = (both(&ranking.prepared, sign), both(&ranking.unprepared, sign));
            let values = self.row(sign).iter().zip(kinds);
            for (score, (value, kind)) in scores.iter_mut().zip(values) {
                *score += value * if *kind > 0.0 { unprepared } else { prepared };
            }
        }
        scores
    }

    /// All signs of the entry at a place.
    pub(crate) fn signs(&self, place: usize, surest: f32) -> Signs {
        let mut signs = [0.0; SIGNS];
        let (plain, sure) = signs.split_at_mut(PLAIN_SIGNS);
        for ((plain, sure), row) in plain.iter_mut().zip(sure).zip(&self.rows) {
            *plain = row.get(place).copied().unwrap_or(0.0);
            *sure = *plain * surest;
        }
        signs
    }
}
