//! What the crew does in a room.

use livehand_compliance::Action;
use livehand_kernel::{CardId, Sequence, ShowId};
use livehand_live::{CardLevel, CrewAction};
use livehand_rooms::ActionTime;

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
        CrewAction::AnswerQuestion { .. } => Action::AnswerQuestion,
        CrewAction::StageItem { .. } => Action::StageItem,
        CrewAction::PushCard { .. } => Action::PushCard,
        CrewAction::AcknowledgeCard { .. } => Action::AcknowledgeCard,
        CrewAction::PlaceMarker { .. } => Action::PlaceMarker,
        CrewAction::TakeNote { .. } => Action::TakeNote,
    }
}

impl App {
    /// Does what a member of the crew asks in a show that is on air. `id` is made by the client: sending the same again
    /// does nothing twice. Without one the action cannot be retried safely.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when the show is not on air, [`Error::Room`].
    pub async fn act(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        action: CrewAction,
    ) -> Result<Acted, Error> {
        let permission = permission(&action);
        caller.require_in(permission, show)?;
        let row = find_show(self, show).await?;
        if row.status != "on_air" {
            return Err(not_on_air());
        }
        let id = match id {
            Some(id) => checked_id(id)?,
            None => livehand_kernel::new_uuid(self.clock.now(), &*self.entropy),
        };
        let time = if row.mode == "live" { ActionTime::Wall } else { ActionTime::Show };
        let done = self.rooms.act(show, id, caller.person(), time, action).await?;
        if done.recorded > 0 {
            let entry = Entry::of(caller, permission.code(), show.as_str())
                .with(serde_json::json!({ "sequence": done.sequence }));
            self.audit_alone(entry).await?;
        }
        Ok(Acted { sequence: done.sequence, duplicate: done.duplicates > 0 })
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
        let action = CrewAction::PushCard { card: card.clone(), level, text };
        Ok((self.act(caller, show, Some(id), action).await?, card))
    }
}

fn checked_id(id: String) -> Result<String, Error> {
    if !id.is_empty() && id.len() <= livehand_live::ID_BYTES_MAX {
        return Ok(id);
    }
    let max = livehand_live::ID_BYTES_MAX;
    let expected = livehand_kernel::Phrase::new(format!("1 to {max} bytes"), format!("1 到 {max} 字节"));
    Err(Error::field("id", expected, livehand_kernel::Phrase::literal(format!("{} B", id.len()))))
}
