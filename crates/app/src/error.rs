//! Why a use case did not do what was asked.

use livehand_compliance::Action;
use livehand_compliance::wording::Hit;
use livehand_kernel::Phrase;
use livehand_live::FieldError;
use livehand_prepare::sheet::SheetError;
use livehand_rooms::RoomError;

use crate::live::DraftFailed;

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of an NDJSON body, from 1.
    pub line: Option<u64>,
    /// What is wrong with which field.
    pub error: FieldError,
}

/// Why a use case did not do what was asked. Unless said otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session ended.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// A delivery whose signature or time cannot be believed.
    #[error("{explanation}")]
    NotVerified {
        /// Stable code.
        code: &'static str,
        /// For people.
        explanation: Phrase,
    },
    /// An id that was used for something else.
    #[error("{explanation}")]
    Reused {
        /// Stable code.
        code: &'static str,
        /// For people.
        explanation: Phrase,
    },
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    WrongPassword,
    /// Too many attempts.
    #[error("too many attempts")]
    TooManyAttempts,
    /// The caller's hats do not allow it.
    #[error("not permitted: {}", .0.code())]
    Forbidden(Action),
    /// A one-time link that was used, has expired, or never existed.
    #[error("the link was used or has expired")]
    LinkUsed,
    /// The first-start link was opened without choosing a name and password.
    #[error("choose a name and a password")]
    ChooseNameAndPassword,
    /// There is no such thing.
    #[error("there is no {kind} {id}")]
    NotFound {
        /// show, product, link, …
        kind: &'static str,
        /// The id given.
        id: String,
    },
    /// The state of things does not allow it.
    #[error("{explanation}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// For people.
        explanation: Phrase,
    },
    /// The state of some of the things does not allow it.
    #[error("{explanation}")]
    Refused {
        /// Stable code.
        code: &'static str,
        /// For people.
        explanation: Phrase,
        /// Which of them, and why.
        faults: Vec<Fault>,
    },
    /// Fields or lines that break the contract.
    #[error("{} of the given values cannot be used", .0.len())]
    Invalid(Vec<Fault>),
    /// A spreadsheet that cannot be read.
    #[error("the spreadsheet was not read")]
    Sheet(#[from] SheetError),
    /// The text has wordings that must not be published.
    #[error("the text has {} wordings that must not be published", .0.len())]
    WordingBlocked(Vec<Hit>),
    /// The model drafted nothing.
    #[error("there is no draft")]
    NoDraft(#[source] DraftFailed),
    /// The room refused or could not answer.
    #[error("the room did not do it")]
    Room(#[from] RoomError),
    /// The database failed.
    #[error("the database failed")]
    Storage(#[from] livehand_storage::Error),
    /// Something that must not happen.
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    /// One field of a request is wrong.
    pub fn field(field: &str, expected: Phrase, found: Phrase) -> Self {
        Self::Invalid(vec![Fault { line: None, error: FieldError::new(field, expected, found) }])
    }

    /// There is no `kind` with this id.
    pub fn not_found(kind: &'static str, id: impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }
}
