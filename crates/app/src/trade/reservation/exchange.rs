//! A turn in which orders get other lines. What the desk decides is written in the transaction of whoever corrects the
//! order, so that there is never one without the other.

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_trade::reservation::{HOLD_MS_USUAL, Refusal, Step, Taking, WhenShort, Wish};

use super::turn::StockTurn;

/// What an order is to have of the stock.
#[derive(Clone, Debug)]
pub(crate) struct ToHave<'a> {
    /// The order.
    pub order: &'a str,
    /// SKUs and bundles, each once, by id.
    pub lines: Vec<(SkuId, i64)>,
    /// Whether it is paid.
    pub paid: bool,
    /// Who asks.
    pub by: Option<&'a PersonId>,
    /// When.
    pub at: Millis,
}

impl StockTurn<'_> {
    /// What an order asks for now; nothing if the stock does not know it.
    pub async fn wished(
        &mut self,
        tx: &Tx,
        order: &str,
    ) -> Result<Option<Vec<(SkuId, i64)>>, storage::Error> {
        if !self.desk.knows(order) {
            for found in storage::reservations::find(tx, &[order]).await? {
                self.recalled.push(found.order.clone());
                self.desk.recall(found);
            }
        }
        Ok(self.desk.reservation(order).map(|it| it.wish.lines.clone()))
    }

    /// Gives an order other lines, or its first ones; [`StockTurn::wished`] looked it up. Nothing is written yet.
    pub fn exchange(&mut self, to: &ToHave<'_>) -> Result<(), Refusal> {
        if self.desk.knows(to.order) {
            return self.desk.amend(to.order, &to.lines, to.by, to.at).map(|_| ());
        }
        // What has no books is nothing to the stock.
        let Ok(wish) = Wish::new(to.lines.iter().cloned(), Taking::OnOrder, WhenShort::Refuse, HOLD_MS_USUAL)
        else {
            return Ok(());
        };
        self.desk.reserve(to.order, &wish, to.by, to.at)?;
        if to.paid {
            self.desk.step(to.order, Step::Pay, to.by, to.at)?;
        }
        Ok(())
    }

    /// Whether [`StockTurn::exchange`] could be done now; nothing is done.
    pub fn could_exchange(&self, to: &ToHave<'_>) -> Result<(), Refusal> {
        if self.desk.knows(to.order) {
            return self.desk.may_amend(to.order, &to.lines);
        }
        Ok(())
    }

    /// Writes what was decided, as part of the transaction that it belongs to.
    pub async fn write(&self, tx: &Tx) -> Result<(), storage::Error> {
        let changes = self.desk.changes();
        if changes.is_empty() || storage::reservations::write(tx, &changes).await? {
            return Ok(());
        }
        // Somebody else wrote stock without waiting for its turn.
        Err(storage::Error::Busy)
    }

    /// The transaction is over. If nothing was committed of what was decided, the desk is read again.
    pub fn end(mut self, committed: bool) {
        let changes = self.desk.changes();
        if !committed && !changes.is_empty() {
            return;
        }
        let moved: Vec<SkuId> = changes.stocks.iter().map(|(stock, _)| stock.sku.clone()).collect();
        self.desk.written();
        for order in std::mem::take(&mut self.recalled) {
            self.desk.forget(&order);
        }
        self.reservations.note_moved(moved);
        *self.kept = Some(self.desk);
    }
}
