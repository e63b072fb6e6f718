//! The last moment at which a correction costs nothing.

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use crate::fulfilment::Node;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Clocks in China are eight hours ahead, all year.
const OFFSET_MS: i64 = 8 * 60 * MINUTE_MS;

/// A time of the day in Asia/Shanghai, written `16:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock {
    minute: u16,
}

impl Clock {
    /// The time that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u16>().ok()).flatten()
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        (hour < 24 && minute < 60).then_some(Self { minute: hour * 60 + minute })
    }

    /// The first moment from `at` on at which it is this time.
    fn next(self, at: Millis) -> Millis {
        let of_day = (at.0 + OFFSET_MS).rem_euclid(DAY_MS);
        let wait = (i64::from(self.minute) * MINUTE_MS - of_day).rem_euclid(DAY_MS);
        Millis(at.0 + wait)
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl TryFrom<String> for Clock {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time such as 16:00")
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> Self {
        clock.to_string()
    }
}

/// Until when an order can be corrected for nothing: until the wave that prints it, then until the carrier comes. Nothing
/// once it is out, or if the shop has no such times.
pub fn cut_off(node: Node, since: Millis, waves: &[Clock], collections: &[Clock]) -> Option<Millis> {
    let clocks = match node {
        Node::ToPrint => waves,
        Node::Printed => collections,
        Node::Out | Node::Collected | Node::Delivering => &[],
    };
    clocks.iter().map(|clock| clock.next(since)).min()
}
