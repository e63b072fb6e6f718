//! Promotions: written as drafts, published when nothing that they can be combined to is too low, ended. Each change is a
//! new version.

use livehand_compliance::Action;
use livehand_kernel::{Millis, PersonId, Phrase, PromotionId};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::promotions::{NewPromotion, PromotionFilter, PromotionRow};
use livehand_trade::offers::{self, Known, Promotion, Shipping, check, judge_publication, moments};

use super::offer_lines::Catalogue;
use super::simulate::in_turn;
use crate::audit::Entry;
use crate::error::Fault;
use crate::prepare::{checked_code, page_size};
use crate::{App, Caller, Error};

/// What a promotion can be.
const STATUSES: &[&str] = &["draft", "published", "ended"];

/// A promotion and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionView {
    /// The promotion.
    pub promotion: Promotion,
    /// Its version, from 1.
    pub version: i64,
    /// draft, published or ended.
    pub status: String,
    /// Code of its kind.
    pub kind: String,
    /// Who wrote this version.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// Which promotions to list.
#[derive(Clone, Debug, Default)]
pub struct PromotionQuery {
    /// Part of the name.
    pub search: Option<String>,
    /// draft, published or ended.
    pub status: Option<String>,
    /// `next` of the page before.
    pub after: Option<PromotionId>,
    /// 1 to 200.
    pub limit: Option<i64>,
}

/// Published promotions with their versions, in the order in which they are read.
pub(super) type Seen = Vec<(PromotionId, i64)>;

/// A page of promotions, newest first.
#[derive(Clone, Debug)]
pub struct PromotionPage {
    /// The promotions.
    pub promotions: Vec<PromotionView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<PromotionId>,
}

pub(super) fn view(row: PromotionRow) -> Result<PromotionView, Error> {
    let PromotionRow { version, written } = row;
    let promotion =
        serde_json::from_str(&written.body).map_err(|_| Error::Internal("a promotion is damaged"))?;
    let NewPromotion { status, kind, person_name, at, .. } = written;
    Ok(PromotionView { promotion, version, status, kind, by: person_name, at })
}

/// The promotions that are published and not over.
pub(super) async fn published(tx: &Tx, now: Millis) -> Result<Vec<PromotionView>, Error> {
    storage::promotions::published(tx, now).await?.into_iter().map(view).collect()
}

/// Mistakes as the fields of a request, each behind `prefix`.
pub(super) fn checked(
    typed: &[Promotion],
    published: &[Promotion],
    known: &Known,
    prefix: impl Fn(usize) -> String,
) -> Result<(), Error> {
    let faults = check(typed, published, known);
    if faults.is_empty() {
        return Ok(());
    }
    let told = |fault: offers::Fault| {
        let field = format!("{}{}", prefix(fault.promotion), fault.field);
        Fault { line: None, error: FieldError::new(&field, fault.expected, fault.found) }
    };
    Err(Error::Invalid(faults.into_iter().map(told).collect()))
}

fn kind_of(promotion: &Promotion) -> String {
    let rule = serde_json::to_value(&promotion.rule).unwrap_or_default();
    rule.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn conflict(code: &'static str, en: &'static str, zh: &'static str) -> Error {
    Error::Conflict { code, explanation: Phrase::new(en, zh) }
}

fn changed_meanwhile() -> Error {
    conflict(
        "promotion_changed",
        "Promotions were changed meanwhile; look again",
        "优惠刚被别人改过，请重新查看",
    )
}

impl App {
    /// A page of promotions.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_promotions(
        &self,
        caller: &Caller,
        query: PromotionQuery,
    ) -> Result<PromotionPage, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(query.limit)?;
        let status = query.status.map(|code| checked_code("status", STATUSES, &code)).transpose()?;
        let search = query.search.filter(|text| !text.trim().is_empty());
        let filter = PromotionFilter { search, status, after: query.after, limit: limit + 1 };
        let tx = self.db.read().await?;
        let mut rows = storage::promotions::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let promotions = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
        let next = promotions.last().filter(|_| more).map(|last| last.promotion.id.clone());
        Ok(PromotionPage { promotions, next })
    }

    /// Writes a draft; its id is made here.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn add_promotion(&self, caller: &Caller, promotion: Promotion) -> Result<PromotionView, Error> {
        caller.require(Action::EditPromotions)?;
        let id = PromotionId::new(self.clock.now(), &*self.entropy);
        let promotion = Promotion { id, ..promotion };
        self.check_draft(&promotion).await?;
        self.write_promotion(caller, "add_promotion", promotion, "draft", 0, None).await
    }

    /// Writes the next version of a draft.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] when it is no draft any more.
    pub async fn edit_promotion(
        &self,
        caller: &Caller,
        id: &PromotionId,
        promotion: Promotion,
    ) -> Result<PromotionView, Error> {
        caller.require(Action::EditPromotions)?;
        let current = self.find_promotion(id).await?;
        if current.status != "draft" {
            return Err(not_a_draft());
        }
        let promotion = Promotion { id: id.clone(), ..promotion };
        self.check_draft(&promotion).await?;
        self.write_promotion(caller, "edit_promotion", promotion, "draft", current.version, None).await
    }

    /// Publishes a draft, unless something that can be combined with it then comes below a floor or a required margin.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with the order that shows why.
    pub async fn publish_promotion(&self, caller: &Caller, id: &PromotionId) -> Result<PromotionView, Error> {
        caller.require(Action::PublishPromotions)?;
        self.check_not_on_air(id).await?;
        let (current, seen) = self.ready_to_publish(id).await?;
        self.write_promotion(
            caller,
            "publish_promotion",
            current.promotion,
            "published",
            current.version,
            Some(seen),
        )
        .await
    }

    /// Ends a promotion that is published.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when it is not published, or on air.
    pub async fn end_promotion(&self, caller: &Caller, id: &PromotionId) -> Result<PromotionView, Error> {
        caller.require(Action::PublishPromotions)?;
        self.check_not_on_air(id).await?;
        let current = self.ready_to_end(id).await?;
        self.write_promotion(caller, "end_promotion", current.promotion, "ended", current.version, None).await
    }

    /// A draft that may come into force now, and the published promotions beside which it was judged.
    pub(super) async fn ready_to_publish(&self, id: &PromotionId) -> Result<(PromotionView, Seen), Error> {
        let current = self.find_promotion(id).await?;
        if current.status != "draft" {
            return Err(not_a_draft());
        }
        let now = self.clock.now();
        if current.promotion.to <= now {
            return Err(conflict("promotion_over", "Its time is over", "优惠已过结束时间"));
        }
        let tx = self.db.read().await?;
        let catalogue = Catalogue::read(&tx, None).await?;
        let in_force = published(&tx, now).await?;
        drop(tx);
        let before: Vec<Promotion> = in_force.iter().map(|one| one.promotion.clone()).collect();
        checked(std::slice::from_ref(&current.promotion), &before, &catalogue.known(), |_| String::new())?;
        self.judge(&current.promotion, before, catalogue).await?;
        let seen = in_force.iter().map(|one| (one.promotion.id.clone(), one.version)).collect();
        Ok((current, seen))
    }

    /// A promotion that is in force.
    pub(super) async fn ready_to_end(&self, id: &PromotionId) -> Result<PromotionView, Error> {
        let current = self.find_promotion(id).await?;
        if current.status != "published" {
            let (en, zh) = ("The promotion is not published", "优惠不在发布状态");
            return Err(conflict("promotion_not_published", en, zh));
        }
        Ok(current)
    }

    async fn check_not_on_air(&self, id: &PromotionId) -> Result<(), Error> {
        let current = self.find_promotion(id).await?;
        let tx = self.db.read().await?;
        let catalogue = Catalogue::read(&tx, None).await?;
        self.not_on_air(&tx, &current.promotion, &catalogue).await
    }

    pub(super) async fn find_promotion(&self, id: &PromotionId) -> Result<PromotionView, Error> {
        let tx = self.db.read().await?;
        let found = storage::promotions::find(&tx, id).await?;
        view(found.ok_or_else(|| Error::not_found("promotion", id))?)
    }

    async fn check_draft(&self, promotion: &Promotion) -> Result<(), Error> {
        let tx = self.db.read().await?;
        let known = Catalogue::read(&tx, None).await?.known();
        let in_force = published(&tx, self.clock.now()).await?;
        let others: Vec<Promotion> = in_force.into_iter().map(|one| one.promotion).collect();
        checked(std::slice::from_ref(promotion), &others, &known, |_| String::new())
    }

    /// While a show with one of its products is on air, a promotion changes only by two people.
    async fn not_on_air(&self, tx: &Tx, promotion: &Promotion, catalogue: &Catalogue) -> Result<(), Error> {
        let on_air = storage::shows::products_on_air(tx).await?;
        let covered = |line: &offers::Line| {
            on_air.contains(&line.product)
                && promotion.scope.covers(&line.product, line.sku.as_ref(), &line.category)
        };
        if !catalogue.lines().iter().any(covered) {
            return Ok(());
        }
        let (en, zh) = (
            "A show with its products is on air: a second person has to agree",
            "相关商品正在直播，改优惠需要双人复核",
        );
        Err(conflict("needs_second_person", en, zh))
    }

    async fn judge(
        &self,
        new: &Promotion,
        before: Vec<Promotion>,
        catalogue: Catalogue,
    ) -> Result<(), Error> {
        let new = new.clone();
        let refused = in_turn(move || {
            let mut after = before.clone();
            after.push(new.clone());
            let lines = catalogue.lines();
            let times = moments(std::slice::from_ref(&new), &before);
            times.into_iter().find_map(|moment| {
                let verdict = judge_publication(&lines, Shipping::default(), &before, &after, moment);
                verdict.refused.into_iter().next()
            })
        })
        .await?;
        let Some(refused) = refused else { return Ok(()) };
        Err(Error::Conflict { code: refused.refusal.code(), explanation: refused.sentence })
    }

    /// Writes the next version, if nobody was faster, and if the published promotions are still those that were `seen`.
    async fn write_promotion(
        &self,
        caller: &Caller,
        what: &'static str,
        promotion: Promotion,
        status: &str,
        version: i64,
        seen: Option<Seen>,
    ) -> Result<PromotionView, Error> {
        let now = self.clock.now();
        let row = next_version(promotion.clone(), status, &caller.person(), &caller.name(), now)?;
        let kind = row.kind.clone();
        let entry = Entry::of(caller, what, promotion.id.as_str())
            .with(serde_json::json!({ "version": version + 1, "name": promotion.name, "kind": kind }));
        let (written, seen) = (&row, &seen);
        let done = self.audited(entry, move |tx| async move {
            if let Some(seen) = seen
                && !still_published(&tx, seen, now).await?
            {
                return Ok(None);
            }
            Ok(storage::promotions::append(&tx, written, version).await?.then_some(()))
        });
        done.await?.ok_or_else(changed_meanwhile)?;
        let version = version + 1;
        Ok(PromotionView { promotion, version, status: row.status, kind, by: row.person_name, at: now })
    }
}

/// The next version of a promotion as it is written.
pub(super) fn next_version(
    promotion: Promotion,
    status: &str,
    by: &PersonId,
    name: &str,
    now: Millis,
) -> Result<NewPromotion, Error> {
    let body = serde_json::to_string(&promotion).map_err(|_| Error::Internal("a promotion has no JSON"))?;
    Ok(NewPromotion {
        status: status.to_owned(),
        kind: kind_of(&promotion),
        begins_at: promotion.from,
        ends_at: promotion.to,
        body,
        person_id: by.clone(),
        person_name: name.to_owned(),
        at: now,
        id: promotion.id,
        name: promotion.name,
    })
}

/// Whether the published promotions are still those that were `seen`.
pub(super) async fn still_published(tx: &Tx, seen: &Seen, now: Millis) -> Result<bool, storage::Error> {
    let published = storage::promotions::published(tx, now).await?;
    let same = |(row, (id, version)): (&PromotionRow, &(PromotionId, i64))| {
        row.written.id == *id && row.version == *version
    };
    Ok(published.len() == seen.len() && published.iter().zip(seen).all(same))
}

fn not_a_draft() -> Error {
    conflict("promotion_not_draft", "Only a draft can be changed or published", "只有草稿可以修改或发布")
}
