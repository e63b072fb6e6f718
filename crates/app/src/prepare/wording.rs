//! The wording lint: what may be said, and the rules by which it is judged.

use std::sync::{Arc, OnceLock};

use livehand_compliance::Action;
use livehand_compliance::wording::{
    BUILT_IN, Context, Goods, Level, Linter, Pack, PackError, PackSummary, Place, TEXT_CHARS_MAX, Verdict,
};
use livehand_kernel::Phrase;

use crate::{App, Caller, Error};

/// The rules in force: those that come with the program, or newer ones of the team.
#[derive(Clone, Default)]
pub struct Wording {
    own: Option<Arc<Linter>>,
    rejected: Option<Phrase>,
}

impl Wording {
    /// The rules of a file, if it can be read and somebody verified it later than the built-in ones. Otherwise the
    /// built-in rules stay, and [`Wording::rejected`] says why.
    pub fn updated_by(json: &str) -> Self {
        match newer(json) {
            Ok(own) => Self { own: own.map(Arc::new), rejected: None },
            Err(error) => Self { own: None, rejected: Some(error.phrase()) },
        }
    }

    /// Why the file of the team is not used, if it is broken.
    pub fn rejected(&self) -> Option<&Phrase> {
        self.rejected.as_ref()
    }

    /// Whether the rules are the team's own.
    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// The linter. The built-in one is made when it is first needed, once for the process.
    fn linter(&self) -> Result<Arc<Linter>, Error> {
        static LINTER: OnceLock<Result<Arc<Linter>, PackError>> = OnceLock::new();
        if let Some(own) = &self.own {
            return Ok(own.clone());
        }
        let made = LINTER.get_or_init(|| Linter::new(&Pack::parse(BUILT_IN)?).map(Arc::new));
        made.clone().map_err(|_| Error::Internal("the built-in wording rules cannot be read"))
    }
}

fn newer(json: &str) -> Result<Option<Linter>, PackError> {
    let (own, built_in) = (Pack::parse(json)?, Pack::parse(BUILT_IN)?);
    if own.verified_at() <= built_in.verified_at() {
        return Ok(None);
    }
    Linter::new(&own).map(Some)
}

/// The rules in force, as people are told of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingPack {
    /// The pack.
    pub summary: PackSummary,
    /// Whether it is the team's own.
    pub own: bool,
    /// Says so when nobody has looked at it for too long.
    pub stale: Option<Phrase>,
    /// Why a file of the team is not used.
    pub rejected: Option<Phrase>,
}

impl App {
    /// Checks a text before it is published.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] for a text that is too long.
    pub async fn check_wording(
        &self,
        caller: &Caller,
        text: String,
        place: Place,
        category: Option<Goods>,
        evidence: bool,
    ) -> Result<Verdict, Error> {
        caller.require(Action::ViewShows)?;
        let chars = text.chars().count();
        if chars > TEXT_CHARS_MAX {
            let expected = Phrase::new(
                format!("at most {TEXT_CHARS_MAX} characters"),
                format!("不超过 {TEXT_CHARS_MAX} 字"),
            );
            let found = Phrase::new(format!("{chars} characters"), format!("{chars} 字"));
            return Err(Error::field("text", expected, found));
        }
        self.judge_wording(text, Context { place, category, at: self.clock.now(), evidence }).await
    }

    /// What the rules have against a text.
    pub(crate) async fn judge_wording(&self, text: String, context: Context) -> Result<Verdict, Error> {
        let wording = self.wording.clone();
        // The first check makes the linter, and a long text takes some milliseconds.
        let checking = tokio::task::spawn_blocking(move || Ok(wording.linter()?.check(&text, &context)));
        checking.await.map_err(|_| Error::Internal("checking the wording failed"))?
    }

    /// The rules by which texts are judged.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn wording_pack(&self, caller: &Caller) -> Result<WordingPack, Error> {
        caller.require(Action::ViewShows)?;
        let linter = self.wording.linter()?;
        Ok(WordingPack {
            summary: linter.pack().summary(),
            own: self.wording.is_own(),
            stale: linter.pack().stale(self.clock.now()),
            rejected: self.wording.rejected.clone(),
        })
    }

    /// For each text, the first wording that must not be published; one turn for all of them.
    pub(crate) async fn blocked_wordings(
        &self,
        texts: Vec<String>,
        place: Place,
    ) -> Result<Vec<Option<String>>, Error> {
        let context = Context { place, category: None, at: self.clock.now(), evidence: false };
        let wording = self.wording.clone();
        let checking = tokio::task::spawn_blocking(move || {
            let linter = wording.linter()?;
            let blocked = |text: String| {
                let verdict = linter.check(&text, &context);
                let found = verdict.hits.into_iter().find(|hit| hit.level == Level::Block && !hit.passes);
                found.map(|hit| hit.found)
            };
            Ok(texts.into_iter().map(blocked).collect())
        });
        checking.await.map_err(|_| Error::Internal("checking the wording failed"))?
    }

    /// Refuses a text that must not be published.
    pub(crate) async fn refuse_blocked_wording(&self, text: &str, place: Place) -> Result<(), Error> {
        let context = Context { place, category: None, at: self.clock.now(), evidence: false };
        let verdict = self.judge_wording(text.to_owned(), context).await?;
        if !verdict.blocks() {
            return Ok(());
        }
        let blocked = verdict.hits.into_iter().filter(|hit| hit.level == Level::Block).collect();
        Err(Error::WordingBlocked(blocked))
    }
}
