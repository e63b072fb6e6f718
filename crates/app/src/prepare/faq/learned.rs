//! Learning by use: words of viewers for which somebody picked or corrected an answer wait here, and become variants of the
//! entry when somebody says so. What must never happen here: a text whose private data was not masked.

use livehand_compliance::Action;
use livehand_kernel::{FaqId, Phrase, ShowId, new_uuid};
use livehand_language::library::{Entry, MaskedText, Use, VARIANT_CHARS_MAX};
use livehand_storage as storage;
use livehand_storage::faq_learned::LearnedRow;
use livehand_storage::faq_statistics::FaqUseRow;

use super::{FaqView, changed_meanwhile, next_version};
use crate::audit::Entry as Audit;
use crate::prepare::{checked_code, page_size};
use crate::{App, Caller, Error};

/// What words can be.
const STATES: &[&str] = &["waiting", "taken", "refused"];

/// Words that may become a variant.
#[derive(Clone, Debug)]
pub struct NewLearned {
    /// The entry that answers them.
    pub entry: FaqId,
    /// The words; private data is masked by whoever sends them.
    pub text: String,
    /// The show in which they were written.
    pub show: Option<ShowId>,
}

/// Which words to list.
#[derive(Clone, Debug, Default)]
pub struct LearnedQuery {
    /// waiting, taken or refused; waiting if absent.
    pub state: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200.
    pub limit: Option<i64>,
}

/// Words with the question of their entry.
#[derive(Clone, Debug)]
pub struct LearnedView {
    /// The words.
    pub row: LearnedRow,
    /// The question of the entry.
    pub question: String,
}

/// A page of words, newest first.
#[derive(Clone, Debug)]
pub struct LearnedPage {
    /// The words.
    pub learned: Vec<LearnedView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

fn settled() -> Error {
    let explanation = Phrase::new("Somebody has decided about it already", "该问法已有人处理过");
    Error::Conflict { code: "faq_learned_settled", explanation }
}

impl App {
    /// Keeps words of a viewer until somebody looks at them; words that the entry knows are not kept again.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for a text that is too long or not masked.
    pub async fn learn_faq(&self, caller: &Caller, new: NewLearned) -> Result<LearnedView, Error> {
        caller.require(Action::EditFaq)?;
        let text = checked_words(&new.text)?;
        let entry = self.find_faq(&new.entry).await?.entry;
        if let Some(show) = &new.show {
            let tx = self.db.read().await?;
            storage::shows::find(&tx, show).await?.ok_or_else(|| Error::not_found("show", show))?;
        }
        let known = Error::Conflict {
            code: "faq_variant_known",
            explanation: Phrase::new(
                "The entry has been offered these words before",
                "该条目已有或已提交过这个问法",
            ),
        };
        if entry.variants.iter().any(|variant| variant == text.as_str()) {
            return Err(known);
        }
        let row = self.waiting_row(caller, &entry.id, new.show.as_ref(), &text);
        let detail = serde_json::json!({ "learned": row.id });
        let audit = Audit::of(caller, "learn_faq", row.entry.as_str()).with(detail);
        let written = &row;
        let done = self.audited(audit, move |tx| async move {
            Ok(storage::faq_learned::insert(&tx, written).await?.then_some(()))
        });
        done.await?.ok_or(known)?;
        Ok(LearnedView { row, question: entry.question })
    }

    /// Keeps words that an answer was picked for; words that are known already are left alone. It is part of answering, and
    /// needs no permission of its own.
    pub(crate) async fn keep_faq_words(
        &self,
        caller: &Caller,
        show: &ShowId,
        entry: &FaqId,
        text: MaskedText,
    ) -> Result<(), Error> {
        if text.as_str().is_empty() || text.as_str().chars().count() > VARIANT_CHARS_MAX {
            return Ok(());
        }
        let row = self.waiting_row(caller, entry, Some(show), &text);
        let written = &row;
        self.write(|tx| async move { storage::faq_learned::insert(&tx, written).await }).await.map(|_| ())
    }

    /// A page of words.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_learned(&self, caller: &Caller, query: LearnedQuery) -> Result<LearnedPage, Error> {
        caller.require(Action::EditFaq)?;
        let limit = page_size(query.limit)?;
        let state = checked_code("state", STATES, query.state.as_deref().unwrap_or("waiting"))?;
        let tx = self.db.read().await?;
        let mut rows = storage::faq_learned::list(&tx, &state, query.after.as_deref(), limit + 1).await?;
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|last| last.id.clone());
        let mut learned = Vec::new();
        for row in rows {
            let found = storage::faq_entries::find(&tx, &row.entry).await?;
            let question = found.map(super::find_entries::view).transpose()?;
            let question = question.map_or_else(String::new, |view| view.entry.question);
            learned.push(LearnedView { row, question });
        }
        Ok(LearnedPage { learned, next })
    }

    /// Makes words a variant of their entry, which is its next version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] when the entry takes no more, [`Error::Conflict`] when
    /// somebody was faster.
    pub async fn take_learned(&self, caller: &Caller, id: &str) -> Result<FaqView, Error> {
        caller.require(Action::EditFaq)?;
        let learned = self.waiting_words(id).await?;
        let present = self.find_faq(&learned.entry).await?;
        let mut entry = present.entry.clone();
        entry.variants.push(learned.text.clone());
        let entry = self.checked_faq(entry).await?;
        let (now, version) = (self.clock.now(), entry.version);
        let grows = entry != present.entry;
        let entry = if grows { Entry { version: version + 1, ..entry } } else { entry };
        let row = next_version(caller, &entry, &present.owner_name, "learned", now)?;
        let detail = serde_json::json!({ "learned": id, "version": entry.version });
        let audit = Audit::of(caller, "take_learned", entry.id.as_str()).with(detail);
        let (written, name) = (&row, &caller.name());
        let done = self.decided(audit, move |tx| async move {
            if !storage::faq_learned::decide(&tx, id, "taken", now, name).await? {
                return Ok(Err(settled()));
            }
            if grows && !storage::faq_entries::append(&tx, written, version).await? {
                return Ok(Err(changed_meanwhile()));
            }
            Ok(Ok(Some(())))
        });
        done.await?.ok_or_else(settled)?;
        if !grows {
            return Ok(present);
        }
        Ok(FaqView { entry, person_id: caller.person(), by: caller.name(), at: now, ..present })
    }

    /// Refuses words; they stay, so that they are not offered again.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] when somebody was faster.
    pub async fn refuse_learned(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        caller.require(Action::EditFaq)?;
        let learned = self.waiting_words(id).await?;
        let (now, name) = (self.clock.now(), &caller.name());
        let detail = serde_json::json!({ "learned": id });
        let audit = Audit::of(caller, "refuse_learned", learned.entry.as_str()).with(detail);
        let done = self.audited(audit, move |tx| async move {
            Ok(storage::faq_learned::decide(&tx, id, "refused", now, name).await?.then_some(()))
        });
        done.await?.ok_or_else(settled)
    }

    /// Counts how an entry was used, as the comment desk sees it. It is no edit, and leaves no audit row.
    ///
    /// # Errors
    /// [`Error::Storage`], also for an entry that does not exist.
    pub async fn count_faq(&self, id: &FaqId, more: Use) -> Result<(), Error> {
        let Use { hit, sent, edited, solved, last_hit_at } = more;
        let more = &FaqUseRow { hit, sent, edited, solved, last_hit_at };
        self.write(|tx| async move { storage::faq_statistics::count(&tx, id, more).await }).await
    }

    fn waiting_row(
        &self,
        caller: &Caller,
        entry: &FaqId,
        show: Option<&ShowId>,
        text: &MaskedText,
    ) -> LearnedRow {
        let now = self.clock.now();
        LearnedRow {
            id: new_uuid(now, &*self.entropy),
            entry: entry.clone(),
            show: show.cloned(),
            text: text.as_str().to_owned(),
            at: now,
            person_id: caller.person(),
            person_name: caller.name(),
            state: "waiting".to_owned(),
            decided_at: None,
            decided_by: String::new(),
        }
    }

    async fn waiting_words(&self, id: &str) -> Result<LearnedRow, Error> {
        let tx = self.db.read().await?;
        let found = storage::faq_learned::find(&tx, id).await?;
        let learned = found.ok_or_else(|| Error::not_found("faq_learned", id))?;
        if learned.state == "waiting" { Ok(learned) } else { Err(settled()) }
    }
}

/// Words that can be a variant and hold no private data.
fn checked_words(text: &str) -> Result<MaskedText, Error> {
    let chars = text.trim().chars().count();
    if chars == 0 || chars > VARIANT_CHARS_MAX {
        let expected = Phrase::new(
            format!("1 to {VARIANT_CHARS_MAX} characters"),
            format!("1 到 {VARIANT_CHARS_MAX} 字"),
        );
        return Err(Error::field(
            "text",
            expected,
            Phrase::new(format!("{chars} characters"), format!("{chars} 字")),
        ));
    }
    // What stood there is not repeated: it may be somebody's number.
    let private = || {
        let expected = Phrase::new("no telephone or order number", "不含手机号、订单号");
        Error::field("text", expected, Phrase::new("a long number", "较长的数字"))
    };
    let masked = MaskedText::of(text).ok_or_else(private)?;
    if masked.as_str().is_empty() {
        let expected = Phrase::new("something that can be seen", "可见的文字");
        return Err(Error::field("text", expected, Phrase::new("nothing", "空")));
    }
    Ok(masked)
}
