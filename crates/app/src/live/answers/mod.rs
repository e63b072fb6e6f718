//! The answers that a question card offers: from the facts where they say it, then from the FAQ library, and sending one.
//! What must never happen here: an answer that is sent with a slot that nobody filled, or with other facts than those
//! that whoever sent it had before their eyes.

mod automatic;
mod desk;
mod draft;
mod drafter;
mod slots;

use livehand_compliance::Action;
use livehand_kernel::{FaqId, Millis, Phrase, Sequence, ShowId};
use livehand_language::library::{Entry, Level, MaskedText, Use};
use livehand_live::sayings::Quote;
use livehand_live::view::{Answering, Question};
use livehand_live::{CrewAction, Refusal, ReplyRoute};
use livehand_rooms::RoomError;
use livehand_storage as storage;
use livehand_storage::facts::FactRow;
use livehand_storage::products::ProductRow;

pub use automatic::{AutoAnswersView, run_auto_answers};
pub(crate) use desk::KeptDesk;
pub use draft::{DraftReady, DraftRefusal, Drafted};
pub use drafter::{DraftAsked, DraftFailed, Drafter, Drafting};

use super::act::Acted;
use super::facts_now::facts_now;
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Answers that a card offers.
const OFFERED_MAX: usize = 3;
/// From here on an entry is known to answer a comment, and the comment's words teach nothing.
const KNOWN_FROM_PERMILLE: i64 = 850;
/// Below this share of trust an answer of the library is not worth a look.
const TRUST_MIN: f32 = 0.05;

/// An answer that a card offers.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferedAnswer {
    /// The entry of the FAQ library; absent where the facts alone give the answer.
    pub faq: Option<FaqId>,
    /// The question of the entry, as the crew calls it.
    pub question: Option<String>,
    /// How far it may go without a person.
    pub level: Level,
    /// As it is written, with slots that a room fills.
    pub template: String,
    /// As it would be said now; absent while something is missing.
    pub text: Option<String>,
    /// The facts in it, and since when each is known.
    pub quotes: Vec<(Quote, Millis)>,
    /// What it needs and nobody has written down.
    pub missing: Vec<Phrase>,
    /// How probable it is that it answers the question, in thousandths; absent for facts and for all but the first.
    pub trust_permille: Option<i64>,
    /// What speaks for it, the strongest first.
    pub why: Vec<Phrase>,
}

/// An answer to be given.
#[derive(Clone, Debug, Default)]
pub struct AnswerToGive {
    /// What is written, slots and all.
    pub text: Option<String>,
    /// How that looked to whoever sends it.
    pub expected: Option<String>,
    /// The host answered aloud.
    pub spoken: bool,
    /// The entry that it comes from.
    pub faq: Option<FaqId>,
    /// Which way it goes to the viewers.
    pub route: ReplyRoute,
    /// Whether the sender rewrote what was offered.
    pub edited: bool,
}

/// What a question is about, as far as the tables know it.
pub(super) struct About {
    pub product: Option<ProductRow>,
    pub category: Option<String>,
    pub facts: Vec<FactRow>,
}

impl App {
    /// The best answers to a question, at most three.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn offered_answers(
        &self,
        caller: &Caller,
        show: &ShowId,
        question: Sequence,
    ) -> Result<Vec<OfferedAnswer>, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let question = self.question(show, question).await?;
        self.answers_to(show, &question).await
    }

    pub(super) async fn answers_to(
        &self,
        show: &ShowId,
        question: &Question,
    ) -> Result<Vec<OfferedAnswer>, Error> {
        let about = self.about(show, question).await?;
        let mut offered = Vec::new();
        if let Some(template) = slots::from_facts(question, &about) {
            let plain = OfferedAnswer {
                faq: None,
                question: None,
                level: Level::B,
                template,
                text: None,
                quotes: Vec::new(),
                missing: Vec::new(),
                trust_permille: None,
                why: vec![Phrase::new("the facts of the product say it", "商品资料里有")],
            };
            offered.push(self.filled(show, plain, &about).await?);
        }
        for found in self.ready_faq().await?.find(question, &about, show, self.clock.now()) {
            if offered.len() >= OFFERED_MAX {
                break;
            }
            let Entry { id, question: asked, level, short, long, .. } = found.entry;
            let answer = if short.trim().is_empty() { long } else { short };
            let written = slots::translate(&answer, question, &about);
            let plain = OfferedAnswer {
                faq: Some(id),
                question: Some(asked),
                level,
                template: written.template,
                text: None,
                quotes: Vec::new(),
                missing: written.missing,
                trust_permille: found.trust_permille,
                why: found.why,
            };
            offered.push(self.filled(show, plain, &about).await?);
        }
        Ok(offered)
    }

    /// How the questions of a show were served, and those that were missed or whose answer was none, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn served_questions(
        &self,
        caller: &Caller,
        show: &ShowId,
    ) -> Result<(Answering, Vec<Question>), Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        Ok(self.rooms.look(show, livehand_live::Room::served).await?)
    }

    /// Fills an answer's slots, if nothing is missing.
    async fn filled(
        &self,
        show: &ShowId,
        mut answer: OfferedAnswer,
        about: &About,
    ) -> Result<OfferedAnswer, Error> {
        if !answer.missing.is_empty() {
            return Ok(answer);
        }
        match self.resolve_quotes(show, &answer.template).await {
            Ok(said) => {
                answer.quotes = said.quotes.into_iter().map(|quote| with_age(quote, about)).collect();
                answer.text = Some(said.text);
            }
            Err(Error::Invalid(faults)) => {
                answer.missing = faults.into_iter().map(|fault| fault.error.expected).collect();
            }
            Err(error) => return Err(error),
        }
        Ok(answer)
    }

    /// Gives an answer. If a fact in it has changed since the sender saw it, nothing is sent, and what is so now is said.
    ///
    /// # Errors
    /// As [`App::act`]; refused if it would not read as expected.
    pub async fn give_answer(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        question: Sequence,
        answer: AnswerToGive,
    ) -> Result<Acted, Error> {
        caller.require_in(Action::AnswerQuestion, show)?;
        let AnswerToGive { text, expected, spoken, faq, route, edited } = answer;
        let said = match text {
            Some(text) => Some(self.resolve_quotes(show, &text).await?),
            None => None,
        };
        let entry = faq.as_ref().map(|faq| faq.0.clone());
        let action = CrewAction::AnswerQuestion { question, text: said, expected, spoken, faq: entry, route };
        let acted = self.act(caller, show, id, action).await?;
        if let Some(faq) = faq.filter(|_| !acted.duplicate) {
            self.learn_from(caller, show, &faq, question, edited).await;
        }
        Ok(acted)
    }

    /// Counts the use of an entry, and keeps the viewer's words for the review after the show.
    async fn learn_from(
        &self,
        caller: &Caller,
        show: &ShowId,
        faq: &FaqId,
        question: Sequence,
        edited: bool,
    ) {
        let used = Use {
            hit: 1,
            sent: 1,
            edited: i64::from(edited),
            solved: 0,
            last_hit_at: Some(self.clock.now()),
        };
        let counted = self.count_faq(faq, used).await;
        let kept = self.keep_words(caller, show, faq, question).await;
        // The answer is given, whatever comes of the statistics.
        for error in [counted.err(), kept.err()].into_iter().flatten() {
            tracing::warn!(faq.id = %faq, error = &error as &dyn std::error::Error, "the use of an entry was not counted");
        }
    }

    /// Words by which an entry was not found for sure are worth a look.
    async fn keep_words(
        &self,
        caller: &Caller,
        show: &ShowId,
        faq: &FaqId,
        question: Sequence,
    ) -> Result<(), Error> {
        let asked = self.question(show, question).await?;
        let about = self.about(show, &asked).await?;
        let found = self.ready_faq().await?.find(&asked, &about, show, self.clock.now());
        let known = found.first().is_some_and(|first| {
            first.entry.id == *faq && first.trust_permille.is_some_and(|trust| trust >= KNOWN_FROM_PERMILLE)
        });
        match MaskedText::of(&asked.text).filter(|_| !known) {
            Some(text) => self.keep_faq_words(caller, show, faq, text).await,
            None => Ok(()),
        }
    }

    /// Whether the library answers these words for sure.
    pub(crate) async fn knows_answer(&self, words: &str) -> Result<bool, Error> {
        Ok(self.ready_faq().await?.trust_permille(words) >= KNOWN_FROM_PERMILLE)
    }

    async fn question(&self, show: &ShowId, id: Sequence) -> Result<Question, Error> {
        let found = self.rooms.look(show, move |room| room.question(id).cloned()).await?;
        found.ok_or_else(|| {
            let refusal = Refusal::QuestionUnknown { question: id };
            Error::Room(RoomError::Refused { show: show.clone(), refusal })
        })
    }

    /// The product that a question names, or the one that was on stage, with its facts.
    async fn about(&self, show: &ShowId, question: &Question) -> Result<About, Error> {
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let named = question.named.as_deref().and_then(livehand_live::link_named).map(i64::from);
        let product = match named {
            Some(number) => lineup.into_iter().find(|product| product.link_number == number),
            None => {
                lineup.into_iter().find(|product| Some(product.id.as_str()) == question.product.as_deref())
            }
        };
        let facts = match &product {
            Some(product) => facts_now(&tx, &product.id).await?,
            None => Vec::new(),
        };
        let category = facts
            .iter()
            .find(|row| row.fact.key.field == "category")
            .and_then(|row| row.fact.value.as_str().map(str::to_owned));
        Ok(About { product, category, facts })
    }
}

/// A quote with the moment since when its version is known.
fn with_age(quote: Quote, about: &About) -> (Quote, Millis) {
    let reference = quote.reference();
    let known = about.facts.iter().find(|row| row.reference() == reference);
    (quote, known.map_or(Millis(0), |row| row.fact.at))
}
