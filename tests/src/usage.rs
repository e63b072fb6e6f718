//! What a process took, as the operating system says.

use anyhow::{Context, Result};

/// Clock ticks in a second, as Linux counts processor time for its users on every architecture.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process took so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Processor time, s.
    pub processor_s: f64,
    /// Memory that it holds, MB.
    pub memory_mb: f64,
}

impl Usage {
    /// What the process with this id took.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn of(pid: u32) -> Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name of the program stands in parentheses and may hold anything.
        let (_, fields) = stat.rsplit_once(") ").context("an unknown form of /proc/PID/stat")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks = |n: usize| fields.get(n).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = resident.trim().trim_end_matches(" kB").parse()?;
        Ok(Self { processor_s: (ticks(11) + ticks(12)) / TICKS_PER_SECOND, memory_mb: kib / 1024.0 })
    }
}
