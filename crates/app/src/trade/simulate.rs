//! What promotions come to, while they are typed. Nothing is stored.

use std::time::Duration;

use livehand_compliance::Action;
use livehand_kernel::{Fen, Millis, Phrase, ProductId, SkuId};
use livehand_trade::offers::{
    LINES_MAX, Line, Promotion, QUANTITY_MAX, Shipping, WorstOver, moments, simulate_over,
};
use tokio::sync::Semaphore;

use super::offer_lines::Catalogue;
use super::promotions::{checked, published};
use crate::{App, Caller, Error};

/// Simulations that run at the same time; each takes a processor for up to a second.
static TURNS: Semaphore = Semaphore::const_new(2);
/// How long a simulation waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(5);
/// Drafts in one simulation.
const DRAFTS_MAX: usize = 60;
/// Moments that are looked at.
const MOMENTS_MAX: usize = 12;

/// A product to be looked at; what is said here takes the place of its facts.
#[derive(Clone, Debug)]
pub struct LineToSimulate {
    /// Product.
    pub product: ProductId,
    /// Its SKU, if one is meant.
    pub sku: Option<SkuId>,
    /// Most units in one order.
    pub quantity_max: Option<i64>,
    /// Price without promotions.
    pub price: Option<Fen>,
    /// Cost.
    pub cost: Option<Fen>,
    /// Floor.
    pub floor: Option<Fen>,
    /// What one unit must earn.
    pub minimum_margin: Option<Fen>,
}

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Promotions as they are typed.
    pub promotions: Vec<Promotion>,
    /// Whether the published ones hold as well.
    pub with_published: bool,
    /// Up to five products.
    pub lines: Vec<LineToSimulate>,
    /// What sending an order costs.
    pub shipping: Shipping,
    /// At which moment; absent for the worst of all at which something typed holds.
    pub at: Option<Millis>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// The products that were looked at.
    pub lines: Vec<Line>,
    /// The worst.
    pub worst: WorstOver,
}

/// Works outside of the threads that serve requests, when it is its turn.
pub(super) async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let busy = || Error::Conflict {
        code: "simulations_busy",
        explanation: Phrase::new("Too many simulations at once; try again", "同时测算的人太多，请稍后再试"),
    };
    let turn = tokio::time::timeout(TURN_WITHIN, TURNS.acquire()).await.map_err(|_| busy())?;
    let turn = turn.map_err(|_| busy())?;
    let done = tokio::task::spawn_blocking(move || {
        // The turn ends with the work, also when whoever asked has hung up.
        let _turn = turn;
        work()
    });
    done.await.map_err(|_| Error::Internal("the simulation failed"))
}

impl App {
    /// The lowest prices and the lowest margin.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`] when there is more than can be looked through.
    pub async fn simulate_offers(&self, caller: &Caller, simulation: Simulation) -> Result<Simulated, Error> {
        caller.require(Action::EditPromotions)?;
        let Simulation { promotions, with_published, lines, shipping, at } = simulation;
        within("promotions", promotions.len(), 0, DRAFTS_MAX)?;
        within("products", lines.len(), 1, LINES_MAX)?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let ids: Vec<ProductId> = lines.iter().map(|line| line.product.clone()).collect();
        let catalogue = Catalogue::read(&tx, Some(&ids)).await?;
        let in_force = if with_published { published(&tx, now).await? } else { Vec::new() };
        drop(tx);
        let mut others: Vec<Promotion> = in_force.into_iter().map(|one| one.promotion).collect();
        // What is typed takes the place of what was published under the same id.
        others.retain(|one| promotions.iter().all(|typed| typed.id != one.id));
        checked(&promotions, &others, &catalogue.known(), |place| format!("promotions[{place}]."))?;
        let lines = basket(&catalogue, lines)?;
        let times = match at {
            Some(at) => vec![at],
            None if promotions.is_empty() => vec![now],
            None => moments(&promotions, &others),
        };
        within("promotions", times.len(), 0, MOMENTS_MAX)?;
        others.extend(promotions);
        let looked = lines.clone();
        let worst = in_turn(move || simulate_over(&looked, shipping, &others, &times)).await?;
        let worst = worst.map_err(|error| Error::Conflict {
            code: "too_many_combinations",
            explanation: Phrase::new(
                format!("The worst price cannot be proven: {error}"),
                "可叠加的组合太多，算不出可靠的最低到手价，请给优惠设互斥组",
            ),
        })?;
        Ok(Simulated { lines, worst })
    }
}

fn basket(catalogue: &Catalogue, lines: Vec<LineToSimulate>) -> Result<Vec<Line>, Error> {
    let mut basket: Vec<Line> = Vec::new();
    for (place, asked) in lines.into_iter().enumerate() {
        let field = |name: &str| format!("products[{place}].{name}");
        let known = catalogue.line(&asked.product, asked.sku.as_ref());
        let Some(known) = known else {
            let expected = Phrase::new("a product of the catalogue", "商品库里已有的商品");
            return Err(Error::field(&field("product"), expected, Phrase::literal(asked.product.0)));
        };
        if basket.iter().any(|line| line.product == known.product && line.sku == known.sku) {
            let expected = Phrase::new("each product once", "每件商品只能出现一次");
            return Err(Error::field(&field("product"), expected, Phrase::literal(asked.product.0)));
        }
        let line = Line {
            price_fen: asked.price.unwrap_or(known.price_fen),
            cost_fen: asked.cost.or(known.cost_fen),
            floor_fen: asked.floor.or(known.floor_fen),
            minimum_margin_fen: asked.minimum_margin.or(known.minimum_margin_fen),
            quantity_max: asked.quantity_max.unwrap_or(known.quantity_max.min(QUANTITY_MAX)),
            ..known
        };
        if !(1..=QUANTITY_MAX).contains(&line.quantity_max) {
            let expected = Phrase::new(format!("1 to {QUANTITY_MAX}"), format!("1 到 {QUANTITY_MAX}"));
            return Err(Error::field(
                &field("quantity_max"),
                expected,
                Phrase::literal(line.quantity_max.to_string()),
            ));
        }
        if !(1..=livehand_live::AMOUNT_FEN_MAX).contains(&line.price_fen.0) {
            let expected = Phrase::new("a price above zero", "大于 0 的价格");
            return Err(Error::field(
                &field("price_fen"),
                expected,
                Phrase::literal(line.price_fen.0.to_string()),
            ));
        }
        basket.push(line);
    }
    Ok(basket)
}

fn within(field: &str, count: usize, low: usize, high: usize) -> Result<(), Error> {
    if (low..=high).contains(&count) {
        return Ok(());
    }
    let expected = Phrase::new(format!("{low} to {high}"), format!("{low} 到 {high} 个"));
    Err(Error::field(field, expected, Phrase::literal(count.to_string())))
}
