//! The review: what a show came to.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{Millis, ShowId};
use livehand_live::view::{RoomView, TimelineKind};
use livehand_storage as storage;

use crate::{App, Caller, Error, ShowView};

/// A stretch of time that an item was on stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedItem {
    /// Product id.
    pub product: String,
    /// Its name, if it is in the line-up.
    pub name: Option<String>,
    /// From.
    pub from: Millis,
    /// To; the show's clock for the item that is there still.
    pub to: Millis,
}

/// A show to look back on.
#[derive(Clone, Debug)]
pub struct Review {
    /// The show.
    pub show: ShowView,
    /// Beginning of the first minute with data.
    pub first: Option<Millis>,
    /// The show's clock at the end.
    pub last: Option<Millis>,
    /// The room as it stands.
    pub view: RoomView,
    /// What was on stage, in order.
    pub items: Vec<StagedItem>,
}

impl App {
    /// The review of a show, also while it is on air.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn review(&self, caller: &Caller, show: &ShowId) -> Result<Review, Error> {
        caller.require(Action::ViewReview)?;
        let show_view = self.followed_show(&Caller::Local, show).await?;
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        drop(tx);
        let names: BTreeMap<String, String> =
            lineup.into_iter().map(|product| (product.id.0, product.name)).collect();
        let view = self.rooms.view(show).await?;
        let items = staged(&view, &names);
        let first = view.minutes.first().map(|minute| minute.at);
        let last = first.map(|first| view.clock.max(first));
        Ok(Review { show: show_view, first, last, items, view })
    }
}

/// What was on stage, in order, with the names that are known.
pub(crate) fn staged(view: &RoomView, names: &BTreeMap<String, String>) -> Vec<StagedItem> {
    let mut items: Vec<StagedItem> = Vec::new();
    let mut on_stage = false;
    for entry in view.timeline.iter().filter(|entry| entry.what == TimelineKind::ItemStaged) {
        if let Some(last) = items.last_mut().filter(|_| on_stage) {
            last.to = entry.at;
        }
        on_stage = entry.subject.is_some();
        if let Some(product) = &entry.subject {
            let name = names.get(product).cloned();
            items.push(StagedItem { product: product.clone(), name, from: entry.at, to: view.clock });
        }
    }
    items
}
