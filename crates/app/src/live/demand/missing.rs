//! The missing demand (缺失需求): variants that were wished for and that the catalogue does not have. It is worked out of the fold
//! and the catalogue whenever somebody asks, so it is there after the show, and no table keeps it.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{Millis, ProductId, ShowId};
use livehand_live::view::{Ratio, Wish};
use livehand_prepare::catalogue::{Offered, offered};
use livehand_storage as storage;
use livehand_storage::skus::SkuRow;

use super::Goods;
use crate::prepare::find_show;
use crate::spreadsheet::Value;
use crate::{App, Caller, Error};

/// A variant that was wished for and is not sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingWish {
    /// As the room has it.
    pub wish: Wish,
    /// The product's link number.
    pub link_number: i64,
    /// Its name.
    pub name: String,
    /// Orders that were probably lost: the viewers who wished for it × the share of askers who bought. Absent: not known.
    pub lost: Option<Ratio>,
}

/// The missing demand of a show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingDemand {
    /// The most viewers first.
    pub wishes: Vec<MissingWish>,
    /// Of the viewers who asked something in this show, those who bought later. Absent: not known.
    pub conversion: Option<Ratio>,
    /// Wishes of the show that are kept no more, because others were more recent.
    pub forgotten: u64,
}

impl App {
    /// What viewers of a show wished for and the catalogue does not have, the most viewers first. A product whose colours or
    /// sizes the catalogue does not say is left out: nobody knows whether it has them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn missing_demand(&self, caller: &Caller, show: &ShowId) -> Result<MissingDemand, Error> {
        caller.require(Action::ViewReview)?;
        let row = find_show(self, show).await?;
        let ((wishes, forgotten), conversion) =
            self.rooms.look(show, |room| (room.wishes(), room.askers_who_bought())).await?;
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let mut known: BTreeMap<String, Option<Goods>> = BTreeMap::new();
        let mut missing = Vec::new();
        for wish in wishes {
            let Some(product) = wish.product.clone() else { continue };
            if !known.contains_key(&product) {
                let found = Goods::load(&tx, &lineup, &ProductId(product.clone())).await?;
                known.insert(product.clone(), found);
            }
            let Some(goods) = known.get(&product).and_then(Option::as_ref) else { continue };
            // Of a show that happened in our own time, what was sold then counts, and not what was added because of it.
            let sold_then = |sku: &SkuRow| match row.mode == "live" {
                true => sku.created_at <= wish.last && sku.disabled_at.is_none_or(|at| at > wish.first),
                false => sku.is_in_use(),
            };
            let variants = goods.variants(sold_then);
            if let Offered::No(_) = offered(&variants, wish.colour.as_deref(), wish.size.as_deref()) {
                let lost = conversion.map(|share| lost(&wish, share));
                let (link_number, name) = (goods.row.link_number, goods.row.name.clone());
                missing.push(MissingWish { wish, link_number, name, lost });
            }
        }
        missing.sort_by_key(|one| std::cmp::Reverse(one.wish.viewers));
        Ok(MissingDemand { wishes: missing, conversion, forgotten })
    }
}

fn lost(wish: &Wish, share: Ratio) -> Ratio {
    let viewers = i64::try_from(wish.viewers).unwrap_or(i64::MAX);
    Ratio { numerator: viewers.saturating_mul(share.numerator), denominator: share.denominator }
}

/// The columns of the exported table.
pub(crate) const MISSING_COLUMNS: &[&str] = &[
    "product",
    "link_number",
    "name",
    "colour",
    "size",
    "viewers",
    "comments",
    "lost_orders",
    "askers_who_bought",
    "askers",
    "first",
    "last",
    "wordings",
];

/// A row of the exported table. An estimate that is not known is empty; one that is, is rounded, with the share that it rests on.
pub(crate) fn missing_cells(missing: MissingWish, conversion: Option<Ratio>) -> Vec<Value<'static>> {
    let MissingWish { wish, link_number, name, lost } = missing;
    let count = |number: u64| Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let rounded = |lost: Ratio| {
        let doubled = lost.numerator.saturating_mul(2).saturating_add(lost.denominator);
        Value::Number(doubled / lost.denominator.saturating_mul(2).max(1))
    };
    let unknown = || Value::from("");
    let time = |at: Millis| Value::from(at.to_rfc3339());
    vec![
        wish.product.unwrap_or_default().into(),
        Value::Number(link_number),
        name.into(),
        wish.colour.unwrap_or_default().into(),
        wish.size.unwrap_or_default().into(),
        count(wish.viewers),
        count(wish.comments),
        lost.map_or_else(unknown, rounded),
        conversion.map_or_else(unknown, |share| Value::Number(share.numerator)),
        conversion.map_or_else(unknown, |share| Value::Number(share.denominator)),
        time(wish.first),
        time(wish.last),
        wish.wordings.join(" / ").into(),
    ]
}
