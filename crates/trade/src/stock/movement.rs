//! What changes a stock, and why.

use livehand_kernel::{Millis, PersonId, SkuId};
use serde::{Deserialize, Serialize};

/// Most units in one movement; a thousand of them stay far below what the sums can hold.
pub const QUANTITY_MAX: i64 = 1_000_000_000;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        $(#[$doc])*
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code used in the API and the database.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// What a movement does. Its quantity is a number of units unless said otherwise.
    #[cfg_attr(feature = "schema", schema(as = MovementKind))]
    Kind {
        /// Goods came in (入库).
        Received = "received",
        /// The books were wrong by so much; may be negative (调整).
        Adjusted = "adjusted",
        /// So many lie there unsold, whatever the books say (盘点).
        Counted = "counted",
        /// Held for an order (占用).
        Reserved = "reserved",
        /// A hold ended without a sale (释放占用).
        Unreserved = "unreserved",
        /// Sold without a hold (售出).
        Sold = "sold",
        /// What was held is sold (占用转售出).
        SoldReserved = "sold_reserved",
        /// Sold goods came back, or never left (退回).
        Returned = "returned",
        /// Gone for good: damaged, expired, used as a sample (报损).
        WrittenOff = "written_off",
        /// The buffer has so many units from now on (机动库存).
        BufferSet = "buffer_set",
        /// The buffer is so many percent of what is unsold, now and when goods come in (机动比例).
        BufferShareSet = "buffer_share_set",
        /// Put in front of the buyers again (放库存).
        Released = "released",
        /// Available, but not in front of the buyers (锁库存).
        Locked = "locked",
    }
}

impl Kind {
    /// Whether a bundle can move so, through its parts.
    pub fn is_of_orders(self) -> bool {
        matches!(self, Kind::Reserved | Kind::Unreserved | Kind::Sold | Kind::SoldReserved | Kind::Returned)
    }

    /// Whether it may add to what is in front of the buyers units that no order had taken from there.
    pub fn may_add_to_front(self) -> bool {
        matches!(
            self,
            Kind::Received | Kind::Adjusted | Kind::Counted | Kind::BufferSet | Kind::BufferShareSet
        )
    }

    /// The quantities that make sense.
    pub fn quantities(self) -> std::ops::RangeInclusive<i64> {
        match self {
            Kind::Adjusted => -QUANTITY_MAX..=QUANTITY_MAX,
            Kind::Counted | Kind::BufferSet => 0..=QUANTITY_MAX,
            Kind::BufferShareSet => 0..=100,
            _ => 1..=QUANTITY_MAX,
        }
    }

    /// The reasons that it may have; the first is the usual one.
    pub fn reasons(self) -> &'static [Reason] {
        match self {
            Kind::Received => &[Reason::Purchase, Reason::Opening, Reason::Transfer],
            Kind::Adjusted => &[Reason::Correction, Reason::Missing, Reason::Transfer],
            Kind::Counted => &[Reason::Stocktake],
            Kind::Reserved => &[Reason::Order, Reason::Sample],
            Kind::Unreserved => &[Reason::HoldExpired, Reason::OrderCancelled, Reason::Correction],
            Kind::Sold | Kind::SoldReserved => &[Reason::Order],
            Kind::Returned => {
                &[Reason::CustomerReturn, Reason::Intercepted, Reason::OrderCancelled, Reason::Correction]
            }
            Kind::WrittenOff => &[Reason::Damaged, Reason::PastDate, Reason::Sample, Reason::Missing],
            Kind::BufferSet | Kind::BufferShareSet => &[Reason::Plan, Reason::Shortage],
            Kind::Released | Kind::Locked => &[Reason::Plan, Reason::Show, Reason::Shortage],
        }
    }
}

codes! {
    /// Why something moved.
    #[cfg_attr(feature = "schema", schema(as = MovementReason))]
    Reason {
        /// Bought in (采购入库).
        Purchase = "purchase",
        /// What was there when the books were opened (期初).
        Opening = "opening",
        /// From or to another warehouse (调拨).
        Transfer = "transfer",
        /// Counted (盘点).
        Stocktake = "stocktake",
        /// Something was entered wrongly (录入更正).
        Correction = "correction",
        /// Not where it should be (丢失).
        Missing = "missing",
        /// An order (订单).
        Order = "order",
        /// It was not paid in time (超时未付).
        HoldExpired = "hold_expired",
        /// The order was cancelled (订单取消).
        OrderCancelled = "order_cancelled",
        /// Sent back (客户退货).
        CustomerReturn = "customer_return",
        /// Pulled back before it arrived (拦截退回).
        Intercepted = "intercepted",
        /// Broken (破损).
        Damaged = "damaged",
        /// Past its date (过期).
        PastDate = "past_date",
        /// Used as a sample (样品).
        Sample = "sample",
        /// As planned for the show (备播计划).
        Plan = "plan",
        /// The course of the show asks for it (直播节奏).
        Show = "show",
        /// Too little is left (库存紧张).
        Shortage = "shortage",
    }
}

/// One movement. Movements are never changed; what was wrong is put right by another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Chosen by whoever records it; the same id counts once.
    pub id: String,
    /// What moves: a SKU or a bundle.
    pub sku: SkuId,
    /// How.
    pub kind: Kind,
    /// How much.
    pub quantity: i64,
    /// Whether what it adds stays locked until it is released, as it must while a show is on air.
    pub locked: bool,
    /// When it happened.
    pub at: Millis,
    /// Why.
    pub reason: Reason,
    /// In somebody's own words.
    pub note: String,
    /// Who recorded it.
    pub by: PersonId,
    /// Their name at the time.
    pub by_name: String,
    /// manual, sheet, webhook, connector, change:<id>, …
    pub source: String,
    /// The order that it belongs to.
    pub order: Option<String>,
}
