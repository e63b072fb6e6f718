//! Answers that go out by themselves (自动回复): queued with ten seconds in which anybody can take them back, then sent like
//! a reply that a person sends. What must never happen here: a promise of a price, an answer that a person has taken back,
//! and one with facts that changed while it waited.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use livehand_compliance::Action;
use livehand_kernel::{Millis, PersonId, Phrase, Sequence, ShowId};
use livehand_language::library::Level;
use livehand_language::understand::{MEASURED, Measured};
use livehand_live::sayings::{Saying, shown};
use livehand_live::view::{AutoAnswers, Question};
use livehand_live::{AutoAnswering, Automatic, CrewAction, ReplyRoute};
use livehand_storage::shows::ShowRow;
use tokio_util::sync::CancellationToken;

use super::OfferedAnswer;
use crate::live::Acted;
use crate::{App, Caller, Error};

/// How long an answer can be taken back before it goes out, ms.
const UNDO_MS: i64 = 10_000;
/// How often it is looked for what can be answered or is due.
const PAUSE: Duration = Duration::from_millis(500);
/// Answers that wait at once: more could not be read in the time in which they can be taken back.
const WAITING_MAX: usize = 6;
/// Intents whose answer is a price, which only a person promises.
const ABOUT_PRICE: &[&str] = &["price", "coupon"];
/// Characters that an answer about money has.
const MONEY: &[char] = &['元', '块', '¥', '￥', '价', '折', '券', '减', '便', '赠', '返'];

/// How answers go out by themselves, and what may be chosen.
#[derive(Clone, Debug)]
pub struct AutoAnswersView {
    /// As it is now; absent where they do not.
    pub now: Option<AutoAnswers>,
    /// What may be asked for, each as it was measured.
    pub measured: &'static [Measured],
}

/// Questions that were looked at, by show: each is looked at once, so that an answer taken back does not come again.
type Looked = BTreeMap<ShowId, BTreeSet<Sequence>>;

/// Answers by itself where that is switched on, until told to stop.
pub async fn run_auto_answers(app: App, stop: CancellationToken) {
    let mut looked = Looked::new();
    loop {
        if let Err(error) = app.answer_by_itself(&mut looked).await {
            tracing::error!(error = &error as &dyn std::error::Error, "answers did not go out by themselves");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

impl App {
    /// How answers go out by themselves in a show.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn auto_answers(&self, caller: &Caller, show: &ShowId) -> Result<AutoAnswersView, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        crate::prepare::find_show(self, show).await?;
        let (now, _) = self.rooms.look(show, livehand_live::Room::automatic).await?;
        Ok(AutoAnswersView { now, measured: MEASURED })
    }

    /// Lets answers go out by themselves that were measured to be right at least so often (in thousandths), by `route`; or no
    /// longer.
    ///
    /// # Errors
    /// As [`App::act`]; [`Error::Invalid`] for a precision that was never measured, or a route that needs a hand.
    pub async fn set_auto_answers(
        &self,
        caller: &Caller,
        show: &ShowId,
        id: Option<String>,
        to: Option<(u32, ReplyRoute)>,
    ) -> Result<Acted, Error> {
        caller.require_in(Action::SetAutoAnswers, show)?;
        let to = to.map(|(precision, route)| how(precision, route)).transpose()?;
        self.act(caller, show, id, CrewAction::SetAutoAnswers { to }).await
    }

    async fn answer_by_itself(&self, looked: &mut Looked) -> Result<(), Error> {
        let shows = self.shows_on_air().await?;
        looked.retain(|show, _| shows.iter().any(|row| row.id == *show));
        for show in shows {
            let seen = looked.entry(show.id.clone()).or_default();
            if let Err(error) = self.answer_show(&show, seen).await {
                tracing::warn!(
                    show.id = %show.id,
                    error = &error as &dyn std::error::Error,
                    "a show was not answered by itself"
                );
            }
        }
        Ok(())
    }

    async fn answer_show(&self, show: &ShowRow, looked: &mut BTreeSet<Sequence>) -> Result<(), Error> {
        let look = |room: &livehand_live::Room| {
            let (how, waiting) = room.automatic();
            let open: Vec<Question> = match how {
                Some(_) => room.open_questions().cloned().collect(),
                None => Vec::new(),
            };
            (room.clock(), how, waiting, open)
        };
        let (clock, how, waiting, open) = self.rooms.look(&show.id, look).await?;
        let now = if show.mode == "live" { self.clock.now() } else { clock };
        looked.retain(|id| open.iter().any(|question| question.id == *id));
        let mut still = 0;
        for reply in waiting {
            let answered = reply.question.is_some_and(|id| !open.iter().any(|question| question.id == id));
            if how.is_none() || answered || reply.stale.is_some() {
                self.take_back(show, &reply).await?;
            } else if reply.due.is_some_and(|due| due <= now) {
                self.send_due(show, &reply).await?;
            } else {
                still += 1;
            }
        }
        let Some(how) = how else { return Ok(()) };
        let new: Vec<Question> = open.into_iter().filter(|question| !looked.contains(&question.id)).collect();
        for question in new {
            if still >= WAITING_MAX {
                break;
            }
            looked.insert(question.id);
            let claimed = question.claimed_until.is_some_and(|until| until > now);
            if claimed || ABOUT_PRICE.contains(&question.intent.as_str()) {
                continue;
            }
            let offered = self.answers_to(&show.id, &question).await?;
            if let Some((text, faq)) = offered.first().and_then(|first| may_go(first, &how)) {
                still += usize::from(self.queue_by_itself(show, &how, &question, text, faq, now).await?);
            }
        }
        Ok(())
    }

    /// Queues an answer; false if the room will not have it.
    async fn queue_by_itself(
        &self,
        show: &ShowRow,
        how: &AutoAnswers,
        question: &Question,
        text: String,
        faq: String,
        now: Millis,
    ) -> Result<bool, Error> {
        let automatic = Automatic { due: now.plus(UNDO_MS), route: how.route, faq };
        let reply = format!("auto-{}", question.id);
        let queue = CrewAction::QueueReply {
            reply: reply.clone(),
            question: Some(question.id),
            text: text.into(),
            automatic: Some(automatic),
        };
        self.done_by_itself(show, how.by.clone(), reply, queue).await
    }

    async fn send_due(&self, show: &ShowRow, reply: &Saying) -> Result<(), Error> {
        let send = CrewAction::SendReply { reply: reply.id.clone() };
        let sent = self.done_by_itself(show, reply.by.clone(), format!("{}-sent", reply.id), send).await?;
        if !sent {
            return self.take_back(show, reply).await;
        }
        if let Some(faq) = reply.faq.clone() {
            let used = livehand_language::library::Use {
                hit: 1,
                sent: 1,
                last_hit_at: Some(self.clock.now()),
                ..Default::default()
            };
            self.count_faq(&livehand_kernel::FaqId(faq), used).await?;
        }
        Ok(())
    }

    async fn take_back(&self, show: &ShowRow, reply: &Saying) -> Result<(), Error> {
        let drop = CrewAction::DropSaying { saying: reply.id.clone() };
        self.done_by_itself(show, reply.by.clone(), format!("{}-back", reply.id), drop).await.map(|_| ())
    }

    /// Does an action under the name of who switched the answers on; false if the room or the rules of wording refuse it,
    /// which leaves the question to the crew.
    async fn done_by_itself(
        &self,
        show: &ShowRow,
        by: Option<PersonId>,
        id: String,
        action: CrewAction,
    ) -> Result<bool, Error> {
        let by = by.unwrap_or_else(|| Caller::Local.person());
        match self.act_as(&Caller::Local, by, show, id, action).await {
            Ok(_) => Ok(true),
            Err(Error::Room(_) | Error::WordingBlocked(_) | Error::Invalid(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The least trust that was measured to be right so often.
fn how(precision_permille: u32, route: ReplyRoute) -> Result<AutoAnswering, Error> {
    if route == ReplyRoute::Copy {
        let expected = Phrase::new("prompter or overlay", "prompter 或 overlay");
        return Err(Error::field(
            "route",
            expected,
            Phrase::new("copy, which needs a hand", "copy（需要人工粘贴）"),
        ));
    }
    let enough = MEASURED.iter().filter(|one| one.precision_permille >= precision_permille);
    if let Some(least) = enough.min_by_key(|one| one.trust_permille) {
        return Ok(AutoAnswering { trust_permille: least.trust_permille, route });
    }
    let best = MEASURED.iter().map(|one| one.precision_permille).max().unwrap_or(0);
    let expected = Phrase::new(
        format!("at most {best}: more was never measured"),
        format!("不超过 {best}：更高的准确率没有实测数据"),
    );
    Err(Error::field("precision_permille", expected, Phrase::literal(precision_permille.to_string())))
}

/// The text of an answer that may go out by itself, as it is written, and its entry.
fn may_go(answer: &OfferedAnswer, how: &AutoAnswers) -> Option<(String, String)> {
    let trusted = answer.trust_permille.is_some_and(|trust| trust >= i64::from(how.trust_permille));
    let said = answer.text.as_deref()?;
    let money = said.contains(MONEY) || answer.quotes.iter().any(|(quote, _)| shown::is_price(&quote.field));
    let faq = answer.faq.as_ref()?;
    (trusted && !money && answer.level == Level::A).then(|| (answer.template.clone(), faq.0.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, level: Level, trust: i64) -> OfferedAnswer {
        OfferedAnswer {
            faq: Some("f1".into()),
            question: None,
            level,
            template: text.to_owned(),
            text: Some(text.to_owned()),
            quotes: Vec::new(),
            missing: Vec::new(),
            trust_permille: Some(trust),
            why: Vec::new(),
        }
    }

    #[test]
    fn only_sure_answers_of_level_a_that_promise_no_price_go_out() {
        let how = AutoAnswers { trust_permille: 975, route: ReplyRoute::Overlay, by: None, since: Millis(0) };
        assert!(may_go(&answer("下单 48 小时内发货", Level::A, 980), &how).is_some());
        for kept in [
            answer("下单 48 小时内发货", Level::B, 980),
            answer("下单 48 小时内发货", Level::A, 974),
            answer("领券后 99 元", Level::A, 999),
            OfferedAnswer { text: None, ..answer("还剩 3 件", Level::A, 999) },
            OfferedAnswer { faq: None, ..answer("还剩 3 件", Level::A, 999) },
        ] {
            assert_eq!(may_go(&kept, &how), None, "{kept:?}");
        }
    }

    #[test]
    fn a_precision_that_was_never_measured_is_refused() {
        assert!(how(1_000, ReplyRoute::Overlay).is_err());
        assert!(how(900, ReplyRoute::Copy).is_err());
        let (low, high) = (how(900, ReplyRoute::Overlay).unwrap(), how(985, ReplyRoute::Overlay).unwrap());
        assert!(low.trust_permille < high.trust_permille);
    }
}
