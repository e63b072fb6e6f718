//! What a change does when it comes into force, and how the former price comes back.

use livehand_compliance::Action;
use livehand_compliance::changes::Status;
use livehand_kernel::{ChangeId, FactKey, FactRef, Fen, Millis, PersonId, Phrase, ProductId, ShowId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::changes::ChangeRow;
use livehand_storage::facts::NewFact;
use livehand_storage::shows::ShowRow;

use serde::{Deserialize, Serialize};

use super::NewChange;
use super::effect::{Effect, end_turn};
use super::ledger::write_facts;
use super::priced::live_price_keys;
use crate::audit::Entry;
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// What stands for the program where a person would stand.
const BY_ITSELF: &str = "livehand";

fn read_way_back(row: &ChangeRow) -> Result<WayBack, Error> {
    serde_json::from_str(&row.detail).map_err(|_| Error::Internal("the way back of a change cannot be read"))
}

/// The SKU that a change is of, if it is of one.
pub(super) fn sku_of(row: &ChangeRow) -> Option<SkuId> {
    Some(row.sku_id.clone()).filter(|sku| !sku.is_empty()).map(SkuId)
}

async fn keys_of(tx: &Tx, row: &ChangeRow) -> Result<Vec<FactKey>, storage::Error> {
    live_price_keys(tx, &ProductId(row.subject_id.clone()), sku_of(row).as_ref()).await
}

/// The live price as a change or its end writes it.
fn price_fact(row: &ChangeRow, key: FactKey, price: Fen, by: &PersonId, name: &str, at: Millis) -> NewFact {
    NewFact {
        key,
        value: price.0.into(),
        valid_from: None,
        valid_to: None,
        source: format!("change:{}", row.id),
        person_id: by.clone(),
        person_name: name.to_owned(),
        at,
        evidence: None,
        edit: None,
    }
}

/// To which price a price for a while goes back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct WayBack {
    /// The price before every price for a while that was in force.
    back_to: Option<Fen>,
    /// The change for a while over which this one was laid; as long as it is in force, its price is the one to go back to.
    over: Option<ChangeId>,
}

impl App {
    /// To which price a change would go back, if it were approved now.
    pub(super) async fn way_back(&self, new: &NewChange, from: Option<Fen>) -> Result<WayBack, Error> {
        let tx = self.db.read().await?;
        let rows = storage::changes::in_force_for_a_while(&tx, None).await?;
        let sku = new.sku.as_ref().map(SkuId::as_str).unwrap_or_default();
        // A price of the whole product lies under one of its SKUs, too.
        let same = |row: &&ChangeRow| {
            row.subject_id == new.product.as_str()
                && (row.sku_id == sku || row.sku_id.is_empty() || sku.is_empty())
        };
        Ok(match rows.iter().rev().find(same) {
            Some(row) => {
                WayBack { back_to: read_way_back(row)?.back_to.or(row.from), over: Some(row.id.clone()) }
            }
            None => WayBack { back_to: from, over: None },
        })
    }

    /// The price that comes back when a change ends.
    async fn price_after(&self, row: &ChangeRow, status: Status) -> Result<Option<Fen>, Error> {
        let way_back = read_way_back(row)?;
        let Some(over) = way_back.over.filter(|_| status == Status::Restored) else { return Ok(row.from) };
        let under = self.find_change(&over).await?;
        let still = under.status == Status::Applied.code();
        Ok(if still { row.from } else { way_back.back_to })
    }

    /// Writes what a change asks for; part of the transaction that marks it as in force.
    pub(super) async fn put_into_force(
        &self,
        tx: &Tx,
        row: &ChangeRow,
        by: &PersonId,
        name: &str,
        at: Millis,
        effect: &Effect,
    ) -> Result<Result<Vec<FactRef>, Error>, storage::Error> {
        let Some(to) = row.to else { return effect.apply(tx, at).await };
        let keys = keys_of(tx, row).await?;
        let facts: Vec<NewFact> =
            keys.into_iter().map(|key| price_fact(row, key, to, by, name, at)).collect();
        let written = write_facts(tx, &facts).await?;
        if let Some(ends_at) = row.ends_at {
            let job = livehand_kernel::new_uuid(at, &*self.entropy);
            storage::jobs::enqueue(tx, &job, crate::jobs::RESTORE_PRICE, row.id.as_str(), ends_at).await?;
        }
        Ok(Ok(written))
    }

    /// Tells the rooms on air what changed; a room that cannot be told learns it when it is followed next.
    pub(crate) async fn after_change(&self, row: &ChangeRow, changed: Vec<FactRef>) {
        tracing::info!(change.id = %row.id, "change {} is in force", row.id);
        self.facts_changed(&changed).await;
    }

    /// A delayed change is due: puts it into force, unless it was decided meanwhile.
    pub(crate) async fn apply_due_change(&self, id: &ChangeId) -> Result<(), Error> {
        let row = self.find_change(id).await?;
        let now = self.clock.now();
        let entry = Entry::of(&Caller::Local, "apply_change_alone", id.as_str())
            .with(serde_json::json!({ "maker": row.maker_id, "reason": row.decision }));
        let effect = self.effect(&row, &row.maker_id, &row.maker_name, now, false).await?;
        let (change, effect) = (&row, &effect);
        let turn = self.turn_for(effect).await?;
        let done = self.decided(entry, move |tx| async move {
            if !storage::changes::apply_due(&tx, id, now).await? {
                return Ok(Ok(None));
            }
            let (by, name) = (&change.maker_id, &change.maker_name);
            Ok(self.put_into_force(&tx, change, by, name, now, effect).await?.map(Some))
        });
        let done = done.await;
        end_turn(turn).await;
        if let Some(changed) = done? {
            self.after_change(&row, changed).await;
        }
        Ok(())
    }

    /// The time of a price that was for a while is over: the former one comes back by itself.
    pub(crate) async fn restore_price(&self, id: &ChangeId) -> Result<(), Error> {
        let row = self.find_change(id).await?;
        let entry = Entry::of(&Caller::Local, "restore_price", id.as_str());
        self.end_change(entry, &row, Status::Restored, &PersonId::from(BY_ITSELF), BY_ITSELF)
            .await
            .map(|_| ())
    }

    /// Ends a change in force and writes the former price, if the price is still the one that it set; whether it was in
    /// force. A price that was changed again since stays as it is.
    pub(crate) async fn end_change(
        &self,
        entry: Entry,
        row: &ChangeRow,
        status: Status,
        by: &PersonId,
        name: &str,
    ) -> Result<bool, Error> {
        let now = self.clock.now();
        let before = self.price_after(row, status).await?;
        let effect = self.effect(row, by, name, now, true).await?;
        let effect = &effect;
        let turn = self.turn_for(effect).await?;
        let done = self.decided(entry, move |tx| async move {
            if !storage::changes::end(&tx, &row.id, status.code(), now).await? {
                return Ok(Ok(None));
            }
            if row.to.is_none() {
                return Ok(effect.apply(&tx, now).await?.map(Some));
            }
            let Some(before) = before else { return Ok(Ok(Some(Vec::new()))) };
            // By what it wrote, so that a SKU that was taken out of use meanwhile gets its price back as well.
            let ours = format!("change:{}", row.id);
            let present = storage::facts::of_product(&tx, &ProductId(row.subject_id.clone())).await?;
            let set =
                present.into_iter().filter(|it| it.fact.key.field == "live_price" && it.fact.source == ours);
            let facts: Vec<NewFact> =
                set.map(|it| price_fact(row, it.fact.key, before, by, name, now)).collect();
            Ok(Ok(Some(write_facts(&tx, &facts).await?)))
        });
        let done = done.await;
        end_turn(turn).await;
        let Some(changed) = done? else { return Ok(false) };
        self.after_change(row, changed).await;
        Ok(true)
    }

    /// Brings back every price of a show that was for the show alone. Both people approved that when they approved the
    /// change, so it needs nobody else.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn restore_prices(&self, caller: &Caller, show: &ShowId) -> Result<usize, Error> {
        caller.require(Action::RunShow)?;
        find_show(self, show).await?;
        let tx = self.db.read().await?;
        let rows = storage::changes::in_force_for_a_while(&tx, Some(show)).await?;
        drop(tx);
        let mut restored = 0;
        for row in rows {
            let entry = Entry::of(caller, "restore_price", row.id.as_str());
            let by = caller.person();
            restored +=
                usize::from(self.end_change(entry, &row, Status::Restored, &by, &caller.name()).await?);
        }
        Ok(restored)
    }

    /// A show cannot be closed while a price that was for the show alone is still on.
    pub(crate) async fn check_prices_restored(&self, show: &ShowId) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let rows = storage::changes::in_force_for_a_while(&tx, Some(show)).await?;
        let mut names = Vec::new();
        for row in &rows {
            let product = storage::products::find(&tx, &ProductId(row.subject_id.clone())).await?;
            names.push(product.map_or_else(|| row.subject_id.clone(), |product| product.name));
        }
        if names.is_empty() {
            return Ok(());
        }
        Err(Error::Conflict {
            code: "live_price_on",
            explanation: Phrase::new(
                format!("Prices that are for this show alone are still on: {}", names.join(", ")),
                format!("以下商品的直播专享价还没有恢复：{}", names.join("、")),
            ),
        })
    }

    /// A product does not join a show on air with a price that one person alone set since the show began: taking it off
    /// the line-up, changing its price and putting it back would be a change that nobody else saw.
    pub(crate) async fn check_prices_approved(
        &self,
        show: &ShowRow,
        products: &[ProductId],
    ) -> Result<(), Error> {
        let Some(opened_at) = show.opened_at.filter(|_| show.mode == "live") else { return Ok(()) };
        let tx = self.db.read().await?;
        let present = storage::shows::lineup(&tx, &show.id).await?;
        let joining = products.iter().filter(|id| !present.iter().any(|item| item.id == **id));
        for product in joining {
            let facts = storage::facts::of_product(&tx, product).await?;
            let unseen = facts.iter().any(|row| {
                let fact = &row.fact;
                fact.key.field == "live_price" && fact.at > opened_at && !fact.source.starts_with("change:")
            });
            if unseen {
                return Err(Error::Conflict {
                    code: "needs_second_person",
                    explanation: Phrase::new(
                        format!(
                            "The price of {product} was set after the show began; a second person has to approve it first"
                        ),
                        format!("商品 {product} 的价格是开播后改的，请先走改价复核再上架"),
                    ),
                });
            }
        }
        Ok(())
    }
}
