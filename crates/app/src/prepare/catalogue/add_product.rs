//! Adding a product with its first facts.

use livehand_compliance::Action;
use livehand_kernel::{FactKey, Phrase, ProductId};
use livehand_live::AMOUNT_FEN_MAX;
use livehand_prepare::catalogue::{Field, check};
use livehand_storage as storage;
use livehand_storage::products::ProductRow;
use serde_json::{Value as Json, json};

use super::checked_id;
use crate::audit::Entry;
use crate::prepare::products::{LINK_NUMBER_MAX, check_range};
use crate::prepare::{NewProduct, ProductView, checked_title};
use crate::trade::write_facts;
use crate::{App, Caller, Error};

impl App {
    /// Adds a product.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`] when the id is taken.
    pub async fn add_product(&self, caller: &Caller, new: NewProduct) -> Result<ProductView, Error> {
        caller.require(Action::EditProducts)?;
        let facts = first_facts(&new)?;
        let editing = self.editing(caller, "product");
        let id = new.id.unwrap_or_else(|| ProductId::new(editing.at, &*self.entropy));
        let name = facts.first().and_then(|(_, name)| name.as_str()).unwrap_or_default().to_owned();
        let row =
            ProductRow { id, name, price: new.price, link_number: new.link_number, created_at: editing.at };
        let facts: Vec<_> = (facts.into_iter())
            .map(|(field, value)| {
                let key = FactKey { product: row.id.clone(), sku: None, field: field.to_owned() };
                editing.fact(key, value, "manual")
            })
            .collect();
        let entry = Entry::of(caller, "add_product", row.id.as_str())
            .with(json!({ "price_fen": row.price.0, "link_number": row.link_number }));
        let (inserted, editing, facts) = (&row, &editing, &facts);
        let added = self.audited(entry, move |tx| async move {
            storage::products::insert(&tx, inserted).await?;
            editing.begin(&tx, facts.len()).await?;
            write_facts(&tx, facts).await.map(Some)
        });
        match added.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => Err(Error::Conflict {
                code: "product_exists",
                explanation: Phrase::new("There is a product with this id already", "已有相同编号的商品"),
            }),
            Err(error) => Err(error),
            Ok(written) => {
                self.wrote(&written.unwrap_or_default()).await?;
                Ok(row)
            }
        }
    }
}

/// The facts that a product begins with; its name first. A price of zero is none.
fn first_facts(new: &NewProduct) -> Result<Vec<(&'static str, Json)>, Error> {
    let name = checked_title("name", &new.name)?;
    check_range("price_fen", new.price.0, 0, AMOUNT_FEN_MAX)?;
    check_range("link_number", new.link_number, 1, LINK_NUMBER_MAX)?;
    if let Some(id) = &new.id {
        checked_id("id", id.as_str())?;
    }
    let mut facts = vec![("name", json!(name)), ("link_number", json!(new.link_number))];
    if new.price.0 > 0 {
        facts.push(("live_price", json!(new.price.0)));
    }
    for (code, text) in [("category", &new.category), ("brand", &new.brand)] {
        let (Some(text), Some(field)) = (text, Field::of(code)) else { continue };
        let value =
            check(field, json!(text)).map_err(|wrong| Error::field(code, wrong.expected, wrong.found))?;
        if !value.is_null() {
            facts.push((field.code, value));
        }
    }
    Ok(facts)
}
