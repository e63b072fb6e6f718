//! How viewers behave, in numbers. Where published samples of live commerce exist the numbers follow them; the others are
//! assumptions. Rates are per viewer and second, shares are of 1.

/// How soon after the opening its followers come: mean, s (fitted to 80,000 viewers in ten minutes).
pub(super) const BURST_MEAN_S: f64 = 60.0;
/// Followers who come at the opening, per viewer wanted at the peak.
pub(super) const BURST_SHARE: f64 = 0.85;
/// Mean time that a stranger spends in the room over all visits, s: one arrives per so much time and viewer wanted, which
/// keeps the room as full as wanted when the burst has gone.
pub(super) const STRANGER_STAY_S: f64 = 600.0;
/// Share of those who leave that come back, and after how long, mean, s.
pub(super) const RETURN: f64 = 0.18;
pub(super) const RETURN_MEAN_S: f64 = 240.0;
/// Mean and share of those who come in and leave again at once, of followers and of strangers.
pub(super) const BOUNCE_S: f64 = 9.0;
pub(super) const BOUNCE: [f64; 2] = [0.10, 0.35];
/// Share of those who browse: log-normal stays, median in s and sigma. The rest stays like a fan.
pub(super) const BROWSE: [f64; 2] = [0.40, 0.50];
pub(super) const BROWSE_LAW: (f64, f64) = (150.0, 1.25);
pub(super) const FAN_LAW: (f64, f64) = (1_700.0, 0.9);
/// Longest stay, s.
pub(super) const STAY_S_MAX: f64 = 4.0 * 3_600.0;
/// Period of heartbeats, ms.
pub(super) const HEARTBEAT_MS: i64 = 90_000;
/// Share of viewers whose leave is never reported.
pub(super) const VANISH: f64 = 0.04;
/// What one viewer does, per second.
pub(super) const COMMENT_RATE: f64 = 0.0011;
pub(super) const LIKE_RATE: f64 = 0.006;
pub(super) const GIFT_RATE: f64 = 0.000_1;
pub(super) const FOLLOW_RATE: f64 = 0.000_12;
pub(super) const SHARE_RATE: f64 = 0.000_08;
/// Looks at the product card: 36 % of those online in 90 s.
pub(super) const LOOK_RATE: f64 = 0.004;
/// Clicks per look.
pub(super) const CLICK: f64 = 0.07;
/// Orders per click.
pub(super) const ORDER: f64 = 0.14;
/// Paid per order.
pub(super) const PAY: f64 = 0.86;
/// Refunds per paid order; so many of them are partial.
pub(super) const REFUND: f64 = 0.05;
pub(super) const REFUND_PARTIAL: f64 = 0.3;

/// Where strangers come from, cumulated: feed, paid, search, square, video, other.
pub(super) const STRANGER_SOURCES: &[(f64, &str)] =
    &[(0.52, "feed"), (0.72, "paid"), (0.80, "search"), (0.87, "square"), (0.95, "video"), (1.0, "other")];

/// Gifts and what one is worth in fen, cumulated: half of them are worth next to nothing, three in a hundred a lot.
pub(super) const GIFTS: &[(f64, &str, i64)] =
    &[(0.55, "小红花", 10), (0.85, "荧光棒", 100), (0.97, "热气球", 880), (1.0, "大灯塔", 6_600)];
