//! The one place that decides what orders have of the stock.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use livehand_kernel::{Millis, PersonId, SkuId};

use super::waitlist::Waitlist;
use super::{Refusal, Reservation, Status, Step, Taken, Taking, WhenShort, Wish};
use crate::stock::{Kind, Reason, Recipes, Refused, Shortage, Stock, shift};

/// How many units of a SKU move, how and why.
pub(super) type Move = (SkuId, i64, Kind, Reason);

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The reservation as it stands.
    pub reservation: Arc<Reservation>,
    /// Whether it stood so before, so that nothing was done.
    pub again: bool,
    /// How many of those who wait for one of its SKUs came earlier, if it waits.
    pub ahead: Option<usize>,
}

/// What must be written before anybody is answered. All of it belongs into one transaction.
#[derive(Debug)]
pub struct Changes<'a> {
    /// Sums that changed, each with the version that it had when it was read.
    pub stocks: Vec<(&'a Stock, i64)>,
    /// Reservations that are new or changed.
    pub reservations: Vec<&'a Reservation>,
    /// What moved, by SKU and number.
    pub taken: Vec<&'a Taken>,
}

impl Changes<'_> {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.stocks.is_empty() && self.reservations.is_empty() && self.taken.is_empty()
    }
}

/// Everything that decides about reservations: the sums of all SKUs, and the reservations that are not settled. Settled
/// ones are looked up and recalled when somebody asks for them, so that what is kept does not grow with the years.
#[derive(Debug, Default)]
pub struct Desk {
    recipes: Recipes,
    pub(super) stocks: BTreeMap<SkuId, Stock>,
    /// Looked up, and never gone through: its order says nothing.
    pub(super) orders: HashMap<String, Arc<Reservation>>,
    due: BTreeSet<(Millis, String)>,
    pub(super) waitlist: Waitlist,
    /// SKUs of which more can be had than when the waitlist was served last.
    pub(super) grown: BTreeSet<SkuId>,
    taken: Vec<Taken>,
    changed: BTreeSet<String>,
    /// Versions of the sums that changed, as they were read.
    read: BTreeMap<SkuId, i64>,
}

impl Desk {
    /// A desk over the sums of all SKUs and the reservations that are not settled. Whoever waits is served by the first
    /// [`Desk::tick`], because the process may have ended between a restock and that.
    pub fn new(
        recipes: Recipes,
        stocks: impl IntoIterator<Item = Stock>,
        unsettled: impl IntoIterator<Item = Reservation>,
    ) -> Self {
        let stocks = stocks.into_iter().map(|stock| (stock.sku.clone(), stock)).collect();
        let mut desk = Self { recipes, stocks, ..Self::default() };
        for reservation in unsettled {
            desk.recall(reservation);
        }
        desk.grown = desk.waitlist.skus().cloned().collect();
        desk
    }

    /// Whether the reservation of this order is at hand; one that is not may be settled, and must be looked up first.
    pub fn knows(&self, order: &str) -> bool {
        self.orders.contains_key(order)
    }

    /// The reservation of an order, if it is at hand.
    pub fn reservation(&self, order: &str) -> Option<&Reservation> {
        self.orders.get(order).map(|it| &**it)
    }

    /// Takes a reservation that was looked up.
    pub fn recall(&mut self, reservation: Reservation) {
        self.keep(Arc::new(reservation));
    }

    /// Other recipes from now on; what is held keeps what it took.
    pub fn set_recipes(&mut self, recipes: Recipes) {
        self.recipes = recipes;
    }

    /// Sums that somebody else wrote, in the same row of turns. Whoever waits for what grew is served by the next
    /// [`Desk::tick`].
    pub fn refresh(&mut self, stocks: impl IntoIterator<Item = Stock>) {
        for stock in stocks {
            if self.stocks.get(&stock.sku).is_none_or(|before| before.shown() < stock.shown()) {
                self.grown.insert(stock.sku.clone());
            }
            self.stocks.insert(stock.sku.clone(), stock);
        }
    }

    /// The sums of a SKU; absent if it never moved.
    pub fn stock(&self, sku: &SkuId) -> Option<&Stock> {
        self.stocks.get(sku)
    }

    /// Units of each SKU that reservations hold: what nobody else may take from the reserved ones.
    pub fn held(&self) -> BTreeMap<SkuId, i64> {
        let mut held = BTreeMap::new();
        for reservation in self.orders.values().filter(|it| it.status == Status::Held) {
            for (sku, units) in reservation.parts() {
                *held.entry(sku.clone()).or_insert(0) += units;
            }
        }
        held
    }

    /// When the next hold ends.
    pub fn next_due(&self) -> Option<Millis> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Whether somebody waits for what can be had since.
    pub fn has_grown(&self) -> bool {
        !self.grown.is_empty()
    }

    /// Ends holds whose time is over, at most `most` of them, the earliest first, and serves the waitlist with what they
    /// gave back. True if more are over.
    pub fn tick(&mut self, now: Millis, most: usize) -> bool {
        let mut ended = 0;
        while let Some((at, order)) = self.due.first().cloned()
            && at <= now
        {
            if ended == most {
                self.serve(now);
                return true;
            }
            ended += 1;
            self.due.remove(&(at, order.clone()));
            let Some(reservation) = self.orders.get(&order).cloned() else { continue };
            if reservation.status == Status::Held {
                // That the units are there is what the owner of the sums sees to; where they are not, the order has
                // nothing either way.
                let _ = self.give_back(&reservation, Reason::HoldExpired, None, now);
            }
            self.settle(&reservation, Status::Expired, None, now);
        }
        self.serve(now);
        false
    }

    /// An order asks for stock. One that is known with the same wish is answered with where it stands.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was done, and nothing is kept.
    pub fn reserve(
        &mut self,
        order: &str,
        wish: &Wish,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<Answer, Refusal> {
        if let Some(before) = self.orders.get(order) {
            if before.wish != *wish {
                return Err(Refusal::OtherWish(order.to_owned()));
            }
            return Ok(self.answer(before, true));
        }
        let mut reservation = Reservation {
            order: order.to_owned(),
            wish: wish.clone(),
            parts: self.parts_of(wish)?,
            status: Status::Held,
            paid: false,
            place: None,
            made_at: now,
            changed_at: now,
            expires_at: Some(now.plus(wish.hold_ms)),
            by: by.cloned(),
        };
        let short = self.shortages(reservation.parts());
        if !short.is_empty() && wish.when_short == WhenShort::Refuse {
            return Err(Refusal::Short(short));
        }
        match (wish.taking, short.is_empty()) {
            (Taking::OnPayment, _) => reservation.status = Status::Open,
            (Taking::OnOrder, true) => self.take(&reservation, Kind::Reserved, by, now)?,
            (Taking::OnOrder, false) => self.queue(&mut reservation),
        }
        let kept = self.change(reservation);
        Ok(self.answer(&kept, false))
    }

    /// An order goes on. What was done before is answered the same again.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was done.
    pub fn step(
        &mut self,
        order: &str,
        step: Step,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<Answer, Refusal> {
        let Some(before) = self.orders.get(order).cloned() else {
            return Err(Refusal::Unknown(order.to_owned()));
        };
        let again = match (step, before.status) {
            (Step::Pay, Status::Paid | Status::Picked)
            | (Step::Pick, Status::Picked)
            | (Step::Release, Status::Released)
            | (Step::Cancel, Status::Cancelled) => true,
            (Step::Pay, Status::Waiting) => before.paid,
            _ => false,
        };
        if again {
            return Ok(self.answer(&before, true));
        }
        let after = match (step, before.status) {
            (Step::Pay, Status::Held) => {
                self.turn(&before, Kind::SoldReserved, Reason::Order, by, now)?;
                self.settle(&before, Status::Paid, by, now)
            }
            (Step::Pay, Status::Open | Status::Expired) => self.pay_first(&before, by, now)?,
            (Step::Pay, Status::Waiting) => {
                let paid = Reservation { paid: true, expires_at: None, ..(*before).clone() };
                self.change(Reservation { changed_at: now, by: by.cloned(), ..paid })
            }
            (Step::Pick, Status::Paid) => self.settle(&before, Status::Picked, by, now),
            (Step::Release, Status::Waiting | Status::Open | Status::Held | Status::Expired)
                if !before.paid =>
            {
                self.end(&before, Status::Released, by, now)?
            }
            (Step::Cancel, status) if !matches!(status, Status::Picked | Status::Cancelled) => {
                self.end(&before, Status::Cancelled, by, now)?
            }
            (step, status) => return Err(Refusal::NotNow { status, step }),
        };
        Ok(self.answer(&after, false))
    }

    /// What must be written since the last [`Desk::written`].
    pub fn changes(&self) -> Changes<'_> {
        let mut taken: Vec<&Taken> = self.taken.iter().collect();
        taken.sort_by(|a, b| (&a.sku, a.number).cmp(&(&b.sku, b.number)));
        Changes {
            stocks: self.read.iter().filter_map(|(sku, read)| Some((self.stocks.get(sku)?, *read))).collect(),
            reservations: self
                .changed
                .iter()
                .filter_map(|order| self.orders.get(order).map(|it| &**it))
                .collect(),
            taken,
        }
    }

    /// Everything was written. Reservations that are settled are at hand no longer.
    pub fn written(&mut self) {
        self.taken.clear();
        self.read.clear();
        for order in std::mem::take(&mut self.changed) {
            self.forget(&order);
        }
    }

    /// Puts a reservation aside that was only looked up, if it is settled.
    pub fn forget(&mut self, order: &str) {
        if self.orders.get(order).is_some_and(|it| it.status.is_settled()) {
            self.orders.remove(order);
        }
    }

    /// The answer about a reservation.
    pub(super) fn answer(&self, reservation: &Arc<Reservation>, again: bool) -> Answer {
        let ahead = reservation.place.map(|place| self.waitlist.ahead(place, reservation.parts()));
        Answer { reservation: reservation.clone(), again, ahead }
    }

    /// Paid before anything was taken: who pays first has it. Also who pays after the hold ended, if there is still what
    /// was ordered.
    fn pay_first(
        &mut self,
        before: &Arc<Reservation>,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<Arc<Reservation>, Refusal> {
        let short = self.shortages(before.parts());
        if short.is_empty() {
            self.take(before, Kind::Sold, by, now)?;
            return Ok(self.settle(before, Status::Paid, by, now));
        }
        if before.wish.when_short == WhenShort::Refuse {
            return Err(Refusal::Short(short));
        }
        let (changed_at, by) = (now, by.cloned());
        let mut waiting = Reservation { paid: true, expires_at: None, changed_at, by, ..(**before).clone() };
        self.queue(&mut waiting);
        Ok(self.change(waiting))
    }

    /// Gives back what it has, if it has anything, and serves who waits for that.
    fn end(
        &mut self,
        before: &Arc<Reservation>,
        status: Status,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<Arc<Reservation>, Refusal> {
        match before.status {
            Status::Held => self.give_back(before, Reason::OrderCancelled, by, now)?,
            Status::Paid => {
                self.turn(before, Kind::Returned, Reason::OrderCancelled, by, now)?;
                self.grown.extend(before.parts().iter().map(|(sku, _)| sku.clone()));
            }
            _ => {}
        }
        let after = self.settle(before, status, by, now);
        self.serve(now);
        Ok(after)
    }

    fn give_back(
        &mut self,
        before: &Reservation,
        reason: Reason,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<(), Refusal> {
        self.turn(before, Kind::Unreserved, reason, by, now)?;
        self.grown.extend(before.parts().iter().map(|(sku, _)| sku.clone()));
        Ok(())
    }

    fn settle(
        &mut self,
        before: &Arc<Reservation>,
        status: Status,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Arc<Reservation> {
        let paid = before.paid || matches!(status, Status::Paid | Status::Picked);
        let (place, expires_at, changed_at, by) = (None, None, now, by.cloned());
        self.change(Reservation { status, paid, place, expires_at, changed_at, by, ..(**before).clone() })
    }

    /// Keeps a reservation that is new or changed.
    pub(super) fn change(&mut self, reservation: Reservation) -> Arc<Reservation> {
        self.changed.insert(reservation.order.clone());
        let kept = Arc::new(reservation);
        self.keep(kept.clone());
        kept
    }

    fn keep(&mut self, kept: Arc<Reservation>) {
        if let Some(before) = self.orders.insert(kept.order.clone(), kept.clone()) {
            if let Some(at) = before.expires_at {
                self.due.remove(&(at, before.order.clone()));
            }
            if let Some(place) = before.place {
                self.waitlist.leave(place, before.parts());
            }
        }
        if let Some(at) = kept.expires_at {
            self.due.insert((at, kept.order.clone()));
        }
        if let Some(place) = kept.place {
            self.waitlist.join(place, &kept.order, kept.parts());
        }
    }

    fn queue(&self, reservation: &mut Reservation) {
        reservation.status = Status::Waiting;
        reservation.place = Some(self.waitlist.next_place());
        reservation.expires_at = None;
    }

    /// What a wish takes, if that is something else than its lines.
    pub(super) fn parts_of(&self, wish: &Wish) -> Result<Option<Vec<(SkuId, i64)>>, Refused> {
        if wish.lines.iter().all(|(sku, _)| self.recipes.get(sku).is_none()) {
            return Ok(None);
        }
        Ok(Some(self.recipes.demand(&wish.lines)?.into_iter().collect()))
    }

    /// What of it cannot be had now.
    pub(super) fn shortages(&self, parts: &[(SkuId, i64)]) -> Vec<Shortage> {
        let short = parts.iter().filter_map(|(sku, wanted)| {
            let shown = self.stocks.get(sku).map_or(0, Stock::shown);
            (*wanted > shown).then(|| Shortage { sku: sku.clone(), wanted: *wanted, shown })
        });
        short.collect()
    }

    pub(super) fn take(
        &mut self,
        reservation: &Reservation,
        kind: Kind,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<(), Refused> {
        self.turn(reservation, kind, Reason::Order, by, now)
    }

    /// Moves all parts of a reservation in the same way, or none of them.
    fn turn(
        &mut self,
        reservation: &Reservation,
        kind: Kind,
        reason: Reason,
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<(), Refused> {
        let parts = reservation.parts().iter();
        let moves: Vec<Move> = parts.map(|(sku, units)| (sku.clone(), *units, kind, reason)).collect();
        self.shift_all(&reservation.order, &moves, by, now)
    }

    /// Does all of these for an order, or none of them; each is of another SKU.
    pub(super) fn shift_all(
        &mut self,
        order: &str,
        moves: &[Move],
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<(), Refused> {
        let mut after = Vec::with_capacity(moves.len());
        for (sku, units, kind, _) in moves {
            let mut stock = self.stocks.get(sku).cloned().unwrap_or_else(|| Stock::new(sku.clone()));
            let read = stock.version;
            shift(&mut stock, *kind, *units, false, now)?;
            after.push((stock, read));
        }
        for ((stock, read), (_, quantity, kind, reason)) in after.into_iter().zip(moves) {
            let (sku, number) = (stock.sku.clone(), stock.version);
            let (order, by, kind, reason, quantity) =
                (order.to_owned(), by.cloned(), *kind, *reason, *quantity);
            self.taken.push(Taken { sku, number, order, kind, reason, quantity, at: now, by });
            if !self.read.contains_key(&stock.sku) {
                self.read.insert(stock.sku.clone(), read);
            }
            match self.stocks.get_mut(&stock.sku) {
                Some(kept) => *kept = stock,
                None => {
                    self.stocks.insert(stock.sku.clone(), stock);
                }
            }
        }
        Ok(())
    }
}
