//! Fulfilment (履约): how far the parcel of an order has come, and what keeps it from going on.
//!
//! What must never happen here: an order that is held, or for which nobody paid, and that leaves all the same.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use livehand_kernel::{Millis, Phrase};

use crate::orders::State;
use crate::stock::codes;

codes! {
    /// How far the parcel of an order has come (履约节点); from `out` on, it is with a carrier.
    #[cfg_attr(feature = "schema", schema(as = FulfilmentNode))]
    Node {
        /// Its label is not printed yet (未打单).
        ToPrint = "to_print",
        /// Its label is printed, and it is in the warehouse (已打单).
        Printed = "printed",
        /// It left the warehouse (已出库).
        Out = "out",
        /// A carrier has it (已揽收).
        Collected = "collected",
        /// It is on its way to the door (派送中).
        Delivering = "delivering",
    }
}

codes! {
    /// Who or what holds an order (暂停发货).
    #[cfg_attr(feature = "schema", schema(as = HoldKind))]
    HoldKind {
        /// Something about it was found to be wrong, and a person decides (审单).
        Verification = "verification",
        /// A second check found it wrong (抽检).
        SecondCheck = "second_check",
        /// It is to be pulled back, or changed before it goes on (拦截).
        Intercept = "intercept",
        /// It is paid, and there is nothing left of what was ordered (缺货待补).
        Stock = "stock",
        /// Somebody stopped it (人工暂停).
        ByHand = "by_hand",
        /// It was not checked yet; no such hold is kept, it follows from where the check stands (待审单).
        Unchecked = "unchecked",
    }
}

codes! {
    /// Why somebody stopped an order.
    #[cfg_attr(feature = "schema", schema(as = HoldReason))]
    HoldReason {
        /// The buyer asked for it (买家要求).
        BuyerAsked = "buyer_asked",
        /// Something is wrong with the payment (付款存疑).
        Payment = "payment",
        /// The buyer pays what a corrected order costs more (待补差价).
        Difference = "difference",
        /// Something is wrong with the goods (货品问题).
        Goods = "goods",
        /// Something else (其他).
        Other = "other",
    }
}

impl Node {
    /// As a warehouse says it.
    pub fn phrase(self) -> Phrase {
        match self {
            Node::ToPrint => Phrase::new("not printed", "未打单"),
            Node::Printed => Phrase::new("printed", "已打单"),
            Node::Out => Phrase::new("out of the warehouse", "已出库"),
            Node::Collected => Phrase::new("collected by the carrier", "已揽收"),
            Node::Delivering => Phrase::new("being delivered", "派送中"),
        }
    }

    /// The node that follows from where a platform says an order stands; nothing if that says nothing.
    pub fn implied(state: State) -> Option<Self> {
        match state {
            State::Shipped => Some(Node::Out),
            State::Completed => Some(Node::Delivering),
            State::Created | State::Paid | State::Closed | State::Refunded => None,
        }
    }
}

impl HoldKind {
    /// Why an order is held, as it is said to whoever wanted to move it on.
    pub fn phrase(self) -> Phrase {
        match self {
            HoldKind::Verification => Phrase::new(
                "held: somebody has to decide on what was found",
                "已暂停：审单发现问题，待人工处理",
            ),
            HoldKind::SecondCheck => {
                Phrase::new("held: a second check found it wrong", "已暂停：抽检认为有误，待人工处理")
            }
            HoldKind::Intercept => Phrase::new("held: it is being intercepted", "已暂停：正在拦截"),
            HoldKind::Stock => Phrase::new(
                "held: it is paid and waits for stock that is not there",
                "已暂停：已付款但缺货，候补中",
            ),
            HoldKind::ByHand => Phrase::new("held: somebody stopped it", "已暂停：人工暂停发货"),
            HoldKind::Unchecked => Phrase::new("it is still being checked", "尚未审单"),
        }
    }
}

/// Something that keeps an order from going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Who or what holds it.
    pub kind: HoldKind,
    /// What exactly: the check that found something, the ticket, the reason. An id or a code, never words of a person.
    pub cause: String,
    /// Since when.
    pub since: Millis,
}

/// How far an order has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fulfilment {
    reached: BTreeMap<Node, Millis>,
}

/// Why an order is not moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody paid for it.
    NotPaid,
    /// It was closed, or all of its money went back.
    Ended,
    /// It is held.
    Held(Vec<Hold>),
}

impl Fulfilment {
    /// One that reached these nodes.
    pub fn of(reached: BTreeMap<Node, Millis>) -> Self {
        Self { reached }
    }

    /// Where it is.
    pub fn node(&self) -> Node {
        self.reached.keys().max().copied().unwrap_or(Node::ToPrint)
    }

    /// When it reached a node.
    pub fn at(&self, node: Node) -> Option<Millis> {
        self.reached.get(&node).copied()
    }

    /// Moves it on, over nodes of which nobody told; false if it has come as far already.
    ///
    /// As long as it is in the warehouse, an order goes on only if it is paid and not held. Once it is out, what a carrier
    /// did with it is written down, whatever speaks against it.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn advance(&mut self, to: Node, state: State, holds: &[Hold], at: Millis) -> Result<bool, Refusal> {
        if to <= self.node() {
            return Ok(false);
        }
        if self.node() < Node::Out {
            may_go(state, holds)?;
        }
        self.reached.insert(to, at);
        Ok(true)
    }

    /// Takes down what a platform says; false if that is nothing new.
    pub fn learn(&mut self, state: State, at: Millis) -> bool {
        let node = Node::implied(state).filter(|node| *node > self.node());
        node.is_some_and(|node| self.reached.insert(node, at).is_none())
    }
}

/// Whether an order in the warehouse may be picked, printed and sent.
///
/// # Errors
/// [`Refusal`].
pub fn may_go(state: State, holds: &[Hold]) -> Result<(), Refusal> {
    match state {
        State::Created => Err(Refusal::NotPaid),
        State::Closed | State::Refunded => Err(Refusal::Ended),
        State::Paid | State::Shipped | State::Completed if holds.is_empty() => Ok(()),
        State::Paid | State::Shipped | State::Completed => Err(Refusal::Held(holds.to_vec())),
    }
}

impl Refusal {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotPaid => "order_not_paid",
            Refusal::Ended => "order_ended",
            Refusal::Held(_) => "order_held",
        }
    }

    /// For people.
    pub fn phrase(&self) -> Phrase {
        match self {
            Refusal::NotPaid => Phrase::new("it is not paid", "未付款"),
            Refusal::Ended => Phrase::new("it was closed or refunded", "已关闭或已退款"),
            Refusal::Held(holds) => {
                let said: Vec<Phrase> = holds.iter().map(|hold| hold.kind.phrase()).collect();
                let join = |words: Vec<&str>, between: &str| words.join(between);
                Phrase::new(
                    join(said.iter().map(|it| &*it.en).collect(), "; "),
                    join(said.iter().map(|it| &*it.zh).collect(), "；"),
                )
            }
        }
    }
}
