//! What is sent to the catalogue, and what an edit answers.

use std::collections::BTreeMap;

use livehand_app::{EditPage, EditView, Edited, FactEdit, Given, NewSku};
use livehand_kernel::{FactRef, Millis, ProductId, SkuId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::cards::By;

/// A SKU to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"spec": {"颜色": "蓝", "尺码": "L"}, "merchant_code": "QH-01"}))]
pub struct SkuToAdd {
    /// The shop's id; the merchant code or a new one if absent.
    id: Option<SkuId>,
    #[serde(default)]
    spec: BTreeMap<String, String>,
    merchant_code: Option<String>,
    barcode: Option<String>,
}

impl From<SkuToAdd> for NewSku {
    fn from(SkuToAdd { id, spec, merchant_code, barcode }: SkuToAdd) -> Self {
        Self { id, spec, merchant_code, barcode }
    }
}

/// A new value of a fact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactToEdit {
    product: ProductId,
    /// Where the fact is the SKU's own.
    sku: Option<SkuId>,
    field: String,
    /// What it is to be; null takes it back.
    #[serde(default)]
    value: Value,
    /// Instead of `value`: what somebody typed or pasted, read as a cell of a sheet.
    text: Option<String>,
    valid_from: Option<Millis>,
    valid_to: Option<Millis>,
    /// What proves it: a text, an address or a hash.
    evidence: Option<String>,
    /// The version that was seen; 0 for none.
    if_version: Option<i64>,
    /// Whether somebody has looked at what is doubted about it.
    #[serde(default)]
    confirmed: bool,
}

impl From<FactToEdit> for FactEdit {
    fn from(edit: FactToEdit) -> Self {
        Self {
            product: edit.product,
            sku: edit.sku,
            field: edit.field,
            given: edit.text.map_or(Given::Value(edit.value), Given::Text),
            valid_from: edit.valid_from,
            valid_to: edit.valid_to,
            evidence: edit.evidence,
            if_version: edit.if_version,
            confirmed: edit.confirmed,
        }
    }
}

/// Cells to be written together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"edits": [{"product": "no-such-product", "field": "brand", "text": "青禾", "if_version": 0}]}))]
pub struct FactsToEdit {
    /// At most 2,000; all of them are written or none.
    pub(super) edits: Vec<FactToEdit>,
}

/// What an edit did.
#[derive(Serialize, ToSchema)]
pub struct EditDone {
    /// By which it can be undone; null when nothing changed.
    edit: Option<String>,
    /// The versions that it wrote.
    facts: Vec<FactRef>,
    /// How many cells said what was there already.
    unchanged: usize,
}

impl From<Edited> for EditDone {
    fn from(Edited { edit, facts, unchanged }: Edited) -> Self {
        Self { edit, facts, unchanged }
    }
}

/// Everything that somebody changed at once.
#[derive(Serialize, ToSchema)]
pub struct Edit {
    id: String,
    at: Millis,
    by: By,
    /// grid, product, skus, import:<id> or undo:<edit>.
    what: String,
    /// How many facts it wrote.
    facts: i64,
    /// The edit that undid it.
    undone_by: Option<String>,
}

impl From<EditView> for Edit {
    fn from(edit: EditView) -> Self {
        let by = By { id: edit.person_id, name: edit.person_name };
        Self { id: edit.id, at: edit.at, by, what: edit.what, facts: edit.facts, undone_by: edit.undone_by }
    }
}

/// A page of edits, newest first.
#[derive(Serialize, ToSchema)]
pub struct Edits {
    edits: Vec<Edit>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
}

impl From<EditPage> for Edits {
    fn from(EditPage { edits, next }: EditPage) -> Self {
        Self { edits: edits.into_iter().map(Edit::from).collect(), next }
    }
}

/// Which edits to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EditsQuery {
    /// `next` of the page before.
    pub(super) after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub(super) limit: Option<i64>,
}
