//! The line-up (排品) of a show.

use std::collections::BTreeSet;

use livehand_compliance::Action;
use livehand_kernel::{Phrase, ProductId, ShowId};
use livehand_storage as storage;

use super::{ProductView, find_show};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Most items in one show.
const ITEMS_MAX: usize = 500;

/// One place of a line-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineupItem {
    /// From 1.
    pub position: i64,
    /// What stands there.
    pub product: ProductView,
}

impl App {
    /// The line-up of a show, in order.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn lineup(&self, caller: &Caller, show: &ShowId) -> Result<Vec<LineupItem>, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let tx = self.db.read().await?;
        let products = storage::shows::lineup(&tx, show).await?;
        Ok((1..).zip(products).map(|(position, product)| LineupItem { position, product }).collect())
    }

    /// Replaces the line-up of a show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for a product that does not exist or stands twice.
    pub async fn set_lineup(
        &self,
        caller: &Caller,
        show: &ShowId,
        products: &[ProductId],
    ) -> Result<Vec<LineupItem>, Error> {
        caller.require(Action::EditLineup)?;
        let row = find_show(self, show).await?;
        if products.len() > ITEMS_MAX {
            let expected = Phrase::new(format!("at most {ITEMS_MAX} items"), format!("最多 {ITEMS_MAX} 款"));
            return Err(Error::field("products", expected, Phrase::literal(products.len().to_string())));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = products.iter().find(|id| !seen.insert(*id)) {
            let expected = Phrase::new("each product once", "每款商品只出现一次");
            return Err(Error::field("products", expected, Phrase::literal(twice.0.clone())));
        }
        if row.status == "on_air" {
            self.check_prices_approved(&row, products).await?;
        }
        let entry = Entry::of(caller, "set_lineup", show.as_str())
            .with(serde_json::json!({ "items": products.len() }));
        let written = self.audited(entry, move |tx| async move {
            storage::shows::set_lineup(&tx, show, products).await?;
            Ok(Some(()))
        });
        match written.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => {
                let expected = Phrase::new("ids of products that exist", "已存在的商品编号");
                Err(Error::field("products", expected, Phrase::new("an unknown id", "未知编号")))
            }
            Err(error) => Err(error),
            Ok(_) => {
                self.tell_lineup(&row).await;
                self.lineup(caller, show).await
            }
        }
    }
}
