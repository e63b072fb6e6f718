//! What the program finds when the disk lied to it, and that two of it never share a directory.

use std::fs;
use std::path::{Path, PathBuf};

use livehand_tests::api::Credential;
use livehand_tests::program::{Server, run};
use serde_json::json;

use crate::{AT, Fresh, line};

const EVENTS: i64 = 40;

/// A server with a healthy show and one that is about to be damaged, killed right after its last acknowledgement.
async fn killed() -> (tempfile::TempDir, PathBuf, String, String) {
    let fresh = Fresh::start().await;
    let (healthy, show) =
        (fresh.operator.open_show("好的").await.unwrap(), fresh.operator.open_show("坏的").await.unwrap());
    fresh.operator.send(&healthy, line("h", AT, "like", "")).await.unwrap();
    for n in 0..EVENTS {
        let sent =
            fresh.operator.send(&show, line(&format!("e{n}"), AT + n, "comment", ",\"text\":\"一\"")).await;
        assert_eq!(sent.unwrap().status, 200);
    }
    let (folder, data) = fresh.kill().await;
    (folder, data, healthy, show)
}

fn wal(data: &Path) -> PathBuf {
    data.join("livehand.db-wal")
}

#[tokio::test]
async fn one_flipped_bit_near_the_end_of_the_write_ahead_file_is_named_and_only_that_show_is_held_back() {
    let (_folder, data, healthy, show) = killed().await;
    let mut bytes = fs::read(wal(&data)).unwrap();
    // In the last frames there is nothing but the last batches.
    let place = bytes.len() - 3 * 4096;
    bytes[place] ^= 0x10;
    fs::write(wal(&data), bytes).unwrap();

    let server = Server::start(&data).await.unwrap();
    let api = server.operator().unwrap();
    let errors = server.errors().unwrap();
    assert!(errors.contains(&show) && errors.contains(&format!("to {EVENTS} are missing")), "{errors}");
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap();
    assert_eq!((state.status, state.code()), (503, "show_held_back".to_owned()));
    assert_eq!(api.get(&format!("/api/v1/shows/{healthy}/state")).await.unwrap().status, 200);
    let ready = server.caller(Credential::None).get("/readyz").await.unwrap().json();
    assert_eq!(ready["refused_shows"][0]["show"], json!(show));
    server.stop().await.unwrap();

    let data_text = data.to_string_lossy().into_owned();
    let doctor = run(["doctor", "--data", &data_text]).await.unwrap();
    assert_eq!(doctor.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&doctor.stdout).contains(&show));
    let accepted = run(["doctor", "--data", &data_text, "--accept-gap", &show]).await.unwrap();
    assert_eq!(accepted.status.code(), Some(0));
    assert_eq!(run(["doctor", "--data", &data_text]).await.unwrap().status.code(), Some(0));
    let server = Server::start(&data).await.unwrap();
    let state = server.operator().unwrap().get(&format!("/api/v1/shows/{show}/state")).await.unwrap();
    assert_eq!(state.status, 200);
    assert!(state.json()["sequence"].as_i64().unwrap() < EVENTS);
}

#[tokio::test]
async fn a_write_ahead_file_that_is_gone_is_named_and_nothing_is_served_without_the_accounts() {
    let (_folder, data, _, _) = killed().await;
    fs::remove_file(wal(&data)).unwrap();
    let refused = Server::start(&data).await.err().expect("it must not start").to_string();
    assert!(refused.starts_with("exit code 5") && refused.contains("audit"), "{refused}");
    let doctor = run(["doctor", "--data", &data.to_string_lossy()]).await.unwrap();
    assert_eq!(doctor.status.code(), Some(5), "{}", String::from_utf8_lossy(&doctor.stdout));
    // Somebody who takes the loss can go on with what is there.
    let accept = ["doctor", "--accept-gap", "audit", "--data"];
    let accepted = run(accept.into_iter().chain([data.to_string_lossy().as_ref()])).await.unwrap();
    assert_eq!(accepted.status.code(), Some(0), "{}", String::from_utf8_lossy(&accepted.stderr));
    Server::start(&data).await.unwrap();
}

#[tokio::test]
async fn every_flipped_bit_of_the_write_ahead_file_is_noticed() {
    let (folder, data, _, _) = killed().await;
    let whole = fs::read(wal(&data)).unwrap();
    for n in 0..12 {
        let copy = folder.path().join(format!("copy-{n}"));
        fs::create_dir_all(copy.join("marks")).unwrap();
        fs::copy(data.join("livehand.db"), copy.join("livehand.db")).unwrap();
        for mark in fs::read_dir(data.join("marks")).unwrap() {
            let mark = mark.unwrap();
            fs::copy(mark.path(), copy.join("marks").join(mark.file_name())).unwrap();
        }
        let mut damaged = whole.clone();
        let place = (whole.len() - 1) * n / 12;
        damaged[place] ^= 1;
        fs::write(wal(&copy), damaged).unwrap();
        let doctor = run(["doctor", "--data", &copy.to_string_lossy()]).await.unwrap();
        assert_eq!(
            doctor.status.code(),
            Some(5),
            "byte {place}: {}",
            String::from_utf8_lossy(&doctor.stdout)
        );
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_directory_refuses_and_names_the_first() {
    let fresh = Fresh::start().await;
    let refused = Server::start(&fresh.data()).await.err().expect("it must not start").to_string();
    assert!(refused.starts_with("exit code 4"), "{refused}");
    assert!(
        refused.contains(&fresh.server.pid().unwrap().to_string()) && refused.contains(&fresh.server.url),
        "{refused}"
    );
    let doctor = run(["doctor", "--data", &fresh.data().to_string_lossy()]).await.unwrap();
    assert_eq!(doctor.status.code(), Some(4));
    assert_eq!(fresh.operator.get("/healthz").await.unwrap().status, 200, "the first goes on");
    let data = fresh.data();
    assert_eq!(fresh.server.stop().await.unwrap(), Some(0));
    Server::start(&data).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_by_name() {
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("livehand.db"), "this is a letter, not a database".repeat(200)).unwrap();
    let refused = Server::start(&data).await.err().expect("it must not start").to_string();
    assert!(refused.starts_with("exit code 5") && refused.contains("livehand.db"), "{refused}");
}
