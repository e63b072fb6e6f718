//! What a check looks at.

use std::collections::BTreeSet;

use livehand_kernel::{Fen, Millis, ProductId, SkuId};

use crate::offers::{Line, Promotion};

/// Everything that is known of one order.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// When it was bought.
    pub bought_at: Millis,
    /// Its lines.
    pub lines: Vec<LineFacts>,
    /// What was paid for all of it.
    pub paid: Option<Fen>,
    /// What is the matter with its recipient, as far as that is known.
    pub recipient: Vec<RecipientDefect>,
    /// The promotions that held when it was bought.
    pub promotions: Vec<Promotion>,
    /// What was promised with its lines, apart from promotions.
    pub gifts: Vec<GiftPromised>,
    /// Gifts that the warehouse adds by itself, by the SKU that they come with.
    pub added: BTreeSet<SkuId>,
    /// How much the buyer may have.
    pub limits: Vec<LimitOf>,
    /// An earlier order of the same buyer with the same lines and the same recipient, paid within the window.
    pub duplicate_of: Option<String>,
    /// What the buyer said.
    pub said: Vec<Said>,
}

/// A line of the order.
#[derive(Clone, Debug)]
pub struct LineFacts {
    /// Its id within the order.
    pub id: String,
    /// What was bought, as the order names it.
    pub sku: SkuId,
    /// The product that the order names beside it.
    pub product: Option<ProductId>,
    /// How many.
    pub quantity: i64,
    /// What was paid for all of them.
    pub paid: Option<Fen>,
    /// What the catalogue knows of it.
    pub article: Option<Article>,
}

/// What the catalogue knows of something that was bought.
#[derive(Clone, Debug)]
pub struct Article {
    /// Its product.
    pub product: ProductId,
    /// Whether the product itself is named, and no SKU.
    pub whole: bool,
    /// When it was taken out of use.
    pub ended_at: Option<Millis>,
    /// What it cost at that second, as offers have it; nothing if nobody had set a price.
    pub price: Option<Priced>,
    /// All SKUs of its product.
    pub variants: Vec<Variant>,
}

/// A price that was in force.
#[derive(Clone, Debug)]
pub struct Priced {
    /// As a basket has it.
    pub line: Line,
}

/// A SKU with what it is called by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its id.
    pub sku: SkuId,
    /// Whether it can be sold.
    pub in_use: bool,
    /// Colours of it.
    pub colours: Vec<String>,
    /// Sizes of it.
    pub sizes: Vec<String>,
}

/// A mistake in the recipient, by its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientDefect {
    /// Its code, such as `missing_province`.
    pub code: String,
    /// Whether exactly one correction is right.
    pub fixable: bool,
}

/// A gift that was promised with a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftPromised {
    /// With which product.
    pub product: ProductId,
    /// Its SKU.
    pub sku: SkuId,
    /// Pieces for one order.
    pub quantity: i64,
}

/// How much of something a buyer may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitOf {
    /// Lines of this order that count.
    pub lines: Vec<String>,
    /// The most.
    pub limit: i64,
    /// What this order has.
    pub here: i64,
    /// What the buyer's orders before have.
    pub before: i64,
}

/// What a buyer says that they did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Another size, colour or product than they wanted.
    Variant,
    /// Another number of units.
    Quantity,
    /// Another recipient or address.
    Recipient,
    /// They want to have it sent as something else, without saying that it was wrong.
    Change,
}

/// Where a buyer said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidIn {
    /// In the room, as the comment with this sequence.
    Room(u64),
    /// In the remark of the order.
    Remark,
}

/// Something that the buyer said, as far as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Millis,
    /// Where.
    pub place: SaidIn,
    /// The product that it names by its link.
    pub product: Option<ProductId>,
    /// Colours that it names.
    pub colours: Vec<String>,
    /// Sizes that it names.
    pub sizes: Vec<String>,
    /// A mistake that it speaks of.
    pub mistake: Option<Mistake>,
    /// Whether it says which variant is wanted, and asks nothing.
    pub wants: bool,
}
