//! What is done about a parcel: the warehouse confirms or has sent it already, the station or the carrier says what came of
//! it, whoever asked takes it back. And what nobody does: a platform says that it left while everybody thought it lay there.

use livehand_compliance::Action;
use livehand_kernel::{DeliveryId, Millis};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::intercepts::InterceptRow;
use livehand_storage::tickets::EntryRow;
use livehand_trade::fulfilment::{HoldKind, Node};
use livehand_trade::intercepts::{Done, Intercept, NotDone, Road, State};
use livehand_trade::orders::State as OrderState;

use super::{InterceptView, by};
use crate::audit::Entry;
use crate::privacy::{NotKept, unreadable};
use crate::trade::tickets::{entry_by, entry_by_itself};
use crate::trade::verification::Exchanging;
use crate::{App, Caller, Error};

/// Requests that are looked at in one round.
const LOOKED_AT_MAX: i64 = 500;

impl From<NotDone> for Error {
    fn from(why: NotDone) -> Self {
        Error::Conflict { code: why.code(), explanation: why.words() }
    }
}

impl App {
    /// Does a step of a request, with its audit row and the entry in its ticket's record, in one transaction. Before it, the
    /// request learns how far the parcel has come.
    pub(super) async fn step_intercept<F>(
        &self,
        caller: &Caller,
        action: &'static str,
        id: &str,
        words: &str,
        step: F,
    ) -> Result<InterceptView, Error>
    where
        F: Fn(&mut Intercept, Millis) -> Result<(), Error> + Sync,
    {
        self.step_with(caller, None, (action, id, words), step).await?;
        self.intercept(&Caller::Local, id).await
    }

    /// The same with a turn of the stock, where what is in the parcel may change.
    async fn step_with<F>(
        &self,
        caller: &Caller,
        turn: Option<&Exchanging<'_>>,
        (action, id, words): (&'static str, &str, &str),
        step: F,
    ) -> Result<Option<()>, Error>
    where
        F: Fn(&mut Intercept, Millis) -> Result<(), Error> + Sync,
    {
        let now = self.clock.now();
        let (step, entry) = (&step, Entry::of(caller, action, id));
        let done = self.decided(entry, move |tx| async move {
            let Some(mut row) = storage::intercepts::find(&tx, id).await? else {
                return Ok(Err(Error::not_found("intercept", id)));
            };
            let node = node_of(&tx, &row.intercept.order).await?;
            row.intercept.further(node, now, None, "");
            if let Err(error) = step(&mut row.intercept, now) {
                return Ok(Err(error));
            }
            if let Err(error) = self.follow_up(&tx, caller, turn, &mut row, now).await? {
                return Ok(Err(error));
            }
            storage::intercepts::save(&tx, &row).await?;
            self.note_intercept(&tx, &row.intercept, entry_by(caller, "intercept", words, now)).await?;
            Ok(Ok(Some(())))
        });
        done.await
    }

    /// What follows from where a request stands now: the label says what it is to say, or the parcel may go on.
    async fn follow_up(
        &self,
        tx: &Tx,
        caller: &Caller,
        turn: Option<&Exchanging<'_>>,
        row: &mut InterceptRow,
        now: Millis,
    ) -> Result<Result<(), Error>, storage::Error> {
        let it = &row.intercept;
        if let (Some(turn), State::Changed) = (turn, it.state)
            && let Some(order) = storage::orders::find(tx, &it.order).await?
            && let Err(error) = self.change_contents(tx, turn, &order, it, now).await?
        {
            return Ok(Err(error));
        }
        if it.state == State::Changed
            && let (Some(customer), Some(sealed)) = (&row.customer, &row.recipient)
        {
            let keeper = match self.keeper() {
                Ok(keeper) => keeper,
                Err(error) => return Ok(Err(error)),
            };
            let delivery = DeliveryId(it.order.clone());
            match keeper.accept(tx, &delivery, &it.id, customer, sealed).await {
                Ok(true) => {}
                Ok(false) | Err(NotKept::Unreadable) => return Ok(Err(unreadable())),
                Err(NotKept::Storage(error)) => return Err(error),
            }
        }
        let by = crate::trade::fulfilment::by(caller);
        match it.state {
            State::Changed => self.settle_check_by_intercept(tx, it, &by, now).await?,
            State::Withdrawn => self.reopen_check(tx, it, &by, now).await?,
            _ => {}
        }
        let goes_on = matches!(it.state, State::Changed | State::Failed | State::Withdrawn);
        if goes_on {
            row.recipient = None;
            let lifted = crate::trade::fulfilment::by(caller);
            storage::holds::lift(tx, &it.order, HoldKind::Intercept, Some(&it.id), now, &lifted).await?;
        }
        Ok(Ok(()))
    }

    /// Writes what was done into the record of the ticket that a request belongs to.
    pub(super) async fn note_intercept(
        &self,
        tx: &Tx,
        it: &Intercept,
        entry: EntryRow,
    ) -> Result<(), storage::Error> {
        let Some(ticket) = &it.ticket else { return Ok(()) };
        let done = it.steps.last().map(|step| step.done);
        let detail = serde_json::json!({
            "intercept": it.id, "aim": it.aim, "road": it.road, "state": it.state, "done": done,
        });
        let entry = EntryRow { detail: detail.to_string(), ..entry };
        storage::tickets::add_entry(tx, ticket, &entry).await.map(|_| ())
    }

    /// The warehouse has the parcel: it scanned or typed the order's number.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `intercept_step` or `other_parcel`,
    /// [`Error::Refused`] with `sold_out` if what is to be in it is gone meanwhile.
    pub async fn confirm_intercept(
        &self,
        caller: &Caller,
        id: &str,
        scanned: &str,
    ) -> Result<InterceptView, Error> {
        caller.require(Action::ConfirmIntercept)?;
        let turn = self.exchanging(true).await?;
        let step = ("confirm_intercept", id, "");
        let confirm = |it: &mut Intercept, now| Ok(it.confirm(scanned, now, by(caller))?);
        let done = self.step_with(caller, turn.as_ref(), step, confirm).await;
        self.end_exchange(turn, &done);
        done?;
        self.order_checks.wake();
        self.intercept(&Caller::Local, id).await
    }

    /// The parcel is gone already: what can be done next is tried.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `intercept_step`.
    pub async fn parcel_gone(&self, caller: &Caller, id: &str, reason: &str) -> Result<InterceptView, Error> {
        caller.require(Action::ConfirmIntercept)?;
        let words = &self.impersonal("reason", reason, None).await?;
        let now = self.clock.now();
        let entry = Entry::of(caller, "parcel_gone", id);
        let done = self.decided(entry, move |tx| async move {
            let Some(mut row) = storage::intercepts::find(&tx, id).await? else {
                return Ok(Err(Error::not_found("intercept", id)));
            };
            let it = &mut row.intercept;
            if !it.is_with_warehouse() {
                return Ok(Err(NotDone::NotNow(it.state, Done::Gone).into()));
            }
            let ids = [it.order.as_str()];
            let mut fulfilment =
                storage::fulfilments::find(&tx, &ids).await?.remove(&it.order).unwrap_or_default();
            // Whoever was there knows better than the books.
            fulfilment.learn(OrderState::Shipped, now);
            if it.road == Road::StopAtStation {
                // Once it is out nothing holds it any more.
                let _ = fulfilment.advance(Node::Collected, OrderState::Paid, &[], now);
            }
            storage::fulfilments::save(&tx, &it.order, &fulfilment).await?;
            it.further(fulfilment.node(), now, Some(by(caller)), words);
            if let Err(error) = self.follow_up(&tx, caller, None, &mut row, now).await? {
                return Ok(Err(error));
            }
            storage::intercepts::save(&tx, &row).await?;
            self.note_intercept(&tx, &row.intercept, entry_by(caller, "intercept", words, now)).await?;
            Ok(Ok(Some(())))
        });
        done.await?;
        self.intercept(&Caller::Local, id).await
    }

    /// What the station, the carrier or the customer did (结果回执).
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `intercept_step`.
    pub async fn intercept_receipt(
        &self,
        caller: &Caller,
        id: &str,
        stopped: bool,
        note: &str,
    ) -> Result<InterceptView, Error> {
        caller.require(Action::AskIntercept)?;
        let words = self.impersonal("note", note, None).await?;
        self.step_intercept(caller, "intercept_receipt", id, &words, |it, now| {
            Ok(it.receipt(stopped, now, by(caller), &words)?)
        })
        .await
    }

    /// Takes a request back, as long as nothing is stopped; the parcel goes on.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `intercept_step`.
    pub async fn withdraw_intercept(
        &self,
        caller: &Caller,
        id: &str,
        reason: &str,
    ) -> Result<InterceptView, Error> {
        caller.require(Action::AskIntercept)?;
        let words = self.impersonal("reason", reason, None).await?;
        self.step_intercept(caller, "withdraw_intercept", id, &words, |it, now| {
            Ok(it.withdraw(now, by(caller), &words)?)
        })
        .await
    }

    /// Lets requests learn of parcels that came further while they waited, as when a platform says so.
    pub(crate) async fn follow_parcels(&self) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let asked = storage::intercepts::asked(&tx, LOOKED_AT_MAX).await?;
        let mut behind = Vec::new();
        for (id, node) in asked {
            let row = storage::intercepts::find(&tx, &id).await?;
            if row.is_some_and(|row| Road::of(node) > row.intercept.road) {
                behind.push(id);
            }
        }
        drop(tx);
        let now = self.clock.now();
        for id in &behind {
            let entry = Entry::by_nobody("follow_parcel", id);
            let done = self.decided(entry, move |tx| async move {
                let Some(mut row) = storage::intercepts::find(&tx, id).await? else { return Ok(Ok(None)) };
                let node = node_of(&tx, &row.intercept.order).await?;
                if !row.intercept.further(node, now, None, "") {
                    return Ok(Ok(None));
                }
                if let Err(error) = self.follow_up(&tx, &Caller::Local, None, &mut row, now).await? {
                    return Ok(Err(error));
                }
                storage::intercepts::save(&tx, &row).await?;
                self.note_intercept(&tx, &row.intercept, entry_by_itself("intercept", "", now)).await?;
                Ok(Ok(Some(())))
            });
            done.await?;
        }
        Ok(())
    }
}

pub(super) async fn node_of(tx: &Tx, order: &str) -> Result<Node, storage::Error> {
    let ids = [order];
    Ok(storage::fulfilments::find(tx, &ids).await?.remove(order).unwrap_or_default().node())
}
