//! A made-up audience (synthetic): the same seed gives the same events.

use livehand_kernel::Millis;
use livehand_live::{Event, Kind};

use crate::START;

/// A generator whose stream never changes.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number from 0 to `sides` - 1.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// An event of the audience `at` milliseconds after the show began.
pub(crate) fn event(id: &str, at: i64, kind: &str) -> Event {
    let mut event = Event::new(id, Millis(START + at), Kind::from_name(kind));
    event.origin = "test".to_owned();
    event
}

/// A comment that is recognised as a question.
pub(crate) fn question(id: &str, at: i64, text: &str) -> Event {
    let mut comment = event(id, at, "comment");
    comment.user = Some(format!("u-{id}"));
    comment.text = Some(text.to_owned());
    comment.intent = Some("size".to_owned());
    comment
}

/// `count` events of all kinds, up to `step` milliseconds apart.
pub(crate) fn audience(seed: u64, count: usize, step: u64) -> Vec<Event> {
    let mut dice = Dice::new(seed);
    let mut at = 0;
    let kinds = [
        "join",
        "heartbeat",
        "leave",
        "comment",
        "comment",
        "like",
        "product_view",
        "product_click",
        "order_created",
        "order_paid",
        "order_refunded",
        "follow",
        "something_new",
    ];
    (0..count)
        .map(|n| {
            at += i64::try_from(dice.roll(step)).unwrap();
            let kind = kinds[usize::try_from(dice.roll(kinds.len() as u64)).unwrap()];
            let mut event = event(&format!("e{seed}-{n}"), at, kind);
            let user = dice.roll(30);
            event.user = Some(format!("u{user}"));
            event.session = Some(format!("s{user}"));
            match kind {
                "comment" => {
                    event.text = Some(format!("这件多少钱 {}", dice.roll(50)));
                    event.intent = [None, Some("size"), Some("price")]
                        [usize::try_from(dice.roll(3)).unwrap()]
                    .map(str::to_owned);
                }
                "product_view" | "product_click" => event.product = Some("p1".to_owned()),
                "order_created" | "order_paid" | "order_refunded" => {
                    event.order = Some(format!("o{}", dice.roll(200)));
                    event.amount = Some(19_900);
                }
                _ => {}
            }
            event
        })
        .collect()
}
