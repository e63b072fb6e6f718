//! Product cards (商品卡) as they are read: found, shown whole, compared, and with their history.

use livehand_compliance::Action;
use livehand_kernel::{FactKey, Millis, Phrase, ProductId, ShowId, SkuId};
use livehand_prepare::catalogue::{
    CATEGORIES, Completeness, FIELDS, Field, KnownProduct, STATUSES, completeness,
};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::products::{ListedProduct, ProductFilter};
use serde_json::Value as Json;

use super::{EditView, FactView, SkuView, has_product};
use crate::prepare::{ProductView, checked_code, page_size};
use crate::{App, Caller, Error};

/// Products beside one another at most.
const COMPARED_MAX: usize = 6;

/// Which products to find.
#[derive(Clone, Debug, Default)]
pub struct ProductQuery {
    /// Part of the id, name, brand, an alias, a code or the link number.
    pub search: Option<String>,
    /// Code of the category.
    pub category: Option<String>,
    /// draft, in_review, ready or disabled.
    pub status: Option<String>,
    /// Only those to which something is missing.
    pub incomplete: bool,
    /// The last product of the page before.
    pub after: Option<ProductId>,
    /// Rows in the answer; 50 if absent.
    pub limit: Option<i64>,
}

/// A product that was found.
pub type FoundProduct = ListedProduct;

/// A page of products that were found.
#[derive(Clone, Debug)]
pub struct FoundProducts {
    /// By link number.
    pub products: Vec<FoundProduct>,
    /// Where the next page begins; absent on the last.
    pub next: Option<ProductId>,
}

/// Everything that is known of a product.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its row.
    pub product: ProductView,
    /// Its SKUs, those out of use too.
    pub skus: Vec<SkuView>,
    /// The current versions of its facts.
    pub facts: Vec<FactView>,
    /// What its category needs, and what of that is missing.
    pub completeness: Completeness,
    /// The shows on air that have it in their line-up.
    pub on_air: Vec<ShowId>,
}

impl Card {
    /// A text fact of the product itself; empty if it has none.
    pub fn text(&self, field: &str) -> &str {
        let own = |row: &&FactView| row.fact.key.sku.is_none() && row.fact.key.field == field;
        self.facts.iter().find(own).and_then(|row| row.fact.value.as_str()).unwrap_or_default()
    }
}

/// Products beside one another.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The products.
    pub products: Vec<ProductView>,
    /// What is known of at least one of them.
    pub rows: Vec<ComparedRow>,
}

/// One fact of several products.
#[derive(Clone, Debug)]
pub struct ComparedRow {
    /// Which.
    pub field: &'static Field,
    /// Its values, in the order of the products: null where there is none, a list where SKUs differ.
    pub values: Vec<Json>,
    /// Whether they differ.
    pub differs: bool,
}

/// A page of edits, newest first.
#[derive(Clone, Debug)]
pub struct EditPage {
    /// The edits.
    pub edits: Vec<EditView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

impl App {
    /// What product cards are made of.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn catalogue_fields(&self, caller: &Caller) -> Result<&'static [Field], Error> {
        caller.require(Action::ViewShows)?;
        Ok(FIELDS)
    }

    /// Products by what people call them, and by what they lack.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn find_products(&self, caller: &Caller, query: &ProductQuery) -> Result<FoundProducts, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(query.limit)?;
        let codes = |choices: &[livehand_prepare::catalogue::Choice]| -> Vec<&'static str> {
            choices.iter().map(|choice| choice.code).collect()
        };
        if let Some(category) = &query.category {
            checked_code("category", &codes(CATEGORIES), category)?;
        }
        if let Some(status) = &query.status {
            checked_code("status", &codes(STATUSES), status)?;
        }
        let now = self.clock.now();
        let filter = ProductFilter {
            search: query
                .search
                .clone()
                .filter(|text| !text.trim().is_empty())
                .map(|text| text.trim().to_owned()),
            category: query.category.clone(),
            status: query.status.clone(),
            incomplete_at: query.incomplete.then_some(now),
            after: query.after.clone(),
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut products = storage::products::list(&tx, &filter).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = products.len() > most;
        products.truncate(most);
        products.iter_mut().for_each(|product| add_expired(product, now));
        let next = products.last().filter(|_| more).map(|it| it.product.id.clone());
        Ok(FoundProducts { products, next })
    }

    /// Everything that is known of a product.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn product(&self, caller: &Caller, id: &ProductId) -> Result<Card, Error> {
        caller.require(Action::ViewShows)?;
        let tx = self.db.read().await?;
        card(&tx, id, self.clock.now()).await
    }

    /// All versions of a fact of a product, or of everything about it, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn fact_history(
        &self,
        caller: &Caller,
        product: &ProductId,
        sku: Option<&SkuId>,
        field: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Vec<FactView>, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        if !has_product(&tx, product).await? {
            return Err(Error::not_found("product", product));
        }
        let Some(field) = field else {
            return Ok(storage::facts::history_of_product(&tx, product, limit).await?);
        };
        let key = FactKey { product: product.clone(), sku: sku.cloned(), field: field.to_owned() };
        let mut versions = storage::facts::history(&tx, &key).await?;
        versions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(versions)
    }

    /// Edits, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_edits(
        &self,
        caller: &Caller,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<EditPage, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        let mut edits = storage::fact_edits::list(&tx, after, limit + 1).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = edits.len() > most;
        edits.truncate(most);
        let next = edits.last().filter(|_| more).map(|edit| edit.id.clone());
        Ok(EditPage { edits, next })
    }

    /// Products beside one another.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn compare_products(&self, caller: &Caller, ids: &[ProductId]) -> Result<Comparison, Error> {
        caller.require(Action::ViewShows)?;
        if !(2..=COMPARED_MAX).contains(&ids.len()) {
            let expected =
                Phrase::new(format!("2 to {COMPARED_MAX} ids"), format!("2 到 {COMPARED_MAX} 个商品编号"));
            return Err(Error::field("ids", expected, Phrase::literal(ids.len().to_string())));
        }
        let tx = self.db.read().await?;
        let (mut products, mut known) = (Vec::new(), Vec::new());
        for id in ids {
            let found = storage::products::find(&tx, id).await?;
            products.push(found.ok_or_else(|| Error::not_found("product", id))?);
            known.push(storage::catalogue::product(&tx, id).await?.unwrap_or_default());
        }
        let rows = FIELDS.iter().map(|field| compared(field, &known));
        let rows = rows.filter(|row| row.values.iter().any(|value| !value.is_null())).collect();
        Ok(Comparison { products, rows })
    }
}

/// Adds what has run out since the facts of a product last changed.
fn add_expired(product: &mut FoundProduct, now: Millis) {
    let code = "qualifications".to_owned();
    if product.expires_at.is_some_and(|at| at <= now) && !product.missing.contains(&code) {
        product.missing.push(code);
    }
}

pub(super) async fn card(tx: &Tx, id: &ProductId, now: Millis) -> Result<Card, Error> {
    let product = storage::products::find(tx, id).await?;
    let product = product.ok_or_else(|| Error::not_found("product", id))?;
    let known = storage::catalogue::product(tx, id).await?.unwrap_or_default();
    Ok(Card {
        product,
        skus: storage::skus::of_product(tx, id).await?,
        facts: storage::facts::of_product(tx, id).await?,
        completeness: completeness(&known, now),
        on_air: storage::shows::on_air_with(tx, id).await?,
    })
}

fn compared(field: &'static Field, products: &[KnownProduct]) -> ComparedRow {
    let values: Vec<Json> = products.iter().map(|product| value_of(field, product)).collect();
    let differs = values.windows(2).any(|pair| pair.first() != pair.last());
    ComparedRow { field, values, differs }
}

/// The value of a fact of a product: one, or where its SKUs differ the list of them.
fn value_of(field: &Field, product: &KnownProduct) -> Json {
    let skus = if field.is_of_skus() { product.in_use() } else { Vec::new() };
    let mut values: Vec<&Json> = Vec::new();
    for value in skus.iter().filter_map(|(id, _)| product.value_for(Some(id), field.code)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.as_slice() {
        [] => product.value(field.code).cloned().unwrap_or_default(),
        [one] => (*one).clone(),
        several => several.iter().map(|value| (*value).clone()).collect(),
    }
}
