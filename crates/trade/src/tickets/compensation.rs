//! What a customer may be given for a ticket, and who has to agree (补偿额度). What must never happen here: somebody who
//! agrees to what they asked for, one person who agrees twice, and a sum that is cut into pieces to stay below a limit.

use livehand_kernel::{Fen, Hat, PersonId, Phrase};
use serde::{Deserialize, Serialize};

/// Most that one ticket can be worth, ever; more is a case for a contract, not for a form.
pub const FEN_MAX: i64 = 10_000_000;

/// Up to where whom is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Customer service alone.
    pub service: Fen,
    /// With a lead of operations (主管).
    pub lead: Fen,
}

impl Default for Limits {
    /// ¥20 and ¥200.
    fn default() -> Self {
        Self { service: Fen(2_000), lead: Fen(20_000) }
    }
}

/// Whose agreement it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = CompensationSignature))]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// A lead of operations (主管).
    Lead,
    /// Finance (财务).
    Finance,
}

impl Signature {
    fn hat(self) -> Hat {
        match self {
            Signature::Lead => Hat::Operations,
            Signature::Finance => Hat::Finance,
        }
    }
}

/// Whose agreements a sum needs: `total` is what the ticket got already, with what is asked for now.
pub fn needed(total: Fen, limits: Limits) -> &'static [Signature] {
    if total <= limits.service {
        &[]
    } else if total <= limits.lead {
        &[Signature::Lead]
    } else {
        &[Signature::Lead, Signature::Finance]
    }
}

/// What whoever asks agrees to by asking: a lead of operations as the lead, nobody as finance.
pub fn signed_by_asking(needed: &[Signature], hats: &[Hat]) -> Option<Signature> {
    let lead = hats.contains(&Hat::Operations) && needed.contains(&Signature::Lead);
    lead.then_some(Signature::Lead)
}

/// Why somebody does not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They asked for it, or agreed before.
    SamePerson,
    /// None of their hats is asked.
    NotYours,
    /// It was decided on before.
    Decided,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::SamePerson => "same_person",
            Refusal::NotYours => "not_a_checker",
            Refusal::Decided => "already_decided",
        }
    }

    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            Refusal::SamePerson => Phrase::new(
                "Whoever asked or agreed already cannot agree again: another person has to look",
                "申请人或已签过的人不能再审批，请由另一位同事审批",
            ),
            Refusal::NotYours => Phrase::new(
                "The agreement that is missing is not that of your hats",
                "还缺的审批不属于你的岗位",
            ),
            Refusal::Decided => Phrase::new("It was decided on before", "这笔补偿已经处理过了"),
        }
    }
}

/// Which agreement somebody gives to a sum that waits. `signed` are those that were given, with who gave them.
///
/// # Errors
/// [`Refusal`].
pub fn sign(
    needed: &[Signature],
    maker: &PersonId,
    signed: &[(Signature, PersonId)],
    actor: (&PersonId, &[Hat]),
) -> Result<Signature, Refusal> {
    let (person, hats) = actor;
    let missing = |it: &Signature| signed.iter().all(|(given, _)| given != it);
    if needed.iter().all(|it| !missing(it)) {
        return Err(Refusal::Decided);
    }
    if person == maker || signed.iter().any(|(_, by)| by == person) {
        return Err(Refusal::SamePerson);
    }
    let fits = |it: &&Signature| missing(it) && hats.contains(&it.hat());
    needed.iter().find(fits).copied().ok_or(Refusal::NotYours)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { service: Fen(2_000), lead: Fen(20_000) };

    #[test]
    fn the_larger_the_sum_the_more_have_to_agree() {
        assert_eq!(needed(Fen(2_000), LIMITS), []);
        assert_eq!(needed(Fen(2_001), LIMITS), [Signature::Lead]);
        assert_eq!(needed(Fen(20_000), LIMITS), [Signature::Lead]);
        assert_eq!(needed(Fen(20_001), LIMITS), [Signature::Lead, Signature::Finance]);
    }

    #[test]
    fn nobody_agrees_twice_whichever_hats_they_wear() {
        let (service, lead, money) = (PersonId::from("a"), PersonId::from("b"), PersonId::from("c"));
        let both = needed(Fen(50_000), LIMITS);
        let all = [Hat::Operations, Hat::Finance];
        assert_eq!(sign(both, &service, &[], (&service, &all)), Err(Refusal::SamePerson));
        assert_eq!(sign(both, &service, &[], (&lead, &all)), Ok(Signature::Lead));
        let one = [(Signature::Lead, lead.clone())];
        assert_eq!(sign(both, &service, &one, (&lead, &all)), Err(Refusal::SamePerson));
        assert_eq!(sign(both, &service, &one, (&money, &[Hat::Operations])), Err(Refusal::NotYours));
        assert_eq!(sign(both, &service, &one, (&money, &all)), Ok(Signature::Finance));
        let two = [(Signature::Lead, lead), (Signature::Finance, money.clone())];
        assert_eq!(sign(both, &service, &two, (&money, &all)), Err(Refusal::Decided));
    }

    #[test]
    fn a_lead_who_asks_still_needs_finance_above_the_second_limit() {
        let lead = PersonId::from("lead");
        let both = needed(Fen(20_001), LIMITS);
        let signed: Vec<_> =
            signed_by_asking(both, &[Hat::Operations]).map(|it| (it, lead.clone())).into_iter().collect();
        assert_eq!(signed, [(Signature::Lead, lead.clone())]);
        let money = PersonId::from("money");
        assert_eq!(sign(both, &lead, &signed, (&money, &[Hat::Finance])), Ok(Signature::Finance));
        assert_eq!(signed_by_asking(both, &[Hat::CustomerService, Hat::Finance]), None);
    }
}
