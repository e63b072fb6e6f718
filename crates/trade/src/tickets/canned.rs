//! Prepared answers (快捷回复) that quote what was promised with the order, so that nobody promises something else.

use super::Kind;

/// What an answer needs to know before it can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A fact that was in force when the order was bought: `live_price`, `gifts` or `guarantees`.
    Promised(&'static str),
    /// The number of the order.
    Order,
}

/// A prepared answer. `{}` stands where each of `needs` goes, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canned {
    /// Its code.
    pub code: &'static str,
    /// The words, as a live-room team says them.
    pub text: &'static str,
    /// What stands in it.
    pub needs: &'static [Need],
}

const SEEN: Canned = Canned {
    code: "seen",
    text: "您好，您的问题已经收到，我们正在核实，处理结果会第一时间告诉您。",
    needs: &[],
};

/// What a buyer is asked about an order that is held, by the kind of the ticket that asks.
pub fn question(kind: Kind) -> Canned {
    match kind {
        Kind::AddressChange => Canned {
            code: "ask_recipient",
            text: "您好，订单 {} 的收件信息需要跟您核对一下，请回复完整的收件人、电话和省市区详细地址，核对好马上为您安排发货。",
            needs: &[Need::Order],
        },
        Kind::SpecChange => Canned {
            code: "ask_contents",
            text: "您好，订单 {} 拍的规格想跟您确认一下，请回复您要的颜色、尺码和数量，确认后马上为您安排发货。",
            needs: &[Need::Order],
        },
        _ => Canned {
            code: "ask_order",
            text: "您好，订单 {} 有信息需要跟您确认，请方便时回复我们，确认后马上为您安排发货。",
            needs: &[Need::Order],
        },
    }
}

/// The prepared answers of a kind, the best first.
pub fn canned(kind: Kind) -> Vec<Canned> {
    let first = match kind {
        Kind::AddressChange => Canned {
            code: "address_change",
            text: "您好，订单 {} 的改地址申请已提交仓库，未出库前可以改，改好后马上回复您。",
            needs: &[Need::Order],
        },
        Kind::SpecChange => Canned {
            code: "spec_change",
            text: "您好，订单 {} 已请仓库先不发货，请告诉我正确的规格，或者为您退款后重拍。",
            needs: &[Need::Order],
        },
        Kind::Intercept | Kind::RefundUnshipped => Canned {
            code: "intercept",
            text: "您好，订单 {} 已请仓库拦截，拦截成功后为您原路退款，结果会马上告诉您。",
            needs: &[Need::Order],
        },
        Kind::HurryUp => Canned {
            code: "hurry_up",
            text: "您好，订单 {} 已为您催仓库，最晚发货时间以订单详情为准，超时会按规则赔付。",
            needs: &[Need::Order],
        },
        Kind::GiftMissing => Canned {
            code: "gift_promised",
            text: "您好，您下单时承诺的赠品是：{}，我们核对后为您补发。",
            needs: &[Need::Promised("gifts")],
        },
        Kind::PriceProtection | Kind::PriceDispute | Kind::DiscountMissing => Canned {
            code: "price_promised",
            text: "您好，您下单时的直播价是 {}，我们按当时的承诺为您核对差价。",
            needs: &[Need::Promised("live_price")],
        },
        Kind::GoodsReturn | Kind::Exchange | Kind::RefundShipped | Kind::Quality | Kind::NotAsDescribed => {
            Canned {
                code: "guarantees_promised",
                text: "您好，您下单时的售后保障是：{}，我们按这个为您处理。",
                needs: &[Need::Promised("guarantees")],
            }
        }
        Kind::Injury => Canned {
            code: "injury",
            text: "非常抱歉，请您立即停止使用，如有不适请先就医并保留票据和产品，我们有专人马上与您联系。",
            needs: &[],
        },
        Kind::Regulator => Canned {
            code: "regulator",
            text: "非常抱歉给您带来不好的体验，您的投诉已转专人处理，我们会尽快与您联系。",
            needs: &[],
        },
        Kind::Minor => Canned {
            code: "minor",
            text: "您好，未成年人下单的情况已转专人核实，请保留相关证明，我们会尽快与您联系。",
            needs: &[],
        },
        Kind::PrivacyErasure => Canned {
            code: "privacy_erasure",
            text: "您好，您的个人信息删除申请已登记，我们会在法定期限内处理并答复您。",
            needs: &[],
        },
        Kind::Missing | Kind::WrongItem | Kind::Damaged => Canned {
            code: "photo",
            text: "非常抱歉，麻烦您拍一下包裹面单和商品照片，核实后马上为您补发或退款。",
            needs: &[],
        },
        Kind::Logistics | Kind::Rejected => Canned {
            code: "logistics",
            text: "您好，订单 {} 的物流我们正在联系快递核实，有结果马上告诉您。",
            needs: &[Need::Order],
        },
        Kind::Invoice => Canned {
            code: "invoice",
            text: "您好，开票信息已转财务，开好后会发送到您订单里填写的方式。",
            needs: &[],
        },
        Kind::Other => return vec![SEEN],
    };
    vec![first, SEEN]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_a_place_for_what_it_needs() {
        for kind in Kind::ALL {
            for answer in canned(*kind).into_iter().chain([question(*kind)]) {
                assert_eq!(answer.text.matches("{}").count(), answer.needs.len(), "{}", answer.code);
            }
        }
    }
}
