//! One turn: what is looked up, decided, written, and then answered. And the turns of everybody else who writes stock.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::SkuId;
use livehand_storage as storage;
use livehand_trade::reservation::{Desk, Reservation};
use livehand_trade::stock::Stock;
use tokio::sync::MutexGuard;

use super::writer::{Answered, Asked, NotReserved, Reservations, Waiting};
use crate::trade::stock::load_recipes;

/// Holds that one turn ends.
const ENDED_PER_TURN: usize = 512;
/// How often a turn is decided again because somebody else wrote stock in between.
const ATTEMPTS_MAX: usize = 3;

impl Reservations {
    /// Decides these requests together, writes what comes of them, and answers them. Without any, it ends holds whose time is
    /// over and serves who waits.
    pub(super) async fn turn(&self, requests: &mut Vec<Waiting>) {
        let mut kept = self.inner.desk.lock().await;
        let mut attempt = 0;
        let decided = loop {
            attempt += 1;
            match self.decide(&mut kept, requests).await {
                // Somebody else wrote stock without waiting for its turn; what they left is read again.
                Err(storage::Error::NothingToDo) if attempt < ATTEMPTS_MAX => {}
                decided => break decided,
            }
        };
        drop(kept);
        match decided {
            Ok(answers) => {
                for (waiting, answered) in requests.drain(..).zip(answers) {
                    // Whoever hung up has it all the same, and learns so when they ask again.
                    drop(waiting.answer.send(answered));
                }
            }
            Err(error) => {
                if error.is_fatal() {
                    (self.inner.on_fatal)(&format!("reservations could not be written: {error}"));
                }
                tracing::error!(error = &error as &dyn std::error::Error, "reservations were not written");
                for waiting in requests.drain(..) {
                    drop(waiting.answer.send(Err(NotReserved::Busy)));
                }
            }
        }
    }

    /// Decides and writes. After an error the desk is read again from what is stored.
    async fn decide(
        &self,
        kept: &mut Option<Desk>,
        requests: &[Waiting],
    ) -> Result<Vec<Answered>, storage::Error> {
        // If this is given up half way, nobody goes on with what was decided and not written.
        let mut desk = match kept.take() {
            Some(desk) => desk,
            None => self.read().await?,
        };
        let recalled = self.recall(&mut desk, requests).await?;
        let mut answers = Vec::with_capacity(requests.len());
        let now = self.inner.clock.now();
        // What is over and not ended now is ended in the next turn.
        desk.tick(now, ENDED_PER_TURN);
        for Waiting { request, .. } in requests {
            let by = request.by.as_ref();
            let answer = match &request.asked {
                Asked::Reserve(wish) => desk.reserve(&request.order, wish, by, now),
                Asked::Move(step) => desk.step(&request.order, *step, by, now),
            };
            answers.push(answer.map_err(NotReserved::Refused));
        }
        let changes = desk.changes();
        if !changes.is_empty() {
            let writing = &changes;
            let written = self.inner.db.write(move |tx| async move {
                match storage::reservations::write(&tx, writing).await? {
                    true => Ok(()),
                    false => Err(storage::Error::NothingToDo),
                }
            });
            written.await?;
            let moved: Vec<SkuId> = changes.stocks.iter().map(|(stock, _)| stock.sku.clone()).collect();
            self.note_moved(moved);
        }
        desk.written();
        for order in recalled {
            desk.forget(&order);
        }
        *kept = Some(desk);
        Ok(answers)
    }

    /// Everything that decides, from the tables.
    async fn read(&self) -> Result<Desk, storage::Error> {
        let tx = self.inner.db.read().await?;
        let recipes = load_recipes(&tx).await?;
        let stocks = storage::stock::all(&tx).await?;
        Ok(Desk::new(recipes, stocks, storage::reservations::unsettled(&tx).await?))
    }

    /// Looks up the orders that are not at hand.
    async fn recall(&self, desk: &mut Desk, requests: &[Waiting]) -> Result<Vec<String>, storage::Error> {
        let asked = requests.iter().map(|waiting| waiting.request.order.as_str());
        let unknown: BTreeSet<&str> = asked.filter(|order| !desk.knows(order)).collect();
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        let unknown: Vec<&str> = unknown.into_iter().collect();
        let tx = self.inner.db.read().await?;
        let found = storage::reservations::find(&tx, &unknown).await?;
        let recalled = found.iter().map(|it| it.order.clone()).collect();
        for reservation in found {
            desk.recall(reservation);
        }
        Ok(recalled)
    }

    /// Waits for a turn to write stock otherwise than by a reservation. Until it is over, no reservation is decided.
    pub(crate) async fn stock_turn(&self) -> Result<StockTurn<'_>, storage::Error> {
        let mut kept = self.inner.desk.lock().await;
        let desk = match kept.take() {
            Some(desk) => desk,
            None => self.read().await?,
        };
        Ok(StockTurn { reservations: self, kept, desk, recalled: Vec::new() })
    }
}

/// A turn to write stock. If it is dropped, what is stored is read again before the next reservation is decided.
pub(crate) struct StockTurn<'a> {
    pub(super) reservations: &'a Reservations,
    pub(super) kept: MutexGuard<'a, Option<Desk>>,
    pub(super) desk: Desk,
    /// Orders that were looked up in this turn.
    pub(super) recalled: Vec<String>,
}

impl StockTurn<'_> {
    /// Units of each SKU that reservations hold, which no movement may take.
    pub fn held(&self) -> BTreeMap<SkuId, i64> {
        self.desk.held()
    }

    /// Who waits for a SKU, in order.
    pub fn waiting_for(&self, sku: &SkuId) -> impl Iterator<Item = &Reservation> {
        self.desk.waiting_for(sku).into_iter()
    }

    /// How many of a SKU can be had.
    pub fn shown(&self, sku: &SkuId) -> i64 {
        self.desk.stock(sku).map_or(0, Stock::shown)
    }

    /// Nothing was written.
    pub fn unused(mut self) {
        *self.kept = Some(self.desk);
    }

    /// These sums were written, and nothing else that reservations rest on. Returns when who waited for them is served.
    pub async fn wrote(mut self, stocks: &[Stock]) {
        self.desk.refresh(stocks.iter().cloned());
        *self.kept = Some(self.desk);
        drop(self.kept);
        self.reservations.turn(&mut Vec::new()).await;
    }

    /// Something was written. Returns when who waited for it is served.
    pub async fn wrote_something(self) {
        let Self { reservations, kept, .. } = self;
        drop(kept);
        reservations.turn(&mut Vec::new()).await;
    }
}
