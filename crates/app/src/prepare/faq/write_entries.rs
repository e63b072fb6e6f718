//! Writing entries: each change is a new version, and what was wrong is rolled back by one more.

use livehand_compliance::Action;
use livehand_compliance::wording::Place;
use livehand_kernel::{FaqId, Millis, PersonId};
use livehand_language::library::{Entry, Level, Scope, State, Use, check, clean};
use livehand_storage as storage;

use super::{FaqView, changed_meanwhile, fault, name_categories, next_version, scope_faults};
use crate::audit::Entry as Audit;
use crate::{App, Caller, Error};

/// An entry as somebody writes it.
#[derive(Clone, Debug, Default)]
pub struct FaqToWrite {
    /// Its concepts.
    pub concepts: Vec<String>,
    /// The question.
    pub question: String,
    /// The words in which it is asked.
    pub variants: Vec<String>,
    /// The answer for the public chat.
    pub short: String,
    /// The answer in full.
    pub long: String,
    /// For what it holds.
    pub scope: Scope,
    /// How far the answer may go without a person.
    pub level: Level,
    /// What bears it out.
    pub evidence: String,
    /// From when on it holds.
    pub valid_from: Option<Millis>,
    /// When it no longer holds.
    pub valid_until: Option<Millis>,
    /// Who is to look after it; absent for who does so far, or for whoever writes it first.
    pub owner: Option<PersonId>,
    /// Where it is to stand.
    pub state: State,
}

/// Who looks after an entry.
struct Owner {
    id: PersonId,
    name: String,
}

impl App {
    /// Writes a new entry.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::WordingBlocked`].
    pub async fn add_faq(&self, caller: &Caller, written: FaqToWrite) -> Result<FaqView, Error> {
        caller.require(Action::EditFaq)?;
        let id = FaqId::new(self.clock.now(), &*self.entropy);
        let owner = self.faq_owner(caller, written.owner.clone(), None).await?;
        let entry = entry_from(written, id, &owner, 0);
        let entry = self.checked_faq(entry).await?;
        self.write_faq(caller, "add_faq", entry, owner.name, "written", None).await
    }

    /// Writes the version after `version` of an entry.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::WordingBlocked`], [`Error::Conflict`] when
    /// somebody else has changed it.
    pub async fn edit_faq(
        &self,
        caller: &Caller,
        id: &FaqId,
        written: FaqToWrite,
        version: i64,
    ) -> Result<FaqView, Error> {
        caller.require(Action::EditFaq)?;
        let present = self.present_faq(id, version).await?;
        let owner = self.faq_owner(caller, written.owner.clone(), Some(&present)).await?;
        let entry = entry_from(written, id.clone(), &owner, version);
        let entry = self.checked_faq(entry).await?;
        if entry == present.entry {
            return Ok(present);
        }
        self.write_faq(caller, "edit_faq", entry, owner.name, "written", Some(&present)).await
    }

    /// Takes an entry out of use, or back into it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::WordingBlocked`], [`Error::Conflict`] when
    /// somebody else has changed it.
    pub async fn retire_faq(
        &self,
        caller: &Caller,
        id: &FaqId,
        version: i64,
        retired: bool,
    ) -> Result<FaqView, Error> {
        caller.require(Action::EditFaq)?;
        let present = self.present_faq(id, version).await?;
        let (state, what) =
            if retired { (State::Retired, "retire_faq") } else { (State::Active, "restore_faq") };
        if present.entry.state == state {
            return Ok(present);
        }
        let entry = Entry { state, ..present.entry.clone() };
        let entry = if retired { entry } else { self.checked_faq(entry).await? };
        let owner = present.owner_name.clone();
        self.write_faq(caller, what, entry, owner, "written", Some(&present)).await
    }

    /// Writes what an entry was in version `to` as its next version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::WordingBlocked`], [`Error::Conflict`] when
    /// somebody else has changed it.
    pub async fn roll_back_faq(
        &self,
        caller: &Caller,
        id: &FaqId,
        version: i64,
        to: i64,
    ) -> Result<FaqView, Error> {
        caller.require(Action::EditFaq)?;
        let present = self.present_faq(id, version).await?;
        let past = self.faq_version(id, to).await?;
        let entry = self.checked_faq(Entry { version, ..past.entry }).await?;
        if entry == present.entry {
            return Ok(present);
        }
        let origin = format!("rolled_back:{to}");
        self.write_faq(caller, "roll_back_faq", entry, past.owner_name, &origin, Some(&present)).await
    }

    async fn present_faq(&self, id: &FaqId, version: i64) -> Result<FaqView, Error> {
        let present = self.find_faq(id).await?;
        if present.entry.version == version { Ok(present) } else { Err(changed_meanwhile()) }
    }

    async fn faq_owner(
        &self,
        caller: &Caller,
        wanted: Option<PersonId>,
        present: Option<&FaqView>,
    ) -> Result<Owner, Error> {
        let wanted = match (wanted, present) {
            (None, None) => caller.person(),
            (None, Some(present)) => present.entry.owner.clone(),
            (Some(id), _) => id,
        };
        if let Some(present) = present.filter(|present| present.entry.owner == wanted) {
            return Ok(Owner { id: wanted, name: present.owner_name.clone() });
        }
        if wanted == caller.person() {
            return Ok(Owner { id: wanted, name: caller.name() });
        }
        let tx = self.db.read().await?;
        match storage::people::find(&tx, &wanted).await?.filter(|person| !person.disabled) {
            Some(person) => Ok(Owner { id: wanted, name: person.name }),
            None => {
                let expected = livehand_kernel::Phrase::new("a member of the crew", "在职成员");
                Err(Error::field("owner", expected, livehand_kernel::Phrase::literal(wanted.0)))
            }
        }
    }

    /// An entry that may be kept, made ready.
    pub(super) async fn checked_faq(&self, entry: Entry) -> Result<Entry, Error> {
        let mut entry = clean(entry);
        name_categories(&mut entry);
        let mut faults = check(&entry);
        let tx = self.db.read().await?;
        faults.extend(scope_faults(&tx, &entry).await?);
        drop(tx);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults.into_iter().map(fault).collect()));
        }
        // A draft may still hold what a person has to put right.
        if entry.state == State::Active {
            self.refuse_blocked_wording(&entry.short, Place::Faq).await?;
            self.refuse_blocked_wording(&entry.long, Place::Faq).await?;
        }
        Ok(entry)
    }

    /// Writes the version after that of the entry, if nobody was faster.
    async fn write_faq(
        &self,
        caller: &Caller,
        what: &'static str,
        entry: Entry,
        owner: String,
        origin: &str,
        present: Option<&FaqView>,
    ) -> Result<FaqView, Error> {
        let (now, version) = (self.clock.now(), entry.version);
        let entry = Entry { version: version + 1, ..entry };
        let row = next_version(caller, &entry, &owner, origin, now)?;
        let detail = serde_json::json!({
            "version": entry.version, "question": entry.question, "state": entry.state.code(), "origin": origin,
        });
        let audit = Audit::of(caller, what, entry.id.as_str()).with(detail);
        let written = &row;
        let done = self.audited(audit, move |tx| async move {
            Ok(storage::faq_entries::append(&tx, written, version).await?.then_some(()))
        });
        done.await?.ok_or_else(changed_meanwhile)?;
        Ok(FaqView {
            entry,
            owner_name: owner,
            person_id: caller.person(),
            by: caller.name(),
            at: now,
            created_at: present.map_or(now, |present| present.created_at),
            used: present.map_or(Use::default(), |present| present.used),
        })
    }
}

fn entry_from(written: FaqToWrite, id: FaqId, owner: &Owner, version: i64) -> Entry {
    Entry {
        id,
        concepts: written.concepts,
        question: written.question,
        variants: written.variants,
        short: written.short,
        long: written.long,
        scope: written.scope,
        level: written.level,
        evidence: written.evidence,
        valid_from: written.valid_from,
        valid_until: written.valid_until,
        owner: owner.id.clone(),
        state: written.state,
        version,
    }
}
