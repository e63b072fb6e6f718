//! Lines and sheets on their way into the FAQ library, as the API says them.

use livehand_app::faq_library::{Column, LineFault, Plan, Planned};
use livehand_app::{FaqColumn, FaqImport, FaqPackLoad, FaqPaste, FaqPlan};
use livehand_kernel::{FaqId, Language, ShowId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::entries::{FaqContent, FaqLevel, FaqState};
use crate::words::Words;

/// Lines, faults and columns in one answer; the rest would not be read anyway.
const SHOWN_MAX: usize = 1_000;

/// Lines to be pasted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "发货/多久发|48小时内发\n尺码|{宝宝/家人}报身高体重", "apply": false}))]
pub struct FaqLines {
    /// One each: `词A/词B|回复`, or `1,4,7|词A/词B|回复` for the products with these link numbers.
    text: String,
    /// Of new entries; B if absent.
    #[serde(default)]
    level: FaqLevel,
    /// Of new entries; active if absent.
    #[serde(default = "active")]
    state: FaqState,
    /// The show by whose line-up link numbers are read; by the whole catalogue if absent.
    show: Option<ShowId>,
    /// Whether to do it; otherwise it is only looked at.
    #[serde(default)]
    apply: bool,
    /// That of the look; if it is given, nothing else is applied.
    digest: Option<String>,
}

fn active() -> FaqState {
    FaqState::Active
}

impl From<FaqLines> for FaqPaste {
    fn from(lines: FaqLines) -> Self {
        let FaqLines { text, level, state, show, apply, digest } = lines;
        Self { text, level: level.into(), state: state.into(), show, apply, digest }
    }
}

/// Which part of the pack of questions is taken in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"categories": ["apparel"], "apply": false}))]
pub struct FaqPackToLoad {
    /// Codes of categories of goods; what holds for all goods comes with each. All of the pack if empty.
    #[serde(default)]
    categories: Vec<String>,
    /// Of new entries; draft if absent.
    #[serde(default = "draft")]
    state: FaqState,
    /// Whether to do it; otherwise it is only looked at.
    #[serde(default)]
    apply: bool,
    /// That of the look; if it is given, nothing else is applied.
    digest: Option<String>,
}

fn draft() -> FaqState {
    FaqState::Draft
}

impl From<FaqPackToLoad> for FaqPackLoad {
    fn from(load: FaqPackToLoad) -> Self {
        let FaqPackToLoad { categories, state, apply, digest } = load;
        Self { categories, state: state.into(), apply, digest }
    }
}

/// What is wrong in a line or row.
#[derive(Serialize, ToSchema)]
pub struct FaqLineFault {
    /// From 1; for a sheet, the row as the spreadsheet numbers it.
    line: u32,
    /// The letters of a sheet's column, where it is about one.
    column: Option<String>,
    /// `line`, or the field of the entry.
    field: String,
    expected: Words,
    found: Words,
}

/// An entry that is added or changed.
#[derive(Serialize, ToSchema)]
pub struct FaqLineEntry {
    /// From 1; for a sheet, the row as the spreadsheet numbers it.
    line: u32,
    /// Null for one that would be added.
    id: Option<FaqId>,
    content: FaqContent,
}

impl From<Planned> for FaqLineEntry {
    fn from(planned: Planned) -> Self {
        let id = Some(planned.entry.id.clone()).filter(|id| !id.as_str().is_empty());
        Self { line: planned.line, id, content: planned.entry.into() }
    }
}

/// What lines do, or would do.
#[derive(Serialize, ToSchema)]
pub struct FaqLinesDone {
    /// Whether it was done.
    applied: bool,
    /// Stands for all of it: give it when applying.
    digest: String,
    /// Lines with something in them.
    lines: usize,
    added: usize,
    changed: usize,
    /// Lines that say what is known already.
    same: usize,
    /// Lines that are left out because of their faults.
    left_out: Vec<u32>,
    /// The first thousand.
    faults: Vec<FaqLineFault>,
    /// The first thousand that are added.
    additions: Vec<FaqLineEntry>,
    /// The first thousand that are changed.
    changes: Vec<FaqLineEntry>,
}

impl FaqLinesDone {
    fn of(planned: FaqPlan, columns: &[FaqColumn]) -> Self {
        let FaqPlan { plan, lines, digest, applied } = planned;
        let left_out = plan.left_out();
        let Plan { added, changed, same, faults } = plan;
        let shown = |all: Vec<Planned>| all.into_iter().take(SHOWN_MAX).map(FaqLineEntry::from).collect();
        Self {
            applied,
            digest,
            lines,
            added: added.len(),
            changed: changed.len(),
            same: same.len(),
            left_out,
            faults: faults.into_iter().take(SHOWN_MAX).map(|fault| line_fault(fault, columns)).collect(),
            additions: shown(added),
            changes: shown(changed),
        }
    }
}

impl From<FaqPlan> for FaqLinesDone {
    fn from(planned: FaqPlan) -> Self {
        Self::of(planned, &[])
    }
}

/// With the column of a sheet that holds the field.
fn line_fault(LineFault { line, fault }: LineFault, columns: &[FaqColumn]) -> FaqLineFault {
    let name = fault.field.split(['[', '.']).next().unwrap_or_default();
    let holds = |it: &&FaqColumn| {
        it.column.is_some_and(|column| column.code() == name)
            || (it.column == Some(Column::Answer) && matches!(name, "short" | "long"))
    };
    FaqLineFault {
        line,
        column: columns.iter().find(holds).map(|it| it.letters.clone()),
        field: fault.field,
        expected: fault.expected.into(),
        found: fault.found.into(),
    }
}

/// Which file is sent, and whether it is applied.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FaqImportQuery {
    /// Name of the file.
    #[serde(default)]
    pub name: String,
    /// The worksheet; the first visible one with something in it if absent.
    pub sheet: Option<String>,
    /// That of the look; with it the sheet is applied.
    pub digest: Option<String>,
}

/// A column of a sheet.
#[derive(Serialize, ToSchema)]
pub struct FaqSheetColumn {
    /// Its letters.
    column: String,
    header: String,
    /// The field of the entry; null if it is left aside.
    field: Option<&'static str>,
}

/// A sheet as it was understood, and what it does.
#[derive(Serialize, ToSchema)]
pub struct FaqSheetRead {
    /// Name of the worksheet.
    sheet: String,
    columns: Vec<FaqSheetColumn>,
    /// What is to be known about its cells.
    notes: Vec<String>,
    plan: FaqLinesDone,
}

impl FaqSheetRead {
    /// In one language.
    pub fn of(read: FaqImport, language: Language) -> Self {
        let FaqImport { sheet, columns, notes, planned } = read;
        let plan = FaqLinesDone::of(planned, &columns);
        let column = |it: FaqColumn| FaqSheetColumn {
            column: it.letters,
            header: it.header,
            field: it.column.map(Column::code),
        };
        let notes = notes.iter().map(|note| note.in_language(language).to_owned());
        Self { sheet, columns: columns.into_iter().map(column).collect(), notes: notes.collect(), plan }
    }
}
