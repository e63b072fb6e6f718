//! The chain of the ledger, and what a break in it means.

use livehand_kernel::chained;

use super::{Entry, Row};

/// The end of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Sequence of the last row; 0 when there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl Head {
    /// Before the first row.
    pub const EMPTY: Head = Head { sequence: 0, hash: [0; 32] };
}

/// What was done to a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// A row does not say what it said when it was written.
    Changed,
    /// A row is gone.
    Removed,
    /// A row stands in another's place.
    Reordered,
}

/// The first place where the ledger is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The row that is changed, gone, or not the one that was written there.
    pub sequence: u64,
    /// What was done to it.
    pub what: Tampering,
}

/// The hash of an entry at its place in the ledger.
fn hash_of(previous: &[u8; 32], sequence: u64, entry: &Entry) -> [u8; 32] {
    fn text<T: AsRef<str>>(field: Option<&T>) -> &str {
        field.map(AsRef::as_ref).unwrap_or_default()
    }
    let (fen, quantity) = (entry.fen.0.to_string(), entry.quantity.map(|it| it.to_string()));
    let until = entry.until.map(|it| it.0.to_string());
    let fields = [
        entry.product.as_str(),
        entry.sku.as_ref().map(|id| id.as_str()).unwrap_or_default(),
        &entry.venue,
        entry.kind.code(),
        &fen,
        text(until.as_ref()),
        text(quantity.as_ref()),
        text(entry.order.as_ref()),
        &entry.source,
        &entry.source_id,
        text(entry.evidence.as_ref()),
        entry.by.as_ref().map(|id| id.as_str()).unwrap_or_default(),
        &entry.by_name,
    ];
    chained(previous, sequence, entry.at, &fields)
}

/// The row that an entry becomes after `head`.
pub fn link(head: Head, entry: Entry) -> Row {
    let sequence = head.sequence + 1;
    let hash = hash_of(&head.hash, sequence, &entry);
    Row { sequence, entry, previous: head.hash, hash }
}

/// Whether a row by itself says what it said when it was written; whether it stands where it stood, only [`verify`] tells.
pub fn fits(row: &Row) -> bool {
    hash_of(&row.previous, row.sequence, &row.entry) == row.hash
}

/// Checks that `rows` are what was written after `after`, and gives the end that they lead to. A tail that was cut off, or
/// all of it written anew, shows only against a head that was kept elsewhere: compare the answer with it.
///
/// # Errors
/// The first [`Break`]. To tell a moved row from a changed one, only `rows` are looked at.
pub fn verify(rows: &[Row], after: Head) -> Result<Head, Break> {
    let mut head = after;
    for (index, row) in rows.iter().enumerate() {
        let expected = head.sequence + 1;
        let own = fits(row);
        if row.sequence == expected && row.previous == head.hash && own {
            head = Head { sequence: row.sequence, hash: row.hash };
            continue;
        }
        if row.sequence == expected && own && head.sequence > 0 {
            // The row is as it was written; so the one before it is not, though its hash was made to fit.
            return Err(Break { sequence: head.sequence, what: Tampering::Changed });
        }
        return Err(Break { sequence: expected, what: tampering(rows, index, expected, after.sequence) });
    }
    Ok(head)
}

/// What was done where the row at `index` stands in the place of `expected`.
fn tampering(rows: &[Row], index: usize, expected: u64, after: u64) -> Tampering {
    let written = written_places(rows, after);
    let (place, number) = (written.get(index).copied().flatten(), rows.get(index).map(|row| row.sequence));
    if place == Some(expected) && number == Some(expected) {
        return Tampering::Changed;
    }
    if written.contains(&Some(expected)) {
        return Tampering::Reordered;
    }
    // It was written farther down, and the row of this place is nowhere.
    let farther = place.is_some() || number.is_some_and(|number| number > expected);
    if farther { Tampering::Removed } else { Tampering::Changed }
}

/// The place at which each row was written, as its hash tells, whatever number it has now. A row that was changed has none.
fn written_places(rows: &[Row], after: u64) -> Vec<Option<u64>> {
    let end = after + 2 * rows.len() as u64;
    let place = |(position, row): (u64, &Row)| {
        let fits = |sequence: &u64| hash_of(&row.previous, *sequence, &row.entry) == row.hash;
        // Nearly every row still stands where it was written, or where it moved to when one was taken out.
        let near = [row.sequence, position, position + 1];
        near.into_iter().find(fits).or_else(|| (after + 1..=end).find(fits))
    };
    (after + 1..).zip(rows).map(place).collect()
}

#[cfg(test)]
mod tests {
    use livehand_kernel::{Fen, Millis, ProductId};
    use proptest::prelude::*;

    use super::super::Kind;
    use super::*;

    fn entry(number: u64) -> Entry {
        Entry {
            at: Millis(1_000 + i64::try_from(number).unwrap()),
            product: ProductId::from("p"),
            sku: None,
            venue: "main".to_owned(),
            kind: Kind::Paid,
            fen: Fen(9_900),
            until: None,
            quantity: Some(1),
            order: Some(format!("o{number}")),
            source: "order".to_owned(),
            source_id: format!("o{number}"),
            evidence: None,
            by: None,
            by_name: "Livehand".to_owned(),
        }
    }

    fn ledger(length: u64) -> (Vec<Row>, Head) {
        let mut head = Head::EMPTY;
        let mut rows = Vec::new();
        for number in 1..=length {
            let row = link(head, entry(number));
            head = Head { sequence: row.sequence, hash: row.hash };
            rows.push(row);
        }
        (rows, head)
    }

    fn renumber(rows: &mut [Row]) {
        for (number, row) in (1..).zip(rows) {
            row.sequence = number;
        }
    }

    proptest! {
        #[test]
        fn a_ledger_as_it_was_written_is_whole_in_pieces_of_any_size(length in 0_u64..40, cut in 0_usize..40) {
            let (rows, head) = ledger(length);
            prop_assert_eq!(verify(&rows, Head::EMPTY), Ok(head));
            let (first, rest) = rows.split_at(cut.min(rows.len()));
            let middle = verify(first, Head::EMPTY).unwrap();
            prop_assert_eq!(verify(rest, middle), Ok(head));
        }

        #[test]
        fn a_changed_row_is_found_also_when_its_hash_was_made_to_fit(length in 3_u64..40, at in 0_usize..40, field in 0..11, fit in any::<bool>()) {
            let (mut rows, head) = ledger(length);
            let at = at % rows.len();
            let entry = &mut rows[at].entry;
            match field {
                0 => entry.at.0 += 1,
                1 => entry.product.0.push('x'),
                2 => entry.sku = Some("s".into()),
                3 => entry.venue.push('x'),
                4 => entry.kind = Kind::Asked,
                5 => entry.fen.0 -= 1,
                6 => entry.quantity = None,
                7 => entry.order = None,
                8 => entry.evidence = Some("a file".to_owned()),
                9 => entry.until = Some(Millis(0)),
                _ => entry.by_name.push('x'),
            }
            if fit {
                rows[at].hash = hash_of(&rows[at].previous, rows[at].sequence, &rows[at].entry);
            }
            let found = verify(&rows, Head::EMPTY);
            if fit && at + 1 == rows.len() {
                // Only a head that was kept elsewhere tells.
                prop_assert_ne!(found.unwrap(), head);
            } else {
                prop_assert_eq!(found, Err(Break { sequence: at as u64 + 1, what: Tampering::Changed }));
            }
        }

        #[test]
        fn a_removed_row_is_found_with_and_without_new_numbers(length in 2_u64..40, at in 0_usize..40, closed in any::<bool>()) {
            let (mut rows, head) = ledger(length);
            let at = at % rows.len();
            rows.remove(at);
            if closed {
                renumber(&mut rows);
            }
            let found = verify(&rows, Head::EMPTY);
            if at == rows.len() {
                prop_assert_eq!(found.unwrap().sequence, head.sequence - 1);
            } else {
                prop_assert_eq!(found, Err(Break { sequence: at as u64 + 1, what: Tampering::Removed }));
            }
        }

        #[test]
        fn rows_in_another_order_are_found_with_and_without_new_numbers(
            length in 2_u64..40, from in 0_usize..40, to in 0_usize..40, renumbered in any::<bool>()
        ) {
            let (mut rows, _) = ledger(length);
            let (from, to) = (from % rows.len(), to % rows.len());
            prop_assume!(from != to);
            rows.swap(from, to);
            if renumbered {
                renumber(&mut rows);
            }
            let first = from.min(to) as u64 + 1;
            prop_assert_eq!(verify(&rows, Head::EMPTY), Err(Break { sequence: first, what: Tampering::Reordered }));
        }
    }

    #[test]
    fn a_row_that_was_put_in_between_is_found() {
        let (mut rows, _) = ledger(5);
        let mut planted = link(Head { sequence: 2, hash: rows[1].hash }, entry(99));
        rows.insert(2, planted.clone());
        renumber(&mut rows);
        // It fits where it stands; what follows it does not.
        assert_eq!(verify(&rows, Head::EMPTY), Err(Break { sequence: 4, what: Tampering::Reordered }));
        planted.sequence = 1;
        assert_eq!(verify(&[planted], Head::EMPTY).unwrap_err().sequence, 1);
    }
}
