//! Recording movements of stock, all of a batch or none.

use std::collections::{BTreeMap, BTreeSet};

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, SkuId, display_text};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_trade::stock::{Book, Entry, Kind, Movement, Reason, Recorded, Refused, Stock};

use super::{checked_id, load_recipes, needs_second_person, on_air_skus};
use crate::audit::Entry as AuditEntry;
use crate::{App, Caller, Error, Fault};

/// Most movements in one request.
const MOVEMENTS_MAX: usize = 500;
/// Longest note, in bytes.
const NOTE_BYTES_MAX: usize = 300;
/// How far the time of a movement may be ahead of ours.
const AHEAD_MAX_MS: i64 = 60_000;

/// A movement to be recorded.
#[derive(Clone, Debug)]
pub struct NewMovement {
    /// Chosen by the client; the same id counts once.
    pub id: String,
    /// A SKU or a bundle.
    pub sku: SkuId,
    /// What happens.
    pub kind: Kind,
    /// How much.
    pub quantity: i64,
    /// When it happened; now if absent.
    pub at: Option<Millis>,
    /// Why; the usual reason of its kind if absent.
    pub reason: Option<Reason>,
    /// In one's own words.
    pub note: String,
    /// The order that it belongs to.
    pub order: Option<String>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRecorded {
    /// Movements that are new.
    pub recorded: usize,
    /// Movements that were there already.
    pub duplicates: usize,
    /// The sums of every SKU that the batch named or consumed.
    pub stocks: Vec<Stock>,
}

/// Who stands behind a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    /// One person: while a show is on air, nothing that they record adds to what is in front of the buyers.
    Alone,
    /// Two people, through a change that was approved.
    TwoPeople,
}

impl App {
    /// Records movements, all of them or none. One with an id that was recorded before counts as done.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], and [`Error::Refused`] with the movement: `stock_short` and its kin, or
    /// `needs_second_person` for stock that would be released while a show is on air with it.
    pub async fn move_stock(
        &self,
        caller: &Caller,
        source: &str,
        movements: &[NewMovement],
    ) -> Result<StockRecorded, Error> {
        caller.require(Action::MoveStock)?;
        if movements.iter().any(|movement| movement.kind == Kind::Released) {
            caller.require(Action::ReleaseStock)?;
        }
        let checked = self.checked_movements(caller, source, movements)?;
        let detail = summary(&checked);
        let subject = checked.first().map(|movement| movement.sku.0.clone()).unwrap_or_default();
        let entry = AuditEntry::of(caller, "move_stock", &subject).with(detail);
        let checked = checked.as_slice();
        let turn = self.reservations.stock_turn().await?;
        let held = turn.held();
        let held = &held;
        let recorded = self.decided(entry, move |tx| async move {
            let recorded = record_in(&tx, checked, Approval::Alone, held).await?;
            Ok(recorded.map(|recorded| Some(recorded).filter(|it| it.recorded > 0)))
        });
        let recorded = recorded.await;
        match &recorded {
            Ok(Some(recorded)) => turn.wrote(&recorded.stocks).await,
            // What is stored is read again.
            Err(Error::Storage(_)) => drop(turn),
            _ => turn.unused(),
        }
        if let Some(recorded) = recorded? {
            self.stock_moved(recorded.stocks.iter().map(|stock| stock.sku.clone()).collect()).await;
            return Ok(recorded);
        }
        let tx = self.db.read().await?;
        let recorded = record_none(&tx, checked).await?;
        Ok(recorded)
    }

    fn checked_movements(
        &self,
        caller: &Caller,
        source: &str,
        movements: &[NewMovement],
    ) -> Result<Vec<Movement>, Error> {
        if movements.is_empty() || movements.len() > MOVEMENTS_MAX {
            let expected = Phrase::new(
                format!("1 to {MOVEMENTS_MAX} movements"),
                format!("1 到 {MOVEMENTS_MAX} 笔变动"),
            );
            let found = Phrase::literal(movements.len().to_string());
            return Err(Error::field("movements", expected, found));
        }
        let now = self.clock.now();
        let person = (caller.person(), caller.name());
        let checked = movements.iter().enumerate().map(|(place, new)| {
            let field = |name: &str| format!("movements[{place}].{name}");
            checked_id(&field("id"), &new.id)?;
            checked_id(&field("sku"), new.sku.as_str())?;
            if let Some(order) = &new.order {
                checked_id(&field("order"), order)?;
            }
            check_numbers(new, now, &field)?;
            Ok(Movement {
                id: new.id.clone(),
                sku: new.sku.clone(),
                kind: new.kind,
                quantity: new.quantity,
                locked: false,
                at: new.at.unwrap_or(now),
                reason: checked_reason(new, &field)?,
                note: checked_note(new, &field)?,
                by: person.0.clone(),
                by_name: person.1.clone(),
                source: source.to_owned(),
                order: new.order.clone(),
            })
        });
        checked.collect()
    }
}

fn check_numbers(new: &NewMovement, now: Millis, field: &dyn Fn(&str) -> String) -> Result<(), Error> {
    let quantities = new.kind.quantities();
    if !quantities.contains(&new.quantity) || (new.kind == Kind::Adjusted && new.quantity == 0) {
        let (low, high) = (quantities.start(), quantities.end());
        let expected = match new.kind {
            Kind::Adjusted => {
                Phrase::new(format!("{low} to {high}, and not 0"), format!("{low} 到 {high}，且不为 0"))
            }
            _ => Phrase::new(format!("{low} to {high}"), format!("{low} 到 {high}")),
        };
        return Err(Error::field(&field("quantity"), expected, Phrase::literal(new.quantity.to_string())));
    }
    if new.at.is_some_and(|at| at.0 < 0 || at > now.plus(AHEAD_MAX_MS)) {
        let expected = Phrase::new("a time that has come", "不晚于现在的时间");
        let found = Phrase::literal(new.at.unwrap_or_default().to_rfc3339());
        return Err(Error::field(&field("at"), expected, found));
    }
    Ok(())
}

fn checked_reason(new: &NewMovement, field: &dyn Fn(&str) -> String) -> Result<Reason, Error> {
    let fitting = new.kind.reasons();
    match (new.reason, fitting.first()) {
        (Some(reason), _) if fitting.contains(&reason) => Ok(reason),
        (None, Some(usual)) => Ok(*usual),
        (reason, _) => {
            let known = fitting.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(", ");
            let expected = Phrase::new(format!("one of {known}"), format!("以下之一：{known}"));
            Err(Error::field(&field("reason"), expected, Phrase::literal(reason.map_or("", Reason::code))))
        }
    }
}

fn checked_note(new: &NewMovement, field: &dyn Fn(&str) -> String) -> Result<String, Error> {
    let note = display_text(&new.note);
    if note.len() <= NOTE_BYTES_MAX {
        return Ok(note);
    }
    let expected =
        Phrase::new(format!("at most {NOTE_BYTES_MAX} bytes"), format!("不超过 {NOTE_BYTES_MAX} 字节"));
    let found = Phrase::new(format!("{} bytes", note.len()), format!("{} 字节", note.len()));
    Err(Error::field(&field("note"), expected, found))
}

/// What the audit trail says of a batch: how many movements of each kind.
fn summary(movements: &[Movement]) -> serde_json::Value {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for movement in movements {
        *kinds.entry(movement.kind.code()).or_default() += 1;
    }
    serde_json::json!({ "movements": kinds })
}

/// Records movements as part of a transaction, all of them or none: on a refusal nothing may be committed. `held` are units
/// that reservations hold, which are theirs alone. To be called in a turn of [`Reservations::stock_turn`].
///
/// [`Reservations::stock_turn`]: crate::Reservations::stock_turn
pub(crate) async fn record_in(
    tx: &Tx,
    movements: &[Movement],
    approval: Approval,
    held: &BTreeMap<SkuId, i64>,
) -> Result<Result<StockRecorded, Error>, storage::Error> {
    let mut book = load(tx, movements).await?;
    let alone = approval == Approval::Alone;
    let guardable = |movement: &Movement| movement.kind == Kind::Released || movement.kind.may_add_to_front();
    let guarded = match alone && movements.iter().any(guardable) {
        true => on_air_skus(tx, book.recipes()).await?,
        false => BTreeSet::new(),
    };
    let before: BTreeMap<SkuId, i64> =
        book.stocks().map(|stock| (stock.sku.clone(), stock.version)).collect();
    let mut entries: BTreeMap<SkuId, Vec<Entry>> = BTreeMap::new();
    let (mut recorded, mut duplicates) = (0, 0);
    for (place, asked) in movements.iter().enumerate() {
        let on_air = guarded.contains(&asked.sku);
        if on_air && asked.kind == Kind::Released && !book.knows(&asked.id) {
            let (code, explanation) = needs_second_person();
            return Ok(Err(refusal(place, asked, code, explanation)));
        }
        let locked = on_air && asked.kind.may_add_to_front();
        match book.record(&Movement { locked, ..asked.clone() }) {
            Ok(Recorded::Again) => duplicates += 1,
            Ok(Recorded::New(rows)) => {
                if let Some(refused) = taken_from_holds(&book, &rows, held) {
                    return Ok(Err(explained(place, asked, &refused)));
                }
                recorded += 1;
                for row in rows {
                    entries.entry(row.movement.sku.clone()).or_default().push(row);
                }
            }
            Err(refused) => return Ok(Err(explained(place, asked, &refused))),
        }
    }
    for (sku, rows) in &entries {
        let version = before.get(sku).copied().unwrap_or(0);
        if !storage::stock::record(tx, &book.stock(sku), version, rows).await? {
            // Somebody was faster; the transaction is tried again on what they left.
            return Err(storage::Error::Busy);
        }
    }
    Ok(Ok(StockRecorded { recorded, duplicates, stocks: book.stocks().cloned().collect() }))
}

/// Why rows that take reserved units cannot stand, if some of these units are held by reservations.
fn taken_from_holds(book: &Book, rows: &[Entry], held: &BTreeMap<SkuId, i64>) -> Option<Refused> {
    let taking = rows.iter().filter(|row| matches!(row.movement.kind, Kind::Unreserved | Kind::SoldReserved));
    taking.into_iter().find_map(|row| {
        let (sku, wanted) = (row.movement.sku.clone(), row.movement.quantity);
        let lacking = held.get(&sku).copied().unwrap_or(0) - book.stock(&sku).reserved;
        (lacking > 0).then(|| Refused::NotReserved { sku, wanted, reserved: (wanted - lacking).max(0) })
    })
}

/// The answer to a batch that was recorded before as a whole.
async fn record_none(tx: &Tx, movements: &[Movement]) -> Result<StockRecorded, storage::Error> {
    let book = load(tx, movements).await?;
    Ok(StockRecorded { recorded: 0, duplicates: movements.len(), stocks: book.stocks().cloned().collect() })
}

/// The books that these movements need.
async fn load(tx: &Tx, movements: &[Movement]) -> Result<Book, storage::Error> {
    let recipes = load_recipes(tx).await?;
    let (mut skus, mut seen) = (BTreeSet::new(), Vec::new());
    for movement in movements {
        seen.extend(storage::stock::movement(tx, &movement.id).await?);
        skus.insert(movement.sku.clone());
        if movement.kind.is_of_orders() {
            skus.extend(recipes.demand(&[(movement.sku.clone(), 1)]).unwrap_or_default().into_keys());
        }
    }
    let mut stocks = Vec::new();
    for sku in &skus {
        stocks.extend(storage::stock::find(tx, sku).await?);
    }
    Ok(Book::new(recipes, stocks, seen))
}

fn explained(place: usize, movement: &Movement, refused: &Refused) -> Error {
    refusal(place, movement, refused.code(), refused.phrase())
}

fn refusal(place: usize, movement: &Movement, code: &'static str, explanation: Phrase) -> Error {
    let found = Phrase::literal(format!("{} {}", movement.kind.code(), movement.quantity));
    let error = FieldError::new(&format!("movements[{place}]"), explanation.clone(), found);
    Error::Refused { code, explanation, faults: vec![Fault { line: None, error }] }
}
