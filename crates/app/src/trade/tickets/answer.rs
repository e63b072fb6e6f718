//! Answering the customer of a ticket, and asking how it was. The first answer is what was really said: in the room it is the
//! room's record of it, elsewhere the moment in which whoever said it writes it down.

use livehand_compliance::Action;
use livehand_compliance::wording::Place;
use livehand_kernel::Phrase;
use livehand_storage::tickets::EntryRow;
use livehand_trade::tickets::SCORES;
use serde::{Deserialize, Serialize};

use super::{TicketDetail, entry_by, find_ticket};
use crate::{AnswerToGive, App, Caller, Error};

/// Which way an answer went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerRoute {
    /// In the room, to everybody (公屏).
    Room,
    /// In a private message (私信).
    PrivateMessage,
    /// In the platform's or the shop's support (客服).
    Support,
    /// On the telephone (电话).
    Phone,
}

/// An answer to a customer.
#[derive(Clone, Debug)]
pub struct NewTicketAnswer {
    /// What is said; absent where a prepared answer is sent as it is.
    pub text: Option<String>,
    /// The prepared answer.
    pub canned: Option<String>,
    /// Which way.
    pub route: AnswerRoute,
}

impl App {
    /// Answers the customer of a ticket. In the room the question behind the ticket is answered, elsewhere it is written down
    /// that it was said.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::WordingBlocked`], [`Error::Room`] where the
    /// room does not have the question any more, [`Error::Conflict`] with `canned_incomplete`.
    pub async fn answer_ticket(
        &self,
        caller: &Caller,
        id: &str,
        new: NewTicketAnswer,
    ) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        let tx = self.db.read().await?;
        let ticket = find_ticket(&tx, id).await?;
        drop(tx);
        let (text, quotes) = match (&new.text, &new.canned) {
            (Some(text), _) => {
                (self.impersonal("text", text, ticket.order.as_deref()).await?, serde_json::json!([]))
            }
            (None, Some(code)) => {
                let offered = self.canned_answers(caller, id).await?;
                let answer = offered.into_iter().find(|answer| answer.code == *code);
                let answer = answer.ok_or_else(|| Error::not_found("canned answer", code))?;
                let text = answer.text.ok_or_else(|| incomplete(&answer.missing))?;
                (text, serde_json::json!(answer.quotes))
            }
            (None, None) => {
                let expected = Phrase::new("what is said, or a prepared answer", "回复内容，或一条快捷回复");
                return Err(Error::field("text", expected, Phrase::new("nothing", "未填写")));
            }
        };
        if new.route == AnswerRoute::Room {
            let (show, question) = self.question_of(&ticket).await?.ok_or_else(no_question)?;
            let answer = AnswerToGive { text: Some(text), ..AnswerToGive::default() };
            self.give_answer(caller, &show, None, question, answer).await?;
            self.read_after_sale(&show).await?;
            return self.ticket(&Caller::Local, id).await;
        }
        self.refuse_blocked_wording(&text, Place::Reply).await?;
        let (route, canned) = (new.route, &new.canned);
        self.change_ticket(caller, "answer_ticket", id, |ticket, now| {
            let first = ticket.answered(now);
            let detail =
                serde_json::json!({ "route": route, "canned": canned, "quotes": quotes, "first": first });
            Ok(EntryRow { detail: detail.to_string(), ..entry_by(caller, "answer", &text, now) })
        })
        .await
    }

    /// Notes that the customer was asked how it was.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `ticket_open` or `ticket_asked`.
    pub async fn ask_satisfaction(&self, caller: &Caller, id: &str) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        self.change_ticket(caller, "ask_satisfaction", id, |ticket, now| {
            if !ticket.ask_satisfaction(now) {
                return Err(not_now(ticket.state.is_open()));
            }
            Ok(entry_by(caller, "satisfaction_asked", "", now))
        })
        .await
    }

    /// Notes what the customer says of it, 1 to 5.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `ticket_open` or
    /// `ticket_asked`.
    pub async fn rate_ticket(&self, caller: &Caller, id: &str, score: i64) -> Result<TicketDetail, Error> {
        caller.require(Action::HandleTickets)?;
        if !SCORES.contains(&score) {
            let (low, high) = (SCORES.start(), SCORES.end());
            let expected = Phrase::new(format!("{low} to {high}"), format!("{low} 到 {high} 分"));
            return Err(Error::field("score", expected, Phrase::literal(score.to_string())));
        }
        self.change_ticket(caller, "rate_ticket", id, |ticket, now| {
            if !ticket.rate(score, now) {
                return Err(not_now(ticket.state.is_open()));
            }
            let detail = serde_json::json!({ "score": score });
            Ok(EntryRow { detail: detail.to_string(), ..entry_by(caller, "rated", "", now) })
        })
        .await
    }
}

fn incomplete(missing: &[Phrase]) -> Error {
    let join = |pick: fn(&Phrase) -> &str| missing.iter().map(pick).collect::<Vec<_>>().join("; ");
    Error::Conflict {
        code: "canned_incomplete",
        explanation: Phrase::new(
            format!("The answer lacks {}", join(|it| &it.en)),
            format!("快捷回复缺少内容：{}", join(|it| &it.zh)),
        ),
    }
}

fn no_question() -> Error {
    Error::Conflict {
        code: "ticket_without_question",
        explanation: Phrase::new(
            "The ticket did not come out of a room: answer it where the customer asked",
            "该工单不是来自直播间公屏，请在客户咨询的渠道回复",
        ),
    }
}

fn not_now(open: bool) -> Error {
    if open {
        return Error::Conflict {
            code: "ticket_open",
            explanation: Phrase::new("The ticket is not resolved yet", "工单还没有解决"),
        };
    }
    Error::Conflict {
        code: "ticket_asked",
        explanation: Phrase::new("The customer was asked already", "已经回访过了"),
    }
}
