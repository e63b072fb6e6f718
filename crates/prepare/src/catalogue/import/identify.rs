//! Which product and which SKU each row is about.

use std::collections::BTreeMap;

use livehand_kernel::{Phrase, ProductId, SkuId};
use serde_json::Value as Json;

use super::rows::SheetRow;
use crate::catalogue::fault::Wrong;
use crate::catalogue::known::{Catalogue, KnownProduct, value};

/// Longest id, in bytes.
pub(crate) const ID_BYTES_MAX: usize = 64;

/// Gives each row its product and its SKU.
pub(super) fn identify(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let mut by_name: BTreeMap<&str, Vec<&ProductId>> = BTreeMap::new();
    for (id, product) in &catalogue.products {
        by_name.entry(product.text("name")).or_default().push(id);
    }
    for row in rows.iter_mut() {
        row.product = match product_of(row, catalogue, &by_name) {
            Ok(product) => Some(product),
            Err(wrong) => {
                row.wrong("product", wrong);
                None
            }
        };
        let Some(product) = row.product.clone() else { continue };
        match sku_of(row, catalogue, &product) {
            Ok(sku) => row.sku = sku,
            Err(misplaced) => {
                let (field, wrong) = *misplaced;
                row.wrong(field, wrong);
            }
        }
    }
}

fn product_of(
    row: &SheetRow,
    catalogue: &Catalogue,
    by_name: &BTreeMap<&str, Vec<&ProductId>>,
) -> Result<ProductId, Wrong> {
    if let Some((_, id)) = &row.product_id {
        return checked(id).map(|id| ProductId(id.to_owned()));
    }
    let code = row.sku_id.as_ref().map_or(row.text("merchant_code"), |(_, id)| id);
    if let Some((product, _)) = catalogue.sku_of(code).filter(|_| !code.is_empty()) {
        return Ok(product.clone());
    }
    let name = row.text("name");
    match by_name.get(name).map(Vec::as_slice) {
        _ if name.is_empty() => {
            let expected = Phrase::new("an id or a name of the product", "商品ID或商品名称");
            Err(Wrong::error("product_missing", expected, "").finding(Phrase::new("none", "都没有")))
        }
        Some([known]) => Ok((*known).clone()),
        None | Some([]) => Ok(ProductId(format!("p-{:016x}", digest(name)))),
        Some(several) => {
            let expected =
                Phrase::new("the product's id, because several have this name", "商品ID（有多款商品同名）");
            let ids = several.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
            Err(Wrong::error("product_ambiguous", expected, ids))
        }
    }
}

/// The SKU of a row; what is wrong comes with the field that is.
fn sku_of(
    row: &SheetRow,
    catalogue: &Catalogue,
    product: &ProductId,
) -> Result<Option<SkuId>, Box<(&'static str, Wrong)>> {
    let known = catalogue.products.get(product);
    if let Some((_, id)) = &row.sku_id {
        let id = checked(id).map_err(|wrong| Box::new(("sku", wrong)))?;
        return here(catalogue, product, id).map_err(|wrong| Box::new(("sku", wrong)));
    }
    let code = row.text("merchant_code");
    if let Some((_, sku)) = catalogue.sku_of(code).filter(|_| !code.is_empty()) {
        return here(catalogue, product, sku.as_str()).map_err(|wrong| Box::new(("merchant_code", wrong)));
    }
    if let Some(sku) = row.values.get("spec").and_then(|spec| with_spec(known?, &spec.value)) {
        return Ok(Some(sku.clone()));
    }
    for field in ["merchant_code", "barcode"] {
        if !row.text(field).is_empty() {
            let id = checked(row.text(field)).map_err(|wrong| Box::new((field, wrong)))?;
            return Ok(Some(SkuId(id.to_owned())));
        }
    }
    let Some(spec) = row.values.get("spec") else { return Ok(None) };
    let made = format!("{product}-{:08x}", digest(&spec.value.to_string()) >> 32);
    let made = if made.len() <= ID_BYTES_MAX { made } else { format!("s-{:016x}", digest(&made)) };
    Ok(Some(SkuId(made)))
}

/// The SKU of this id, which must not be another product's.
fn here(catalogue: &Catalogue, product: &ProductId, id: &str) -> Result<Option<SkuId>, Wrong> {
    let sku = SkuId(id.to_owned());
    let owner = catalogue.products.iter().find(|(_, known)| known.skus.contains_key(&sku));
    match owner {
        Some((owner, known)) if owner != product => {
            let expected = Phrase::new("a SKU of this product", "本商品的规格");
            let name = known.text("name");
            Err(Wrong::error("sku_elsewhere", expected, format!("{id} ({owner} {name})")))
        }
        _ => Ok(Some(sku)),
    }
}

/// The SKU in use with this very spec.
pub(super) fn with_spec<'a>(product: &'a KnownProduct, spec: &Json) -> Option<&'a SkuId> {
    let mut skus =
        product.skus.iter().filter(|(_, sku)| !sku.disabled && value(&sku.facts, "spec") == Some(spec));
    let (id, _) = skus.next()?;
    skus.next().is_none().then_some(id)
}

fn checked(id: &str) -> Result<&str, Wrong> {
    if !id.is_empty()
        && id.len() <= ID_BYTES_MAX
        && !id.contains(|char: char| char.is_control() || char.is_whitespace())
    {
        return Ok(id);
    }
    let expected = Phrase::new(
        format!("an id of 1 to {ID_BYTES_MAX} bytes without spaces"),
        format!("1 到 {ID_BYTES_MAX} 字节、不含空格的编号"),
    );
    Err(Wrong::error("bad_id", expected, id))
}

/// FNV-1a: the same name always makes the same id.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
