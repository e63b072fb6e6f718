//! Entries of the FAQ library as the API says them.

use livehand_app::faq_library::{Ailment, Entry, Level, Scope, ScopeOf, SlotKind, State, Use, slots};
use livehand_app::{
    AilingFaq, FaqHealth, FaqHealthQuery, FaqPage, FaqQuery, FaqToWrite, FaqVersionView, FaqView,
};
use livehand_kernel::{FaqId, Millis, PersonId, Phrase};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::routes::catalogue::By;
use crate::words::Words;

macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident of $of:ty as $case:tt { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
        #[serde(rename_all = $case)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                match of { $(<$of>::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $of {
            fn from(of: $name) -> Self {
                match of { $($name::$variant => Self::$variant),* }
            }
        }
    };
}

mirrored! {
    /// How far an answer may go without a person: A by itself, B after a yes, C to a person.
    FaqLevel of Level as "PascalCase" {
        /// Facts.
        A,
        /// Proposed.
        #[default]
        B,
        /// For a person.
        C,
    }
}
mirrored! {
    /// Where an entry stands.
    FaqState of State as "snake_case" {
        /// Being written.
        #[default]
        Draft,
        /// In use.
        Active,
        /// Out of use.
        Retired,
    }
}
mirrored! {
    /// What the ids of a scope are.
    FaqScopeOf of ScopeOf as "snake_case" {
        /// There are none: it holds for everything.
        #[default]
        All,
        /// Codes of categories of goods.
        Category,
        /// Products.
        Product,
        /// SKUs.
        Sku,
        /// Shows.
        Show,
    }
}
mirrored! {
    /// What is wrong with an entry that is in use.
    FaqAilment of Ailment as "snake_case" {
        /// It no longer holds.
        #[default]
        Expired,
        /// It ends within a week.
        Expiring,
        /// Those who send it often write it anew.
        OftenRewritten,
        /// Its level asks for evidence, and there is none.
        NoEvidence,
        /// Nothing was answered with it for a long time.
        NeverHit,
        /// Fewer than twelve variants.
        FewVariants,
    }
}

/// For what an entry holds.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaqScope {
    of: FaqScopeOf,
    /// Codes or ids; empty for everything.
    #[serde(default)]
    ids: Vec<String>,
}

/// An entry as somebody writes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "question": "什么时候发货", "variants": ["多久发", "几天发货"], "short": "{宝宝/家人}，{{ship_by}}发出", "level": "A",
    "state": "active"
}))]
pub struct FaqEntryToAdd {
    /// Codes of the concepts that it is about.
    #[serde(default)]
    concepts: Vec<String>,
    /// At most 100 characters.
    question: String,
    /// The words in which buyers ask it, at most 200 of 60 characters each.
    #[serde(default)]
    variants: Vec<String>,
    /// For the public chat, at most 45 characters.
    #[serde(default)]
    short: String,
    /// In full, at most 1,000 characters.
    #[serde(default)]
    long: String,
    #[serde(default)]
    scope: FaqScope,
    #[serde(default)]
    level: FaqLevel,
    /// What bears the answer out.
    #[serde(default)]
    evidence: String,
    valid_from: Option<Millis>,
    /// When it no longer holds.
    valid_until: Option<Millis>,
    /// Who is to look after it; who does so far if absent.
    owner: Option<PersonId>,
    #[serde(default)]
    state: FaqState,
}

impl From<FaqEntryToAdd> for FaqToWrite {
    fn from(it: FaqEntryToAdd) -> Self {
        Self {
            concepts: it.concepts,
            question: it.question,
            variants: it.variants,
            short: it.short,
            long: it.long,
            scope: Scope { of: it.scope.of.into(), ids: it.scope.ids },
            level: it.level.into(),
            evidence: it.evidence,
            valid_from: it.valid_from,
            valid_until: it.valid_until,
            owner: it.owner,
            state: it.state.into(),
        }
    }
}

/// The next version of an entry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 1, "entry": {"question": "什么时候发货", "short": "{{ship_by}}发出"}}))]
pub struct FaqEntryToEdit {
    /// The version that was looked at.
    pub version: i64,
    pub entry: FaqEntryToAdd,
}

/// The version that was looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 1}))]
pub struct FaqVersionGiven {
    pub version: i64,
}

/// Back to an earlier version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 2, "to": 1}))]
pub struct FaqRollback {
    /// The version that was looked at.
    pub version: i64,
    /// The one that comes back.
    pub to: i64,
}

/// What an entry says.
#[derive(Serialize, ToSchema)]
pub struct FaqContent {
    concepts: Vec<String>,
    question: String,
    variants: Vec<String>,
    /// For the public chat.
    short: String,
    /// In full.
    long: String,
    /// Names of the slots in both answers, each once.
    slots: Vec<&'static str>,
    scope: FaqScope,
    level: FaqLevel,
    evidence: String,
    valid_from: Option<Millis>,
    valid_until: Option<Millis>,
    state: FaqState,
}

impl From<Entry> for FaqContent {
    fn from(entry: Entry) -> Self {
        let mut names: Vec<&'static str> = Vec::new();
        for slot in slots(&entry.short).into_iter().chain(slots(&entry.long)) {
            if !names.contains(&slot.name) {
                names.push(slot.name);
            }
        }
        Self {
            concepts: entry.concepts,
            question: entry.question,
            variants: entry.variants,
            short: entry.short,
            long: entry.long,
            slots: names,
            scope: FaqScope { of: entry.scope.of.into(), ids: entry.scope.ids },
            level: entry.level.into(),
            evidence: entry.evidence,
            valid_from: entry.valid_from,
            valid_until: entry.valid_until,
            state: entry.state.into(),
        }
    }
}

/// How an entry was used.
#[derive(Serialize, ToSchema)]
pub struct FaqUse {
    /// Comments for which it was proposed.
    hit: i64,
    sent: i64,
    /// Times that it was rewritten before it was sent.
    edited: i64,
    /// Times that it settled the matter.
    solved: i64,
    last_hit_at: Option<Millis>,
}

impl From<Use> for FaqUse {
    fn from(used: Use) -> Self {
        let Use { hit, sent, edited, solved, last_hit_at } = used;
        Self { hit, sent, edited, solved, last_hit_at }
    }
}

/// An entry of the library.
#[derive(Serialize, ToSchema)]
pub struct FaqEntry {
    id: FaqId,
    /// From 1.
    version: i64,
    /// Who looks after it.
    owner: By,
    /// Who wrote this version.
    by: By,
    /// When.
    at: Millis,
    /// When the first was written.
    created_at: Millis,
    #[serde(rename = "use")]
    used: FaqUse,
    content: FaqContent,
}

impl From<FaqView> for FaqEntry {
    fn from(view: FaqView) -> Self {
        let FaqView { entry, owner_name, person_id, by, at, created_at, used } = view;
        Self {
            id: entry.id.clone(),
            version: entry.version,
            owner: By { id: entry.owner.clone(), name: owner_name },
            by: By { id: person_id, name: by },
            at,
            created_at,
            used: used.into(),
            content: entry.into(),
        }
    }
}

/// A page of entries, newest first.
#[derive(Serialize, ToSchema)]
pub struct FaqEntries {
    entries: Vec<FaqEntry>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<FaqId>,
}

impl From<FaqPage> for FaqEntries {
    fn from(page: FaqPage) -> Self {
        Self { entries: page.entries.into_iter().map(FaqEntry::from).collect(), next: page.next }
    }
}

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FaqListQuery {
    /// Part of the question, a variant, an answer or a concept.
    search: Option<String>,
    /// draft, active or retired.
    state: Option<String>,
    /// A, B or C.
    level: Option<String>,
    /// all, category, product, sku or show.
    scope: Option<String>,
    /// A code or id in the scope.
    scope_id: Option<String>,
    /// A concept, as it is written.
    concept: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<FaqListQuery> for FaqQuery {
    fn from(query: FaqListQuery) -> Self {
        let FaqListQuery { search, state, level, scope, scope_id, concept, after, limit } = query;
        Self { search, state, level, scope, scope_id, concept, after: after.map(FaqId), limit }
    }
}

/// One version of an entry.
#[derive(Serialize, ToSchema)]
pub struct FaqVersion {
    version: i64,
    /// written, pasted, imported, learned, or `rolled_back:` with a version.
    origin: String,
    /// The name of who looked after the entry.
    owner: String,
    /// The name of who wrote it.
    by: String,
    at: Millis,
    content: FaqContent,
}

impl From<FaqVersionView> for FaqVersion {
    fn from(view: FaqVersionView) -> Self {
        let FaqVersionView { entry, origin, owner_name, by, at } = view;
        Self { version: entry.version, origin, owner: owner_name, by, at, content: entry.into() }
    }
}

/// All versions of an entry, newest first.
#[derive(Serialize, ToSchema)]
pub struct FaqVersions {
    versions: Vec<FaqVersion>,
}

impl From<Vec<FaqVersionView>> for FaqVersions {
    fn from(views: Vec<FaqVersionView>) -> Self {
        Self { versions: views.into_iter().map(FaqVersion::from).collect() }
    }
}

/// A slot that answers may have.
#[derive(Serialize, ToSchema)]
pub struct FaqSlot {
    name: &'static str,
    /// What it gives.
    label: Words,
    /// With its arguments.
    example: &'static str,
}

impl From<&SlotKind> for FaqSlot {
    fn from(kind: &SlotKind) -> Self {
        Self { name: kind.name, label: Phrase::new(kind.en, kind.zh).into(), example: kind.example }
    }
}

/// The slots that answers may have.
#[derive(Serialize, ToSchema)]
pub struct FaqSlots {
    pub slots: Vec<FaqSlot>,
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FaqHealthRequest {
    /// Days of silence after which an entry counts as never hit, 1 to 366; 30 if absent.
    days: Option<i64>,
    /// Only entries with this: expired, expiring, often_rewritten, no_evidence, never_hit or few_variants.
    ailment: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<FaqHealthRequest> for FaqHealthQuery {
    fn from(query: FaqHealthRequest) -> Self {
        let FaqHealthRequest { days, ailment, after, limit } = query;
        Self { days, ailment, after: after.map(FaqId), limit }
    }
}

/// How many entries have what.
#[derive(Serialize, ToSchema)]
pub struct FaqAilmentCount {
    ailment: FaqAilment,
    count: usize,
}

/// An entry that needs care.
#[derive(Serialize, ToSchema)]
pub struct AilingFaqEntry {
    /// Why, the most urgent first.
    ailments: Vec<FaqAilment>,
    entry: FaqEntry,
}

impl From<AilingFaq> for AilingFaqEntry {
    fn from(one: AilingFaq) -> Self {
        Self { ailments: one.ailments.into_iter().map(FaqAilment::from).collect(), entry: one.view.into() }
    }
}

/// How the library is.
#[derive(Serialize, ToSchema)]
pub struct FaqHealthReport {
    /// Entries in use.
    active: usize,
    /// Of them, those that need nothing.
    well: usize,
    counts: Vec<FaqAilmentCount>,
    /// The most urgent first.
    entries: Vec<AilingFaqEntry>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<FaqId>,
}

impl From<FaqHealth> for FaqHealthReport {
    fn from(health: FaqHealth) -> Self {
        let count = |(ailment, count): (Ailment, usize)| FaqAilmentCount { ailment: ailment.into(), count };
        Self {
            active: health.active,
            well: health.well,
            counts: health.counts.into_iter().map(count).collect(),
            entries: health.entries.into_iter().map(AilingFaqEntry::from).collect(),
            next: health.next,
        }
    }
}
