//! The five-price check (五价一致): prices that were seen are held against the live price; one that is far off trips the
//! product's breaker in the same transaction.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Phrase, ProductId, ShowId, SkuId, display_text};
use livehand_live::{AMOUNT_FEN_MAX, Event, Kind};
use livehand_storage as storage;
use livehand_storage::prices::{BreakerRow, SightingRow};
use livehand_trade::offers::{Shipping, simulate};
use livehand_trade::prices::{Agreed, Compared, Deviation, PriceKind, Seen, compare};

use super::BreakerView;
use super::offer_lines::Catalogue;
use super::promotions::published;
use super::simulate::in_turn;
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Longest remark, in bytes.
const NOTE_BYTES_MAX: usize = 300;
/// The origin of events that a rule makes.
const RULE_ORIGIN: &str = "rule";

/// A price that somebody saw.
#[derive(Clone, Debug)]
pub struct NewSighting {
    /// script, spoken, page, payable or paid.
    pub kind: String,
    /// How much.
    pub price: Fen,
    /// In which show.
    pub show: Option<ShowId>,
    /// Of which SKU.
    pub sku: Option<SkuId>,
    /// Remark.
    pub note: String,
}

/// One of the five prices.
#[derive(Clone, Debug)]
pub struct PriceRow {
    /// What was seen last.
    pub seen: SightingRow,
    /// Held against what it should be.
    pub compared: Compared,
}

/// The five prices of a product.
#[derive(Clone, Debug)]
pub struct FivePrices {
    /// The live price.
    pub live: Fen,
    /// Those that were seen.
    pub prices: Vec<PriceRow>,
    /// The breaker that keeps it from being sold.
    pub breaker: Option<BreakerView>,
}

impl App {
    /// The five prices of a product, each held against what it should be.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn five_prices(&self, caller: &Caller, product: &ProductId) -> Result<FivePrices, Error> {
        caller.require(Action::ViewChanges)?;
        let tx = self.db.read().await?;
        let row = storage::products::find(&tx, product).await?;
        let live = row.ok_or_else(|| Error::not_found("product", product))?.price;
        let (seen, breaker) =
            (storage::prices::latest(&tx, product).await?, storage::prices::tripped(&tx, product).await?);
        drop(tx);
        let mut prices = Vec::with_capacity(seen.len());
        for seen in seen {
            let sku = Some(seen.sku_id.clone()).filter(|sku| !sku.is_empty()).map(SkuId);
            let live = self.price_fact(product, sku.as_ref(), "live_price").await?.unwrap_or(live);
            if let Some(kind) = PriceKind::from_code(&seen.kind) {
                let compared = compare(
                    &self.tolerances,
                    self.agreed(product, sku.as_ref(), live).await?,
                    Seen { kind, price: seen.price, at: seen.at },
                );
                prices.push(PriceRow { seen, compared });
            }
        }
        let breaker = match breaker {
            Some(row) => Some(self.breaker_view(row).await?),
            None => None,
        };
        Ok(FivePrices { live, prices, breaker })
    }

    /// What the prices of a product should be: its live price, and the lowest that a buyer can come to with what is
    /// published. Where that cannot be proven, only the live price is right.
    async fn agreed(&self, product: &ProductId, sku: Option<&SkuId>, live: Fen) -> Result<Agreed, Error> {
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let in_force = published(&tx, now).await?;
        let line = match in_force.is_empty() {
            true => None,
            false => Catalogue::read(&tx, Some(std::slice::from_ref(product))).await?.line(product, sku),
        };
        drop(tx);
        let Some(line) = line else { return Ok(Agreed { live, lowest_payable: None }) };
        let promotions: Vec<_> = in_force.into_iter().map(|one| one.promotion).collect();
        let found = in_turn(move || simulate(&[line], Shipping::default(), &promotions, now)).await?;
        let cheapest = found.ok().and_then(|worst| worst.prices.into_iter().next());
        let lowest_payable = cheapest.and_then(|case| case.line(product, sku).map(|bought| bought.unit_fen));
        Ok(Agreed { live, lowest_payable })
    }

    /// Records a price that was seen, and does what follows: an alarm above 1 %, the breaker above 20 %.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn record_price(
        &self,
        caller: &Caller,
        product: &ProductId,
        new: NewSighting,
    ) -> Result<FivePrices, Error> {
        caller.require(Action::RecordPrice)?;
        let kind = PriceKind::from_code(&new.kind).ok_or_else(|| {
            let listed = PriceKind::ALL.map(PriceKind::code).join(", ");
            let expected = Phrase::new(format!("one of {listed}"), format!("以下之一：{listed}"));
            Error::field("kind", expected, Phrase::literal(display_text(&new.kind)))
        })?;
        if !(0..=AMOUNT_FEN_MAX).contains(&new.price.0) {
            let expected = Phrase::new("0 fen or more", "不小于 0 分");
            return Err(Error::field("price_fen", expected, Phrase::literal(new.price.0.to_string())));
        }
        if new.note.len() > NOTE_BYTES_MAX {
            let expected =
                Phrase::new(format!("at most {NOTE_BYTES_MAX} bytes"), format!("最多 {NOTE_BYTES_MAX} 字节"));
            return Err(Error::field("note", expected, Phrase::literal(format!("{} B", new.note.len()))));
        }
        let now = self.clock.now();
        let seen = SightingRow {
            id: livehand_kernel::new_uuid(now, &*self.entropy),
            show_id: new.show,
            product_id: product.clone(),
            sku_id: new.sku.map(|sku| sku.0).unwrap_or_default(),
            kind: kind.code().to_owned(),
            price: new.price,
            at: now,
            source: "manual".to_owned(),
            person_name: caller.name(),
            note: display_text(&new.note),
        };
        let entry = Entry::of(caller, "record_price", product.as_str())
            .with(serde_json::json!({ "kind": seen.kind, "price_fen": seen.price }));
        self.take_sighting(entry, seen, kind).await?;
        self.five_prices(caller, product).await
    }

    /// Writes a sighting and, if it is far off, trips the breaker; then tells the rooms.
    async fn take_sighting(&self, entry: Entry, seen: SightingRow, kind: PriceKind) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let product = storage::products::find(&tx, &seen.product_id).await?;
        let product = product.ok_or_else(|| Error::not_found("product", &seen.product_id))?;
        drop(tx);
        let named = Some(seen.sku_id.clone()).filter(|sku| !sku.is_empty()).map(SkuId);
        let concerned = self.concerned(&seen.product_id, named.as_ref()).await?;
        let sku = concerned.first().and_then(Option::as_ref);
        let live = self.price_fact(&seen.product_id, sku, "live_price").await?.unwrap_or(product.price);
        let agreed = self.agreed(&seen.product_id, sku, live).await?;
        let compared = compare(&self.tolerances, agreed, Seen { kind, price: seen.price, at: seen.at });
        let breaker = (compared.severity == Deviation::Breaker).then(|| BreakerRow {
            id: livehand_kernel::new_uuid(seen.at, &*self.entropy),
            show_id: seen.show_id.clone(),
            product_id: seen.product_id.clone(),
            sku_id: seen.sku_id.clone(),
            kind: seen.kind.clone(),
            seen: seen.price,
            expected: compared.expected,
            tripped_at: seen.at,
            first: None,
            second: None,
            lifted_at: None,
        });
        let (sighting, tripping) = (&seen, &breaker);
        let job = livehand_kernel::new_uuid(seen.at, &*self.entropy);
        let job = job.as_str();
        let tripped = self.audited(entry, move |tx| async move {
            storage::prices::insert(&tx, sighting).await?;
            let Some(breaker) = tripping else { return Ok(Some(false)) };
            if storage::prices::tripped(&tx, &breaker.product_id).await?.is_some() {
                return Ok(Some(false));
            }
            storage::prices::trip(&tx, breaker).await?;
            storage::jobs::enqueue(&tx, job, crate::jobs::STOP_PRODUCT, &breaker.id, breaker.tripped_at)
                .await?;
            Ok(Some(true))
        });
        let tripped = tripped.await?.unwrap_or(false);
        self.watch_price(&seen, &compared).await;
        if let Some(breaker) = breaker.filter(|_| tripped) {
            // The job does the same a moment later, should this be cut off.
            if let Err(error) = self.stop_product(&breaker.id).await {
                tracing::warn!(breaker.id = breaker.id, %error, "the rooms were not told of a breaker; its job tells them");
            }
        }
        Ok(())
    }

    /// Lets the rooms on air with the product judge the deviation: their rule for prices raises the alarm, and resolves
    /// it when the prices agree again.
    async fn watch_price(&self, seen: &SightingRow, compared: &Compared) {
        let shows = match self.shows_on_air_with(&seen.product_id).await {
            Ok(shows) => shows,
            Err(error) => {
                tracing::warn!(%error, "the rooms were not told of a price");
                return;
            }
        };
        for show in shows {
            let mut event = Event::new(format!("price:{}", seen.id), seen.at, Kind::Reading);
            RULE_ORIGIN.clone_into(&mut event.origin);
            event.received = Some(seen.at);
            event.signal = Some("price_deviation_permille".to_owned());
            event.subject = Some(format!("{} {}", seen.product_id, seen.kind));
            event.value = Some(compared.per_mille.abs());
            if let Err(error) = self.rooms.ingest(&show, vec![event]).await {
                tracing::warn!(show.id = %show, %error, "a room was not told of a price");
            }
        }
    }

    /// The shows on air with a product in their line-up.
    pub(crate) async fn shows_on_air_with(&self, product: &ProductId) -> Result<Vec<ShowId>, Error> {
        let tx = self.db.read().await?;
        Ok(storage::shows::on_air_with(&tx, product).await?)
    }
}
