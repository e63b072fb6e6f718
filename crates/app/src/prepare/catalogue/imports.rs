//! Imports: a sheet is sent, looked at, put right where a column was guessed wrong, and applied as a whole or dropped.

use std::collections::BTreeSet;

use livehand_compliance::Action;
use livehand_kernel::{FactRef, Fen, Phrase, ProductId, display_text, new_uuid};
use livehand_prepare::catalogue::{
    Catalogue, Column, ImportPlan, Mapping, Severity, Target, guess_columns, plan_import,
};
use livehand_prepare::sheet::Table;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::NewFact;
use livehand_storage::imports::ImportRow;
use livehand_storage::products::ProductRow;
use livehand_storage::skus::SkuRow;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::write_facts::Editing;
use crate::audit::Entry;
use crate::prepare::SheetFile;
use crate::trade::write_facts;
use crate::{App, Caller, Error};

/// Longest name of a file, in bytes.
const NAME_BYTES_MAX: usize = 300;

/// An import as it is looked at.
#[derive(Clone, Debug)]
pub struct ImportView {
    /// Its row.
    pub row: ImportRow,
    /// The sheet; absent once it is settled.
    pub table: Option<Table>,
    /// What its columns mean.
    pub mapping: Mapping,
    /// What it would change now; absent once it is settled.
    pub plan: Option<ImportPlan>,
    /// Stands for the plan: an import is applied only as it was looked at.
    pub digest: String,
}

/// What a column is to mean.
#[derive(Clone, Debug)]
pub struct MappedColumn {
    /// Its place, from 1.
    pub column: u32,
    /// The code of its meaning; absent to leave it aside.
    pub field: Option<String>,
}

/// How an import is to be applied.
#[derive(Clone, Debug, Default)]
pub struct ImportToApply {
    /// The plan that was looked at.
    pub digest: String,
    /// Whether rows with faults may be left out; otherwise one fault refuses the whole.
    pub leave_out_faulty: bool,
    /// Rows whose warnings somebody has looked at.
    pub confirmed_rows: BTreeSet<u32>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The edit, by which it can be undone; absent when nothing changed.
    pub edit: Option<String>,
    /// Products that were added.
    pub products_added: usize,
    /// SKUs that were added or taken back into use.
    pub skus_added: usize,
    /// Facts that were written.
    pub facts: Vec<FactRef>,
    /// Rows that were not applied.
    pub left_out: Vec<u32>,
}

impl App {
    /// Takes a sheet and says what it would change. Nothing of the catalogue changes.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Sheet`].
    pub async fn start_import(&self, caller: &Caller, file: SheetFile) -> Result<ImportView, Error> {
        caller.require(Action::EditProducts)?;
        let name = display_text(&file.name);
        let table = self.read_sheet(caller, file).await?;
        let mapping = guess_columns(table.columns());
        let now = self.clock.now();
        let row = ImportRow {
            id: new_uuid(now, &*self.entropy),
            name: name.chars().take(NAME_BYTES_MAX / 4).collect(),
            status: "previewed".to_owned(),
            at: now,
            person_id: caller.person(),
            person_name: caller.name(),
            sheet: serde_json::to_string(&table).map_err(|_| Error::Internal("a sheet cannot be kept"))?,
            mapping: as_text(&mapping)?,
            edit: None,
        };
        let entry = Entry::of(caller, "start_import", &row.id).with(json!({ "rows": table.data().len() }));
        let inserted = &row;
        let kept = self.audited(entry, move |tx| async move {
            storage::imports::insert(&tx, inserted).await?;
            Ok(Some(()))
        });
        kept.await?;
        self.import(caller, &row.id).await
    }

    /// An import with what it would change now.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn import(&self, caller: &Caller, id: &str) -> Result<ImportView, Error> {
        caller.require(Action::EditProducts)?;
        let tx = self.db.read().await?;
        let row = storage::imports::find(&tx, id).await?.ok_or_else(|| Error::not_found("import", id))?;
        let mapping = from_text(&row.mapping)?;
        if row.status != "previewed" {
            return Ok(ImportView { row, table: None, mapping, plan: None, digest: String::new() });
        }
        let table = from_text::<Table>(&row.sheet)?;
        let catalogue = storage::catalogue::all(&tx).await?;
        drop(tx);
        let now = self.clock.now();
        let plan = move || {
            let digest = digest_of(&table, &mapping, &catalogue, now);
            let plan = plan_import(&table, &mapping, &catalogue, now, &BTreeSet::new());
            ImportView { row, table: Some(table), mapping, plan: Some(plan), digest }
        };
        tokio::task::spawn_blocking(plan).await.map_err(|_| Error::Internal("an import could not be planned"))
    }

    /// Says what columns of an import mean; the others stay as they are.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] `import_settled`.
    pub async fn map_import(
        &self,
        caller: &Caller,
        id: &str,
        columns: &[MappedColumn],
    ) -> Result<ImportView, Error> {
        let mut view = self.import(caller, id).await?;
        for wanted in columns {
            map_column(&mut view.mapping, wanted)?;
        }
        let mapping = as_text(&view.mapping)?;
        let entry = Entry::of(caller, "map_import", id).with(json!({ "columns": columns.len() }));
        let text = &mapping;
        let done = self.audited(entry, move |tx| async move {
            Ok(storage::imports::set_mapping(&tx, id, text).await?.then_some(()))
        });
        done.await?.ok_or_else(settled)?;
        self.import(caller, id).await
    }

    /// Applies an import as it was looked at.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] `import_changed`, `import_has_faults`,
    /// `import_settled`.
    pub async fn apply_import(
        &self,
        caller: &Caller,
        id: &str,
        wanted: &ImportToApply,
    ) -> Result<Applied, Error> {
        caller.require(Action::EditProducts)?;
        let editing = self.editing(caller, &format!("import:{id}"));
        let detail = json!({ "edit": editing.id, "confirmed_rows": wanted.confirmed_rows.len() });
        let entry = Entry::of(caller, "apply_import", id).with(detail);
        let writing = &editing;
        let applied = self.decided(entry, move |tx| apply(tx, writing, id, wanted)).await?;
        let applied = applied.ok_or(Error::Internal("an import was not applied"))?;
        self.wrote(&applied.facts).await?;
        Ok(applied)
    }

    /// Drops an import; its cells are forgotten.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] `import_settled`.
    pub async fn drop_import(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        caller.require(Action::EditProducts)?;
        let entry = Entry::of(caller, "drop_import", id);
        let dropped = self.decided(entry, move |tx| async move {
            if storage::imports::find(&tx, id).await?.is_none() {
                return Ok(Err(Error::not_found("import", id)));
            }
            let dropped = storage::imports::settle(&tx, id, "dropped", None).await?;
            Ok(if dropped { Ok(Some(())) } else { Err(settled()) })
        });
        dropped.await?.ok_or(Error::Internal("an import was not dropped"))
    }
}

fn as_text<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Internal("an import cannot be kept"))
}

fn from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Internal("a kept import cannot be read"))
}

fn settled() -> Error {
    let explanation = Phrase::new("The import was applied or dropped already", "该次导入已完成或已放弃");
    Error::Conflict { code: "import_settled", explanation }
}

/// Gives a column its meaning, and takes it from the one that had it.
fn map_column(mapping: &mut Mapping, wanted: &MappedColumn) -> Result<(), Error> {
    let field = wanted.field.as_deref().map(|code| {
        Target::from_code(code).map(|target| target.code()).ok_or_else(|| {
            let expected = Phrase::new(
                "product, sku, a field, spec:<name> or evidence:<field>",
                "product、sku、字段代码、spec:<名称> 或 evidence:<字段>",
            );
            Error::field("columns", expected, Phrase::literal(display_text(code)))
        })
    });
    let field = field.transpose()?;
    for column in &mut mapping.columns {
        if field.is_some() && column.field == field {
            (column.field, column.confidence) = (None, 0);
        }
    }
    let column: &mut Column =
        mapping.columns.iter_mut().find(|column| column.column == wanted.column).ok_or_else(|| {
            let expected = Phrase::new("a column of the sheet", "表格中的列");
            Error::field("columns", expected, Phrase::literal(wanted.column.to_string()))
        })?;
    column.confidence = if field.is_some() { 100 } else { 0 };
    column.field = field;
    Ok(())
}

/// Stands for everything that an import could change, whichever warnings are confirmed.
fn digest_of(
    table: &Table,
    mapping: &Mapping,
    catalogue: &Catalogue,
    now: livehand_kernel::Millis,
) -> String {
    let all: BTreeSet<u32> = table.data().iter().map(|row| row.number).collect();
    let plan = plan_import(table, mapping, catalogue, now, &all);
    hex::encode(Sha256::digest(format!("{plan:?}").as_bytes()))
}

async fn apply(
    tx: Tx,
    editing: &Editing,
    id: &str,
    wanted: &ImportToApply,
) -> Result<Result<Option<Applied>, Error>, storage::Error> {
    let Some(row) = storage::imports::find(&tx, id).await? else {
        return Ok(Err(Error::not_found("import", id)));
    };
    if row.status != "previewed" {
        return Ok(Err(settled()));
    }
    let read =
        from_text::<Table>(&row.sheet).and_then(|table| Ok((table, from_text::<Mapping>(&row.mapping)?)));
    let (table, mapping) = match read {
        Ok(read) => read,
        Err(error) => return Ok(Err(error)),
    };
    let catalogue = storage::catalogue::all(&tx).await?;
    let plan = plan_import(&table, &mapping, &catalogue, editing.at, &wanted.confirmed_rows);
    if digest_of(&table, &mapping, &catalogue, editing.at) != wanted.digest {
        let explanation = Phrase::new(
            "The catalogue or the columns have changed since; look at the import again",
            "商品库或列对应关系已变化，请重新核对后再导入",
        );
        return Ok(Err(Error::Conflict { code: "import_changed", explanation }));
    }
    if !plan.left_out.is_empty() && !wanted.leave_out_faulty {
        return Ok(Err(faulty(&plan)));
    }
    let facts = write(&tx, editing, id, &plan).await?;
    let edit = (!facts.is_empty() || !plan.skus.is_empty()).then(|| editing.id.clone());
    storage::imports::settle(&tx, id, "applied", edit.as_deref()).await?;
    let (products_added, skus_added) = (plan.products.len(), plan.skus.len());
    Ok(Ok(Some(Applied { edit, products_added, skus_added, facts, left_out: plan.left_out })))
}

fn faulty(plan: &ImportPlan) -> Error {
    let count = plan.left_out.len();
    let errors = plan.faults.iter().filter(|fault| fault.wrong.severity == Severity::Error).count();
    let explanation = Phrase::new(
        format!("{count} rows have faults ({errors} errors); nothing was imported"),
        format!("{count} 行有问题（{errors} 处错误），未导入任何内容"),
    );
    Error::Conflict { code: "import_has_faults", explanation }
}

async fn write(
    tx: &Tx,
    editing: &Editing,
    id: &str,
    plan: &ImportPlan,
) -> Result<Vec<FactRef>, storage::Error> {
    if plan.facts.is_empty() && plan.skus.is_empty() {
        return Ok(Vec::new());
    }
    editing.begin(tx, plan.facts.len()).await?;
    for product in &plan.products {
        let row = ProductRow {
            id: product.id.clone(),
            name: product.name.clone(),
            price: Fen(0),
            link_number: product.link_number,
            created_at: editing.at,
        };
        storage::products::insert(tx, &row).await?;
    }
    for sku in &plan.skus {
        if sku.returns {
            storage::skus::set_disabled(tx, &sku.id, None).await?;
            continue;
        }
        let row = SkuRow {
            id: sku.id.clone(),
            product_id: sku.product.clone(),
            position: sku.position,
            created_at: editing.at,
            disabled_at: None,
            edit: Some(editing.id.clone()),
        };
        storage::skus::insert(tx, &row).await?;
    }
    let source = format!("import:{id}");
    let facts: Vec<NewFact> = (plan.facts.iter())
        .map(|fact| NewFact {
            evidence: fact.evidence.clone(),
            ..editing.fact(fact.key.clone(), fact.value.clone(), &source)
        })
        .collect();
    let written = write_facts(tx, &facts).await?;
    let mirrored: BTreeSet<&ProductId> = written.iter().map(|fact| &fact.fact.product).collect();
    for product in plan.skus.iter().map(|sku| &sku.product).filter(|product| !mirrored.contains(product)) {
        storage::facts::mirror(tx, product).await?;
    }
    Ok(written)
}
