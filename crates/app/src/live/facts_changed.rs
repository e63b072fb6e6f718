//! Telling rooms of facts. A room is told what it does not know yet, read from the tables at that moment, so it makes no
//! difference how often or in what order it is told. What must never happen here: a change that a room on air is never
//! told of, because what quotes it would go on counting as fresh.

use std::collections::BTreeSet;

use livehand_kernel::{FactKey, FactRef, Millis, ProductId, ShowId, SkuId};
use livehand_live::sayings::shown::{is_quotable, shown};
use livehand_live::sayings::{FACTS_PER_EVENT_MAX, FactNow};
use livehand_live::{Event, Kind, Room};
use livehand_rooms::{ActionTime, RoomError};
use livehand_storage as storage;
use livehand_storage::facts::FactRow;
use livehand_storage::shows::{ShowFilter, ShowRow};

use super::facts_now::facts_now;
use crate::{App, Error};

/// Bytes of facts in one event, well below what a line of the log may have.
const EVENT_BYTES_MAX: usize = 40_000;
/// Shows on air at once; a team has one or two.
const ON_AIR_MAX: i64 = 1_000;

impl App {
    /// Tells the room of every show on air that these facts have new versions, if the show has or quotes their products.
    /// To be called once the transaction that wrote them is committed; returns when the rooms have recorded it. What was
    /// written stays, whatever comes of this: a room that cannot be told now is told by a job, and what not even a job
    /// can be written for is logged and told at the next start.
    pub async fn facts_changed(&self, facts: &[FactRef]) {
        let quotable = facts.iter().filter(|fact| is_quotable(&fact.fact.field));
        let products: BTreeSet<ProductId> = quotable.map(|fact| fact.fact.product.clone()).collect();
        if products.is_empty() {
            return;
        }
        // Whoever changed a price may hang up; what quotes it turns stale all the same.
        let app = self.clone();
        let telling = self.tasks.spawn(async move {
            match app.shows_on_air().await {
                Ok(shows) => app.tell_all(&shows, Some(&products)).await,
                Err(error) => not_told(&error),
            }
        });
        if telling.await.is_err() {
            not_told(&Error::Internal("telling rooms of facts panicked"));
        }
    }

    /// Tells the rooms in which something quotes a product whose stock moved. Where nothing does, a movement is no news: there
    /// may be many a second.
    pub(crate) async fn stock_moved(&self, skus: Vec<SkuId>) {
        let app = self.clone();
        let telling = self.tasks.spawn(async move {
            if let Err(error) = app.tell_stock(&skus).await {
                not_told(&error);
            }
        });
        if telling.await.is_err() {
            not_told(&Error::Internal("telling rooms of stock panicked"));
        }
    }

    async fn tell_stock(&self, skus: &[SkuId]) -> Result<(), Error> {
        for show in self.shows_on_air().await? {
            let quoted = self.rooms.look(&show.id, Room::quoted_products).await?;
            if quoted.is_empty() {
                continue;
            }
            let tx = self.db.read().await?;
            let mut moved = BTreeSet::new();
            for sku in skus {
                let row = storage::skus::find(&tx, sku).await?;
                moved.insert(row.map_or_else(|| ProductId(sku.0.clone()), |row| row.product_id));
            }
            drop(tx);
            moved.retain(|product| quoted.contains(product));
            if !moved.is_empty() {
                self.tell_all(&[show], Some(&moved)).await;
            }
        }
        Ok(())
    }

    /// Tells a show that goes on air, or whose line-up changed, the facts of its line-up.
    pub(crate) async fn tell_lineup(&self, show: &ShowRow) {
        if show.status != "on_air" {
            return;
        }
        let (app, show) = (self.clone(), show.clone());
        let telling = self.tasks.spawn(async move { app.tell_all(&[show], None).await });
        if telling.await.is_err() {
            not_told(&Error::Internal("telling rooms of facts panicked"));
        }
    }

    async fn tell_all(&self, shows: &[ShowRow], only: Option<&BTreeSet<ProductId>>) {
        for show in shows {
            let Err(error) = self.tell(show, only).await else { continue };
            if let Err(error) = self.tell_later(&show.id, &error).await {
                not_told(&error);
            }
        }
    }

    /// Tells a show what it was not told: the job behind [`App::facts_changed`].
    pub(crate) async fn tell_facts(&self, show: &ShowId) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let row = storage::shows::find(&tx, show).await?;
        drop(tx);
        match row.filter(|row| row.status == "on_air") {
            Some(row) => self.tell(&row, None).await,
            None => Ok(()),
        }
    }

    /// Tells every show on air what it was not told, because the program may have ended between a change and its telling.
    pub(crate) async fn catch_up_with_facts(&self) -> Result<(), Error> {
        let shows = self.shows_on_air().await?;
        self.tell_all(&shows, None).await;
        Ok(())
    }

    pub(crate) async fn shows_on_air(&self) -> Result<Vec<ShowRow>, Error> {
        let filter =
            ShowFilter { status: Some("on_air".to_owned()), limit: ON_AIR_MAX, ..ShowFilter::default() };
        let tx = self.db.read().await?;
        Ok(storage::shows::list(&tx, &filter).await?)
    }

    async fn tell_later(&self, show: &ShowId, error: &Error) -> Result<(), Error> {
        tracing::error!(
            show.id = %show,
            error = error as &dyn std::error::Error,
            "show {show} could not be told of facts; a job tells it"
        );
        if let Error::Room(RoomError::Ended { .. } | RoomError::Quarantined { .. }) = error {
            return Ok(());
        }
        let now = self.clock.now();
        let job = livehand_kernel::new_uuid(now, &*self.entropy);
        let job = job.as_str();
        self.write(move |tx| async move {
            storage::jobs::enqueue(&tx, job, crate::jobs::TELL_FACTS, show.as_str(), now).await
        })
        .await
    }

    /// Records what a show does not know of the facts of its products, or of those of `only`.
    async fn tell(&self, show: &ShowRow, only: Option<&BTreeSet<ProductId>>) -> Result<(), Error> {
        if show.mode == "recording" {
            // What was so then is in the recording.
            return Ok(());
        }
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, &show.id).await?;
        let mut products: BTreeSet<ProductId> = lineup.into_iter().map(|product| product.id).collect();
        if let Some(only) = only {
            products.extend(self.rooms.look(&show.id, Room::quoted_products).await?);
            products.retain(|product| only.contains(product));
        }
        let mut facts = Vec::new();
        for product in &products {
            let rows = facts_now(&tx, product).await?;
            facts.extend(rows.into_iter().filter(|row| is_quotable(&row.fact.key.field)).map(now_of));
        }
        drop(tx);
        if facts.is_empty() {
            // A room that has nothing to learn is not opened for it.
            return Ok(());
        }
        let clock = self.rooms.look(&show.id, Room::clock).await?;
        let at = if show.mode == "live" { self.clock.now() } else { clock };
        if at == Millis(0) {
            return Ok(());
        }
        let news = self.rooms.look(&show.id, move |room| room.news_of_facts(facts)).await?;
        if news.is_empty() {
            return Ok(());
        }
        let events = portions(news).into_iter().map(|facts| {
            let id = livehand_kernel::new_uuid(self.clock.now(), &*self.entropy);
            let mut event = Event::new(id, at, Kind::FactChanged);
            "rule".clone_into(&mut event.origin);
            event.received = Some(at);
            event.facts = Some(facts.into());
            event
        });
        self.rooms.ingest_in(&show.id, events.collect(), ActionTime::Show).await?;
        Ok(())
    }
}

fn not_told(error: &Error) {
    tracing::error!(error = error as &dyn std::error::Error, "shows on air were not told of facts");
}

fn now_of(row: FactRow) -> FactNow {
    let FactRow { version, fact } = row;
    let value = shown(&fact.key.field, &fact.value);
    let FactKey { product, sku, field } = fact.key;
    FactNow { product, sku, field, version, value }
}

/// The facts in lists that each fit into one event.
fn portions(facts: Vec<FactNow>) -> Vec<Vec<FactNow>> {
    let mut portions: Vec<Vec<FactNow>> = Vec::new();
    let mut bytes = 0;
    for fact in facts {
        // Texts that are safe to show need few escapes; the keys take a hundred bytes.
        let texts = [fact.product.as_str(), &fact.field, fact.value.as_deref().unwrap_or_default()];
        let size = 100 + texts.iter().map(|text| text.len() * 2).sum::<usize>();
        bytes += size;
        match portions.last_mut() {
            Some(last) if bytes <= EVENT_BYTES_MAX && last.len() < FACTS_PER_EVENT_MAX => last.push(fact),
            _ => {
                bytes = size;
                portions.push(vec![fact]);
            }
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_portion_is_a_line_of_the_log_and_nothing_is_lost() {
        let fact = |n: usize, value: String| FactNow {
            product: ProductId(format!("p-{n}")),
            sku: None,
            field: "gifts".to_owned(),
            version: 1,
            value: Some(value),
        };
        let facts: Vec<FactNow> = (0..1_200)
            .map(|n| fact(n, if n % 3 == 0 { "赠".repeat(200) } else { "短".to_owned() }))
            .collect();
        let portions = portions(facts.clone());
        assert!(portions.len() > 2, "{}", portions.len());
        for portion in &portions {
            let mut event = Event::new("x", Millis(1_781_784_000_000), Kind::FactChanged);
            event.facts = Some(portion.clone().into());
            let line = serde_json::to_vec(&event).unwrap();
            Event::parse_line(&line).unwrap();
        }
        assert_eq!(portions.concat(), facts);
    }
}
