//! Other lines for an order that has its reservation already (拍错规格 改单): what it does not need any more goes back and is
//! offered to whoever waits, what it needs beside is taken, both in one step or not at all.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, PersonId, SkuId};

use super::desk::{Answer, Move};
use super::{Desk, Refusal, Reservation, Status, Wish};
use crate::stock::{Kind, Reason};

impl Desk {
    /// Whether an order could have these lines instead now, as [`Desk::amend`] would give them to it.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn may_amend(&self, order: &str, lines: &[(SkuId, i64)]) -> Result<(), Refusal> {
        let before = self.orders.get(order).ok_or_else(|| Refusal::Unknown(order.to_owned()))?;
        self.amended(before, lines).map(|_| ())
    }

    /// Gives an order other lines: SKUs and bundles, each once, by id; none at all if what it is sent has no books. With the
    /// lines that it has, nothing is done. Units that it has in both stay with it.
    ///
    /// # Errors
    /// [`Refusal::Short`] if what it needs beside cannot be had, and [`Refusal`]s of the books; then nothing was done, and it
    /// keeps what it had.
    pub fn amend(
        &mut self,
        order: &str,
        lines: &[(SkuId, i64)],
        by: Option<&PersonId>,
        now: Millis,
    ) -> Result<Answer, Refusal> {
        let Some(before) = self.orders.get(order).cloned() else {
            return Err(Refusal::Unknown(order.to_owned()));
        };
        if before.wish.lines == lines {
            return Ok(self.answer(&before, true));
        }
        let (wish, parts, moves) = self.amended(&before, lines)?;
        self.shift_all(order, &moves, by, now)?;
        let back = |kind: Kind| matches!(kind, Kind::Unreserved | Kind::Returned);
        let given = moves.iter().filter(|(_, _, kind, _)| back(*kind)).map(|(sku, ..)| sku.clone());
        self.grown.extend(given);
        let mut after = Reservation { wish, parts, changed_at: now, by: by.cloned(), ..(*before).clone() };
        if before.status == Status::Waiting {
            // What it waits for now is there: it is served.
            after.place = None;
            after.status = if before.paid { Status::Paid } else { Status::Held };
            after.expires_at = (!before.paid).then(|| now.plus(before.wish.hold_ms));
        }
        let kept = self.change(after);
        self.serve(now);
        Ok(self.answer(&kept, false))
    }

    /// What it would ask for and take, and what that moves.
    fn amended(&self, before: &Reservation, lines: &[(SkuId, i64)]) -> Result<Amended, Refusal> {
        let wish = Wish { lines: lines.to_vec(), ..before.wish.clone() };
        let parts = self.parts_of(&wish)?;
        let (has, paid) = match before.status {
            Status::Held => (true, false),
            Status::Paid | Status::Picked => (true, true),
            Status::Waiting | Status::Open => (false, before.paid),
            // It has nothing, and nothing is taken for it: it is over.
            Status::Released | Status::Cancelled | Status::Expired => {
                return Ok((wish, parts, Vec::new()));
            }
        };
        let mut net = BTreeMap::<SkuId, i64>::new();
        for (sku, units) in parts.as_deref().unwrap_or(lines) {
            *net.entry(sku.clone()).or_insert(0) += units;
        }
        for (sku, units) in before.parts().iter().filter(|_| has) {
            *net.entry(sku.clone()).or_insert(0) -= units;
        }
        let more: Vec<(SkuId, i64)> =
            net.iter().filter(|(_, units)| **units > 0).map(|(sku, units)| (sku.clone(), *units)).collect();
        let short = self.shortages(&more);
        if !short.is_empty() {
            return Err(Refusal::Short(short));
        }
        if before.status == Status::Open {
            return Ok((wish, parts, Vec::new()));
        }
        let (take, back) =
            if paid { (Kind::Sold, Kind::Returned) } else { (Kind::Reserved, Kind::Unreserved) };
        let moves = net.into_iter().filter(|(_, units)| *units != 0).map(|(sku, units)| {
            if units > 0 {
                (sku, units, take, Reason::Order)
            } else {
                (sku, -units, back, Reason::Correction)
            }
        });
        Ok((wish, parts, moves.collect()))
    }
}

/// The wish, its parts where these are something else than its lines, and what moves.
type Amended = (Wish, Option<Vec<(SkuId, i64)>>, Vec<Move>);
