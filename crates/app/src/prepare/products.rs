//! Products as lists and line-ups have them.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Phrase, ProductId};
use livehand_kernel::{FactKey, FactRef, Fen, Phrase, ProductId};
use livehand_live::AMOUNT_FEN_MAX;
use livehand_storage as storage;
use livehand_storage::products::{ProductFilter, ProductRow};

use super::page_size;
use super::{checked_title, page_size};
use crate::audit::Entry;
use crate::trade::{Asked, record_asked};
use crate::{App, Caller, Error};

/// Largest link number (链接号).
pub(super) const LINK_NUMBER_MAX: i64 = 9_999;

/// A product.
pub type ProductView = ProductRow;

/// A product to be added.
#[derive(Clone, Debug, Default)]
pub struct NewProduct {
    /// The platform's id; made up if absent.
    pub id: Option<ProductId>,
    /// Name.
    pub name: String,
    /// Live price.
    pub price: Fen,
    /// Link number.
    pub link_number: i64,
    /// Code of its category.
    pub category: Option<String>,
    /// Brand.
    pub brand: Option<String>,
}

/// A page of products, by link number.
#[derive(Clone, Debug)]
pub struct ProductPage {
    /// The products.
    pub products: Vec<ProductView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<ProductId>,
}

impl App {
    /// A page of products.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_products(
        &self,
        caller: &Caller,
        search: Option<&str>,
        after: Option<&ProductId>,
        limit: Option<i64>,
    ) -> Result<ProductPage, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(limit)?;
        let search = search.filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let filter =
            ProductFilter { search, after: after.cloned(), limit: limit + 1, ..ProductFilter::default() };
        let tx = self.db.read().await?;
        let listed = storage::products::list(&tx, &filter).await?;
        let mut products: Vec<ProductView> = listed.into_iter().map(|listed| listed.product).collect();
        let more = products.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        products.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = products.last().filter(|_| more).map(|product| product.id.clone());
        Ok(ProductPage { products, next })
    }

    /// Adds a product.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`] when the id is taken.
    pub async fn add_product(&self, caller: &Caller, new: NewProduct) -> Result<ProductView, Error> {
        caller.require(Action::EditProducts)?;
        let name = checked_title("name", &new.name)?;
        check_range("price_fen", new.price.0, 0, AMOUNT_FEN_MAX)?;
        check_range("link_number", new.link_number, 1, LINK_NUMBER_MAX)?;
        if let Some(id) = new.id.as_ref().filter(|id| id.0.is_empty() || id.0.len() > PRODUCT_ID_BYTES_MAX) {
            let expected = Phrase::new(
                format!("1 to {PRODUCT_ID_BYTES_MAX} bytes"),
                format!("1 到 {PRODUCT_ID_BYTES_MAX} 字节"),
            );
            return Err(Error::field("id", expected, Phrase::literal(format!("{} B", id.0.len()))));
        }
        let now = self.clock.now();
        let id = new.id.unwrap_or_else(|| ProductId::new(now, &*self.entropy));
        let row = ProductRow { id, name, price: new.price, link_number: new.link_number, created_at: now };
        let entry = Entry::of(caller, "add_product", row.id.as_str())
            .with(serde_json::json!({ "price_fen": row.price.0, "link_number": row.link_number }));
        let (inserted, by, by_name) = (&row, &caller.person(), &caller.name());
        let added = self.audited(entry, move |tx| async move {
            storage::products::insert(&tx, inserted).await?;
            // The price that the product is added with comes before all versions of the fact.
            let key = FactKey { product: inserted.id.clone(), sku: None, field: "live_price".to_owned() };
            let fact = &FactRef { fact: key, version: 0 };
            let asked = Asked { fact, fen: inserted.price, at: now, until: None, by, by_name };
            record_asked(&tx, &asked).await?;
            Ok(Some(()))
        });
        match added.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => Err(Error::Conflict {
                code: "product_exists",
                explanation: Phrase::new("There is a product with this id already", "已有相同编号的商品"),
            }),
            Err(error) => Err(error),
            Ok(_) => Ok(row),
        }
    }
}

pub(super) fn check_range(field: &str, value: i64, low: i64, high: i64) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = Phrase::new(format!("{low} to {high}"), format!("{low} 到 {high}"));
    Err(Error::field(field, expected, Phrase::literal(value.to_string())))
}
