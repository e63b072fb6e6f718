//! What a comment asks for, written on its event before it is recorded.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use livehand_language::features::{features, masked};
use livehand_language::reading::Doubt;
use livehand_language::{Act, Attributes, Intent, Refusal, private, read, refusal};
use livehand_live::Event;

/// From here on the model is sure of what a comment is about.
const TOPIC_FROM: f32 = 0.7;
/// A comment that no rule knows asks something if all three are reached: the viewer waits for an answer, the topic is
/// sure, and the comment has words of it.
const ASKS_FROM: f32 = 0.9;
const TOPIC_ALONE_FROM: f32 = 0.7;
const WORDS_FROM: f32 = 3.5;
/// Below this nobody waits, whatever the rules say.
const ASKS_BELOW: f32 = 0.2;
/// A question counts as a doubt as well from here on.
const DOUBT_BESIDE_FROM: f32 = 0.9;
/// Texts that are remembered: in a burst thousands write the same.
const REMEMBERED_MAX: usize = 65_536;

/// What was read in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Annotation {
    intent: Option<&'static str>,
    topic: Option<String>,
    named: Option<String>,
    /// What the writer doubts, or that they say no.
    doubt: Option<&'static str>,
}

/// The same text always reads the same, so that what was read once is looked up.
static REMEMBERED: LazyLock<Mutex<HashMap<String, Annotation>>> = LazyLock::new(Mutex::default);

/// Masks private data in a comment, and says what it asks for.
pub(super) fn annotate(event: &mut Event) {
    let Some(text) = event.text.as_mut() else { return };
    if let Some(hidden) = private::masked(text) {
        *text = hidden;
    }
    let annotation = remembered(text);
    event.intent = annotation.intent.map(str::to_owned);
    event.topic = annotation.topic;
    event.named = annotation.named;
    event.doubt = annotation.doubt.map(str::to_owned);
}

fn remembered(text: &str) -> Annotation {
    if let Some(known) = lock().get(text) {
        return known.clone();
    }
    let annotation = understood(text);
    let mut remembered = lock();
    if remembered.len() >= REMEMBERED_MAX {
        remembered.clear();
    }
    remembered.insert(text.to_owned(), annotation.clone());
    annotation
}

fn lock() -> std::sync::MutexGuard<'static, HashMap<String, Annotation>> {
    // A panic while it was held left whole entries behind.
    REMEMBERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn understood(text: &str) -> Annotation {
    let rule = livehand_language::annotate(text);
    let normalised = read(text);
    let attributes = Attributes::of(&normalised);
    let named = attributes.named();
    let refused = refusal(text).map(Refusal::code);
    let Some(model) = livehand_language::model::built_in() else {
        return Annotation { intent: rule.map(Intent::code), topic: None, named, doubt: refused };
    };
    let features = features(&masked(&normalised, &attributes));
    let reading = model.reader.read(&features);
    let likeliest = model.concepts.likeliest(&features);
    let (sure, words) = likeliest.map_or((0.0, 0.0), |topic| (topic.probability, topic.score));
    let intent = match rule {
        Some(rule) if rule.is_question() && reading.asks < ASKS_BELOW => None,
        Some(rule) => Some(rule),
        None if reading.asks >= ASKS_FROM && sure >= TOPIC_ALONE_FROM && words >= WORDS_FROM => {
            Some(Intent::OtherQuestion)
        }
        None if reading.about.is_some() => Some(Intent::Hesitate),
        None if reading.act == Act::Complaint && reading.probability >= ASKS_FROM => Some(Intent::Complain),
        None => None,
    };
    let asked = intent.is_some_and(Intent::is_question);
    // Who asks "怕不合适，能退吗" waits for an answer and doubts; who only asks for the price doubts nothing.
    let doubts = intent == Some(Intent::Hesitate) || (asked && reading.doubt >= DOUBT_BESIDE_FROM);
    let doubt = reading.about.filter(|_| doubts).map(Doubt::code);
    Annotation {
        intent: intent.map(Intent::code),
        topic: likeliest.filter(|_| asked && sure >= TOPIC_FROM).map(|topic| topic.concept.code.clone()),
        // Which link a doubt is about decides whose product is doubted.
        named: named.filter(|_| asked || doubt.is_some()),
        doubt: refused.or(doubt),
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;
    use livehand_live::Kind;

    use super::*;

    fn annotated(text: &str) -> Event {
        let mut event = Event::new("c", Millis(0), Kind::Comment);
        event.text = Some(text.to_owned());
        annotate(&mut event);
        event
    }

    #[test]
    fn the_same_question_in_other_words_has_the_same_topic() {
        let (one, other) = (annotated("3号链接啥时候发货"), annotated("今天拍几时能寄出 3号"));
        assert_eq!(one.topic.as_deref(), Some("shipping.time"));
        assert_eq!(one.topic, other.topic);
        assert_eq!((one.named.as_deref(), other.named.as_deref()), (Some("3号"), Some("3号")));
    }

    #[test]
    fn a_telephone_number_is_masked_before_anything_else_sees_it() {
        let event = annotated("我电话13912345678改地址");
        assert_eq!(event.text.as_deref(), Some("我电话***********改地址"));
    }

    #[test]
    fn chat_asks_nothing() {
        for text in ["666", "哈哈哈", "主播晚上好", "给朕退下"] {
            let event = annotated(text);
            assert_eq!((event.topic, event.named), (None, None), "{text}");
        }
    }

    /// Real comments of rooms that sell nothing, where they are there: few may look like a question about goods. The goal
    /// is 1 %; the bound says what is reached, so that it does not get worse unnoticed.
    #[test]
    fn rooms_that_sell_nothing_are_asked_little() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/livechat/comments.jsonl");
        let Ok(lines) = std::fs::read_to_string(file) else { return };
        let (mut all, mut asked, mut demanded) = (0, 0, 0);
        for line in lines.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let event = annotated(row["comment"].as_str().unwrap());
            all += 1;
            asked += usize::from(event.intent.as_deref().is_some_and(livehand_live::asks));
            demanded += usize::from(event.intent.as_deref() == Some(Intent::RequestShow.code()));
        }
        assert!(asked * 100 <= all * 6, "{asked} of {all}");
        assert!(demanded * 200 <= all, "{demanded} of {all}");
    }
}
