//! Reservations (占库): taking stock for orders, and looking at who has what and who waits.

mod exchange;
mod look;
mod reserve;
mod turn;
mod writer;

pub(crate) use exchange::ToHave;
pub use look::{ReservationPage, ReservationQuery, ReservationView, Waiter, WaitlistView};
pub use reserve::NewReservation;
pub(crate) use reserve::refused;
pub(crate) use turn::StockTurn;
pub use writer::{Asked, NotReserved, Request, Reservations, run_reservations};
