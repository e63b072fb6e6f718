//! What well-meant files say, and how mistakes in them are named.

use std::io::{Cursor, Write};

use livehand_prepare::sheet::{
    CellKind, Encoding, NoteKind, Problem, SheetError, Source, Table, column_letters,
};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::read;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const ROOT: &str = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const LINKS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook xmlns:r="http://r"><sheets><sheet name="排品表" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const TWO_SHEETS: &str = r#"<workbook xmlns:r="http://r"><sheets><sheet name="说明" sheetId="1" r:id="rId1"/><sheet name="排品表" sheetId="2" r:id="rId2"/><sheet name="底价" sheetId="3" state="hidden" r:id="rId1"/></sheets></workbook>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0&quot;万&quot;"/><numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>"#;

/// An archive of parts.
pub(super) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with one worksheet whose XML is given: its rows, and what comes behind them.
pub(super) fn workbook(rows: &str, behind: &str) -> Vec<u8> {
    workbook_with(&format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>"), &[])
}

/// A workbook with these parts besides, or instead of the usual ones.
pub(super) fn workbook_with(sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = vec![
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", LINKS),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", STYLES),
    ];
    for part in more {
        parts.retain(|(name, _)| name != &part.0);
        parts.push(*part);
    }
    archive(&parts)
}

/// The rows of a sheet, with texts in the cells.
fn rows(table: &[&[&str]]) -> String {
    let cell = |(column, text): (usize, &&str)| {
        let name = column_letters(u32::try_from(column).unwrap() + 1);
        format!(r#"<c r="{name}{{row}}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    };
    (1..)
        .zip(table)
        .map(|(row, cells): (u32, _)| {
            let cells: String =
                cells.iter().enumerate().filter(|(_, text)| !text.is_empty()).map(cell).collect();
            format!("<row r=\"{row}\">{}</row>", cells.replace("{row}", &row.to_string()))
        })
        .collect()
}

fn texts(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

/// A refusal as its code and place.
fn refusal(bytes: &[u8]) -> (Problem, Option<u32>, Option<u32>) {
    let SheetError { problem, row, column, .. } = read(bytes, "表.csv", None).unwrap_err();
    (problem, row, column)
}

const SHEET: &str = "讲解顺序,商品ID,商品名称,直播价,备注\n1,\"\t6917926768823643751\",\"四件套,纯棉\",１９９.9,\"主推\n送枕套\"\n\n2,'6917926768823643768,珊瑚绒睡衣,-,A;B\n";

fn xlsx_of_the_same() -> Vec<u8> {
    use rust_xlsxwriter::Workbook;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(["讲解顺序", "商品ID", "商品名称", "直播价", "备注"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    sheet.write_number(1, 0, 1).unwrap();
    sheet.write_string(1, 1, "6917926768823643751").unwrap();
    sheet.write_string(1, 2, "四件套,纯棉").unwrap();
    sheet.write_number(1, 3, 199.9).unwrap();
    sheet.write_string(1, 4, "主推\n送枕套").unwrap();
    sheet.write_number(3, 0, 2).unwrap();
    sheet.write_string(3, 1, "'6917926768823643768").unwrap();
    sheet.write_string(3, 2, "珊瑚绒睡衣　").unwrap();
    sheet.write_string(3, 3, "-").unwrap();
    sheet.write_string(3, 4, "A;B").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn the_same_sheet_says_the_same_however_it_was_saved() {
    let gbk = encoding_rs::GBK.encode(SHEET).0.into_owned();
    let four_bytes = encoding_rs::GB18030.encode(&SHEET.replace("主推", "主推😀")).0.into_owned();
    let utf16: Vec<u8> = format!("\u{feff}{}", SHEET.replace(',', "\t").replace("四件套\t", "四件套,"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let tabs = SHEET.replace(',', "\t").replace("四件套\t", "四件套,");
    let semicolons = format!(
        "sep=;\r\n{}",
        SHEET.replace(',', ";").replace("四件套;", "四件套,").replace("A;B", "\"A;B\"").replace('\n', "\r\n")
    );
    let expected = read(SHEET.as_bytes(), "排品.csv", None).unwrap();
    assert_eq!((expected.name.as_str(), expected.header), ("排品", Some(1)));
    assert_eq!(expected.rows[1].cells[1].text, "6917926768823643751");
    assert_eq!((expected.rows[1].text(4), expected.rows[1].text(5)), ("199.9", "主推\n送枕套"));
    assert_eq!(expected.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 4]);
    for (bytes, encoding, separator) in [
        (SHEET.as_bytes().to_vec(), Encoding::Utf8, ','),
        (format!("\u{feff}{SHEET}").into_bytes(), Encoding::Utf8Bom, ','),
        (gbk, Encoding::Gbk, ','),
        (four_bytes, Encoding::Gb18030, ','),
        (tabs.into_bytes(), Encoding::Utf8, '\t'),
        (utf16, Encoding::Utf16, '\t'),
        (SHEET.replace('\n', "\r\n").into_bytes(), Encoding::Utf8, ','),
    ] {
        let table = read(&bytes, "排品.csv", None).unwrap();
        assert_eq!(table.source, Source::Csv { encoding, separator });
        let plain: Vec<Vec<String>> = texts(&table)
            .into_iter()
            .map(|row| row.into_iter().map(|it| it.replace('😀', "")).collect())
            .collect();
        assert_eq!(plain, texts(&expected), "{encoding:?}");
    }
    let told = read(semicolons.as_bytes(), "排品.csv", None).unwrap();
    assert_eq!(told.source, Source::Csv { encoding: Encoding::Utf8, separator: ';' });
    assert_eq!((texts(&told), told.rows[0].number), (texts(&expected), 2));
    let xlsx = read(&xlsx_of_the_same(), "排品.xlsx", None).unwrap();
    assert_eq!((xlsx.source, xlsx.header, &xlsx.rows), (Source::Xlsx, Some(1), &expected.rows));
}

#[test]
fn what_a_workbook_computes_and_formats_is_read_as_it_is_shown_and_noted() {
    let head = rows(&[&["商品ID", "名称", "直播价", "佣金", "日期", "成交额", "编码", "图", "时间"]]);
    let cells = r##"<row r="3" hidden="1"><c r="A3"><v>6.9179267688236401E+18</v></c><c r="B3" t="str"><f>UPPER("a")</f><v>A</v></c>
        <c r="C3"><f>A1*2</f><v>19.899999999999999</v></c><c r="D3" s="2"><v>0.15</v></c><c r="E3" s="1"><v>46191</v></c><c r="F3" s="3"><v>268</v></c>
        <c r="G3" s="4"><v>123</v></c><c r="H3" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c><c r="I3" s="5"><v>0.833333333333333</v></c></row>
        <row r="4"><c r="A4" t="e"><v>#N/A</v></c><c r="B4" t="b"><v>1</v></c><c r="D4" s="2"><v>0.29</v></c></row>"##;
    let table = read(&workbook(&(head + cells), ""), "x.xlsx", None).unwrap();
    assert_eq!(
        texts(&table)[1],
        ["6917926768823640000", "A", "19.9", "15%", "2026-06-18", "268", "00123", "", "20:00"]
    );
    assert_eq!(texts(&table)[2], ["#N/A", "TRUE", "", "29%"]);
    let kinds: Vec<CellKind> = table.rows[1].cells.iter().map(|cell| cell.kind).collect();
    assert_eq!(
        kinds[..5],
        [CellKind::Damaged, CellKind::Formula, CellKind::Formula, CellKind::Plain, CellKind::Date]
    );
    let notes: Vec<_> = table.notes.iter().map(|note| (note.kind, note.column, note.row)).collect();
    for note in [
        (NoteKind::Damaged, 1, 3),
        (NoteKind::Error, 1, 4),
        (NoteKind::Formula, 3, 3),
        (NoteKind::Date, 5, 3),
        (NoteKind::Scaled, 6, 3),
        (NoteKind::Picture, 8, 3),
        (NoteKind::HiddenRow, 0, 3),
    ] {
        assert!(notes.contains(&note), "{note:?} in {notes:?}");
    }
    assert_eq!(
        table
            .notes
            .iter()
            .find(|note| note.kind == NoteKind::Formula && note.column == 3)
            .unwrap()
            .phrase()
            .zh,
        "C 列（第 3 行起，共 1 处）：公式，已取其上次计算的结果。"
    );
}

#[test]
fn merged_cells_count_for_their_rows_or_are_refused_where_they_can_mean_two_things() {
    let two_storeys = rows(&[
        &["618 大促"],
        &["类目", "商品名称", "价格", ""],
        &["", "", "直播价", "日常价"],
        &["家纺", "四件套", "199", "299"],
        &["", "枕套", "19", "29"],
        &["以上价格含运费"],
    ]);
    let merged = |ranges: &[&str]| {
        let cells: String = ranges.iter().map(|range| format!("<mergeCell ref=\"{range}\"/>")).collect();
        format!("<mergeCells>{cells}</mergeCells>")
    };
    let usual = ["A1:D1", "A2:A3", "B2:B3", "C2:D2", "A4:A5", "A6:D6"];
    let table = read(&workbook(&two_storeys, &merged(&usual)), "x.xlsx", None).unwrap();
    assert_eq!(table.header, Some(3));
    assert_eq!(texts(&table)[2], ["类目", "商品名称", "直播价", "日常价"]);
    assert_eq!(texts(&table)[4], ["家纺", "枕套", "19", "29"]);
    assert_eq!(table.rows[4].cells[0].kind, CellKind::Merged);
    assert!(table.notes.iter().any(|note| note.kind == NoteKind::MergedAcross && note.count == 2));

    let across = rows(&[&["商品名称", "直播价", "日常价"], &["四件套", "199", ""]]);
    assert_eq!(refusal(&workbook(&across, &merged(&["B2:C2"]))), (Problem::MergedAcross, Some(2), Some(2)));
    let hidden = rows(&[&["商品名称", "直播价"], &["四件套", "199"], &["枕套", "19"]]);
    assert_eq!(refusal(&workbook(&hidden, &merged(&["B2:B3"]))), (Problem::MergedHides, Some(3), Some(2)));
    let all = read(&workbook(&hidden, &merged(&["D2:D1048576", "C1:C3"])), "x", None).unwrap();
    assert_eq!(texts(&all)[2], ["枕套", "19"], "empty cells that are merged say nothing");
    let tall = rows(&[&["品名", "类"], &["甲", "家纺"]]);
    let all = read(&workbook(&tall, &merged(&["B2:B1048576"])), "x", None).unwrap();
    assert_eq!(all.rows.len(), 2, "merged cells make no rows");
}

#[test]
fn the_sheet_that_is_wanted_is_read_and_the_others_are_named() {
    let second = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{}</sheetData></worksheet>",
        rows(&[&["商品名称", "直播价"], &["甲", "9.9"]])
    );
    let first = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"/></row></sheetData></worksheet>";
    let book =
        workbook_with(first, &[("xl/workbook.xml", TWO_SHEETS), ("xl/worksheets/sheet2.xml", &second)]);
    let table = read(&book, "x.xlsx", None).unwrap();
    assert_eq!((table.name.as_str(), &table.other_sheets[..]), ("排品表", &["说明".to_owned()][..]));
    assert_eq!(read(&book, "x.xlsx", Some("排品表")).unwrap(), table);
    let problem = |wanted| read(&book, "x.xlsx", Some(wanted)).unwrap_err().problem;
    assert_eq!(
        (problem("说明"), problem("底价"), problem("没有")),
        (Problem::Empty, Problem::UnknownSheet, Problem::UnknownSheet)
    );
}

#[test]
fn mistakes_are_named_by_row_and_column() {
    let formula = |cell: &str| workbook(&format!("<row r=\"1\"><c r=\"B1\">{cell}</c></row>"), "");
    for (bytes, expected) in [
        (formula("<f>SUM(A1:A9)</f><v></v>"), (Problem::FormulaWithoutValue, Some(1), Some(2))),
        (formula("<f>SUM(A1:A9)</f>"), (Problem::FormulaWithoutValue, Some(1), Some(2))),
        (formula("<f>[1]价格!A1</f><v>1</v>"), (Problem::ExternalReference, Some(1), Some(2))),
        (formula("<v>19.9元</v>"), (Problem::Malformed, Some(1), Some(2))),
        ("a,b\n=SUM(A1),2\n".into(), (Problem::FormulaWithoutValue, Some(2), Some(1))),
        ("a,b\n\"x,2\n3,4\n".into(), (Problem::QuoteOpen, Some(2), Some(1))),
        (format!("a\n{}", "x".repeat(33_000)).into(), (Problem::CellTooLong, Some(2), Some(1))),
        (format!("a\n{}", "x,".repeat(65)).into(), (Problem::TooManyColumns, Some(2), Some(65))),
        ("行\n".repeat(20_001).into(), (Problem::TooManyRows, Some(20_001), None)),
        (b"\xef\xbb\xbfa\nb\n\xff\n".to_vec(), (Problem::Undecodable, Some(3), None)),
        (b"a\n\xc4\xe3\n\xff\xff\n".to_vec(), (Problem::Undecodable, Some(3), None)),
        (b"a\nb\0c".to_vec(), (Problem::Undecodable, Some(2), None)),
        ("".into(), (Problem::Empty, None, None)),
        (",,,\n , \n".into(), (Problem::Empty, None, None)),
    ] {
        assert_eq!(refusal(&bytes), expected);
    }
    let wide = rows(&[&["名"; 64]]);
    assert_eq!(read(&workbook(&wide, ""), "x", None).unwrap().rows[0].cells.len(), 64);
    let table = read("=\"007\",'=1+1,==新品==\n".as_bytes(), "x.csv", None).unwrap();
    assert_eq!(texts(&table), [["007", "=1+1", "==新品=="]]);
    let damaged = read("编号\n6.91793E+18\n".as_bytes(), "x.csv", None).unwrap();
    assert_eq!(
        (damaged.rows[1].cells[0].kind, damaged.notes[0].kind),
        (CellKind::Damaged, NoteKind::Damaged)
    );
}
