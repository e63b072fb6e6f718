//! Taking notices, each once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use livehand_compliance::personal::Class;
use livehand_kernel::{CustomerId, DeliveryId, Millis, Phrase};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::deliveries::Step;
use livehand_storage::orders::{NoticeRow, OrderRow};
use livehand_trade::orders::{Notice, Order, State};

use super::promise::{Moment, Then, promise};
use super::settle::settle;
use super::{NewOrderNotice, OrderTaken};
use crate::audit::Entry;
use crate::error::Fault;
use crate::privacy::{Checked, Keeper, NotKept, checked, unreadable};
use crate::{App, Error, NewDelivery};

/// How often it is looked again at what was promised, when an order changes meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// A notice that was checked, on its way into the database.
pub(super) struct Incoming {
    /// Who delivers it.
    pub source: String,
    /// What it says.
    pub notice: Notice,
    /// Keyed hashes of what was delivered, by each of the keys that may have been used; the first is kept.
    pub digests: Vec<Vec<u8>>,
    /// Whether it is made up.
    synthetic: bool,
    recipient: Option<Checked>,
}

impl Incoming {
    /// Checks what was delivered; what stood in a wrong field is not repeated.
    pub fn checked(
        source: &str,
        new: NewOrderNotice,
        digests: Vec<Vec<u8>>,
        now: Millis,
    ) -> Result<Self, Error> {
        let NewOrderNotice { mut notice, recipient } = new;
        notice.whom = recipient.is_some();
        let mut faults: Vec<Fault> = match notice.check(now) {
            Ok(()) => Vec::new(),
            Err(faults) => faults.into_iter().map(|it| hidden(&it.field, it.expected)).collect(),
        };
        let mut kept = None;
        if let (Some(recipient), true) = (recipient, faults.is_empty()) {
            let id = DeliveryId(format!("{}:{}", notice.platform, notice.number));
            let bought = notice.reached.values().min().copied();
            match checked(&[NewDelivery { id, class: Class::Order, at: bought, recipient }], now) {
                Ok(mut checked) => kept = checked.pop(),
                Err(Error::Invalid(wrong)) => faults.extend(wrong.into_iter().map(bare)),
                Err(other) => return Err(other),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(Self { source: source.to_owned(), notice, digests, synthetic: false, recipient: kept })
    }

    /// The same of an audience that is made up.
    pub fn made_up(self) -> Self {
        Self { synthetic: true, ..self }
    }

    /// Whether something of it is kept sealed.
    pub fn has_recipient(&self) -> bool {
        self.recipient.is_some()
    }

    /// The id of its order.
    pub fn order(&self) -> String {
        format!("{}:{}", self.notice.platform, self.notice.number)
    }
}

/// A wrong field, without what stood in it.
pub(super) fn hidden(field: &str, expected: Phrase) -> Fault {
    let found = Phrase::new("something else", "其他内容");
    Fault { line: None, error: FieldError::new(field, expected, found) }
}

/// A fault of the only delivery, named as a notice names it.
fn bare(mut fault: Fault) -> Fault {
    if let Some(field) = fault.error.field.strip_prefix("deliveries[0].") {
        fault.error.field = if field == "id" { "number".to_owned() } else { field.to_owned() };
    }
    fault
}

impl App {
    /// Takes notices: all of them, or none. One that was taken before is answered as it was then. With `apply` false
    /// nothing is written, and the answer is what would become of them.
    ///
    /// # Errors
    /// [`Error::Conflict`] with the codes `no_personal_data_key` and `personal_data_unreadable`, [`Error::Reused`].
    pub(super) async fn take(
        &self,
        entry: Entry,
        incoming: &[Incoming],
        apply: bool,
    ) -> Result<Vec<OrderTaken>, Error> {
        let keeper = if incoming.iter().any(Incoming::has_recipient) { Some(self.keeper()?) } else { None };
        let keeper = keeper.as_ref();
        for _ in 0..ATTEMPTS_MAX {
            let moments = &self.moments(incoming).await?;
            let (moved, previewed) = (&AtomicBool::new(false), &Mutex::new(None));
            let done = self.decided(entry.clone(), move |tx| async move {
                let mut taken = Vec::with_capacity(incoming.len());
                for it in incoming {
                    match self.take_one(&tx, it, keeper, moments).await {
                        Ok(one) => taken.push(one),
                        Err(Stop::Moved) => {
                            moved.store(true, Ordering::Relaxed);
                            return Ok(Ok(None));
                        }
                        Err(Stop::Refused(error)) => return Ok(Err(error)),
                        Err(Stop::Storage(error)) => return Err(error),
                    }
                }
                // Of what is known nothing is written, and so no audit row either.
                if !apply || taken.iter().all(|it| it.again) {
                    *previewed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(taken);
                    return Ok(Ok(None));
                }
                Ok(Ok(Some(taken)))
            });
            if let Some(taken) = done.await? {
                self.order_stock.wake();
                self.order_checks.wake();
                return Ok(taken);
            }
            let previewed = previewed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let Some(taken) = previewed {
                return Ok(taken);
            }
            if !moved.load(Ordering::Relaxed) {
                return Err(Error::Internal("notices were neither taken nor refused"));
            }
        }
        Err(Error::Storage(storage::Error::Busy))
    }

    /// What the rooms showed at the moments in which the orders were bought. It is looked up before the transaction,
    /// because a room is no table.
    async fn moments(&self, incoming: &[Incoming]) -> Result<Vec<Then>, Error> {
        let (mut wanted, mut orders) = (BTreeMap::new(), BTreeMap::new());
        let tx = self.db.read().await?;
        for it in incoming {
            let id = it.order();
            if !orders.contains_key(&id) {
                let known = storage::orders::find(&tx, &id).await?;
                let new = || (Order::new(&it.notice.platform, &it.notice.number), None);
                orders.insert(id.clone(), known.map_or_else(new, |row| (row.order, row.show)));
            }
            if let Some((order, show)) = orders.get_mut(&id) {
                order.apply(&it.notice);
                let moment = Moment::of(&tx, order, show.clone()).await?;
                show.clone_from(&moment.show);
                // Of made-up audiences there are too many to look at the room for each of their orders.
                wanted.insert(moment, !it.synthetic);
            }
        }
        drop(tx);
        let mut found = Vec::with_capacity(wanted.len());
        for (moment, look) in wanted {
            found.push(if look { self.then(moment).await } else { Then::not_looked_up(moment) });
        }
        Ok(found)
    }

    async fn take_one(
        &self,
        tx: &Tx,
        it: &Incoming,
        keeper: Option<&Keeper>,
        moments: &[Then],
    ) -> Result<OrderTaken, Stop> {
        let (notice, now) = (&it.notice, self.clock.now());
        if let Some(known) = storage::orders::find_notice(tx, &it.source, &notice.id).await? {
            return answered(known, &it.digests);
        }
        let known = storage::orders::find(tx, &it.order()).await?;
        let mut row = known.clone().unwrap_or_else(|| OrderRow {
            order: Order::new(&notice.platform, &notice.number),
            customer: None,
            show: None,
            promise: None,
            synthetic: it.synthetic,
            taken_at: now,
            changed_at: now,
        });
        let took = row.order.apply(notice);
        let moment = Moment::of(tx, &row.order, row.show.clone()).await?;
        let then = moments.iter().find(|then| then.moment == moment).ok_or(Stop::Moved)?;
        row.show.clone_from(&moment.show);
        row.promise = Some(promise(tx, &row.order, then).await?);
        let mut source = None;
        if let (Some(keeper), Some(recipient), true) = (keeper, &it.recipient, row.order.goes_by(notice)) {
            // What was put right since is not overwritten by what its source says once more.
            if !is_told(tx, keeper, &row.order, recipient).await? {
                row.customer = Some(keep(tx, keeper, recipient).await?);
                source = Some(readable(keeper.print(recipient.recipient()))?);
            }
        }
        let changed = known.as_ref().is_none_or(|known| *known != row);
        if changed {
            row.changed_at = now;
            storage::orders::save(tx, &row).await?;
            note_steps(tx, &row.order).await?;
            crate::trade::fulfilment::learn(tx, &row.order).await?;
            settle(tx, &row).await?;
            crate::trade::verification::due(tx, &row, now).await?;
            storage::orders::stock_is_due(tx, &row.order.id()).await?;
        }
        if let Some(print) = source {
            storage::order_checks::note_source(tx, &row.order.id(), &print).await?;
        }
        let taken = OrderTaken { order: row.order.id(), took, state: row.order.state(), again: false };
        let noted = NoticeRow {
            source: it.source.clone(),
            id: notice.id.clone(),
            order: taken.order.clone(),
            digest: it.digests.first().cloned().unwrap_or_default(),
            took,
            state: taken.state,
            received_at: now,
        };
        storage::orders::insert_notice(tx, &noted).await?;
        Ok(taken)
    }
}

/// Why one notice stops all of them.
enum Stop {
    /// The order changed since it was looked at what was promised.
    Moved,
    Refused(Error),
    Storage(storage::Error),
}

impl From<storage::Error> for Stop {
    fn from(error: storage::Error) -> Self {
        Stop::Storage(error)
    }
}

/// The answer that a notice got when it was taken; the same id with something else in it is an error of the sender.
fn answered(known: NoticeRow, digests: &[Vec<u8>]) -> Result<OrderTaken, Stop> {
    if digests.contains(&known.digest) {
        return Ok(OrderTaken { order: known.order, took: known.took, state: known.state, again: true });
    }
    Err(Stop::Refused(Error::Reused {
        code: "notice_reused",
        explanation: Phrase::new(
            "This id was used for another notice; a new notice needs a new id",
            "该通知编号已用于其他内容，新的通知请使用新的编号",
        ),
    }))
}

fn readable<T>(kept: Result<T, NotKept>) -> Result<T, Stop> {
    kept.map_err(|error| match error {
        NotKept::Unreadable => Stop::Refused(unreadable()),
        NotKept::Storage(error) => Stop::Storage(error),
    })
}

/// Whether the source of an order said before that it goes to this recipient.
async fn is_told(tx: &Tx, keeper: &Keeper, order: &Order, recipient: &Checked) -> Result<bool, Stop> {
    let check = storage::order_checks::find(tx, &[&order.id()]).await?.into_iter().next();
    match check.and_then(|check| check.source_print) {
        Some(print) => readable(keeper.is_print(recipient.recipient(), &print)),
        None => Ok(false),
    }
}

async fn keep(tx: &Tx, keeper: &Keeper, recipient: &Checked) -> Result<CustomerId, Stop> {
    match keeper.keep(tx, recipient).await {
        Ok(kept) => Ok(kept.customer),
        Err(NotKept::Unreadable) => Err(Stop::Refused(unreadable())),
        Err(NotKept::Storage(error)) => Err(Stop::Storage(error)),
    }
}

/// Notes how far the order's delivery has come, from which follows how long personal data is kept.
async fn note_steps(tx: &Tx, order: &Order) -> Result<(), storage::Error> {
    let id = DeliveryId(order.id());
    let ended = match order.state() {
        State::Refunded => Some(order.state_at()),
        _ => order.at(State::Closed),
    };
    let steps = [
        (Step::Shipped, order.at(State::Shipped)),
        (Step::Received, order.at(State::Completed)),
        (Step::Closed, ended),
    ];
    for (step, at) in steps {
        if let Some(at) = at {
            storage::deliveries::step(tx, &id, step, at).await?;
        }
    }
    Ok(())
}
