//! Lines that are pasted: looked at first, then applied. What is right is written as a whole, in one transaction; what is
//! wrong is named and left out.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_compliance::wording::Place;
use livehand_kernel::{FaqId, Phrase, ProductId, ShowId};
use livehand_language::library::{
    self, Entry, Incoming, Level, LineFault, PastedLine, Patch, Plan, Planned, Scope, ScopeOf, State,
    parse_paste, plan,
};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::faq_entries::NewFaq;
use livehand_storage::products::ProductFilter;
use sha2::{Digest, Sha256};

use super::{at_line, changed_meanwhile, find_entries, name_categories, next_version, scope_faults};
use crate::audit::Entry as Audit;
use crate::{App, Caller, Error};

/// Lines to be pasted.
#[derive(Clone, Debug, Default)]
pub struct FaqPaste {
    /// The lines.
    pub text: String,
    /// How far new answers may go without a person.
    pub level: Level,
    /// Where new entries are to stand.
    pub state: State,
    /// The show by whose line-up link numbers are read; by the whole catalogue if absent.
    pub show: Option<ShowId>,
    /// Whether to do it; otherwise it is only looked at.
    pub apply: bool,
    /// The plan that was looked at; if it is given, nothing else is applied.
    pub digest: Option<String>,
}

/// What lines or rows do, or would do.
#[derive(Clone, Debug, Default)]
pub struct FaqPlan {
    /// Entries that are added or changed, what is known already, and what is wrong.
    pub plan: Plan,
    /// Lines or rows with something in them.
    pub lines: usize,
    /// Stands for the plan.
    pub digest: String,
    /// Whether it was done.
    pub applied: bool,
}

impl App {
    /// Looks at lines of `词A/词B|回复`, or takes them into the library.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] for the show, [`Error::Conflict`] when the library has changed since the
    /// plan was looked at.
    pub async fn paste_faq(&self, caller: &Caller, paste: FaqPaste) -> Result<FaqPlan, Error> {
        caller.require(Action::EditFaq)?;
        let pasted = parse_paste(&paste.text);
        let tx = self.db.read().await?;
        let numbers = link_numbers(&tx, paste.show.as_ref(), &pasted.lines).await?;
        drop(tx);
        let (mut incoming, mut faults) = (Vec::new(), pasted.faults);
        for line in pasted.lines {
            match scope_of(&line, &numbers) {
                Ok(scope) => incoming.push(incoming_of(line, scope)),
                Err(fault) => faults.push(*fault),
            }
        }
        let blank = Entry { level: paste.level, state: paste.state, ..Entry::blank(caller.person()) };
        let planned = self.plan_faq(&blank, incoming, faults).await?;
        if !paste.apply {
            return Ok(planned);
        }
        self.apply_faq(caller, planned, paste.digest.as_deref(), "paste_faq", "pasted").await
    }

    /// What lines would do to the library, with everything that is wrong.
    pub(super) async fn plan_faq(
        &self,
        blank: &Entry,
        incoming: Vec<Incoming>,
        faults: Vec<LineFault>,
    ) -> Result<FaqPlan, Error> {
        let tx = self.db.read().await?;
        let rows = storage::faq_entries::all(&tx).await?;
        let known: Vec<Entry> = (rows.into_iter())
            .map(|row| find_entries::view(row).map(|view| view.entry))
            .collect::<Result<_, _>>()?;
        let incoming: Vec<Incoming> = incoming.into_iter().map(with_categories).collect();
        let mut plan = plan(blank, &incoming, &known);
        plan.faults.extend(faults);
        let planned: Vec<&Planned> = plan.added.iter().chain(&plan.changed).collect();
        let mut wrong = Vec::new();
        for one in &planned {
            wrong.extend(scope_faults(&tx, &one.entry).await?.into_iter().map(at_line(one.line)));
        }
        drop(tx);
        wrong.extend(self.wording_faults(&planned).await?);
        plan.faults.extend(wrong);
        plan.faults.sort_by_key(|at| at.line);
        let left_out = plan.left_out();
        let kept = |one: &Planned| left_out.binary_search(&one.line).is_err();
        plan.added.retain(kept);
        plan.changed.retain(kept);
        let lines = plan.added.len() + plan.changed.len() + plan.same.len() + left_out.len();
        let digest = hex::encode(Sha256::digest(format!("{plan:?}").as_bytes()));
        Ok(FaqPlan { plan, lines, digest, applied: false })
    }

    /// Answers that must not be published, by their lines.
    async fn wording_faults(&self, planned: &[&Planned]) -> Result<Vec<LineFault>, Error> {
        let active = planned.iter().filter(|one| one.entry.state == State::Active);
        let (mut places, mut texts) = (Vec::new(), Vec::new());
        for one in active {
            for (field, text) in [("short", &one.entry.short), ("long", &one.entry.long)] {
                places.push((one.line, field));
                texts.push(text.clone());
            }
        }
        let blocked = self.blocked_wordings(texts, Place::Faq).await?;
        let told = |((line, field), found): ((u32, &str), Option<String>)| {
            let expected = Phrase::new("no wording that must not be published", "不含禁用表述");
            Some(library::Fault::quoting(field, expected, &found?).at(line))
        };
        Ok(places.into_iter().zip(blocked).filter_map(told).collect())
    }

    /// Does what was planned, unless the plan is no longer the one that was looked at.
    pub(super) async fn apply_faq(
        &self,
        caller: &Caller,
        planned: FaqPlan,
        digest: Option<&str>,
        what: &'static str,
        origin: &str,
    ) -> Result<FaqPlan, Error> {
        if digest.is_some_and(|digest| digest != planned.digest) {
            let explanation = Phrase::new(
                "The library has changed since; look at the lines again",
                "话术库已变化，请重新核对后再导入",
            );
            return Err(Error::Conflict { code: "import_changed", explanation });
        }
        let mut planned = planned;
        let rows = self.rows_of(caller, &mut planned.plan, origin).await?;
        planned.applied = true;
        if rows.is_empty() {
            return Ok(planned);
        }
        let detail = serde_json::json!({
            "added": planned.plan.added.len(), "changed": planned.plan.changed.len(),
            "left_out": planned.plan.left_out().len(),
        });
        let audit = Audit::of(caller, what, "faq").with(detail);
        let written = &rows;
        let done = self.audited(audit, move |tx| async move {
            for (row, version) in written {
                if !storage::faq_entries::append(&tx, row, *version).await? {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        });
        done.await?.ok_or_else(changed_meanwhile)?;
        Ok(planned)
    }

    /// The versions to be written, each with the one before it.
    async fn rows_of(
        &self,
        caller: &Caller,
        plan: &mut Plan,
        origin: &str,
    ) -> Result<Vec<(NewFaq, i64)>, Error> {
        let (now, mut rows) = (self.clock.now(), Vec::new());
        for one in &mut plan.added {
            one.entry.id = FaqId::new(now, &*self.entropy);
            one.entry.version = 1;
            rows.push((next_version(caller, &one.entry, &caller.name(), origin, now)?, 0));
        }
        let tx = self.db.read().await?;
        for one in &mut plan.changed {
            let present = storage::faq_entries::find(&tx, &one.entry.id).await?;
            let owner = present.map(|row| row.owner_name).unwrap_or_default();
            let before = one.entry.version;
            one.entry.version = before + 1;
            rows.push((next_version(caller, &one.entry, &owner, origin, now)?, before));
        }
        Ok(rows)
    }
}

fn with_categories(mut incoming: Incoming) -> Incoming {
    if let Some(scope) = incoming.patch.scope.take() {
        let mut entry = Entry { scope, ..Entry::blank(livehand_kernel::PersonId::from("")) };
        name_categories(&mut entry);
        incoming.patch.scope = Some(entry.scope);
    }
    incoming
}

fn incoming_of(line: PastedLine, scope: Scope) -> Incoming {
    let patch = Patch {
        question: line.words.first().cloned(),
        variants: Some(line.words),
        short: Some(line.reply),
        scope: Some(scope),
        ..Patch::default()
    };
    Incoming { line: line.line, id: None, patch, adds_variants: true }
}

/// Which products have which link number.
type LinkNumbers = BTreeMap<i64, Vec<ProductId>>;

/// Most products whose link numbers are looked at.
const PRODUCTS_MAX: i64 = 100_000;

async fn link_numbers(tx: &Tx, show: Option<&ShowId>, lines: &[PastedLine]) -> Result<LinkNumbers, Error> {
    let mut numbers = LinkNumbers::new();
    if let Some(show) = show {
        storage::shows::find(tx, show).await?.ok_or_else(|| Error::not_found("show", show))?;
        for product in storage::shows::lineup(tx, show).await? {
            numbers.entry(product.link_number).or_default().push(product.id);
        }
    } else if lines.iter().any(|line| !line.link_numbers.is_empty()) {
        let filter = ProductFilter { limit: PRODUCTS_MAX, ..ProductFilter::default() };
        for listed in storage::products::list(tx, &filter).await? {
            numbers.entry(listed.product.link_number).or_default().push(listed.product.id);
        }
    }
    Ok(numbers)
}

fn scope_of(line: &PastedLine, numbers: &LinkNumbers) -> Result<Scope, Box<LineFault>> {
    if line.link_numbers.is_empty() {
        return Ok(Scope::default());
    }
    let mut ids = Vec::new();
    for number in &line.link_numbers {
        match numbers.get(number).map(Vec::as_slice).unwrap_or_default() {
            [one] => ids.push(one.0.clone()),
            others => {
                let expected = Phrase::new("the link number of one product", "对应唯一商品的链接号");
                let count = others.len();
                let found = Phrase::new(
                    format!("{number}, which {count} products have"),
                    format!("{number} 号，对应 {count} 个商品"),
                );
                let fault = library::Fault { field: "link_numbers".to_owned(), expected, found };
                return Err(Box::new(fault.at(line.line)));
            }
        }
    }
    Ok(Scope { of: ScopeOf::Product, ids })
}
