//! Why a reservation was not made, or not moved on.

use livehand_kernel::{Phrase, SkuId};

use super::{Status, Step};
use crate::stock::{Refused, Shortage};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is not enough: what is short, for each SKU that the order consumes.
    #[error("{} SKUs are short", .0.len())]
    Short(Vec<Shortage>),
    /// The order is known with another wish.
    #[error("the order {0} is known with another wish")]
    OtherWish(String),
    /// There is no such order.
    #[error("the order {0} has no reservation")]
    Unknown(String),
    /// It stands where this cannot be done.
    #[error("a reservation that is {} cannot be moved on by {}", status.code(), step.code())]
    NotNow {
        /// Where it stands.
        status: Status,
        /// What was asked.
        step: Step,
    },
    /// The books cannot hold it.
    #[error(transparent)]
    Books(#[from] Refused),
}

impl Refusal {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Short(_) => "sold_out",
            Refusal::OtherWish(_) => "order_used",
            Refusal::Unknown(_) => "not_found",
            Refusal::NotNow { .. } => "reservation_settled",
            Refusal::Books(refused) => refused.code(),
        }
    }

    /// For people.
    pub fn phrase(&self) -> Phrase {
        match self {
            Refusal::Short(short) => short_phrase(short),
            Refusal::OtherWish(order) => Phrase::new(
                format!("The order {order} was reserved before with other lines or terms"),
                format!("订单 {order} 之前占过库，但内容不同"),
            ),
            Refusal::Unknown(order) => Phrase::new(
                format!("The order {order} has no reservation"),
                format!("订单 {order} 没有占库记录"),
            ),
            Refusal::NotNow { status, step } => {
                let (step_en, step_zh) = step_words(*step);
                let (status_en, status_zh) = status_words(*status);
                Phrase::new(
                    format!("It is {status_en} and cannot be {step_en}"),
                    format!("该占库{status_zh}，不能{step_zh}"),
                )
            }
            Refusal::Books(refused) => refused.phrase(),
        }
    }
}

/// What one SKU lacks.
pub(super) fn lack(sku: &SkuId, wanted: i64, shown: i64) -> Phrase {
    Phrase::new(
        format!("{sku}: {wanted} wanted, {shown} can be had"),
        format!("{sku}：要 {wanted} 件，可售 {shown} 件"),
    )
}

fn short_phrase(short: &[Shortage]) -> Phrase {
    let lacks: Vec<Phrase> = short.iter().map(|it| lack(&it.sku, it.wanted, it.shown.max(0))).collect();
    let joined = |pick: fn(&Phrase) -> &str, with: &str| {
        lacks.iter().map(pick).collect::<Vec<_>>().join(with)
    };
    Phrase::new(
        format!("There is not enough: {}", joined(|phrase| &phrase.en, "; ")),
        format!("库存不足：{}", joined(|phrase| &phrase.zh, "；")),
    )
}

fn step_words(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Pay => ("paid", "付款"),
        Step::Pick => ("picked", "拣货"),
        Step::Release => ("released", "释放"),
        Step::Cancel => ("cancelled", "取消"),
    }
}

fn status_words(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Waiting => ("waiting for stock", "还在候补"),
        Status::Open => ("not paid yet", "待付款"),
        Status::Held => ("held and not paid yet", "已占用、未付款"),
        Status::Paid => ("paid", "已付款"),
        Status::Picked => ("picked", "已拣货"),
        Status::Released => ("released", "已释放"),
        Status::Cancelled => ("cancelled", "已取消"),
        Status::Expired => ("expired", "已超时释放"),
    }
}
