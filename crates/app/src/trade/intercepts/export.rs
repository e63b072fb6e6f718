//! Intercepts as a table: who asked when, who confirmed when (责任划分), and what it cost. Nobody's address is in it, not
//! masked either: of a change it says which parts.

use livehand_compliance::Action;
use livehand_kernel::Millis;
use livehand_storage as storage;
use livehand_trade::intercepts::{Done, Intercept, State};

use crate::audit::Entry;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, Error, InterceptQuery};

/// Rows read at once.
const PAGE: i64 = 200;

impl App {
    /// The requests of a query as a table, all of them. Besides the permission to export it needs the one to see tickets.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn export_intercepts(
        &self,
        caller: &Caller,
        query: InterceptQuery,
        form: TableForm,
    ) -> Result<Vec<u8>, Error> {
        self.check_may_export(caller)?;
        caller.require(Action::ViewTickets)?;
        let now = self.now();
        let mut rows = Rows::of(form, "intercepts", now);
        rows.add(COLUMNS);
        let mut filter = query.filter(PAGE)?;
        filter.before = None;
        let tx = self.db.read().await?;
        loop {
            let page = storage::intercepts::list(&tx, &filter).await?;
            let Some(last) = page.last() else { break };
            filter.before = Some((last.intercept.requested_at, last.intercept.id.clone()));
            page.into_iter().for_each(|row| rows.add(cells(row.intercept, now)));
        }
        drop(tx);
        let entry = Entry::of(caller, Action::ExportData.code(), "shop");
        self.audit_alone(entry.with(serde_json::json!({ "table": "intercepts" }))).await?;
        rows.finish()
    }
}

const COLUMNS: [&str; 18] = [
    "order",
    "ticket",
    "aim",
    "state",
    "road",
    "node_then",
    "requested",
    "requested_by",
    "due",
    "late",
    "confirmed",
    "confirmed_by",
    "told",
    "fee_yuan",
    "refund_yuan",
    "difference_yuan",
    "changed",
    "words",
];

fn cells(it: Intercept, now: Millis) -> [Value<'static>; 18] {
    let time = |at: Option<Millis>| Value::from(at.map(Millis::to_rfc3339).unwrap_or_default());
    let who = |done: Done| {
        let step = it.steps.iter().find(|step| step.done == done);
        Value::from(step.and_then(|step| step.by.as_ref()).map(|by| by.name.clone()).unwrap_or_default())
    };
    let late = it.state == State::Asked && it.due < now;
    let words = it.steps.iter().rfind(|step| !step.words.is_empty());
    [
        Value::from(it.order.clone()),
        Value::from(it.ticket.clone().unwrap_or_default()),
        it.aim.code().into(),
        it.state.code().into(),
        it.road.code().into(),
        it.node.code().into(),
        time(Some(it.requested_at)),
        who(Done::Requested),
        time(Some(it.due)),
        if late { "late" } else { "" }.into(),
        time(it.confirmed_at),
        who(Done::Confirmed),
        time(it.at(Done::Told)),
        Value::Yuan(it.fee()),
        it.refund.map_or_else(|| "".into(), Value::Yuan),
        it.difference.map_or_else(|| "".into(), |it| Value::Yuan(it.fen)),
        Value::from(it.change.join(" ")),
        Value::from(words.map(|step| step.words.clone()).unwrap_or_default()),
    ]
}
