//! The FAQ library (FAQ 话术库): entries in versions, lines and sheets that become entries, what needs care, and what was
//! learned. The rules stand in `livehand_language::library`; here they meet the tables.

mod after_show;
mod find_entries;
mod health;
mod learned;
mod pack;
mod plan_entries;
mod sheets;
mod write_entries;

pub use find_entries::{FaqPage, FaqQuery, FaqVersionView, FaqView};
pub use health::{AilingFaq, FaqHealth, FaqHealthQuery};
pub use learned::{LearnedPage, LearnedQuery, LearnedView, NewLearned};
pub use pack::FaqPackLoad;
pub use plan_entries::{FaqPaste, FaqPlan};
pub use sheets::{FaqColumn, FaqImport};
pub use write_entries::FaqToWrite;

use livehand_kernel::Phrase;
use livehand_language::library::{self, Entry, LineFault};
use livehand_live::FieldError;
use livehand_prepare::catalogue::CATEGORIES;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::faq_entries::NewFaq;

use crate::{Caller, Error, Fault};

/// What is wrong with a field of a request.
fn fault(fault: library::Fault) -> Fault {
    Fault { line: None, error: FieldError::new(&fault.field, fault.expected, fault.found) }
}

fn changed_meanwhile() -> Error {
    let explanation = Phrase::new(
        "Somebody else has changed this entry; look again",
        "该条目刚被别人改过，请重新查看后再改",
    );
    Error::Conflict { code: "faq_changed", explanation }
}

/// The entry of a row. Its id and version are those of the row, whatever its body says.
pub(crate) fn entry_of(id: &livehand_kernel::FaqId, version: i64, body: &str) -> Result<Entry, Error> {
    let entry: Entry = serde_json::from_str(body).map_err(|_| Error::Internal("an FAQ entry is damaged"))?;
    Ok(Entry { id: id.clone(), version, ..entry })
}

/// A list as JSON: a filter finds one of its items by its quotes.
fn json_list(texts: &[String]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}

/// The next version of an entry as it is written.
fn next_version(
    caller: &Caller,
    entry: &Entry,
    owner_name: &str,
    origin: &str,
    at: livehand_kernel::Millis,
) -> Result<NewFaq, Error> {
    let body = serde_json::to_string(entry).map_err(|_| Error::Internal("an FAQ entry has no JSON"))?;
    let texts = [&entry.question, &entry.short, &entry.long].into_iter().chain(&entry.variants);
    let search: Vec<String> = texts.chain(&entry.concepts).map(|text| text.to_lowercase()).collect();
    Ok(NewFaq {
        id: entry.id.clone(),
        state: entry.state.code().to_owned(),
        level: entry.level.code().to_owned(),
        scope_of: entry.scope.of.code().to_owned(),
        scope_ids: json_list(&entry.scope.ids),
        concepts: json_list(&entry.concepts),
        search: search.join("\n"),
        owner_id: entry.owner.clone(),
        owner_name: owner_name.to_owned(),
        body,
        origin: origin.to_owned(),
        person_id: caller.person(),
        person_name: caller.name(),
        at,
    })
}

/// Categories by their codes, whatever they were called.
fn name_categories(entry: &mut Entry) {
    if entry.scope.of != library::ScopeOf::Category {
        return;
    }
    for id in &mut entry.scope.ids {
        let called = |name: &str| name.eq_ignore_ascii_case(id);
        let known = CATEGORIES.iter().find(|it| {
            called(it.code) || called(it.zh) || called(it.en) || it.aliases.iter().any(|alias| called(alias))
        });
        if let Some(known) = known {
            *id = known.code.to_owned();
        }
    }
}

/// What is wrong with the scope of an entry: it names what does not exist.
async fn scope_faults(tx: &Tx, entry: &Entry) -> Result<Vec<library::Fault>, storage::Error> {
    let mut faults = Vec::new();
    for (place, id) in entry.scope.ids.iter().enumerate() {
        let (there, expected) = match entry.scope.of {
            library::ScopeOf::All => (true, Phrase::literal("")),
            library::ScopeOf::Category => {
                let codes: Vec<&str> = CATEGORIES.iter().map(|it| it.code).collect();
                let names: Vec<&str> = CATEGORIES.iter().map(|it| it.zh).collect();
                let expected = Phrase::new(
                    format!("a category: {}", codes.join(", ")),
                    format!("已有的类目：{}", names.join("、")),
                );
                (codes.contains(&id.as_str()), expected)
            }
            library::ScopeOf::Product => (
                storage::products::find(tx, &id.as_str().into()).await?.is_some(),
                Phrase::new("a product of the catalogue", "商品库中的商品编号"),
            ),
            library::ScopeOf::Sku => (
                storage::skus::find(tx, &id.as_str().into()).await?.is_some(),
                Phrase::new("a SKU of the catalogue", "商品库中的规格编号"),
            ),
            library::ScopeOf::Show => (
                storage::shows::find(tx, &id.as_str().into()).await?.is_some(),
                Phrase::new("a show", "已有的场次编号"),
            ),
        };
        if !there {
            faults.push(library::Fault::quoting(format!("scope.ids[{place}]"), expected, id));
        }
    }
    Ok(faults)
}

/// At its line.
fn at_line(line: u32) -> impl Fn(library::Fault) -> LineFault {
    move |fault| fault.at(line)
}
