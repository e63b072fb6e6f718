//! Looking at reservations: one of them, pages of them, and who waits for a SKU.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, SkuId};
use livehand_storage as storage;
use livehand_storage::reservations::ReservationFilter;
use livehand_trade::reservation::{Answer, Reservation, Status};

use crate::prepare::page_size;
use crate::trade::stock::checked_id;
use crate::{App, Caller, Error};

/// Who waits, in one answer.
const WAITERS_MAX: usize = 200;

/// One reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationView {
    /// The reservation.
    pub reservation: Reservation,
    /// Whether it stood so before, so that nothing was done.
    pub again: bool,
    /// How many wait before it, if it waits.
    pub ahead: Option<usize>,
}

impl From<Answer> for ReservationView {
    fn from(Answer { reservation, again, ahead }: Answer) -> Self {
        Self { reservation: (*reservation).clone(), again, ahead }
    }
}

/// Which reservations to list.
#[derive(Clone, Debug, Default)]
pub struct ReservationQuery {
    /// Part of an order's id or of a SKU's.
    pub search: Option<String>,
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those that are not settled: waiting, not paid, held.
    pub unsettled: bool,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows in the answer; 50 if absent.
    pub limit: Option<i64>,
}

/// A page of reservations, the latest first.
#[derive(Clone, Debug)]
pub struct ReservationPage {
    /// The reservations.
    pub reservations: Vec<Reservation>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
    /// When it was so.
    pub at: Millis,
}

/// One who waits for a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Units of this SKU.
    pub units: i64,
    /// The reservation.
    pub reservation: Reservation,
}

/// Who waits for a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitlistView {
    /// The SKU.
    pub sku: SkuId,
    /// How many can be had now, which is less than anybody of them needs.
    pub shown: i64,
    /// How many orders wait.
    pub waiting: usize,
    /// How many units they want together.
    pub units: i64,
    /// The first of them, in the order in which they are served.
    pub first: Vec<Waiter>,
}

impl App {
    /// The reservation of an order.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn reservation(&self, caller: &Caller, order: &str) -> Result<ReservationView, Error> {
        caller.require(Action::ViewStock)?;
        let tx = self.db.read().await?;
        let found = storage::reservations::find(&tx, &[order]).await?;
        let reservation = found.into_iter().next().ok_or_else(|| Error::not_found("reservation", order))?;
        let mut ahead = None;
        if let Some(place) = reservation.place {
            let turn = self.reservations.stock_turn().await?;
            let queues = reservation.parts().iter().map(|(sku, _)| {
                turn.waiting_for(sku).filter(|it| it.place.is_some_and(|other| other < place)).count()
            });
            ahead = queues.max();
            turn.unused();
        }
        Ok(ReservationView { reservation, again: true, ahead })
    }

    /// A page of reservations, the latest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_reservations(
        &self,
        caller: &Caller,
        query: ReservationQuery,
    ) -> Result<ReservationPage, Error> {
        caller.require(Action::ViewStock)?;
        let limit = page_size(query.limit)?;
        let filter = ReservationFilter {
            search: query.search.filter(|text| !text.trim().is_empty()),
            status: query.status,
            unsettled: query.unsettled,
            before: query.after.as_deref().map(cursor).transpose()?,
            limit: limit + 1,
        };
        let at = self.now();
        let tx = self.db.read().await?;
        let mut reservations = storage::reservations::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = reservations.len() > size;
        reservations.truncate(size);
        let last = reservations.last().filter(|_| more);
        let next = last.map(|last| format!("{}:{}", last.made_at.0, last.order));
        Ok(ReservationPage { reservations, next, at })
    }

    /// Who waits for a SKU, in the order in which they are served.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn waitlist(&self, caller: &Caller, sku: &SkuId) -> Result<WaitlistView, Error> {
        caller.require(Action::ViewStock)?;
        checked_id("sku", sku.as_str())?;
        let turn = self.reservations.stock_turn().await?;
        let units = |it: &Reservation| {
            it.parts().iter().find(|(part, _)| part == sku).map_or(0, |(_, units)| *units)
        };
        let view = WaitlistView {
            sku: sku.clone(),
            shown: turn.shown(sku),
            waiting: turn.waiting_for(sku).count(),
            units: turn.waiting_for(sku).map(units).sum(),
            first: turn
                .waiting_for(sku)
                .take(WAITERS_MAX)
                .map(|it| Waiter { units: units(it), reservation: it.clone() })
                .collect(),
        };
        turn.unused();
        Ok(view)
    }
}

/// Where a page begins: when the reservation before it was made, and its order.
fn cursor(text: &str) -> Result<(Millis, String), Error> {
    let parts = text.split_once(':').and_then(|(at, order)| Some((Millis(at.parse().ok()?), order.to_owned())));
    parts.ok_or_else(|| {
        let expected = Phrase::new("`next` of the page before", "上一页的 next");
        Error::field("after", expected, Phrase::literal(livehand_kernel::display_text(text)))
    })
}
