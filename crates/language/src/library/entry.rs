//! An entry of the library.

use livehand_kernel::{FaqId, Millis, PersonId};
use serde::{Deserialize, Serialize};

/// How far an answer may go without a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Facts: may be sent with one key, or by itself where the owner lets it.
    A,
    /// Proposed; a person says yes.
    #[default]
    B,
    /// Goes to a person.
    C,
}

impl Level {
    /// Every level.
    pub const ALL: &'static [Self] = &[Self::A, Self::B, Self::C];

    /// Its letter.
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }

    /// The level with this letter.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|level| level.code() == code)
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written; answers nobody.
    #[default]
    Draft,
    /// In use.
    Active,
    /// Out of use; it stays, with its versions.
    Retired,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Draft, Self::Active, Self::Retired];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    /// The state with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// What the ids of a scope are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeOf {
    /// The entry holds for everything.
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

impl ScopeOf {
    /// Every kind of scope.
    pub const ALL: &'static [Self] = &[Self::All, Self::Category, Self::Product, Self::Sku, Self::Show];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Category => "category",
            Self::Product => "product",
            Self::Sku => "sku",
            Self::Show => "show",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|of| of.code() == code)
    }

    /// As a sheet says it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::Category => "类目",
            Self::Product => "商品",
            Self::Sku => "规格",
            Self::Show => "场次",
        }
    }
}

/// For what an entry holds. One answer often holds for a few products, hence several ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// What the ids are.
    pub of: ScopeOf,
    /// Codes or ids; empty for everything.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// What somebody asks about, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Code of the category of goods.
    pub category: Option<&'a str>,
    /// The product.
    pub product: Option<&'a str>,
    /// Its SKU.
    pub sku: Option<&'a str>,
    /// The show in which it is asked.
    pub show: Option<&'a str>,
}

impl Scope {
    /// Whether the entry holds for what is asked about.
    pub fn covers(&self, asked: &Asked<'_>) -> bool {
        let has = |id: Option<&str>| id.is_some_and(|id| self.ids.iter().any(|own| own == id));
        match self.of {
            ScopeOf::All => true,
            ScopeOf::Category => has(asked.category),
            ScopeOf::Product => has(asked.product),
            ScopeOf::Sku => has(asked.sku),
            ScopeOf::Show => has(asked.show),
        }
    }
}

/// One question with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id.
    pub id: FaqId,
    /// Codes of the concepts that it is about; variants of a concept serve every entry that has it.
    #[serde(default)]
    pub concepts: Vec<String>,
    /// The question as the crew calls it.
    pub question: String,
    /// The words in which buyers ask it.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The answer for the public chat.
    #[serde(default)]
    pub short: String,
    /// The answer to be spoken or written in full.
    #[serde(default)]
    pub long: String,
    /// For what it holds.
    #[serde(default)]
    pub scope: Scope,
    /// How far the answer may go without a person.
    #[serde(default)]
    pub level: Level,
    /// What bears the answer out: a reference or a few words.
    #[serde(default)]
    pub evidence: String,
    /// From when on it holds.
    #[serde(default)]
    pub valid_from: Option<Millis>,
    /// When it no longer holds.
    #[serde(default)]
    pub valid_until: Option<Millis>,
    /// Who looks after it.
    pub owner: PersonId,
    /// Where it stands.
    #[serde(default)]
    pub state: State,
    /// From 1; 0 for one that was not stored yet.
    #[serde(default)]
    pub version: i64,
}

impl Entry {
    /// An empty entry of somebody.
    pub fn blank(owner: PersonId) -> Self {
        Self {
            id: FaqId::from(""),
            concepts: Vec::new(),
            question: String::new(),
            variants: Vec::new(),
            short: String::new(),
            long: String::new(),
            scope: Scope::default(),
            level: Level::default(),
            evidence: String::new(),
            valid_from: None,
            valid_until: None,
            owner,
            state: State::default(),
            version: 0,
        }
    }

    /// Whether it may answer at a moment.
    pub fn answers_at(&self, now: Millis) -> bool {
        self.state == State::Active
            && self.valid_from.is_none_or(|from| from <= now)
            && self.valid_until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_answers_while_it_is_active_and_valid() {
        let mut entry = Entry::blank(PersonId::from("p1"));
        assert!(!entry.answers_at(Millis(5)));
        entry.state = State::Active;
        assert!(entry.answers_at(Millis(5)));
        (entry.valid_from, entry.valid_until) = (Some(Millis(5)), Some(Millis(9)));
        assert_eq!([4, 5, 8, 9].map(|at| entry.answers_at(Millis(at))), [false, true, true, false]);
    }

    #[test]
    fn a_scope_covers_what_it_names() {
        let scope = Scope { of: ScopeOf::Product, ids: vec!["p1".into(), "p4".into()] };
        assert!(scope.covers(&Asked { product: Some("p4"), ..Asked::default() }));
        assert!(!scope.covers(&Asked { product: Some("p2"), sku: Some("p4"), ..Asked::default() }));
        assert!(!scope.covers(&Asked::default()));
        assert!(Scope::default().covers(&Asked::default()));
    }
}
