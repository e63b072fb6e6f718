//! How facts are written: as one edit, in the transaction of whatever made them, and then told to the shows on air. Every use
//! case of the catalogue that writes facts goes through here.

use livehand_kernel::{FactKey, FactRef, Millis, PersonId, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::fact_edits::EditRow;
use livehand_storage::facts::NewFact;
use serde_json::Value as Json;

use crate::{App, Caller, Error};

/// Who edits what, when.
pub(super) struct Editing {
    /// The edit's id.
    pub id: String,
    /// When.
    pub at: Millis,
    person_id: PersonId,
    person_name: String,
    what: String,
}

impl Editing {
    /// A fact of this edit.
    pub fn fact(&self, key: FactKey, value: Json, source: &str) -> NewFact {
        NewFact {
            key,
            value,
            valid_from: None,
            valid_to: None,
            source: source.to_owned(),
            person_id: self.person_id.clone(),
            person_name: self.person_name.clone(),
            at: self.at,
            evidence: None,
            edit: Some(self.id.clone()),
        }
    }

    /// Writes the edit, to which its facts and SKUs point.
    pub async fn begin(&self, tx: &Tx, facts: usize) -> Result<(), storage::Error> {
        let row = EditRow {
            id: self.id.clone(),
            at: self.at,
            person_id: self.person_id.clone(),
            person_name: self.person_name.clone(),
            what: self.what.clone(),
            facts: i64::try_from(facts).unwrap_or(i64::MAX),
            undone_by: None,
        };
        storage::fact_edits::insert(tx, &row).await
    }
}

impl App {
    /// The beginning of an edit; `what` is grid, product, skus, import:<id> or undo:<edit>.
    pub(super) fn editing(&self, caller: &Caller, what: &str) -> Editing {
        let at = self.clock.now();
        Editing {
            id: new_uuid(at, &*self.entropy),
            at,
            person_id: caller.person(),
            person_name: caller.name(),
            what: what.to_owned(),
        }
    }

    /// Hands on what was written, once it is written.
    pub(super) async fn wrote(&self, facts: &[FactRef]) -> Result<(), Error> {
        if !facts.is_empty() {
            self.facts_changed(facts).await;
        }
        Ok(())
    }
}
