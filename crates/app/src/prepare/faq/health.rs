//! Entries that need somebody's care.

use livehand_compliance::Action;
use livehand_kernel::{FaqId, Phrase};
use livehand_language::library::{Ailment, HealthCheck, ailments};
use livehand_storage as storage;

use super::{FaqView, find_entries};
use crate::prepare::{checked_code, page_size};
use crate::{App, Caller, Error};

/// Days of silence after which an entry counts as never hit, when nothing is said.
const SILENT_DAYS_USUAL: i64 = 30;
/// Most days of silence that can be asked for.
const SILENT_DAYS_MAX: i64 = 366;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct FaqHealthQuery {
    /// Days of silence after which an entry counts as never hit.
    pub days: Option<i64>,
    /// Only entries with this ailment.
    pub ailment: Option<String>,
    /// `next` of the page before.
    pub after: Option<FaqId>,
    /// 1 to 200.
    pub limit: Option<i64>,
}

/// An entry that needs care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AilingFaq {
    /// The entry.
    pub view: FaqView,
    /// Why, the most urgent first.
    pub ailments: Vec<Ailment>,
}

/// How the library is.
#[derive(Clone, Debug)]
pub struct FaqHealth {
    /// Entries in use.
    pub active: usize,
    /// Of them, those that are well.
    pub well: usize,
    /// How many have which ailment.
    pub counts: Vec<(Ailment, usize)>,
    /// A page of those that need care, the most urgent first.
    pub entries: Vec<AilingFaq>,
    /// Where the next page begins; absent on the last.
    pub next: Option<FaqId>,
}

impl App {
    /// How the library is, and which entries need care.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn faq_health(&self, caller: &Caller, query: FaqHealthQuery) -> Result<FaqHealth, Error> {
        caller.require(Action::ViewShows)?;
        let limit = usize::try_from(page_size(query.limit)?).unwrap_or(usize::MAX);
        let silent_days = query.days.unwrap_or(SILENT_DAYS_USUAL);
        if !(1..=SILENT_DAYS_MAX).contains(&silent_days) {
            let expected = Phrase::new(format!("1 to {SILENT_DAYS_MAX}"), format!("1 到 {SILENT_DAYS_MAX}"));
            return Err(Error::field("days", expected, Phrase::literal(silent_days.to_string())));
        }
        let codes: Vec<&str> = Ailment::ALL.iter().map(|ailment| ailment.code()).collect();
        let wanted = query.ailment.map(|code| checked_code("ailment", &codes, &code)).transpose()?;
        let wanted = wanted.as_deref().and_then(Ailment::from_code);
        let tx = self.db.read().await?;
        let rows = storage::faq_entries::all(&tx).await?;
        drop(tx);
        let check = HealthCheck { now: self.clock.now(), silent_days };
        let views = rows.into_iter().map(find_entries::view).collect::<Result<Vec<_>, _>>()?;
        let active = views.iter().filter(|view| view.entry.state.code() == "active").count();
        let mut ailing: Vec<AilingFaq> = (views.into_iter())
            .map(|view| {
                let ailments = ailments(&view.entry, &view.used, view.created_at, check);
                AilingFaq { view, ailments }
            })
            .filter(|one| !one.ailments.is_empty())
            .collect();
        let has = |ailment: Ailment| ailing.iter().filter(|one| one.ailments.contains(&ailment)).count();
        let counts = Ailment::ALL.iter().map(|ailment| (*ailment, has(*ailment))).collect();
        let well = active.saturating_sub(ailing.len());
        ailing.retain(|one| wanted.is_none_or(|ailment| one.ailments.contains(&ailment)));
        ailing.sort_by(|a, b| {
            let newest = || b.view.entry.id.cmp(&a.view.entry.id);
            a.ailments.first().cmp(&b.ailments.first()).then_with(newest)
        });
        // An entry that was put right meanwhile is no place to go on from; the page begins anew.
        let place = query.after.and_then(|after| ailing.iter().position(|one| one.view.entry.id == after));
        let mut entries = ailing.split_off(place.map_or(0, |place| place + 1));
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|last| last.view.entry.id.clone());
        Ok(FaqHealth { active, well, counts, entries, next })
    }
}
