//! The audit row that each back-office write leaves in its own transaction.

use std::sync::{Mutex, PoisonError};

use livehand_kernel::{Millis, PersonId};
use livehand_show_log::Head;
use livehand_storage as storage;
use livehand_storage::Tx;

use crate::{App, Caller, Error};

/// Name of the mark that remembers how long the audit trail was.
pub const AUDIT_MARK: &str = "audit";

/// Who did what to what.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    person: Option<PersonId>,
    name: String,
    action: &'static str,
    subject: String,
    detail: serde_json::Value,
}

impl Entry {
    /// Done by the caller.
    pub fn of(caller: &Caller, action: &'static str, subject: &str) -> Self {
        Self::by(&caller.person(), &caller.name(), action, subject)
    }

    /// Done by a person.
    pub fn by(person: &PersonId, name: &str, action: &'static str, subject: &str) -> Self {
        let (person, name) = (Some(person.clone()), name.to_owned());
        Self { person, name, action, subject: subject.to_owned(), detail: serde_json::Value::Null }
    }

    /// Done by somebody who is not known, such as a failed sign-in.
    pub fn by_nobody(action: &'static str, subject: &str) -> Self {
        Self {
            person: None,
            name: String::new(),
            action,
            subject: subject.to_owned(),
            detail: serde_json::Value::Null,
        }
    }

    /// With what exactly was done. Never personal data, never secrets.
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }

    /// Writes the row; part of the transaction that does the thing.
    async fn write(&self, tx: &Tx, at: Millis) -> Result<storage::audit::AuditHead, storage::Error> {
        let entry = storage::audit::AuditEntry {
            at,
            person_id: self.person.clone(),
            person_name: self.name.clone(),
            action: self.action.to_owned(),
            subject: self.subject.clone(),
            detail: self.detail.to_string(),
        };
        storage::audit::append(tx, &entry).await
    }
}

impl App {
    /// Does `work` and writes `entry` in one transaction. When `work` finds nothing to do it returns `None`, and whatever
    /// it wrote on the way is taken back.
    pub(crate) async fn audited<T, F, Fut>(&self, entry: Entry, work: F) -> Result<Option<T>, Error>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<Option<T>, storage::Error>>,
    {
        let now = self.clock.now();
        let (entry, work) = (&entry, &work);
        let written = self.write(move |tx| async move {
            let value = work(tx.clone()).await?.ok_or(storage::Error::NothingToDo)?;
            let head = entry.write(&tx, now).await?;
            Ok((value, head, storage::price_ledger::head(&tx).await?))
        });
        let (value, head, ledger) = match written.await {
            Err(Error::Storage(storage::Error::NothingToDo)) => return Ok(None),
            written => written?,
        };
        self.marks.note(AUDIT_MARK, Head { sequence: head.sequence, hash: head.hash });
        // What the work added to the price ledger is marked with it, so that no use case can forget it.
        self.note_ledger(ledger);
        Ok(Some(value))
    }

    /// Does `work` and writes `entry` in one transaction, unless `work` finds a reason not to, which it says, or finds
    /// nothing to do; then whatever it wrote on the way is taken back.
    pub(crate) async fn decided<T, F, Fut>(&self, entry: Entry, work: F) -> Result<Option<T>, Error>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<Result<Option<T>, Error>, storage::Error>>,
    {
        let reason = Mutex::new(None);
        let (work, said) = (&work, &reason);
        let done = self.audited(entry, move |tx| async move {
            Ok(work(tx).await?.unwrap_or_else(|error| {
                *said.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            }))
        });
        match (done.await?, reason.into_inner().unwrap_or_else(PoisonError::into_inner)) {
            (Some(value), _) => Ok(Some(value)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }

    /// Writes a row about something that changed no table: a crew command, whose record is the show's log.
    pub(crate) async fn audit_alone(&self, entry: Entry) -> Result<(), Error> {
        self.audited(entry, |_| async { Ok(Some(())) }).await.map(|_| ())
    }
}
