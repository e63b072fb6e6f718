//! Undoing an edit: what was there before is written as new versions. The versions of the edit stay, because somebody may
//! have quoted them. Undoing that again brings them back.

use std::collections::{BTreeMap, BTreeSet};

use livehand_compliance::Action;
use livehand_kernel::{FactKey, FactRef, Phrase, ProductId, SkuId};
use livehand_live::FieldError;
use livehand_prepare::catalogue::Field;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::NewFact;
use serde_json::{Value as Json, json};

use super::write_facts::Editing;
use super::{EditView, Edited, FactView, needs_second_person, stale, version_words};
use crate::audit::Entry;
use crate::trade::write_facts;
use crate::{App, Caller, Error, Fault};

/// Edits that undo one another are followed so far back.
const CHAIN_MAX: usize = 100;

/// The first and the last version that an edit wrote of each fact.
type Written = BTreeMap<FactKey, (i64, i64)>;

impl App {
    /// Undoes an edit as a whole.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] `edit_undone`, [`Error::Refused`] `stale_edit` with what
    /// was changed since, or `needs_second_person`.
    pub async fn undo_edit(&self, caller: &Caller, edit: &str) -> Result<Edited, Error> {
        caller.require(Action::EditProducts)?;
        let editing = self.editing(caller, &format!("undo:{edit}"));
        let entry = Entry::of(caller, "undo_edit", edit).with(json!({ "edit": editing.id }));
        let (id, undoing) = (edit, &editing);
        let undone = self.decided(entry, move |tx| undo(tx, undoing, id)).await?;
        let facts = undone.ok_or(Error::Internal("an edit was not undone"))?;
        self.wrote(&facts).await?;
        Ok(Edited { edit: Some(editing.id), facts, unchanged: 0 })
    }
}

async fn undo(
    tx: Tx,
    editing: &Editing,
    id: &str,
) -> Result<Result<Option<Vec<FactRef>>, Error>, storage::Error> {
    let Some(edit) = storage::fact_edits::find(&tx, id).await? else {
        return Ok(Err(Error::not_found("edit", id)));
    };
    if edit.undone_by.is_some() {
        let explanation = Phrase::new("This edit was undone already", "该次修改已经撤销");
        return Ok(Err(Error::Conflict { code: "edit_undone", explanation }));
    }
    let written = written_by(storage::facts::of_edit(&tx, id).await?);
    if let Some(error) = refusal(&tx, &written).await? {
        return Ok(Err(error));
    }
    let (root, again) = root_of(&tx, &edit).await?;
    let skus: BTreeSet<SkuId> =
        storage::skus::of_edit(&tx, &root).await?.into_iter().map(|sku| sku.id).collect();
    let facts = before(&tx, editing, &written, &skus).await?;
    editing.begin(&tx, facts.len()).await?;
    for sku in &skus {
        storage::skus::set_disabled(&tx, sku, (!again).then_some(editing.at)).await?;
    }
    let facts = write_facts(&tx, &facts).await?;
    for product in written.keys().map(|key| &key.product).collect::<BTreeSet<_>>() {
        storage::facts::mirror(&tx, product).await?;
    }
    storage::fact_edits::set_undone(&tx, id, &editing.id).await?;
    Ok(Ok(Some(facts)))
}

fn written_by(rows: Vec<FactView>) -> Written {
    let mut written = Written::new();
    for row in rows {
        let version = row.version;
        let (first, last) = written.entry(row.fact.key).or_insert((version, version));
        (*first, *last) = ((*first).min(version), (*last).max(version));
    }
    written
}

/// Why an edit cannot be undone: facts that were changed since, or prices on air.
async fn refusal(tx: &Tx, written: &Written) -> Result<Option<Error>, storage::Error> {
    let on_air: BTreeSet<ProductId> = storage::shows::products_on_air(tx).await?.into_iter().collect();
    let (mut changed, mut guarded) = (Vec::new(), Vec::new());
    for (key, (_, last)) in written {
        let place = place(key);
        let current = storage::facts::current(tx, key).await?;
        if current.as_ref().map(|row| row.version) != Some(*last) {
            let expected = Phrase::new(format!("version {last}"), format!("第 {last} 版"));
            changed.push(Fault {
                line: None,
                error: FieldError::new(&place, expected, version_words(current.as_ref())),
            });
        }
        if on_air.contains(&key.product) && Field::of(&key.field).is_some_and(Field::is_guarded_on_air) {
            let expected = Phrase::new("a change that a second person approves", "双人复核的改价申请");
            let found = Phrase::new("an undo while the product is on air", "直播中直接撤销");
            guarded.push(Fault { line: None, error: FieldError::new(&place, expected, found) });
        }
    }
    if !changed.is_empty() {
        return Ok(Some(stale(changed)));
    }
    Ok((!guarded.is_empty()).then(|| needs_second_person(guarded)))
}

/// A fact as a path: product, SKU and field.
fn place(key: &FactKey) -> String {
    let sku = key.sku.as_ref().map(|sku| format!("/{sku}")).unwrap_or_default();
    format!("{}{sku}/{}", key.product, key.field)
}

/// The edit at the beginning of a chain of undoing, and whether undoing this one does it again.
async fn root_of(tx: &Tx, edit: &EditView) -> Result<(String, bool), storage::Error> {
    let (mut id, mut what, mut again) = (edit.id.clone(), edit.what.clone(), false);
    for _ in 0..CHAIN_MAX {
        let Some(undone) = what.strip_prefix("undo:").map(str::to_owned) else { break };
        again = !again;
        let Some(row) = storage::fact_edits::find(tx, &undone).await? else { break };
        (id, what) = (row.id, row.what);
    }
    Ok((id, again))
}

/// The facts as they were before an edit. A product that the edit added goes out of use, and so do its SKUs, whose facts
/// stay.
async fn before(
    tx: &Tx,
    editing: &Editing,
    written: &Written,
    skus: &BTreeSet<SkuId>,
) -> Result<Vec<NewFact>, storage::Error> {
    let is_first = |key: &FactKey, first: i64| key.sku.is_none() && key.field == "name" && first == 1;
    let added: BTreeSet<&ProductId> = written
        .iter()
        .filter(|(key, (first, _))| is_first(key, *first))
        .map(|(key, _)| &key.product)
        .collect();
    let mut facts = Vec::new();
    for (key, (first, last)) in written {
        if added.contains(&key.product) || key.sku.as_ref().is_some_and(|sku| skus.contains(sku)) {
            continue;
        }
        let source = format!("undo:{last}");
        let earlier = FactRef { fact: key.clone(), version: first - 1 };
        let restored = match storage::facts::version(tx, &earlier).await? {
            None => editing.fact(key.clone(), Json::Null, &source),
            Some(row) => NewFact {
                valid_from: row.fact.valid_from,
                valid_to: row.fact.valid_to,
                evidence: row.fact.evidence,
                ..editing.fact(key.clone(), row.fact.value, &source)
            },
        };
        facts.push(restored);
    }
    for product in added {
        let key = FactKey { product: product.clone(), sku: None, field: "status".to_owned() };
        let version = storage::facts::current(tx, &key).await?.map_or(0, |row| row.version);
        facts.push(editing.fact(key, json!("disabled"), &format!("undo:{version}")));
    }
    Ok(facts)
}
