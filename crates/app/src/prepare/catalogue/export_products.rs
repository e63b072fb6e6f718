//! The catalogue as a sheet: whoever imports it again changes nothing.

use livehand_compliance::Action;
use livehand_prepare::catalogue::export;
use livehand_storage as storage;

use crate::audit::Entry;
use crate::spreadsheet::{Rows, TableForm};
use crate::{App, Caller, Error};

impl App {
    /// All products in use with their SKUs, one row for each SKU. Every cell is text, so that ids keep their digits.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn export_products(&self, caller: &Caller, form: TableForm) -> Result<Vec<u8>, Error> {
        caller.require(Action::ExportData)?;
        let tx = self.db.read().await?;
        let catalogue = storage::catalogue::all(&tx).await?;
        drop(tx);
        let sheet = export(&catalogue);
        let entry = Entry::of(caller, "export_products", "products")
            .with(serde_json::json!({ "rows": sheet.len().saturating_sub(1) }));
        self.audit_alone(entry).await?;
        let mut rows = Rows::of(form, "商品库", self.clock.now());
        for cells in sheet {
            rows.add(cells);
        }
        rows.finish()
    }
}
