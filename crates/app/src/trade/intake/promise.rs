//! What was promised when an order was bought (承诺): the prices, gifts and guarantees in force at that second, what was on
//! stage, and what was said in the minute before. All of it comes from what is only ever added to, so it is the same
//! whenever the order's notices come.

use livehand_kernel::{FactKey, FactRef, Millis, ProductId, ShowId, SkuId};
use livehand_live::sayings::{Quote, SayingKind, SayingState};
use livehand_live::view::RoomView;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::FactRow;
use livehand_trade::orders::Order;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::App;

/// What was said that long before counts, in ms.
const SAID_WITHIN_MS: i64 = 60_000;
/// Most sayings that are kept.
const SAID_MAX: usize = 20;
/// Fields that are promised; each from the SKU where it has its own, else from the product.
const FIELDS: [&str; 3] = ["live_price", "gifts", "guarantees"];

/// What was promised with an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// When it was bought.
    pub at: Millis,
    /// The show that was on air.
    pub show: Option<ShowId>,
    /// The product on stage.
    pub staged: Option<String>,
    /// What was said in the minute before; absent if it could not be looked up.
    pub said: Option<Vec<SaidThen>>,
    /// What was promised of each line.
    pub lines: Vec<PromisedLine>,
}

/// Something that was said, or stood in front of the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaidThen {
    /// When.
    pub at: Millis,
    /// Where: card, reply, `overlay_line` or `script_line`.
    pub kind: SayingKind,
    /// The text.
    pub text: String,
    /// The facts that it quotes.
    pub quotes: Vec<FactRef>,
}

/// What was promised of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromisedLine {
    /// The line's SKU.
    pub sku: SkuId,
    /// Its product, if the catalogue knows it.
    pub product: Option<ProductId>,
    /// The facts in force; those that nobody had written by then are missing.
    pub facts: Vec<PromisedFact>,
}

/// A fact that was in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromisedFact {
    /// Which version of which fact.
    pub fact: FactRef,
    /// What it said.
    pub value: Value,
}

/// When and where something was bought.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The show that was on air.
    pub show: Option<ShowId>,
    /// When.
    pub at: Millis,
}

impl Moment {
    /// The moment in which an order was bought: in the show that its notices name, else in the only one that was on air.
    pub async fn of(tx: &Tx, order: &Order, known: Option<ShowId>) -> Result<Self, storage::Error> {
        let at = order.bought_at();
        if let Some(named) = order.show()
            && storage::shows::find(tx, named).await?.is_some()
        {
            return Ok(Self { show: Some(named.clone()), at });
        }
        let mut on_air = storage::shows::on_air_at(tx, at).await?;
        let only = if on_air.len() == 1 { on_air.pop() } else { known.filter(|show| on_air.contains(show)) };
        Ok(Self { show: only, at })
    }
}

/// What the room showed at a moment.
pub(super) struct Then {
    /// The moment.
    pub moment: Moment,
    staged: Option<String>,
    said: Option<Vec<SaidThen>>,
}

impl Then {
    /// A moment at which nobody looked.
    pub fn not_looked_up(moment: Moment) -> Self {
        Self { moment, staged: None, said: None }
    }
}

impl App {
    /// What the room showed at a moment. A room that cannot be looked at keeps no order from being taken.
    pub(super) async fn then(&self, moment: Moment) -> Then {
        let Some(show) = &moment.show else { return Then { moment, staged: None, said: Some(Vec::new()) } };
        match self.rooms.view_at(show, moment.at).await {
            Ok(view) => {
                let said = Some(said(&view, moment.at));
                Then { staged: view.stage.map(|stage| stage.product), said, moment }
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(show = %show, error, "what was said when an order was bought cannot be looked up");
                Then::not_looked_up(moment)
            }
        }
    }
}

/// What was said in the minute before, and the lines that stood on the screen.
fn said(view: &RoomView, at: Millis) -> Vec<SaidThen> {
    let recent = |when: Millis| (at.0 - SAID_WITHIN_MS..=at.0).contains(&when.0);
    let sayings = view.sayings.iter().filter_map(|saying| {
        let when = saying.closed_at.unwrap_or(saying.at);
        let stands = matches!(saying.kind, SayingKind::OverlayLine | SayingKind::ScriptLine);
        let counts = match saying.state {
            SayingState::Open => stands,
            SayingState::Said => recent(when),
            SayingState::Dropped => false,
        };
        let quotes = saying.quotes.iter().map(Quote::reference).collect();
        counts.then(|| SaidThen { at: when, kind: saying.kind, text: saying.text.clone(), quotes })
    });
    let cards = view.prompter.iter().filter_map(|card| {
        let when = card.acknowledged_at.filter(|when| recent(*when))?;
        let quotes = card.quotes.iter().map(Quote::reference).collect();
        Some(SaidThen { at: when, kind: SayingKind::Card, text: card.text.clone(), quotes })
    });
    let mut said: Vec<SaidThen> = sayings.chain(cards).collect();
    said.sort();
    said.truncate(SAID_MAX);
    said
}

/// What was promised with an order, as JSON.
pub(super) async fn promise(tx: &Tx, order: &Order, then: &Then) -> Result<String, storage::Error> {
    let at = then.moment.at;
    let mut lines = Vec::new();
    for line in order.lines() {
        let product = product_of(tx, &line.sku).await?;
        let mut facts = Vec::new();
        for field in FIELDS {
            if let Some(product) = &product
                && let Some(row) = in_force(tx, product, &line.sku, field, at).await?
            {
                facts.push(PromisedFact { fact: row.reference(), value: row.fact.value });
            }
        }
        lines.push(PromisedLine { sku: line.sku.clone(), product, facts });
    }
    let promise = Promise {
        at,
        show: then.moment.show.clone(),
        staged: then.staged.clone(),
        said: then.said.clone(),
        lines,
    };
    Ok(serde_json::to_string(&promise).unwrap_or_default())
}

/// The product of what was bought: shops name a SKU of the catalogue, or the product itself.
pub(super) async fn product_of(tx: &Tx, sku: &SkuId) -> Result<Option<ProductId>, storage::Error> {
    if let Some(row) = storage::skus::find(tx, sku).await? {
        return Ok(Some(row.product_id));
    }
    let product = ProductId(sku.0.clone());
    Ok(storage::products::find(tx, &product).await?.map(|row| row.id))
}

/// The version of a fact that was in force at a time: the SKU's own, else the product's.
async fn in_force(
    tx: &Tx,
    product: &ProductId,
    sku: &SkuId,
    field: &str,
    at: Millis,
) -> Result<Option<FactRow>, storage::Error> {
    for sku in [Some(sku.clone()), None] {
        let key = FactKey { product: product.clone(), sku, field: field.to_owned() };
        let held = |row: &FactRow| {
            let fact = &row.fact;
            fact.at <= at
                && fact.valid_from.is_none_or(|from| from <= at)
                && fact.valid_to.is_none_or(|to| at < to)
        };
        let found = storage::facts::history(tx, &key).await?.into_iter().find(held);
        if let Some(row) = found.filter(|row| !row.fact.value.is_null()) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
