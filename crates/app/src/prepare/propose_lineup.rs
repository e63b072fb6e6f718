//! An order for the line-up, from what past shows of the team tell and from what somebody says of the products. Nothing
//! is stored: whoever likes the order sets it.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, ShowId};
use livehand_live::FieldError;
use livehand_live::view::RoomView;
use livehand_prepare::lineup::{
    Assumed, EFFORT, Faults, Item, Limits, Ordered, PastShow, Said, assume, order, order_again,
};
use livehand_storage as storage;
use livehand_storage::shows::{ShowFilter, ShowRow};

use super::find_show;
use crate::error::Fault;
use crate::review::staged;
use crate::{App, Caller, Error};

/// Past shows that are learned from: the last ones.
const PAST_SHOWS: i64 = 5;
/// Length of a show of which nobody says how long it is, in minutes.
const MINUTES_USUAL: usize = 120;
/// Minutes over which it is seen which part of the audience stays: that of one minute jumps about.
const STAYS_OVER: usize = 10;
/// Minutes at the end of a show that goes on of which it is not yet known who stays.
const UNSETTLED: usize = 2;

/// What is known of the show beside its line-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineupWishes {
    /// How long the show is, in minutes; two hours if absent.
    pub minutes: Option<usize>,
    /// What somebody says of products, by their ids.
    pub products: BTreeMap<String, Said>,
    /// Rules other than the usual ones.
    pub limits: Limits,
}

/// A proposed order.
#[derive(Clone, Debug, PartialEq)]
pub struct LineupProposal {
    /// The whole plan, and what it rests on.
    pub assumed: Assumed,
    /// The minute of a show on air from which on the rest was ordered.
    pub from: Option<usize>,
    /// Products of the line-up that were on stage already.
    pub shown: Vec<String>,
    /// The order.
    pub ordered: Ordered,
}

impl App {
    /// Proposes an order for the line-up of a show; of one that is on air, for what is left of it, with the audience that
    /// is there.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for wishes that contradict the line-up or one another,
    /// [`Error::Room`].
    pub async fn propose_lineup(
        &self,
        caller: &Caller,
        show: &ShowId,
        wishes: LineupWishes,
    ) -> Result<LineupProposal, Error> {
        caller.require(Action::EditLineup)?;
        let row = find_show(self, show).await?;
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let ended = ShowFilter { search: None, status: Some("ended".to_owned()), after: None, limit: 50 };
        let ended = storage::shows::list(&tx, &ended).await?;
        drop(tx);
        let items: Vec<Item> =
            lineup.into_iter().map(|product| Item { id: product.id.0, price: product.price.0 }).collect();
        if items.is_empty() {
            let expected = Phrase::new("a line-up with products", "排品里至少有一款商品");
            return Err(Error::field("products", expected, Phrase::new("an empty line-up", "空的排品")));
        }
        if let Some(unknown) = wishes.products.keys().find(|id| items.iter().all(|item| item.id != **id)) {
            let expected = Phrase::new("ids of products of the line-up", "排品内的商品编号");
            return Err(Error::field("products", expected, Phrase::literal(unknown.clone())));
        }
        let past = self.past_shows(&row, ended).await?;
        let so_far = match row.status.as_str() {
            "on_air" => Some(self.rooms.view(show).await?).filter(|view| !view.minutes.is_empty()),
            _ => None,
        };
        let LineupWishes { minutes, products: said, limits } = wishes;
        let minutes = minutes.unwrap_or(MINUTES_USUAL);
        let propose = move || propose(&items, &said, &past, minutes, limits, so_far.as_ref());
        let proposed = tokio::task::spawn_blocking(propose).await;
        proposed.map_err(|_| Error::Internal("ordering the line-up failed"))?
    }

    /// The last shows before this one that were like it: made up or not.
    async fn past_shows(&self, now: &ShowRow, ended: Vec<ShowRow>) -> Result<Vec<PastShow>, Error> {
        let alike = ended.into_iter().filter(|show| show.id != now.id && show.synthetic == now.synthetic);
        let mut past = Vec::new();
        for show in alike.take(PAST_SHOWS as usize) {
            // A show that cannot be read any more tells nothing; it must not keep others from being planned.
            match self.rooms.view(&show.id).await {
                Ok(view) => past.push(learned_from(&view)),
                Err(error) => {
                    tracing::warn!(show.id = %show.id, error = &error as &dyn std::error::Error, "show {} is not learned from", show.id);
                }
            }
        }
        Ok(past)
    }
}

fn propose(
    items: &[Item],
    said: &BTreeMap<String, Said>,
    past: &[PastShow],
    minutes: usize,
    limits: Limits,
    so_far: Option<&RoomView>,
) -> Result<LineupProposal, Error> {
    let assumed = assume(items, said, past, minutes, limits);
    assumed.plan.check().map_err(|faults| invalid(&assumed, faults))?;
    let Some(view) = so_far else {
        let ordered = order(&assumed.plan, EFFORT, 1).map_err(|faults| invalid(&assumed, faults))?;
        return Ok(LineupProposal { assumed, from: None, shown: Vec::new(), ordered });
    };
    let seen = learned_from(view);
    let from = seen.audience.len();
    if from >= minutes {
        let expected =
            Phrase::new(format!("more than the {from} that have passed"), format!("大于已播的 {from}"));
        return Err(Error::field("minutes", expected, Phrase::literal(minutes.to_string())));
    }
    let was_shown = |item: &&Item| seen.staged.iter().any(|(product, _)| *product == item.id);
    let shown: Vec<String> = items.iter().filter(was_shown).map(|item| item.id.clone()).collect();
    let settled = from.saturating_sub(UNSETTLED);
    // Where it is not known how many were there, the plan is believed.
    let planned = assumed.plan.audience.iter();
    let observed: Vec<f64> = seen
        .audience
        .iter()
        .take(settled)
        .zip(planned)
        .map(|(seen, planned)| seen.unwrap_or(*planned))
        .collect();
    let ordered = order_again(&assumed.plan, from, &shown, &observed, EFFORT)
        .map_err(|faults| invalid(&assumed, faults))?;
    Ok(LineupProposal { assumed, from: Some(from), shown, ordered })
}

/// Names the product where the plan names its place.
fn invalid(assumed: &Assumed, Faults(faults): Faults) -> Error {
    let fault = |(field, expected): (String, Phrase)| {
        let place = field.strip_prefix("products[").and_then(|rest| rest.split_once(']'));
        let named = place.and_then(|(place, rest)| {
            let product = assumed.plan.products.get(place.parse::<usize>().ok()?)?;
            Some(format!("products.{}{rest}", product.id))
        });
        let field = match field.as_str() {
            "audience" => "minutes".to_owned(),
            _ => named.unwrap_or(field),
        };
        let found = Phrase::new("something else", "其他值");
        Fault { line: None, error: FieldError::new(&field, expected, found) }
    };
    Error::Invalid(faults.into_iter().map(fault).collect())
}

/// What a show tells: how its audience came and went, and what was sold to whom it was explained.
fn learned_from(view: &RoomView) -> PastShow {
    let Some(first) = view.minutes.first().map(|minute| minute.at.minute()) else {
        return PastShow::default();
    };
    let place = |at: Millis| usize::try_from(at.minute() - first).unwrap_or(0);
    let mut audience = vec![None; view.minutes.last().map_or(0, |minute| place(minute.at) + 1)];
    for (number, minute) in view.minutes.iter().enumerate() {
        let window = view.minutes.iter().take(number + 1).rev().take(STAYS_OVER);
        let (views, stayed) = window
            .fold((0, 0), |(views, stayed), minute| (views + minute.views, stayed + minute.retained_60));
        let stays = if views > 0 { stayed as f64 / views as f64 } else { 1.0 };
        if let Some(slot) = audience.get_mut(place(minute.at)) {
            *slot = minute.online.filter(|_| minute.has_data).map(|online| online as f64 * stays);
        }
    }
    let items = staged(view, &BTreeMap::new());
    let times = items
        .into_iter()
        .map(|item| (item.product, place(item.from)..place(item.to).max(place(item.from) + 1)));
    let orders = view.products.iter().map(|product| (product.product.clone(), product.orders_paid));
    PastShow { audience, staged: times.collect(), orders: orders.collect() }
}
