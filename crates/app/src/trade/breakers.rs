//! The breaker (熔断): a product whose price is far off is neither sold nor explained until two people lift it.

use livehand_compliance::Action;
use livehand_compliance::changes as rules;
use livehand_compliance::changes::{Actor, Refusal};
use livehand_kernel::{CardId, PersonId, Phrase, ProductId, ShowId};
use livehand_live::{CardLevel, CrewAction};
use livehand_rooms::ActionTime;
use livehand_storage as storage;
use livehand_storage::prices::{BreakerRow, Lifter};
use livehand_trade::prices::PriceKind;

use crate::audit::Entry;
use crate::prepare::{checked_title, page_size};
use crate::{App, Caller, Error};

/// Who acts in a room when a breaker trips.
const BREAKER: &str = "breaker";

/// A breaker as screens have it.
#[derive(Clone, Debug)]
pub struct BreakerView {
    /// Its row.
    pub row: BreakerRow,
    /// The product's name.
    pub product_name: String,
}

/// Breakers, newest first.
#[derive(Clone, Debug)]
pub struct BreakerPage {
    /// The breakers.
    pub breakers: Vec<BreakerView>,
}

impl App {
    pub(crate) async fn breaker_view(&self, row: BreakerRow) -> Result<BreakerView, Error> {
        let tx = self.db.read().await?;
        let product = storage::products::find(&tx, &row.product_id).await?;
        let product_name = product.map_or_else(|| row.product_id.0.clone(), |product| product.name);
        Ok(BreakerView { row, product_name })
    }

    /// Breakers, newest first; those that are not lifted, or all.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_breakers(
        &self,
        caller: &Caller,
        tripped: bool,
        limit: Option<i64>,
    ) -> Result<BreakerPage, Error> {
        caller.require(Action::ViewChanges)?;
        let limit = page_size(limit)?;
        let tx = self.db.read().await?;
        let rows = storage::prices::list_breakers(&tx, tripped, limit).await?;
        drop(tx);
        let mut breakers = Vec::with_capacity(rows.len());
        for row in rows {
            breakers.push(self.breaker_view(row).await?);
        }
        Ok(BreakerPage { breakers })
    }

    /// Says that a breaker may be lifted. The second who says so, with a hat of the other kind, lifts it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with the code of a [`Refusal`].
    pub async fn lift_breaker(&self, caller: &Caller, id: &str, reason: &str) -> Result<BreakerView, Error> {
        caller.require(Action::LiftBreaker)?;
        let Caller::Person { id: person, hats, .. } = caller else {
            return Err(Error::Forbidden(Action::LiftBreaker));
        };
        let refused =
            |refusal: Refusal| Error::Conflict { code: refusal.code(), explanation: refusal.words() };
        let row = self.find_breaker(id).await?;
        if row.lifted_at.is_some() {
            return Err(refused(Refusal::Decided));
        }
        let first = row.first.as_ref().map(|it| Actor { person: &it.person, hats: &it.hats });
        rules::lift(first, Actor { person, hats }, reason).map_err(refused)?;
        let lifter = Lifter {
            person: person.clone(),
            name: caller.name(),
            hats: hats.clone(),
            at: self.clock.now(),
            reason: checked_title("reason", reason)?,
        };
        let second = row.first.is_some();
        let entry = Entry::of(caller, "lift_breaker", id).with(
            serde_json::json!({ "product": row.product_id, "second": second, "reason": lifter.reason }),
        );
        let lifter = &lifter;
        let done = self.audited(entry, move |tx| async move {
            let done = match second {
                false => storage::prices::lift_first(&tx, id, lifter).await?,
                true => storage::prices::lift_second(&tx, id, lifter).await?,
            };
            Ok(done.then_some(()))
        });
        done.await?.ok_or_else(|| refused(Refusal::Decided))?;
        let row = self.find_breaker(id).await?;
        let view = self.breaker_view(row).await?;
        if view.row.lifted_at.is_some() {
            self.say_lifted(&view).await;
        }
        Ok(view)
    }

    async fn find_breaker(&self, id: &str) -> Result<BreakerRow, Error> {
        let tx = self.db.read().await?;
        storage::prices::find_breaker(&tx, id).await?.ok_or_else(|| Error::not_found("breaker", id))
    }

    /// Nothing may be explained while its breaker is tripped.
    pub(crate) async fn check_not_tripped(&self, product: &ProductId) -> Result<(), Error> {
        let tx = self.db.read().await?;
        if storage::prices::tripped(&tx, product).await?.is_none() {
            return Ok(());
        }
        Err(Error::Conflict {
            code: "breaker_tripped",
            explanation: Phrase::new(
                "The breaker of this product has tripped: it is neither sold nor explained until two people lift it",
                "该商品已熔断：双人解除之前停售、停讲解",
            ),
        })
    }

    /// Stops a product in every room on air that has it: off the stage, and a card tells the host. Doing it twice changes
    /// nothing, because each step has an id of its own.
    pub(crate) async fn stop_product(&self, breaker: &str) -> Result<(), Error> {
        let row = self.find_breaker(breaker).await?;
        let view = self.breaker_view(row).await?;
        if view.row.lifted_at.is_some() {
            return Ok(());
        }
        for show in self.shows_on_air_with(&view.row.product_id).await? {
            let staged = self.rooms.view(&show).await?.stage.map(|stage| stage.product);
            if staged.as_deref() == Some(view.row.product_id.as_str()) {
                let clear = CrewAction::StageItem { product: None, price: None };
                self.act_by_rule(&show, format!("{breaker}:stage"), clear).await?;
            }
            let kind = PriceKind::from_code(&view.row.kind).map(PriceKind::words);
            let kind = kind.unwrap_or_else(|| Phrase::literal(view.row.kind.clone()));
            // The host reads the card: it is written in the language of the room.
            let text = format!(
                "【熔断】《{}》{} ¥{}，应为 ¥{}。停止讲解、停止售卖，先讲下一款；请以公告为准。",
                view.product_name, kind.zh, view.row.seen, view.row.expected
            );
            let id = format!("{breaker}:card");
            let card =
                CrewAction::PushCard { card: CardId(id.clone()), level: CardLevel::Red, text: text.into() };
            self.act_by_rule(&show, id, card).await?;
        }
        Ok(())
    }

    async fn say_lifted(&self, view: &BreakerView) {
        let shows = self.shows_on_air_with(&view.row.product_id).await.unwrap_or_default();
        for show in shows {
            let text = format!("【熔断解除】《{}》可以恢复讲解和售卖，请按最新价格口播。", view.product_name);
            let id = format!("{}:lifted", view.row.id);
            let card =
                CrewAction::PushCard { card: CardId(id.clone()), level: CardLevel::Green, text: text.into() };
            if let Err(error) = self.act_by_rule(&show, id, card).await {
                tracing::warn!(show.id = %show, %error, "the host was not told that a breaker is lifted");
            }
        }
    }

    async fn act_by_rule(&self, show: &ShowId, id: String, action: CrewAction) -> Result<(), Error> {
        self.rooms.act(show, id, PersonId::from(BREAKER), ActionTime::Wall, action).await?;
        Ok(())
    }
}
