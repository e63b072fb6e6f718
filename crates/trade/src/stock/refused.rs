//! Why a movement was not recorded.

use livehand_kernel::{Phrase, SkuId};

use super::RecipeFault;

/// Why a movement was not recorded; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer are in front of the buyers than are asked for.
    #[error("{sku}: {wanted} wanted, {shown} in front")]
    Short {
        /// Which SKU, also where a bundle was asked for.
        sku: SkuId,
        /// Units asked for.
        wanted: i64,
        /// Units that can be had.
        shown: i64,
        /// Units that are available but locked.
        locked: i64,
    },
    /// Fewer are reserved.
    #[error("{sku}: {wanted} to be taken from {reserved} reserved")]
    NotReserved {
        /// Which SKU.
        sku: SkuId,
        /// Units meant.
        wanted: i64,
        /// Units that are reserved.
        reserved: i64,
    },
    /// Fewer were sold.
    #[error("{sku}: {wanted} to come back of {sold} sold")]
    NotSold {
        /// Which SKU.
        sku: SkuId,
        /// Units meant.
        wanted: i64,
        /// Units that were sold.
        sold: i64,
    },
    /// Fewer are locked.
    #[error("{sku}: {wanted} to be released of {locked} locked")]
    NotLocked {
        /// Which SKU.
        sku: SkuId,
        /// Units meant.
        wanted: i64,
        /// Units that are locked.
        locked: i64,
    },
    /// Units that are reserved would be gone: somebody was promised what is not there.
    #[error("{sku}: {lost} are gone, but only {free} are not promised to anybody")]
    Promised {
        /// Which SKU.
        sku: SkuId,
        /// Units that are gone.
        lost: i64,
        /// Units that nobody was promised.
        free: i64,
    },
    /// The buffer cannot have so many.
    #[error("{sku}: {wanted} more for the buffer, {available} available")]
    BufferShort {
        /// Which SKU.
        sku: SkuId,
        /// Units to be held back in addition.
        wanted: i64,
        /// Units that are available.
        available: i64,
    },
    /// A quantity that makes no sense for this kind.
    #[error("{sku}: the quantity {quantity} makes no sense")]
    Quantity {
        /// Which SKU.
        sku: SkuId,
        /// What was given.
        quantity: i64,
    },
    /// More units than the books can hold.
    #[error("{sku}: more than the books can hold")]
    TooMany {
        /// Which SKU.
        sku: SkuId,
    },
    /// A bundle has no stock of its own.
    #[error("{sku} is a bundle and has no stock of its own")]
    Bundle {
        /// Which bundle.
        sku: SkuId,
    },
    /// The id was used for another movement.
    #[error("the id {id} was used for another movement")]
    IdUsed {
        /// The id.
        id: String,
    },
    /// The recipe leads nowhere.
    #[error(transparent)]
    Recipe(#[from] RecipeFault),
}

impl Refused {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Short { .. } => "stock_short",
            Refused::NotReserved { .. } => "stock_not_reserved",
            Refused::NotSold { .. } => "stock_not_sold",
            Refused::NotLocked { .. } => "stock_not_locked",
            Refused::Promised { .. } => "stock_promised",
            Refused::BufferShort { .. } => "stock_buffer_short",
            Refused::Quantity { .. } => "stock_quantity",
            Refused::TooMany { .. } => "stock_too_many",
            Refused::Bundle { .. } => "stock_bundle",
            Refused::IdUsed { .. } => "movement_id_used",
            Refused::Recipe(fault) => fault.code(),
        }
    }

    /// For people.
    pub fn phrase(&self) -> Phrase {
        match self {
            Refused::Short { sku, wanted, shown, locked: 0 } => Phrase::new(
                format!("{sku}: {wanted} wanted, only {shown} can be sold"),
                format!("{sku}：需要 {wanted} 件，可售只剩 {shown} 件"),
            ),
            Refused::Short { sku, wanted, shown, locked } => Phrase::new(
                format!("{sku}: {wanted} wanted, only {shown} can be sold; {locked} more are locked"),
                format!("{sku}：需要 {wanted} 件，可售只剩 {shown} 件，另有 {locked} 件锁着"),
            ),
            Refused::NotReserved { sku, wanted, reserved } => Phrase::new(
                format!("{sku}: {wanted} were to be taken from what is reserved, which is {reserved}"),
                format!("{sku}：要动用占用 {wanted} 件，实际只占用了 {reserved} 件"),
            ),
            Refused::NotSold { sku, wanted, sold } => Phrase::new(
                format!("{sku}: {wanted} are said to come back, {sold} were sold"),
                format!("{sku}：要退回 {wanted} 件，实际只卖出 {sold} 件"),
            ),
            Refused::NotLocked { sku, wanted, locked } => Phrase::new(
                format!("{sku}: {wanted} were to be released, {locked} are locked"),
                format!("{sku}：要放 {wanted} 件，实际只锁了 {locked} 件"),
            ),
            Refused::Promised { sku, lost, free } => Phrase::new(
                format!(
                    "{sku}: {lost} are gone, but only {free} are not promised to anybody; settle the held orders first"
                ),
                format!("{sku}：少了 {lost} 件，而没被订单占用的只有 {free} 件，请先处理已占用的订单"),
            ),
            Refused::BufferShort { sku, wanted, available } => Phrase::new(
                format!("{sku}: the buffer needs {wanted} more, {available} are available"),
                format!("{sku}：机动还要留 {wanted} 件，可用只有 {available} 件"),
            ),
            Refused::Quantity { sku, quantity } => Phrase::new(
                format!("{sku}: the quantity {quantity} makes no sense here"),
                format!("{sku}：数量 {quantity} 不合理"),
            ),
            Refused::TooMany { sku } => Phrase::new(
                format!("{sku}: more units than the books can hold"),
                format!("{sku}：数量超出台账上限"),
            ),
            Refused::Bundle { sku } => Phrase::new(
                format!("{sku} is a bundle: move its parts"),
                format!("{sku} 是组合品，没有自己的库存，请对组成它的单品操作"),
            ),
            Refused::IdUsed { id } => Phrase::new(
                format!("The id {id} was used for another movement"),
                format!("编号 {id} 已经用于另一笔变动"),
            ),
            Refused::Recipe(fault) => fault.phrase(),
        }
    }
}
