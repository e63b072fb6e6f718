//! What a finding and a ticket are both about: one matter, which is decided once.

use super::{Finding, Kind};
use crate::tickets;

/// A matter of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// What is sent.
    Contents,
    /// To whom, and where.
    Recipient,
    /// Anything else, such as what was paid.
    Rest,
}

impl Finding {
    /// What it is about.
    pub fn matter(&self) -> Matter {
        match (self.kind, self.code.as_str()) {
            (Kind::Address | Kind::Phone | Kind::Name, _) | (Kind::Said, "recipient_wrong") => {
                Matter::Recipient
            }
            (Kind::Sku | Kind::Gift | Kind::Said, _) => Matter::Contents,
            (Kind::Price | Kind::Limit | Kind::Duplicate | Kind::SecondCheck, _) => Matter::Rest,
        }
    }
}

impl Matter {
    /// What a ticket is about, if that can be found in an order as well.
    pub fn of_ticket(kind: tickets::Kind) -> Option<Self> {
        match kind {
            tickets::Kind::SpecChange => Some(Matter::Contents),
            tickets::Kind::AddressChange => Some(Matter::Recipient),
            _ => None,
        }
    }

    /// The kind of ticket by which a buyer is asked about it.
    pub fn asked_by(self) -> tickets::Kind {
        match self {
            Matter::Contents => tickets::Kind::SpecChange,
            Matter::Recipient => tickets::Kind::AddressChange,
            Matter::Rest => tickets::Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matter_is_the_same_on_both_sides() {
        for matter in [Matter::Contents, Matter::Recipient] {
            assert_eq!(Matter::of_ticket(matter.asked_by()), Some(matter));
        }
        assert_eq!(Matter::of_ticket(Matter::Rest.asked_by()), None);
        assert_eq!(Finding::of(Kind::Said, "bought_wrong").matter(), Matter::Contents);
        assert_eq!(Finding::of(Kind::Said, "recipient_wrong").matter(), Matter::Recipient);
        assert_eq!(Finding::second_check().matter(), Matter::Rest);
    }
}
