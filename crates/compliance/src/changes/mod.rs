//! Changes that need two people (双人复核): who may ask for one, who may approve it, what has to be confirmed, and how
//! long it can be taken back. What must never happen here: a change approved by whoever asked for it, by any road.

mod care;

use livehand_kernel::{Fen, Hat, Millis, PersonId, Phrase};
use serde::{Deserialize, Serialize};

pub use self::care::{Care, Caution, Circumstances, Confirmation, Warning, assess};

/// How long a change that was applied can be taken back by either of the two.
pub const UNDO_MS: i64 = 10_000;
/// How long a change waits when nobody else can be reached.
pub const ALONE_DELAY_MS: i64 = 30_000;
/// How long a proposal waits for a second person; what was right half an hour ago may be wrong now.
pub const PROPOSAL_MS_MAX: i64 = 30 * 60_000;
/// Shortest reason, in characters.
pub const REASON_CHARS_MIN: usize = 2;

/// What is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The live price (改价).
    Price,
    /// A price for a while, which goes back by itself (秒杀).
    FlashSale,
    /// A coupon or discount is published or ended (发券).
    Promotion,
    /// Stock is put in front of the buyers, or taken back (放库存).
    StockRelease,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [ChangeKind; 4] =
        [ChangeKind::Price, ChangeKind::FlashSale, ChangeKind::Promotion, ChangeKind::StockRelease];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            ChangeKind::Price => "price",
            ChangeKind::FlashSale => "flash_sale",
            ChangeKind::Promotion => "promotion",
            ChangeKind::StockRelease => "stock_release",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Hats that may approve it.
    pub fn checkers(self) -> &'static [Hat] {
        match self {
            ChangeKind::Price => &[Hat::FloorDirector, Hat::Operations],
            ChangeKind::FlashSale | ChangeKind::Promotion => {
                &[Hat::Operations, Hat::Finance, Hat::Compliance]
            }
            ChangeKind::StockRelease => &[Hat::Operations, Hat::Warehouse],
        }
    }

    /// Hats that may ask for it.
    pub fn makers(self) -> &'static [Hat] {
        &[Hat::ControlOperator, Hat::FloorDirector, Hat::Assistant, Hat::Operations]
    }

    /// Whether it is about money.
    pub fn is_price(self) -> bool {
        matches!(self, ChangeKind::Price | ChangeKind::FlashSale)
    }
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for a second person.
    Proposed,
    /// Nobody else could be reached: it waits out its delay.
    Delayed,
    /// In force.
    Applied,
    /// In force until a moment, after which the former value came back.
    Restored,
    /// The second person said no.
    Rejected,
    /// Whoever asked took it back before it was decided.
    Withdrawn,
    /// Taken back within seconds.
    Undone,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 7] = [
        Status::Proposed,
        Status::Delayed,
        Status::Applied,
        Status::Restored,
        Status::Rejected,
        Status::Withdrawn,
        Status::Undone,
    ];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Status::Proposed => "proposed",
            Status::Delayed => "delayed",
            Status::Applied => "applied",
            Status::Restored => "restored",
            Status::Rejected => "rejected",
            Status::Withdrawn => "withdrawn",
            Status::Undone => "undone",
        }
    }

    /// The status with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// A change as far as the rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// Where it stands.
    pub status: Status,
    /// Who asked for it.
    pub maker: PersonId,
    /// When.
    pub made_at: Millis,
    /// The price asked for, where it is one.
    pub to: Option<Fen>,
    /// Who decided on it.
    pub checker: Option<PersonId>,
    /// When it came into force.
    pub applied_at: Option<Millis>,
    /// What has to be confirmed.
    pub confirmations: Vec<Confirmation>,
    /// Whether it may never be applied by one person.
    pub never_alone: bool,
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// Their account; there is none for a command line or a link, which decide nothing.
    pub person: &'a PersonId,
    /// What they wear at this moment.
    pub hats: &'a [Hat],
}

impl Actor<'_> {
    fn wears(&self, hats: &[Hat]) -> bool {
        self.hats.iter().any(|hat| hats.contains(hat))
    }
}

/// What the second person confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// The amount in words was read.
    pub words: bool,
    /// The amount was typed again, without looking.
    pub amount: Option<Fen>,
    /// How far it is from the usual price was read.
    pub difference: bool,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Maker and checker are one.
    SamePerson,
    /// The hats do not allow it.
    NotYours,
    /// It was decided on before.
    Decided,
    /// It waited too long.
    Expired,
    /// The amount that was typed again is another.
    OtherAmount,
    /// Something was not confirmed.
    Unconfirmed(Confirmation),
    /// The ten seconds are over.
    TooLate,
    /// This one needs two people whatever happens.
    NeverAlone,
    /// A reason is missing.
    NoReason,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::SamePerson => "same_person",
            Refusal::NotYours => "not_a_checker",
            Refusal::Decided => "already_decided",
            Refusal::Expired => "proposal_expired",
            Refusal::OtherAmount => "other_amount",
            Refusal::Unconfirmed(_) => "not_confirmed",
            Refusal::TooLate => "too_late_to_undo",
            Refusal::NeverAlone => "never_alone",
            Refusal::NoReason => "reason_missing",
        }
    }

    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            Refusal::SamePerson => Phrase::new(
                "Whoever asked for a change cannot approve it: a second person has to look",
                "发起人不能复核自己的变更，请由另一位同事复核",
            ),
            Refusal::NotYours => {
                Phrase::new("None of your hats may decide on this kind of change", "你的岗位不能复核这类变更")
            }
            Refusal::Decided => Phrase::new("This change was decided on before", "这个变更已经处理过了"),
            Refusal::Expired => Phrase::new(
                "The proposal waited for more than 30 minutes; ask again",
                "该变更已超过 30 分钟未复核，请重新发起",
            ),
            Refusal::OtherAmount => Phrase::new(
                "The amount that you typed is not the one asked for: stop and compare",
                "你输入的金额与申请的不一致，请停下来核对",
            ),
            Refusal::Unconfirmed(Confirmation::Words) => {
                Phrase::new("Confirm that you read the amount in words", "请先确认已读出大写金额")
            }
            Refusal::Unconfirmed(Confirmation::Amount) => {
                Phrase::new("Type the amount again", "请再输入一遍金额")
            }
            Refusal::Unconfirmed(Confirmation::Difference) => {
                Phrase::new("Confirm the difference from the usual price", "请确认与日常价的差距")
            }
            Refusal::TooLate => Phrase::new(
                "The ten seconds are over; ask for a change back",
                "已超过 10 秒撤销时间，请重新发起一次变更改回来",
            ),
            Refusal::NeverAlone => Phrase::new(
                "A change this large needs a second person in any case",
                "这个变更幅度太大，任何情况下都必须双人复核",
            ),
            Refusal::NoReason => Phrase::new("Give a reason", "请填写原因"),
        }
    }
}

/// Whether somebody may ask for a change of this kind.
pub fn may_propose(kind: ChangeKind, actor: Actor) -> bool {
    actor.wears(kind.makers())
}

/// Whether `actor` may put the change into force now.
///
/// # Errors
/// [`Refusal`].
pub fn approve(change: &Change, actor: Actor, confirmed: Confirmed, now: Millis) -> Result<(), Refusal> {
    decidable(change, actor, now)?;
    for needed in &change.confirmations {
        let given = match needed {
            Confirmation::Words => confirmed.words,
            Confirmation::Amount => confirmed.amount.is_some(),
            Confirmation::Difference => confirmed.difference,
        };
        if !given {
            return Err(Refusal::Unconfirmed(*needed));
        }
    }
    match (confirmed.amount, change.to) {
        (Some(typed), Some(to)) if typed != to => Err(Refusal::OtherAmount),
        _ => Ok(()),
    }
}

/// Whether `actor` may say no.
///
/// # Errors
/// [`Refusal`].
pub fn reject(change: &Change, actor: Actor, reason: &str, now: Millis) -> Result<(), Refusal> {
    decidable(change, actor, now)?;
    reasonable(reason)
}

fn decidable(change: &Change, actor: Actor, now: Millis) -> Result<(), Refusal> {
    if !matches!(change.status, Status::Proposed | Status::Delayed) {
        return Err(Refusal::Decided);
    }
    if *actor.person == change.maker {
        return Err(Refusal::SamePerson);
    }
    if !actor.wears(change.kind.checkers()) {
        return Err(Refusal::NotYours);
    }
    if now.0 - change.made_at.0 > PROPOSAL_MS_MAX { Err(Refusal::Expired) } else { Ok(()) }
}

/// Whether `actor` may take the proposal back.
///
/// # Errors
/// [`Refusal`].
pub fn withdraw(change: &Change, actor: Actor) -> Result<(), Refusal> {
    if !matches!(change.status, Status::Proposed | Status::Delayed) {
        return Err(Refusal::Decided);
    }
    if *actor.person == change.maker { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Whether `actor` may undo the change: either of the two, within ten seconds.
///
/// # Errors
/// [`Refusal`].
pub fn undo(change: &Change, actor: Actor, now: Millis) -> Result<(), Refusal> {
    let (Status::Applied, Some(applied_at)) = (change.status, change.applied_at) else {
        return Err(Refusal::Decided);
    };
    if *actor.person != change.maker && Some(actor.person) != change.checker.as_ref() {
        return Err(Refusal::NotYours);
    }
    if now.0 - applied_at.0 > UNDO_MS { Err(Refusal::TooLate) } else { Ok(()) }
}

/// When a change comes into force that its maker has to make alone, because nobody else can be reached (降级).
///
/// # Errors
/// [`Refusal`].
pub fn go_alone(change: &Change, actor: Actor, reason: &str, now: Millis) -> Result<Millis, Refusal> {
    withdraw(change, actor)?;
    if change.status == Status::Delayed {
        return Err(Refusal::Decided);
    }
    reasonable(reason)?;
    if change.never_alone { Err(Refusal::NeverAlone) } else { Ok(now.plus(ALONE_DELAY_MS)) }
}

fn reasonable(reason: &str) -> Result<(), Refusal> {
    let given = reason.trim().chars().count() >= REASON_CHARS_MIN;
    if given { Ok(()) } else { Err(Refusal::NoReason) }
}

/// Hats of the first and of the second who lift a breaker (解除熔断: R1, R2).
const LIFTERS: [&[Hat]; 2] = [&[Hat::FloorDirector], &[Hat::Operations, Hat::Compliance]];

/// Whether `actor` may lift a breaker, after `first` did or as the first. The two wear hats of the two kinds, in either
/// order.
///
/// # Errors
/// [`Refusal`].
pub fn lift(first: Option<Actor>, actor: Actor, reason: &str) -> Result<(), Refusal> {
    reasonable(reason)?;
    let [one, two] = LIFTERS;
    let Some(first) = first else {
        return if actor.wears(one) || actor.wears(two) { Ok(()) } else { Err(Refusal::NotYours) };
    };
    if first.person == actor.person {
        return Err(Refusal::SamePerson);
    }
    let both = (first.wears(one) && actor.wears(two)) || (first.wears(two) && actor.wears(one));
    if both { Ok(()) } else { Err(Refusal::NotYours) }
}

#[cfg(test)]
mod tests;
