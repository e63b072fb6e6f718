//! Where a ticket stands, and where it may go from there.

use livehand_kernel::{Hat, Phrase};

use super::{Cause, Kind};
use crate::stock::codes;

codes! {
    /// Where a ticket stands (状态).
    #[cfg_attr(feature = "schema", schema(as = TicketState))]
    State {
        /// Nobody has looked at it (新建).
        New = "new",
        /// Kind and priority were looked at (已分诊).
        Triaged = "triaged",
        /// Somebody works on it (处理中).
        InProgress = "in_progress",
        /// The customer has to say something (待客户).
        WaitingCustomer = "waiting_customer",
        /// The warehouse has to do something (待仓库).
        WaitingWarehouse = "waiting_warehouse",
        /// The carrier has to do something (待快递).
        WaitingCarrier = "waiting_carrier",
        /// Finance has to do something (待财务).
        WaitingFinance = "waiting_finance",
        /// What was to be done is done (已解决).
        Resolved = "resolved",
        /// It is over (已关闭).
        Closed = "closed",
        /// It was not over (重新打开).
        Reopened = "reopened",
        /// Compliance or a lawyer has it (升级法务).
        EscalatedLegal = "escalated_legal",
        /// Whoever answers for the goods has it (升级品质).
        EscalatedQuality = "escalated_quality",
    }
}

codes! {
    /// Whom a ticket waits for.
    #[cfg_attr(feature = "schema", schema(as = TicketWaits))]
    Waits {
        /// The customer.
        Customer = "customer",
        /// The warehouse.
        Warehouse = "warehouse",
        /// The carrier.
        Carrier = "carrier",
        /// Finance.
        Finance = "finance",
    }
}

impl State {
    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(self, State::Resolved | State::Closed)
    }

    /// Whom it waits for.
    pub fn waits(self) -> Option<Waits> {
        match self {
            State::WaitingCustomer => Some(Waits::Customer),
            State::WaitingWarehouse => Some(Waits::Warehouse),
            State::WaitingCarrier => Some(Waits::Carrier),
            State::WaitingFinance => Some(Waits::Finance),
            _ => None,
        }
    }

    /// Whether those who know more than customer service have it.
    pub fn is_escalated(self) -> bool {
        matches!(self, State::EscalatedLegal | State::EscalatedQuality)
    }

    /// Who has to do something while it stands there (责任岗).
    pub fn post(self, kind: Kind) -> Hat {
        match self {
            State::WaitingWarehouse => Hat::Warehouse,
            State::WaitingFinance => Hat::Finance,
            State::EscalatedLegal => Hat::Compliance,
            State::EscalatedQuality => Hat::Merchandiser,
            _ => kind.post(),
        }
    }
}

/// Why a ticket does not go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoved {
    /// From where it stands there is no way there.
    #[error("a ticket that is {} cannot become {}", from.code(), to.code())]
    NoWay {
        /// Where it stands.
        from: State,
        /// Where it should go.
        to: State,
    },
    /// The cause has to be said first.
    #[error("a ticket is resolved with its cause")]
    NoCause,
    /// Nobody has answered the customer yet.
    #[error("a ticket is resolved when the customer was answered")]
    NotAnswered,
}

impl NotMoved {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            NotMoved::NoWay { .. } => "ticket_move",
            NotMoved::NoCause => "ticket_cause",
            NotMoved::NotAnswered => "ticket_not_answered",
        }
    }

    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            NotMoved::NoWay { from, to } => {
                let ((from_en, from_zh), (to_en, to_zh)) = (words(from), words(to));
                Phrase::new(
                    format!("The ticket is {from_en} and cannot become {to_en} from there"),
                    format!("工单当前{from_zh}，不能直接变为{to_zh}"),
                )
            }
            NotMoved::NoCause => Phrase::new("Say the cause first", "请先填写根因"),
            NotMoved::NotAnswered => Phrase::new(
                "The customer has not been answered yet: answer first, then resolve",
                "还没有回复客户，请先回复再标记解决",
            ),
        }
    }
}

fn words(state: State) -> (&'static str, &'static str) {
    match state {
        State::New => ("new", "新建"),
        State::Triaged => ("triaged", "已分诊"),
        State::InProgress => ("in progress", "处理中"),
        State::WaitingCustomer => ("waiting for the customer", "待客户回复"),
        State::WaitingWarehouse => ("waiting for the warehouse", "待仓库处理"),
        State::WaitingCarrier => ("waiting for the carrier", "待快递处理"),
        State::WaitingFinance => ("waiting for finance", "待财务处理"),
        State::Resolved => ("resolved", "已解决"),
        State::Closed => ("closed", "已关闭"),
        State::Reopened => ("reopened", "重新打开"),
        State::EscalatedLegal => ("with legal", "已升级法务"),
        State::EscalatedQuality => ("with quality", "已升级品质"),
    }
}

impl State {
    /// Where a ticket that stands so may go, once its cause is said.
    pub fn ways(self, answered: bool) -> Vec<State> {
        let causes = [Cause::Other, Cause::Duplicate];
        let may = |to: &State| causes.iter().any(|cause| may_move(self, *to, Some(*cause), answered).is_ok());
        State::ALL.iter().copied().filter(may).collect()
    }
}

/// Whether a ticket may go from one state to another; `cause` is the one that was said so far.
///
/// # Errors
/// [`NotMoved`].
pub fn may_move(from: State, to: State, cause: Option<Cause>, answered: bool) -> Result<(), NotMoved> {
    use State::{Closed, InProgress, New, Reopened, Resolved, Triaged};
    let nothing = cause.is_some_and(Cause::needs_nothing);
    let way = match (from, to) {
        (New, Triaged) | (Triaged | Reopened, InProgress) | (Resolved, Closed) => true,
        // What turns out to be no matter for after-sale, or to be there already, ends at once.
        (New | Triaged, Closed) => nothing,
        (Resolved | Closed, Reopened) => true,
        (InProgress, Resolved) => true,
        (InProgress, to) if to.waits().is_some() => true,
        (from, InProgress) if from.waits().is_some() || from.is_escalated() => true,
        (from, Resolved) if from.is_escalated() => true,
        (from, to) if to.is_escalated() => from.is_open() && from != to,
        _ => false,
    };
    if !way {
        return Err(NotMoved::NoWay { from, to });
    }
    match to {
        Resolved if cause.is_none() => Err(NotMoved::NoCause),
        Resolved if !answered => Err(NotMoved::NotAnswered),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_of_a_ticket_are_those_that_are_not_refused() {
        assert_eq!(State::Resolved.ways(true), [State::Closed, State::Reopened]);
        assert!(!State::InProgress.ways(false).contains(&State::Resolved), "nobody was answered yet");
        assert!(State::InProgress.ways(true).contains(&State::Resolved));
        assert!(State::New.ways(false).contains(&State::Closed), "a duplicate ends at once");
    }

    /// Every way that there is, written down a second time on purpose.
    const WAYS: &[(&str, &str)] = &[
        ("new", "triaged escalated_legal escalated_quality"),
        ("triaged", "in_progress escalated_legal escalated_quality"),
        (
            "in_progress",
            "waiting_customer waiting_warehouse waiting_carrier waiting_finance resolved escalated_legal escalated_quality",
        ),
        ("waiting_customer", "in_progress escalated_legal escalated_quality"),
        ("waiting_warehouse", "in_progress escalated_legal escalated_quality"),
        ("waiting_carrier", "in_progress escalated_legal escalated_quality"),
        ("waiting_finance", "in_progress escalated_legal escalated_quality"),
        ("resolved", "closed reopened"),
        ("closed", "reopened"),
        ("reopened", "in_progress escalated_legal escalated_quality"),
        ("escalated_legal", "in_progress resolved escalated_quality"),
        ("escalated_quality", "in_progress resolved escalated_legal"),
    ];

    #[test]
    fn a_ticket_goes_only_where_the_table_says() {
        for (from, ways) in WAYS {
            let from = State::from_code(from).unwrap();
            let ways: Vec<&str> = ways.split(' ').collect();
            for to in State::ALL {
                let may = may_move(from, *to, Some(Cause::Carrier), true).is_ok();
                assert_eq!(may, ways.contains(&to.code()), "{} to {}", from.code(), to.code());
            }
        }
        assert_eq!(WAYS.len(), State::ALL.len());
    }

    #[test]
    fn what_needs_nothing_ends_at_once_and_nothing_else_does() {
        for from in [State::New, State::Triaged] {
            assert!(may_move(from, State::Closed, Some(Cause::NotAfterSale), false).is_ok());
            assert!(may_move(from, State::Closed, Some(Cause::Duplicate), false).is_ok());
            assert!(may_move(from, State::Closed, Some(Cause::Faulty), true).is_err());
            assert!(may_move(from, State::Closed, None, true).is_err());
        }
    }

    #[test]
    fn nothing_is_resolved_without_a_cause_and_an_answer() {
        let resolve = |cause, answered| may_move(State::InProgress, State::Resolved, cause, answered);
        assert_eq!(resolve(None, true), Err(NotMoved::NoCause));
        assert_eq!(resolve(Some(Cause::Faulty), false), Err(NotMoved::NotAnswered));
        assert_eq!(resolve(Some(Cause::Faulty), true), Ok(()));
    }
}
