//! Tables as CSV, for spreadsheets.

use crate::Error;

/// Spreadsheets take UTF-8 for what it is only when the file begins with this.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// CSV rows in the making.
pub(crate) struct Rows(csv::Writer<Vec<u8>>);

impl Default for Rows {
    fn default() -> Self {
        Self(csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec()))
    }
}

impl Rows {
    /// Adds a row; all rows of a table have the same length.
    pub fn add<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter().map(|cell| inert(cell.as_ref()));
        // Writing to memory does not fail, and all rows of a table have the same length.
        let _ = self.0.write_record(cells);
    }

    /// The table.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        self.0.into_inner().map_err(|_| Error::Internal("a table could not be finished"))
    }
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection): not by its first character, not by its
/// full-width twin, not behind a space, and not on a second line.
fn inert(cell: &str) -> String {
    const SIGNS: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];
    let lines = cell.split('\n').map(|line| {
        let formula = line.trim_start_matches([' ', '\u{a0}', '\u{3000}']).starts_with(SIGNS);
        if formula { format!("'{line}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_looks_like_a_formula_stays_text() {
        let mut rows = Rows::default();
        rows.add(["=cmd|' /C calc'!A0", "说, \"好\""]);
        let text = String::from_utf8(rows.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{FEFF}'=cmd|' /C calc'!A0,\"说, \"\"好\"\"\"\n");
        for formula in ["＝1+1", "\u{3000}@SUM(A1)", "\u{a0}-2", "好\n=1"] {
            assert!(inert(formula).contains('\''), "{formula}");
        }
        assert_eq!(inert("199 元=真便宜"), "199 元=真便宜");
    }
}
