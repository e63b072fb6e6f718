//! Deciding on a change, taking it back, undoing it. Each step asks the rules first, and is then one conditional write.

use livehand_compliance::Action;
use livehand_compliance::changes as rules;
use livehand_compliance::changes::{Actor, ChangeKind, Confirmed, Refusal, Status};
use livehand_kernel::{ChangeId, Fen, Phrase, ProductId};
use livehand_storage as storage;
use livehand_storage::changes::{ChangeRow, Decision};

use super::ChangeView;
use super::apply_change::sku_of;
use super::changes::{care_of, person};
use super::effect::end_turn;
use crate::audit::Entry;
use crate::prepare::checked_title;
use crate::{App, Caller, Error};

/// What a second person says to a change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approval {
    /// The amount in words was read.
    pub words: bool,
    /// The amount, typed again.
    pub amount: Option<Fen>,
    /// The difference was seen.
    pub difference: bool,
}

fn refused(refusal: Refusal) -> Error {
    Error::Conflict { code: refusal.code(), explanation: refusal.words() }
}

fn decided() -> Error {
    refused(Refusal::Decided)
}

/// The rules' view of a row.
fn standing(row: &ChangeRow) -> Result<rules::Change, Error> {
    let care = care_of(row)?;
    let unknown = || Error::Internal("a change of an unknown kind");
    Ok(rules::Change {
        kind: ChangeKind::from_code(&row.kind).ok_or_else(unknown)?,
        status: Status::from_code(&row.status).ok_or_else(unknown)?,
        maker: row.maker_id.clone(),
        made_at: row.made_at,
        to: row.to,
        checker: row.checker_id.clone(),
        applied_at: row.applied_at,
        confirmations: care.confirmations,
        never_alone: care.never_alone,
    })
}

impl App {
    /// Puts a change into force, as the second person.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with the code of a [`Refusal`].
    pub async fn approve_change(
        &self,
        caller: &Caller,
        id: &ChangeId,
        approval: Approval,
    ) -> Result<ChangeView, Error> {
        let (checker, hats) = person(caller, Action::DecideChange)?;
        let row = self.find_change(id).await?;
        let confirmed =
            Confirmed { words: approval.words, amount: approval.amount, difference: approval.difference };
        let now = self.clock.now();
        rules::approve(&standing(&row)?, Actor { person: checker, hats }, confirmed, now).map_err(refused)?;
        self.still_what_it_was(&row).await?;
        let name = caller.name();
        let entry = Entry::of(caller, "approve_change", id.as_str()).with(serde_json::json!({
            "maker": row.maker_id, "subject": row.subject_id, "to_fen": row.to,
        }));
        let status = Status::Applied.code();
        let decision = Decision { status, checker, checker_name: &name, at: now, reason: "" };
        let effect = self.effect(&row, checker, &name, now, false).await?;
        let (row, by, effect) = (&row, caller, &effect);
        let turn = self.turn_for(effect).await?;
        let done = self.decided(entry, move |tx| async move {
            if !storage::changes::decide(&tx, &row.id, decision).await? {
                return Ok(Ok(None));
            }
            Ok(self.put_into_force(&tx, row, &by.person(), &by.name(), now, effect).await?.map(Some))
        });
        let done = done.await;
        end_turn(turn).await;
        let changed = done?.ok_or_else(decided)?;
        self.after_change(row, changed).await;
        self.change(caller, id).await
    }

    /// A change is approved for what it was shown to be: the price from which it starts must still be the price.
    async fn still_what_it_was(&self, row: &ChangeRow) -> Result<(), Error> {
        if row.to.is_none() {
            return Ok(());
        }
        let (product, sku) = (ProductId(row.subject_id.clone()), sku_of(row));
        let concerned = self.concerned(&product, sku.as_ref()).await?;
        let first = concerned.first().and_then(Option::as_ref);
        let now = self.price_fact(&product, first, "live_price").await?;
        if now == row.from {
            return Ok(());
        }
        Err(Error::Conflict {
            code: "price_moved",
            explanation: Phrase::new(
                "The price has changed since this was asked for; ask again",
                "申请之后价格已变动，请重新发起",
            ),
        })
    }

    /// Says no to a change, as the second person.
    ///
    /// # Errors
    /// As [`App::approve_change`].
    pub async fn reject_change(
        &self,
        caller: &Caller,
        id: &ChangeId,
        reason: &str,
    ) -> Result<ChangeView, Error> {
        let (checker, hats) = person(caller, Action::DecideChange)?;
        let row = self.find_change(id).await?;
        let now = self.clock.now();
        rules::reject(&standing(&row)?, Actor { person: checker, hats }, reason, now).map_err(refused)?;
        let (name, reason) = (caller.name(), checked_title("reason", reason)?);
        let status = Status::Rejected.code();
        let decision = Decision { status, checker, checker_name: &name, at: now, reason: &reason };
        let entry = Entry::of(caller, "reject_change", id.as_str());
        let done = self.audited(entry, move |tx| async move {
            Ok(storage::changes::decide(&tx, id, decision).await?.then_some(()))
        });
        done.await?.ok_or_else(decided)?;
        self.change(caller, id).await
    }

    /// Takes one's own proposal back.
    ///
    /// # Errors
    /// As [`App::approve_change`].
    pub async fn withdraw_change(&self, caller: &Caller, id: &ChangeId) -> Result<ChangeView, Error> {
        let (maker, hats) = person(caller, Action::ProposeChange)?;
        let row = self.find_change(id).await?;
        rules::withdraw(&standing(&row)?, Actor { person: maker, hats }).map_err(refused)?;
        let now = self.clock.now();
        let entry = Entry::of(caller, "withdraw_change", id.as_str());
        let done = self.audited(entry, move |tx| async move {
            Ok(storage::changes::withdraw(&tx, id, now).await?.then_some(()))
        });
        done.await?.ok_or_else(decided)?;
        self.change(caller, id).await
    }

    /// Lets one's own proposal come into force after a delay, because nobody else can be reached (降级).
    ///
    /// # Errors
    /// As [`App::approve_change`].
    pub async fn change_alone(
        &self,
        caller: &Caller,
        id: &ChangeId,
        reason: &str,
    ) -> Result<ChangeView, Error> {
        let (maker, hats) = person(caller, Action::ProposeChange)?;
        let row = self.find_change(id).await?;
        let now = self.clock.now();
        let actor = Actor { person: maker, hats };
        let due_at = rules::go_alone(&standing(&row)?, actor, reason, now).map_err(refused)?;
        let reason = checked_title("reason", reason)?;
        let job = livehand_kernel::new_uuid(now, &*self.entropy);
        let entry = Entry::of(caller, "change_alone", id.as_str())
            .with(serde_json::json!({ "reason": reason, "due_at": due_at }));
        let (job, reason) = (job.as_str(), reason.as_str());
        let done = self.audited(entry, move |tx| async move {
            if !storage::changes::delay(&tx, id, due_at, reason).await? {
                return Ok(None);
            }
            storage::jobs::enqueue(&tx, job, crate::jobs::APPLY_CHANGE, id.as_str(), due_at).await?;
            Ok(Some(()))
        });
        done.await?.ok_or_else(decided)?;
        self.change(caller, id).await
    }

    /// Undoes a change that came into force less than ten seconds ago, as one of the two.
    ///
    /// # Errors
    /// As [`App::approve_change`].
    pub async fn undo_change(&self, caller: &Caller, id: &ChangeId) -> Result<ChangeView, Error> {
        let (one, hats) = person(caller, Action::ViewChanges)?;
        let row = self.find_change(id).await?;
        rules::undo(&standing(&row)?, Actor { person: one, hats }, self.clock.now()).map_err(refused)?;
        let entry = Entry::of(caller, "undo_change", id.as_str());
        let ended = self.end_change(entry, &row, Status::Undone, &caller.person(), &caller.name()).await?;
        if !ended {
            return Err(decided());
        }
        self.change(caller, id).await
    }
}
