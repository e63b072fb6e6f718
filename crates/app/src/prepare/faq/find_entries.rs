//! Finding entries of the library.

use livehand_compliance::Action;
use livehand_kernel::{FaqId, Millis, PersonId};
use livehand_language::library::{Entry, Level, SLOTS, ScopeOf, SlotKind, State, Use};
use livehand_storage as storage;
use livehand_storage::faq_entries::{FaqFilter, FaqRow, FaqVersionRow};
use livehand_storage::faq_statistics::FaqUseRow;

use super::entry_of;
use crate::prepare::{checked_code, page_size};
use crate::{App, Caller, Error};

/// An entry with who wrote it and how it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaqView {
    /// The entry.
    pub entry: Entry,
    /// The name of who looks after it.
    pub owner_name: String,
    /// Who wrote this version.
    pub person_id: PersonId,
    /// Their name at the time.
    pub by: String,
    /// When.
    pub at: Millis,
    /// When the first version was written.
    pub created_at: Millis,
    /// How it was used.
    pub used: Use,
}

/// One version of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaqVersionView {
    /// The entry as it was.
    pub entry: Entry,
    /// What made it: written, pasted, imported, learned, `rolled_back:<version>`.
    pub origin: String,
    /// The name of who looked after it.
    pub owner_name: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub struct FaqQuery {
    /// Part of the question, a variant, an answer or a concept.
    pub search: Option<String>,
    /// draft, active or retired.
    pub state: Option<String>,
    /// A, B or C.
    pub level: Option<String>,
    /// all, category, product, sku or show.
    pub scope: Option<String>,
    /// A code or id in the scope.
    pub scope_id: Option<String>,
    /// A concept.
    pub concept: Option<String>,
    /// `next` of the page before.
    pub after: Option<FaqId>,
    /// 1 to 200.
    pub limit: Option<i64>,
}

/// A page of entries, newest first.
#[derive(Clone, Debug)]
pub struct FaqPage {
    /// The entries.
    pub entries: Vec<FaqView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<FaqId>,
}

pub(super) fn used(row: FaqUseRow) -> Use {
    let FaqUseRow { hit, sent, edited, solved, last_hit_at } = row;
    Use { hit, sent, edited, solved, last_hit_at }
}

pub(super) fn view(row: FaqRow) -> Result<FaqView, Error> {
    Ok(FaqView {
        entry: entry_of(&row.id, row.version, &row.body)?,
        owner_name: row.owner_name,
        person_id: row.person_id,
        by: row.person_name,
        at: row.at,
        created_at: row.created_at,
        used: used(row.used),
    })
}

fn version_view(id: &FaqId, row: FaqVersionRow) -> Result<FaqVersionView, Error> {
    let entry = entry_of(id, row.version, &row.body)?;
    let FaqVersionRow { origin, owner_name, person_name, at, .. } = row;
    Ok(FaqVersionView { entry, origin, owner_name, by: person_name, at })
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(code).collect()
}

fn filter_of(query: FaqQuery, limit: i64) -> Result<FaqFilter, Error> {
    let checked = |field: &str, known: &[&str], code: Option<String>| {
        code.map(|code| checked_code(field, known, &code)).transpose()
    };
    let quoted = |text: String| serde_json::Value::from(text).to_string();
    let filled = |text: &String| !text.trim().is_empty();
    Ok(FaqFilter {
        search: query.search.filter(filled),
        state: checked("state", &codes(State::ALL, State::code), query.state)?,
        level: checked("level", &codes(Level::ALL, Level::code), query.level)?,
        scope_of: checked("scope", &codes(ScopeOf::ALL, ScopeOf::code), query.scope)?,
        scope_id: query.scope_id.filter(filled).map(quoted),
        concept: query.concept.filter(filled).map(quoted),
        after: query.after,
        limit,
    })
}

impl App {
    /// A page of entries.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_faq(&self, caller: &Caller, query: FaqQuery) -> Result<FaqPage, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(query.limit)?;
        let filter = filter_of(query, limit + 1)?;
        let tx = self.db.read().await?;
        let mut rows = storage::faq_entries::list(&tx, &filter).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let entries = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
        let next = entries.last().filter(|_| more).map(|last| last.entry.id.clone());
        Ok(FaqPage { entries, next })
    }

    /// The slots that answers may have.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn faq_slots(&self, caller: &Caller) -> Result<&'static [SlotKind], Error> {
        caller.require(Action::ViewShows)?;
        Ok(SLOTS)
    }

    /// An entry.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn faq_entry(&self, caller: &Caller, id: &FaqId) -> Result<FaqView, Error> {
        caller.require(Action::ViewShows)?;
        self.find_faq(id).await
    }

    /// All versions of an entry, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn faq_history(&self, caller: &Caller, id: &FaqId) -> Result<Vec<FaqVersionView>, Error> {
        caller.require(Action::ViewShows)?;
        let tx = self.db.read().await?;
        let rows = storage::faq_entries::history(&tx, id).await?;
        if rows.is_empty() {
            return Err(Error::not_found("faq", id));
        }
        rows.into_iter().map(|row| version_view(id, row)).collect()
    }

    pub(super) async fn find_faq(&self, id: &FaqId) -> Result<FaqView, Error> {
        let tx = self.db.read().await?;
        let found = storage::faq_entries::find(&tx, id).await?;
        view(found.ok_or_else(|| Error::not_found("faq", id))?)
    }

    pub(super) async fn faq_version(&self, id: &FaqId, version: i64) -> Result<FaqVersionView, Error> {
        let tx = self.db.read().await?;
        let found = storage::faq_entries::version(&tx, id, version).await?;
        let missing = || Error::not_found("faq_version", format!("{id} · {version}"));
        version_view(id, found.ok_or_else(missing)?)
    }
}
