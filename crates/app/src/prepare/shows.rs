//! Planning, opening and ending a show.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, RoomId, ShowId};
use livehand_storage as storage;
use livehand_storage::shows::ShowRow;

use super::{checked_code, checked_title, page_size};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Kinds of shows: promotion (促销), launch (新品首发), daily (日常), brand (品牌专场), clearance (清仓), festival (节日大促).
const KINDS: &[&str] = &["promotion", "launch", "daily", "brand", "clearance", "festival"];
/// live: on air now. recording: imported. replay: a recording played again.
const MODES: &[&str] = &["live", "recording", "replay"];
const STATUSES: &[&str] = &["planned", "on_air", "ended"];
/// The room of a team that has one; more rooms come with the platform connectors.
pub(crate) const MAIN_ROOM: (&str, &str) = ("main", "主直播间");

/// A show as lists and screens have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowView {
    /// Its row.
    pub row: ShowRow,
    /// Name of the room.
    pub room_name: String,
}

/// A show to be planned.
#[derive(Clone, Debug)]
pub struct NewShow {
    /// Title.
    pub title: String,
    /// promotion, launch, daily, brand, clearance or festival.
    pub kind: String,
    /// live, recording or replay.
    pub mode: String,
    /// When it is to begin.
    pub planned_at: Option<Millis>,
    /// Whether its audience is made up.
    pub synthetic: bool,
}

/// Which shows to list.
#[derive(Clone, Debug, Default)]
pub struct ShowQuery {
    /// Part of the title.
    pub search: Option<String>,
    /// planned, on_air or ended.
    pub status: Option<String>,
    /// The last show of the page before.
    pub after: Option<ShowId>,
    /// Rows in the answer; 50 if absent.
    pub limit: Option<i64>,
}

/// A page of shows, newest first.
#[derive(Clone, Debug)]
pub struct ShowPage {
    /// The shows.
    pub shows: Vec<ShowView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<ShowId>,
}

/// The show with this id.
pub(crate) async fn find_show(app: &App, id: &ShowId) -> Result<ShowRow, Error> {
    let tx = app.db.read().await?;
    storage::shows::find(&tx, id).await?.ok_or_else(|| Error::not_found("show", id))
}

fn view(row: ShowRow) -> ShowView {
    ShowView { row, room_name: MAIN_ROOM.1.to_owned() }
}

impl App {
    /// A page of shows.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_shows(&self, caller: &Caller, query: ShowQuery) -> Result<ShowPage, Error> {
        caller.require(Action::ViewShows)?;
        let limit = page_size(query.limit)?;
        if let Some(status) = &query.status {
            checked_code("status", STATUSES, status)?;
        }
        let filter = storage::shows::ShowFilter {
            search: query.search.filter(|text| !text.trim().is_empty()),
            status: query.status,
            after: query.after,
            limit: limit + 1,
        };
        let tx = self.db.read().await?;
        let mut rows = storage::shows::list(&tx, &filter).await?;
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        Ok(ShowPage { shows: rows.into_iter().map(view).collect(), next })
    }

    /// One show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn show(&self, caller: &Caller, id: &ShowId) -> Result<ShowView, Error> {
        caller.require(Action::ViewShows)?;
        Ok(view(find_show(self, id).await?))
    }

    /// Plans a show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn create_show(&self, caller: &Caller, new: NewShow) -> Result<ShowView, Error> {
        let mode = checked_code("mode", MODES, &new.mode)?;
        caller.require(if mode == "live" { Action::CreateShow } else { Action::ImportRecording })?;
        let now = self.clock.now();
        let row = ShowRow {
            id: ShowId::new(now, &*self.entropy),
            room_id: RoomId::from(MAIN_ROOM.0),
            title: checked_title("title", &new.title)?,
            kind: checked_code("kind", KINDS, &new.kind)?,
            mode,
            status: "planned".to_owned(),
            planned_at: new.planned_at,
            opened_at: None,
            ended_at: None,
            created_at: now,
            synthetic: new.synthetic,
        };
        let entry = Entry::of(caller, "create_show", row.id.as_str())
            .with(serde_json::json!({ "title": row.title, "mode": row.mode }));
        let inserted = &row;
        self.audited(entry, move |tx| async move {
            let room =
                storage::rooms::RoomRow { id: RoomId::from(MAIN_ROOM.0), name: MAIN_ROOM.1.to_owned() };
            storage::rooms::ensure(&tx, &room).await?;
            storage::shows::insert(&tx, inserted).await?;
            Ok(Some(()))
        })
        .await?;
        Ok(view(row))
    }

    /// Opens a planned show: from now on it takes events.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when it was opened before.
    pub async fn open_show(&self, caller: &Caller, id: &ShowId) -> Result<ShowView, Error> {
        caller.require(Action::RunShow)?;
        find_show(self, id).await?;
        let now = self.clock.now();
        let entry = Entry::of(caller, "open_show", id.as_str());
        let opened = self.audited(entry, move |tx| async move {
            Ok(storage::shows::open(&tx, id, now).await?.then_some(()))
        });
        opened.await?.ok_or_else(|| Error::Conflict {
            code: "show_not_planned",
            explanation: Phrase::new("The show was opened before", "该场次已经开播过"),
        })?;
        let show = self.changed(id).await?;
        self.tell_lineup(&show.row).await;
        Ok(show)
    }

    /// Ends a show: it takes no more events, and its log is sealed.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when it is not on air.
    pub async fn end_show(&self, caller: &Caller, id: &ShowId) -> Result<ShowView, Error> {
        caller.require(Action::RunShow)?;
        find_show(self, id).await?;
        self.check_prices_restored(id).await?;
        let now = self.clock.now();
        let entry = Entry::of(caller, "end_show", id.as_str());
        let job = livehand_kernel::new_uuid(now, &*self.entropy);
        let job = job.as_str();
        let ended = self.audited(entry, move |tx| async move {
            if !storage::shows::end(&tx, id, now).await? {
                return Ok(None);
            }
            storage::jobs::enqueue(&tx, job, crate::jobs::SEAL_SHOW, id.as_str(), now).await?;
            Ok(Some(()))
        });
        ended.await?.ok_or_else(not_on_air)?;
        // Events whose sender was let in before the end, and that reach the room after it, are refused there.
        if let Err(error) = self.rooms.close(id).await {
            tracing::warn!(show.id = %id, %error, "the room was not closed; sealing the show closes it");
        }
        self.changed(id).await
    }

    /// Tells followers that the show changed; a room that cannot be served has none.
    async fn changed(&self, id: &ShowId) -> Result<ShowView, Error> {
        if let Err(error) = self.rooms.announce(id).await {
            tracing::warn!(show.id = %id, %error, "followers were not told of a change");
        }
        Ok(view(find_show(self, id).await?))
    }
}

/// The show takes no events because it is not on air.
pub(crate) fn not_on_air() -> Error {
    Error::Conflict {
        code: "show_not_on_air",
        explanation: Phrase::new("The show is not on air", "该场次不在直播中"),
    }
}
