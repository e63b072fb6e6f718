//! The crew list.

use livehand_compliance::Action;
use livehand_kernel::{Hat, PersonId, Phrase};
use livehand_storage as storage;

use super::Visitor;
use crate::audit::Entry;
use crate::secrets::verify_password;
use crate::{App, Caller, Error};

/// Longest name, in bytes: about thirty Chinese characters.
pub(crate) const NAME_BYTES_MAX: usize = 96;

/// A member of the crew as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Hats.
    pub hats: Vec<Hat>,
    /// Whether the account is closed.
    pub disabled: bool,
}

/// Somebody to be added.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Name, unique in the crew.
    pub name: String,
    /// Hats.
    pub hats: Vec<Hat>,
    /// Password; without it the person enters by a one-time link.
    pub password: Option<String>,
}

/// Somebody who was added.
#[derive(Clone, Debug)]
pub struct PersonAdded {
    /// Who.
    pub person: PersonView,
    /// Token of the one-time link, if no password was given.
    pub link_token: Option<String>,
}

impl From<storage::people::PersonRow> for PersonView {
    fn from(row: storage::people::PersonRow) -> Self {
        Self { id: row.id, name: row.name, hats: row.hats, disabled: row.disabled }
    }
}

impl App {
    /// Everybody, by name.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list_people(&self, caller: &Caller) -> Result<Vec<PersonView>, Error> {
        caller.require(Action::ViewPeople)?;
        let tx = self.db.read().await?;
        Ok(storage::people::list(&tx).await?.into_iter().map(PersonView::from).collect())
    }

    /// Adds somebody to the crew.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Conflict`] when the name is taken.
    pub async fn add_person(&self, caller: &Caller, new: NewPerson) -> Result<PersonAdded, Error> {
        caller.require(Action::ManagePeople)?;
        let name = checked_name(&new.name)?;
        let password_hash = match &new.password {
            Some(password) => Some(self.checked_password(password).await?),
            None => None,
        };
        let now = self.clock.now();
        let id = PersonId::new(now, &*self.entropy);
        let row = storage::people::PersonRow {
            id: id.clone(),
            name,
            hats: new.hats,
            password_hash,
            disabled: false,
            created_at: now,
        };
        let entry = Entry::of(caller, "add_person", id.as_str())
            .with(serde_json::json!({ "hats": row.hats.iter().map(|hat| hat.code()).collect::<Vec<_>>() }));
        let invitation = row.password_hash.is_none().then(|| self.invitation(Some(id)));
        let (inserted, invited) = (&row, invitation.as_ref().map(|(_, row)| row));
        let written = self.audited(entry, move |tx| async move {
            storage::people::insert(&tx, inserted).await?;
            if let Some(invitation) = invited {
                storage::invitations::insert(&tx, invitation).await?;
            }
            Ok(Some(()))
        });
        match written.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => {
                let explanation = Phrase::new("Somebody has this name already", "已有同名成员");
                return Err(Error::Conflict { code: "name_taken", explanation });
            }
            other => other?,
        };
        Ok(PersonAdded { person: row.into(), link_token: invitation.map(|(token, _)| token) })
    }

    /// The token of a new one-time link for somebody who lost theirs or forgot the password; older ones are withdrawn.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when the account is closed.
    pub async fn invite_again(&self, caller: &Caller, id: &PersonId) -> Result<String, Error> {
        caller.require(Action::ManagePeople)?;
        let tx = self.db.read().await?;
        let person = storage::people::find(&tx, id).await?.ok_or_else(|| Error::not_found("person", id))?;
        drop(tx);
        if person.disabled {
            let explanation = Phrase::new("The account is closed", "该账号已停用");
            return Err(Error::Conflict { code: "account_closed", explanation });
        }
        let (token, row) = self.invitation(Some(id.clone()));
        let (now, row) = (self.clock.now(), &row);
        self.audited(Entry::of(caller, "invite_again", id.as_str()), move |tx| async move {
            storage::invitations::withdraw(&tx, id, now).await?;
            storage::invitations::insert(&tx, row).await.map(Some)
        })
        .await?;
        Ok(token)
    }

    /// Sets the caller's own password; all their other sessions end. Who has one already must know it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for links, [`Error::WrongPassword`], [`Error::Invalid`], [`Error::TooManyAttempts`].
    pub async fn set_password(
        &self,
        caller: &Caller,
        visitor: Visitor,
        current: Option<&str>,
        new: &str,
    ) -> Result<(), Error> {
        let Caller::Person { id, session, .. } = caller else { return Err(Error::Unauthenticated) };
        self.attempts.from(visitor)?;
        let tx = self.db.read().await?;
        let known = storage::people::find(&tx, id).await?.and_then(|person| person.password_hash);
        drop(tx);
        if let Some(known) = known {
            let current = current.unwrap_or_default().to_owned();
            if !self.hashing(move || verify_password(&current, Some(&known))).await? {
                return Err(Error::WrongPassword);
            }
        }
        let hash = self.checked_password(new).await?;
        let hash = hash.as_str();
        self.audited(Entry::of(caller, "set_password", id.as_str()), move |tx| async move {
            storage::people::set_password(&tx, id, Some(hash)).await?;
            storage::sessions::delete_others(&tx, id, session).await.map(Some)
        })
        .await?;
        Ok(())
    }

    /// Closes an account; its sessions end at once. The person's records stay.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] for the last one who can manage people.
    pub async fn disable_person(&self, caller: &Caller, id: &PersonId) -> Result<PersonView, Error> {
        caller.require(Action::ManagePeople)?;
        let entry = Entry::of(caller, "disable_person", id.as_str());
        let now = self.clock.now();
        let row = self.audited(entry, move |tx| async move {
            let Some(person) = storage::people::find(&tx, id).await? else { return Ok(None) };
            let last = person.hats.contains(&Hat::Admin)
                && !person.disabled
                && storage::people::count_wearing(&tx, Hat::Admin).await? == 1;
            if last {
                return Ok(None);
            }
            storage::people::disable(&tx, id).await?;
            storage::sessions::delete_for_person(&tx, id).await?;
            storage::invitations::withdraw(&tx, id, now).await?;
            storage::people::find(&tx, id).await
        });
        if let Some(row) = row.await? {
            return Ok(row.into());
        }
        let tx = self.db.read().await?;
        storage::people::find(&tx, id).await?.ok_or_else(|| Error::not_found("person", id))?;
        let explanation = Phrase::new("Nobody could manage the crew then", "停用后将没有人能管理成员");
        Err(Error::Conflict { code: "last_admin", explanation })
    }
}

/// A name that can be shown and told apart.
pub(crate) fn checked_name(name: &str) -> Result<String, Error> {
    let shown = livehand_kernel::display_text(name);
    if shown.is_empty() || shown.len() > NAME_BYTES_MAX {
        let expected =
            Phrase::new(format!("1 to {NAME_BYTES_MAX} bytes"), format!("1 到 {NAME_BYTES_MAX} 字节"));
        let found = Phrase::new(format!("{} bytes", name.len()), format!("{} 字节", name.len()));
        return Err(Error::field("name", expected, found));
    }
    Ok(shown)
}
