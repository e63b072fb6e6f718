//! What a change of two people does beside prices: a promotion is published or ended, stock is put in front of the buyers.
//! It is asked for here, and made ready outside of the transaction that puts it into force.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_compliance::changes as rules;
use livehand_compliance::changes::{Actor, ChangeKind, Circumstances};
use livehand_kernel::{ChangeId, FactRef, Millis, PersonId, Phrase, ProductId, PromotionId, ShowId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::changes::ChangeRow;
use livehand_storage::promotions::NewPromotion;
use livehand_trade::stock::{Kind, Movement, stock_fact};
use serde::{Deserialize, Serialize};

use super::changes::{ChangeView, person};
use super::promotions::{Seen, still_published};
use super::reservation::StockTurn;
use super::stock::{Approval, record_in};
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Most units in one release.
const UNITS_MAX: i64 = 1_000_000;

/// What is to be done with a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotionStep {
    /// It comes into force.
    Publish,
    /// It ends.
    End,
}

/// What a change asks for, as its row keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Promotion { step: PromotionStep, version: i64 },
    StockRelease { quantity: i64 },
}

/// What comes into force beside a price.
#[derive(Debug)]
pub(super) enum Effect {
    /// Nothing: the change is of a price.
    None,
    /// The next version of a promotion, and the published ones as they were when it was judged.
    Promotion { next: Box<NewPromotion>, version: i64, seen: Option<Seen> },
    /// Units that are put in front of the buyers, or taken back.
    Stock(Box<Movement>),
}

fn asked(row: &ChangeRow) -> Result<Option<Asked>, Error> {
    match ChangeKind::from_code(&row.kind) {
        Some(ChangeKind::Promotion | ChangeKind::StockRelease) => serde_json::from_str(&row.detail)
            .map(Some)
            .map_err(|_| Error::Internal("what a change asks for cannot be read")),
        _ => Ok(None),
    }
}

fn promotion_moved() -> Error {
    Error::Conflict {
        code: "promotion_changed",
        explanation: Phrase::new(
            "The promotion was changed since this was asked for; ask again",
            "申请之后优惠已被改动，请重新发起",
        ),
    }
}

impl App {
    /// Asks for a promotion to be published or ended while a show with its products is on air.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with the order that shows why it cannot be.
    pub async fn propose_promotion(
        &self,
        caller: &Caller,
        promotion: &PromotionId,
        step: PromotionStep,
        show: Option<ShowId>,
        reason: &str,
    ) -> Result<ChangeView, Error> {
        person(caller, Action::ProposeChange)?;
        let version = match step {
            PromotionStep::Publish => self.ready_to_publish(promotion).await?.0.version,
            PromotionStep::End => self.ready_to_end(promotion).await?.version,
        };
        let asked = Asked::Promotion { step, version };
        self.propose_other(caller, ChangeKind::Promotion, promotion.as_str(), &asked, show, reason).await
    }

    /// Asks for units to be put in front of the buyers while a show is on air with them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`].
    pub async fn propose_stock_release(
        &self,
        caller: &Caller,
        sku: &SkuId,
        quantity: i64,
        show: Option<ShowId>,
        reason: &str,
    ) -> Result<ChangeView, Error> {
        person(caller, Action::ProposeChange)?;
        if !(1..=UNITS_MAX).contains(&quantity) {
            let expected = Phrase::new(format!("1 to {UNITS_MAX} units"), format!("1 到 {UNITS_MAX} 件"));
            return Err(Error::field("quantity", expected, Phrase::literal(quantity.to_string())));
        }
        let tx = self.db.read().await?;
        let known = storage::stock::find(&tx, sku).await?;
        drop(tx);
        known.ok_or_else(|| Error::not_found("sku", sku))?;
        let asked = Asked::StockRelease { quantity };
        self.propose_other(caller, ChangeKind::StockRelease, sku.as_str(), &asked, show, reason).await
    }

    async fn propose_other(
        &self,
        caller: &Caller,
        kind: ChangeKind,
        subject: &str,
        asked: &Asked,
        show: Option<ShowId>,
        reason: &str,
    ) -> Result<ChangeView, Error> {
        let (maker, hats) = person(caller, Action::ProposeChange)?;
        if !rules::may_propose(kind, Actor { person: maker, hats }) {
            return Err(Error::Forbidden(Action::ProposeChange));
        }
        let on_air_since = match &show {
            Some(show) => find_show(self, show).await?.opened_at,
            None => None,
        };
        let now = self.clock.now();
        let circumstances = Circumstances { now, on_air_since, ..Circumstances::default() };
        let care = rules::assess(&self.caution, kind, None, circumstances);
        let written = || Error::Internal("a change cannot be written");
        let row = ChangeRow {
            id: ChangeId::new(now, &*self.entropy),
            show_id: show,
            kind: kind.code().to_owned(),
            subject_id: subject.to_owned(),
            sku_id: String::new(),
            from: None,
            to: None,
            detail: serde_json::to_string(asked).map_err(|_| written())?,
            live_only: false,
            ends_at: None,
            reason: crate::prepare::checked_title("reason", reason)?,
            status: rules::Status::Proposed.code().to_owned(),
            care: serde_json::to_string(&care).map_err(|_| written())?,
            maker_id: maker.clone(),
            maker_name: caller.name(),
            made_at: now,
            due_at: None,
            checker_id: None,
            checker_name: None,
            decided_at: None,
            decision: String::new(),
            applied_at: None,
            restored_at: None,
        };
        self.write_proposal(caller, row).await
    }

    /// Makes ready what a change does, or with `undone` what takes it back.
    pub(super) async fn effect(
        &self,
        row: &ChangeRow,
        by: &PersonId,
        name: &str,
        now: Millis,
        undone: bool,
    ) -> Result<Effect, Error> {
        match asked(row)? {
            None => Ok(Effect::None),
            Some(Asked::Promotion { step, version }) => {
                let id = PromotionId(row.subject_id.clone());
                let publishes = (step == PromotionStep::Publish) != undone;
                let (view, seen) = match (publishes, undone) {
                    (true, false) => {
                        let (view, seen) = self.ready_to_publish(&id).await?;
                        (view, Some(seen))
                    }
                    // What is brought back held ten seconds ago.
                    (true, true) => (self.find_promotion(&id).await?, None),
                    (false, _) => (self.ready_to_end(&id).await?, None),
                };
                if view.version != version + i64::from(undone) {
                    return Err(promotion_moved());
                }
                let status = if publishes { "published" } else { "ended" };
                let next = super::promotions::next_version(view.promotion, status, by, name, now)?;
                Ok(Effect::Promotion { next: Box::new(next), version: view.version, seen })
            }
            Some(Asked::StockRelease { quantity }) => {
                let kind = if undone { Kind::Locked } else { Kind::Released };
                let suffix = if undone { ":undo" } else { "" };
                let reason = kind.reasons().first().copied();
                Ok(Effect::Stock(Box::new(Movement {
                    id: format!("change:{}{suffix}", row.id),
                    sku: SkuId(row.subject_id.clone()),
                    kind,
                    quantity,
                    locked: false,
                    at: now,
                    reason: reason.ok_or(Error::Internal("a movement has no reason"))?,
                    note: row.reason.clone(),
                    by: by.clone(),
                    by_name: name.to_owned(),
                    source: format!("change:{}", row.id),
                    order: None,
                })))
            }
        }
    }

    /// What a change asks for, in words, and of what.
    pub(super) async fn other_words(&self, row: &ChangeRow) -> Result<Option<(String, Phrase)>, Error> {
        let subject = row.subject_id.clone();
        Ok(match asked(row)? {
            None => None,
            Some(Asked::Promotion { step, .. }) => {
                let name = self.find_promotion(&PromotionId(subject)).await?.promotion.name;
                let words = match step {
                    PromotionStep::Publish => Phrase::new(format!("Publish {name}"), format!("发布“{name}”")),
                    PromotionStep::End => Phrase::new(format!("End {name}"), format!("结束“{name}”")),
                };
                Some((name, words))
            }
            Some(Asked::StockRelease { quantity }) => {
                let words = Phrase::new(format!("{quantity} units"), format!("放库存 {quantity} 件"));
                Some((subject, words))
            }
        })
    }
}

impl App {
    /// Waits for a turn to write stock, if an effect does.
    pub(super) async fn turn_for(&self, effect: &Effect) -> Result<Option<StockTurn<'_>>, Error> {
        match effect {
            Effect::Stock(_) => Ok(Some(self.reservations.stock_turn().await?)),
            _ => Ok(None),
        }
    }
}

/// Ends the turn of [`App::turn_for`], whatever came of the effect.
pub(super) async fn end_turn(turn: Option<StockTurn<'_>>) {
    if let Some(turn) = turn {
        turn.wrote_something().await;
    }
}

impl Effect {
    /// Writes it; part of the transaction that marks the change as in force.
    pub async fn apply(&self, tx: &Tx, now: Millis) -> Result<Result<Vec<FactRef>, Error>, storage::Error> {
        match self {
            Effect::None => {}
            Effect::Promotion { next, version, seen } => {
                if let Some(seen) = seen
                    && !still_published(tx, seen, now).await?
                {
                    return Ok(Err(promotion_moved()));
                }
                if !storage::promotions::append(tx, next, *version).await? {
                    return Ok(Err(promotion_moved()));
                }
            }
            Effect::Stock(movement) => {
                // What is locked or released is held by nobody.
                let (movements, held) = (std::slice::from_ref(&**movement), BTreeMap::new());
                let stocks = match record_in(tx, movements, Approval::TwoPeople, &held).await? {
                    Ok(recorded) => recorded.stocks,
                    Err(error) => return Ok(Err(error)),
                };
                let sku = storage::skus::find(tx, &movement.sku).await?;
                let product = sku.map_or_else(|| ProductId(movement.sku.0.clone()), |row| row.product_id);
                return Ok(Ok(stocks.iter().filter_map(|stock| stock_fact(&product, stock)).collect()));
            }
        }
        Ok(Ok(Vec::new()))
    }
}
