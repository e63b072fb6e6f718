//! Asking that a parcel be stopped, or that its label be changed.

use livehand_compliance::Action;
use livehand_compliance::personal::{Given, Recipient};
use livehand_kernel::{DeliveryId, Phrase, SkuId, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::intercepts::InterceptRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::{Hold, HoldKind, Node};
use livehand_trade::intercepts::{Aim, Intercept, Road, State};
use livehand_trade::orders::State as OrderState;
use livehand_trade::verification::{Settlement, contents};

use super::{InterceptView, by};
use crate::audit::Entry;
use crate::privacy::{NotKept, checked_recipient, unreadable};
use crate::trade::tickets::entry_by;
use crate::trade::verification::{Exchanging, corrected};
use crate::{App, Caller, Error};

/// Most units of a line.
const QUANTITY_MAX: i64 = 1_000_000;

/// What is to be in a parcel instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecWish {
    /// The line of the order; its only one if absent.
    pub line: Option<String>,
    /// The SKU that it is to be.
    pub to: SkuId,
    /// How many; as many as there are if absent.
    pub quantity: Option<i64>,
}

/// What is asked for an order. Printing it does not say whom it is to go to.
#[derive(Debug)]
pub struct NewIntercept {
    /// The order, as platform and number.
    pub order: String,
    /// The ticket that it belongs to.
    pub ticket: Option<String>,
    /// What the customer wants.
    pub aim: Aim,
    /// Whom it is to go to instead.
    pub recipient: Option<Given>,
    /// What is to be in it instead.
    pub spec: Option<SpecWish>,
    /// What becomes of what that costs more or less.
    pub difference: Option<Settlement>,
    /// Why, in words; never personal data.
    pub note: String,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct InterceptAsked {
    /// The request.
    pub view: InterceptView,
    /// Whether it was there already.
    pub again: bool,
}

/// What is checked before the transaction.
struct Checked {
    note: String,
    recipient: Option<Recipient>,
    change: Vec<String>,
}

impl App {
    /// Asks that a parcel be stopped or its label be changed. The same again is the same request.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `intercept_runs`,
    /// `order_ended`, `order_not_paid`, `order_received` or `too_late_to_change`, and those of personal data,
    /// [`Error::Refused`] with `sold_out` and `price_difference`.
    pub async fn ask_intercept(&self, caller: &Caller, new: NewIntercept) -> Result<InterceptAsked, Error> {
        caller.require(Action::AskIntercept)?;
        let checked = &self.checked_intercept(&new).await?;
        let now = self.clock.now();
        let id = new_uuid(now, &*self.entropy);
        let entry = Entry::of(caller, "ask_intercept", &new.order)
            .with(serde_json::json!({ "intercept": id, "aim": new.aim, "ticket": new.ticket }));
        let turn = self.exchanging(new.aim == Aim::Spec).await?;
        let (asked, draft, stock) = (&new, &id, turn.as_ref());
        let done = self.decided(entry, move |tx| async move {
            if let Some(known) = storage::intercepts::running(&tx, &asked.order).await? {
                // Nothing is written, so there is no audit row either.
                let same = self.is_same_request(&tx, &known, asked.aim, checked).await?;
                return Ok(if same { Ok(None) } else { Err(runs(&known.intercept)) });
            }
            self.open_intercept(&tx, caller, stock, asked, checked, (draft, now)).await
        });
        let done = done.await;
        self.end_exchange(turn, &done);
        if done?.is_some() {
            self.order_checks.wake();
            return Ok(InterceptAsked { view: self.intercept(&Caller::Local, &id).await?, again: false });
        }
        let tx = self.db.read().await?;
        let known = storage::intercepts::running(&tx, &new.order).await?;
        drop(tx);
        let known = known.ok_or(Error::Storage(storage::Error::Busy))?;
        Ok(InterceptAsked { view: self.intercept(&Caller::Local, &known.intercept.id).await?, again: true })
    }

    /// Whether what runs is what is asked for. Another address than the one that waits for the warehouse is not.
    async fn is_same_request(
        &self,
        tx: &Tx,
        known: &InterceptRow,
        aim: Aim,
        checked: &Checked,
    ) -> Result<bool, storage::Error> {
        let it = &known.intercept;
        if it.aim != aim || aim == Aim::Stop {
            return Ok(it.aim == aim);
        }
        let (Some(customer), Some(sealed), Some(to)) =
            (&known.customer, &known.recipient, &checked.recipient)
        else {
            return Ok(aim == Aim::Spec && it.change == checked.change);
        };
        let Ok(keeper) = self.keeper() else { return Ok(false) };
        match keeper.is_proposed(tx, &it.id, customer, sealed, to).await {
            Ok(same) => Ok(same),
            Err(NotKept::Unreadable) => Ok(false),
            Err(NotKept::Storage(error)) => Err(error),
        }
    }

    async fn checked_intercept(&self, new: &NewIntercept) -> Result<Checked, Error> {
        let note = match new.note.trim() {
            "" => String::new(),
            note => self.impersonal("note", note, Some(&new.order)).await?,
        };
        let tx = self.db.read().await?;
        let order = storage::orders::find(&tx, &new.order).await?;
        let order = order.ok_or_else(|| Error::not_found("order", &new.order))?;
        if let Some(ticket) = &new.ticket {
            storage::tickets::find(&tx, ticket).await?.ok_or_else(|| Error::not_found("ticket", ticket))?;
        }
        let wrong = |field: &str, en: &'static str, zh: &'static str| {
            Error::field(field, Phrase::new(en, zh), Phrase::new("something else", "其他内容"))
        };
        match (new.aim, &new.recipient, &new.spec) {
            (Aim::Stop, None, None) => Ok(Checked { note, recipient: None, change: Vec::new() }),
            (Aim::Address, Some(given), None) => {
                let recipient = Some(checked_recipient(given)?);
                Ok(Checked { note, recipient, change: Vec::new() })
            }
            (Aim::Spec, None, Some(wish)) => {
                Ok(Checked { note, recipient: None, change: spec_change(&tx, &order, wish).await? })
            }
            (Aim::Stop, ..) => {
                Err(wrong("aim", "nothing else, to stop a parcel", "拦截退款时不需要其他内容"))
            }
            (Aim::Address, ..) => Err(wrong(
                "recipient",
                "whom it is to go to instead, and nothing else",
                "只填写新的收件人信息",
            )),
            (Aim::Spec, ..) => {
                Err(wrong("spec", "what is to be in it instead, and nothing else", "只填写新的规格"))
            }
        }
    }

    async fn open_intercept(
        &self,
        tx: &Tx,
        caller: &Caller,
        turn: Option<&Exchanging<'_>>,
        new: &NewIntercept,
        checked: &Checked,
        (id, now): (&str, livehand_kernel::Millis),
    ) -> Result<Result<Option<()>, Error>, storage::Error> {
        let Some(order) = storage::orders::find(tx, &new.order).await? else {
            return Ok(Err(Error::not_found("order", &new.order)));
        };
        let ids = [new.order.as_str()];
        let node = storage::fulfilments::find(tx, &ids).await?.remove(&new.order).unwrap_or_default().node();
        if let Err(error) = may_be_asked(&order, new.aim, node) {
            return Ok(Err(error));
        }
        let (_, settings) = storage::after_sale::settings(tx).await?;
        let draft = Intercept {
            id: id.to_owned(),
            order: new.order.clone(),
            ticket: new.ticket.clone(),
            aim: new.aim,
            node,
            road: Road::of(node),
            state: State::Asked,
            requested_at: now,
            due: now,
            confirmed_at: None,
            steps: Vec::new(),
            refund: None,
            change: checked.change.clone(),
            difference: None,
            carrier_fee: settings.carrier_fee,
        };
        let mut row = InterceptRow {
            intercept: Intercept::ask(draft, by(caller), &checked.note),
            customer: None,
            recipient: None,
        };
        if let Some(recipient) = &checked.recipient
            && let Err(error) = self.propose_recipient(tx, &mut row, recipient).await?
        {
            return Ok(Err(error));
        }
        if let Some(turn) = turn
            && let Err(error) =
                self.check_contents(tx, turn, &order, &mut row.intercept, new.difference).await?
        {
            return Ok(Err(error));
        }
        if row.intercept.state != State::Changed && node < Node::Out {
            let hold = Hold { kind: HoldKind::Intercept, cause: id.to_owned(), since: now };
            self.place_hold(tx, &new.order, hold, crate::trade::fulfilment::by(caller)).await?;
        }
        storage::intercepts::save(tx, &row).await?;
        if let (Some(turn), State::Changed) = (turn, row.intercept.state)
            && let Err(error) = self.change_contents(tx, turn, &order, &row.intercept, now).await?
        {
            return Ok(Err(error));
        }
        if row.intercept.state == State::Changed || new.aim == Aim::Stop {
            let by = crate::trade::fulfilment::by(caller);
            self.settle_check_by_intercept(tx, &row.intercept, &by, now).await?;
        }
        self.note_intercept(tx, &row.intercept, entry_by(caller, "intercept", &checked.note, now)).await?;
        Ok(Ok(Some(())))
    }

    /// Seals the new recipient; a label that is not printed says it at once.
    async fn propose_recipient(
        &self,
        tx: &Tx,
        row: &mut InterceptRow,
        to: &Recipient,
    ) -> Result<Result<(), Error>, storage::Error> {
        let keeper = match self.keeper() {
            Ok(keeper) => keeper,
            Err(error) => return Ok(Err(error)),
        };
        let it = &mut row.intercept;
        let delivery = DeliveryId(it.order.clone());
        let proposed = match keeper.propose(tx, &delivery, &it.id, to).await {
            Ok(Some(proposed)) => proposed,
            Ok(None) => return Ok(Err(no_recipient())),
            Err(NotKept::Unreadable) => return Ok(Err(unreadable())),
            Err(NotKept::Storage(error)) => return Err(error),
        };
        if proposed.parts.is_empty() {
            let expected = Phrase::new("something that is different from the label", "与面单不同的收件信息");
            return Ok(Err(Error::field("recipient", expected, Phrase::new("the same", "与面单一致"))));
        }
        it.change = proposed.parts.iter().map(|part| (*part).to_owned()).collect();
        if it.state == State::Changed {
            return match keeper.accept(tx, &delivery, &it.id, &proposed.customer, &proposed.sealed).await {
                Ok(true) => Ok(Ok(())),
                Ok(false) => Ok(Err(no_recipient())),
                Err(NotKept::Unreadable) => Ok(Err(unreadable())),
                Err(NotKept::Storage(error)) => Err(error),
            };
        }
        row.customer = Some(proposed.customer);
        row.recipient = Some(proposed.sealed);
        Ok(Ok(()))
    }
}

/// What of the order changes, as `line`, the SKU on the label, the one that is to be in the parcel and how many.
async fn spec_change(tx: &Tx, order: &OrderRow, wish: &SpecWish) -> Result<Vec<String>, Error> {
    let id = order.order.id();
    let decisions = storage::order_decisions::of_orders(tx, &[&id]).await?;
    let own = contents(&order.order, &corrected(&decisions));
    let lines: Vec<_> = own.into_iter().filter_map(|it| Some((it.line.clone()?, it))).collect();
    let line = match &wish.line {
        Some(id) => lines.iter().find(|(line, _)| line == id),
        None => lines.first().filter(|_| lines.len() == 1),
    };
    let (id, line) = line.ok_or_else(|| {
        let expected = Phrase::new("a line of the order", "订单中的一行");
        Error::field("spec.line", expected, Phrase::new("something else", "其他内容"))
    })?;
    let quantity = wish.quantity.unwrap_or(line.quantity);
    if !(1..=QUANTITY_MAX).contains(&quantity) {
        let expected = Phrase::new(format!("1 to {QUANTITY_MAX}"), format!("1 到 {QUANTITY_MAX}"));
        return Err(Error::field("spec.quantity", expected, Phrase::literal(quantity.to_string())));
    }
    let row = storage::skus::find(tx, &wish.to).await?.ok_or_else(|| Error::not_found("sku", &wish.to))?;
    let from = storage::skus::find(tx, &line.sku).await?;
    let product = from.map_or_else(|| line.sku.0.clone(), |row| row.product_id.0);
    if row.product_id.0 != product || (row.id == line.sku && quantity == line.quantity) {
        let expected = Phrase::new(
            "another SKU of the same product, or another number of units",
            "同一商品的其他规格，或不同的数量",
        );
        return Err(Error::field("spec.to", expected, Phrase::literal(row.id.0)));
    }
    Ok(vec![id.clone(), line.sku.0.clone(), row.id.0, quantity.to_string()])
}

fn may_be_asked(order: &OrderRow, aim: Aim, node: Node) -> Result<(), Error> {
    let refuse = |code, en: &'static str, zh: &'static str| {
        Err(Error::Conflict { code, explanation: Phrase::new(en, zh) })
    };
    match order.order.state() {
        OrderState::Created => {
            refuse("order_not_paid", "It is not paid: nothing leaves", "订单未付款，不会发货")
        }
        OrderState::Closed | OrderState::Refunded => {
            refuse("order_ended", "It was closed or refunded", "订单已关闭或已退款")
        }
        OrderState::Completed => {
            refuse("order_received", "It was received: take it back as a return", "订单已签收，请走退货退款")
        }
        OrderState::Paid | OrderState::Shipped => {
            let late = match aim {
                Aim::Stop => false,
                Aim::Address => node > Node::Out,
                Aim::Spec => node >= Node::Out,
            };
            if !late {
                return Ok(());
            }
            refuse(
                "too_late_to_change",
                "The parcel has come too far for its label to be changed: have it stopped instead",
                "包裹已发出，不能再改单，请改为拦截",
            )
        }
    }
}

fn runs(it: &Intercept) -> Error {
    let (en, zh) = it.state.words();
    Error::Conflict {
        code: "intercept_runs",
        explanation: Phrase::new(
            format!("Another request runs for this order; it is {en}"),
            format!("该订单已有进行中的拦截/改单（{zh}）"),
        ),
    }
}

fn no_recipient() -> Error {
    Error::Conflict {
        code: "no_recipient",
        explanation: Phrase::new(
            "Nothing is known of whom this order goes to: change the address on the platform",
            "该订单没有登记收件人，请到平台后台修改地址",
        ),
    }
}
