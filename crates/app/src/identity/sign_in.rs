//! Signing in and out.

use livehand_compliance::Action;
use livehand_kernel::{Hat, Millis, PersonId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::people::PersonRow;

use super::Visitor;
use super::people::NAME_BYTES_MAX;

use crate::audit::Entry;
use crate::secrets::{TokenHash, new_token, token_hash, verify_password};
use crate::{App, Caller, Error};

/// A session ends this long after it began.
pub const SESSION_MS_MAX: i64 = 24 * 3_600_000;
/// A session ends when nobody used it for this long.
pub(crate) const SESSION_IDLE_MS_MAX: i64 = 8 * 3_600_000;
/// Longest password taken, in bytes; hashing more costs time and adds nothing.
pub(crate) const PASSWORD_BYTES_MAX: usize = 256;

/// Who somebody is and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Person id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Hats.
    pub hats: Vec<Hat>,
    /// What the hats allow.
    pub permissions: Vec<Action>,
}

/// A session that just began.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The token for the cookie; it exists nowhere else.
    pub token: String,
    /// Who entered.
    pub identity: Identity,
}

impl App {
    /// Starts a session for somebody who knows a name and its password. The session that the visitor had ends.
    ///
    /// # Errors
    /// [`Error::WrongPassword`] for anything that does not fit together, [`Error::TooManyAttempts`].
    pub async fn sign_in(&self, visitor: Visitor, name: &str, password: &str) -> Result<Entered, Error> {
        self.attempts.from(visitor)?;
        let name = name.trim();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0') {
            // Nobody has such a name, and what a stranger sends is neither remembered nor written down.
            return Err(Error::WrongPassword);
        }
        self.attempts.with_name(name)?;
        let tx = self.db.read().await?;
        let person = storage::people::find_by_name(&tx, name).await?.filter(|person| !person.disabled);
        drop(tx);
        let hash = person.as_ref().and_then(|person| person.password_hash.clone());
        let attempt = password.chars().take(PASSWORD_BYTES_MAX).collect::<String>();
        let right = self.hashing(move || verify_password(&attempt, hash.as_deref())).await?;
        let Some(person) = person.filter(|_| right) else {
            self.audit_alone(Entry::by_nobody("sign_in_failed", name)).await?;
            return Err(Error::WrongPassword);
        };
        let token = new_token(&*self.entropy);
        let (hash, now) = (token_hash(&token), self.clock.now());
        let entry = Entry::by(&person.id, &person.name, "sign_in", person.id.as_str());
        let id = &person.id;
        let row =
            self.audited(entry, move |tx| async move { begin_session(&tx, hash, visitor, id, now).await });
        let row = row.await?.ok_or(Error::WrongPassword)?;
        self.entered(token, row)
    }

    /// What somebody who just entered is told.
    pub(crate) fn entered(&self, token: String, row: PersonRow) -> Result<Entered, Error> {
        let session = token_hash(&token);
        let caller = Caller::Person { id: row.id, name: row.name, hats: row.hats, session };
        Ok(Entered { token, identity: self.identity(&caller)? })
    }

    /// Who the caller is.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for links, which belong to nobody.
    pub fn identity(&self, caller: &Caller) -> Result<Identity, Error> {
        let (id, name, hats) = match caller {
            Caller::Person { id, name, hats, .. } => (id.clone(), name.clone(), hats.clone()),
            Caller::Local => (caller.person(), caller.name(), Vec::new()),
            Caller::Link { .. } => return Err(Error::Unauthenticated),
        };
        Ok(Identity { id, name, hats, permissions: caller.permissions() })
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for whoever has none.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let Caller::Person { session, .. } = caller else { return Err(Error::Unauthenticated) };
        let entry = Entry::of(caller, "sign_out", caller.person().as_str());
        self.audited(entry, move |tx| async move {
            storage::sessions::delete(&tx, session).await?;
            Ok(Some(()))
        })
        .await?;
        Ok(())
    }
}

/// Starts a session of a person whose account is open, in place of the one that the visitor had.
pub(crate) async fn begin_session(
    tx: &Tx,
    hash: TokenHash,
    visitor: Visitor,
    person: &PersonId,
    now: Millis,
) -> Result<Option<PersonRow>, storage::Error> {
    let found = storage::people::find(tx, person).await?.filter(|person| !person.disabled);
    let Some(found) = found else { return Ok(None) };
    if let Some(session) = visitor.session {
        storage::sessions::delete(tx, &session).await?;
    }
    let row = storage::sessions::SessionRow {
        token_hash: hash,
        person_id: person.clone(),
        created_at: now,
        seen_at: now,
        expires_at: now.plus(SESSION_MS_MAX),
    };
    storage::sessions::insert(tx, &row).await?;
    Ok(Some(found))
}
