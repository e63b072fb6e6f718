//! Steps one after another, with a table at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// One step of a task.
pub struct Step<'a, Context> {
    /// What it does, in a few words.
    pub name: &'a str,
    /// Does it.
    pub action: fn(&mut Context) -> Result<()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Failed,
    NotRun,
}

/// Runs the steps and prints how each ended. After a failure the rest is not run, unless `keep_going`.
///
/// # Errors
/// A step failed; the message names them all.
pub fn run<Context>(steps: &[Step<'_, Context>], context: &mut Context, keep_going: bool) -> Result<()> {
    let mut table = Vec::new();
    let mut failed = Vec::new();
    for step in steps {
        if !failed.is_empty() && !keep_going {
            table.push((step.name, Outcome::NotRun, Duration::ZERO));
            continue;
        }
        println!("\n── {}", step.name);
        let started = now();
        let result = (step.action)(context);
        let outcome = if result.is_ok() { Outcome::Done } else { Outcome::Failed };
        table.push((step.name, outcome, now() - started));
        if let Err(error) = result {
            eprintln!("{}: {error:#}", step.name);
            failed.push(step.name);
        }
    }
    println!("\n{}", render(&table));
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the duration of a step is shown to people and decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

fn render(table: &[(&str, Outcome, Duration)]) -> String {
    let width = table.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
    let lines = table.iter().map(|(name, outcome, duration)| {
        let (mark, time) = match outcome {
            Outcome::Done => ("ok     ", format!("{:7.1} s", duration.as_secs_f64())),
            Outcome::Failed => ("FAILED ", format!("{:7.1} s", duration.as_secs_f64())),
            Outcome::NotRun => ("not run", String::new()),
        };
        format!("  {mark} {name:width$} {time}").trim_end().to_owned()
    });
    let total: Duration = table.iter().map(|(.., duration)| *duration).sum();
    let last = format!("  {:7} {:width$} {:7.1} s", "", "total", total.as_secs_f64());
    lines.chain([last]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[Step<'_, Vec<&str>>] = &[
        Step {
            name: "first",
            action: |seen| {
                seen.push("first");
                Ok(())
            },
        },
        Step { name: "second", action: |_| bail!("it broke") },
        Step {
            name: "third",
            action: |seen| {
                seen.push("third");
                Ok(())
            },
        },
    ];

    #[test]
    fn a_failure_stops_the_rest_and_is_named() {
        let mut seen = Vec::new();
        let error = run(STEPS, &mut seen, false).unwrap_err().to_string();
        assert_eq!((seen, error.as_str()), (vec!["first"], "failed: second"));
    }

    #[test]
    fn keep_going_runs_the_rest_and_still_fails() {
        let mut seen = Vec::new();
        assert!(run(STEPS, &mut seen, true).is_err());
        assert_eq!(seen, vec!["first", "third"]);
    }

    #[test]
    fn the_table_shows_what_was_not_run() {
        let table = [
            ("format", Outcome::Done, Duration::from_millis(1_240)),
            ("tests", Outcome::Failed, Duration::from_secs(61)),
            ("tidy", Outcome::NotRun, Duration::ZERO),
        ];
        let expected = "  ok      format     1.2 s\n  FAILED  tests     61.0 s\n  not run tidy\n          total     62.2 s";
        assert_eq!(render(&table), expected);
    }
}
