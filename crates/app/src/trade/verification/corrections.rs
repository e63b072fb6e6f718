//! Corrections of what an order contains, by the queue or by an intercept: the reservation follows in the same transaction,
//! and what it costs more or less is said.
//!
//! A correction that needs what is sold out is refused, and the order keeps what it had: a buyer who is promised what is not
//! there would wait for a restock that nobody plans, and what they bought would be gone to somebody else meanwhile.

use std::collections::BTreeMap;

use livehand_kernel::{FactKey, Fen, Millis, Phrase, ProductId, SkuId};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::{Hold, HoldKind, HoldReason};
use livehand_trade::orders::{Order, State};
use livehand_trade::verification::{
    CorrectedLine, Difference, Finding, Fix, PriceOf, Settlement, contents, difference, settled, standing,
};
use tokio::sync::Mutex;

use super::decide::{Held, Stop, conflict};
use super::gather::was_so;
use super::run::stands;
use crate::trade::intake::booked;
use crate::trade::reservation::{StockTurn, ToHave, refused};
use crate::trade::stock::load_recipes;
use crate::{App, Error, Fault};

/// A turn of the stock that a transaction works with, as often as it is tried.
pub(in crate::trade) type Exchanging<'a> = Mutex<StockTurn<'a>>;

/// What an order contains otherwise from now on.
pub(in crate::trade) struct Correcting<'a> {
    /// The order.
    pub order: &'a OrderRow,
    /// The corrections that stand.
    pub before: &'a [CorrectedLine],
    /// Those that are to stand.
    pub after: &'a [CorrectedLine],
    /// Who asks.
    pub by: &'a By,
    /// When.
    pub at: Millis,
}

impl Correcting<'_> {
    /// Units of each SKU, before and after.
    fn units(&self) -> BTreeMap<SkuId, (i64, i64)> {
        let mut units = BTreeMap::<SkuId, (i64, i64)>::new();
        for it in contents(&self.order.order, self.before) {
            units.entry(it.sku).or_default().0 += it.quantity;
        }
        for it in contents(&self.order.order, self.after) {
            units.entry(it.sku).or_default().1 += it.quantity;
        }
        units
    }

    /// How much more it costs; nothing if a price of that second is not known.
    pub async fn difference(&self, tx: &Tx) -> Result<Option<Fen>, storage::Error> {
        let (order, at) = (&self.order.order, self.order.order.bought_at());
        let before = contents(order, self.before);
        let mut prices = Vec::new();
        // What is added is given: a gift, or what makes something good.
        for new in contents(order, self.after).iter().filter(|it| it.line.is_some()) {
            let Some(old) = before.iter().find(|it| it.line == new.line) else { continue };
            if (&old.sku, old.quantity) != (&new.sku, new.quantity) {
                prices.push(PriceOf {
                    before: price_at(tx, &old.sku, at).await?,
                    units_before: old.quantity,
                    after: price_at(tx, &new.sku, at).await?,
                    units_after: new.quantity,
                });
            }
        }
        Ok(difference(&prices))
    }

    /// The difference with what was said of it.
    pub async fn settled(&self, tx: &Tx, said: Option<Settlement>) -> Result<Option<Difference>, Stop> {
        settled(self.difference(tx).await?, said).map_err(|why| {
            let found = said.map_or(Phrase::new("nothing", "未填写"), |it| Phrase::literal(it.code()));
            let error = FieldError::new("difference", why.words(), found);
            Stop::Refused(Error::Refused {
                code: "price_difference",
                explanation: why.words(),
                faults: vec![Fault { line: None, error }],
            })
        })
    }

    /// What it is to have of the stock.
    async fn to_have(&self, tx: &Tx, turn: &mut StockTurn<'_>, id: &str) -> Result<Vec<(SkuId, i64)>, Stop> {
        let recipes = load_recipes(tx).await?;
        let mut counted = BTreeMap::new();
        let Some(wished) = turn.wished(tx, id).await? else {
            let wanted = wanted(&self.order.order, self.after, self.at);
            return Ok(booked(tx, &recipes, &wanted, &mut counted).await?);
        };
        let mut lines: BTreeMap<SkuId, i64> = wished.into_iter().collect();
        for (sku, (before, after)) in self.units() {
            if after > before {
                let more = [(sku, after - before, self.at)];
                for (sku, units) in booked(tx, &recipes, &more, &mut counted).await? {
                    *lines.entry(sku).or_insert(0) += units;
                }
            } else if let Some(units) = lines.get_mut(&sku) {
                *units -= before - after;
            }
        }
        Ok(lines.into_iter().filter(|(_, units)| *units > 0).collect())
    }

    /// Lets the reservation follow, or with `only_ask` says whether it could.
    pub async fn exchange(&self, tx: &Tx, turn: &Exchanging<'_>, only_ask: bool) -> Result<(), Stop> {
        if self.units().values().all(|(before, after)| before == after) {
            return Ok(());
        }
        let (turn, id) = (&mut *turn.lock().await, self.order.order.id());
        let to = ToHave {
            lines: self.to_have(tx, turn, &id).await?,
            order: &id,
            paid: self.order.order.state() == State::Paid,
            by: self.by.person.as_ref(),
            at: self.at,
        };
        let done = if only_ask { turn.could_exchange(&to) } else { turn.exchange(&to) };
        done.map_err(|refusal| Stop::Refused(refused(refusal)))?;
        if !only_ask {
            turn.write(tx).await?;
        }
        Ok(())
    }
}

/// Each SKU of an order with the moment since when it is wanted: what was corrected, since then.
pub(in crate::trade) fn wanted(
    order: &Order,
    corrected: &[CorrectedLine],
    corrected_at: Millis,
) -> Vec<(SkuId, i64, Millis)> {
    let bought = order.bought_at();
    let since = |corrected: bool| if corrected { corrected_at } else { bought };
    contents(order, corrected)
        .into_iter()
        .map(|it| {
            let since = since(it.corrected);
            (it.sku, it.quantity, since)
        })
        .collect()
}

impl App {
    /// Lets what follows from a decision follow: the stock, the price, and the hold until the buyer paid.
    pub(in crate::trade) async fn correct_contents(
        &self,
        tx: &Tx,
        turn: &Exchanging<'_>,
        it: &Correcting<'_>,
        said: Option<Settlement>,
    ) -> Result<Option<Difference>, Stop> {
        let difference = it.settled(tx, said).await?;
        it.exchange(tx, turn, false).await?;
        self.await_payment(tx, it, difference).await?;
        Ok(difference)
    }

    /// Holds an order until its buyer paid what it costs more.
    pub(in crate::trade) async fn await_payment(
        &self,
        tx: &Tx,
        it: &Correcting<'_>,
        difference: Option<Difference>,
    ) -> Result<(), Stop> {
        if difference.is_some_and(|it| it.settlement == Settlement::Pay) {
            let cause = HoldReason::Difference.code().to_owned();
            let hold = Hold { kind: HoldKind::ByHand, cause, since: it.at };
            self.place_hold(tx, &it.order.order.id(), hold, it.by.clone()).await?;
        }
        Ok(())
    }

    /// How much more an order would cost with the fixes that are proposed for its lines; nothing without any.
    pub(super) async fn proposed_difference(
        &self,
        tx: &Tx,
        order: &OrderRow,
        decisions: &[DecisionRow],
        findings: &[Finding],
    ) -> Result<Option<Fen>, storage::Error> {
        let lines = line_fixes(order, findings);
        if lines.is_empty() {
            return Ok(None);
        }
        let before = corrected(decisions);
        let after = standing(before.iter().chain(&lines));
        let nobody = By { person: None, name: String::new() };
        let it = Correcting { order, before: &before, after: &after, by: &nobody, at: Millis(0) };
        it.difference(tx).await
    }
}

/// What is sent instead of lines, by decisions that stand; the last word on a line counts.
pub(in crate::trade) fn corrected(decisions: &[DecisionRow]) -> Vec<CorrectedLine> {
    standing(decisions.iter().filter(|row| stands(row)).flat_map(|row| &row.lines))
}

/// When the contents of an order were corrected last.
pub(in crate::trade) fn corrected_at(decisions: &[DecisionRow]) -> Option<Millis> {
    decisions.iter().filter(|row| stands(row) && !row.lines.is_empty()).map(|row| row.at).max()
}

/// The live price of a SKU at a moment: its own or, without one, its product's.
async fn price_at(tx: &Tx, sku: &SkuId, at: Millis) -> Result<Option<Fen>, storage::Error> {
    let row = storage::skus::find(tx, sku).await?;
    let own = row.is_some().then(|| sku.clone());
    let product = row.map_or_else(|| ProductId(sku.0.clone()), |row| row.product_id);
    for sku in [own, None] {
        let key = FactKey { product: product.clone(), sku, field: "live_price".to_owned() };
        let history = storage::facts::history(tx, &key).await?;
        let then = history.iter().find(|row| was_so(row, at)).and_then(|row| row.fact.value.as_i64());
        if let Some(fen) = then {
            return Ok(Some(Fen(fen)));
        }
    }
    Ok(None)
}

fn line_fixes(order: &OrderRow, findings: &[Finding]) -> Vec<CorrectedLine> {
    let fix = |finding: &Finding| match &finding.fix {
        Some(Fix::Line { line, sku }) => {
            let quantity = order.order.lines().find(|it| it.id == *line).map_or(1, |it| it.quantity);
            Some(CorrectedLine { line: Some(line.clone()), sku: sku.clone(), quantity })
        }
        _ => None,
    };
    findings.iter().filter(|it| it.asks()).filter_map(fix).collect()
}

/// What accepting the fixes sends instead of the lines, or adds to them.
pub(super) fn fixed_lines(held: &Held, asked: &[Finding]) -> Result<Vec<CorrectedLine>, Stop> {
    let mut lines = Vec::new();
    for finding in asked {
        match &finding.fix {
            None => {
                return Err(conflict(
                    "no_fix",
                    "Not everything that was found has a fix; correct it by hand or keep it",
                    "有的问题没有可采纳的修正，请手工修正或维持原样",
                ));
            }
            Some(Fix::Recipient) => {}
            Some(Fix::Line { line, sku }) => {
                let quantity = held.order.order.lines().find(|it| it.id == *line).map_or(1, |it| it.quantity);
                lines.push(CorrectedLine { line: Some(line.clone()), sku: sku.clone(), quantity });
            }
            Some(Fix::Gift { sku, quantity }) => {
                lines.push(CorrectedLine { line: None, sku: sku.clone(), quantity: *quantity });
            }
        }
    }
    Ok(lines)
}

/// Refuses lines that the order does not have, and SKUs that nobody sells.
pub(super) async fn known_lines(tx: &Tx, held: &Held, lines: &[CorrectedLine]) -> Result<(), Stop> {
    for (place, line) in lines.iter().enumerate() {
        let own = line.line.as_ref().is_none_or(|id| held.order.order.lines().any(|it| it.id == *id));
        let sku = storage::skus::find(tx, &line.sku).await?.is_some_and(|row| row.is_in_use());
        let product = livehand_kernel::ProductId(line.sku.0.clone());
        let sold = sku || storage::products::find(tx, &product).await?.is_some();
        if !own || !sold {
            let field = format!("lines[{place}].{}", if own { "sku" } else { "line" });
            let expected = Phrase::new("one that there is", "已有的订单行或在售规格");
            let found = Phrase::literal(livehand_kernel::display_text(line.sku.as_str()));
            return Err(Stop::Refused(Error::field(&field, expected, found)));
        }
    }
    Ok(())
}
