//! Files that mean harm, and files that are broken at random: each is refused or read within the limits.

use livehand_prepare::sheet::{
    CELL_BYTES_MAX, COLUMNS_MAX, FILE_BYTES_MAX, Problem, ROWS_MAX, TEXT_BYTES_MAX, Table,
};
use proptest::prelude::*;

use super::read;
use super::tests::{archive, workbook, workbook_with};

fn refused(bytes: &[u8]) -> Problem {
    read(bytes, "x.xlsx", None).unwrap_err().problem
}

fn within_limits(table: &Table) -> bool {
    let cells = || table.rows.iter().flat_map(|row| &row.cells);
    (1..=ROWS_MAX).contains(&table.rows.len())
        && table.rows.iter().all(|row| row.cells.len() <= COLUMNS_MAX as usize)
        && cells().all(|cell| cell.text.len() <= CELL_BYTES_MAX)
        && cells().map(|cell| cell.text.len()).sum::<usize>() <= TEXT_BYTES_MAX
        && table.rows.is_sorted_by(|one, next| one.number < next.number)
}

#[test]
fn what_a_workbook_must_not_hold_is_refused_by_its_name() {
    let plain = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let entity = format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{plain}");
    let many: Vec<(String, &str)> = (0..201).map(|n| (format!("xl/media/{n}.png"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let macros = r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>"#;
    let inner = "PK\u{3}\u{4}and so on";
    for (bytes, problem) in [
        (workbook_with(&entity, &[]), Problem::Doctype),
        (workbook_with(plain, &[("xl/vbaProject.bin", "")]), Problem::Macros),
        (workbook_with(plain, &[("[Content_Types].xml", macros)]), Problem::Macros),
        (workbook_with(plain, &[("xl/embeddings/a.bin", inner)]), Problem::NestedArchive),
        (workbook_with(plain, &[("xl/embeddings/b.xlsx", "")]), Problem::NestedArchive),
        (workbook_with(plain, &[("xl/externalLinks/externalLink1.xml", "")]), Problem::ExternalReference),
        (workbook_with(plain, &[("xl/connections.xml", "")]), Problem::ExternalReference),
        (archive(&many), Problem::TooManyEntries),
        (archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]), Problem::UnknownFormat),
        (workbook("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>", ""), Problem::TooManyColumns),
        (workbook("<row r=\"2\"/><row r=\"1\"/>", ""), Problem::Malformed),
        (workbook("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>", ""), Problem::Malformed),
        (workbook("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", ""), Problem::Malformed),
        (workbook("<row r=\"1\"><c r=\"A1\"><v>&made-up;</v></c></row>", ""), Problem::Malformed),
        (workbook(&"<row>".repeat(70), ""), Problem::Malformed),
        (workbook_with("<worksheet><sheetData>", &[]), Problem::Malformed),
        (b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), Problem::UnknownFormat),
        (b"%PDF-1.7".to_vec(), Problem::UnknownFormat),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0k\0b\0o\0o\0k\0".to_vec(), Problem::OldExcel),
        (vec![b' '; FILE_BYTES_MAX + 1], Problem::TooLarge),
    ] {
        assert_eq!(refused(&bytes), problem);
    }
}

#[test]
fn what_unpacks_to_more_than_it_looks_is_stopped_as_it_unpacks() {
    let zeros = "0".repeat(60 << 20);
    let bomb = workbook_with("<worksheet/>", &[("xl/media/image1.png", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(refused(&bomb), Problem::InflatesTooMuch);
    let cell = format!("<row r=\"1\"><c r=\"A1\"><v>{}</v></c></row>", &zeros[..10 << 20]);
    assert_eq!(refused(&workbook(&cell, "")), Problem::CellTooLong);
    let tag = format!("<row r=\"1\"><c r=\"A1\" x=\"{}\"/></row>", &zeros[..10 << 20]);
    assert_eq!(refused(&workbook(&tag, "")), Problem::CellTooLong);
    // One long text, which a million cells share.
    let strings = format!("<sst><si><t>{}</t></si></sst>", "长".repeat(10_000));
    let cells: String =
        (1..=300).map(|row| format!("<row r=\"{row}\"><c t=\"s\"><v>0</v></c></row>")).collect();
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    assert_eq!(refused(&workbook_with(&sheet, &[("xl/sharedStrings.xml", &strings)])), Problem::TooMuchText);
    let merged: String =
        (1..=300).map(|row| format!("<row r=\"{row}\"><c r=\"B{row}\"><v>1</v></c></row>")).collect();
    let merged = merged.replacen("<c r=\"B1\">", "<c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\">", 1);
    let sheet = format!(
        "<worksheet><sheetData>{merged}</sheetData><mergeCells><mergeCell ref=\"A1:A1048576\"/></mergeCells></worksheet>"
    );
    assert_eq!(refused(&workbook_with(&sheet, &[("xl/sharedStrings.xml", &strings)])), Problem::TooMuchText);
}

/// A sheet of every kind of cell, and one as text, to be broken.
const CELLS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>名</t></is></c><c r=\"B1\" s=\"1\"><v>46191.5</v></c><c r=\"C1\"><f>A1</f><v>1.5E+20</v></c></row><row r=\"9\"><c t=\"str\"><v>_x000D_</v></c><c t=\"b\"><v>1</v></c></row>";
const TEXT: &str = "商品名称,直播价;备注\t\n\"四\"\"件\n套\",'19.9,=\"007\"\n６．９,6.9E+18,\n";

/// Puts, takes and swaps bytes.
fn broken(mut bytes: Vec<u8>, changes: &[(usize, u8, u8)]) -> Vec<u8> {
    for (place, byte, kind) in changes {
        let place = place % bytes.len().max(1);
        match kind % 4 {
            0 => bytes[place] = *byte,
            1 => bytes.insert(place, *byte),
            2 => bytes.truncate(place.max(1)),
            _ => {
                let copied = bytes[place..].to_vec();
                bytes.extend(copied);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_the_bytes_are_it_ends_within_the_limits(bytes in prop::collection::vec(any::<u8>(), 0..3_000), start in 0..4) {
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe"][usize::try_from(start).unwrap()];
        if let Ok(table) = read(&[start, &bytes].concat(), "x", None) {
            prop_assert!(within_limits(&table));
        }
    }

    #[test]
    fn a_broken_file_is_read_or_refused(changes in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..8), kind in 0..4) {
        let bytes = match kind {
            0 => broken(TEXT.as_bytes().to_vec(), &changes),
            1 => broken(encoding_rs::GB18030.encode(TEXT).0.into_owned(), &changes),
            // The archive is whole, its XML is not.
            2 => workbook(&String::from_utf8_lossy(&broken(CELLS.as_bytes().to_vec(), &changes)), "<mergeCells><mergeCell ref=\"A1:A9\"/></mergeCells>"),
            _ => broken(workbook(CELLS, ""), &changes),
        };
        if let Ok(table) = read(&bytes, "x", None) {
            prop_assert!(within_limits(&table));
        }
    }
}
