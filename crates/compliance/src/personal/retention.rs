//! The retention matrix (保存期限矩阵): how long what is kept, counted from when, and on which ground.

use livehand_kernel::{DAY_MS, Millis, Phrase};
use serde::{Deserialize, Serialize};

/// Longest period, in days: ten years.
pub const DAYS_MAX: u32 = 3_650;

/// What a delivery is, as far as its data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = DeliveryClass))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Something that was bought.
    Order,
    /// Something that was won (中奖).
    Prize,
}

/// The moment from which a period is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RetentionSince))]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The after-sale is over (售后闭环).
    Closed,
    /// The parcel was signed for (签收).
    Received,
    /// The customer's last order.
    LastOrder,
    /// Whatever happened last to an order: a notice, its parcel, a ticket, a decision (最后一次动态).
    LastActivity,
}

/// The periods, in days. Those of the matrix unless a setting says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matrix {
    /// Name, number and address of an order, after its after-sale is over.
    pub order_days: u32,
    /// Name, number and address of an order whose after-sale nobody ever closed, after whatever happened to it last: a
    /// year in which goods can still be under guarantee (三包), and the days of one that is closed.
    pub idle_days: u32,
    /// Those of a prize, after it was signed for.
    pub prize_days: u32,
    /// What is masked, as evidence of a trade, after the customer's last order.
    pub evidence_days: u32,
}

/// One line of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// Stable code.
    pub code: &'static str,
    /// What is kept.
    pub what: Phrase,
    /// Counted from when.
    pub since: Since,
    /// How long, in days.
    pub days: u32,
    /// On which ground.
    pub basis: Phrase,
}

/// When what happened to a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Its parcel was signed for.
    pub received: Option<Millis>,
    /// Its after-sale is over.
    pub closed: Option<Millis>,
}

impl Class {
    /// All of them.
    pub const ALL: &'static [Class] = &[Class::Order, Class::Prize];

    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Class::Order => "order",
            Class::Prize => "prize",
        }
    }

    /// The class with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.code() == code)
    }

    /// From when its period is counted.
    pub fn since(self) -> Since {
        match self {
            Class::Order => Since::Closed,
            Class::Prize => Since::Received,
        }
    }
}

impl Default for Matrix {
    fn default() -> Self {
        Self { order_days: 90, idle_days: 455, prize_days: 30, evidence_days: 1_095 }
    }
}

impl Matrix {
    /// Whether the periods can be used.
    ///
    /// # Errors
    /// The setting that cannot, and what it must be.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let days = [
            ("order_days", self.order_days),
            ("idle_days", self.idle_days),
            ("prize_days", self.prize_days),
            ("evidence_days", self.evidence_days),
        ];
        match days.into_iter().find(|(_, days)| !(1..=DAYS_MAX).contains(days)) {
            Some((key, _)) => Err((key, "1 to 3650 days")),
            None => Ok(()),
        }
    }

    /// Its lines.
    pub fn rows(&self) -> [MatrixRow; 4] {
        let privacy = Phrase::new(
            "Personal Information Protection Law, art. 19 and 47",
            "《个人信息保护法》第十九、四十七条",
        );
        [
            MatrixRow {
                code: "order_recipient",
                what: Phrase::new("name, number and address of orders", "订单收件人的姓名、手机、地址"),
                since: Class::Order.since(),
                days: self.order_days,
                basis: privacy.clone(),
            },
            MatrixRow {
                code: "idle_order_recipient",
                what: Phrase::new(
                    "name, number and address of orders whose after-sale nobody closed",
                    "一直没有售后闭环的订单收件人信息",
                ),
                since: Since::LastActivity,
                days: self.idle_days,
                basis: privacy.clone(),
            },
            MatrixRow {
                code: "prize_recipient",
                what: Phrase::new("name, number and address of prizes", "中奖收货信息"),
                since: Class::Prize.since(),
                days: self.prize_days,
                basis: privacy,
            },
            MatrixRow {
                code: "trade_evidence",
                what: Phrase::new("masked evidence of trades", "交易证据（掩码）"),
                since: Since::LastOrder,
                days: self.evidence_days,
                basis: Phrase::new("E-Commerce Law, art. 31", "《电子商务法》第三十一条"),
            },
        ]
    }

    /// How long the data in clear of a delivery is kept, ms.
    pub fn keeps_ms(&self, class: Class) -> i64 {
        let days = match class {
            Class::Order => self.order_days,
            Class::Prize => self.prize_days,
        };
        i64::from(days) * DAY_MS
    }

    /// How long the data in clear of an order is kept whose after-sale nobody ever closed, ms after its last activity.
    pub fn keeps_idle_ms(&self) -> i64 {
        i64::from(self.idle_days) * DAY_MS
    }

    /// How long what is masked is kept, ms.
    pub fn keeps_evidence_ms(&self) -> i64 {
        i64::from(self.evidence_days) * DAY_MS
    }

    /// When the data in clear of a delivery is due to go; nothing while the period has not begun. An order that is never
    /// closed goes as well, once nothing has happened to it for [`Matrix::keeps_idle_ms`].
    pub fn due(&self, class: Class, times: Times) -> Option<Millis> {
        let since = match class.since() {
            Since::Received => times.received,
            Since::Closed | Since::LastOrder | Since::LastActivity => times.closed,
        };
        since.map(|at| at.plus(self.keeps_ms(class)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_stay_ninety_days_after_their_after_sale_and_prizes_thirty_after_they_arrived() {
        let matrix = Matrix::default();
        let times = Times { received: Some(Millis(0)), closed: Some(Millis(DAY_MS)) };
        assert_eq!(matrix.due(Class::Order, times), Some(Millis(91 * DAY_MS)));
        assert_eq!(matrix.due(Class::Prize, times), Some(Millis(30 * DAY_MS)));
        assert_eq!(matrix.due(Class::Order, Times { closed: None, ..times }), None);
        assert_eq!(matrix.keeps_evidence_ms(), 3 * 365 * DAY_MS);
        assert_eq!(matrix.rows().map(|row| row.days), [90, 455, 30, 1_095]);
    }

    #[test]
    fn a_period_of_nothing_or_for_ever_is_refused() {
        assert_eq!(Matrix::default().check(), Ok(()));
        for days in [0, DAYS_MAX + 1] {
            let wrong = Matrix { prize_days: days, ..Matrix::default() };
            assert_eq!(wrong.check().unwrap_err().0, "prize_days");
        }
    }
}
