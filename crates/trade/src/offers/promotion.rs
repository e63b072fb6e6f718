//! What a promotion (优惠) is: what it takes off, from which products, when, for whom, and with what it combines.

use livehand_kernel::{Fen, Millis, ProductId, PromotionId, SkuId};
use serde::{Deserialize, Serialize};

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Id.
    pub id: PromotionId,
    /// As the crew calls it: 会员 95 折.
    pub name: String,
    /// What it does.
    pub rule: Rule,
    /// For what.
    #[serde(default)]
    pub scope: Scope,
    /// When it begins.
    pub from: Millis,
    /// When it has ended: it does not hold at this instant any more.
    pub to: Millis,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
    /// Units of a line that one buyer may have at an item's price, and whether a coupon can be used at all: at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_buyer: Option<i64>,
    /// Coupons, gifts or units at an item's price that there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<i64>,
    /// Promotions of one group are not combined. If absent, all promotions of a layer are one group; gifts and free shipping
    /// then combine with everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Promotions that it is never combined with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<PromotionId>,
    /// Promotions of its own group that it is combined with all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stackable_with: Vec<PromotionId>,
}

/// What a promotion does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PromotionRule))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Another price of an item: 直播价, 会员价, 秒杀价.
    ItemPrice {
        /// Which of them.
        price: PriceKind,
        /// The price of one unit.
        price_fen: Fen,
    },
    /// A part of the item's price: 95 折.
    ItemPercent {
        /// What is still paid, in percent: 95 for 95 折.
        pays_percent: i64,
    },
    /// 满 300 减 40, or 每满 300 减 40.
    FullReduction {
        /// What the amount must reach.
        threshold_fen: Fen,
        /// What is taken off.
        off_fen: Fen,
        /// Whether it is taken off for every time that the threshold is reached (每满).
        #[serde(default)]
        every_step: bool,
        /// The most that is taken off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap_fen: Option<Fen>,
    },
    /// 满 2 件 8 折.
    QuantityDiscount {
        /// Units that must be bought.
        quantity: i64,
        /// What is still paid, in percent.
        pays_percent: i64,
    },
    /// A coupon of the shop (店铺券).
    Coupon {
        /// What the amount must reach; 0 for none (无门槛).
        threshold_fen: Fen,
        /// What is taken off.
        off: Off,
    },
    /// A coupon of the platform (平台券).
    PlatformCoupon {
        /// What the amount must reach; 0 for none.
        threshold_fen: Fen,
        /// What is taken off.
        off: Off,
        /// Which part of it the shop bears, in percent; the platform gives back the rest.
        #[serde(default = "all")]
        shop_bears_percent: i64,
    },
    /// For how it is paid, or for being a member (支付立减, 会员立减).
    Payment {
        /// What the amount must reach; 0 for none.
        threshold_fen: Fen,
        /// What is taken off.
        off: Off,
    },
    /// A gift (赠品).
    Gift {
        /// What is given.
        name: String,
        /// The SKU that is given, where it is one of ours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sku: Option<SkuId>,
        /// Pieces of it.
        quantity: i64,
        /// What one piece costs the shop.
        cost_fen: Fen,
        /// What the amount must reach; 0 for none.
        #[serde(default)]
        threshold_fen: Fen,
        /// Units that must be bought: at least 1.
        #[serde(default = "one")]
        units: i64,
        /// Whether it is given for every so many units (每买).
        #[serde(default)]
        every_step: bool,
    },
    /// The order is sent free of charge (包邮).
    FreeShipping {
        /// What the amount must reach; 0 for none.
        threshold_fen: Fen,
    },
}

fn all() -> i64 {
    100
}

fn one() -> i64 {
    1
}

/// Which price of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PromotionPrice))]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// 直播价.
    Live,
    /// 会员价.
    Member,
    /// 秒杀价.
    Flash,
}

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = CouponOff))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Off {
    /// An amount.
    Amount {
        /// How much.
        off_fen: Fen,
    },
    /// A part.
    Percent {
        /// What is still paid, in percent.
        pays_percent: i64,
        /// The most that is taken off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap_fen: Option<Fen>,
    },
}

/// What a promotion is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PromotionScope))]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// The whole shop.
    #[default]
    All,
    /// Some products.
    Products {
        /// Which.
        products: Vec<ProductId>,
    },
    /// Some SKUs.
    Skus {
        /// Which.
        skus: Vec<SkuId>,
    },
    /// Some categories.
    Categories {
        /// Their codes.
        categories: Vec<String>,
    },
}

/// For whom a promotion is. One buyer can be all of it: whoever joins today is new, a member and a follower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PromotionAudience))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    #[default]
    Everyone,
    /// 会员.
    Members,
    /// 新客.
    NewCustomers,
    /// 粉丝.
    Followers,
}

/// The layers (层) of a price, in the order in which they are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PromotionLayer))]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The price of one unit: live, member or flash sale.
    ItemPrice,
    /// A part of the price of one unit.
    ItemDiscount,
    /// The shop's discounts from a threshold on (满减, 满件折).
    ShopThreshold,
    /// The shop's coupons.
    ShopCoupon,
    /// The platform's coupons.
    PlatformCoupon,
    /// How it is paid.
    Payment,
    /// Gifts and free shipping: they change what the shop earns, not what is paid for the goods.
    Extra,
}

impl Rule {
    /// The layer in which it is computed.
    pub fn layer(&self) -> Layer {
        match self {
            Rule::ItemPrice { .. } => Layer::ItemPrice,
            Rule::ItemPercent { .. } => Layer::ItemDiscount,
            Rule::FullReduction { .. } | Rule::QuantityDiscount { .. } => Layer::ShopThreshold,
            Rule::Coupon { .. } => Layer::ShopCoupon,
            Rule::PlatformCoupon { .. } => Layer::PlatformCoupon,
            Rule::Payment { .. } => Layer::Payment,
            Rule::Gift { .. } | Rule::FreeShipping { .. } => Layer::Extra,
        }
    }
}

impl Scope {
    /// Whether it covers a line.
    pub fn covers(&self, product: &ProductId, sku: Option<&SkuId>, category: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Products { products } => products.contains(product),
            Scope::Skus { skus } => sku.is_some_and(|sku| skus.contains(sku)),
            Scope::Categories { categories } => categories.iter().any(|code| code == category),
        }
    }
}

impl Promotion {
    /// Whether it holds at `at`, and there is still some of it.
    pub fn holds(&self, at: Millis) -> bool {
        self.from <= at && at < self.to && self.stock.is_none_or(|stock| stock > 0)
    }

    /// Whether a line may carry both: neither excludes the other, and they are of different groups or say that they stack.
    pub fn combines_with(&self, other: &Promotion) -> bool {
        let excluded = self.excludes.contains(&other.id) || other.excludes.contains(&self.id);
        let stacks = self.stackable_with.contains(&other.id) || other.stackable_with.contains(&self.id);
        let prices = |one: &Promotion| one.rule.layer() == Layer::ItemPrice;
        !(excluded || (prices(self) && prices(other)) || (self.same_group(other) && !stacks))
    }

    fn same_group(&self, other: &Promotion) -> bool {
        match (&self.group, &other.group) {
            (Some(own), Some(theirs)) => own == theirs,
            (None, None) => self.rule.layer() == other.rule.layer() && self.rule.layer() != Layer::Extra,
            _ => false,
        }
    }

    /// Units of one line for which its price can be had in one order.
    pub fn units_max(&self) -> i64 {
        self.limit_per_buyer.unwrap_or(i64::MAX).min(self.stock.unwrap_or(i64::MAX))
    }
}
