//! What pasted lines or the rows of a sheet would do to the library: add an entry, change one, or nothing.

use std::collections::BTreeMap;

use livehand_kernel::{FaqId, Millis, Phrase};

use super::check::{check, clean};
use super::entry::{Entry, Level, Scope, State};
use super::fault::{Fault, LineFault};
use crate::normalise;

/// What a line says of an entry; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// The question.
    pub question: Option<String>,
    /// The words in which it is asked.
    pub variants: Option<Vec<String>>,
    /// The answer for the public chat.
    pub short: Option<String>,
    /// The answer in full.
    pub long: Option<String>,
    /// For what it holds.
    pub scope: Option<Scope>,
    /// How far the answer may go without a person.
    pub level: Option<Level>,
    /// What bears it out.
    pub evidence: Option<String>,
    /// From when on it holds.
    pub valid_from: Option<Option<Millis>>,
    /// When it no longer holds.
    pub valid_until: Option<Option<Millis>>,
    /// Its concepts.
    pub concepts: Option<Vec<String>>,
    /// Where it stands.
    pub state: Option<State>,
}

/// A line on its way into the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its number, from 1.
    pub line: u32,
    /// The entry that it says it is.
    pub id: Option<FaqId>,
    /// What it says.
    pub patch: Patch,
    /// Whether its variants come to those that are known, instead of taking their place.
    pub adds_variants: bool,
}

/// An entry as it would be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The line that says so.
    pub line: u32,
    /// The entry; its version is that of the present one, 0 for one that is new.
    pub entry: Entry,
}

/// What lines would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Entries that are new; their ids are empty.
    pub added: Vec<Planned>,
    /// Entries that change.
    pub changed: Vec<Planned>,
    /// Lines that say what is known already.
    pub same: Vec<u32>,
    /// What is wrong; lines with faults are left out.
    pub faults: Vec<LineFault>,
}

impl Plan {
    /// The lines with faults, each once.
    pub fn left_out(&self) -> Vec<u32> {
        let mut lines: Vec<u32> = self.faults.iter().map(|at| at.line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// By what two entries are taken for one: the question as a reader hears it, and for what it holds.
type Key = (String, Scope);

fn key(entry: &Entry) -> Key {
    let mut scope = entry.scope.clone();
    scope.ids.sort();
    (normalise(&entry.question), scope)
}

/// What `incoming` would do beside the entries that are known. What is new begins as `blank`.
pub fn plan(blank: &Entry, incoming: &[Incoming], known: &[Entry]) -> Plan {
    let by_id: BTreeMap<&FaqId, &Entry> = known.iter().map(|entry| (&entry.id, entry)).collect();
    // What is out of use stays so, unless it is named by its id.
    let in_use = known.iter().filter(|entry| entry.state != State::Retired);
    let by_key: BTreeMap<Key, &Entry> = in_use.map(|entry| (key(entry), entry)).collect();
    let (mut plan, mut lines) = (Plan::default(), BTreeMap::new());
    for one in incoming {
        let fresh = clean(patched(blank, one));
        let named = one.id.as_ref().and_then(|id| by_id.get(id).copied());
        let present = named.or_else(|| by_key.get(&key(&fresh)).copied());
        let entry = present.map_or(fresh, |present| clean(patched(present, one)));
        let twice = lines.insert(key(&entry), one.line);
        let mut faults = check(&entry);
        faults.extend(twice.map(asked_twice));
        if !faults.is_empty() {
            plan.faults.extend(faults.into_iter().map(|fault| fault.at(one.line)));
            continue;
        }
        match present {
            None => plan.added.push(Planned { line: one.line, entry }),
            Some(present) if *present == entry => plan.same.push(one.line),
            Some(_) => plan.changed.push(Planned { line: one.line, entry }),
        }
    }
    plan
}

fn asked_twice(line: u32) -> Fault {
    let expected = Phrase::new("each question once for its scope", "同一适用范围内，每个问题只出现一次");
    let found = Phrase::new(format!("as in line {line}"), format!("与第 {line} 行重复"));
    Fault { field: "question".to_owned(), expected, found }
}

fn patched(entry: &Entry, incoming: &Incoming) -> Entry {
    let patch = incoming.patch.clone();
    let variants = match patch.variants {
        Some(new) if incoming.adds_variants => {
            let known = entry.variants.iter().cloned();
            known.chain(new.into_iter().filter(|word| !entry.variants.contains(word))).collect()
        }
        Some(new) => new,
        None => entry.variants.clone(),
    };
    Entry {
        id: entry.id.clone(),
        concepts: patch.concepts.unwrap_or_else(|| entry.concepts.clone()),
        question: patch.question.unwrap_or_else(|| entry.question.clone()),
        variants,
        short: patch.short.unwrap_or_else(|| entry.short.clone()),
        long: patch.long.unwrap_or_else(|| entry.long.clone()),
        scope: patch.scope.unwrap_or_else(|| entry.scope.clone()),
        level: patch.level.unwrap_or(entry.level),
        evidence: patch.evidence.unwrap_or_else(|| entry.evidence.clone()),
        valid_from: patch.valid_from.unwrap_or(entry.valid_from),
        valid_until: patch.valid_until.unwrap_or(entry.valid_until),
        owner: entry.owner.clone(),
        state: patch.state.unwrap_or(entry.state),
        version: entry.version,
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::PersonId;

    use super::super::entry::ScopeOf;
    use super::*;

    fn blank() -> Entry {
        Entry { state: State::Active, ..Entry::blank(PersonId::from("p1")) }
    }

    fn line(line: u32, question: &str, short: &str) -> Incoming {
        let patch = Patch {
            question: Some(question.to_owned()),
            variants: Some(vec![question.to_owned()]),
            short: Some(short.to_owned()),
            ..Patch::default()
        };
        Incoming { line, id: None, patch, adds_variants: true }
    }

    fn known(id: &str, question: &str, short: &str) -> Entry {
        let variants = vec![question.to_owned(), "旧问法".to_owned()];
        Entry {
            id: FaqId::from(id),
            question: question.to_owned(),
            variants,
            short: short.to_owned(),
            version: 3,
            ..blank()
        }
    }

    #[test]
    fn lines_add_change_or_say_what_is_known() {
        let library = [known("f1", "发货", "48小时"), known("f2", "运费", "包邮")];
        let lines = [line(1, "发货", "48小时"), line(2, "运 费", "满99包邮"), line(4, "尺码", "看详情")];
        let plan = plan(&blank(), &lines, &library);
        assert_eq!((plan.same.as_slice(), plan.faults.as_slice()), ([1].as_slice(), [].as_slice()));
        let changed = &plan.changed[0].entry;
        assert_eq!((changed.id.as_str(), changed.version, changed.short.as_str()), ("f2", 3, "满99包邮"));
        assert_eq!(changed.variants, ["运费", "旧问法", "运 费"], "variants come to those that are known");
        assert_eq!((plan.added[0].line, plan.added[0].entry.version), (4, 0));
    }

    #[test]
    fn the_same_question_for_something_else_is_another_entry_and_twice_is_a_fault() {
        let mut of_product = line(2, "发货", "72小时");
        of_product.patch.scope = Some(Scope { of: ScopeOf::Product, ids: vec!["p1".into()] });
        let plan = plan(&blank(), &[line(1, "发货", "48小时"), of_product, line(3, "发货", "96小时")], &[]);
        assert_eq!(plan.added.len(), 2);
        assert_eq!(plan.left_out(), [3]);
        assert_eq!(plan.faults[0].fault.found.en, "as in line 1");
    }

    #[test]
    fn an_id_leads_to_its_entry_even_when_the_question_changes() {
        let library = [known("f1", "发货", "48小时")];
        let mut renamed = line(2, "什么时候发货", "48小时");
        (renamed.id, renamed.adds_variants) = (Some(FaqId::from("f1")), false);
        let plan = plan(&blank(), &[renamed], &library);
        assert_eq!(plan.changed[0].entry.question, "什么时候发货");
        assert_eq!(plan.changed[0].entry.variants, ["什么时候发货"]);
    }

    #[test]
    fn an_entry_out_of_use_is_left_alone_unless_it_is_named() {
        let retired = Entry { state: State::Retired, ..known("f1", "发货", "旧") };
        let library = [retired, known("f2", "运费", "新")];
        let mut named = line(2, "运费到付吗", "不到付");
        named.id = Some(FaqId::from("f1"));
        let plan = plan(&blank(), &[line(1, "发货", "更新"), named], &library);
        assert_eq!((plan.added[0].line, plan.changed[0].entry.id.as_str()), (1, "f1"));
    }
}
