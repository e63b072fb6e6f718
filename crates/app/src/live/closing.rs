//! Who hesitates, and the closing line for them (催单话术), made of what the product has now. What must never happen here: a
//! line whose words were typed by somebody instead of made, because then a number or a deadline in it is nobody's fact.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, Sequence, ShowId, display_text};
use livehand_live::hesitation::line::closing_line;
use livehand_live::hesitation::shown::{GuidedOrders, HesitationGroup};
use livehand_live::hesitation::{ClosingLine, Doubt, LineWay};
use livehand_live::sayings::Quote;
use livehand_live::sayings::shown::picked;
use livehand_live::sayings::slot::{Part, parts};
use livehand_live::{CrewAction, Room};
use livehand_storage as storage;
use livehand_storage::facts::FactRow;

use super::act::Acted;
use super::facts_now::facts_now;
use super::quotes::quote;
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Groups in one answer: nobody works through more.
const GROUPS_MAX: usize = 40;

/// Who hesitates in a show, and what became of hesitations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hesitating {
    /// The show's clock.
    pub clock: Millis,
    /// By product and doubt, the latest first, of products of the line-up.
    pub groups: Vec<HesitatingGroup>,
    /// What became of all.
    pub figures: GuidedOrders,
    /// Doubts in comments that name no viewer.
    pub unnamed: u64,
}

/// Viewers who hesitate about the same for the same reason, with the line for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HesitatingGroup {
    /// Who.
    pub group: HesitationGroup,
    /// The product's link number.
    pub link_number: i64,
    /// Its name, safe to show.
    pub product_name: String,
    /// What may be said to them.
    pub line: LineOffered,
}

/// A closing line that may be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOffered {
    /// Which of the wordings it is.
    pub variant: u64,
    /// With its slots.
    pub template: String,
    /// As it would be said now.
    pub text: String,
    /// The facts in it, each with the time since when it is so.
    pub facts: Vec<(Quote, Millis)>,
}

/// A closing line that somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineToSay {
    /// Made by the client; it becomes the id of the card or reply.
    pub id: Option<String>,
    /// How.
    pub way: LineWay,
    /// Product id.
    pub product: String,
    /// The doubt that it answers.
    pub doubt: Doubt,
    /// One viewer, by the id of the hesitation; all who may be addressed if absent.
    pub hesitation: Option<Sequence>,
    /// Which of the wordings; the next if absent.
    pub variant: Option<u64>,
}

/// What came of saying a closing line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSaid {
    /// As with every action.
    pub acted: Acted,
    /// The id of the card or reply.
    pub saying: String,
}

/// A product of the line-up with its facts.
struct Known {
    link_number: i64,
    name: String,
    facts: Vec<FactRow>,
}

impl App {
    /// Who hesitates and may be addressed, each group with a line; and what became of hesitations.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn hesitating(&self, caller: &Caller, show: &ShowId) -> Result<Hesitating, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let room = self.rooms.look(show, Room::hesitating).await?;
        let now = self.clock.now();
        let mut groups = Vec::new();
        for group in room.groups.into_iter().take(GROUPS_MAX) {
            // What cannot be bought here any more is urged on nobody.
            let Some(known) = self.known_product(show, &group.product).await? else { continue };
            let line = known.line(group.doubt, room.lines, now);
            let (link_number, product_name) = (known.link_number, known.name);
            groups.push(HesitatingGroup { group, link_number, product_name, line });
        }
        Ok(Hesitating { clock: room.clock, groups, figures: room.figures, unnamed: room.unnamed })
    }

    /// Says a closing line: it goes onto the prompter or into the queue of replies.
    ///
    /// # Errors
    /// As [`App::act`]; a room refuses it where nobody whom it would be for may be addressed.
    pub async fn say_closing_line(
        &self,
        caller: &Caller,
        show: &ShowId,
        line: LineToSay,
    ) -> Result<LineSaid, Error> {
        caller.require_in(Action::AnswerQuestion, show)?;
        if line.way == LineWay::Card {
            caller.require_in(Action::PushCard, show)?;
        }
        find_show(self, show).await?;
        let LineToSay { id, way, product, doubt, hesitation, variant } = line;
        let Some(known) = self.known_product(show, &product).await? else {
            let expected = Phrase::new("a product of the line-up", "排品表中的商品");
            return Err(Error::field("product", expected, Phrase::literal(display_text(&product))));
        };
        let variant = match variant {
            Some(variant) => variant,
            None => self.rooms.look(show, |room| room.hesitating().lines).await?,
        };
        let text = known.line(doubt, variant, self.clock.now()).template.into();
        let saying = id.unwrap_or_else(|| livehand_kernel::new_uuid(self.clock.now(), &*self.entropy));
        let line = ClosingLine { saying: saying.clone(), way, product, doubt, hesitation, text };
        let action = CrewAction::SayClosingLine(line);
        let acted = self.act(caller, show, Some(saying.clone()), action).await?;
        Ok(LineSaid { acted, saying })
    }

    async fn known_product(&self, show: &ShowId, product: &str) -> Result<Option<Known>, Error> {
        let tx = self.db.read().await?;
        let lineup = storage::shows::lineup(&tx, show).await?;
        let Some(row) = lineup.into_iter().find(|row| row.id.as_str() == product) else { return Ok(None) };
        let facts = facts_now(&tx, &row.id).await?;
        Ok(Some(Known { link_number: row.link_number, name: display_text(&row.name), facts }))
    }
}

impl Known {
    /// The fact of the product itself that fills a slot of this field at `now`.
    fn fact(&self, slot_field: &str, now: Millis) -> Option<(Quote, Millis)> {
        let (field, _) = picked(slot_field);
        let of = |row: &&FactRow| row.fact.key.sku.is_none() && row.fact.key.field == field;
        let row = self.facts.iter().find(of)?;
        Some((quote(row, slot_field, now)?, row.fact.at))
    }

    fn line(&self, doubt: Doubt, variant: u64, now: Millis) -> LineOffered {
        let value = |slot: &str| self.fact(slot, now).map(|(quote, _)| quote.value);
        let template = closing_line(doubt, self.link_number, variant, value);
        let (mut text, mut facts) = (String::new(), Vec::new());
        for part in parts(&template).unwrap_or_default() {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Slot(slot) => {
                    if let Some((quote, since)) = self.fact(slot.field, now) {
                        text.push_str(&quote.value);
                        facts.push((quote, since));
                    }
                }
            }
        }
        LineOffered { variant, template, text, facts }
    }
}

#[cfg(test)]
mod tests {
    use livehand_compliance::wording::{BUILT_IN, Context, Linter, Pack, Place};
    use livehand_kernel::{FactKey, PersonId, ProductId};
    use livehand_language::reading::Doubt as Read;
    use livehand_storage::facts::NewFact;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Millis = Millis(1_781_784_000_000);

    fn known(facts: &[(&str, Value)]) -> Known {
        let fact = |(field, value): &(&str, Value)| FactRow {
            version: 2,
            fact: NewFact {
                key: FactKey { product: ProductId::from("p"), sku: None, field: (*field).to_owned() },
                value: value.clone(),
                valid_from: None,
                valid_to: None,
                source: "manual".to_owned(),
                person_id: PersonId::from("lin"),
                person_name: "林".to_owned(),
                at: NOW.plus(-60_000),
                evidence: None,
                edit: None,
            },
        };
        Known { link_number: 3, name: "枕".to_owned(), facts: facts.iter().map(fact).collect() }
    }

    fn everything() -> Known {
        let hour = 3_600_000;
        known(&[
            ("live_price", json!(12_900)),
            ("gifts", json!([{"name": "挂钩", "quantity": 2}])),
            ("guarantees", json!(["7天无理由退货", "运费险", "保价30天", "质保一年", "支持花呗分期"])),
            ("qualifications", json!([{"kind": "质检报告", "number": "QJ-1", "valid_until": NOW.0 + hour}])),
            ("size_chart", json!({"columns": ["尺码"], "rows": [["S"], ["M"]]})),
            ("specs", json!({"材质": "棉"})),
            ("windows", json!([{"from": NOW.0 - hour, "to": NOW.0 + hour}])),
            ("selling_points", json!([{"feature": "透气"}])),
        ])
    }

    #[test]
    fn every_doubt_that_a_comment_is_read_as_can_be_answered() {
        for doubt in Read::ALL {
            assert!(Doubt::from_code(doubt.code()).is_some(), "{}", doubt.code());
        }
        for refusal in livehand_language::Refusal::ALL {
            assert!(Doubt::from_code(refusal.code()).is_none());
        }
    }

    #[test]
    fn every_line_passes_the_wording_check_for_replies() {
        let linter = Linter::new(&Pack::parse(BUILT_IN).unwrap()).unwrap();
        for known in [everything(), known(&[])] {
            for (doubt, variant) in Doubt::ALL.into_iter().flat_map(|doubt| (0..12).map(move |n| (doubt, n)))
            {
                let line = known.line(doubt, variant, NOW);
                for place in [Place::Reply, Place::Prompter] {
                    let context = Context { place, category: None, at: NOW, evidence: false };
                    let verdict = linter.check(&line.text, &context);
                    let hits: Vec<&str> =
                        verdict.hits.iter().filter(|hit| !hit.passes).map(|hit| hit.found.as_str()).collect();
                    assert!(hits.is_empty(), "{}: {hits:?}", line.text);
                }
                assert!(!line.text.contains("{{"), "{}", line.text);
            }
        }
    }

    #[test]
    fn a_deadline_is_named_only_while_its_window_is_open_and_every_fact_says_since_when() {
        let line = everything().line(Doubt::Timing, 0, NOW);
        assert_eq!(line.text, "不着急，想好再买，活动到今天 21:00，支持7天无理由退货，想好了拍3号链接");
        assert_eq!(line.facts[0].0.valid_to, Some(NOW.plus(3_600_000)));
        assert_eq!((line.facts[0].0.version, line.facts[0].1), (2, NOW.plus(-60_000)));
        let later = everything().line(Doubt::Timing, 0, NOW.plus(3_600_000));
        assert!(!later.text.contains("活动到"), "{}", later.text);
    }
}
