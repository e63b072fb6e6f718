//! Verification (审单): what is wrong with an order before it is picked, and who decides on it.
//!
//! [`check`] takes plain facts about one order and gives findings. What a finding holds is never a name, a number or an
//! address: of a recipient it knows which kinds of mistakes were found, and no more.
//!
//! What must never happen here: a guess. What can be right in more than one way is put before a person.

mod amounts;
mod contents;
mod cut_off;
mod decision;
mod difference;
mod facts;
mod goods;
mod matter;
mod recipient;
mod said;
mod sample;
mod settings;
#[cfg(test)]
mod tests;
mod words;

use livehand_kernel::SkuId;
use serde::{Deserialize, Serialize};

pub use contents::{Content, contents, standing};
pub use cut_off::{Clock, cut_off};
pub use decision::{CheckState, CorrectedLine, Decision};
pub use difference::{Difference, NotSettled, PriceOf, Settlement, difference, settled};
pub use facts::{
    Article, Facts, GiftPromised, LimitOf, LineFacts, Mistake, Priced, RecipientDefect, Said, SaidIn, Variant,
};
pub use matter::Matter;
pub use sample::is_sampled;
pub use settings::{SAMPLE_PER_MILLE_MAX, Settings, SettingsFault};

use crate::stock::codes;

codes! {
    /// What a finding is about.
    #[cfg_attr(feature = "schema", schema(as = FindingKind))]
    Kind {
        /// Where it goes (地址).
        Address = "address",
        /// On which number somebody is reached (电话).
        Phone = "phone",
        /// Who receives it (收件人).
        Name = "name",
        /// What was bought (商品与规格).
        Sku = "sku",
        /// What was paid (价格).
        Price = "price",
        /// What is given with it (赠品).
        Gift = "gift",
        /// How much one buyer may have (限购).
        Limit = "limit",
        /// The same order a second time (重复下单).
        Duplicate = "duplicate",
        /// What the buyer said of it (买家自述).
        Said = "said",
        /// A second check found it wrong (抽检).
        SecondCheck = "second_check",
    }
}

codes! {
    /// What becomes of a finding.
    #[cfg_attr(feature = "schema", schema(as = FindingDisposition))]
    Disposition {
        /// It was put right (自动修正).
        Fixed = "fixed",
        /// A person decides (待人工).
        Person = "person",
        /// It is only written down (仅记录).
        Noted = "noted",
    }
}

/// What puts a finding right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = FindingFix))]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Fix {
    /// The recipient as the address is read; it is kept sealed with the others.
    Recipient,
    /// Another SKU for a line.
    Line {
        /// The line.
        line: String,
        /// What is sent instead.
        sku: SkuId,
    },
    /// A gift that is put into the parcel.
    Gift {
        /// Which.
        sku: SkuId,
        /// How many pieces are missing.
        quantity: i64,
    },
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// What exactly: a stable code.
    pub code: String,
    /// The line that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What stands in the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What puts it right; nothing if only a person can know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The comment in the room that it rests on, by its sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<u64>,
    /// What becomes of it.
    pub disposition: Disposition,
}

impl Finding {
    /// Something that a person decides.
    fn of(kind: Kind, code: &str) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            line: None,
            found: None,
            expected: None,
            fix: None,
            comment: None,
            disposition: Disposition::Person,
        }
    }

    /// A second check found the order wrong.
    pub fn second_check() -> Self {
        Self::of(Kind::SecondCheck, "found_wrong")
    }

    fn on(mut self, line: &str) -> Self {
        self.line = Some(line.to_owned());
        self
    }

    fn saying(mut self, found: impl ToString, expected: impl ToString) -> Self {
        self.found = Some(found.to_string());
        self.expected = Some(expected.to_string());
        self
    }

    /// Whether a person has to decide on it.
    pub fn asks(&self) -> bool {
        self.disposition == Disposition::Person
    }

    /// Whether it is the same thing that was found before, whatever became of it.
    pub fn is_same(&self, other: &Self) -> bool {
        let own = (&self.kind, &self.code, &self.line, &self.found, &self.expected, &self.comment);
        own == (&other.kind, &other.code, &other.line, &other.found, &other.expected, &other.comment)
    }
}

/// What is wrong with an order, by kind.
pub fn check(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let mut found = recipient::check(facts, settings);
    found.extend(goods::check(facts));
    found.extend(amounts::check(facts));
    found.extend(said::check(facts));
    found.sort_by(|a, b| (a.kind, &a.line, &a.code).cmp(&(b.kind, &b.line, &b.code)));
    found
}

/// Whether every finding that a person has to decide on has a fix: then they can be decided on together.
pub fn is_sure(findings: &[Finding]) -> bool {
    let mut asked = findings.iter().filter(|it| it.asks()).peekable();
    asked.peek().is_some() && asked.all(|it| it.fix.is_some())
}
