//! Products as lists and line-ups have them.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Phrase, ProductId};
use livehand_storage as storage;
use livehand_storage::products::{ProductFilter, ProductRow};

use super::page_size;
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
}

pub(super) fn check_range(field: &str, value: i64, low: i64, high: i64) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = Phrase::new(format!("{low} to {high}"), format!("{low} 到 {high}"));
    Err(Error::field(field, expected, Phrase::literal(value.to_string())))
}
