//! After a parcel is stopped: the money goes back, the goods go back on the shelf, the customer is told. Each step is done in
//! its own place first, under an id of the request, and noted here afterwards, so that a process that ends in between does
//! it once.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Millis, Phrase};
use livehand_storage as storage;
use livehand_storage::intercepts::InterceptRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::intercepts::Intercept;
use livehand_trade::orders::{Notice, Refund, State as OrderState};
use livehand_trade::reservation::{Status, Step};
use livehand_trade::stock::{Kind, Reason};

use super::{InterceptView, by};
use crate::trade::tickets::AnswerRoute;
use crate::{App, Caller, Error, NewMovement, NewTicketAnswer};

/// Where movements of stock come from.
const SOURCE: &str = "intercept";

impl App {
    async fn intercept_row(&self, id: &str) -> Result<(InterceptRow, OrderRow), Error> {
        let tx = self.db.read().await?;
        let row =
            storage::intercepts::find(&tx, id).await?.ok_or_else(|| Error::not_found("intercept", id))?;
        let order = storage::orders::find(&tx, &row.intercept.order).await?;
        let order = order.ok_or(Error::Internal("an intercept without an order"))?;
        Ok((row, order))
    }

    /// Notes that the money went back on the platform: all of it, or `fen`. It becomes a notice of the order.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `intercept_step` or `refund_too_much`.
    pub async fn refund_intercept(
        &self,
        caller: &Caller,
        id: &str,
        fen: Option<Fen>,
    ) -> Result<InterceptView, Error> {
        caller.require(Action::RecordRefund)?;
        let (row, order) = self.intercept_row(id).await?;
        let paid = order.order.paid();
        let back = fen.or(paid).ok_or_else(|| {
            let expected = Phrase::new("how much went back, in fen", "退款金额（分）");
            Error::field("fen", expected, Phrase::new("nothing is known of what was paid", "未登记实付金额"))
        })?;
        let now = self.clock.now();
        row.intercept.clone().refund(back, paid, now, by(caller))?;
        let whole = paid.is_none_or(|paid| back >= paid);
        self.take_refund(caller, &order, id, Some(back).filter(|_| !whole), now).await?;
        self.step_intercept(caller, "refund_intercept", id, "", |it, now| {
            Ok(it.refund(back, paid, now, by(caller))?)
        })
        .await
    }

    /// Puts the goods back on the shelf. What was not picked comes back with the reservation, else it is recorded as returned.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `intercept_step`, and those of stock.
    pub async fn restock_intercept(&self, caller: &Caller, id: &str) -> Result<InterceptView, Error> {
        caller.require(Action::RestockIntercept)?;
        let (row, _) = self.intercept_row(id).await?;
        let now = self.clock.now();
        row.intercept.clone().restock(now, by(caller), "")?;
        let words = self.bring_back(caller, &row.intercept, now).await?;
        self.step_intercept(caller, "restock_intercept", id, words, |it, now| {
            Ok(it.restock(now, by(caller), words)?)
        })
        .await
    }

    /// What was done with the stock, in words.
    async fn bring_back(&self, caller: &Caller, it: &Intercept, now: Millis) -> Result<&'static str, Error> {
        let tx = self.db.read().await?;
        let found = storage::reservations::find(&tx, &[it.order.as_str()]).await?;
        drop(tx);
        let Some(reservation) = found.into_iter().next() else { return Ok("无库存台账") };
        match reservation.status {
            Status::Picked => {
                let moved = reservation.parts().iter().map(|(sku, quantity)| NewMovement {
                    id: format!("{SOURCE}-{}-{sku}", it.id.rsplit('-').next().unwrap_or_default()),
                    sku: sku.clone(),
                    kind: Kind::Returned,
                    quantity: *quantity,
                    at: Some(now),
                    reason: Some(Reason::Intercepted),
                    note: String::new(),
                    order: Some(it.order.clone()),
                });
                let movements: Vec<NewMovement> = moved.collect();
                self.move_stock(caller, SOURCE, &movements).await?;
                Ok("拦截退回入库")
            }
            Status::Cancelled | Status::Released | Status::Expired => Ok("占用已随退款释放"),
            _ => {
                // Whoever puts goods back need not be allowed to take any.
                self.move_reservation(&Caller::Local, &it.order, Step::Cancel).await?;
                Ok("占用已释放")
            }
        }
    }

    /// Notes that the customer was told what came of it, which also answers the ticket.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `intercept_step`.
    pub async fn tell_intercept(
        &self,
        caller: &Caller,
        id: &str,
        text: &str,
        route: AnswerRoute,
    ) -> Result<InterceptView, Error> {
        caller.require(Action::AskIntercept)?;
        let (row, order) = self.intercept_row(id).await?;
        let words = self.impersonal("text", text, Some(&order.order.id())).await?;
        row.intercept.clone().tell(self.clock.now(), by(caller), &words)?;
        if let Some(ticket) = &row.intercept.ticket {
            let answer = NewTicketAnswer { text: Some(words.clone()), canned: None, route };
            self.answer_ticket(caller, ticket, answer).await?;
        }
        self.step_intercept(caller, "tell_intercept", id, &words, |it, now| {
            Ok(it.tell(now, by(caller), &words)?)
        })
        .await
    }

    /// The notice by which an order learns that its money went back; taken once for each request.
    async fn take_refund(
        &self,
        caller: &Caller,
        order: &OrderRow,
        id: &str,
        part: Option<Fen>,
        now: Millis,
    ) -> Result<(), Error> {
        // All of the money is all of it, whoever else says so: a platform that says it as well adds nothing.
        let refund = match part {
            Some(fen) => Refund { id: format!("{SOURCE}-{id}"), fen: Some(fen) },
            None => Refund { id: "all".to_owned(), fen: None },
        };
        let notice = Notice {
            id: format!("refund-{id}"),
            platform: order.order.platform.clone(),
            number: order.order.number.clone(),
            reached: [(OrderState::Refunded, now)].into(),
            lines: Vec::new(),
            paid: None,
            refunds: vec![refund],
            buyer: None,
            show: None,
            whom: false,
        };
        self.take_own_notice(caller, SOURCE, notice, order.synthetic).await
    }
}
