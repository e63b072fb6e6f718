//! What orders from outside do to the stock: each has a reservation under its own id, which goes where the order goes.
//!
//! A count in the row of an order says that the stock does not know of it yet. It is raised by the transaction that changes
//! the order, and set back when the reservation is durable, so that a process that ends in between tells the stock again; a
//! reservation takes each step once.
//!
//! An order that is paid and of which nothing is left is held until it is served, so that no label is printed for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use livehand_kernel::{Millis, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::orders::StockDue;
use livehand_trade::fulfilment::{Hold, HoldKind, Node};
use livehand_trade::orders::StockClaim;
use livehand_trade::reservation::{
    HOLD_MS_USUAL, Refusal, Reservation, Status, Step, Taking, WhenShort, Wish,
};
use livehand_trade::stock::Recipes;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::trade::reservation::{Asked, NotReserved, Request};
use crate::trade::stock::load_recipes;
use crate::trade::verification::{corrected, corrected_at, wanted};
use crate::{App, Error};

/// Orders that the stock is told of at once.
const ORDERS_AT_ONCE: i64 = 256;
/// How often it is looked for orders of which nobody told, such as those of a process that ended.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The cause of a hold for want of stock.
const SHORT: &str = "short";
/// Pause after something could not be written.
const PAUSE: Duration = Duration::from_millis(500);

/// Wakes whoever tells the stock.
#[derive(Debug, Default)]
pub(crate) struct OrderStock(Notify);

impl OrderStock {
    /// An order changed.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Tells the stock of orders until it is stopped.
pub async fn run_order_stock(app: App, stop: CancellationToken) {
    loop {
        let told = match app.tell_stock_of_orders().await {
            Ok(told) => app.let_served_orders_go().await.map(|()| told),
            Err(error) => Err(error),
        };
        let pause = match told {
            Ok(true) => continue,
            Ok(false) => LOOK_EVERY,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the stock was not told of orders");
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.order_stock.0.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl App {
    /// Tells the stock of the orders that changed first. False if there are none.
    async fn tell_stock_of_orders(&self) -> Result<bool, Error> {
        let tx = self.db.read().await?;
        let due = storage::orders::stock_due(&tx, ORDERS_AT_ONCE).await?;
        if due.is_empty() {
            return Ok(false);
        }
        let requests = self.requests(&tx, &due).await?;
        drop(tx);
        let answers = self.reservations.ask_all(requests).await;
        let (mut busy, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        for (order, answer) in answers {
            match answer {
                Ok(answer) if is_short(&answer.reservation) => {
                    waiting.insert(order);
                }
                Ok(_) => {
                    waiting.remove(&order);
                }
                // What a person did with the reservation meanwhile stands.
                Err(NotReserved::Refused(Refusal::NotNow { .. } | Refusal::OtherWish(_))) => {}
                Err(NotReserved::Refused(refusal)) => {
                    tracing::warn!(order, code = refusal.code(), "the stock could not follow an order");
                }
                Err(NotReserved::Busy) => {
                    busy.insert(order);
                }
            }
        }
        let told: Vec<StockDue> = due.into_iter().filter(|it| !busy.contains(&it.order.id())).collect();
        let (noted, waiting, now) = (&told, &waiting, self.now());
        self.write(move |tx| async move {
            for order in waiting {
                let hold = Hold { kind: HoldKind::Stock, cause: SHORT.to_owned(), since: now };
                self.place_hold(&tx, order, hold, machinery()).await?;
            }
            storage::orders::stock_is_told(&tx, noted).await
        })
        .await?;
        if told.is_empty() { Err(Error::Storage(storage::Error::Busy)) } else { Ok(true) }
    }

    /// Lets go on what was held for want of stock and is served since.
    async fn let_served_orders_go(&self) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let held = storage::holds::standing_of(&tx, HoldKind::Stock, ORDERS_AT_ONCE).await?;
        if held.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = held.iter().map(|row| row.order.as_str()).collect();
        let reservations = storage::reservations::find(&tx, &ids).await?;
        drop(tx);
        let short: BTreeSet<&str> =
            reservations.iter().filter(|it| is_short(it)).map(|it| it.order.as_str()).collect();
        let served: Vec<&str> = ids.into_iter().filter(|order| !short.contains(order)).collect();
        if served.is_empty() {
            return Ok(());
        }
        let (served, now) = (&served, self.now());
        self.write(move |tx| async move {
            for order in served {
                storage::holds::lift(&tx, order, HoldKind::Stock, None, now, &machinery()).await?;
            }
            Ok(())
        })
        .await
    }

    /// What is asked of the reservations for these orders, in the order in which it has to be done.
    async fn requests(&self, tx: &Tx, due: &[StockDue]) -> Result<Vec<Request>, Error> {
        let ids: Vec<String> = due.iter().map(|it| it.order.id()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = storage::reservations::find(tx, &ids).await?;
        let known: BTreeMap<&str, Status> = known.iter().map(|it| (it.order.as_str(), it.status)).collect();
        let unknown: Vec<&str> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
        let decisions = storage::order_decisions::of_orders(tx, &unknown).await?;
        let fulfilments = storage::fulfilments::find(tx, &ids).await?;
        let recipes = load_recipes(tx).await?;
        let (now, mut counted, mut requests) = (self.now(), BTreeMap::new(), Vec::new());
        for StockDue { order, .. } in due {
            let id = order.id();
            let mut ask = |asked| requests.push(Request { order: id.clone(), asked, by: None });
            // The warehouse may know that it left before the platform says so.
            let out = fulfilments.get(&id).is_some_and(|it| it.node() >= Node::Out);
            let claim = if out { StockClaim::Left } else { order.stock_claim() };
            let opens = match claim {
                StockClaim::Nothing => false,
                // Who did not pay in the time that platforms give holds nothing.
                StockClaim::Hold => now.0 - order.bought_at().0 < HOLD_MS_USUAL,
                StockClaim::Sold | StockClaim::Left => true,
            };
            let mut reserved = known.contains_key(id.as_str());
            if !reserved && opens {
                let own: Vec<DecisionRow> = decisions.iter().filter(|row| row.order == id).cloned().collect();
                let since = corrected_at(&own).unwrap_or(now);
                let wanted = wanted(order, &corrected(&own), since);
                let lines = booked(tx, &recipes, &wanted, &mut counted).await?;
                let wish = Wish::new(lines, Taking::OnOrder, WhenShort::Wait, HOLD_MS_USUAL);
                if let Ok(wish) = wish {
                    ask(Asked::Reserve(wish));
                    reserved = true;
                }
            }
            if !reserved {
                continue;
            }
            match claim {
                StockClaim::Hold => {}
                StockClaim::Sold => ask(Asked::Move(Step::Pay)),
                StockClaim::Left => {
                    ask(Asked::Move(Step::Pay));
                    ask(Asked::Move(Step::Pick));
                }
                StockClaim::Nothing => ask(Asked::Move(Step::Cancel)),
            }
        }
        Ok(requests)
    }
}

/// Whether it is paid and waits for what is not there.
fn is_short(reservation: &Reservation) -> bool {
    reservation.paid && reservation.status == Status::Waiting
}

/// Who holds what nobody holds by hand.
fn machinery() -> By {
    By { person: None, name: "Livehand".to_owned() }
}

/// Of what is wanted, what the books have to know: that of which the SKU has books, or its parts have, and that is wanted
/// since these were counted. What was sold before lies no longer where it was counted.
pub(in crate::trade) async fn booked(
    tx: &Tx,
    recipes: &Recipes,
    wanted: &[(SkuId, i64, Millis)],
    counted: &mut BTreeMap<SkuId, Option<Millis>>,
) -> Result<Vec<(SkuId, i64)>, storage::Error> {
    let mut lines = Vec::new();
    for (sku, quantity, at) in wanted {
        let line = (sku.clone(), *quantity);
        let Ok(parts) = recipes.demand(std::slice::from_ref(&line)) else { continue };
        let mut since = true;
        for sku in parts.keys() {
            let counted_at = match counted.get(sku) {
                Some(at) => *at,
                None => *counted.entry(sku.clone()).or_insert(storage::stock::counted_at(tx, sku).await?),
            };
            since &= counted_at.is_some_and(|counted_at| counted_at <= *at);
        }
        if since {
            lines.push(line);
        }
    }
    Ok(lines)
}
