//! What the writer of a comment wants.

/// The ten kinds of comment (意图), in the order in which they win where several fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Advertising, scams, floods.
    Spam,
    /// An accusation or a negative judgement.
    Complaint,
    /// About the writer's own order or goods.
    Aftersale,
    /// Announces having bought or paid.
    Order,
    /// The shop is to offer, show or do something before the sale.
    Demand,
    /// Asks for information.
    Question,
    /// Doubt and reluctance.
    Hesitation,
    /// Answers a call of the host, or bare reaction.
    Wave,
    /// Something good about the product, the host or the shop.
    Praise,
    /// Everything else.
    Chat,
}

impl Act {
    /// All, in order.
    pub const ALL: [Act; 10] = [
        Act::Spam,
        Act::Complaint,
        Act::Aftersale,
        Act::Order,
        Act::Demand,
        Act::Question,
        Act::Hesitation,
        Act::Wave,
        Act::Praise,
        Act::Chat,
    ];

    /// Its code in files.
    pub fn code(self) -> &'static str {
        match self {
            Act::Spam => "spam",
            Act::Complaint => "complaint",
            Act::Aftersale => "aftersale",
            Act::Order => "order",
            Act::Demand => "demand",
            Act::Question => "question",
            Act::Hesitation => "hesitation",
            Act::Wave => "wave",
            Act::Praise => "praise",
            Act::Chat => "chat",
        }
    }

    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }
}
