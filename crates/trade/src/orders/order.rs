//! The one order that all notices of it make.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, Millis, ShowId};
use serde::{Deserialize, Serialize};

use super::{Line, Notice, State};
use crate::stock::codes;

/// What was said last: by the time that the notice speaks of, and among equal times by the notice's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Said<T> {
    at: Millis,
    notice: String,
    value: T,
}

fn join<T: Ord>(known: &mut Option<Said<T>>, said: Said<T>) {
    // The value decides last, so that even one id with two values is the same whichever comes first.
    let later = known.as_ref().is_none_or(|it| {
        (it.at, it.notice.as_str(), &it.value) < (said.at, said.notice.as_str(), &said.value)
    });
    if later {
        *known = Some(said);
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Where it was placed.
    pub platform: String,
    /// Its number there.
    pub number: String,
    /// When each state was first reached.
    reached: BTreeMap<State, Millis>,
    lines: BTreeMap<String, Option<Said<Line>>>,
    paid: Option<Said<Fen>>,
    /// By the id of the refund; nothing for all of the money.
    refunds: BTreeMap<String, Option<Fen>>,
    buyer: Option<Said<String>>,
    show: Option<Said<ShowId>>,
    /// Which notice said last whom it goes to.
    whom: Option<Said<bool>>,
}

codes! {
    /// What a notice did.
    #[cfg_attr(feature = "schema", schema(as = OrderTook))]
    Took {
        /// The order was not known.
        Opened = "opened",
        /// It stands elsewhere now.
        Moved = "moved",
        /// It stands where it stood, and more is known of it.
        Filled = "filled",
        /// It says less than what is known: a state that is past.
        Older = "older",
        /// Everything that it says is known.
        Same = "same",
    }
}

codes! {
    /// Why somebody should look at an order.
    #[cfg_attr(feature = "schema", schema(as = OrderAttention))]
    Attention {
        /// It was paid after it was closed: the money has to go back (关闭后付款).
        PaidAfterClose = "paid_after_close",
        /// More went back than was paid (退款超额).
        RefundedTooMuch = "refunded_too_much",
    }
}

/// What an order has to do with the stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockClaim {
    /// It waits for its payment, and its units with it (待支付占用).
    Hold,
    /// Its units are sold (已售).
    Sold,
    /// Its units left the shelf; what comes back is a return of its own (已出库).
    Left,
    /// Its units never left and are nobody's (未发已退).
    Nothing,
}

impl Order {
    /// One of which nothing is known.
    pub fn new(platform: &str, number: &str) -> Self {
        Self {
            platform: platform.to_owned(),
            number: number.to_owned(),
            reached: BTreeMap::new(),
            lines: BTreeMap::new(),
            paid: None,
            refunds: BTreeMap::new(),
            buyer: None,
            show: None,
            whom: None,
        }
    }

    /// Its id here: platform and number.
    pub fn id(&self) -> String {
        format!("{}:{}", self.platform, self.number)
    }

    /// Takes what a notice of this order says. The same notices give the same order, however often and in whatever order
    /// they come.
    pub fn apply(&mut self, notice: &Notice) -> Took {
        let before = self.clone();
        for (state, at) in &notice.reached {
            let first = self.reached.entry(*state).or_insert(*at);
            *first = (*first).min(*at);
        }
        let (at, id) = (notice.at(), &notice.id);
        for line in &notice.lines {
            let said = Said { at, notice: id.clone(), value: line.clone() };
            join(self.lines.entry(line.id.clone()).or_default(), said);
        }
        if let Some(value) = notice.paid {
            join(&mut self.paid, Said { at, notice: id.clone(), value });
        }
        if let Some(value) = notice.buyer.clone() {
            join(&mut self.buyer, Said { at, notice: id.clone(), value });
        }
        if let Some(value) = notice.show.clone() {
            join(&mut self.show, Said { at, notice: id.clone(), value });
        }
        if notice.whom {
            join(&mut self.whom, Said { at, notice: id.clone(), value: true });
        }
        for refund in &notice.refunds {
            let known = self.refunds.entry(refund.id.clone()).or_insert(refund.fen);
            *known = match (*known, refund.fen) {
                (Some(known), Some(fen)) => Some(known.max(fen)),
                _ => None,
            };
        }
        if before.reached.is_empty() {
            Took::Opened
        } else if self.state() != before.state() {
            Took::Moved
        } else if *self != before {
            Took::Filled
        } else if notice.state() < self.state() {
            Took::Older
        } else {
            Took::Same
        }
    }

    /// Where it stands. Money of which only a part went back leaves it where it stood.
    pub fn state(&self) -> State {
        if self.reached.contains_key(&State::Refunded) && self.is_refunded() {
            return State::Refunded;
        }
        let rest = self.reached.keys().filter(|state| **state != State::Refunded).max().copied();
        // Nothing goes back of what was not paid.
        let least = if self.refunds.is_empty() { State::Created } else { State::Paid };
        rest.map_or(least, |state| state.max(least))
    }

    /// Since when it stands there, as far as that is known.
    pub fn state_at(&self) -> Millis {
        let at = self.at(self.state()).or_else(|| self.reached.values().max().copied());
        at.unwrap_or(Millis(0))
    }

    /// When it first reached a state.
    pub fn at(&self, state: State) -> Option<Millis> {
        self.reached.get(&state).copied()
    }

    /// When it was bought: the first time that is known of it.
    pub fn bought_at(&self) -> Millis {
        self.reached.values().min().copied().unwrap_or(Millis(0))
    }

    /// Its lines, by their ids.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().flatten().map(|said| &said.value)
    }

    /// What was paid for it; nothing if that is not known.
    pub fn paid(&self) -> Option<Fen> {
        let lines = || {
            let all: Option<Vec<i64>> = self.lines().map(|line| line.paid.map(|fen| fen.0)).collect();
            all.filter(|all| !all.is_empty()).map(|all| Fen(all.iter().sum()))
        };
        self.paid.as_ref().map(|said| said.value).or_else(lines)
    }

    /// How much went back. All of it, if that was said or if it comes to as much.
    pub fn refunded(&self) -> Fen {
        if self.refunds.values().any(Option::is_none) {
            return self.paid().unwrap_or_default();
        }
        Fen(self.refunds.values().flatten().map(|fen| fen.0).sum())
    }

    fn is_refunded(&self) -> bool {
        let whole = self.refunds.values().any(Option::is_none);
        whole || self.paid().is_some_and(|paid| !self.refunds.is_empty() && self.refunded() >= paid)
    }

    /// The platform's id of the buyer.
    pub fn buyer(&self) -> Option<&str> {
        self.buyer.as_ref().map(|said| said.value.as_str())
    }

    /// The show that the platform says it belongs to.
    pub fn show(&self) -> Option<&ShowId> {
        self.show.as_ref().map(|said| &said.value)
    }

    /// Whether no other notice said later whom it goes to.
    pub fn goes_by(&self, notice: &Notice) -> bool {
        let last = self.whom.as_ref();
        notice.whom && last.is_some_and(|said| said.at == notice.at() && said.notice == notice.id)
    }

    /// What it has to do with the stock.
    pub fn stock_claim(&self) -> StockClaim {
        let left = self.at(State::Shipped).is_some() || self.at(State::Completed).is_some();
        match self.state() {
            _ if left => StockClaim::Left,
            State::Created => StockClaim::Hold,
            State::Closed | State::Refunded => StockClaim::Nothing,
            State::Paid | State::Shipped | State::Completed => StockClaim::Sold,
        }
    }

    /// Why somebody should look at it.
    pub fn attention(&self) -> Vec<Attention> {
        let mut found = Vec::new();
        let (paid, closed) = (self.at(State::Paid), self.at(State::Closed));
        let late = paid.zip(closed).is_some_and(|(paid, closed)| paid > closed);
        if late && self.state() != State::Refunded {
            found.push(Attention::PaidAfterClose);
        }
        if self.paid().is_some_and(|paid| self.refunded() > paid) {
            found.push(Attention::RefundedTooMuch);
        }
        found
    }
}

#[cfg(test)]
mod tests;
