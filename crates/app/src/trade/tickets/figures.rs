//! What tickets come to: answered and resolved in time, why they came, whether customers are satisfied.

use livehand_compliance::Action;
use livehand_kernel::{DAY_MS, Millis, Phrase};
use livehand_storage as storage;
use livehand_storage::tickets::FigureRow;
use livehand_trade::tickets::{SATISFIED_FROM, SATISFIED_PERMILLE};

use crate::{App, Caller, Error};

pub use livehand_storage::tickets::FigureRow as TicketRow;

/// Longest time over which figures are counted.
const DAYS_MAX: i64 = 400;

/// Figures of tickets.
#[derive(Clone, Debug)]
pub struct TicketFigures {
    /// From when on, and until when.
    pub between: (Millis, Millis),
    /// Of all of them together.
    pub all: FigureRow,
    /// By kind and cause.
    pub rows: Vec<FigureRow>,
    /// How many are to be done, by whose turn it is, and how many of these are late.
    pub open: Vec<(String, i64, i64)>,
    /// Share of customers who are to be satisfied, in thousandths.
    pub satisfied_goal_permille: i64,
}

fn sum(rows: &[FigureRow]) -> FigureRow {
    let mut all = FigureRow::default();
    for row in rows {
        all.tickets += row.tickets;
        all.running += row.running;
        all.first_in_time += row.first_in_time;
        all.first_late += row.first_late;
        all.resolved_in_time += row.resolved_in_time;
        all.resolved_late += row.resolved_late;
        all.asked += row.asked;
        all.rated += row.rated;
        all.satisfied += row.satisfied;
    }
    all
}

impl App {
    /// Figures of the tickets that were opened between two moments; the last thirty days if nothing is said. Made-up tickets
    /// are counted apart from real ones.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn ticket_figures(
        &self,
        caller: &Caller,
        from: Option<Millis>,
        to: Option<Millis>,
        synthetic: bool,
    ) -> Result<TicketFigures, Error> {
        caller.require(Action::ViewTickets)?;
        let now = self.clock.now();
        let to = to.unwrap_or(now.plus(1));
        let from = from.unwrap_or(to.plus(-30 * DAY_MS));
        if from >= to || to.0.saturating_sub(from.0) > DAYS_MAX * DAY_MS {
            let expected = Phrase::new(
                format!("a time before `to`, at most {DAYS_MAX} days"),
                format!("早于 to 的时间，最多 {DAYS_MAX} 天"),
            );
            return Err(Error::field("from", expected, Phrase::literal(from.to_rfc3339())));
        }
        let tx = self.db.read().await?;
        let rows = storage::tickets::figures(&tx, from, to, now, SATISFIED_FROM, synthetic).await?;
        let open = storage::tickets::open_by_post(&tx, now).await?;
        Ok(TicketFigures {
            between: (from, to),
            all: sum(&rows),
            rows,
            open,
            satisfied_goal_permille: SATISFIED_PERMILLE,
        })
    }
}
