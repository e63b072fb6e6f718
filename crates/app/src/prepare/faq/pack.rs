//! The pack of questions that comes with the program, taken into the library. Its answers are proposals: only the shop
//! knows when it ships and what it takes back, so that they come as drafts unless somebody says otherwise.

use livehand_compliance::Action;
use livehand_kernel::Phrase;
use livehand_language::library::{Entry, Incoming, Level, Patch, Scope, ScopeOf, State};
use livehand_language::pack::{self, Concept, PackEntry};

use super::FaqPlan;
use crate::{App, Caller, Error};

/// Which part of the pack.
#[derive(Clone, Debug, Default)]
pub struct FaqPackLoad {
    /// Codes of categories of goods; what holds for all goods comes with each. All of it if empty.
    pub categories: Vec<String>,
    /// Where new entries are to stand.
    pub state: State,
    /// Whether to do it; otherwise it is only looked at.
    pub apply: bool,
    /// The plan that was looked at; if it is given, nothing else is applied.
    pub digest: Option<String>,
}

impl App {
    /// Looks at what the pack would add to the library, or takes it in. Entries whose question is known are left as they
    /// are.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] for a category that does not exist, [`Error::Conflict`] when the library
    /// has changed since the plan was looked at.
    pub async fn load_faq_pack(&self, caller: &Caller, load: FaqPackLoad) -> Result<FaqPlan, Error> {
        caller.require(Action::EditFaq)?;
        let concepts = pack::built_in().map_err(|_| Error::Internal("the pack of questions is damaged"))?;
        let known = |code: &String| concepts.iter().any(|concept| concept.goods.contains(code));
        if let Some(unknown) = load.categories.iter().find(|code| !known(code)) {
            let mut goods: Vec<&str> =
                concepts.iter().flat_map(|concept| &concept.goods).map(String::as_str).collect();
            goods.sort_unstable();
            goods.dedup();
            let goods = goods.join(", ");
            let expected =
                Phrase::new(format!("goods of the pack: {goods}"), format!("话术包里的类目：{goods}"));
            return Err(Error::field("categories", expected, Phrase::literal(unknown.clone())));
        }
        let wanted = |concept: &&Concept| {
            load.categories.is_empty()
                || concept.goods.is_empty()
                || concept.goods.iter().any(|code| load.categories.contains(code))
        };
        let incoming = concepts.iter().filter(wanted).flat_map(entries_of).zip(1..);
        let incoming =
            incoming.map(|(patch, line)| Incoming { line, id: None, patch, adds_variants: true }).collect();
        let blank = Entry { state: load.state, ..Entry::blank(caller.person()) };
        let mut planned = self.plan_faq(&blank, incoming, Vec::new()).await?;
        // What the shop says itself is better than what the pack proposes.
        let known = std::mem::take(&mut planned.plan.changed);
        planned.plan.same.extend(known.into_iter().map(|one| one.line));
        if !load.apply {
            return Ok(planned);
        }
        self.apply_faq(caller, planned, load.digest.as_deref(), "load_faq_pack", "pack").await
    }
}

/// What the pack says of each entry of a concept. Phrases of the concept go to its first entry: they mean the topic.
fn entries_of(concept: &Concept) -> impl Iterator<Item = Patch> + '_ {
    concept.entries.iter().enumerate().map(|(place, entry)| {
        let PackEntry { question, short, long, level, phrases, .. } = entry;
        let shared = concept.phrases.all().map(|(_, phrase)| phrase.to_owned()).filter(|_| place == 0);
        let scope = match concept.goods.as_slice() {
            [] => Scope::default(),
            goods => Scope { of: ScopeOf::Category, ids: goods.to_vec() },
        };
        Patch {
            question: Some(question.clone()),
            variants: Some(phrases.iter().cloned().chain(shared).collect()),
            short: Some(short.clone()),
            long: Some(long.clone()),
            scope: Some(scope),
            level: Level::from_code(level),
            concepts: Some(vec![concept.code.clone()]),
            ..Patch::default()
        }
    })
}
