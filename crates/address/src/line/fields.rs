//! Fields of a line: what stands between two marks of the same kind. Three of them are number, address and name, whatever
//! the name looks like.

use super::Line;
use crate::dictionary::of_words;
use crate::labels::Mark;
use crate::pieces::Piece;
use crate::remarks::is_remark;
use crate::spoken;

/// Marks that part fields, of which a line has one kind.
const MARKS: [char; 7] = ['\n', '|', '\t', ';', ',', '、', '/'];

impl Line<'_> {
    /// The field that is neither number nor address, if there is one and only one.
    pub(super) fn lone_field(&self) -> Option<(usize, usize)> {
        let (chain, _) = self.chain.as_ref()?;
        MARKS.iter().filter(|mark| self.text.chars.contains(mark)).find_map(|mark| {
            let mut from = 0;
            let (mut phones, mut addresses, mut others) = (0, 0, None);
            for field in self.text.chars.split(|c| c == mark) {
                let to = from + field.len();
                let (start, end) = self.trimmed(from, to);
                from = to + 1;
                if start >= end {
                    continue;
                }
                if self.marks.get(start..end)?.contains(&Mark::Phone) {
                    phones += 1;
                    if !self.is_number_alone(start, end) {
                        return None;
                    }
                    continue;
                }
                if start <= chain.from && chain.to <= end {
                    addresses += 1;
                    continue;
                }
                let field = self.text.slice(start, end);
                if is_remark(&field) || spoken::is_sentence(&field) {
                    continue;
                }
                if others.replace((start, end)).is_some() {
                    return None;
                }
            }
            others.filter(|_| phones == 1 && addresses == 1)
        })
    }

    /// Whether a field is a number, and nothing else but labels and what introduces it.
    fn is_number_alone(&self, from: usize, to: usize) -> bool {
        let rest: String = (from..to)
            .filter(|at| self.marks.get(*at) == Some(&Mark::Free))
            .filter_map(|at| self.text.at(at).filter(|c| of_words(*c)))
            .collect();
        is_remark(&rest)
    }

    fn trimmed(&self, from: usize, to: usize) -> (usize, usize) {
        let counts =
            |at: &usize| self.marks.get(*at) == Some(&Mark::Phone) || self.text.at(*at).is_some_and(of_words);
        let start = (from..to).find(counts).unwrap_or(to);
        let end = (start..to).rev().find(counts).map_or(start, |at| at + 1);
        (start, end)
    }

    pub(super) fn is_a_field(&self, piece: &Piece) -> bool {
        self.field == Some((piece.from, piece.to))
    }
}
