//! What a show leaves to the library when it is over: what came of the answers, and drafts for what it could not answer. What
//! must never happen here: a draft that holds private data, and a show that counts twice.

use livehand_kernel::{FaqId, ShowId};
use livehand_language::library::{
    Entry, LONG_CHARS_MAX, MaskedText, QUESTION_CHARS_MAX, SHORT_CHARS_MAX, Scope, ScopeOf, State,
    VARIANT_CHARS_MAX, check, clean,
};
use livehand_live::{Gap, Room};
use livehand_storage as storage;
use sha2::{Digest, Sha256};

use super::next_version;
use crate::audit::Entry as Audit;
use crate::{App, Caller, Error};

/// Drafts that one show leaves; more would not be read.
const DRAFTS_MAX: usize = 30;
/// What fewer viewers asked, and nobody typed an answer to, is no draft.
const ASKED_MIN: u32 = 2;

impl App {
    /// Keeps what the room of a show that is over knows about the library. May be done again.
    pub(crate) async fn keep_what_was_learned(&self, show: &ShowId) -> Result<(), Error> {
        let look = |room: &Room| (room.faq_outcomes().clone(), room.faq_gaps());
        let (outcomes, mut gaps) = self.rooms.look(show, look).await?;
        for (entry, outcome) in outcomes {
            let entry = FaqId(entry);
            let (answered, solved) = (outcome.answered.cast_signed(), outcome.solved.cast_signed());
            let kept = &entry;
            self.write(move |tx| async move {
                storage::faq_statistics::keep_outcome(&tx, show, kept, answered, solved).await
            })
            .await?;
        }
        gaps.retain(|gap| gap.asked >= ASKED_MIN || gap.answer.is_some());
        gaps.sort_by_key(|gap| std::cmp::Reverse((gap.answer.is_some(), gap.asked)));
        let mut drafts = 0;
        for gap in gaps {
            if drafts >= DRAFTS_MAX {
                break;
            }
            drafts += usize::from(self.draft_of(show, &gap).await?);
        }
        Ok(())
    }

    /// Writes a draft of what the library could not answer; false if it knows the question by now, or it cannot be one.
    async fn draft_of(&self, show: &ShowId, gap: &Gap) -> Result<bool, Error> {
        let known = self.knows_answer(&gap.text).await?;
        let Some(entry) = draft(show, gap).filter(|_| !known) else { return Ok(false) };
        let caller = Caller::Local;
        let row = next_version(&caller, &entry, &caller.name(), "unanswered", self.clock.now())?;
        let detail = serde_json::json!({ "show": show, "asked": gap.asked, "question": entry.question });
        let audit = Audit::of(&caller, "draft_faq", entry.id.as_str()).with(detail);
        let written = &row;
        let done = self.audited(audit, move |tx| async move {
            Ok(storage::faq_entries::append(&tx, written, 0).await?.then_some(()))
        });
        Ok(done.await?.is_some())
    }
}

/// The draft of an entry: the question, the other words in which it was asked, and the answer that somebody typed.
fn draft(show: &ShowId, gap: &Gap) -> Option<Entry> {
    let fits = |text: &str, chars: usize| {
        let text = MaskedText::of(text)?.as_str().to_owned();
        let count = text.chars().count();
        ((1..=chars).contains(&count)).then_some(text)
    };
    let question = fits(&gap.text, QUESTION_CHARS_MAX)?;
    let typed = gap.answer.as_deref().and_then(|text| fits(text, LONG_CHARS_MAX)).unwrap_or_default();
    let (short, long) = match typed.chars().count() {
        0..=SHORT_CHARS_MAX => (typed, String::new()),
        _ => (String::new(), typed),
    };
    // The same gap of the same show is the same draft, however often the end of the show is worked through.
    let hash = Sha256::digest(format!("{show}\n{question}"));
    let blank = Entry::blank(Caller::Local.person());
    let entry = clean(Entry {
        id: FaqId(hex::encode(hash.get(..16)?)),
        variants: gap.wordings.iter().filter_map(|text| fits(text, VARIANT_CHARS_MAX)).collect(),
        question,
        short,
        long,
        scope: match &gap.product {
            Some(product) => Scope { of: ScopeOf::Product, ids: vec![product.clone()] },
            None => Scope::default(),
        },
        evidence: format!("{show} ×{}", gap.asked),
        state: State::Draft,
        version: 1,
        ..blank
    });
    check(&entry).is_empty().then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(text: &str, wordings: &[&str], answer: Option<&str>) -> Gap {
        Gap {
            text: text.to_owned(),
            wordings: wordings.iter().map(|&text| text.to_owned()).collect(),
            asked: 3,
            intent: "usage".to_owned(),
            product: None,
            answer: answer.map(str::to_owned),
        }
    }

    #[test]
    fn a_gap_becomes_a_draft_with_its_wordings_and_what_was_typed() {
        let show = ShowId::from("s1");
        let made =
            draft(&show, &gap("能机洗吗", &["洗衣机能搅不", "机洗行不"], Some("可以，套洗衣袋"))).unwrap();
        assert_eq!((made.question.as_str(), made.short.as_str()), ("能机洗吗", "可以，套洗衣袋"));
        assert_eq!(made.variants, ["洗衣机能搅不", "机洗行不"]);
        assert_eq!(made.state, State::Draft);
        assert_eq!(
            Some(&made),
            draft(&show, &gap("能机洗吗", &["洗衣机能搅不", "机洗行不"], Some("可以，套洗衣袋"))).as_ref()
        );
    }

    #[test]
    fn private_data_becomes_no_draft() {
        let show = ShowId::from("s1");
        assert_eq!(draft(&show, &gap("13812345678 怎么还没发", &[], None)), None);
        let made = draft(&show, &gap("几天能到", &["13812345678 几天到"], Some("打 13812345678"))).unwrap();
        assert!(made.variants.is_empty() && made.short.is_empty());
    }
}
