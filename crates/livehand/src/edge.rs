//! The only places where the real clock, the real randomness and the log output are taken from.

use livehand_kernel::{Clock, Entropy, Millis};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The clock on the wall.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// This moment, to measure from.
#[expect(clippy::disallowed_methods, reason = "what is measured is told to people and decides nothing")]
pub fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

/// How many files and connections this process may have open: as many as the system lets it have, which is more than it
/// begins with.
pub fn file_handles() -> u64 {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    const USUAL: u64 = 1_024;
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return USUAL };
    match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    }
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Ids and tokens that can be guessed are worse than no program.
            eprintln!("livehand: the operating system gives no randomness: {error}");
            std::process::exit(i32::from(crate::exit::FATAL));
        }
    }
}

/// The locale of the terminal, as POSIX ranks its variables.
#[expect(clippy::disallowed_methods, reason = "the locale belongs to the terminal and is no setting")]
pub fn locale() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set)
}

/// Sends log lines to the standard error output; `filter` as in `RUST_LOG`.
pub fn start_logging(filter: Option<&str>) {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .parse_lossy(filter.unwrap_or_default());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
