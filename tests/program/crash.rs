//! The program is killed without warning.

use livehand_tests::crash::{Plan, kill_and_restart};

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_it_loses_nothing_and_applies_nothing_twice() {
    let report = kill_and_restart(Plan { rounds: 12, seed: 618, writers: 3 }, |_| {}).await.unwrap();
    println!("{report}");
    assert!(report.acknowledged > 100, "{report}");
    assert!(report.repeated_requests > 0, "no request was cut off, so nothing was shown: {report}");
}
