//! Tables of a show as CSV or XLSX, for spreadsheets.

use livehand_compliance::Action;
use livehand_kernel::{Millis, ShowId, display_text};
use livehand_live::view::{Minute, ProductFigures, QuestionState};
use livehand_live::{Event, Kind};

use crate::audit::Entry;
use crate::live::{MISSING_COLUMNS, MissingDemand, missing_cells};
use crate::prepare::find_show;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, Error};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Every minute with its counts.
    Minutes,
    /// Every comment.
    Comments,
    /// Questions that are open, and those closed last.
    Questions,
    /// What the crew did.
    Actions,
    /// Every product that an event named.
    Products,
    /// Variants that viewers wished for and that are not sold.
    MissingDemand,
}

impl Table {
    /// The table with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "minutes" => Some(Table::Minutes),
            "comments" => Some(Table::Comments),
            "questions" => Some(Table::Questions),
            "actions" => Some(Table::Actions),
            "products" => Some(Table::Products),
            "missing-demand" => Some(Table::MissingDemand),
            _ => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Table::Minutes => "minutes",
            Table::Comments => "comments",
            Table::Questions => "questions",
            Table::Actions => "actions",
            Table::Products => "products",
            Table::MissingDemand => "missing-demand",
        }
    }
}

impl App {
    /// A table of a show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn export(
        &self,
        caller: &Caller,
        show: &ShowId,
        table: Table,
        form: TableForm,
    ) -> Result<Vec<u8>, Error> {
        caller.require(Action::ExportData)?;
        find_show(self, show).await?;
        let mut rows = Rows::of(form, table.code(), self.now());
        match table {
            Table::Minutes => {
                rows.add(MINUTE_COLUMNS.iter().copied());
                for minute in &self.rooms.view(show).await?.minutes {
                    rows.add(minute_cells(minute));
                }
            }
            Table::Products => {
                rows.add(PRODUCT_COLUMNS.iter().copied());
                self.rooms.view(show).await?.products.iter().for_each(|it| rows.add(product_cells(it)));
            }
            Table::MissingDemand => {
                rows.add(MISSING_COLUMNS.iter().copied());
                let MissingDemand { wishes, conversion, .. } = self.missing_demand(caller, show).await?;
                wishes.into_iter().for_each(|wish| rows.add(missing_cells(wish, conversion)));
            }
            Table::Comments => {
                rows.add(["sequence", "time", "name", "text", "intent", "quality"]);
                let mut add = |sequence: u64, event: &Event| {
                    let quality = event.quality.map(|quality| format!("{quality:?}").to_lowercase());
                    rows.add([
                        sequence.to_string(),
                        event.effective_at().to_rfc3339(),
                        display_text(event.name.as_deref().unwrap_or_default()),
                        display_text(event.text.as_deref().unwrap_or_default()),
                        event.intent.clone().unwrap_or_default(),
                        quality.unwrap_or_default(),
                    ]);
                };
                self.rooms
                    .read(show, |recorded| {
                        if recorded.event.kind == Kind::Comment {
                            add(recorded.sequence, &recorded.event);
                        }
                    })
                    .await?;
            }
            Table::Questions => {
                rows.add([
                    "id", "time", "name", "text", "intent", "asked", "state", "closed", "seconds", "spoken",
                    "answer", "by",
                ]);
                for question in &self.rooms.view(show).await?.questions {
                    let seconds = question.closed_at.map(|closed| (closed.0 - question.at.0) / 1000);
                    let state = match question.state {
                        QuestionState::Open => "open",
                        QuestionState::Answered => "answered",
                        QuestionState::Missed => "missed",
                    };
                    rows.add([
                        question.id.to_string(),
                        question.at.to_rfc3339(),
                        question.name.clone(),
                        question.text.clone(),
                        question.intent.clone(),
                        question.asked.to_string(),
                        state.to_owned(),
                        question.closed_at.map(Millis::to_rfc3339).unwrap_or_default(),
                        seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
                        question.spoken.to_string(),
                        question.answer.clone().unwrap_or_default(),
                        question.by.clone().map(|by| by.0).unwrap_or_default(),
                    ]);
                }
            }
            Table::Actions => {
                rows.add(["sequence", "time", "type", "subject", "text", "by"]);
                self.rooms
                    .read(show, |recorded| {
                        if recorded.event.kind.is_reserved() {
                            rows.add(action_cells(recorded.sequence, &recorded.event));
                        }
                    })
                    .await?;
            }
        }
        let entry = Entry::of(caller, "export_data", show.as_str())
            .with(serde_json::json!({ "table": table.code() }));
        self.audit_alone(entry).await?;
        rows.finish()
    }
}

const MINUTE_COLUMNS: &[&str] = &[
    "minute",
    "has_data",
    "views",
    "online",
    "present",
    "retained_60",
    "interactors",
    "comments",
    "like_taps",
    "shares",
    "follows",
    "gifts",
    "product_views",
    "product_clicks",
    "orders_created",
    "orders_paid",
    "buyers",
    "gmv_fen",
    "refunds_fen",
];

fn minute_cells(minute: &Minute) -> Vec<Value<'static>> {
    let online = minute.online.map_or(Value::from(""), Value::Number);
    let (at, has_data) = (minute.at.to_rfc3339(), minute.has_data.to_string());
    let mut cells = vec![at.into(), has_data.into(), Value::Number(minute.views), online];
    let counts = [
        minute.present,
        minute.retained_60,
        minute.interactors,
        minute.comments,
        minute.like_taps,
        minute.shares,
        minute.follows,
        minute.gifts,
        minute.exposures,
        minute.clicks,
        minute.orders_created,
        minute.orders_paid,
        minute.buyers,
        minute.gmv,
        minute.refunds,
    ];
    cells.extend(counts.map(Value::Number));
    cells
}

const PRODUCT_COLUMNS: &[&str] = &[
    "product",
    "product_views",
    "exposed_viewers",
    "product_clicks",
    "clicking_viewers",
    "orders_created",
    "orders_paid",
    "buyers",
    "gmv_fen",
    "refunds_fen",
];

fn product_cells(figures: &ProductFigures) -> Vec<Value<'static>> {
    let counts = [
        figures.exposures,
        figures.exposed_viewers,
        figures.clicks,
        figures.clicking_viewers,
        figures.orders_created,
        figures.orders_paid,
        figures.buyers,
        figures.gmv,
        figures.refunds,
    ];
    std::iter::once(Value::from(figures.product.clone())).chain(counts.map(Value::Number)).collect()
}

fn action_cells(sequence: u64, event: &Event) -> Vec<String> {
    let subject = event.product.clone();
    let subject = subject.or_else(|| event.card.as_ref().map(|card| card.0.clone()));
    let subject = subject.or_else(|| event.question.or(event.demand).map(|number| number.to_string()));
    vec![
        sequence.to_string(),
        event.effective_at().to_rfc3339(),
        event.kind.name().to_owned(),
        subject.unwrap_or_default(),
        display_text(event.text.as_deref().unwrap_or_default()),
        event.by.clone().map(|by| by.0).unwrap_or_default(),
    ]
}
