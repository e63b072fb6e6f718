//! Orders of made-up audiences, out of the log of their show: they go the way of real ones, and are marked so that no
//! figure of money takes them for real. They are checked like real ones; in the demo a part of them has an invented recipient.

use livehand_kernel::{Fen, SkuId};
use livehand_live::{Event, Kind};
use livehand_rooms::Recorded;
use livehand_storage::shows::ShowRow;
use livehand_trade::orders::{Line, Notice, Refund, State};
use sha2::{Digest, Sha256};

use super::NewOrderNotice;
use super::invented::recipient;
use super::take::Incoming;
use crate::audit::Entry;
use crate::{App, Error};

/// Under which name they are delivered, and where they were placed.
const SIMULATOR: &str = "simulator";
/// Notices in one transaction: rooms wait for the same database.
const NOTICES_PER_WRITE: usize = 25;

impl App {
    /// Takes the orders among events of a made-up audience. One that makes no order is left out: it stays in the log.
    pub(crate) async fn take_simulated(&self, show: &ShowRow, events: &[Recorded]) -> Result<(), Error> {
        let now = self.clock.now();
        // Without a key nothing of a recipient is kept, made up or not.
        let invents = self.invented && self.keeper().is_ok();
        let taken = |recorded: &Recorded| {
            let notice = notice(show, &recorded.event)?;
            let said = serde_json::to_vec(&notice).unwrap_or_default();
            let digest = Sha256::digest(said).to_vec();
            let places = matches!(notice.state(), State::Created | State::Paid);
            let recipient = (invents && places).then(|| recipient(&notice.number)).flatten();
            let new = NewOrderNotice { notice, recipient };
            Some(Incoming::checked(SIMULATOR, new, vec![digest], now).ok()?.made_up())
        };
        let incoming: Vec<Incoming> = events.iter().filter_map(taken).collect();
        for notices in incoming.chunks(NOTICES_PER_WRITE) {
            let entry = Entry::by_nobody("take_simulated_orders", show.id.as_str())
                .with(serde_json::json!({ "notices": notices.len() }));
            self.take(entry, notices, true).await?;
        }
        Ok(())
    }
}

fn notice(show: &ShowRow, event: &Event) -> Option<Notice> {
    let state = match event.kind {
        Kind::OrderCreated => State::Created,
        Kind::OrderPaid => State::Paid,
        Kind::OrderRefunded => State::Refunded,
        _ => return None,
    };
    let (order, product) = (event.order.as_ref()?, event.product.as_ref()?);
    let sku = event.sku.as_ref().unwrap_or(product);
    let amount = event.amount.filter(|fen| *fen >= 0).map(Fen);
    let line = Line {
        id: sku.clone(),
        sku: SkuId(sku.clone()),
        product: None,
        quantity: event.count.unwrap_or(1).max(1),
        paid: amount,
    };
    let refund = Refund { id: event.id.clone(), fen: amount };
    let refunded = state == State::Refunded;
    Some(Notice {
        // The same id may be in two shows, and at two moments of one order.
        id: format!("{}:{}", show.id, event.id),
        platform: SIMULATOR.to_owned(),
        // Two made-up shows of the same seed have the same orders.
        number: format!("{}-{order}", show.id.as_str().rsplit('-').next().unwrap_or_default()),
        reached: [(state, event.effective_at())].into(),
        lines: if refunded { Vec::new() } else { vec![line] },
        paid: None,
        refunds: if refunded { vec![refund] } else { Vec::new() },
        buyer: None,
        show: Some(show.id.clone()),
        whom: false,
    })
}
