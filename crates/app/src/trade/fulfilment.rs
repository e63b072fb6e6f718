//! 履约: moving orders on from node to node, and what holds them. Checks and interceptions place and lift their holds in the
//! same table, in transactions of their own.

use std::collections::{BTreeMap, BTreeSet};

use livehand_compliance::Action;
use livehand_kernel::{Phrase, new_uuid};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::fulfilments::{FulfilmentFilter, WaveRow};
use livehand_storage::holds::{By, HoldRow};
use livehand_trade::fulfilment::{Fulfilment, Hold, HoldKind, HoldReason, Node, Refusal, may_go};
use livehand_trade::orders::Order;
use livehand_trade::verification::CorrectedLine;

use super::verification::corrected;
use crate::audit::Entry;
use crate::prepare::page_size;
use crate::{App, Caller, Error, Fault};

/// Orders in one request, at most.
pub const ORDERS_MAX: usize = 500;

/// Orders that are to be moved on.
#[derive(Clone, Debug)]
pub struct FulfilmentMove {
    /// Their ids.
    pub orders: Vec<String>,
    /// How far they have come.
    pub node: Node,
    /// Whether those that may go on do, and the others are named; otherwise one that may not stops them all.
    pub skip_refused: bool,
}

/// An order that was not moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMoved {
    /// Its id.
    pub order: String,
    /// Why not.
    pub refusal: Refusal,
}

/// What became of orders that were to be moved on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FulfilmentMoved {
    /// Orders that were moved.
    pub moved: Vec<String>,
    /// Orders that had come as far before.
    pub again: Vec<String>,
    /// Orders that may not go on.
    pub refused: Vec<NotMoved>,
}

/// How far an order has come, and everything that ever held it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfilmentView {
    /// How far.
    pub fulfilment: Fulfilment,
    /// Its holds, the first first; those that were lifted say so.
    pub holds: Vec<HoldRow>,
    /// Whether it was checked since it changed.
    pub checked: bool,
    /// What is sent instead of its lines, or added to them.
    pub corrected: Vec<CorrectedLine>,
}

/// Which orders to list by where they are.
#[derive(Clone, Debug)]
pub struct WaveQuery {
    /// Where they are.
    pub node: Node,
    /// Only those that are held, or only those that are not.
    pub held: Option<bool>,
    /// Part of the number.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub limit: Option<i64>,
}

/// An order in such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveOrder {
    /// The order.
    pub row: WaveRow,
    /// How far it has come.
    pub fulfilment: Fulfilment,
    /// What holds it.
    pub holds: Vec<HoldRow>,
    /// Whether it was checked since it changed.
    pub checked: bool,
    /// What is sent instead of its lines, or added to them.
    pub corrected: Vec<CorrectedLine>,
}

/// A page of orders by where they are, those that were bought first come first.
#[derive(Clone, Debug)]
pub struct WavePage {
    /// The orders.
    pub orders: Vec<WaveOrder>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

/// Whoever asks, as holds name them.
pub(crate) fn by(caller: &Caller) -> By {
    By { person: Some(caller.person()), name: caller.name() }
}

impl App {
    /// Moves orders on. With `skip_refused` false one that may not go on stops them all.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::NotFound`], [`Error::Refused`] with `order_held`, `order_not_paid`
    /// or `order_ended` and each order that may not go on.
    pub async fn move_fulfilment(
        &self,
        caller: &Caller,
        wanted: FulfilmentMove,
    ) -> Result<FulfilmentMoved, Error> {
        caller.require(Action::MoveFulfilment)?;
        let FulfilmentMove { orders, node, skip_refused } = wanted;
        let orders = &checked(orders)?;
        if node == Node::ToPrint {
            let expected = Phrase::new("a node further on", "后续节点");
            return Err(Error::field("node", expected, Phrase::literal(node.code())));
        }
        let now = self.clock.now();
        let detail = serde_json::json!({ "node": node.code(), "orders": orders });
        let entry = Entry::of(caller, "move_fulfilment", node.code()).with(detail);
        let done = self.decided(entry, move |tx| async move {
            let mut done = FulfilmentMoved::default();
            let mut standings = match standings(&tx, orders).await? {
                Ok(standings) => standings,
                Err(unknown) => return Ok(Err(Error::not_found("order", unknown))),
            };
            for (order, standing) in orders.iter().zip(&mut standings) {
                match standing.fulfilment.advance(node, standing.order.state(), &standing.holds, now) {
                    Ok(true) => {
                        storage::fulfilments::save(&tx, order, &standing.fulfilment).await?;
                        note_collected(&tx, order, &standing.fulfilment).await?;
                        if node >= Node::Out {
                            storage::orders::stock_is_due(&tx, order).await?;
                        }
                        done.moved.push(order.clone());
                    }
                    Ok(false) => done.again.push(order.clone()),
                    Err(refusal) => done.refused.push(NotMoved { order: order.clone(), refusal }),
                }
            }
            match refused(orders, &done) {
                Some(error) if !skip_refused || done.moved.len() + done.again.len() == 0 => Ok(Err(error)),
                _ if done.moved.is_empty() => Ok(Ok(None)),
                _ => Ok(Ok(Some(done))),
            }
        });
        match done.await? {
            Some(done) => {
                self.order_stock.wake();
                Ok(done)
            }
            // Nothing was there to be done, which leaves no trace.
            None => self.already(orders, node).await,
        }
    }

    async fn already(&self, orders: &[String], node: Node) -> Result<FulfilmentMoved, Error> {
        let tx = self.db.read().await?;
        let mut done = FulfilmentMoved::default();
        for (order, it) in orders.iter().zip(standings(&tx, orders).await?.unwrap_or_default()) {
            match may_go(it.order.state(), &it.holds) {
                Err(refusal) if it.fulfilment.node() < node => {
                    done.refused.push(NotMoved { order: order.clone(), refusal });
                }
                _ => done.again.push(order.clone()),
            }
        }
        Ok(done)
    }

    /// Stops orders by hand, or lets them go on again; how many that changed.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::NotFound`].
    pub async fn hold_orders(
        &self,
        caller: &Caller,
        orders: Vec<String>,
        reason: HoldReason,
        hold: bool,
    ) -> Result<u64, Error> {
        caller.require(Action::HoldOrders)?;
        let orders = &checked(orders)?;
        let (now, by) = (self.clock.now(), &by(caller));
        let action = if hold { "hold_orders" } else { "release_orders" };
        let detail = serde_json::json!({ "reason": reason.code(), "orders": orders });
        let entry = Entry::of(caller, action, reason.code()).with(detail);
        let done = self.decided(entry, move |tx| async move {
            if let Err(unknown) = standings(&tx, orders).await? {
                return Ok(Err(Error::not_found("order", unknown)));
            }
            let mut changed = 0;
            for order in orders {
                changed += if hold {
                    let hold = Hold { kind: HoldKind::ByHand, cause: reason.code().to_owned(), since: now };
                    u64::from(self.place_hold(&tx, order, hold, by.clone()).await?)
                } else {
                    storage::holds::lift(&tx, order, HoldKind::ByHand, Some(reason.code()), now, by).await?
                };
            }
            Ok(Ok((changed > 0).then_some(changed)))
        });
        Ok(done.await?.unwrap_or(0))
    }

    /// Places a hold as part of a transaction; false if the order is held for that already.
    pub(crate) async fn place_hold(
        &self,
        tx: &Tx,
        order: &str,
        hold: Hold,
        placed: By,
    ) -> Result<bool, storage::Error> {
        let id = new_uuid(hold.since, &*self.entropy);
        let row = HoldRow { id, order: order.to_owned(), hold, placed, lifted: None };
        storage::holds::place(tx, &row).await
    }

    /// Orders by where they are: what is to be printed, what lies in the warehouse, what is on its way.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_fulfilment(&self, caller: &Caller, query: WaveQuery) -> Result<WavePage, Error> {
        caller.require(Action::ViewOrders)?;
        let limit = page_size(query.limit)?;
        let filter = FulfilmentFilter {
            node: query.node,
            held: query.held,
            search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            after: query.after.as_deref().map(super::intake::cursor).transpose()?,
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut rows = storage::fulfilments::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|last| format!("{}:{}", last.bought_at, last.id));
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let mut fulfilments = storage::fulfilments::find(&tx, &ids).await?;
        let mut holds = by_order(storage::holds::standing(&tx, &ids).await?);
        let unchecked = super::verification::unchecked(&tx, &ids).await?;
        let decisions = storage::order_decisions::of_orders(&tx, &ids).await?;
        let own = |id: &str| decisions.iter().filter(|it| it.order == id).cloned().collect::<Vec<_>>();
        let orders = rows.iter().cloned().map(|row| WaveOrder {
            fulfilment: fulfilments.remove(&row.id).unwrap_or_default(),
            holds: holds.remove(&row.id).unwrap_or_default(),
            checked: !unchecked.contains_key(&row.id),
            corrected: corrected(&own(&row.id)),
            row,
        });
        Ok(WavePage { orders: orders.collect(), next })
    }
}

/// How far an order has come, and what held it.
pub(super) async fn view(tx: &Tx, order: &str) -> Result<FulfilmentView, storage::Error> {
    let fulfilment = storage::fulfilments::find(tx, &[order]).await?.remove(order).unwrap_or_default();
    let decisions = storage::order_decisions::of_orders(tx, &[order]).await?;
    Ok(FulfilmentView {
        fulfilment,
        holds: storage::holds::of_order(tx, order).await?,
        checked: super::verification::unchecked(tx, &[order]).await?.is_empty(),
        corrected: corrected(&decisions),
    })
}

/// Whether an order may be picked, labelled and sent; one that is not known here is nobody's business.
pub(crate) async fn stopped(tx: &Tx, order: &str) -> Result<Option<Refusal>, storage::Error> {
    let found = standings(tx, std::slice::from_ref(&order.to_owned())).await?;
    let standing = found.ok().and_then(|mut found| found.pop());
    Ok(standing.and_then(|it| may_go(it.order.state(), &it.holds).err()))
}

/// Takes down what a notice says of the parcel.
pub(super) async fn learn(tx: &Tx, order: &Order) -> Result<(), storage::Error> {
    let (id, state) = (order.id(), order.state());
    if Node::implied(state).is_none() {
        return Ok(());
    }
    let mut fulfilment = storage::fulfilments::find(tx, &[&id]).await?.remove(&id).unwrap_or_default();
    if fulfilment.learn(state, order.state_at()) {
        storage::fulfilments::save(tx, &id, &fulfilment).await?;
    }
    Ok(())
}

/// From what follows how long personal data is kept: the label is not needed once a carrier has the parcel.
async fn note_collected(tx: &Tx, order: &str, fulfilment: &Fulfilment) -> Result<(), storage::Error> {
    let Some(at) = fulfilment.at(Node::Collected).or(fulfilment.at(Node::Delivering)) else { return Ok(()) };
    let id = livehand_kernel::DeliveryId(order.to_owned());
    storage::deliveries::step(tx, &id, storage::deliveries::Step::Shipped, at).await?;
    Ok(())
}

/// An order with where it stands.
struct Standing {
    order: Order,
    fulfilment: Fulfilment,
    holds: Vec<Hold>,
}

/// Where orders stand, in the order of the ids; the first id that no order has.
async fn standings(tx: &Tx, ids: &[String]) -> Result<Result<Vec<Standing>, String>, storage::Error> {
    let keys: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut fulfilments = storage::fulfilments::find(tx, &keys).await?;
    let mut holds = by_order(storage::holds::standing(tx, &keys).await?);
    let mut unchecked = super::verification::unchecked(tx, &keys).await?;
    let rows = storage::orders::find_all(tx, &keys).await?;
    let mut rows: BTreeMap<String, _> = rows.into_iter().map(|row| (row.order.id(), row)).collect();
    let mut standings = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(row) = rows.remove(id) else { return Ok(Err(id.clone())) };
        standings.push(Standing {
            order: row.order,
            fulfilment: fulfilments.remove(id).unwrap_or_default(),
            holds: (holds.remove(id).unwrap_or_default().into_iter())
                .map(|it| it.hold)
                .chain(unchecked.remove(id))
                .collect(),
        });
    }
    Ok(Ok(standings))
}

fn by_order(rows: Vec<HoldRow>) -> BTreeMap<String, Vec<HoldRow>> {
    let mut grouped = BTreeMap::<String, Vec<HoldRow>>::new();
    for row in rows {
        grouped.entry(row.order.clone()).or_default().push(row);
    }
    grouped
}

fn checked(mut orders: Vec<String>) -> Result<Vec<String>, Error> {
    if orders.is_empty() || orders.len() > ORDERS_MAX {
        let expected = Phrase::new(format!("1 to {ORDERS_MAX}"), format!("1 到 {ORDERS_MAX} 个"));
        return Err(Error::field("orders", expected, Phrase::literal(orders.len().to_string())));
    }
    let mut seen = BTreeSet::new();
    orders.retain(|order| seen.insert(order.clone()));
    Ok(orders)
}

/// All orders that may not go on, as one refusal.
fn refused(orders: &[String], done: &FulfilmentMoved) -> Option<Error> {
    let first = done.refused.first()?;
    let faults = done.refused.iter().map(|it| {
        let place = orders.iter().position(|order| *order == it.order).unwrap_or(0);
        let error = FieldError::new(
            &format!("orders[{place}]"),
            it.refusal.phrase(),
            Phrase::literal(it.order.clone()),
        );
        Fault { line: None, error }
    });
    let (count, of) = (done.refused.len(), orders.len());
    Some(Error::Refused {
        code: first.refusal.code(),
        explanation: Phrase::new(
            format!("{count} of {of} orders may not go on; nothing was changed"),
            format!("{of} 个订单中有 {count} 个不能继续，未做任何更改"),
        ),
        faults: faults.collect(),
    })
}
