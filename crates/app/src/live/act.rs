//! What the crew does in a room.

use livehand_compliance::Action;
use livehand_compliance::wording::Place;
use livehand_kernel::{CardId, PersonId, Phrase, ProductId, Sequence, ShowId, display_text};
use livehand_live::hesitation::ClosingLine;
use livehand_live::{CardLevel, CrewAction, LineKind};
use livehand_rooms::ActionTime;
use livehand_storage::shows::ShowRow;

use crate::audit::Entry;
use crate::prepare::{find_show, not_on_air};
use crate::{App, Caller, Error};

/// What came of a crew action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The room's sequence after it.
    pub sequence: Sequence,
    /// Whether the same action, by its id, was done before.
    pub duplicate: bool,
}

/// What permission an action needs, and how the audit trail calls it.
fn permission(action: &CrewAction) -> Action {
    match action {
        CrewAction::AnswerQuestion { .. } | CrewAction::ClaimQuestion { .. } => Action::AnswerQuestion,
        CrewAction::StageItem { .. } => Action::StageItem,
        CrewAction::PushCard { .. } => Action::PushCard,
        CrewAction::AcknowledgeCard { .. } => Action::AcknowledgeCard,
        CrewAction::QueueReply { .. } | CrewAction::SendReply { .. } => Action::AnswerQuestion,
        CrewAction::SetAutoAnswers { .. } => Action::SetAutoAnswers,
        CrewAction::SayClosingLine(_) => Action::AnswerQuestion,
        CrewAction::SetLine { .. } => Action::PushCard,
        CrewAction::RefreshSaying { .. } | CrewAction::DropSaying { .. } => Action::TendSayings,
        CrewAction::PlaceMarker { .. } => Action::PlaceMarker,
        CrewAction::TakeNote { .. } => Action::TakeNote,
        CrewAction::LogAdjustment { .. } => Action::LogAdjustment,
        CrewAction::CloseDemand { .. } => Action::AnswerQuestion,
        CrewAction::TakeAlarm { .. } | CrewAction::FinishAlarmStep { .. } | CrewAction::CloseAlarm { .. } => {
            Action::HandleAlarm
        }
    }
}

impl App {
    /// Does what a member of the crew asks in a show that is on air. `id` is made by the client: sending the same again
    /// does nothing twice. Without one the action cannot be retried safely.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when the show is not on air, [`Error::WordingBlocked`]
    /// for what is said, [`Error::Room`].
    pub async fn act(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        action: CrewAction,
    ) -> Result<Acted, Error> {
        caller.require_in(permission(&action), show)?;
        let row = find_show(self, show).await?;
        let id = match id {
            Some(id) => checked_id(id)?,
            None => livehand_kernel::new_uuid(self.clock.now(), &*self.entropy),
        };
        self.act_as(caller, caller.person(), &row, id, action).await
    }

    /// As [`App::act`], for a caller who may do it, under the name of `by`.
    pub(super) async fn act_as(
        &self,
        caller: &Caller,
        by: PersonId,
        row: &ShowRow,
        id: String,
        mut action: CrewAction,
    ) -> Result<Acted, Error> {
        if row.status != "on_air" {
            return Err(not_on_air());
        }
        let (show, permission) = (&row.id, permission(&action));
        if let CrewAction::StageItem { product: Some(product), price } = &mut action {
            self.check_not_tripped(&ProductId(product.clone())).await?;
            *price = Some(self.price_in_lineup(show, product).await?);
        }
        if let CrewAction::LogAdjustment { product: Some(product), .. } = &action {
            self.price_in_lineup(show, product).await?;
        }
        self.fill(show, &mut action).await?;
        if let Some((text, place)) = said_where(&action) {
            self.refuse_blocked_wording(text, place).await?;
        }
        let time = if row.mode == "live" { ActionTime::Wall } else { ActionTime::Show };
        let answers = matches!(action, CrewAction::AnswerQuestion { .. } | CrewAction::SendReply { .. });
        let heard = row.clone();
        // A client that hangs up must not part the action from its audit row, so neither waits for the client.
        let (app, caller, show) = (self.clone(), caller.clone(), show.clone());
        let acting = self.tasks.spawn(async move {
            let done = app.rooms.act(&show, id, by, time, action).await?;
            if answers {
                app.after_sale_heard(&heard);
            }
            // A repetition leaves a row as well: the row of the first try may be the one that failed.
            let entry = Entry::of(&caller, permission.code(), show.as_str())
                .with(serde_json::json!({ "sequence": done.sequence, "repeated": done.duplicates > 0 }));
            app.audit_alone(entry).await?;
            Ok(Acted { sequence: done.sequence, duplicate: done.duplicates > 0 })
        });
        acting.await.map_err(|_| Error::Internal("a crew action panicked"))?
    }

    /// The live price of a product of the line-up, fen.
    async fn price_in_lineup(&self, show: &ShowId, product: &str) -> Result<i64, Error> {
        let tx = self.db.read().await?;
        let lineup = livehand_storage::shows::lineup(&tx, show).await?;
        if let Some(item) = lineup.iter().find(|item| item.id.as_str() == product) {
            return Ok(item.price.0);
        }
        let expected = Phrase::new("a product of the line-up", "排品表中的商品");
        Err(Error::field("product", expected, Phrase::literal(display_text(product))))
    }
}

impl App {
    /// Pushes a card to the host's prompter. The command's id becomes the card's, so that a retry finds the same card.
    ///
    /// # Errors
    /// As [`App::act`].
    pub async fn push_card(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        level: CardLevel,
        text: String,
    ) -> Result<(Acted, CardId), Error> {
        let id = id.unwrap_or_else(|| livehand_kernel::new_uuid(self.clock.now(), &*self.entropy));
        let card = CardId(id.clone());
        let action = CrewAction::PushCard { card: card.clone(), level, text: text.into() };
        Ok((self.act(caller, show, Some(id), action).await?, card))
    }
}

impl App {
    /// Queues a reply for the public chat. The command's id becomes the reply's, as with a card.
    ///
    /// # Errors
    /// As [`App::act`].
    pub async fn queue_reply(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        question: Option<Sequence>,
        text: String,
    ) -> Result<(Acted, String), Error> {
        let reply = id.unwrap_or_else(|| livehand_kernel::new_uuid(self.clock.now(), &*self.entropy));
        let action =
            CrewAction::QueueReply { reply: reply.clone(), question, text: text.into(), automatic: None };
        Ok((self.act(caller, show, Some(reply.clone()), action).await?, reply))
    }

    /// Sets a line over the picture or of the script: the one named `line`, or a new one, whose id is the command's.
    ///
    /// # Errors
    /// As [`App::act`].
    pub async fn set_line(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        line: Option<String>,
        kind: LineKind,
        text: String,
    ) -> Result<(Acted, String), Error> {
        let id = id.unwrap_or_else(|| livehand_kernel::new_uuid(self.clock.now(), &*self.entropy));
        let line = line.unwrap_or_else(|| id.clone());
        let action = CrewAction::SetLine { line: line.clone(), kind, text: text.into() };
        Ok((self.act(caller, show, Some(id), action).await?, line))
    }
}

/// What an action says, and where it is said.
fn said_where(action: &CrewAction) -> Option<(&str, Place)> {
    let (said, place) = match action {
        CrewAction::PushCard { text, .. } => (text, Place::Prompter),
        CrewAction::QueueReply { text, .. } | CrewAction::AnswerQuestion { text: Some(text), .. } => {
            (text, Place::Reply)
        }
        // It is a card or a reply; whoever reads it aloud says it in public as well.
        CrewAction::SayClosingLine(ClosingLine { text, .. }) => (text, Place::Reply),
        CrewAction::SetLine { kind: LineKind::OverlayLine, text, .. } => (text, Place::Overlay),
        CrewAction::SetLine { kind: LineKind::ScriptLine, text, .. } => (text, Place::Script),
        _ => return None,
    };
    Some((&said.text, place))
}

fn checked_id(id: String) -> Result<String, Error> {
    if !id.is_empty() && id.len() <= livehand_live::ID_BYTES_MAX {
        return Ok(id);
    }
    let max = livehand_live::ID_BYTES_MAX;
    let expected = Phrase::new(format!("1 to {max} bytes"), format!("1 到 {max} 字节"));
    Err(Error::field("id", expected, Phrase::literal(format!("{} B", id.len()))))
}
