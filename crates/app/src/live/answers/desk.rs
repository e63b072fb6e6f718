//! The FAQ library, ready to answer.

use std::sync::{Arc, Mutex, PoisonError};

use livehand_kernel::{Millis, Phrase, ShowId};
use livehand_language::library::{Asked as AskedAbout, Entry, State};
use livehand_language::matcher::Asked;
use livehand_language::model;
use livehand_language::understand::Library;
use livehand_live::view::Question;
use livehand_storage as storage;

use super::{About, OFFERED_MAX, TRUST_MIN};
use crate::prepare::faq_entry_of;
use crate::{App, Error};

/// What speaks for an answer, as it is shown.
const REASONS_MAX: usize = 3;

/// The library as it stood when its last version was written.
pub(crate) struct FaqDesk {
    /// Versions that there were.
    versions: i64,
    entries: Vec<Entry>,
    library: Option<Library>,
}

/// The desk that is kept between questions.
pub(crate) type KeptDesk = Mutex<Option<Arc<FaqDesk>>>;

/// An entry that may answer.
pub(super) struct FoundEntry {
    pub entry: Entry,
    pub trust_permille: Option<i64>,
    pub why: Vec<Phrase>,
}

impl App {
    /// The library as it stands.
    pub(super) async fn ready_faq(&self) -> Result<Arc<FaqDesk>, Error> {
        let tx = self.db.read().await?;
        let versions = storage::faq_entries::versions(&tx).await?;
        let kept = self.faq_desk.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(desk) = kept.filter(|desk| desk.versions == versions) {
            return Ok(desk);
        }
        let rows = storage::faq_entries::all(&tx).await?;
        drop(tx);
        let entries: Vec<Entry> = rows
            .into_iter()
            .map(|row| faq_entry_of(&row.id, row.version, &row.body))
            .collect::<Result<Vec<_>, _>>()?;
        let made = tokio::task::spawn_blocking(move || Arc::new(FaqDesk::new(entries, versions)));
        let desk = made.await.map_err(|_| Error::Internal("reading the FAQ library panicked"))?;
        *self.faq_desk.lock().unwrap_or_else(PoisonError::into_inner) = Some(desk.clone());
        Ok(desk)
    }
}

impl FaqDesk {
    fn new(mut entries: Vec<Entry>, versions: i64) -> Self {
        entries.retain(|entry| entry.state == State::Active);
        let asked = entries.iter().map(as_asked).collect();
        let library = model::built_in().map(|model| Library::new(asked, model));
        Self { versions, entries, library }
    }

    /// How probable it is that the best entry answers these words, in thousandths.
    pub(super) fn trust_permille(&self, words: &str) -> i64 {
        match (self.library.as_ref(), model::built_in()) {
            (Some(library), Some(model)) => permille(library.understand(words, None, model).trust),
            _ => 0,
        }
    }

    /// The entries that may answer a question, the likeliest first.
    pub(super) fn find(
        &self,
        question: &Question,
        about: &About,
        show: &ShowId,
        now: Millis,
    ) -> Vec<FoundEntry> {
        let (Some(library), Some(model)) = (self.library.as_ref(), model::built_in()) else {
            return Vec::new();
        };
        let understood = library.understand(&question.text, about.category.as_deref(), model);
        if understood.trust < TRUST_MIN {
            return Vec::new();
        }
        let asked = AskedAbout {
            category: about.category.as_deref(),
            product: about.product.as_ref().map(|product| product.id.as_str()),
            sku: None,
            show: Some(show.as_str()),
        };
        let first = understood.candidates.first().map(|candidate| candidate.entry);
        let found = understood.candidates.iter().filter_map(|candidate| {
            let entry = self.entries.get(candidate.entry)?;
            let fits = entry.answers_at(now) && entry.scope.covers(&asked);
            fits.then(|| FoundEntry {
                entry: entry.clone(),
                trust_permille: (first == Some(candidate.entry)).then(|| permille(understood.trust)),
                why: library.why(candidate).into_iter().take(REASONS_MAX).map(|(why, _)| why).collect(),
            })
        });
        found.take(OFFERED_MAX).collect()
    }
}

fn permille(trust: f32) -> i64 {
    (trust * 1_000.0).round() as i64
}

fn as_asked(entry: &Entry) -> Asked {
    Asked {
        id: entry.id.0.clone(),
        goods: None,
        question: entry.question.clone(),
        answer: if entry.long.is_empty() { entry.short.clone() } else { entry.long.clone() },
        variants: entry.variants.clone(),
        concepts: entry.concepts.clone(),
    }
}
