//! The queue as it is looked at: cards, and rates.

use std::collections::{BTreeMap, BTreeSet};

use livehand_compliance::Action;
use livehand_compliance::personal::Masked;
use livehand_kernel::{Fen, Millis, Phrase, ShowId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::order_checks::{CheckRow, NO_CUT_OFF, QueueFilter};
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::order_outcomes::TicketOfSent;
use livehand_storage::orders::OrderRow;
use livehand_storage::tickets::EntryRow;
use livehand_trade::fulfilment::Node;
use livehand_trade::tickets::{Ticket, came_back_wrong};
use livehand_trade::verification::{CheckState, CorrectedLine, Decision, Finding, Fix, Kind, is_sure};

use super::corrections::corrected;
use super::matters::tickets_about;
use super::recipient::Reading;
use super::run::stands;
use crate::prepare::page_size;
use crate::privacy::{Keeper, NotKept};
use crate::{App, Caller, Error};

/// Tickets that are named beside the rates.
const CAME_BACK_MAX: usize = 100;

/// Entries of the record of a ticket that are looked at.
const ENTRIES_MAX: i64 = 200;

/// Which cards to list.
#[derive(Clone, Debug, Default)]
pub struct CardQuery {
    /// Where they stand; waiting if absent.
    pub state: Option<CheckState>,
    /// Instead, those of the sample that nobody looked at yet.
    pub sample: bool,
    /// Only those with a finding of this kind that a person decides on.
    pub kind: Option<Kind>,
    /// Only those of a show.
    pub show: Option<ShowId>,
    /// Part of the order's number.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 if absent.
    pub limit: Option<i64>,
}

/// What a fix changes of a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceView {
    /// phone, province, city, county, town.
    pub part: &'static str,
    /// As it was written, masked; nothing where it was missing.
    pub written: Option<String>,
    /// As it is read, masked.
    pub read: String,
}

/// An order of the queue.
#[derive(Clone, Debug)]
pub struct OrderCard {
    /// The order.
    pub order: OrderRow,
    /// What was found.
    pub check: CheckRow,
    /// Whether everything that a person decides on has a fix, and the fixes cost nothing more or less.
    pub sure: bool,
    /// Whom it goes to, masked; nothing if that is not kept or cannot be read.
    pub recipient: Option<Masked>,
    /// What is changed of the recipient, by a fix that was made or is proposed.
    pub difference: Vec<DifferenceView>,
    /// How much more it costs with the fixes that are proposed for its lines; absent without any, and if it is not known.
    pub costs_more: Option<Fen>,
    /// What is sent instead of its lines, by decisions that stand.
    pub corrected: Vec<CorrectedLine>,
    /// What was decided, the first first.
    pub decisions: Vec<DecisionRow>,
    /// How far it has come.
    pub node: Node,
    /// Open tickets about the same matter, with what their customers said last.
    pub tickets: Vec<(Ticket, Option<EntryRow>)>,
}

/// A page of cards, those that can be corrected for nothing for the shortest time first.
#[derive(Clone, Debug)]
pub struct OrderCards {
    /// The cards.
    pub cards: Vec<OrderCard>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
    /// How many orders stand where.
    pub counts: BTreeMap<CheckState, i64>,
}

/// How right orders go out, and who found what. Each order counts once for each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Orders that were checked and let go, by themselves or by a person.
    pub let_go: i64,
    /// Of these, those that went by themselves.
    pub by_themselves: i64,
    /// Orders that the program put right.
    pub fixed: i64,
    /// Orders that wait for a person or a buyer.
    pub waiting: i64,
    /// Orders of which the fix was accepted, or that were corrected or not sent: what was found was true.
    pub wrong_held: i64,
    /// Orders that a person kept as they were: what was found was false.
    pub right_held: i64,
    /// Second checks that found the order right.
    pub second_right: i64,
    /// Second checks that found it wrong.
    pub second_wrong: i64,
    /// Orders that left.
    pub sent: i64,
    /// Of these, those that came back by a ticket as wrong by our doing, or that a second check found wrong and that left all
    /// the same.
    pub sent_wrong: i64,
    /// The tickets by which they came back, the last first; the first hundred of them.
    pub came_back: Vec<TicketOfSent>,
}

impl App {
    /// A page of the queue.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn order_cards(&self, caller: &Caller, query: CardQuery) -> Result<OrderCards, Error> {
        caller.require(Action::VerifyOrders)?;
        self.card_page(query).await
    }

    pub(super) async fn card_page(&self, query: CardQuery) -> Result<OrderCards, Error> {
        let limit = page_size(query.limit)?;
        let state = query.state.or((!query.sample).then_some(CheckState::Waiting));
        let filter = QueueFilter {
            state: state.filter(|_| !query.sample),
            sample: query.sample,
            kind: query.kind,
            show: query.show,
            search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            after: query.after.as_deref().map(crate::trade::intake::cursor).transpose()?,
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut ids = storage::order_checks::queue(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = ids.len() > size;
        ids.truncate(size);
        let cards = self.cards(&tx, &ids).await?;
        let counts = storage::order_checks::count(&tx).await?.into_iter().collect();
        let place =
            |card: &OrderCard| format!("{}:{}", card.check.cut_off.unwrap_or(NO_CUT_OFF).0, card.check.order);
        let next = cards.last().filter(|_| more).map(place);
        Ok(OrderCards { cards, next, counts })
    }

    /// One card, wherever it stands.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn order_card(&self, caller: &Caller, id: &str) -> Result<OrderCard, Error> {
        caller.require(Action::VerifyOrders)?;
        let tx = self.db.read().await?;
        let cards = self.cards(&tx, std::slice::from_ref(&id.to_owned())).await?;
        cards.into_iter().next().ok_or_else(|| Error::not_found("order", id))
    }

    pub(super) async fn cards(&self, tx: &Tx, ids: &[String]) -> Result<Vec<OrderCard>, Error> {
        let keeper = self.keeper().ok();
        let keys: Vec<&str> = ids.iter().map(String::as_str).collect();
        let checks = by_id(storage::order_checks::find(tx, &keys).await?, |row| row.order.clone());
        let orders = by_id(storage::orders::find_all(tx, &keys).await?, |row| row.order.id());
        let mut fulfilments = storage::fulfilments::find(tx, &keys).await?;
        let decisions = storage::order_decisions::of_orders(tx, &keys).await?;
        let mut cards = Vec::with_capacity(ids.len());
        for id in ids {
            let (Some(check), Some(order)) = (checks.get(id), orders.get(id)) else { continue };
            let own: Vec<DecisionRow> = decisions.iter().filter(|row| row.order == *id).cloned().collect();
            let (recipient, difference) = match &keeper {
                Some(keeper) => shown(tx, keeper, check, &own).await?,
                None => (None, Vec::new()),
            };
            let costs_more = self.proposed_difference(tx, order, &own, &check.findings).await?;
            cards.push(OrderCard {
                // Of a difference in price somebody has to say what becomes of it.
                sure: is_sure(&check.findings) && costs_more.is_none_or(|fen| fen == Fen(0)),
                costs_more,
                recipient,
                difference,
                corrected: corrected(&own),
                decisions: own,
                node: fulfilments.remove(id).unwrap_or_default().node(),
                tickets: linked(tx, order, &check.findings).await?,
                check: check.clone(),
                order: order.clone(),
            });
        }
        Ok(cards)
    }

    /// How right orders go out, by what was decided and what left in a span. Made-up orders are counted apart from real ones.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn verification_rates(
        &self,
        caller: &Caller,
        from: Option<Millis>,
        to: Option<Millis>,
        synthetic: bool,
    ) -> Result<Rates, Error> {
        caller.require(Action::ViewOrders)?;
        let (from, to) = (from.unwrap_or(Millis(0)), to.unwrap_or(Millis(i64::MAX)));
        if from > to {
            let expected = Phrase::new("a time that is not after `to`", "不晚于 to 的时间");
            return Err(Error::field("from", expected, Phrase::literal(from.to_rfc3339())));
        }
        let tx = self.db.read().await?;
        let states: BTreeMap<CheckState, i64> =
            storage::order_checks::count_checked(&tx, from, to, synthetic).await?.into_iter().collect();
        let decided = storage::order_decisions::count(&tx, from, to, synthetic).await?;
        let (wrong_held, right_held) =
            storage::order_decisions::held_orders(&tx, from, to, synthetic).await?;
        let mut came_back = storage::order_outcomes::tickets_of_sent(&tx, from, to, synthetic).await?;
        came_back.retain(|it| came_back_wrong(it.kind, it.cause));
        let second = storage::order_outcomes::wrong_by_second_check(&tx, from, to, synthetic).await?;
        let mut wrong: BTreeSet<&str> = second.iter().map(String::as_str).collect();
        wrong.extend(came_back.iter().map(|it| it.order.as_str()));
        let sent_wrong = i64::try_from(wrong.len()).unwrap_or(i64::MAX);
        came_back.truncate(CAME_BACK_MAX);
        let of = |decision: Decision| {
            decided.iter().find(|(it, _)| *it == decision).map_or(0, |(_, count)| *count)
        };
        let stand = |state: CheckState| states.get(&state).copied().unwrap_or(0);
        Ok(Rates {
            let_go: stand(CheckState::Passed) + stand(CheckState::Decided),
            by_themselves: stand(CheckState::Passed),
            fixed: of(Decision::Fixed),
            waiting: stand(CheckState::Waiting) + stand(CheckState::Asked),
            wrong_held,
            right_held,
            second_right: of(Decision::SecondRight),
            second_wrong: of(Decision::SecondWrong),
            sent: storage::order_outcomes::sent(&tx, from, to, synthetic).await?,
            sent_wrong,
            came_back,
        })
    }
}

/// The tickets about what was found in an order, each with what its customer said last.
async fn linked(
    tx: &Tx,
    order: &OrderRow,
    findings: &[Finding],
) -> Result<Vec<(Ticket, Option<EntryRow>)>, storage::Error> {
    let mut linked = Vec::new();
    for ticket in tickets_about(tx, order, findings).await? {
        let entries = storage::tickets::entries(tx, &ticket.id, ENTRIES_MAX).await?;
        let said = entries.into_iter().rfind(|it| matches!(it.what.as_str(), "comment" | "customer"));
        linked.push((ticket, said));
    }
    Ok(linked)
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> String) -> BTreeMap<String, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

/// The recipient, masked, and what a fix changes of it: of the one before where it was made, of this one where it is
/// proposed.
async fn shown(
    tx: &Tx,
    keeper: &Keeper,
    check: &CheckRow,
    decisions: &[DecisionRow],
) -> Result<(Option<Masked>, Vec<DifferenceView>), Error> {
    let opened = match keeper.open(tx, &check.order).await {
        Ok(opened) => opened,
        Err(NotKept::Unreadable) => None,
        Err(NotKept::Storage(error)) => return Err(error.into()),
    };
    let Some(opened) = opened else { return Ok((None, Vec::new())) };
    let masked = Some(opened.recipient.masked());
    if check.findings.iter().any(|it| it.asks() && it.fix == Some(Fix::Recipient)) {
        return Ok((masked, Reading::of(&opened.recipient).difference()));
    }
    let made = decisions.iter().rfind(|row| {
        stands(row) && matches!(row.decision, Decision::Fixed | Decision::Accept) && row.previous.is_some()
    });
    let Some(previous) = made.and_then(|row| row.previous.as_ref()) else { return Ok((masked, Vec::new())) };
    match keeper.open_previous(tx, &check.order, previous).await {
        Ok(before) => Ok((masked, before.map(|it| Reading::of(&it).difference()).unwrap_or_default())),
        Err(NotKept::Unreadable) => Ok((masked, Vec::new())),
        Err(NotKept::Storage(error)) => Err(error.into()),
    }
}
