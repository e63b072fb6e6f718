//! Looking at a room: now, as it was, and as it goes on.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Sequence, ShowId};
use livehand_live::view::RoomView;
use livehand_rooms::Subscription;

use crate::prepare::find_show;
use crate::{App, Caller, Error, ShowView};

impl App {
    /// What the room shows now, or showed at `at` by the show's clock.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn room_view(
        &self,
        caller: &Caller,
        show: &ShowId,
        at: Option<Millis>,
    ) -> Result<RoomView, Error> {
        match at {
            None => {
                caller.require_in(Action::ViewRoom, show)?;
                find_show(self, show).await?;
                Ok(self.rooms.view(show).await?)
            }
            Some(at) => {
                caller.require(Action::ViewReview)?;
                find_show(self, show).await?;
                Ok(self.rooms.view_at(show, at).await?)
            }
        }
    }

    /// Follows a room from `after` on.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn follow(
        &self,
        caller: &Caller,
        show: &ShowId,
        after: Option<Sequence>,
    ) -> Result<Subscription, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        Ok(self.rooms.subscribe(show, after).await?)
    }

    /// The show as somebody who follows its room sees it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn followed_show(&self, caller: &Caller, show: &ShowId) -> Result<ShowView, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        self.show(&Caller::Local, show).await
    }
}
