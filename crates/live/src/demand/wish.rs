//! What a comment wishes for: goods that are to be offered, shown or brought back. What must never happen here: a wish in a
//! question that only asks about what is there, such as its price or its fabric.

use livehand_kernel::display_text;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::view::{Wanted, WishKind};

/// Wishes that one comment can have: 红色还是蓝色 has two.
const WISHES_MAX: usize = 3;
/// Longest colour or size, in characters. The grammar of `language` knows none so long; a recording may hold anything.
const NAME_CHARS_MAX: usize = 16;

/// What a topic wishes for. Topics that are not here ask about the goods and want nothing that is not offered.
const TOPICS: &[(&str, WishKind)] = &[
    // Sold out, and the viewer wants it still: brought back, told when it is, or it was gone when they came.
    ("stock.restock", WishKind::Restock),
    ("stock.waitlist", WishKind::Restock),
    ("stock.soldout", WishKind::Restock),
    // Ready to buy, if only the link were there (上链接, 几号链接).
    ("order.which_no", WishKind::Link),
    ("order.how", WishKind::Link),
    ("room.try_on", WishKind::Show),
];
/// Topics that wish for a variant if they name one: 还有货吗 asks about the item, 红色还有吗 wants the red one. 要红色XL, which
/// asks nothing, has the topic of the latter.
const OF_VARIANTS: &[&str] = &["stock.has", "stock.variant", "style.colors", "beauty.shade"];
/// The same where the topic is not sure.
const INTENTS: &[(&str, WishKind)] = &[("link", WishKind::Link), ("request_show", WishKind::Show)];
/// A link that does not open is wanted no less, but it is a trouble and not a demand.
const NO_WISH: &[&str] = &["order.cannot_open"];

/// Words for sizes; whatever else is named and is no number is a colour.
const SIZE_WORDS: &[&str] =
    &["均码", "大码", "小码", "中码", "加大码", "大号", "小号", "中号", "特大号", "加大号"];

/// What several comments have in common that wish for the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct WishKey {
    /// The product that was named by its link number, or the item on stage.
    pub product: Option<String>,
    /// A link number that no product of the line-up has.
    pub link: Option<u16>,
    pub wanted: Wanted,
}

/// What is named, as `language` writes it: 3号 红色 M 160cm 55kg.
#[derive(Debug, Default, PartialEq, Eq)]
struct Named {
    link: Option<u16>,
    colours: Vec<String>,
    sizes: Vec<String>,
}

impl Named {
    fn of(named: &str) -> Self {
        let mut found = Self::default();
        for part in named.split_whitespace() {
            let number = part.strip_suffix('号').and_then(|number| number.parse().ok());
            if number.is_some() {
                found.link = found.link.or(number);
            } else if part.ends_with("cm") || part.ends_with("kg") {
                // The wearer is no variant.
            } else if is_size(part) {
                found.sizes.push(name(part));
            } else {
                found.colours.push(name(part));
            }
        }
        found
    }

    /// The variants that are named: each colour in the first size, or each size where no colour is named.
    fn variants(&self) -> Vec<(Option<String>, Option<String>)> {
        let size = self.sizes.first().cloned();
        let of_colours = self.colours.iter().map(|colour| (Some(colour.clone()), size.clone()));
        let of_sizes = self.sizes.iter().filter(|_| self.colours.is_empty());
        of_colours.chain(of_sizes.map(|size| (None, Some(size.clone())))).take(WISHES_MAX).collect()
    }
}

/// The link number that is named, if one is: 3 of 3号 红色 M.
pub fn link_named(named: &str) -> Option<u16> {
    Named::of(named).link
}

/// A size begins with a digit or a letter, but a number that begins with 0 is that of a shade.
fn is_size(part: &str) -> bool {
    let shade = part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
    SIZE_WORDS.contains(&part) || (part.starts_with(|c: char| c.is_ascii_alphanumeric()) && !shade)
}

fn name(part: &str) -> String {
    display_text(part).chars().take(NAME_CHARS_MAX).collect()
}

/// What a comment wishes for, by its intent, its topic and what it names; nothing if it does not count. `stage` is the item on
/// stage, which is meant where no other is named.
pub(crate) fn wishes(event: &Event, stage: Option<&str>) -> Vec<WishKey> {
    if !event.counts() {
        return Vec::new();
    }
    let named = event.named.as_deref().map(Named::of).unwrap_or_default();
    let variants = named.variants();
    let Some(kind) = kind(event, !variants.is_empty()) else { return Vec::new() };
    let product = event.product.clone().or_else(|| stage.filter(|_| named.link.is_none()).map(str::to_owned));
    let link = named.link.filter(|_| product.is_none());
    let key =
        |(colour, size)| WishKey { product: product.clone(), link, wanted: Wanted { kind, colour, size } };
    if variants.is_empty() {
        return vec![key((None, None))];
    }
    variants.into_iter().map(key).collect()
}

fn kind(event: &Event, names_variant: bool) -> Option<WishKind> {
    let of = |table: &[(&str, WishKind)], code: &str| {
        table.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind)
    };
    let variant = names_variant.then_some(WishKind::Variant);
    match (event.topic.as_deref(), event.intent.as_deref()) {
        (Some(topic), _) if NO_WISH.contains(&topic) => None,
        (Some(topic), _) if OF_VARIANTS.contains(&topic) => variant,
        (Some(topic), intent) => {
            let by_intent = || intent.and_then(|intent| of(INTENTS, intent));
            of(TOPICS, topic).or_else(by_intent)
        }
        (None, Some("stock")) => variant,
        (None, Some(intent)) => of(INTENTS, intent),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;

    use super::*;
    use crate::event::{Kind, Quality};

    fn comment(intent: Option<&str>, topic: Option<&str>, named: Option<&str>) -> Event {
        let mut event = Event::new("c", Millis(0), Kind::Comment);
        event.intent = intent.map(str::to_owned);
        event.topic = topic.map(str::to_owned);
        event.named = named.map(str::to_owned);
        event
    }

    fn wanted(event: &Event) -> Vec<(WishKind, Option<String>, Option<String>)> {
        let all = wishes(event, Some("coat")).into_iter().map(|key| key.wanted);
        all.map(|it| (it.kind, it.colour, it.size)).collect()
    }

    #[test]
    fn what_is_named_falls_into_link_colours_and_sizes() {
        let named = Named::of("3号 红色 藏蓝 01 2XL 75B 均码 160cm 55kg");
        assert_eq!(named.link, Some(3));
        assert_eq!(named.colours, ["红色", "藏蓝", "01"]);
        assert_eq!(named.sizes, ["2XL", "75B", "均码"]);
        assert_eq!(named.variants().len(), 3);
    }

    #[test]
    fn a_wish_wants_something_that_is_offered_or_should_be() {
        let red = || Some("红色".to_owned());
        for (intent, topic, named, expected) in [
            (Some("stock"), Some("stock.restock"), None, vec![(WishKind::Restock, None, None)]),
            (Some("stock"), Some("stock.restock"), Some("红色"), vec![(WishKind::Restock, red(), None)]),
            (Some("stock"), Some("stock.variant"), Some("红色"), vec![(WishKind::Variant, red(), None)]),
            (Some("stock"), Some("stock.has"), None, vec![]),
            (Some("stock"), None, Some("红色"), vec![(WishKind::Variant, red(), None)]),
            (Some("stock"), None, None, vec![]),
            (Some("link"), Some("order.which_no"), None, vec![(WishKind::Link, None, None)]),
            (Some("link"), Some("order.cannot_open"), None, vec![]),
            (Some("request_show"), None, None, vec![(WishKind::Show, None, None)]),
            (Some("price"), Some("price.now"), Some("红色"), vec![]),
            (Some("size"), Some("size.choose"), Some("L 160cm"), vec![]),
            (None, Some("stock.variant"), Some("红色"), vec![(WishKind::Variant, red(), None)]),
            (None, None, Some("红色"), vec![]),
        ] {
            assert_eq!(wanted(&comment(intent, topic, named)), expected, "{intent:?} {topic:?} {named:?}");
        }
    }

    #[test]
    fn the_link_that_is_named_decides_and_otherwise_the_item_on_stage() {
        let mut event = comment(Some("stock"), Some("stock.restock"), Some("3号"));
        let key = |event: &Event| {
            wishes(event, Some("coat")).into_iter().map(|key| (key.product, key.link)).next().unwrap()
        };
        assert_eq!(key(&event), (None, Some(3)), "not in the line-up, so nobody knows which");
        event.product = Some("tee".to_owned());
        assert_eq!(key(&event), (Some("tee".to_owned()), None));
        (event.product, event.named) = (None, None);
        assert_eq!(key(&event), (Some("coat".to_owned()), None));
    }

    #[test]
    fn what_does_not_count_wishes_nothing() {
        let mut event = comment(Some("link"), None, None);
        event.quality = Some(Quality::History);
        assert_eq!(wishes(&event, None), []);
    }
}
