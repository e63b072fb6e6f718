//! Taking stock for an order, and moving the order on.

use livehand_compliance::Action;
use livehand_kernel::{Phrase, SkuId};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_trade::reservation::{
    HOLD_MS_MAX, HOLD_MS_USUAL, LINES_MAX, Refusal, Step, Taking, WhenShort, Wish, WishFault,
};
use livehand_trade::stock::QUANTITY_MAX;

use super::look::ReservationView;
use super::writer::{Asked, NotReserved, Request};
use crate::trade::stock::checked_id;
use crate::{App, Caller, Error, Fault};

/// What an order asks for.
#[derive(Clone, Debug)]
pub struct NewReservation {
    /// Id of the order; the same id is reserved once.
    pub order: String,
    /// SKUs and bundles.
    pub lines: Vec<(SkuId, i64)>,
    /// When stock is taken.
    pub taking: Taking,
    /// What becomes of it if there is not enough.
    pub when_short: WhenShort,
    /// How long it is held, ms; a quarter of an hour if absent.
    pub hold_ms: Option<i64>,
}

impl App {
    /// Takes stock for an order: all of its lines or none. An order that is known with the same wish is answered with where
    /// it stands. The answer comes when it is durable.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] also for an order that is known with another wish, [`Error::Refused`] with
    /// `sold_out` and what is short, [`Error::Storage`] when it was not written and is to be tried again.
    pub async fn reserve(&self, caller: &Caller, new: NewReservation) -> Result<ReservationView, Error> {
        caller.require(Action::ReserveStock)?;
        let (order, wish) = checked(new)?;
        self.ask_reservation(caller, order, Asked::Reserve(wish)).await
    }

    /// Moves a reservation on: paid, picked, released, cancelled. What was done before is answered the same again.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `reservation_settled` where it stands otherwise, and
    /// with `order_held` and its kin where a known order may not be picked,
    /// [`Error::Refused`] with `sold_out` if it is paid and there is nothing left, [`Error::Storage`] when it was not
    /// written and is to be tried again.
    pub async fn move_reservation(
        &self,
        caller: &Caller,
        order: &str,
        step: Step,
    ) -> Result<ReservationView, Error> {
        caller.require(match step {
            Step::Pick => Action::PickReserved,
            Step::Pay | Step::Release | Step::Cancel => Action::ReserveStock,
        })?;
        checked_id("order", order)?;
        if step == Step::Pick {
            let tx = self.db.read().await?;
            if let Some(refusal) = crate::trade::stopped(&tx, order).await? {
                return Err(Error::Conflict { code: refusal.code(), explanation: refusal.phrase() });
            }
        }
        self.ask_reservation(caller, order.to_owned(), Asked::Move(step)).await
    }

    async fn ask_reservation(
        &self,
        caller: &Caller,
        order: String,
        asked: Asked,
    ) -> Result<ReservationView, Error> {
        let request = Request { order, asked, by: Some(caller.person()) };
        let answer = self.reservations.ask(request).await.map_err(|error| match error {
            NotReserved::Busy => Error::Storage(storage::Error::Busy),
            NotReserved::Refused(refusal) => refused(refusal),
        })?;
        Ok(ReservationView::from(answer))
    }
}

fn checked(new: NewReservation) -> Result<(String, Wish), Error> {
    checked_id("order", &new.order)?;
    for (place, (sku, _)) in new.lines.iter().enumerate() {
        checked_id(&format!("lines[{place}].sku"), sku.as_str())?;
    }
    let hold_ms = new.hold_ms.unwrap_or(HOLD_MS_USUAL);
    let wish = Wish::new(new.lines, new.taking, new.when_short, hold_ms).map_err(|fault| match fault {
        WishFault::Lines(count) => {
            let expected = Phrase::new(format!("1 to {LINES_MAX} lines"), format!("1 到 {LINES_MAX} 行"));
            Error::field("lines", expected, Phrase::literal(count.to_string()))
        }
        WishFault::Quantity { place, quantity } => {
            let expected = Phrase::new(format!("1 to {QUANTITY_MAX}"), format!("1 到 {QUANTITY_MAX}"));
            let field = format!("lines[{place}].quantity");
            Error::field(&field, expected, Phrase::literal(quantity.to_string()))
        }
        WishFault::Hold(ms) => {
            let expected = Phrase::new(format!("1 to {HOLD_MS_MAX}"), format!("1 到 {HOLD_MS_MAX}"));
            Error::field("hold_ms", expected, Phrase::literal(ms.to_string()))
        }
    })?;
    Ok((new.order, wish))
}

/// A refusal, as whoever asked is told.
pub(crate) fn refused(refusal: Refusal) -> Error {
    let (code, explanation) = (refusal.code(), refusal.phrase());
    match refusal {
        Refusal::Short(short) => {
            let faults = short.into_iter().map(|it| {
                let expected = Phrase::new(
                    format!("{}: at most {}", it.sku, it.shown.max(0)),
                    format!("{}：最多 {} 件", it.sku, it.shown.max(0)),
                );
                let found = Phrase::literal(it.wanted.to_string());
                Fault { line: None, error: FieldError::new("lines", expected, found) }
            });
            Error::Refused { code, explanation, faults: faults.collect() }
        }
        Refusal::OtherWish(order) => {
            let expected = Phrase::new(
                "the same lines and terms as before, or another order",
                "与之前相同的内容，或换一个订单号",
            );
            Error::field("order", expected, Phrase::literal(order))
        }
        Refusal::Unknown(order) => Error::not_found("reservation", order),
        Refusal::NotNow { .. } => Error::Conflict { code, explanation },
        Refusal::Books(_) => Error::Refused { code, explanation, faults: Vec::new() },
    }
}
