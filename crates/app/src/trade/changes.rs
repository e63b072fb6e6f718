//! Changes that need two people (双人复核): asking for one. Deciding on it stands in `decide_change`, what it does when it
//! comes into force in `apply_change`.

use livehand_compliance::Action;
use livehand_compliance::changes as rules;
use livehand_compliance::changes::{Actor, Care, ChangeKind, Circumstances, Status};
use livehand_kernel::{ChangeId, Fen, Hat, Millis, PersonId, Phrase, ProductId, ShowId, SkuId};
use livehand_live::AMOUNT_FEN_MAX;
use livehand_storage as storage;
use livehand_storage::changes::{ChangeFilter, ChangeRow};
use livehand_trade::offers::{Line, Shipping, judge_price};

use super::offer_lines::Catalogue;
use super::promotions::published;
use super::simulate::in_turn;
use crate::audit::Entry;
use crate::prepare::{checked_title, find_show, page_size};
use crate::{App, Caller, Error};

/// Longest flash sale.
const FLASH_SALE_MS_MAX: i64 = 24 * 3_600_000;

/// A change that somebody asks for.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// price or flash_sale.
    pub kind: String,
    /// The show that it is for, if it is for one.
    pub show: Option<ShowId>,
    /// The product.
    pub product: ProductId,
    /// Its SKU, where only that one is meant.
    pub sku: Option<SkuId>,
    /// The new price.
    pub to: Fen,
    /// Whether the former price comes back at the end of the show.
    pub live_only: bool,
    /// When the former price comes back; a flash sale needs it.
    pub ends_at: Option<Millis>,
    /// Why.
    pub reason: String,
}

/// What a change would mean.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The price now.
    pub from: Option<Fen>,
    /// The price that it is held against.
    pub usual: Option<Fen>,
    /// The amount in words, to be read out.
    pub in_words: Phrase,
    /// How much care it needs.
    pub care: Care,
    /// Why it cannot be asked for, with a code.
    pub refused: Option<(&'static str, Phrase)>,
}

/// A change as screens have it.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// Its row.
    pub row: ChangeRow,
    /// The product's name.
    pub subject_name: String,
    /// How much care it needs.
    pub care: Care,
    /// The amount in words.
    pub in_words: Option<Phrase>,
    /// Until when it can be undone.
    pub undo_until: Option<Millis>,
}

/// Which changes to list.
#[derive(Clone, Debug, Default)]
pub struct ChangeQuery {
    /// Only those that wait to be decided.
    pub waiting: bool,
    /// Of one show.
    pub show: Option<ShowId>,
    /// Of one product.
    pub subject: Option<String>,
    /// The last of the page before.
    pub after: Option<ChangeId>,
    /// Rows in the answer.
    pub limit: Option<i64>,
}

/// A page of changes, newest first.
#[derive(Clone, Debug)]
pub struct ChangePage {
    /// The changes.
    pub changes: Vec<ChangeView>,
    /// Where the next page begins.
    pub next: Option<ChangeId>,
}

/// A member of the crew; links and the command line decide nothing.
pub(super) fn person(caller: &Caller, action: Action) -> Result<(&PersonId, &[Hat]), Error> {
    caller.require(action)?;
    match caller {
        Caller::Person { id, hats, .. } => Ok((id, hats)),
        Caller::Link { .. } | Caller::Local => Err(Error::Forbidden(action)),
    }
}

pub(super) fn care_of(row: &ChangeRow) -> Result<Care, Error> {
    serde_json::from_str(&row.care).map_err(|_| Error::Internal("the care of a change cannot be read"))
}

fn view(row: ChangeRow, subject_name: String) -> Result<ChangeView, Error> {
    let care = care_of(&row)?;
    let in_words = row.to.map(Fen::in_words);
    let undo_until =
        row.applied_at.filter(|_| row.status == Status::Applied.code()).map(|at| at.plus(rules::UNDO_MS));
    Ok(ChangeView { row, subject_name, care, in_words, undo_until })
}

impl App {
    /// What a change would mean, before it is asked for. Stores nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn assess_change(&self, caller: &Caller, new: &NewChange) -> Result<Assessment, Error> {
        person(caller, Action::ProposeChange)?;
        self.assess(new).await
    }

    async fn assess(&self, new: &NewChange) -> Result<Assessment, Error> {
        let kind = self.checked_change(new).await?;
        let show = match &new.show {
            Some(show) => Some(find_show(self, show).await?),
            None => None,
        };
        let concerned = self.concerned(&new.product, new.sku.as_ref()).await?;
        let first = concerned.first().and_then(Option::as_ref);
        let price = |field: &'static str| self.price_fact(&new.product, first, field);
        let (from, daily) = (price("live_price").await?, price("daily_price").await?);
        let usual = daily.or(from);
        let circumstances = Circumstances {
            now: self.clock.now(),
            on_air_since: show.and_then(|show| show.opened_at),
            from,
            usual,
        };
        let care = rules::assess(&self.caution, kind, Some(new.to), circumstances);
        let refused = self.too_low(new, &concerned).await?;
        Ok(Assessment { from, usual, in_words: new.to.in_words(), care, refused })
    }

    /// Why the price may not be that low, if so, for any of what it is the price of.
    async fn too_low(
        &self,
        new: &NewChange,
        concerned: &[Option<SkuId>],
    ) -> Result<Option<(&'static str, Phrase)>, Error> {
        for sku in concerned {
            if let Some(refused) = self.below_floor(new, sku.as_ref()).await? {
                return Ok(Some(refused));
            }
        }
        self.too_low_with_promotions(new).await
    }

    async fn below_floor(
        &self,
        new: &NewChange,
        sku: Option<&SkuId>,
    ) -> Result<Option<(&'static str, Phrase)>, Error> {
        let price = |field: &'static str| self.price_fact(&new.product, sku, field);
        let to = new.to;
        if let Some(floor) = price("floor_price").await?.filter(|floor| to < *floor) {
            return Ok(Some((
                "below_floor",
                Phrase::new(
                    format!("¥{to} is below the floor price ¥{floor}"),
                    format!("¥{to} 低于最低限价 ¥{floor}"),
                ),
            )));
        }
        let Some(cost) = price("cost_price").await? else { return Ok(None) };
        let margin = price("minimum_margin").await?.unwrap_or_default();
        let least = Fen(cost.0.saturating_add(margin.0));
        let left = Fen(to.0 - cost.0);
        Ok((to < least).then(|| {
            (
                "below_margin",
                Phrase::new(
                    format!("¥{to} leaves a margin of ¥{left}; at least ¥{least} is needed"),
                    format!("¥{to} 毛利只剩 ¥{left}，至少要卖 ¥{least}"),
                ),
            )
        }))
    }

    /// The order that comes below the floor or the margin when the published promotions meet the new price, if one does.
    async fn too_low_with_promotions(
        &self,
        new: &NewChange,
    ) -> Result<Option<(&'static str, Phrase)>, Error> {
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let in_force = published(&tx, now).await?;
        if in_force.is_empty() {
            return Ok(None);
        }
        let lines = Catalogue::read(&tx, None).await?.lines();
        drop(tx);
        let promotions: Vec<_> = in_force.into_iter().map(|one| one.promotion).collect();
        let (product, sku, to) = (new.product.clone(), new.sku.clone(), new.to);
        let refused = in_turn(move || {
            let concerned = |line: &Line| line.product == product && (sku.is_none() || line.sku == sku);
            let places = lines.iter().enumerate().filter(|(_, line)| concerned(line)).map(|(place, _)| place);
            places
                .into_iter()
                .find_map(|place| judge_price(&lines, place, to, Shipping::default(), &promotions, now))
        });
        Ok(refused.await?.map(|judged| (judged.refusal.code(), judged.sentence)))
    }

    async fn checked_change(&self, new: &NewChange) -> Result<ChangeKind, Error> {
        let codes: Vec<&str> =
            ChangeKind::ALL.iter().filter(|it| it.is_price()).map(|it| it.code()).collect();
        let kind = ChangeKind::from_code(&new.kind).filter(|kind| kind.is_price()).ok_or_else(|| {
            let listed = codes.join(", ");
            let expected = Phrase::new(format!("one of {listed}"), format!("以下之一：{listed}"));
            Error::field("kind", expected, Phrase::literal(livehand_kernel::display_text(&new.kind)))
        })?;
        let tx = self.db.read().await?;
        let product = storage::products::find(&tx, &new.product).await?;
        product.ok_or_else(|| Error::not_found("product", &new.product))?;
        drop(tx);
        if !(1..=AMOUNT_FEN_MAX).contains(&new.to.0) {
            let expected = Phrase::new("more than ¥0.00, in fen", "大于 ¥0.00，单位为分");
            return Err(Error::field("to_fen", expected, Phrase::literal(format!("¥{}", new.to))));
        }
        // A product that is to join a show on air may have its price confirmed as it is.
        let on_air = !self.shows_on_air_with(&new.product).await?.is_empty();
        let concerned = self.concerned(&new.product, new.sku.as_ref()).await?;
        let first = concerned.first().and_then(Option::as_ref);
        if on_air && self.price_fact(&new.product, first, "live_price").await? == Some(new.to) {
            let expected = Phrase::new("another price than now", "与当前价格不同的价格");
            return Err(Error::field("to_fen", expected, Phrase::literal(format!("¥{}", new.to))));
        }
        let now = self.clock.now();
        let within = new.ends_at.map(|at| (1..=FLASH_SALE_MS_MAX).contains(&(at.0 - now.0)));
        match (kind, within) {
            (ChangeKind::FlashSale, None) | (_, Some(false)) => {
                let expected = Phrase::new("a time within the next 24 hours", "未来 24 小时内的时间");
                let found = new.ends_at.map_or_else(String::new, Millis::to_rfc3339);
                Err(Error::field("ends_at", expected, Phrase::literal(found)))
            }
            _ => Ok(kind),
        }
    }

    /// Asks for a change.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] when it would sell below the
    /// floor, or one for the same thing waits already.
    pub async fn propose_change(&self, caller: &Caller, new: NewChange) -> Result<ChangeView, Error> {
        let (maker, hats) = person(caller, Action::ProposeChange)?;
        let assessment = self.assess(&new).await?;
        let kind = ChangeKind::from_code(&new.kind).ok_or(Error::Internal("a change of an unknown kind"))?;
        if !rules::may_propose(kind, Actor { person: maker, hats }) {
            return Err(Error::Forbidden(Action::ProposeChange));
        }
        if let Some((code, explanation)) = assessment.refused {
            return Err(Error::Conflict { code, explanation });
        }
        let now = self.clock.now();
        let care = serde_json::to_string(&assessment.care);
        let way_back = self.way_back(&new, assessment.from).await?;
        let row = ChangeRow {
            id: ChangeId::new(now, &*self.entropy),
            show_id: new.show,
            kind: new.kind,
            subject_id: new.product.0,
            sku_id: new.sku.map(|sku| sku.0).unwrap_or_default(),
            from: assessment.from,
            to: Some(new.to),
            detail: serde_json::json!(way_back).to_string(),
            live_only: new.live_only,
            ends_at: new.ends_at,
            reason: checked_title("reason", &new.reason)?,
            status: Status::Proposed.code().to_owned(),
            care: care.map_err(|_| Error::Internal("the care of a change cannot be written"))?,
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

    /// Writes a proposal, unless one for the same thing waits.
    pub(super) async fn write_proposal(&self, caller: &Caller, row: ChangeRow) -> Result<ChangeView, Error> {
        let entry = Entry::of(caller, "propose_change", row.id.as_str()).with(serde_json::json!({
            "kind": row.kind, "subject": row.subject_id, "sku": row.sku_id,
            "from_fen": row.from, "to_fen": row.to,
        }));
        let inserted = &row;
        let added = self.audited(entry, move |tx| async move {
            storage::changes::insert(&tx, inserted).await?;
            Ok(Some(()))
        });
        match added.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => Err(Error::Conflict {
                code: "change_waiting",
                explanation: Phrase::new(
                    "A change of the same thing waits to be decided",
                    "同一商品已有一个变更在等待复核",
                ),
            }),
            Err(error) => Err(error),
            Ok(_) => self.change_view(row).await,
        }
    }

    pub(crate) async fn change_view(&self, row: ChangeRow) -> Result<ChangeView, Error> {
        if let Some((name, words)) = self.other_words(&row).await? {
            let in_words = Some(words);
            return Ok(ChangeView { in_words, ..view(row, name)? });
        }
        let tx = self.db.read().await?;
        let product = storage::products::find(&tx, &ProductId(row.subject_id.clone())).await?;
        let name = product.map_or_else(|| row.subject_id.clone(), |product| product.name);
        view(row, name)
    }

    /// One change.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn change(&self, caller: &Caller, id: &ChangeId) -> Result<ChangeView, Error> {
        caller.require(Action::ViewChanges)?;
        let row = self.find_change(id).await?;
        self.change_view(row).await
    }

    pub(crate) async fn find_change(&self, id: &ChangeId) -> Result<ChangeRow, Error> {
        let tx = self.db.read().await?;
        storage::changes::find(&tx, id).await?.ok_or_else(|| Error::not_found("change", id))
    }

    /// A page of changes, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_changes(&self, caller: &Caller, query: ChangeQuery) -> Result<ChangePage, Error> {
        caller.require(Action::ViewChanges)?;
        let limit = page_size(query.limit)?;
        let filter = ChangeFilter {
            waiting: query.waiting,
            show: query.show,
            subject: query.subject,
            after: query.after,
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut rows = storage::changes::list(&tx, &filter).await?;
        drop(tx);
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            changes.push(self.change_view(row).await?);
        }
        Ok(ChangePage { changes, next })
    }
}
