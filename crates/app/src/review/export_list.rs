//! The lists of the shop as CSV or XLSX, whole.

use livehand_compliance::Action;
use livehand_kernel::Millis;

use crate::audit::Entry;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, Error, PromotionQuery, PromotionView, ShowQuery};

/// Rows read at once.
const PAGE: i64 = 200;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Every show, newest first.
    Shows,
    /// Every product, by link number.
    Products,
    /// The crew, by name.
    People,
    /// The price ledger, in its order.
    Ledger,
    /// Every promotion, newest first.
    Promotions,
}

impl List {
    /// The list with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "shows" => Some(List::Shows),
            "products" => Some(List::Products),
            "people" => Some(List::People),
            "ledger" => Some(List::Ledger),
            "promotions" => Some(List::Promotions),
            _ => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            List::Shows => "shows",
            List::Products => "products",
            List::People => "people",
            List::Ledger => "ledger",
            List::Promotions => "promotions",
        }
    }
}

impl App {
    /// A list of the shop. Besides the permission to export it needs the one to see the list.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn export_list(&self, caller: &Caller, list: List, form: TableForm) -> Result<Vec<u8>, Error> {
        caller.require(Action::ExportData)?;
        let rows = Rows::of(form, list.code(), self.now());
        let rows = match list {
            List::Shows => self.show_rows(caller, rows).await?,
            List::Products => self.product_rows(caller, rows).await?,
            List::People => self.people_rows(caller, rows).await?,
            List::Ledger => self.ledger_rows(caller, rows).await?,
            List::Promotions => self.promotion_rows(caller, rows).await?,
        };
        let entry = Entry::of(caller, Action::ExportData.code(), "shop");
        self.audit_alone(entry.with(serde_json::json!({ "table": list.code() }))).await?;
        rows.finish()
    }

    async fn show_rows(&self, caller: &Caller, mut rows: Rows) -> Result<Rows, Error> {
        rows.add([
            "id",
            "title",
            "room",
            "kind",
            "mode",
            "status",
            "planned",
            "opened",
            "ended",
            "created",
            "synthetic",
        ]);
        let time = |at: Option<Millis>| at.map(Millis::to_rfc3339).unwrap_or_default();
        let mut query = ShowQuery { limit: Some(PAGE), ..ShowQuery::default() };
        loop {
            let page = self.list_shows(caller, query.clone()).await?;
            for show in page.shows {
                let row = show.row;
                rows.add([
                    row.id.0,
                    row.title,
                    show.room_name,
                    row.kind,
                    row.mode,
                    row.status,
                    time(row.planned_at),
                    time(row.opened_at),
                    time(row.ended_at),
                    row.created_at.to_rfc3339(),
                    row.synthetic.to_string(),
                ]);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    async fn product_rows(&self, caller: &Caller, mut rows: Rows) -> Result<Rows, Error> {
        rows.add(["id", "link_number", "name", "price_yuan"]);
        let mut after = None;
        loop {
            let page = self.list_products(caller, None, after.as_ref(), Some(PAGE)).await?;
            for product in page.products {
                let (id, name) = (Value::from(product.id.0), Value::from(product.name));
                rows.add([id, Value::Number(product.link_number), name, Value::Yuan(product.price)]);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    async fn ledger_rows(&self, caller: &Caller, mut rows: Rows) -> Result<Rows, Error> {
        caller.require(Action::ViewLedger)?;
        rows.add(LEDGER_COLUMNS);
        let tx = self.db.read().await?;
        let mut after = 0;
        loop {
            let page = livehand_storage::price_ledger::page(&tx, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(rows) };
            after = last.sequence;
            page.into_iter().for_each(|row| rows.add(ledger_cells(row)));
        }
    }

    async fn people_rows(&self, caller: &Caller, mut rows: Rows) -> Result<Rows, Error> {
        rows.add(["id", "name", "hats", "disabled"]);
        for person in self.list_people(caller).await? {
            let hats: Vec<&str> = person.hats.iter().map(|hat| hat.code()).collect();
            rows.add([person.id.0, person.name, hats.join(" "), person.disabled.to_string()]);
        }
        Ok(rows)
    }

    async fn promotion_rows(&self, caller: &Caller, mut rows: Rows) -> Result<Rows, Error> {
        rows.add(["id", "version", "name", "kind", "status", "from", "to", "promotion"]);
        let mut query = PromotionQuery { limit: Some(PAGE), ..PromotionQuery::default() };
        loop {
            let page = self.list_promotions(caller, query.clone()).await?;
            for PromotionView { promotion, version, status, kind, .. } in page.promotions {
                let body = serde_json::to_string(&promotion).unwrap_or_default();
                let (from, to) = (promotion.from.to_rfc3339(), promotion.to.to_rfc3339());
                rows.add([promotion.id.0, version.to_string(), promotion.name, kind, status, from, to, body]);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(rows),
            }
        }
    }
}

const LEDGER_COLUMNS: [&str; 13] = [
    "sequence",
    "time",
    "product",
    "sku",
    "venue",
    "kind",
    "price_yuan",
    "quantity",
    "order",
    "source",
    "evidence",
    "by",
    "hash",
];

fn ledger_cells(row: livehand_storage::price_ledger::LedgerRow) -> [String; 13] {
    let entry = row.entry;
    [
        row.sequence.to_string(),
        entry.at.to_rfc3339(),
        entry.product.0,
        entry.sku.map(|sku| sku.0).unwrap_or_default(),
        entry.venue,
        entry.kind.code().to_owned(),
        entry.fen.to_string(),
        entry.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
        entry.order.unwrap_or_default(),
        entry.source,
        entry.evidence.unwrap_or_default(),
        entry.by_name,
        hex::encode(row.hash),
    ]
}
