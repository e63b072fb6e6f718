//! The intents, in the order in which they win.

/// What a comment wants. The order of the variants is the order of precedence when several are equally clear: what can
/// hurt a person or a sale comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intent {
    /// A phone number or an address that does not belong on a public screen.
    PrivateInfo,
    /// Advertising, contact hunting, floods.
    Spam,
    /// An accusation, a threat to report, harm.
    Complain,
    /// The stream itself: no sound, stutter, black screen.
    Tech,
    /// The writer's own order: wrong item, wrong address, cannot pay.
    OrderHelp,
    /// Returns, exchanges, refunds, return-freight insurance.
    Return,
    /// Genuine or not, authorisation.
    Auth,
    /// What is in it, who may use it.
    Ingredient,
    /// Size, fit, measurements.
    Size,
    /// Whether it is there, when it comes back.
    Stock,
    /// Coupons, vouchers, thresholds.
    Coupon,
    /// When and how it is shipped.
    Ship,
    /// Where to buy it, which number it has.
    Link,
    /// What it costs.
    Price,
    /// How it is used or cared for.
    Usage,
    /// Against another shop or product.
    Compare,
    /// Show it again, try it on, come closer.
    RequestShow,
    /// Draws, lucky bags, gifts of the show.
    Event,
    /// Doubt and postponement.
    Hesitate,
    /// Praise of the product, the host or the shop.
    Praise,
    /// A greeting or a farewell.
    Greet,
    /// A question about goods that no other intent covers.
    OtherQuestion,
}

impl Intent {
    /// All intents in the order of precedence.
    pub const ALL: [Intent; 22] = [
        Intent::PrivateInfo,
        Intent::Spam,
        Intent::Complain,
        Intent::Tech,
        Intent::OrderHelp,
        Intent::Return,
        Intent::Auth,
        Intent::Ingredient,
        Intent::Size,
        Intent::Stock,
        Intent::Coupon,
        Intent::Ship,
        Intent::Link,
        Intent::Price,
        Intent::Usage,
        Intent::Compare,
        Intent::RequestShow,
        Intent::Event,
        Intent::Hesitate,
        Intent::Praise,
        Intent::Greet,
        Intent::OtherQuestion,
    ];

    /// The value of the event key `intent`.
    pub fn code(self) -> &'static str {
        match self {
            Intent::PrivateInfo => "private_info",
            Intent::Spam => "spam",
            Intent::Complain => "complain",
            Intent::Tech => "tech",
            Intent::OrderHelp => "order_help",
            Intent::Return => "return",
            Intent::Auth => "auth",
            Intent::Ingredient => "ingredient",
            Intent::Size => "size",
            Intent::Stock => "stock",
            Intent::Coupon => "coupon",
            Intent::Ship => "ship",
            Intent::Link => "link",
            Intent::Price => "price",
            Intent::Usage => "usage",
            Intent::Compare => "compare",
            Intent::RequestShow => "request_show",
            Intent::Event => "event",
            Intent::Hesitate => "hesitate",
            Intent::Praise => "praise",
            Intent::Greet => "greet",
            Intent::OtherQuestion => "other_question",
        }
    }

    /// Whether the viewer waits for an answer. `live` opens a question card for the same intents.
    pub fn is_question(self) -> bool {
        !matches!(
            self,
            Intent::PrivateInfo
                | Intent::Spam
                | Intent::Complain
                | Intent::Tech
                | Intent::Event
                | Intent::Hesitate
                | Intent::Praise
                | Intent::Greet
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Intent;

    #[test]
    fn every_intent_is_listed_once_and_has_its_own_code() {
        let codes: std::collections::BTreeSet<_> = Intent::ALL.iter().map(|intent| intent.code()).collect();
        assert_eq!(codes.len(), Intent::ALL.len());
        assert!(Intent::ALL.is_sorted());
    }
}
