//! What can be done about a parcel, by how far it has come.

use livehand_kernel::{MINUTE_MS, Phrase};

use crate::fulfilment::Node;
use crate::stock::codes;

codes! {
    /// What is to be done (拦截方式).
    #[cfg_attr(feature = "schema", schema(as = InterceptRoad))]
    Road {
        /// It is not printed: it is held at once (直接锁单).
        Hold = "hold",
        /// It is printed and in the warehouse, which takes it out and scans it (仓库截件).
        StopParcel = "stop_parcel",
        /// It is out and nobody has collected it: it is stopped at the station (站点拦截).
        StopAtStation = "stop_at_station",
        /// A carrier has it and is asked to bring it back (快递拦截).
        CarrierIntercept = "carrier_intercept",
        /// It is being delivered: the customer is told to refuse it (拒收引导).
        GuideRefusal = "guide_refusal",
    }
}

/// How often it usually succeeds, in percent; an estimate of the trade, not a measurement.
pub const CHANCE_COLLECTED_PERCENT: i64 = 70;

impl Road {
    /// The one for a parcel that has come so far.
    pub fn of(node: Node) -> Self {
        match node {
            Node::ToPrint => Road::Hold,
            Node::Printed => Road::StopParcel,
            Node::Out => Road::StopAtStation,
            Node::Collected => Road::CarrierIntercept,
            Node::Delivering => Road::GuideRefusal,
        }
    }

    /// By when it is to be done, ms after the request.
    pub fn within_ms(self) -> i64 {
        match self {
            Road::Hold => 0,
            Road::StopParcel => 10 * MINUTE_MS,
            Road::StopAtStation => 30 * MINUTE_MS,
            Road::CarrierIntercept => 24 * 60 * MINUTE_MS,
            Road::GuideRefusal => 30 * MINUTE_MS,
        }
    }

    /// Whether the warehouse does it; otherwise customer service does, with the station, the carrier or the customer.
    pub fn is_of_warehouse(self) -> bool {
        matches!(self, Road::StopParcel | Road::StopAtStation)
    }

    /// Whether the parcel lies in the warehouse when it is done.
    pub fn keeps_in_warehouse(self) -> bool {
        matches!(self, Road::Hold | Road::StopParcel)
    }

    /// How often it usually succeeds, in percent; nothing where it is only a matter of doing it.
    pub fn chance_percent(self) -> Option<i64> {
        match self {
            Road::CarrierIntercept => Some(CHANCE_COLLECTED_PERCENT),
            _ => None,
        }
    }

    /// What whoever does it has to do.
    pub fn guide(self) -> Phrase {
        match self {
            Road::Hold => Phrase::new("It is held: its label cannot be printed", "已锁单，无法打单"),
            Road::StopParcel => Phrase::new(
                "Take the parcel out, then scan or type the order's number",
                "把包裹取出来，扫描或输入订单号确认",
            ),
            Road::StopAtStation => Phrase::new(
                "Call the station, have the parcel put aside, then scan or type the order's number",
                "联系揽收站点截下包裹，再扫描或输入订单号确认",
            ),
            Road::CarrierIntercept => Phrase::new(
                "Ask the carrier to bring it back; that costs money and does not always succeed",
                "向快递提交拦截，会产生费用，且不保证成功",
            ),
            Road::GuideRefusal => {
                Phrase::new("Tell the customer to refuse the parcel at the door", "引导客户派送时当面拒收")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_has_its_road_and_only_the_carrier_takes_chances() {
        let roads: Vec<Road> = Node::ALL.iter().map(|node| Road::of(*node)).collect();
        assert_eq!(roads, Road::ALL);
        for road in Road::ALL {
            assert_eq!(road.chance_percent().is_some(), *road == Road::CarrierIntercept);
        }
    }
}
