//! What a workbook consists of: its worksheets, where its texts and formats are, and from which year its days count.

use std::collections::BTreeMap;

use livehand_prepare::sheet::{Problem, SheetError};

use super::archive::Archive;
use super::xml::{Piece, Xml, malformed};

/// Most worksheets of a workbook.
const SHEETS_MAX: usize = 100;
/// Most relationships of a part.
const RELATIONSHIPS_MAX: usize = 1_000;
/// Longest name of a worksheet that is shown; Excel allows 31 characters.
const NAME_CHARS_MAX: usize = 100;

/// A workbook, as its directory has it.
pub(super) struct Workbook {
    /// Visible worksheets, in order.
    pub sheets: Vec<Worksheet>,
    /// Part with the texts that cells share.
    pub strings: Option<String>,
    /// Part with the formats.
    pub styles: Option<String>,
    /// Whether days count from 1904 instead of 1900.
    pub since_1904: bool,
}

/// A worksheet.
pub(super) struct Worksheet {
    pub name: String,
    /// The part that holds its cells.
    pub part: String,
}

/// A relationship of one part to another.
struct Relationship {
    kind: String,
    target: String,
}

impl Workbook {
    pub fn read(archive: &mut Archive<'_>) -> Result<Self, SheetError> {
        check_kind(archive)?;
        let root = relationships(archive, "_rels/.rels", "")?;
        let main = root.into_values().find(|it| it.kind.ends_with("/officeDocument"));
        let main = main.ok_or(Problem::UnknownFormat)?.target;
        if !main.ends_with(".xml") {
            return Err(SheetError::from(Problem::UnknownFormat).with(&main));
        }
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let links = relationships(archive, &format!("{folder}/_rels/{file}.rels"), folder)?;
        if links.values().any(|link| link.kind.ends_with("/externalLink")) {
            return Err(Problem::ExternalReference.into());
        }
        let part = |kind: &str| links.values().find(|it| it.kind.ends_with(kind)).map(|it| it.target.clone());
        let (strings, styles) = (part("/sharedStrings"), part("/styles"));
        let (sheets, since_1904) = worksheets(archive, &main, &links)?;
        Ok(Self { sheets, strings, styles, since_1904 })
    }
}

/// Looks at what the file says of itself before anything else.
fn check_kind(archive: &mut Archive<'_>) -> Result<(), SheetError> {
    const TYPES: &str = "[Content_Types].xml";
    if !archive.has(TYPES) {
        return Err(Problem::UnknownFormat.into());
    }
    let mut xml = Xml::new(archive.part(TYPES)?);
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) => {
                let kind = tag.get("ContentType").unwrap_or_default();
                if kind.contains("macroEnabled") || kind.contains("vbaProject") {
                    return Err(Problem::Macros.into());
                }
            }
            Piece::Over => return Ok(()),
            _ => {}
        }
    }
}

/// The relationships that a part names, by their ids. Links to other files, such as web pages, are left out: nothing
/// follows them.
fn relationships(
    archive: &mut Archive<'_>,
    part: &str,
    folder: &str,
) -> Result<BTreeMap<String, Relationship>, SheetError> {
    let mut found = BTreeMap::new();
    if !archive.has(part) {
        return Ok(found);
    }
    let mut xml = Xml::new(archive.part(part)?);
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) if tag.is("Relationship") => {
                let text = |name| tag.get(name).unwrap_or_default();
                if text("TargetMode") == "External" && !text("Type").ends_with("/externalLink") {
                    continue;
                }
                if found.len() == RELATIONSHIPS_MAX {
                    return Err(malformed(part));
                }
                let target = resolve(folder, &text("Target"));
                found.insert(text("Id"), Relationship { kind: text("Type"), target });
            }
            Piece::Over => return Ok(found),
            _ => {}
        }
    }
}

/// The name of a part as one in `folder` names it.
fn resolve(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut way: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                way.pop();
            }
            step => way.push(step),
        }
    }
    way.join("/")
}

/// The visible worksheets, in order, and from which year days count.
fn worksheets(
    archive: &mut Archive<'_>,
    part: &str,
    links: &BTreeMap<String, Relationship>,
) -> Result<(Vec<Worksheet>, bool), SheetError> {
    let mut xml = Xml::new(archive.part(part)?);
    let (mut sheets, mut since_1904) = (Vec::new(), false);
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) if tag.is("workbookPr") => since_1904 = tag.flag("date1904"),
            Piece::Start(tag) if tag.is("sheet") => {
                if tag.get("state").is_some_and(|state| state != "visible") {
                    continue;
                }
                let link = tag.get("id").and_then(|id| links.get(&id)).ok_or_else(|| malformed("sheet"))?;
                // A chart or a dialogue is no worksheet.
                if !link.kind.ends_with("/worksheet") {
                    continue;
                }
                if sheets.len() == SHEETS_MAX {
                    return Err(malformed("sheets"));
                }
                let name = livehand_kernel::display_text(&tag.get("name").unwrap_or_default());
                let name = name.chars().take(NAME_CHARS_MAX).collect();
                sheets.push(Worksheet { name, part: link.target.clone() });
            }
            Piece::Over => return Ok((sheets, since_1904)),
            _ => {}
        }
    }
}
