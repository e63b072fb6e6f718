//! Ids are text, so that they survive JSON, two databases and platforms that have their own.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A source of randomness, passed in by whoever owns one.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// A version 7 UUID (RFC 9562) of the given time, as lower-case text: sorts by time, unique without coordination.
pub fn new_uuid(now: Millis, entropy: &dyn Entropy) -> String {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// A fresh id of the given time.
            pub fn new(now: Millis, entropy: &dyn Entropy) -> Self {
                Self(new_uuid(now, entropy))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id! {
    /// A show (场次): one broadcast from opening to end.
    ShowId
}
text_id! {
    /// A live room (直播间): the place on a platform where shows happen.
    RoomId
}
text_id! {
    /// A member of the crew.
    PersonId
}
text_id! {
    /// A product (商品).
    ProductId
}
text_id! {
    /// A variant of a product that can be bought (SKU, 规格).
    SkuId
}
text_id! {
    /// A promotion (优惠): a coupon, a threshold discount, a member price, a flash sale.
    PromotionId
}
text_id! {
    /// A change that needs two people (改价, 发券, 放库存).
    ChangeId
}
text_id! {
    /// An entry of the FAQ library (FAQ 话术库).
    FaqId
}
text_id! {
    /// A prompter card (提示卡).
    CardId
}
text_id! {
    /// A customer (收件人): whoever orders and prizes are sent to.
    CustomerId
}
text_id! {
    /// What is sent to a customer (收货): an order, or a prize.
    DeliveryId
}
text_id! {
    /// A revocable link to one show: prompter, wall, overlay, or an event source's key.
    LinkId
}
