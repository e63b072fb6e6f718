//! Demand (需求) with what the room does not know: the product, its SKUs with their live stock, and a line for the host. What must
//! never happen here: a stock figure in a line that is no slot, a promise, and an estimate made up of what is not known.

mod line;
mod missing;

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_compliance::wording::Place;
use livehand_kernel::{Millis, ProductId, ShowId, SkuId};
use livehand_live::sayings::shown::shown;
use livehand_live::view::{DemandCard, DemandState};
use livehand_prepare::catalogue::{Offered, Variant, offered};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::FactRow;
use livehand_storage::products::ProductRow;
use livehand_storage::skus::SkuRow;

pub(crate) use self::missing::{MISSING_COLUMNS, missing_cells};
pub use self::missing::{MissingDemand, MissingWish};
use super::facts_now::{STOCK, facts_now};
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// SKUs beside one card; nobody reads more.
const SKUS_MAX: usize = 12;

/// A stock figure that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockNow {
    /// Units in front of the buyers.
    pub value: i64,
    /// Its version, as a quote has it.
    pub version: i64,
    /// When it was last changed.
    pub at: Millis,
    /// Whether the ledger keeps it; otherwise somebody typed it.
    pub of_ledger: bool,
}

/// A SKU beside a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuOffer {
    /// Absent for a product without SKUs.
    pub sku: Option<SkuId>,
    /// Its colour and size, safe to show.
    pub label: String,
    /// Absent: not known.
    pub stock: Option<StockNow>,
}

/// A demand with what the crew needs to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandView {
    /// As the room has it.
    pub card: DemandCard,
    /// The product's link number and its name, if it is known.
    pub product: Option<(i64, String)>,
    /// Whether the catalogue has what is wanted; absent: the catalogue does not say.
    pub offered: Option<bool>,
    /// The SKUs that are wanted, or those that there are instead.
    pub skus: Vec<SkuOffer>,
    /// The line for the host, with slots; absent where nothing can be said.
    pub line: Option<String>,
    /// The line as it would be said now.
    pub said: Option<String>,
}

/// A product with all that is asked of it here.
struct Goods {
    row: ProductRow,
    skus: Vec<SkuRow>,
    facts: Vec<FactRow>,
}

impl App {
    /// The demands of a show, those that rose last first. Those that are open come with stock and a line.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn demand(&self, caller: &Caller, show: &ShowId) -> Result<Vec<DemandView>, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let cards = self.rooms.look(show, |room| room.demands()).await?;
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let mut goods: BTreeMap<String, Option<Goods>> = BTreeMap::new();
        let mut views = Vec::with_capacity(cards.len());
        for card in cards {
            if let Some(product) = card.product.clone()
                && !goods.contains_key(&product)
            {
                let found = Goods::load(&tx, &lineup, &ProductId(product.clone())).await?;
                goods.insert(product, found);
            }
            let found = card.product.as_ref().and_then(|product| goods.get(product)?.as_ref());
            views.push(view(card, found));
        }
        drop(tx);
        self.say(show, &mut views).await?;
        Ok(views)
    }

    /// Fills the lines as they would be said now; one that cannot or must not be said is none.
    async fn say(&self, show: &ShowId, views: &mut [DemandView]) -> Result<(), Error> {
        let mut said = Vec::with_capacity(views.len());
        for view in views.iter() {
            let filled = match &view.line {
                Some(line) => self.resolve_quotes(show, line).await,
                None => Ok("".into()),
            };
            // A fact may have gone meanwhile, or may not be said.
            said.push(match filled {
                Ok(said) => said.text,
                Err(Error::Invalid(_)) => String::new(),
                Err(error) => return Err(error),
            });
        }
        let blocked = self.blocked_wordings(said.clone(), Place::Prompter).await?;
        for ((view, said), blocked) in views.iter_mut().zip(said).zip(blocked) {
            view.said = Some(said).filter(|said| !said.is_empty() && blocked.is_none());
            view.line = view.line.take().filter(|_| view.said.is_some());
        }
        Ok(())
    }
}

fn view(card: DemandCard, goods: Option<&Goods>) -> DemandView {
    let product = goods.map(|goods| (goods.row.link_number, goods.row.name.clone()));
    let (colour, size) = (card.wanted.colour.as_deref(), card.wanted.size.as_deref());
    let found = goods.map(|goods| offered(&goods.variants(SkuRow::is_in_use), colour, size));
    let (is_offered, ids) = match found {
        Some(Offered::Yes(skus)) => (Some(true), skus),
        Some(Offered::No(skus)) => (Some(false), skus),
        Some(Offered::Unknown) | None => (None, Vec::new()),
    };
    let mut skus: Vec<SkuOffer> =
        goods.map(|goods| ids.iter().map(|sku| goods.offer(Some(sku))).collect()).unwrap_or_default();
    // A product without SKUs has a stock of its own.
    if let Some(goods) = goods.filter(|goods| goods.skus.is_empty()) {
        skus.push(goods.offer(None));
    }
    let open = card.state == DemandState::Open;
    let line = product.as_ref().filter(|_| open).map(|(link, _)| {
        let named = goods.is_some_and(|goods| goods.has("name"));
        line::line(&card.wanted, *link, named, is_offered, &skus)
    });
    skus.truncate(SKUS_MAX);
    DemandView { card, product, offered: is_offered, skus, line, said: None }
}

impl Goods {
    async fn load(tx: &Tx, lineup: &[ProductRow], product: &ProductId) -> Result<Option<Self>, Error> {
        let row = match lineup.iter().find(|row| row.id == *product) {
            Some(row) => Some(row.clone()),
            None => storage::products::find(tx, product).await?,
        };
        let Some(row) = row else { return Ok(None) };
        let skus = storage::skus::of_product(tx, product).await?;
        Ok(Some(Self { row, skus, facts: facts_now(tx, product).await? }))
    }

    /// The SKUs that `is` says yes to, with their specs.
    fn variants(&self, is: impl Fn(&SkuRow) -> bool) -> Vec<Variant> {
        let variant = |row: &SkuRow| Variant { sku: row.id.clone(), spec: self.spec(&row.id) };
        self.skus.iter().filter(|row| is(row)).map(variant).collect()
    }

    fn spec(&self, sku: &SkuId) -> BTreeMap<String, String> {
        let value = self.fact(Some(sku), "spec").and_then(|row| row.fact.value.as_object());
        let pairs = value.into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    fn fact(&self, sku: Option<&SkuId>, field: &str) -> Option<&FactRow> {
        self.facts.iter().find(|row| row.fact.key.sku.as_ref() == sku && row.fact.key.field == field)
    }

    fn has(&self, field: &str) -> bool {
        self.fact(None, field).is_some_and(|row| shown(field, &row.fact.value).is_some())
    }

    fn offer(&self, sku: Option<&SkuId>) -> SkuOffer {
        let values: Vec<String> = sku.map(|sku| self.spec(sku).into_values().collect()).unwrap_or_default();
        let stock = self.fact(sku, STOCK).and_then(|row| {
            let of_ledger = row.fact.source == "ledger";
            let value = row.fact.value.as_i64()?;
            Some(StockNow { value, version: row.version, at: row.fact.at, of_ledger })
        });
        SkuOffer { sku: sku.cloned(), label: livehand_kernel::display_text(&values.join(" ")), stock }
    }
}
