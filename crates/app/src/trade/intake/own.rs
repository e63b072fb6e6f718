//! What the crew itself knows of an order, such as money that it gave back: a notice like any other.

use livehand_trade::orders::Notice;
use sha2::{Digest, Sha256};

use super::NewOrderNotice;
use super::take::Incoming;
use crate::audit::Entry;
use crate::{App, Caller, Error};

impl App {
    /// Takes what somebody of the crew says of an order; a notice of the same source and id is taken once, whenever it is said
    /// again.
    pub(crate) async fn take_own_notice(
        &self,
        caller: &Caller,
        source: &str,
        notice: Notice,
        synthetic: bool,
    ) -> Result<(), Error> {
        // The id says everything that makes it another notice; the moment in which it is said again does not.
        let digest = Sha256::digest(notice.id.as_bytes()).to_vec();
        let entry =
            Entry::of(caller, "record_order_notice", &format!("{}:{}", notice.platform, notice.number));
        let new = NewOrderNotice { notice, recipient: None };
        let incoming = Incoming::checked(source, new, vec![digest], self.clock.now())?;
        let incoming = if synthetic { incoming.made_up() } else { incoming };
        self.take(entry, &[incoming], true).await.map(|_| ())
    }
}
