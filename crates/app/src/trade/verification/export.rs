//! The queue as a table: what waits, with what was found.

use livehand_compliance::Action;
use livehand_kernel::{Language, Millis};

use crate::audit::Entry;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, CardQuery, Error};

/// Rows read at once.
const PAGE: i64 = 200;

impl App {
    /// Whether the caller may take tables out.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_export(&self, caller: &Caller) -> Result<(), Error> {
        caller.require(Action::ExportData)
    }

    /// The cards of a query as a table, all of them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn export_order_cards(
        &self,
        caller: &Caller,
        query: CardQuery,
        form: TableForm,
        language: Language,
    ) -> Result<Vec<u8>, Error> {
        self.check_may_export(caller)?;
        let mut rows = Rows::of(form, "verification", self.now());
        rows.add([
            "order",
            "show",
            "state",
            "node",
            "bought",
            "cut_off",
            "paid_yuan",
            "kinds",
            "findings",
            "decided",
        ]);
        let time = |at: Option<Millis>| at.map(Millis::to_rfc3339).unwrap_or_default();
        let mut query = CardQuery { limit: Some(PAGE), ..query };
        loop {
            let page = self.card_page(query.clone()).await?;
            for card in page.cards {
                let asked = || card.check.findings.iter().filter(|it| it.asks());
                let kinds: Vec<String> =
                    asked().map(|it| it.kind.phrase().in_language(language).to_owned()).collect();
                let found: Vec<String> =
                    asked().map(|it| it.phrase().in_language(language).to_owned()).collect();
                let decided = card.decisions.iter().rfind(|row| row.undone.is_none());
                let paid = card.order.order.paid();
                rows.add([
                    Value::from(card.check.order.clone()),
                    Value::from(card.order.show.as_ref().map_or_else(String::new, |show| show.0.clone())),
                    Value::from(card.check.state.code()),
                    Value::from(card.node.code()),
                    Value::from(card.order.order.bought_at().to_rfc3339()),
                    Value::from(time(card.check.cut_off)),
                    paid.map_or_else(|| Value::from(""), Value::Yuan),
                    Value::from(kinds.join("; ")),
                    Value::from(found.join("; ")),
                    Value::from(decided.map_or("", |row| row.decision.code())),
                ]);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        let entry = Entry::of(caller, Action::ExportData.code(), "shop");
        self.audit_alone(entry.with(serde_json::json!({ "table": "verification" }))).await?;
        rows.finish()
    }
}
