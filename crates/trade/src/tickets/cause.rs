//! Why it came to a ticket.

use super::Kind;
use crate::stock::codes;

codes! {
    /// Why it came to a ticket (根因码).
    #[cfg_attr(feature = "schema", schema(as = TicketCause))]
    Cause {
        /// The buyer chose or wrote something else than they meant (买家拍错/填错).
        BuyerMistake = "buyer_mistake",
        /// The buyer thought better of it (买家改主意).
        ChangedMind = "changed_mind",
        /// The host or a card said something that is not so (口播/话术错误).
        WrongWords = "wrong_words",
        /// The product page or the catalogue says something that is not so (商品信息错误).
        WrongListing = "wrong_listing",
        /// A price, coupon or promotion was set up wrongly (价格/优惠设置错误).
        WrongOffer = "wrong_offer",
        /// More was sold than there is (超卖/缺货).
        Oversold = "oversold",
        /// The warehouse picked or packed something else (仓库错漏发).
        WarehouseMistake = "warehouse_mistake",
        /// It left later than promised (发货超时).
        ShippedLate = "shipped_late",
        /// It was packed badly (包装不当).
        BadPackaging = "bad_packaging",
        /// The carrier lost, damaged or delayed it (快递问题).
        Carrier = "carrier",
        /// The goods are faulty (商品质量).
        Faulty = "faulty",
        /// An illness or injury from it (使用不适/伤害).
        Harm = "harm",
        /// The platform's rules or its system (平台规则/系统).
        Platform = "platform",
        /// There is another ticket for it (重复工单).
        Duplicate = "duplicate",
        /// It was none of after-sale (非售后).
        NotAfterSale = "not_after_sale",
        /// Something else (其他).
        Other = "other",
    }
}

/// Whether a ticket says of an order that left that something else was sent than was bought, or elsewhere, and that this is
/// our doing (发错). What is missing or wrong counts until its cause says that it was not us, so that no figure is better for
/// tickets that nobody settles; another spec or address counts only where the cause says that we were wrong.
pub fn came_back_wrong(kind: Kind, cause: Option<Cause>) -> bool {
    let ours = matches!(cause, Some(Cause::WarehouseMistake | Cause::WrongListing | Cause::WrongWords));
    match kind {
        Kind::WrongItem | Kind::Missing | Kind::GiftMissing => {
            ours || matches!(cause, None | Some(Cause::Oversold | Cause::Other))
        }
        Kind::SpecChange | Kind::AddressChange | Kind::Logistics => ours,
        _ => false,
    }
}

impl Cause {
    /// Whether a ticket of this cause needs no work and can be closed as soon as that is seen.
    pub fn needs_nothing(self) -> bool {
        matches!(self, Cause::Duplicate | Cause::NotAfterSale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_sent_wrong_counts_and_what_the_buyer_or_the_carrier_did_does_not() {
        for (kind, cause, counts) in [
            (Kind::WrongItem, None, true),
            (Kind::Missing, Some(Cause::WarehouseMistake), true),
            (Kind::GiftMissing, Some(Cause::WrongWords), true),
            (Kind::Missing, Some(Cause::Carrier), false),
            (Kind::WrongItem, Some(Cause::BuyerMistake), false),
            (Kind::WrongItem, Some(Cause::NotAfterSale), false),
            (Kind::SpecChange, None, false),
            (Kind::SpecChange, Some(Cause::BuyerMistake), false),
            (Kind::SpecChange, Some(Cause::WarehouseMistake), true),
            (Kind::AddressChange, Some(Cause::WarehouseMistake), true),
            (Kind::HurryUp, Some(Cause::WarehouseMistake), false),
        ] {
            assert_eq!(came_back_wrong(kind, cause), counts, "{kind:?} {cause:?}");
        }
    }
}
