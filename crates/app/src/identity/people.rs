//! The crew list.

use livehand_compliance::Action;
use livehand_kernel::{Hat, PersonId, Phrase};
use livehand_storage as storage;

use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Longest name, in bytes: about thirty Chinese characters.
const NAME_BYTES_MAX: usize = 96;

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
        let inserted = &row;
        let written = self.audited(entry, move |tx| async move {
            storage::people::insert(&tx, inserted).await?;
            Ok(Some(()))
        });
        match written.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => {
                let explanation = Phrase::new("Somebody has this name already", "已有同名成员");
                return Err(Error::Conflict { code: "name_taken", explanation });
            }
            other => other?,
        };
        let link_token = if row.password_hash.is_none() { Some(self.invite(Some(id)).await?) } else { None };
        Ok(PersonAdded { person: row.into(), link_token })
    }

    /// Closes an account; its sessions end at once. The person's records stay.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn disable_person(&self, caller: &Caller, id: &PersonId) -> Result<PersonView, Error> {
        caller.require(Action::ManagePeople)?;
        let entry = Entry::of(caller, "disable_person", id.as_str());
        let row = self.audited(entry, move |tx| async move {
            storage::people::disable(&tx, id).await?;
            storage::sessions::delete_for_person(&tx, id).await?;
            storage::people::find(&tx, id).await
        });
        row.await?.map(PersonView::from).ok_or_else(|| Error::not_found("person", id))
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
