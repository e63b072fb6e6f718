//! What a comment asks for, written on its event before it is recorded.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use livehand_language::concepts::Topic;
use livehand_language::features::{features, masked};
use livehand_language::reading::Doubt;
use livehand_language::trouble::trouble;
use livehand_language::{Act, Attributes, Intent, Refusal, own_order, private, read, refusal, wants_variant};
use livehand_live::Event;
use livehand_trade::tickets::Kind as TicketKind;

/// From here on the model is sure of what a comment is about.
const TOPIC_FROM: f32 = 0.7;
/// A comment that no rule knows asks something if all three are reached: the viewer waits for an answer, the topic is
/// sure, and the comment has words of it.
const ASKS_FROM: f32 = 0.9;
const TOPIC_ALONE_FROM: f32 = 0.7;
const WORDS_FROM: f32 = 3.5;
/// Where something is sold, a question is one from here on, whatever it is about: a shop is asked what no pack knows.
const ASKS_ALONE_FROM: f32 = 0.97;
/// Below this nobody waits, whatever the rules say.
const ASKS_BELOW: f32 = 0.2;
/// In a show without a line-up nothing is sold, and most of what looks like a question about goods is talk. What a rule
/// knows must reach the first two there, what only the model knows all of the second three.
const TALK_ASKS_FROM: f32 = 0.9;
const TALK_WORDS_FROM: f32 = 3.0;
const TALK_ALONE_ASKS_FROM: f32 = 0.98;
const TALK_ALONE_TOPIC_FROM: f32 = 0.9;
const TALK_ALONE_WORDS_FROM: f32 = 4.2;
/// A comment that asks nothing is about a trouble only if it has more words of it.
const TROUBLE_WORDS_FROM: f32 = 4.0;
/// Topics of troubles that the model knows.
const TROUBLES: &[&str] = &["coupon.cannot_use", "coupon.cannot_get", "price.mismatch", "order.cannot_open"];
/// The topic of a comment that only says which variant it wants, and the topics that tell as much already.
const WANTED: &str = "stock.variant";
const OF_GOODS: &[&str] = &["stock.", "style.colors", "beauty.shade", "order.", "room.", "price.", "coupon."];
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
    /// Whether it is a question also where nothing is sold.
    plain: bool,
    /// What the writer doubts, or that they say no.
    doubt: Option<&'static str>,
    /// What it says of an order of its writer's own.
    own: Option<TicketKind>,
}

/// The same text always reads the same, so that what was read once is looked up.
static REMEMBERED: LazyLock<Mutex<HashMap<String, Annotation>>> = LazyLock::new(Mutex::default);

/// Masks private data in a comment, and says what it asks for; `selling` says whether the show has a line-up.
pub(super) fn annotate(event: &mut Event, selling: bool) {
    let Some(text) = event.text.as_mut() else { return };
    if let Some(hidden) = private::masked(text) {
        *text = hidden;
    }
    let mut annotation = remembered(text);
    let asks = annotation.intent.is_some_and(livehand_live::asks);
    let wants = annotation.topic.as_deref() == Some(WANTED);
    if !selling && !annotation.plain && (asks || wants) {
        annotation = Annotation::default();
    }
    event.intent = annotation.intent.map(str::to_owned);
    event.topic = annotation.topic;
    event.named = annotation.named;
    event.doubt = annotation.doubt.map(str::to_owned);
}

/// The kind of ticket that a comment makes, if it is about an order of its writer's own.
pub(crate) fn after_sale(text: &str) -> Option<TicketKind> {
    remembered(text).own
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
        return Annotation {
            intent: rule.map(Intent::code),
            topic: None,
            named,
            plain: true,
            doubt: refused,
            own: None,
        };
    };
    let masked = masked(&normalised, &attributes);
    let features = features(&masked);
    let reading = model.reader.read(&masked, &features);
    let likeliest = model.concepts.likeliest(&features);
    let (sure, words) = likeliest.map_or((0.0, 0.0), |topic| (topic.probability, topic.score));
    let own = own_order(&normalised, &reading, likeliest.as_ref());
    let intent = match rule {
        Some(rule) if rule.is_question() && reading.asks < ASKS_BELOW => None,
        Some(rule) => Some(rule),
        None if reading.asks >= ASKS_FROM && sure >= TOPIC_ALONE_FROM && words >= WORDS_FROM => {
            Some(Intent::OtherQuestion)
        }
        None if reading.act == Act::Question && reading.asks >= ASKS_ALONE_FROM => {
            Some(Intent::OtherQuestion)
        }
        None if reading.about.is_some() => Some(Intent::Hesitate),
        None if reading.act == Act::Complaint && reading.probability >= ASKS_FROM => Some(Intent::Complain),
        None => None,
    };
    let asked = intent.is_some_and(Intent::is_question);
    let plain = match rule {
        Some(_) => reading.asks >= TALK_ASKS_FROM && words >= TALK_WORDS_FROM,
        None => {
            reading.asks >= TALK_ALONE_ASKS_FROM
                && sure >= TALK_ALONE_TOPIC_FROM
                && words >= TALK_ALONE_WORDS_FROM
        }
    };
    let sure_of = |known: &Topic| {
        sure >= TOPIC_FROM && words >= TROUBLE_WORDS_FROM && TROUBLES.contains(&known.concept.code.as_str())
    };
    // A trouble is one whether its viewer asks, complains or only says so.
    let broken = likeliest.filter(|topic| !asked && sure_of(topic)).map(|topic| topic.concept.code.clone());
    let topic =
        likeliest.filter(|_| asked && sure >= TOPIC_FROM).map(|topic| topic.concept.code.clone()).or(broken);
    let of_goods = |topic: &String| OF_GOODS.iter().any(|group| topic.starts_with(group));
    let wants = intent.is_none_or(Intent::is_question)
        && !topic.as_ref().is_some_and(of_goods)
        && wants_variant(&normalised, &attributes);
    let topic = match trouble(&normalised) {
        Some(trouble) => Some(trouble.to_owned()),
        None if wants => Some(WANTED.to_owned()),
        None => topic,
    };
    // Who asks "怕不合适，能退吗" waits for an answer and doubts; who only asks for the price doubts nothing.
    let doubts = intent == Some(Intent::Hesitate) || (asked && reading.doubt >= DOUBT_BESIDE_FROM);
    let doubt = reading.about.filter(|_| doubts).map(Doubt::code);
    Annotation {
        intent: intent.map(Intent::code),
        topic,
        // Which link a doubt is about decides whose product is doubted.
        named: named.filter(|_| asked || wants || doubt.is_some()),
        plain,
        doubt: refused.or(doubt),
        own: own.as_deref().and_then(TicketKind::of_topic),
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;
    use livehand_language::trouble::{NO_SOUND, PICTURE_FROZEN};
    use livehand_live::Kind;

    use super::*;

    fn annotated(text: &str) -> Event {
        let mut event = Event::new("c", Millis(0), Kind::Comment);
        event.text = Some(text.to_owned());
        annotate(&mut event, true);
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
    fn who_only_names_a_variant_wants_it_and_opens_no_card() {
        for (text, named) in [
            ("要红色XL", "红色 XL"),
            ("想要紫色的", "紫色"),
            ("有没有紫色", "紫色"),
            ("我要黑色L", "黑色 L"),
            ("为什么没有XXXL", "3XL"),
        ] {
            let event = annotated(text);
            let topic = event.topic.as_deref();
            assert!(matches!(topic, Some("stock.variant" | "style.colors")), "{text}: {topic:?}");
            assert_eq!(event.named.as_deref(), Some(named), "{text}");
        }
        assert_eq!(annotated("想要紫色的").intent, None);
        for text in ["红色好看", "我穿红色", "红色多少钱"] {
            assert_ne!(annotated(text).topic.as_deref(), Some("stock.variant"), "{text}");
        }
    }

    #[test]
    fn a_trouble_is_known_whether_its_viewer_asks_complains_or_only_says_so() {
        for (topic, texts) in [
            ("room.no_sound", ["没声音", "怎么没声了", "主播静音了"].as_slice()),
            ("room.picture_frozen", &["画面卡住了", "画面不动了", "黑屏了"]),
            ("coupon.cannot_use", &["券用不了", "优惠券用不了怎么回事"]),
            ("coupon.cannot_get", &["领不了券", "券领不到"]),
            ("price.mismatch", &["价格不一样", "链接价格和说的不一样", "说好99怎么129"]),
            ("order.cannot_open", &["链接点不开", "3号链接打不开", "链接失效了"]),
        ] {
            for text in texts {
                assert_eq!(annotated(text).topic.as_deref(), Some(topic), "{text}");
            }
        }
    }

    #[test]
    fn who_writes_of_their_own_order_needs_help_and_who_asks_before_they_buy_does_not() {
        use TicketKind as Kind;
        for (text, kind) in [
            ("拍错规格了", Kind::SpecChange),
            ("我拍错颜色了 能改吗", Kind::SpecChange),
            ("帮我改地址", Kind::AddressChange),
            ("还没发货 催一下", Kind::HurryUp),
            ("我那单卡在中转站三天没动了", Kind::Logistics),
            ("收到少了一件", Kind::Missing),
            ("你们发错货了", Kind::WrongItem),
            ("赠品没收到", Kind::GiftMissing),
            ("用了脸过敏了", Kind::Injury),
            ("我要去12315投诉", Kind::Regulator),
            ("孩子误下单能退吗", Kind::Minor),
        ] {
            assert_eq!(after_sale(text), Some(kind), "{text}");
        }
        for text in [
            "能退吗",
            "什么时候发货",
            "多久发货",
            "有运费险吗",
            "会不会拍错",
            "3号多少钱",
            "主播好漂亮",
            "还有货吗",
            "会过敏吗",
            "能开发票吗",
            "有赠品吗",
            "怕买错",
            "要红色XL",
        ] {
            assert_eq!(after_sale(text), None, "{text}");
        }
    }

    #[test]
    fn chat_asks_nothing() {
        for text in ["666", "哈哈哈", "主播晚上好", "给朕退下"] {
            let event = annotated(text);
            assert_eq!((event.topic, event.named), (None, None), "{text}");
        }
    }

    /// Real comments of rooms that sell nothing, where they are there: at most one of a hundred may look like a question
    /// about goods.
    #[test]
    fn rooms_that_sell_nothing_are_asked_little() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/livechat/comments.jsonl");
        let Ok(lines) = std::fs::read_to_string(file) else { return };
        let (mut all, mut asked, mut demanded, mut wanted, mut broken, mut own) = (0, 0, 0, 0, 0, 0);
        for line in lines.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let mut event = Event::new("c", Millis(0), Kind::Comment);
            event.text = row["comment"].as_str().map(str::to_owned);
            annotate(&mut event, false);
            all += 1;
            own += usize::from(event.text.as_deref().and_then(after_sale).is_some());
            asked += usize::from(event.intent.as_deref().is_some_and(livehand_live::asks));
            demanded += usize::from(event.intent.as_deref() == Some(Intent::RequestShow.code()));
            let topic = event.topic.as_deref().unwrap_or_default();
            wanted += usize::from(topic == WANTED);
            broken += usize::from(TROUBLES.contains(&topic) || topic == PICTURE_FROZEN || topic == NO_SOUND);
        }
        assert!(asked * 100 <= all, "{asked} of {all}");
        // Where nothing is sold nobody has an order: what is taken for a ticket there is wrong.
        assert!(own * 1_000 <= all * 3, "{own} of {all}");
        assert!(demanded * 200 <= all, "{demanded} of {all}");
        assert!(wanted * 1_000 <= all, "{wanted} of {all}");
        // Their sound and picture fail too.
        assert!(broken * 200 <= all, "{broken} of {all}");
    }
}
