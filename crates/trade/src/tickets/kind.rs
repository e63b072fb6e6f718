//! What a ticket is about, where it comes from, and what goes first.

use livehand_kernel::Hat;

use crate::stock::codes;

codes! {
    /// What a ticket is about (工单类型).
    #[cfg_attr(feature = "schema", schema(as = TicketKind))]
    Kind {
        /// Another recipient, number or address (改地址).
        AddressChange = "address_change",
        /// Another colour, size or model than was ordered (改规格, 拍错).
        SpecChange = "spec_change",
        /// The parcel is not to leave, or to come back (拦截发货).
        Intercept = "intercept",
        /// It is to leave at last (催发货).
        HurryUp = "hurry_up",
        /// Something was not in the parcel (漏发).
        Missing = "missing",
        /// Something else was in the parcel (错发).
        WrongItem = "wrong_item",
        /// It arrived broken (破损).
        Damaged = "damaged",
        /// It is not as good as it must be (质量).
        Quality = "quality",
        /// It is not as it was shown (描述不符).
        NotAsDescribed = "not_as_described",
        /// A gift is missing (赠品缺失).
        GiftMissing = "gift_missing",
        /// It is cheaper now, and the price was guaranteed (保价退差).
        PriceProtection = "price_protection",
        /// Money back before it left (未发货退款).
        RefundUnshipped = "refund_unshipped",
        /// Money back after it left (已发货退款).
        RefundShipped = "refund_shipped",
        /// Goods and money back (退货退款).
        GoodsReturn = "goods_return",
        /// Another one for it (换货).
        Exchange = "exchange",
        /// The parcel does not move, or is not where it is said to be (物流异常).
        Logistics = "logistics",
        /// The customer did not take it (拒收).
        Rejected = "rejected",
        /// Invoices (发票).
        Invoice = "invoice",
        /// A coupon or discount was not counted (优惠未生效).
        DiscountMissing = "discount_missing",
        /// Another price than was said (价格争议).
        PriceDispute = "price_dispute",
        /// Allergy or injury (过敏, 人身伤害).
        Injury = "injury",
        /// A complaint, or an authority (投诉, 监管).
        Regulator = "regulator",
        /// A minor bought or gave (未成年人).
        Minor = "minor",
        /// Personal data is to be erased (隐私删除).
        PrivacyErasure = "privacy_erasure",
        /// Something else (其他).
        Other = "other",
    }
}

codes! {
    /// What goes first (优先级).
    #[cfg_attr(feature = "schema", schema(as = TicketPriority))]
    Priority {
        /// Somebody may be hurt, is a minor, or an authority asks: before everything else (P0).
        P0 = "p0",
        /// Minutes decide, as before a parcel leaves (紧急).
        Urgent = "urgent",
        /// In its turn (普通).
        Usual = "usual",
    }
}

codes! {
    /// Where a ticket comes from (来源).
    #[cfg_attr(feature = "schema", schema(as = TicketSource))]
    Source {
        /// A comment in the room (公屏).
        Chat = "chat",
        /// A private message (私信).
        PrivateMessage = "private_message",
        /// The platform's or the shop's support (客服).
        Support = "support",
        /// A call (电话).
        Phone = "phone",
        /// Somebody who looked at an order (订单).
        Order = "order",
    }
}

codes! {
    /// How the customer feels (情绪).
    #[cfg_attr(feature = "schema", schema(as = TicketMood))]
    Mood {
        /// Calm (平静).
        Calm = "calm",
        /// Worried or in a hurry (着急).
        Worried = "worried",
        /// Angry (愤怒).
        Angry = "angry",
    }
}

impl Priority {
    /// Its place: the lower, the earlier.
    pub fn rank(self) -> i64 {
        match self {
            Priority::P0 => 0,
            Priority::Urgent => 1,
            Priority::Usual => 2,
        }
    }

    /// The one with this place.
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.rank() == rank)
    }
}

impl Kind {
    /// The least priority of its kind; nobody can put it lower.
    pub fn priority(self) -> Priority {
        match self {
            Kind::Injury | Kind::Regulator | Kind::Minor => Priority::P0,
            Kind::Intercept | Kind::AddressChange | Kind::SpecChange => Priority::Urgent,
            _ => Priority::Usual,
        }
    }

    /// Who works on it while nobody else is waited for (责任岗).
    pub fn post(self) -> Hat {
        match self {
            Kind::Invoice => Hat::Finance,
            Kind::PrivacyErasure => Hat::Compliance,
            _ => Hat::CustomerService,
        }
    }

    /// What a comment is about, by the code of its topic; nothing for topics of before the sale.
    pub fn of_topic(topic: &str) -> Option<Self> {
        Some(match topic {
            "shipping.address" => Kind::AddressChange,
            "returns.wrong_variant" => Kind::SpecChange,
            "shipping.intercept" => Kind::Intercept,
            "shipping.late" | "shipping.rush" | "shipping.compensate" => Kind::HurryUp,
            "shipping.stuck"
            | "shipping.signed"
            | "shipping.fake"
            | "shipping.returned"
            | "shipping.track_no"
            | "shipping.courier_rude"
            | "shipping.pickup_code" => Kind::Logistics,
            "received.missing" | "returns.short" => Kind::Missing,
            "received.wrong" => Kind::WrongItem,
            "received.box" | "food.bad_fruit" | "food.thawed" => Kind::Damaged,
            "received.defect" | "received.used" | "received.thread" | "received.expired"
            | "received.dirty" | "warranty.repair" => Kind::Quality,
            "received.not_as_shown" | "received.color" | "received.no_effect" => Kind::NotAsDescribed,
            "gift.missing" | "gift.broken" => Kind::GiftMissing,
            "price.protect" => Kind::PriceProtection,
            "returns.cancel" => Kind::RefundUnshipped,
            "returns.refund_time"
            | "returns.refund_only"
            | "returns.refund_where"
            | "returns.denied"
            | "returns.less" => Kind::RefundShipped,
            "returns.apply" | "returns.address" | "returns.overdue" | "returns.pickup" => Kind::GoodsReturn,
            "returns.exchange" | "returns.exchange_time" | "size.wrong" => Kind::Exchange,
            "returns.reject" => Kind::Rejected,
            "invoice.can" | "invoice.title" | "invoice.when" | "invoice.special" => Kind::Invoice,
            "coupon.cannot_use" => Kind::DiscountMissing,
            "price.mismatch" | "complaint.price_error" | "complaint.force_cancel" => Kind::PriceDispute,
            "beauty.allergic_react" | "brand.reaction" | "complaint.hospital" | "complaint.face" => {
                Kind::Injury
            }
            "complaint.child_order" | "complaint.minor_gift" => Kind::Minor,
            "complaint.delete_data" => Kind::PrivacyErasure,
            "complaint.authority"
            | "complaint.triple"
            | "complaint.false_ad"
            | "complaint.pro_claimer"
            | "complaint.press"
            | "complaint.leak" => Kind::Regulator,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_be_hurt_goes_before_everybody_else() {
        for kind in [Kind::Injury, Kind::Minor, Kind::Regulator] {
            assert_eq!(kind.priority(), Priority::P0);
        }
        let ranks: Vec<i64> = Priority::ALL.iter().map(|it| it.rank()).collect();
        assert_eq!(ranks, [0, 1, 2]);
        assert!(Priority::ALL.iter().all(|it| Priority::from_rank(it.rank()) == Some(*it)));
    }

    #[test]
    fn questions_before_the_sale_are_no_tickets() {
        for topic in ["price.now", "size.choose", "shipping.time", "returns.no_reason", "stock.has"] {
            assert_eq!(Kind::of_topic(topic), None, "{topic}");
        }
        assert_eq!(Kind::of_topic("returns.wrong_variant"), Some(Kind::SpecChange));
    }
}
