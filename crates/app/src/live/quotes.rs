//! Filling the slots of what is said with the facts that they quote. What must never happen here: a slot that is left
//! in the text, or filled with anything but the current version of a fact that may be said in public.

use livehand_compliance::Action;
use livehand_kernel::{FactKey, Millis, Phrase, ProductId, ShowId, SkuId, display_text};
use livehand_live::hesitation::ClosingLine;
use livehand_live::sayings::shown::{QUOTABLE, is_quotable, picked, shown_at};
use livehand_live::sayings::slot::{Part, ProductName, Slot, parts};
use livehand_live::sayings::{QUOTES_PER_SAYING_MAX, Quote, Said};
use livehand_live::{CrewAction, Refusal};
use livehand_rooms::RoomError;
use livehand_storage as storage;
use livehand_storage::facts::FactRow;
use livehand_storage::products::ProductRow;

use super::facts_now::{STOCK, facts_now};
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Products that are named where one was not found.
const PRODUCTS_NAMED_MAX: usize = 8;

/// A fact of a product that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotableFact {
    /// What to write to quote it, such as `{{live_price #3}}`.
    pub slot: String,
    /// What is quoted, as it is now.
    pub quote: Quote,
}

impl App {
    /// The facts of a product of the line-up that can be quoted now.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] for a product that is not in the line-up.
    pub async fn quotable(
        &self,
        caller: &Caller,
        show: &ShowId,
        product: &ProductId,
    ) -> Result<Vec<QuotableFact>, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let named = find(&lineup, &ProductName::Id(product.as_str()))
            .ok_or_else(|| not_in_lineup("product", &lineup, product.as_str()))?;
        let mut facts: Vec<QuotableFact> = facts_now(&tx, product)
            .await?
            .iter()
            .filter_map(|row| {
                let quote = quote(row, &row.fact.key.field, now)?;
                let sku = quote.sku.as_ref().map(|sku| format!(" {sku}")).unwrap_or_default();
                let slot = format!("{{{{{} #{}{sku}}}}}", quote.field, named.link_number);
                // What a slot cannot name cannot be quoted.
                let readable = parts(&slot).is_ok_and(|parts| parts.len() == 1);
                readable.then_some(QuotableFact { slot, quote })
            })
            .collect();
        let place = |fact: &QuotableFact| QUOTABLE.iter().position(|(code, _, _)| *code == fact.quote.field);
        facts.sort_by_key(|fact| (place(fact), fact.quote.sku.clone()));
        Ok(facts)
    }

    /// Fills the slots of an action's text. A saying that is refreshed is filled from what it was written as.
    pub(super) async fn fill(&self, show: &ShowId, action: &mut CrewAction) -> Result<(), Error> {
        let said = match action {
            // What an answer quotes was held against what its sender saw.
            CrewAction::PushCard { text, .. }
            | CrewAction::QueueReply { text, .. }
            | CrewAction::SetLine { text, .. }
            | CrewAction::SayClosingLine(ClosingLine { text, .. }) => text,
            CrewAction::RefreshSaying { saying, text } => {
                let asked = saying.clone();
                let written = self.rooms.look(show, move |room| room.template(&asked)).await?;
                let unknown = || RoomError::Refused {
                    show: show.clone(),
                    refusal: Refusal::SayingUnknown { saying: saying.clone() },
                };
                text.text = written.ok_or_else(unknown)?;
                text
            }
            _ => return Ok(()),
        };
        *said = self.resolve_quotes(show, &said.text).await?;
        Ok(())
    }

    /// A text with its slots filled by the facts as they are now, and the facts that it quotes thereby.
    pub(super) async fn resolve_quotes(&self, show: &ShowId, text: &str) -> Result<Said, Error> {
        let parts = parts(text).map_err(|found| Error::field("text", slot_expected(), found))?;
        let slots = parts.iter().filter(|part| matches!(part, Part::Slot(_))).count();
        if slots == 0 {
            return Ok(Said::from(text));
        }
        if slots > QUOTES_PER_SAYING_MAX {
            let max = QUOTES_PER_SAYING_MAX;
            let expected = Phrase::new(format!("at most {max} slots"), format!("最多 {max} 个引用位"));
            return Err(Error::field("text", expected, Phrase::literal(slots.to_string())));
        }
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let mut said = Said { text: String::new(), template: Some(text.to_owned()), quotes: Vec::new() };
        for part in parts {
            match part {
                Part::Words(words) => said.text.push_str(words),
                Part::Slot(slot) => {
                    let quote = resolve(&tx, &lineup, &slot, now).await?;
                    said.text.push_str(&quote.value);
                    said.quotes.push(quote);
                }
            }
        }
        said.quotes.sort();
        said.quotes.dedup();
        Ok(said)
    }
}

async fn resolve(
    tx: &storage::Tx,
    lineup: &[ProductRow],
    slot: &Slot<'_>,
    now: Millis,
) -> Result<Quote, Error> {
    let (field, _) = picked(slot.field);
    if !is_quotable(field) {
        let codes: Vec<&str> = QUOTABLE.iter().map(|(code, _, _)| *code).collect();
        let expected =
            Phrase::new(format!("one of {}", codes.join(", ")), format!("{} 之一", codes.join("、")));
        return Err(Error::field("text", expected, Phrase::literal(display_text(slot.field))));
    }
    let name = match slot.product {
        ProductName::Id(id) => id.to_owned(),
        ProductName::Link(number) => format!("#{number}"),
    };
    let product =
        find(lineup, &slot.product).ok_or_else(|| not_in_lineup("text", lineup, &display_text(&name)))?;
    let sku = slot.sku.map(SkuId::from);
    let key = FactKey { product: product.id.clone(), sku, field: field.to_owned() };
    let row = match field {
        STOCK => facts_now(tx, &product.id).await?.into_iter().find(|row| row.fact.key == key),
        _ => storage::facts::current(tx, &key).await?,
    };
    match row.as_ref().and_then(|row| quote(row, slot.field, now)) {
        Some(quote) => Ok(quote),
        None => Err(nothing_to_say(tx, product, slot, row.as_ref(), now).await?),
    }
}

/// Says what the product has instead of the fact that a slot asks for.
async fn nothing_to_say(
    tx: &storage::Tx,
    product: &ProductRow,
    slot: &Slot<'_>,
    row: Option<&FactRow>,
    now: Millis,
) -> Result<Error, Error> {
    let facts = facts_now(tx, &product.id).await?;
    let has: Vec<String> = facts
        .iter()
        .filter_map(|row| quote(row, &row.fact.key.field, now))
        .map(|quote| match quote.sku {
            Some(sku) => format!("{} ({sku})", quote.field),
            None => quote.field,
        })
        .collect();
    let (name, has) = (display_text(&product.name), display_text(&has.join(", ")));
    let expected = if has.is_empty() {
        Phrase::new(
            format!("a fact of {name}, of which none is known yet"),
            format!("{name} 已有的资料，目前一项也没有"),
        )
    } else {
        Phrase::new(format!("a fact that {name} has: {has}"), format!("{name} 已有的资料：{has}"))
    };
    let asked = display_text(&match slot.sku {
        Some(sku) => format!("{} ({sku})", slot.field),
        None => slot.field.to_owned(),
    });
    let found = match row.map(|row| &row.fact) {
        Some(fact) if fact.valid_to.is_some_and(|until| until <= now) => {
            Phrase::new(format!("{asked}, which is no longer so"), format!("{asked}，已过有效期"))
        }
        Some(fact) if fact.valid_from.is_some_and(|from| from > now) => {
            Phrase::new(format!("{asked}, which is not so yet"), format!("{asked}，尚未生效"))
        }
        _ => Phrase::literal(asked),
    };
    Ok(Error::field("text", expected, found))
}

fn find<'a>(lineup: &'a [ProductRow], name: &ProductName) -> Option<&'a ProductRow> {
    lineup.iter().find(|product| match name {
        ProductName::Id(id) => product.id.as_str() == *id,
        ProductName::Link(number) => product.link_number == *number,
    })
}

fn not_in_lineup(field: &str, lineup: &[ProductRow], found: &str) -> Error {
    let mut names: Vec<String> = (lineup.iter().take(PRODUCTS_NAMED_MAX))
        .map(|product| format!("#{} {}", product.link_number, display_text(&product.name)))
        .collect();
    if lineup.len() > PRODUCTS_NAMED_MAX {
        names.push("…".to_owned());
    }
    let expected = Phrase::new(
        format!("a product of the line-up ({})", names.join(", ")),
        format!("排品表中的商品（{}）", names.join("、")),
    );
    Error::field(field, expected, Phrase::literal(found.to_owned()))
}

fn slot_expected() -> Phrase {
    Phrase::new(
        "slots such as {{live_price #3}}, {{gifts p-1}} or {{stock #3 sku-1}}",
        "引用位写作 {{live_price #3}}、{{gifts p-1}} 或 {{stock #3 sku-1}}",
    )
}

/// The fact as a slot of this field quotes it at `now`; nothing if it may not be said.
pub(super) fn quote(row: &FactRow, slot_field: &str, now: Millis) -> Option<Quote> {
    let FactRow { version, fact } = row;
    let holds =
        fact.valid_from.is_none_or(|from| from <= now) && fact.valid_to.is_none_or(|until| until > now);
    let (value, until) = shown_at(slot_field, &fact.value, now).filter(|_| holds)?;
    let FactKey { product, sku, field } = fact.key.clone();
    let valid_to = fact.valid_to.into_iter().chain(until).min();
    Some(Quote { product, sku, field, version: *version, value, valid_to })
}
