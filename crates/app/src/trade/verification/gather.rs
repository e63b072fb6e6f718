//! The facts about an order that its check looks at. The catalogue is read once for many orders.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{FactKey, Fen, Millis, ProductId, SkuId};
use livehand_language::{Attributes, read};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::FactRow;
use livehand_storage::orders::OrderRow;
use livehand_storage::skus::SkuRow;
use livehand_trade::offers::{Line as OfferLine, Promotion};
use livehand_trade::orders::{Line, Order, State};
use livehand_trade::stock::RecipeKind;
use livehand_trade::verification::{
    Article, Facts, GiftPromised, LimitOf, LineFacts, Priced, RecipientDefect, Said, SaidIn, Settings,
    Variant,
};
use serde_json::Value;

use super::recipient::Reading;
use crate::privacy::{Keeper, NotKept, Opened};
use crate::trade::intake::Promise;
use crate::trade::stock::load_recipes;
use crate::{App, Error};

/// How far around an order its buyer's other orders are looked at, ms.
const AROUND_MS: i64 = 24 * 3_600_000;
/// Clocks in China are eight hours ahead.
const OFFSET_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// What one check of an order needs beside the order.
pub(super) struct Gathered {
    /// What is looked at.
    pub facts: Facts,
    /// The recipient, opened.
    pub opened: Option<Opened>,
    /// Later orders with the same lines, whose check has to know of this one.
    pub later: Vec<String>,
}

/// The catalogue and the promotions, for as many orders as are checked together.
pub(super) struct Shelf {
    products: BTreeMap<ProductId, Fen>,
    skus: BTreeMap<SkuId, SkuRow>,
    promotions: Vec<(Promotion, bool, Millis)>,
    added: BTreeMap<SkuId, BTreeSet<SkuId>>,
    histories: BTreeMap<FactKey, Vec<FactRow>>,
    variants: BTreeMap<ProductId, Vec<Variant>>,
}

impl Shelf {
    /// Reads it.
    pub async fn read(tx: &Tx) -> Result<Self, Error> {
        let filter = storage::products::ProductFilter { limit: i64::from(i32::MAX), ..Default::default() };
        let products = storage::products::list(tx, &filter).await?;
        let skus = storage::skus::of_all(tx).await?;
        let mut promotions = Vec::new();
        for row in storage::promotions::every(tx).await? {
            let promotion = serde_json::from_str(&row.written.body)
                .map_err(|_| Error::Internal("a promotion is damaged"))?;
            promotions.push((promotion, row.written.status == "published", row.written.at));
        }
        let mut added = BTreeMap::<SkuId, BTreeSet<SkuId>>::new();
        for recipe in load_recipes(tx).await?.iter().filter(|recipe| recipe.kind == RecipeKind::Gifts) {
            let parts = recipe.parts.iter().map(|part| part.sku.clone());
            added.entry(recipe.sku.clone()).or_default().extend(parts);
        }
        Ok(Self {
            products: products.into_iter().map(|it| (it.product.id, it.product.price)).collect(),
            skus: skus.into_iter().map(|sku| (sku.id.clone(), sku)).collect(),
            promotions,
            added,
            histories: BTreeMap::new(),
            variants: BTreeMap::new(),
        })
    }

    /// The promotions that were published and held at a moment.
    fn promotions_at(&self, at: Millis) -> Vec<Promotion> {
        let mut latest = BTreeMap::new();
        for (promotion, published, written) in &self.promotions {
            // Versions come in their order.
            if *written <= at {
                latest.insert(&promotion.id, (promotion, *published));
            }
        }
        let held = |(promotion, published): &(&Promotion, bool)| *published && promotion.holds(at);
        latest.into_values().filter(held).map(|(promotion, _)| promotion.clone()).collect()
    }

    async fn history(&mut self, tx: &Tx, key: FactKey) -> Result<&[FactRow], Error> {
        if !self.histories.contains_key(&key) {
            let rows = storage::facts::history(tx, &key).await?;
            self.histories.insert(key.clone(), rows);
        }
        Ok(self.histories.get(&key).map_or(&[], Vec::as_slice))
    }

    /// What a fact said at a moment: the SKU's own or, without one, the product's; and whether it is the SKU's.
    async fn fact_at(
        &mut self,
        tx: &Tx,
        product: &ProductId,
        sku: Option<&SkuId>,
        field: &str,
        at: Millis,
    ) -> Result<Option<(Value, bool)>, Error> {
        for sku in [sku.cloned(), None] {
            let own = sku.is_some();
            let key = FactKey { product: product.clone(), sku, field: field.to_owned() };
            let found = self.history(tx, key).await?.iter().find(|row| was_so(row, at));
            let found = found.map(|row| row.fact.value.clone());
            if let Some(value) = found.filter(|value| !value.is_null()) {
                return Ok(Some((value, own)));
            }
            if !own {
                break;
            }
        }
        Ok(None)
    }

    async fn variants(&mut self, tx: &Tx, product: &ProductId, at: Millis) -> Result<Vec<Variant>, Error> {
        if let Some(known) = self.variants.get(product) {
            return Ok(known.clone());
        }
        let own: Vec<SkuRow> = self.skus.values().filter(|sku| sku.product_id == *product).cloned().collect();
        let mut variants = Vec::with_capacity(own.len());
        for sku in own {
            let spec = self.fact_at(tx, product, Some(&sku.id), "spec", Millis(i64::MAX)).await?;
            let words: Vec<String> = spec
                .and_then(|(value, _)| value.as_object().cloned())
                .map(|pairs| pairs.values().filter_map(Value::as_str).map(str::to_owned).collect())
                .unwrap_or_default();
            let named = Attributes::of(&read(&words.join(" ")));
            variants.push(Variant {
                in_use: sku.disabled_at.is_none_or(|ended| ended > at),
                sku: sku.id,
                colours: named.colours,
                sizes: named.sizes,
            });
        }
        self.variants.insert(product.clone(), variants.clone());
        Ok(variants)
    }

    /// What the catalogue knows of a line.
    async fn line(&mut self, tx: &Tx, order: &OrderRow, line: &Line) -> Result<LineFacts, Error> {
        let at = order.order.bought_at();
        let row = self.skus.get(&line.sku).cloned();
        let whole = ProductId(line.sku.0.clone());
        let product = row.as_ref().map(|row| row.product_id.clone());
        let product = product.or_else(|| self.products.contains_key(&whole).then_some(whole));
        // Platforms name products by ids of their own, which say nothing here.
        let named = line.product.clone().filter(|named| self.products.contains_key(named));
        let article = match product {
            None => None,
            Some(product) => {
                let sku = row.as_ref().map(|row| &row.id);
                let price = self.fact_at(tx, &product, sku, "live_price", at).await?;
                let category = self.fact_at(tx, &product, None, "category", at).await?;
                let price_fen = price.and_then(|(value, _)| value.as_i64()).map(Fen);
                let category = category.and_then(|(value, _)| value.as_str().map(str::to_owned));
                let priced = |price_fen| Priced {
                    line: OfferLine {
                        product: product.clone(),
                        sku: sku.cloned(),
                        name: String::new(),
                        category: category.clone().unwrap_or_default(),
                        price_fen,
                        cost_fen: None,
                        floor_fen: None,
                        minimum_margin_fen: None,
                        quantity_max: line.quantity,
                    },
                };
                Some(Article {
                    whole: row.is_none(),
                    ended_at: row.as_ref().and_then(|row| row.disabled_at),
                    price: price_fen.map(priced),
                    variants: self.variants(tx, &product, at).await?,
                    product,
                })
            }
        };
        Ok(LineFacts {
            id: line.id.clone(),
            sku: line.sku.clone(),
            product: named,
            quantity: line.quantity,
            paid: line.paid,
            article,
        })
    }
}

/// Whether a fact held at a moment.
pub(super) fn was_so(row: &FactRow, at: Millis) -> bool {
    let fact = &row.fact;
    fact.at <= at && fact.valid_from.is_none_or(|from| from <= at) && fact.valid_to.is_none_or(|to| at < to)
}

/// Of which limit a line is: that of its SKU, or that of its product.
type LimitKey = (ProductId, Option<SkuId>);

impl App {
    /// Gathers what is known of an order.
    pub(super) async fn gather(
        &self,
        tx: &Tx,
        shelf: &mut Shelf,
        keeper: Option<&Keeper>,
        row: &OrderRow,
        settings: &Settings,
    ) -> Result<Gathered, Error> {
        let order = &row.order;
        let at = order.bought_at();
        let mut facts = Facts {
            bought_at: at,
            paid: order.paid(),
            promotions: shelf.promotions_at(at),
            gifts: gifts(row),
            ..Facts::default()
        };
        for line in order.lines() {
            facts.lines.push(shelf.line(tx, row, line).await?);
            facts.added.extend(shelf.added.get(&line.sku).into_iter().flatten().cloned());
        }
        let others = others(tx, row).await?;
        facts.limits = limits(tx, shelf, row, &facts, &others).await?;
        let opened = match keeper {
            Some(keeper) => recipient(tx, keeper, order, &mut facts).await?,
            // It was kept with a key that is not there.
            None => {
                if row.customer.is_some() {
                    facts.recipient.push(unreadable());
                }
                None
            }
        };
        let same = same(tx, keeper, row, opened.as_ref(), &others, settings).await?;
        let is_earlier = |other: &&OrderRow| placed(other) < placed(row);
        facts.duplicate_of = same.iter().copied().rfind(is_earlier).map(|other| other.order.id());
        let later = same.iter().filter(|other| !is_earlier(other)).map(|other| other.order.id()).collect();
        self.words(row, &others, opened.as_ref(), &mut facts).await?;
        Ok(Gathered { facts, opened, later })
    }

    /// What the buyer said of this order, and of none of their others.
    async fn words(
        &self,
        row: &OrderRow,
        others: &[OrderRow],
        opened: Option<&Opened>,
        facts: &mut Facts,
    ) -> Result<(), Error> {
        let at = row.order.bought_at();
        let remark = opened.map_or("", |opened| opened.recipient.remark());
        facts.said.extend(super::heard::said(remark, at, SaidIn::Remark).map(|(said, _)| said));
        let (Some(show), Some(buyer), false) = (&row.show, row.order.buyer(), row.synthetic) else {
            return Ok(());
        };
        let by_buyer = || others.iter().filter(|other| other.order.buyer() == Some(buyer));
        let before = by_buyer().map(|it| it.order.bought_at()).filter(|other| *other < at).max();
        let after = by_buyer().map(|it| it.order.bought_at()).filter(|other| *other > at).min();
        let of_this = |said: &Said| {
            before.is_none_or(|before| said.at > before) && after.is_none_or(|after| said.at < after)
        };
        match self.said_by(show, buyer).await {
            Ok(said) => facts.said.extend(said.into_iter().filter(of_this)),
            // A room that cannot be listened to keeps no order from being checked.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(show = %show, error, "what a buyer said cannot be looked up");
            }
        }
        Ok(())
    }
}

/// What was promised with the products of an order.
fn gifts(row: &OrderRow) -> Vec<GiftPromised> {
    let promise: Option<Promise> = row.promise.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let mut gifts = Vec::new();
    for line in promise.into_iter().flat_map(|promise| promise.lines) {
        let Some(product) = line.product else { continue };
        let fact = line.facts.into_iter().find(|fact| fact.fact.fact.field == "gifts");
        for gift in fact.iter().filter_map(|fact| fact.value.as_array()).flatten() {
            let sku = gift.get("sku").and_then(Value::as_str);
            let quantity = gift.get("quantity").and_then(Value::as_i64);
            if let (Some(sku), Some(quantity)) = (sku, quantity) {
                let promised = GiftPromised { product: product.clone(), sku: SkuId::from(sku), quantity };
                if !gifts.contains(&promised) {
                    gifts.push(promised);
                }
            }
        }
    }
    gifts
}

fn placed(row: &OrderRow) -> (Millis, String) {
    (row.order.bought_at(), row.order.id())
}

/// Other orders of the buyer around an order, the first first.
async fn others(tx: &Tx, row: &OrderRow) -> Result<Vec<OrderRow>, Error> {
    let at = row.order.bought_at();
    if row.customer.is_none() && row.order.buyer().is_none() {
        return Ok(Vec::new());
    }
    let (from, to) = (Millis(at.0 - AROUND_MS), Millis(at.0 + AROUND_MS));
    let ids = storage::order_checks::of_buyer(tx, row, from, to).await?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut rows = storage::orders::find_all(tx, &ids).await?;
    rows.sort_by_key(placed);
    rows.dedup_by_key(|row| row.order.id());
    Ok(rows)
}

fn is_over(row: &OrderRow) -> bool {
    matches!(row.order.state(), State::Closed | State::Refunded)
}

/// How much the buyer has of what is limited, in the show or, without one, on the day.
async fn limits(
    tx: &Tx,
    shelf: &mut Shelf,
    row: &OrderRow,
    facts: &Facts,
    others: &[OrderRow],
) -> Result<Vec<LimitOf>, Error> {
    let at = row.order.bought_at();
    let mut limits = BTreeMap::<LimitKey, LimitOf>::new();
    for line in facts.lines.iter().filter(|line| line.paid != Some(Fen(0))) {
        let Some(article) = &line.article else { continue };
        let sku = (!article.whole).then_some(&line.sku);
        let found = shelf.fact_at(tx, &article.product, sku, "purchase_limit", at).await?;
        let Some((limit, own)) = found.and_then(|(value, own)| Some((value.as_i64()?, own))) else {
            continue;
        };
        let key = (article.product.clone(), own.then(|| line.sku.clone()));
        let of =
            limits.entry(key).or_insert_with(|| LimitOf { lines: Vec::new(), limit, here: 0, before: 0 });
        of.here += line.quantity;
        of.lines.push(line.id.clone());
    }
    let day = |at: Millis| (at.0 + OFFSET_MS).div_euclid(DAY_MS);
    let counts = |other: &&OrderRow| {
        let same_time = match (&row.show, &other.show) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => day(other.order.bought_at()) == day(at),
        };
        let taken = other.order.at(State::Paid).is_some() && !is_over(other);
        taken && same_time && placed(other) < placed(row)
    };
    for other in others.iter().filter(counts) {
        for line in other.order.lines().filter(|line| line.paid != Some(Fen(0))) {
            let product = shelf.skus.get(&line.sku).map(|sku| sku.product_id.clone());
            let product = product.unwrap_or_else(|| ProductId(line.sku.0.clone()));
            for ((of, sku), limit) in &mut limits {
                if *of == product && sku.as_ref().is_none_or(|sku| *sku == line.sku) {
                    limit.before += line.quantity;
                }
            }
        }
    }
    Ok(limits.into_values().collect())
}

fn unreadable() -> RecipientDefect {
    RecipientDefect { code: "unreadable".to_owned(), fixable: false }
}

/// Opens the recipient, and says what is the matter with it.
async fn recipient(
    tx: &Tx,
    keeper: &Keeper,
    order: &Order,
    facts: &mut Facts,
) -> Result<Option<Opened>, Error> {
    match keeper.open(tx, &order.id()).await {
        Ok(Some(opened)) => {
            facts.recipient = Reading::of(&opened.recipient).defects();
            Ok(Some(opened))
        }
        Ok(None) => Ok(None),
        Err(NotKept::Unreadable) => {
            facts.recipient = vec![unreadable()];
            Ok(None)
        }
        Err(NotKept::Storage(error)) => Err(error.into()),
    }
}

/// Orders with the same lines that go to the same place and were paid within the window.
async fn same<'a>(
    tx: &Tx,
    keeper: Option<&Keeper>,
    row: &OrderRow,
    opened: Option<&Opened>,
    others: &'a [OrderRow],
    settings: &Settings,
) -> Result<Vec<&'a OrderRow>, Error> {
    let window = settings.duplicate_minutes * 60_000;
    if window == 0 || row.order.at(State::Paid).is_none() {
        return Ok(Vec::new());
    }
    let lines = |order: &Order| {
        let mut lines: Vec<(SkuId, i64)> = order.lines().map(|it| (it.sku.clone(), it.quantity)).collect();
        lines.sort();
        lines
    };
    let mut found = Vec::new();
    for other in others {
        let near = (other.order.bought_at().0 - row.order.bought_at().0).abs() <= window;
        let paid = other.order.at(State::Paid).is_some() && !is_over(other);
        if !near || !paid || lines(&other.order) != lines(&row.order) {
            continue;
        }
        if let (Some(keeper), Some(own)) = (keeper, opened) {
            let theirs = match keeper.open(tx, &other.order.id()).await {
                Ok(theirs) => theirs,
                Err(NotKept::Unreadable) => None,
                Err(NotKept::Storage(error)) => return Err(error.into()),
            };
            let elsewhere = theirs.is_some_and(|it| {
                (it.recipient.region(), it.recipient.street())
                    != (own.recipient.region(), own.recipient.street())
            });
            if elsewhere {
                continue;
            }
        }
        found.push(other);
    }
    Ok(found)
}
