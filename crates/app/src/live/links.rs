//! Links to one show: read-only screens and event sources. They can be revoked and never carry a staff session.

use livehand_compliance::Action;
use livehand_kernel::{LinkId, Millis, ShowId, display_text};
use livehand_storage as storage;
use livehand_storage::links::LinkRow;

use crate::audit::Entry;
use crate::prepare::find_show;
use crate::secrets::{new_token, token_hash};
use crate::{App, Caller, Error, LineupItem, LinkKind, ShowView};

/// Longest name of a link, in bytes.
const NAME_BYTES_MAX: usize = 120;

/// A link as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// Id.
    pub id: LinkId,
    /// What it is good for.
    pub kind: LinkKind,
    /// What the crew calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

/// A link that was just made.
#[derive(Clone, Debug)]
pub struct LinkMade {
    /// The link.
    pub link: LinkView,
    /// Its token; it exists nowhere else.
    pub token: String,
}

/// What a screen needs to begin.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What the link is good for.
    pub kind: LinkKind,
    /// The show.
    pub show: ShowView,
    /// Its line-up.
    pub lineup: Vec<LineupItem>,
}

fn view(row: LinkRow) -> Option<LinkView> {
    let kind = LinkKind::from_code(&row.kind)?;
    Some(LinkView {
        id: row.id,
        kind,
        name: row.name,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    })
}

impl App {
    /// Links to a show, newest first, revoked ones included.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn list_links(&self, caller: &Caller, show: &ShowId) -> Result<Vec<LinkView>, Error> {
        caller.require(Action::ViewLinks)?;
        find_show(self, show).await?;
        let tx = self.db.read().await?;
        Ok(storage::links::list(&tx, show).await?.into_iter().filter_map(view).collect())
    }

    /// Makes a link to a show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn make_link(
        &self,
        caller: &Caller,
        show: &ShowId,
        kind: LinkKind,
        name: &str,
    ) -> Result<LinkMade, Error> {
        caller.require(Action::ManageLinks)?;
        find_show(self, show).await?;
        let mut name = display_text(name);
        name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
        let (now, token) = (self.clock.now(), new_token(&*self.entropy));
        let row = LinkRow {
            id: LinkId::new(now, &*self.entropy),
            show_id: show.clone(),
            kind: kind.code().to_owned(),
            name,
            token_hash: token_hash(&token),
            created_by: caller.person(),
            created_at: now,
            revoked_at: None,
        };
        let entry = Entry::of(caller, "make_link", row.id.as_str())
            .with(serde_json::json!({ "show": show.as_str(), "kind": kind.code() }));
        let inserted = &row;
        self.audited(entry, move |tx| async move {
            storage::links::insert(&tx, inserted).await?;
            Ok(Some(()))
        })
        .await?;
        let link = view(row).ok_or(Error::Internal("a link of no kind"))?;
        Ok(LinkMade { link, token })
    }

    /// Revokes a link; whoever holds it is out with the next request.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn revoke_link(&self, caller: &Caller, id: &LinkId) -> Result<LinkView, Error> {
        caller.require(Action::ManageLinks)?;
        let now = self.clock.now();
        let entry = Entry::of(caller, "revoke_link", id.as_str());
        let revoked = self.audited(entry, move |tx| async move {
            storage::links::revoke(&tx, id, now).await?;
            storage::links::find(&tx, id).await
        });
        revoked.await?.and_then(view).ok_or_else(|| Error::not_found("link", id))
    }

    /// What the screen behind a link shows.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever does not come by a link to a screen.
    pub async fn screen(&self, caller: &Caller) -> Result<Screen, Error> {
        let Caller::Link { kind, show, .. } = caller else { return Err(Error::Forbidden(Action::ViewRoom)) };
        let lineup = self.lineup(caller, show).await?;
        Ok(Screen { kind: *kind, show: self.followed_show(caller, show).await?, lineup })
    }
}
