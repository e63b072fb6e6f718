//! A fact (事实) of a product has versions, and whatever is said quotes one of them.

use serde::{Deserialize, Serialize};

use crate::{ProductId, SkuId};

/// Which fact: a field of a product, or of one of its SKUs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FactKey {
    /// The product.
    pub product: ProductId,
    /// Its SKU, where the field is the SKU's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
    /// Code of the field: `live_price`, `gifts`, `stock`, …
    pub field: String,
}

/// A fact as it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FactRef {
    /// Which fact.
    #[serde(flatten)]
    pub fact: FactKey,
    /// Its version, from 1.
    pub version: i64,
}
