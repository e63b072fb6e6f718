//! Where an order goes, to whom, and on which number they are reached.

use super::{Disposition, Facts, Finding, Fix, Kind, Settings};

/// What the recipient's mistakes come to. What cannot be put right leaves the rest in doubt as well.
pub(super) fn check(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let fixable = facts.recipient.iter().all(|it| it.fixable);
    let asked = facts.recipient.iter().any(|it| settings.ask.contains(&it.code));
    let finding = |code: &str| Finding {
        fix: fixable.then_some(Fix::Recipient),
        disposition: if fixable && !asked { Disposition::Fixed } else { Disposition::Person },
        ..Finding::of(kind(code), code)
    };
    facts.recipient.iter().map(|it| finding(&it.code)).collect()
}

fn kind(code: &str) -> Kind {
    if code.starts_with("phone_") || code.starts_with("landline_") {
        Kind::Phone
    } else if code.starts_with("name_") {
        Kind::Name
    } else {
        Kind::Address
    }
}
