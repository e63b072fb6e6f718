//! 售后工单: tickets from the room's chat, from support and from orders; who has them, what was answered, what was given.
//!
//! What must never happen here: a comment that makes two tickets or none, a note that holds personal data, and money for a
//! customer that somebody agreed to who asked for it.

mod answer;
mod asked;
mod canned;
mod chat;
mod compensate;
mod export;
mod figures;
mod handle;
mod late;
mod look;
mod open;
mod settings;
#[cfg(test)]
mod tests;

use livehand_kernel::{Millis, Phrase, display_text};
use livehand_language::private;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::tickets::EntryRow;
use livehand_trade::tickets::Ticket;

pub use answer::{AnswerRoute, NewTicketAnswer};
pub use canned::CannedAnswer;
pub(crate) use chat::{AfterSale, after_sale_event};
pub use compensate::CompensationRow;
pub use figures::{TicketFigures, TicketRow};
pub use handle::{TicketColleague, TicketEdit, TicketMove};
pub use late::run_tickets;
pub use look::{TicketDetail, TicketOrder, TicketPage, TicketQuery, TicketView};
pub use open::{NewTicket, TicketOpened};
pub use settings::AfterSaleSettings;

use crate::{App, Caller, Error};

/// Longest note or answer, in characters.
const WORDS_CHARS_MAX: usize = 500;
/// Who writes what nobody wrote.
const MACHINERY: &str = "Livehand";

/// An entry of a record by somebody.
pub(crate) fn entry_by(caller: &Caller, what: &str, words: &str, at: Millis) -> EntryRow {
    EntryRow {
        at,
        person_id: Some(caller.person()),
        person_name: caller.name(),
        what: what.to_owned(),
        words: words.to_owned(),
        ..EntryRow::default()
    }
}

/// An entry by nobody.
pub(crate) fn entry_by_itself(what: &str, words: &str, at: Millis) -> EntryRow {
    EntryRow {
        at,
        person_name: MACHINERY.to_owned(),
        what: what.to_owned(),
        words: words.to_owned(),
        ..EntryRow::default()
    }
}

/// Finds a ticket that must be there.
async fn find_ticket(tx: &Tx, id: &str) -> Result<Ticket, Error> {
    storage::tickets::find(tx, id).await?.ok_or_else(|| Error::not_found("ticket", id))
}

/// Words that can be shown, neither empty nor too long.
pub(crate) fn checked_words(field: &str, text: &str) -> Result<String, Error> {
    let words = display_text(text);
    let chars = words.chars().count();
    if (1..=WORDS_CHARS_MAX).contains(&chars) {
        return Ok(words);
    }
    let expected =
        Phrase::new(format!("1 to {WORDS_CHARS_MAX} characters"), format!("1 到 {WORDS_CHARS_MAX} 个字"));
    let found = Phrase::new(format!("{chars} characters"), format!("{chars} 个字"));
    Err(Error::field(field, expected, found))
}

impl App {
    /// Words for a record, which must give nothing of a person away: they stand in tables and exports.
    pub(crate) async fn impersonal(
        &self,
        field: &str,
        text: &str,
        order: Option<&str>,
    ) -> Result<String, Error> {
        let words = checked_words(field, text)?;
        let told = private::masked(&words).is_some()
            || match order {
                Some(order) => self.stands_in(order, &words).await?,
                None => false,
            };
        if told {
            let expected = Phrase::new(
                "no name, number or address: it is kept",
                "不要写姓名、电话或地址：这里的内容会留存",
            );
            return Err(Error::field(field, expected, Phrase::new("personal data", "含个人信息")));
        }
        Ok(words)
    }
}
