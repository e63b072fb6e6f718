//! A guarded process ends with the task that started it, however the task ends.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the functions that tests share fail like tests")]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Longer than any orderly end; a test that reaches it has failed.
const WAIT_MS_MAX: u64 = 30_000;
const LOOK_MS: u64 = 20;

/// Starts a guard over a shell script whose standard output goes to the guard's log.
fn guard(directory: &Path, script: &str) -> Child {
    let log = directory.join("log");
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["guard", "--signal", "TERM", "--directory"])
        .arg(directory)
        .arg("--log")
        .arg(&log)
        .args(["--", "sh", "-c", script])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until something holds.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..WAIT_MS_MAX / LOOK_MS {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(LOOK_MS));
    }
    panic!("{what}: not after {WAIT_MS_MAX} ms");
}

/// The process id that a script printed first.
fn printed_process(directory: &Path) -> u32 {
    let read = || std::fs::read_to_string(directory.join("log")).unwrap_or_default();
    wait_until("the script prints its id", || read().ends_with('\n'));
    read().trim().parse().unwrap()
}

fn is_alive(process: u32) -> bool {
    Command::new("sh")
        .args(["-c", &format!("kill -0 {process}")])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

#[test]
fn closing_the_pipe_stops_the_process_and_its_children_and_removes_the_directory() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("server");
    std::fs::create_dir(&directory).unwrap();
    // The printed process is a child of the guarded one, as initdb is of the script that starts it.
    let mut guard = guard(&directory, "sleep 1000 & echo $!; wait");
    let child = printed_process(&directory);
    assert!(is_alive(child));
    drop(guard.stdin.take());
    assert!(guard.wait().unwrap().success());
    wait_until("the child of the process ends", || !is_alive(child));
    assert!(!directory.exists());
}

#[test]
fn a_killed_task_takes_its_guarded_process_with_it() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("server");
    std::fs::create_dir(&directory).unwrap();
    let mut guard = guard(&directory, "echo $$; exec sleep 1000");
    let process = printed_process(&directory);
    // `sleep` holds the pipe as a task does; killing it leaves no chance to clean up.
    let mut task = Command::new("sleep").arg("1000").stdout(guard.stdin.take().unwrap()).spawn().unwrap();
    task.kill().unwrap();
    task.wait().unwrap();
    assert!(guard.wait().unwrap().success());
    wait_until("the process ends", || !is_alive(process));
    assert!(!directory.exists());
}

#[test]
fn a_process_that_ends_by_itself_fails_the_guard_and_keeps_its_log() {
    let directory = tempfile::tempdir().unwrap();
    let mut guard = guard(directory.path(), "echo no room left; exit 4");
    let _held = guard.stdin.take();
    assert!(!guard.wait().unwrap().success());
    let mut said = String::new();
    guard.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("ended by itself"), "{said}");
    assert_eq!(std::fs::read_to_string(directory.path().join("log")).unwrap(), "no room left\n");
}
