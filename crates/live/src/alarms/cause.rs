//! What may lie behind a fall: other viewers than before, the same viewers behaving otherwise, or something that happened
//! just before. None of it proves anything; it says where to look first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{MINUTE_MS, Millis};

use super::Cause;
use crate::metrics::{Series, SourceShare};
use crate::room::Room;

/// Minutes before a fall with which it is compared.
const BEFORE_MINUTES: i64 = 10;
/// How long before a fall something may have happened that set it off.
const TRIGGER_MS: i64 = 2 * MINUTE_MS;
/// Parts of a change below this are not worth a word, in thousandths of those who came.
const POINTS_MIN: i64 = 5;
/// A product that makes up less of a fall, in thousandths, is not worth a word.
const PART_MIN: i64 = 200;
/// Products that are told.
const PRODUCTS_MAX: usize = 3;
/// Causes that are told.
const CAUSES_MAX: usize = 6;

/// What may lie behind the fall of a series in the `minutes` minutes from `since` on.
pub(super) fn causes(room: &Room, series: Series, since: Millis, minutes: i64) -> Vec<Cause> {
    let mut causes = Vec::new();
    if series == Series::Retention {
        let first = since.minute();
        let now = room.metrics().retention_by_source(first..first + minutes);
        let before = room.metrics().retention_by_source(first - BEFORE_MINUTES..first);
        causes.extend(by_source(&before, &now));
    }
    if series == Series::Conversion {
        let first = since.minute();
        let now = room.metrics().sold(first..first + minutes);
        let before = room.metrics().sold(first - BEFORE_MINUTES..first);
        causes.extend(by_product(&before, &now));
    }
    let window = since.plus(-TRIGGER_MS)..=since.plus(minutes * MINUTE_MS);
    let happened = room.timeline().filter(|entry| window.contains(&entry.at) && entry.what.can_set_off());
    causes.extend(happened.map(|entry| Cause::Before {
        at: entry.at,
        what: entry.what,
        subject: entry.subject.clone(),
    }));
    causes.truncate(CAUSES_MAX);
    causes
}

/// Those present, and orders paid of each product.
type Sold<'a> = (i64, BTreeMap<&'a str, i64>);

/// Splits the fall in orders for those present into products: those of which less is sold, by how much of the whole fall
/// they make up.
fn by_product((present_before, before): &Sold, (present_now, now): &Sold) -> Vec<Cause> {
    if *present_before <= 0 || *present_now <= 0 {
        return Vec::new();
    }
    let rate = |paid: Option<&i64>, present: i64| paid.copied().unwrap_or(0) as f64 / present as f64;
    let fall =
        |product: &str| rate(before.get(product), *present_before) - rate(now.get(product), *present_now);
    let products: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    let whole: f64 = products.iter().map(|product| fall(product)).sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    let part = |product| libm::round(fall(product) / whole * 1_000.0) as i64;
    let mut parts: Vec<(i64, &str)> = products.iter().map(|product| (part(product), *product)).collect();
    parts.retain(|(part, _)| *part >= PART_MIN);
    parts.sort_by_key(|(part, product)| (Reverse(*part), *product));
    let cause = |(part_permille, product): (i64, &str)| Cause::WithinProduct {
        product: product.to_owned(),
        part_permille,
    };
    parts.into_iter().take(PRODUCTS_MAX).map(cause).collect()
}

/// Splits the change of a share into what other shares of the sources explain and what each source explains by itself:
/// each difference is weighted with the mean of the other factor, so that the parts add up to the whole (Kitagawa 1955).
fn by_source(before: &[SourceShare], now: &[SourceShare]) -> Vec<Cause> {
    let sum = |all: &[SourceShare]| all.iter().map(|it| it.share.of).sum::<i64>() as f64;
    let (all_before, all_now) = (sum(before), sum(now));
    if all_before <= 0.0 || all_now <= 0.0 {
        return Vec::new();
    }
    let permille = |points: f64| libm::round(points * 1_000.0) as i64;
    let mut mix = 0.0;
    let mut within = Vec::new();
    for (was, is) in before.iter().zip(now) {
        let (weight_was, weight_is) = (was.share.of as f64 / all_before, is.share.of as f64 / all_now);
        // A source that was not there has no rate of its own; what it changes is a matter of the mix.
        let rate_was = if was.share.of > 0 { was.share.rate() } else { is.share.rate() };
        let rate_is = if is.share.of > 0 { is.share.rate() } else { rate_was };
        mix += (weight_is - weight_was) * (rate_was + rate_is) / 2.0;
        within.push((permille((rate_is - rate_was) * (weight_was + weight_is) / 2.0), was.source));
    }
    within.sort_by_key(|(points, source)| (*points, *source));
    let lowering = within.into_iter().filter(|(points, _)| *points <= -POINTS_MIN).take(3);
    let mut causes: Vec<(i64, Cause)> = lowering
        .map(|(points_permille, source)| (points_permille, Cause::WithinSource { source, points_permille }))
        .collect();
    let mix = permille(mix);
    if mix <= -POINTS_MIN {
        causes.push((mix, Cause::SourceMix { points_permille: mix }));
    }
    causes.sort_by_key(|(points, _)| *points);
    causes.into_iter().map(|(_, cause)| cause).collect()
}
