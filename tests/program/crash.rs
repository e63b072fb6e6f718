//! The program is killed without warning.

use livehand_tests::crash::{Plan, kill_and_restart};
use livehand_tests::drain;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_it_loses_nothing_and_applies_nothing_twice() {
    let report = kill_and_restart(Plan { rounds: 12, seed: 618, writers: 3 }, |_| {}).await.unwrap();
    println!("{report}");
    assert!(report.acknowledged > 100, "{report}");
    assert!(report.repeated_requests > 0, "no request was cut off, so nothing was shown: {report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_stock_is_drained_it_sells_exactly_what_was_there() {
    let plan = drain::Plan { units: 2_000, buyers: 2_200, kills: 3, at_once: 32, seed: 618 };
    let report = drain::drain(plan, |_| {}).await.unwrap();
    println!("{report}");
    assert_eq!(report.sold, 2_000, "{report}");
    assert!(report.refused > 100 && report.repeated > 0, "nothing was shown: {report}");
}
