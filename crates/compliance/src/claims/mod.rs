//! What may be claimed of a price, a stock, a gift or a deadline, and on what evidence (宣称与证据).
//!
//! [`judge`] looks at a claim and at the facts, and only where the facts bear it out there is a [`Proved`] with words. A
//! `Proved` cannot be made anywhere else, so whatever shows a claim to viewers takes one, and a claim without evidence has
//! nothing to show:
//!
//! ```compile_fail
//! use livehand_compliance::claims::Proved;
//! use livehand_kernel::Phrase;
//! let made_up = Proved { text: Phrase::literal("全网最低"), holds_until: None };
//! ```

mod evidence;
mod facts;
mod judge;
mod prices;
mod verdict;

pub use evidence::{
    Evidence, GiftProof, LowestProof, MsrpProof, OfferProof, ProtectProof, RaisedProof, ReferenceProof,
    SalesProof, StockProof, StretchProof,
};
pub use judge::{MSRP_AGE_DAYS_MAX, MSRP_NAME, STOCK_AGE_MS_MAX, judge};
pub use verdict::{Judged, Proved, Reason, Signal, Verdict};

use livehand_kernel::{Fen, Millis, Phrase, ProductId, SkuId};
use serde::{Deserialize, Serialize};

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// The price that a promotion is compared with (划线价, 原价).
    ReferencePrice,
    /// The lowest of the last days (近 N 天最低).
    LowestInDays,
    /// The lowest ever (历史最低, 史低).
    HistoricLow,
    /// A reduction: so many tenths of a price, or so much off (折扣, 直降).
    Discount,
    /// A gift, and what it is worth (赠品价值).
    GiftValue,
    /// Only so many pieces (限量, 仅剩).
    LimitedStock,
    /// Only until some moment (限时, 截止).
    Deadline,
    /// The maker's suggested retail price (厂商建议零售价).
    Msrp,
    /// So many were sold (销量).
    SalesCount,
    /// The difference is paid back if the price falls (保价).
    PriceProtect,
}

impl ClaimKind {
    /// Every kind.
    pub const ALL: [ClaimKind; 10] = [
        ClaimKind::ReferencePrice,
        ClaimKind::LowestInDays,
        ClaimKind::HistoricLow,
        ClaimKind::Discount,
        ClaimKind::GiftValue,
        ClaimKind::LimitedStock,
        ClaimKind::Deadline,
        ClaimKind::Msrp,
        ClaimKind::SalesCount,
        ClaimKind::PriceProtect,
    ];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            ClaimKind::ReferencePrice => "reference_price",
            ClaimKind::LowestInDays => "lowest_in_days",
            ClaimKind::HistoricLow => "historic_low",
            ClaimKind::Discount => "discount",
            ClaimKind::GiftValue => "gift_value",
            ClaimKind::LimitedStock => "limited_stock",
            ClaimKind::Deadline => "deadline",
            ClaimKind::Msrp => "msrp",
            ClaimKind::SalesCount => "sales_count",
            ClaimKind::PriceProtect => "price_protect",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What the rule rests on.
    pub fn legal_basis(self) -> &'static str {
        match self {
            ClaimKind::ReferencePrice => "《明码标价和禁止价格欺诈规定》第十六条、第十七条",
            ClaimKind::LowestInDays | ClaimKind::HistoricLow => {
                "《广告法》第九条、第二十八条；《明码标价和禁止价格欺诈规定》第十九条"
            }
            ClaimKind::Discount => {
                "《明码标价和禁止价格欺诈规定》第十六条、第十七条；《直播电商监督管理办法》第三十二条"
            }
            ClaimKind::GiftValue => "《明码标价和禁止价格欺诈规定》第十八条",
            ClaimKind::LimitedStock | ClaimKind::SalesCount => {
                "《广告法》第二十八条；《反不正当竞争法》第九条；《电子商务法》第十七条"
            }
            ClaimKind::Deadline => "《广告法》第二十八条；《明码标价和禁止价格欺诈规定》第十九条",
            ClaimKind::Msrp => "《明码标价和禁止价格欺诈规定》第十六条",
            ClaimKind::PriceProtect => "《明码标价和禁止价格欺诈规定》第十九条；《消费者权益保护法》第二十条",
        }
    }
}

/// Where the claim is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ClaimScope))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// In this live room (本直播间).
    LiveRoom,
    /// In this shop (本店).
    Shop,
    /// On the whole net (全网), which nobody can prove.
    WholeNet,
    /// In the whole country (全国), which nobody can prove either.
    Nationwide,
}

impl Scope {
    pub(crate) fn phrase(self) -> Phrase {
        match self {
            Scope::LiveRoom => Phrase::new("in this live room", "本直播间"),
            Scope::Shop => Phrase::new("in this shop", "本店"),
            Scope::WholeNet => Phrase::new("on the whole net", "全网"),
            Scope::Nationwide => Phrase::new("nationwide", "全国"),
        }
    }
}

/// The numbers of a claim; which of them it needs depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ClaimNumbers))]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The price claimed: what is compared with, the lowest, the worth of all gifts, the maker's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Fen>,
    /// So many days: of the lowest price, or of the protection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Of a discount: what is still to be paid, in hundredths (8.5 折 is 85).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<i64>,
    /// Of a discount: so much off (直降).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Fen>,
    /// Pieces: left, sold, or given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// Whether `quantity` is only a bound: more than so many were sold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// Name of the gift, or what the maker's price is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// When and where the price that is compared with was paid, for a comparison that says so (详细比较信息). It ends before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ClaimDetail))]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// From when on.
    pub from: Millis,
    /// Until when.
    pub to: Millis,
}

/// Something that somebody wants to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Of which product.
    pub product: ProductId,
    /// Of which of its SKUs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
    /// What.
    pub kind: ClaimKind,
    /// Where it is to hold.
    pub scope: Scope,
    /// With which numbers.
    #[serde(default)]
    pub numbers: Numbers,
    /// When the price that is compared with was paid, if the comparison says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// With which words the card and the host say what a reduction is compared with (折扣基准).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// What somebody adds as proof: addresses, names of files, hashes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}
