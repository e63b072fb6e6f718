//! What buyers said in the rooms of their orders. It is read from the logs of shows, forward from where it was read before,
//! and kept in memory: the log can always give it back.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, ProductId, ShowId};
use livehand_language::{Slip, correction};
use livehand_live::Kind;
use livehand_show_log::Head;
use livehand_storage as storage;
use livehand_trade::verification::{Mistake, Said, SaidIn};
use tokio::sync::Mutex;

use crate::{App, Error};

/// Shows whose words are kept at the same time.
const SHOWS_MAX: usize = 16;
/// Words of one viewer that are kept, the last ones.
const WORDS_MAX: usize = 20;

/// What was heard, by show.
#[derive(Debug, Default)]
pub(crate) struct Hearing(Mutex<BTreeMap<ShowId, Heard>>);

#[derive(Debug)]
struct Heard {
    head: Head,
    used_at: Millis,
    by_viewer: BTreeMap<String, Vec<Said>>,
}

/// What somebody said of an order, without where and when it was said.
pub(super) fn said(text: &str, at: Millis, place: SaidIn) -> Option<(Said, Option<u16>)> {
    let it = correction(text)?;
    let mistake = it.slip.map(|slip| match slip {
        Slip::Variant => Mistake::Variant,
        Slip::Quantity => Mistake::Quantity,
        Slip::Recipient => Mistake::Recipient,
        Slip::Change => Mistake::Change,
    });
    let said =
        Said { at, place, product: None, colours: it.colours, sizes: it.sizes, mistake, wants: it.wants };
    Some((said, it.link))
}

impl App {
    /// What a viewer said in a show, the first first; as far as the log goes now.
    pub(super) async fn said_by(&self, show: &ShowId, viewer: &str) -> Result<Vec<Said>, Error> {
        let mut shows = self.hearing.0.lock().await;
        self.listen(&mut shows, show).await?;
        let heard = shows.get(show).and_then(|heard| heard.by_viewer.get(viewer));
        Ok(heard.cloned().unwrap_or_default())
    }

    /// Listens to the shows on air, and notes that the orders of viewers who said something of them are to be checked again.
    pub(super) async fn listen_to_shows(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let on_air = storage::shows::on_air_at(&tx, now).await?;
        drop(tx);
        let mut due = Vec::new();
        for show in on_air {
            let mut shows = self.hearing.0.lock().await;
            let known = shows.contains_key(&show);
            let spoke = self.listen(&mut shows, &show).await?;
            drop(shows);
            // What was said before anybody listened is read with each order.
            for viewer in spoke.into_iter().filter(|_| known) {
                let tx = self.db.read().await?;
                due.extend(storage::order_checks::of_viewer(&tx, &show, &viewer).await?);
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let due = &due;
        self.write(move |tx| async move {
            for order in due {
                storage::order_checks::mark_due(&tx, order, now).await?;
            }
            Ok(())
        })
        .await
    }

    /// Reads on in the log of a show; the viewers who said something.
    async fn listen(&self, shows: &mut BTreeMap<ShowId, Heard>, show: &ShowId) -> Result<Vec<String>, Error> {
        let now = self.clock.now();
        if !shows.contains_key(show) {
            if shows.len() >= SHOWS_MAX {
                let oldest = shows.iter().min_by_key(|(_, heard)| heard.used_at).map(|(id, _)| id.clone());
                oldest.and_then(|oldest| shows.remove(&oldest));
            }
            let heard = Heard { head: Head::EMPTY, used_at: now, by_viewer: BTreeMap::new() };
            shows.insert(show.clone(), heard);
        }
        let Some(heard) = shows.get_mut(show) else { return Ok(Vec::new()) };
        heard.used_at = now;
        let mut spoke = Vec::new();
        loop {
            let page = self.rooms.page(show, heard.head).await?;
            if page.events.is_empty() {
                break;
            }
            for recorded in page.events {
                let event = recorded.event;
                let (Kind::Comment, Some(viewer), Some(text)) = (&event.kind, &event.user, &event.text)
                else {
                    continue;
                };
                let place = SaidIn::Room(recorded.sequence);
                let Some((mut said, link)) = said(text, event.effective_at(), place) else { continue };
                // A link that nobody could give a product names none of the order's.
                said.product = event.product.clone().map(ProductId).filter(|_| link.is_some());
                let words = heard.by_viewer.entry(viewer.clone()).or_default();
                if words.len() >= WORDS_MAX {
                    words.remove(0);
                }
                words.push(said);
                spoke.push(viewer.clone());
            }
            heard.head = page.head;
        }
        spoke.sort();
        spoke.dedup();
        Ok(spoke)
    }
}
