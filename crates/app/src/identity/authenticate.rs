//! From a token to the one who holds it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use livehand_compliance::Action;
use livehand_kernel::{Millis, ShowId};
use livehand_storage as storage;
use livehand_storage::sessions::SessionRow;

use crate::identity::sign_in::SESSION_IDLE_MS_MAX;
use crate::secrets::token_hash;
use crate::{App, Caller, Error, LinkKind};

/// How stale `seen_at` of a session may be; without it every request would be a write.
const SEEN_STALE_MS: i64 = 60_000;

/// For how long it is taken that somebody still may follow, ms.
const STANDING_FRESH_MS: i64 = 1_000;
/// Followers' sessions and links that are remembered; beyond it those that nobody looks at are forgotten.
const STANDINGS_MAX: usize = 1_000;

type LookedAt = Arc<tokio::sync::Mutex<Option<Millis>>>;

/// When it was last seen that a session or link still may follow a show.
#[derive(Default)]
pub(crate) struct Standing(Mutex<BTreeMap<(Vec<u8>, ShowId), LookedAt>>);

impl Standing {
    /// That of a caller; none if there is nothing to look at.
    fn of(&self, caller: &Caller, show: &ShowId) -> Option<LookedAt> {
        let key = match caller {
            Caller::Person { session, .. } => session.to_vec(),
            Caller::Link { id, .. } => id.as_str().as_bytes().to_vec(),
            Caller::Local => return None,
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > STANDINGS_MAX {
            known.retain(|_, looked| Arc::strong_count(looked) > 1);
        }
        Some(known.entry((key, show.clone())).or_default().clone())
    }
}

impl App {
    /// The holder of a session or link token. Hats, and whether the account or link still stands, are read afresh, so
    /// that a change takes effect with the next request.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if nobody holds it any more.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, Error> {
        let hash = token_hash(token);
        if self.is_local_token(&hash) {
            return Ok(Caller::Local);
        }
        let now = self.clock.now();
        let tx = self.db.read().await?;
        if let Some(session) = storage::sessions::find(&tx, &hash).await? {
            check_session(&session, now)?;
            let person = storage::people::find(&tx, &session.person_id).await?;
            drop(tx);
            let person = person.filter(|person| !person.disabled).ok_or(Error::Unauthenticated)?;
            self.note_use(&session, now).await?;
            return Ok(Caller::Person { id: person.id, name: person.name, hats: person.hats, session: hash });
        }
        let link = storage::links::find_by_hash(&tx, &hash).await?;
        let link = link.filter(|link| link.revoked_at.is_none()).ok_or(Error::Unauthenticated)?;
        let kind = LinkKind::from_code(&link.kind).ok_or(Error::Unauthenticated)?;
        Ok(Caller::Link { id: link.id, kind, show: link.show_id })
    }

    async fn note_use(&self, session: &SessionRow, now: Millis) -> Result<(), Error> {
        if now.0 - session.seen_at.0 <= SEEN_STALE_MS {
            return Ok(());
        }
        let hash = session.token_hash;
        self.write(move |tx| async move { storage::sessions::touch(&tx, &hash, now).await }).await
    }

    /// Checks that somebody who follows a room still may: the session or link stands, and so does the permission.
    /// Following is using: a session with which somebody watches does not end for want of use.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub async fn still_may_follow(&self, caller: &Caller, show: &ShowId) -> Result<(), Error> {
        // Thousands may follow by one link, and one look a second is enough for all of them.
        let Some(standing) = self.standing.of(caller, show) else { return Ok(()) };
        let mut looked = standing.lock().await;
        let now = self.clock.now();
        if looked.is_some_and(|at| now.0 - at.0 < STANDING_FRESH_MS) {
            return Ok(());
        }
        self.check_follower(caller, show).await?;
        *looked = Some(now);
        Ok(())
    }

    async fn check_follower(&self, caller: &Caller, show: &ShowId) -> Result<(), Error> {
        let tx = self.db.read().await?;
        match caller {
            Caller::Person { id, session, .. } => {
                let now = self.clock.now();
                let session = storage::sessions::find(&tx, session).await?.ok_or(Error::Unauthenticated)?;
                check_session(&session, now)?;
                let person = storage::people::find(&tx, id).await?;
                drop(tx);
                let person = person.filter(|person| !person.disabled).ok_or(Error::Unauthenticated)?;
                self.note_use(&session, now).await?;
                if livehand_compliance::permitted(&person.hats, Action::ViewRoom) {
                    return Ok(());
                }
                Err(Error::Forbidden(Action::ViewRoom))
            }
            Caller::Link { id, .. } => {
                let link = storage::links::find(&tx, id).await?;
                link.filter(|link| link.revoked_at.is_none()).ok_or(Error::Unauthenticated)?;
                caller.require_in(Action::ViewRoom, show)
            }
            Caller::Local => Ok(()),
        }
    }
}

fn check_session(session: &SessionRow, now: Millis) -> Result<(), Error> {
    let idle = now.0 - session.seen_at.0;
    if session.expires_at <= now || idle > SESSION_IDLE_MS_MAX {
        return Err(Error::Unauthenticated);
    }
    Ok(())
}
