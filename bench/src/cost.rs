//! What this process took, as the operating system counts it.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Processor time of this process so far, of all its threads, in user and system mode.
pub fn processor() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let of = |time: TimeVal| {
        Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0))
    };
    Ok(of(usage.user_time()) + of(usage.system_time()))
}

/// Memory that this process holds now, in bytes.
pub fn resident() -> anyhow::Result<u64> {
    status("VmRSS:")
}

/// The most memory that this process held at once, in bytes.
pub fn peak() -> anyhow::Result<u64> {
    status("VmHWM:")
}

fn status(key: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// Events a second of processor time.
pub fn rate(events: u64, processor: Duration) -> f64 {
    events as f64 / processor.as_secs_f64().max(1e-9)
}

/// The value that a share of the sorted values does not exceed.
pub fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// This moment, to measure from.
#[expect(clippy::disallowed_methods, reason = "what is measured decides nothing")]
pub fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}
