//! What happens in shows on air when facts of their products change.

use std::collections::BTreeSet;

use livehand_kernel::{FactRef, ProductId, ShowId};
use livehand_storage as storage;

use crate::{App, Error};

impl App {
    /// Called right after new versions of facts were written, with those versions. It never undoes what was written: when
    /// a show cannot be told, that is logged.
    pub(crate) async fn facts_changed(&self, facts: &[FactRef]) {
        match self.shows_with(facts).await {
            Ok(shows) => tracing::debug!(facts = facts.len(), shows = shows.len(), "facts changed"),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "shows were not told of new facts");
            }
        }
    }

    /// The shows on air that have a product of these facts in their line-up.
    async fn shows_with(&self, facts: &[FactRef]) -> Result<BTreeSet<ShowId>, Error> {
        let products: BTreeSet<&ProductId> = facts.iter().map(|fact| &fact.fact.product).collect();
        let tx = self.db.read().await?;
        let mut shows = BTreeSet::new();
        for product in products {
            shows.extend(storage::shows::on_air_with(&tx, product).await?);
        }
        Ok(shows)
    }
}
