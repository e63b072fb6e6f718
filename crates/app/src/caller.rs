//! Who asks.

use livehand_compliance::{Action, permitted};
use livehand_kernel::{Hat, LinkId, PersonId, ShowId};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::secrets::TokenHash;

/// What a link to one show is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The host's prompter: sees the room, acknowledges cards.
    Prompter,
    /// The big screen: sees the room.
    Wall,
    /// A picture over the stream: sees the room.
    Overlay,
    /// An event source: sends audience events, sees nothing.
    Source,
}

impl LinkKind {
    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            LinkKind::Prompter => "prompter",
            LinkKind::Wall => "wall",
            LinkKind::Overlay => "overlay",
            LinkKind::Source => "source",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [LinkKind::Prompter, LinkKind::Wall, LinkKind::Overlay, LinkKind::Source]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    fn permits(self, action: Action) -> bool {
        match self {
            LinkKind::Prompter => matches!(action, Action::ViewRoom | Action::AcknowledgeCard),
            LinkKind::Wall | LinkKind::Overlay => action == Action::ViewRoom,
            LinkKind::Source => action == Action::SendEvents,
        }
    }
}

/// Who asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A member of the crew who signed in.
    Person {
        /// Id.
        id: PersonId,
        /// Name, for the audit trail.
        name: String,
        /// Hats at this moment; they are read afresh on every request.
        hats: Vec<Hat>,
        /// The session that the request came with.
        session: TokenHash,
    },
    /// Somebody with a link to one show.
    Link {
        /// The link.
        id: LinkId,
        /// What it is good for.
        kind: LinkKind,
        /// Which show.
        show: ShowId,
    },
    /// The command line on this machine, which can read the data directory anyway.
    Local,
}

impl Caller {
    /// Checks that the caller may do `action` in general.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require(&self, action: Action) -> Result<(), Error> {
        let allowed = match self {
            Caller::Person { hats, .. } => permitted(hats, action),
            Caller::Link { .. } => false,
            Caller::Local => true,
        };
        if allowed { Ok(()) } else { Err(Error::Forbidden(action)) }
    }

    /// Checks that the caller may do `action` in one show.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require_in(&self, action: Action, show: &ShowId) -> Result<(), Error> {
        match self {
            Caller::Link { kind, show: own, .. } if own == show && kind.permits(action) => Ok(()),
            _ => self.require(action),
        }
    }

    /// The person id under which crew events and audit rows are written.
    pub fn person(&self) -> PersonId {
        match self {
            Caller::Person { id, .. } => id.clone(),
            Caller::Link { id, .. } => PersonId(format!("link:{id}")),
            Caller::Local => PersonId("local".to_owned()),
        }
    }

    /// The name for the audit trail.
    pub fn name(&self) -> String {
        match self {
            Caller::Person { name, .. } => name.clone(),
            Caller::Link { kind, .. } => format!("{} link", kind.code()),
            Caller::Local => "command line".to_owned(),
        }
    }

    /// Everything that the caller may do.
    pub fn permissions(&self) -> Vec<Action> {
        Action::ALL.iter().copied().filter(|action| self.require(*action).is_ok()).collect()
    }
}
