//! One-time links: the first start's, which makes the owner, and those that let an invited person in.

use livehand_kernel::{Hat, PersonId, Phrase};
use livehand_storage as storage;
use livehand_storage::invitations::InvitationRow;

use super::Visitor;
use super::people::checked_name;
use super::sign_in::{Entered, PASSWORD_BYTES_MAX, begin_session};
use crate::audit::Entry;
use crate::secrets::{hash_password, new_token, token_hash};
use crate::{App, Error};

/// A one-time link can be used for this long.
const LINK_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// Shortest password, in characters (ASVS 5.0, 6.2.1).
const PASSWORD_CHARS_MIN: usize = 8;
/// The owner wears the hats that keep the shop running; more can be given later.
const OWNER_HATS: &[Hat] = &[Hat::Admin, Hat::Operations, Hat::FloorDirector, Hat::Assistant];

impl App {
    /// The token of a link that makes the owner's account; nothing once there are people.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn first_start_link(&self) -> Result<Option<String>, Error> {
        let tx = self.db.read().await?;
        let people = storage::people::count(&tx).await?;
        drop(tx);
        if people > 0 {
            return Ok(None);
        }
        let (token, row) = self.invitation(None);
        let row = &row;
        self.write(move |tx| async move { storage::invitations::insert(&tx, row).await }).await?;
        Ok(Some(token))
    }

    /// A link that lets `person` in once, or, without a person, makes the owner: its token, and the row to be kept.
    pub(crate) fn invitation(&self, person: Option<PersonId>) -> (String, InvitationRow) {
        let token = new_token(&*self.entropy);
        let now = self.clock.now();
        let row = InvitationRow {
            token_hash: token_hash(&token),
            purpose: if person.is_some() { "enter" } else { "setup" }.to_owned(),
            person_id: person,
            created_at: now,
            expires_at: now.plus(LINK_MS_MAX),
            used_at: None,
        };
        (token, row)
    }

    /// Uses a one-time link. The first start's needs a name and a password; an invited person may set a password. Without
    /// one, an older password is void, so that whoever forgot it can set another without knowing it.
    ///
    /// # Errors
    /// [`Error::LinkUsed`], [`Error::ChooseNameAndPassword`], [`Error::Invalid`], [`Error::TooManyAttempts`]; a link that
    /// was good stays good then.
    pub async fn enter_link(
        &self,
        visitor: Visitor,
        token: &str,
        name: Option<&str>,
        password: Option<&str>,
    ) -> Result<Entered, Error> {
        self.attempts.from(visitor)?;
        let hash = token_hash(token);
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let link = storage::invitations::find(&tx, &hash).await?;
        drop(tx);
        let link =
            link.filter(|link| link.used_at.is_none() && link.expires_at > now).ok_or(Error::LinkUsed)?;
        let password_hash = match password {
            Some(password) => Some(self.checked_password(password).await?),
            None => None,
        };
        let owner = match (&link.person_id, name, &password_hash) {
            (Some(_), _, _) => None,
            (None, Some(name), Some(_)) => Some(checked_name(name)?),
            (None, _, _) => return Err(Error::ChooseNameAndPassword),
        };
        let person = link.person_id.clone().unwrap_or_else(|| PersonId::new(now, &*self.entropy));
        let row = owner.clone().map(|name| storage::people::PersonRow {
            id: person.clone(),
            name,
            hats: OWNER_HATS.to_vec(),
            password_hash: password_hash.clone(),
            disabled: false,
            created_at: now,
        });
        let name = match (&owner, &link.person_id) {
            (Some(name), _) => name.clone(),
            (None, Some(person)) => self.name_of(person).await?,
            (None, None) => String::new(),
        };
        let token = new_token(&*self.entropy);
        let session = token_hash(&token);
        let entry = Entry::by(&person, &name, "enter_link", person.as_str());
        let (entering, row, new_password) = (&person, &row, &password_hash);
        let entered = self.audited(entry, move |tx| async move {
            if !storage::invitations::mark_used(&tx, &hash, now).await? {
                return Ok(None);
            }
            match (row, new_password) {
                (Some(_), _) if storage::people::count(&tx).await? > 0 => return Ok(None),
                (Some(row), _) => storage::people::insert(&tx, row).await?,
                (None, hash) => storage::people::set_password(&tx, entering, hash.as_deref()).await?,
            }
            begin_session(&tx, session, visitor, entering, now).await
        });
        let row = entered.await?.ok_or(Error::LinkUsed)?;
        self.entered(token, row)
    }

    async fn name_of(&self, person: &PersonId) -> Result<String, Error> {
        let tx = self.db.read().await?;
        Ok(storage::people::find(&tx, person).await?.map(|person| person.name).unwrap_or_default())
    }

    /// The hash of a password that is long enough to be one.
    pub(crate) async fn checked_password(&self, password: &str) -> Result<String, Error> {
        let length = password.chars().count();
        if length < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
            let expected = Phrase::new(
                format!("at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"),
                format!("至少 {PASSWORD_CHARS_MIN} 个字符，不超过 {PASSWORD_BYTES_MAX} 字节"),
            );
            let found = Phrase::new(format!("{length} characters"), format!("{length} 个字符"));
            return Err(Error::field("password", expected, found));
        }
        let (password, entropy) = (password.to_owned(), self.entropy.clone());
        let hash = self.hashing(move || hash_password(&password, &*entropy)).await?;
        hash.map_err(|_| Error::Internal("a password could not be hashed"))
    }
}
