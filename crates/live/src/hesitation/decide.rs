//! What a room decides about closing lines: they are said to nobody who may not be addressed.

use livehand_kernel::Sequence;

use super::{ADDRESSED_MAX, Doubt, Forbidden, Hesitations};
use crate::command::Refusal;
use crate::decide::limited;
use crate::event::{CardLevel, Event, ID_BYTES_MAX, Kind};
use crate::room::Room;
use crate::sayings::{Said, SayingKind};

/// A closing line that is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingLine {
    /// The id of the card or reply that it becomes.
    pub saying: String,
    /// Where it is said.
    pub way: LineWay,
    /// Product id.
    pub product: String,
    /// The doubt that it answers.
    pub doubt: Doubt,
    /// One of those who hesitate so, by the id of the hesitation; all who may be addressed if absent.
    pub hesitation: Option<Sequence>,
    /// What is said.
    pub text: Said,
}

/// How a closing line is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineWay {
    /// By the host, from a prompter card.
    Card,
    /// In the public chat, as a reply that somebody sends.
    Reply,
}

impl From<LineWay> for SayingKind {
    fn from(way: LineWay) -> Self {
        match way {
            LineWay::Card => SayingKind::Card,
            LineWay::Reply => SayingKind::Reply,
        }
    }
}

impl Room {
    /// Makes `event` the one that says a closing line.
    pub(crate) fn decide_closing_line(&self, event: &mut Event, line: ClosingLine) -> Result<(), Refusal> {
        let ClosingLine { saying, way, product, doubt, hesitation, text } = line;
        let at = self.clock().max(event.effective_at());
        let hesitations = match hesitation {
            Some(id) => self.hesitations.one(id, at).map(|()| vec![id]),
            None => self.hesitations.all_of(&product, doubt, at),
        };
        let hesitations = hesitations.map_err(|why| Refusal::MayNotAddress { why })?;
        let kind = SayingKind::from(way);
        event.kind = Kind::ClosingLineSaid;
        event.product = Some(limited(product, ID_BYTES_MAX)?);
        event.doubt = Some(doubt.code().to_owned());
        event.hesitations = Some(hesitations.into());
        event.level = (way == LineWay::Card).then_some(CardLevel::Yellow);
        self.decide_saying(event, kind, saying.clone(), None, text)?;
        // Both kinds bear their id in the note here.
        event.card = None;
        let note = event.saying.get_or_insert_default();
        (note.id, note.kind) = (Some(saying), Some(kind));
        Ok(())
    }
}

impl Hesitations {
    fn one(&self, id: Sequence, at: livehand_kernel::Millis) -> Result<(), Forbidden> {
        let pair = self.cases.iter().find(|(_, case)| case.id == id).map(|(pair, _)| *pair);
        self.may_address(pair.ok_or(Forbidden::Unknown)?, at).map(|_| ())
    }

    /// All who hesitate so and may be addressed, the latest first; if nobody may, why the latest may not.
    fn all_of(
        &self,
        product: &str,
        doubt: Doubt,
        at: livehand_kernel::Millis,
    ) -> Result<Vec<Sequence>, Forbidden> {
        let so = self.cases.iter().filter_map(|(pair, case)| {
            let latest = case.latest().filter(|latest| latest.doubt == doubt && case.product == product)?;
            Some((latest.at, case.id, self.may_address(*pair, at).map(|_| case.id)))
        });
        let mut so: Vec<_> = so.collect();
        so.sort_by_key(|(at, id, _)| std::cmp::Reverse((*at, *id)));
        let ids: Vec<Sequence> = so.iter().filter_map(|(_, _, may)| may.ok()).take(ADDRESSED_MAX).collect();
        match so.first() {
            _ if !ids.is_empty() => Ok(ids),
            Some((_, _, Err(why))) => Err(*why),
            _ => Err(Forbidden::Unknown),
        }
    }
}
