//! Opening a ticket by hand: from support, a call, a private message, or an order.

use livehand_compliance::Action;
use livehand_compliance::personal::mask_name;
use livehand_kernel::{CustomerId, Fen, Millis, Phrase, ProductId, ShowId, display_text, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::orders::OrderRow;
use livehand_trade::tickets::{
    Kind, Mood, Priority, Satisfaction, Source, State, Ticket, Times, WorkingHours, first_due, resolve_due,
};

use super::{TicketDetail, entry_by};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Longest key by which a ticket is opened once, in bytes.
const ONCE_BYTES_MAX: usize = 64;
/// Longest nickname, in characters, before it is masked.
const NICKNAME_CHARS_MAX: usize = 60;

/// A ticket to be opened.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// What it is about.
    pub kind: Kind,
    /// Where it comes from.
    pub source: Source,
    /// In words; never personal data.
    pub text: String,
    /// Higher than its kind's, if that is to be.
    pub priority: Option<Priority>,
    /// How the customer feels.
    pub mood: Option<Mood>,
    /// The show that it belongs to.
    pub show: Option<ShowId>,
    /// The product that it is about.
    pub product: Option<ProductId>,
    /// The order that it is about, as platform and number.
    pub order: Option<String>,
    /// The customer's nickname; only its first character is kept.
    pub nickname: String,
    /// Chosen by the client: the same key opens one ticket.
    pub once: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct TicketOpened {
    /// The ticket.
    pub ticket: TicketDetail,
    /// Whether it was there already.
    pub again: bool,
}

/// What a ticket is opened with, whoever opens it.
pub(super) struct Opening {
    pub kind: Kind,
    pub source: Source,
    pub priority: Option<Priority>,
    pub mood: Mood,
    pub show: Option<ShowId>,
    pub product: Option<ProductId>,
    pub order: Option<String>,
    pub customer: Option<CustomerId>,
    pub viewer: Option<String>,
    pub nickname: String,
    pub text: String,
    pub at: Millis,
    pub on_air: bool,
    /// When people work, as the shop has it now.
    pub hours: WorkingHours,
    pub synthetic: bool,
}

impl Opening {
    /// The ticket.
    pub fn ticket(self, id: String, number: i64) -> Ticket {
        // Nobody puts it lower than its kind.
        let priority = self.priority.map_or(self.kind.priority(), |it| it.min(self.kind.priority()));
        Ticket {
            id,
            number,
            kind: self.kind,
            source: self.source,
            priority,
            mood: self.mood,
            state: State::New,
            show: self.show,
            product: self.product,
            order: self.order,
            customer: self.customer,
            viewer: self.viewer,
            nickname: self.nickname,
            text: self.text,
            owner: None,
            times: Times {
                opened_at: self.at,
                first_due: first_due(self.at, priority, self.on_air, self.hours),
                first_at: None,
                due: resolve_due(self.at),
                resolved_at: None,
                closed_at: None,
                first_told_at: None,
                told_at: None,
            },
            cause: None,
            feedback: String::new(),
            reopened: 0,
            raised: false,
            satisfaction: Satisfaction::default(),
            compensated: Fen(0),
            synthetic: self.synthetic,
            asks: false,
            settled: None,
        }
    }
}

/// The nickname as it is kept.
pub(super) fn masked_nickname(name: &str) -> String {
    mask_name(&display_text(name))
}

/// The order with this id.
pub(super) async fn find_order(tx: &Tx, id: &str) -> Result<OrderRow, Error> {
    storage::orders::find(tx, id).await?.ok_or_else(|| Error::not_found("order", id))
}

impl App {
    /// Opens a ticket. With a key it is opened once.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] also for words with personal data in them.
    pub async fn open_ticket(&self, caller: &Caller, new: NewTicket) -> Result<TicketOpened, Error> {
        caller.require(Action::HandleTickets)?;
        let once = new.once.as_deref().map(|once| checked_once(caller, once)).transpose()?;
        if let Some(once) = &once {
            let tx = self.db.read().await?;
            let known = storage::tickets::find_once(&tx, once).await?;
            drop(tx);
            if let Some(known) = known {
                let ticket = self.ticket(&Caller::Local, &known.id).await?;
                return Ok(TicketOpened { ticket, again: true });
            }
        }
        let opening = self.checked_opening(&new).await?;
        let id = new_uuid(opening.at, &*self.entropy);
        let at = opening.at;
        let draft = opening.ticket(id.clone(), 0);
        let entry = Entry::of(caller, "open_ticket", &id)
            .with(serde_json::json!({ "kind": draft.kind, "source": draft.source, "order": draft.order }));
        let opened = entry_by(caller, "opened", &draft.text, at);
        let (draft, opened, key) = (&draft, &opened, once.as_deref());
        let written = self.audited(entry, move |tx| async move {
            let number = storage::tickets::next_number(&tx).await?;
            let ticket = Ticket { number, ..draft.clone() };
            storage::tickets::save(&tx, &ticket, key).await?;
            storage::tickets::add_entry(&tx, &ticket.id, opened).await?;
            Ok(Some(()))
        });
        match (written.await, once) {
            // Somebody pressed twice, and both came at the same time.
            (Err(Error::Storage(storage::Error::Conflict { .. })), Some(once)) => {
                let tx = self.db.read().await?;
                let known = storage::tickets::find_once(&tx, &once).await?;
                drop(tx);
                let known = known.ok_or(Error::Internal("a ticket was neither opened nor found"))?;
                Ok(TicketOpened { ticket: self.ticket(&Caller::Local, &known.id).await?, again: true })
            }
            (Err(error), _) => Err(error),
            (Ok(_), _) => Ok(TicketOpened { ticket: self.ticket(&Caller::Local, &id).await?, again: false }),
        }
    }

    async fn checked_opening(&self, new: &NewTicket) -> Result<Opening, Error> {
        if new.source == Source::Chat {
            let expected = Phrase::new(
                "support, phone, private_message or order: comments become tickets by themselves",
                "support、phone、private_message 或 order：公屏评论会自动建单",
            );
            return Err(Error::field("source", expected, Phrase::literal("chat")));
        }
        if new.source == Source::Order && new.order.is_none() {
            let expected = Phrase::new("the order that it is about", "对应的订单");
            return Err(Error::field("order", expected, Phrase::new("nothing", "未填写")));
        }
        let text = self.impersonal("text", &new.text, new.order.as_deref()).await?;
        let chars = new.nickname.chars().count();
        if chars > NICKNAME_CHARS_MAX {
            let expected = Phrase::new(
                format!("at most {NICKNAME_CHARS_MAX} characters"),
                format!("不超过 {NICKNAME_CHARS_MAX} 个字"),
            );
            return Err(Error::field("nickname", expected, Phrase::literal(chars.to_string())));
        }
        let at = self.clock.now();
        let tx = self.db.read().await?;
        let order = match &new.order {
            Some(id) => Some(find_order(&tx, id).await?),
            None => None,
        };
        if let Some(show) = &new.show {
            storage::shows::find(&tx, show).await?.ok_or_else(|| Error::not_found("show", show))?;
        }
        if let Some(product) = &new.product {
            storage::products::find(&tx, product)
                .await?
                .ok_or_else(|| Error::not_found("product", product))?;
        }
        let on_air = !storage::shows::on_air_at(&tx, at).await?.is_empty();
        let (_, settings) = storage::after_sale::settings(&tx).await?;
        Ok(Opening {
            kind: new.kind,
            source: new.source,
            priority: new.priority,
            mood: new.mood.unwrap_or(Mood::Calm),
            show: new.show.clone().or_else(|| order.as_ref().and_then(|row| row.show.clone())),
            product: new.product.clone(),
            customer: order.as_ref().and_then(|row| row.customer.clone()),
            synthetic: order.as_ref().is_some_and(|row| row.synthetic),
            order: new.order.clone(),
            viewer: order.as_ref().and_then(|row| row.order.buyer().map(str::to_owned)),
            nickname: masked_nickname(&new.nickname),
            text,
            at,
            on_air,
            hours: settings.hours,
        })
    }
}

fn checked_once(caller: &Caller, once: &str) -> Result<String, Error> {
    if !once.is_empty() && once.len() <= ONCE_BYTES_MAX && display_text(once) == once {
        // Nobody takes the keys of somebody else.
        return Ok(format!("{}/{once}", caller.person()));
    }
    let expected = Phrase::new(
        format!("1 to {ONCE_BYTES_MAX} bytes that can be shown"),
        format!("1 到 {ONCE_BYTES_MAX} 字节的可见字符"),
    );
    Err(Error::field("once", expected, Phrase::literal(format!("{} B", once.len()))))
}
