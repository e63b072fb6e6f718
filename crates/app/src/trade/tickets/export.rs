//! Tickets as a table: those that a list shows, all of them.

use livehand_compliance::Action;
use livehand_kernel::Millis;
use livehand_trade::tickets::Ticket;

use crate::audit::Entry;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, Error, TicketQuery, TicketView};

/// Rows read at once.
const PAGE: i64 = 200;

impl App {
    /// The tickets of a query as a table, all of them. Besides the permission to export it needs the one to see tickets.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn export_tickets(
        &self,
        caller: &Caller,
        query: TicketQuery,
        form: TableForm,
    ) -> Result<Vec<u8>, Error> {
        self.check_may_export(caller)?;
        let mut rows = Rows::of(form, "tickets", self.now());
        rows.add(COLUMNS);
        let mut query = TicketQuery { after: None, limit: Some(PAGE), ..query };
        loop {
            let page = self.list_tickets(caller, query.clone()).await?;
            for view in page.tickets {
                rows.add(cells(view));
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        let entry = Entry::of(caller, Action::ExportData.code(), "shop");
        self.audit_alone(entry.with(serde_json::json!({ "table": "tickets" }))).await?;
        rows.finish()
    }
}

const COLUMNS: [&str; 20] = [
    "number",
    "kind",
    "source",
    "priority",
    "state",
    "post",
    "owner",
    "show",
    "product",
    "order",
    "text",
    "cause",
    "opened",
    "first_due",
    "first_answer",
    "due",
    "resolved",
    "late",
    "score",
    "compensated_yuan",
];

fn cells(view: TicketView) -> [Value<'static>; 20] {
    let time = |at: Option<Millis>| Value::from(at.map(Millis::to_rfc3339).unwrap_or_default());
    let text = |text: Option<String>| Value::from(text.unwrap_or_default());
    let post = view.ticket.post().code();
    let Ticket { times, .. } = &view.ticket;
    let times = times.clone();
    let it = view.ticket;
    [
        Value::Number(it.number),
        it.kind.code().into(),
        it.source.code().into(),
        it.priority.code().into(),
        it.state.code().into(),
        post.into(),
        text(it.owner.map(|owner| owner.name)),
        text(it.show.map(|show| show.0)),
        text(it.product.map(|product| product.0)),
        text(it.order),
        Value::from(it.text),
        it.cause.map_or("", |cause| cause.code()).into(),
        time(Some(times.opened_at)),
        time(Some(times.first_due)),
        time(times.first_at),
        time(Some(times.due)),
        time(times.resolved_at),
        if view.late { "late" } else { "" }.into(),
        it.satisfaction.score.map_or_else(|| "".into(), Value::Number),
        Value::Yuan(it.compensated),
    ]
}
