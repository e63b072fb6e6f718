//! Recordings of real rooms: imported, replayed faster, and folded to the same state, byte for byte.

use std::fs;
use std::path::Path;
use std::process::Output;

use livehand_tests::api::{Credential, text};
use livehand_tests::program::{Server, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::AT;

/// A recording of half a minute in each format, written here (synthetic), with what makes such files hard to read.
fn bililive() -> String {
    let mut file = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<i>\n<BililiveRecorderRecordInfo roomid=\"1\" name=\"合成\" \
        start_time=\"2026-06-18T20:00:00.1234567+08:00\" />\n"
        .to_owned();
    for n in 0..60 {
        let ts = f64::from(n) / 2.0;
        let text = ["3号多少钱", "有大码吗", "主播好看", "&lt;b&gt;几天发货", "好的"][n as usize % 5];
        file.push_str(&format!(
            "  <d p=\"{ts:.3},1,25,16777215,{},0,{},0\" user=\"观众{}\">{text}</d>\n",
            AT + i64::from(n) * 500,
            1_000 + n % 7,
            n % 7
        ));
        if n % 10 == 0 {
            file.push_str(&format!(
                "  <gift ts=\"{ts:.3}\" uid=\"{}\" user=\"阿麦\" giftname=\"小花花\" giftcount=\"2\" />\n",
                1_000 + n
            ));
        }
    }
    file.push_str("</i>\n");
    file
}

fn douyin() -> String {
    let mut file = String::new();
    for n in 0..120 {
        let at = AT as f64 / 1000.0 + f64::from(n) / 4.0;
        let (kind, payload) = match n % 6 {
            0 => (
                "member",
                json!({ "user_id_str": "111111", "nickname": format!("李{n}***"), "action": "enter" }),
            ),
            1 => (
                "chat",
                json!({ "user_id_str": "111111", "nickname": format!("王{n}***"), "content": "有运费险吗" }),
            ),
            2 => (
                "like",
                json!({ "user_id_str": "111111", "nickname": "钱***", "count": 5, "total": 3400 + n }),
            ),
            3 => (
                "room_user_stats",
                json!({ "current": 800 - n, "total": if n % 4 == 3 { "6.8万" } else { "6.7万" } }),
            ),
            4 => (
                "gift",
                json!({ "nickname": "陈***", "gift_name": "小心心", "count": 1, "diamond_count": 1 }),
            ),
            _ => ("room_rank", json!({ "ranks": ["甲", "乙"] })),
        };
        file.push_str(&json!({ "type": kind, "payload": payload, "timestamp": at }).to_string());
        file.push('\n');
    }
    file.push_str(&json!({ "type": "room_control", "payload": { "status": 3 }, "timestamp": AT as f64 / 1000.0 + 31.0 }).to_string());
    file.push('\n');
    file
}

fn livehand() -> String {
    let mut file = String::new();
    let mut add = |event: Value| file.push_str(&format!("{event}\n"));
    for n in 0..40_i64 {
        let at = AT + n * 700;
        let user = format!("u{}", n % 9);
        add(
            json!({ "id": format!("j{n}"), "at": at, "type": "join", "user": user, "session": format!("s{n}"), "source": "feed" }),
        );
        add(
            json!({ "id": format!("c{n}"), "at": at + 5, "type": "comment", "user": user, "text": "这款多少钱", "origin": "room-a" }),
        );
        if n % 3 == 0 {
            add(
                json!({ "id": format!("o{n}"), "at": at + 9, "type": "order_paid", "user": user, "order": n, "amount": 12_900 }),
            );
            add(
                json!({ "id": format!("l{n}"), "at": at - 2_000, "type": "leave", "user": user, "session": format!("s{}", n - 3) }),
            );
        }
        if n % 10 == 5 {
            add(
                json!({ "id": format!("m{n}"), "at": at, "type": "crew.marker_placed", "text": "合成打点", "origin": "crew", "by": "p1" }),
            );
            add(
                json!({ "id": format!("s{n}"), "at": at, "type": "crew.item_staged", "product": "demo-03", "origin": "crew", "by": "p1" }),
            );
            add(
                json!({ "id": format!("q{n}"), "at": at, "type": "poll_opened", "colour": "红", "size": 1.5e300 }),
            );
        }
        // Delivered twice, as platforms do.
        if n % 20 == 7 {
            add(
                json!({ "id": format!("c{n}"), "at": at + 5, "type": "comment", "user": user, "text": "这款多少钱", "origin": "room-a" }),
            );
        }
    }
    file
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The show id at the end of a line that contains `before`.
fn id_after(output: &Output, before: &str) -> String {
    let all = said(output);
    let (_, rest) = all.split_once(before).unwrap_or_else(|| panic!("no \"{before}\" in: {all}"));
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap().to_owned()
}

async fn import(file: &Path, title: &str, data: &Path) -> Output {
    run(["import", &file.to_string_lossy(), "--show", title, "--data", &data.to_string_lossy()])
        .await
        .unwrap()
}

async fn check_import_replay_and_fold(name: &str, content: &str) {
    let folder = TempDir::new().unwrap();
    let (file, data) = (folder.path().join(name), folder.path().join("data"));
    fs::write(&file, content).unwrap();
    let folded = run(["fold", &file.to_string_lossy()]).await.unwrap();
    assert_eq!(folded.status.code(), Some(0), "{}", said(&folded));
    let folded = folded.stdout.trim_ascii_end().to_vec();

    let imported = import(&file, "录播场", &data).await;
    assert_eq!(imported.status.code(), Some(0), "{}", said(&imported));
    let original = id_after(&imported, "imported into show ");
    // With a server running, as when somebody watches the cockpit.
    let server = Server::start(&data).await.unwrap();
    let api = server.operator().unwrap();
    let replayed =
        run(["replay", "录播场", "--speed", "10", "--data", &data.to_string_lossy()]).await.unwrap();
    assert_eq!(replayed.status.code(), Some(0), "{}", said(&replayed));
    let replay = id_after(&replayed, "replayed into show ");
    for show in [&original, &replay] {
        let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap();
        assert_eq!(state.status, 200);
        assert!(state.body == folded, "{name}: the state of show {show} is not the fold of the file");
    }
    assert!(original != replay && folded.len() > 1_000);
    let shows = api.get("/api/v1/shows").await.unwrap().json();
    let modes: Vec<String> =
        shows["shows"].as_array().unwrap().iter().map(|show| text(show, "/mode")).collect();
    assert_eq!(modes, ["replay", "recording"]);
    let ended = shows["shows"].as_array().unwrap().iter().all(|show| text(show, "/status") == "ended");
    assert!(ended, "{shows}");
    // The title is that of the original still, although the replay's contains it.
    let again = run(["replay", "录播", "--speed", "1000", "--data", &data.to_string_lossy()]).await.unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert_eq!(server.stop().await.unwrap(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bililive_recording_is_imported_replayed_and_folded_to_the_same_state() {
    check_import_replay_and_fold("show.xml", &bililive()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_douyin_recording_is_imported_replayed_and_folded_to_the_same_state() {
    check_import_replay_and_fold("show.jsonl", &douyin()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_livehand_recording_is_imported_replayed_and_folded_to_the_same_state() {
    check_import_replay_and_fold("show.ndjson", &livehand()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_in_the_middle_of_a_line_gives_its_whole_events_and_says_what_it_dropped() {
    for (name, content) in [("show.xml", bililive()), ("show.jsonl", douyin()), ("show.ndjson", livehand())] {
        let folder = TempDir::new().unwrap();
        let (file, data) = (folder.path().join(name), folder.path().join("data"));
        // The beginning of the last line that holds an event, and half of it.
        let last = content.trim_end().trim_end_matches("</i>").trim_end().rfind('\n').unwrap();
        let lines = content[..last].lines().count() + 1;
        fs::write(&file, &content.as_bytes()[..last + 40]).unwrap();
        let imported = import(&file, "断线场", &data).await;
        assert_eq!(imported.status.code(), Some(3), "{name}: {}", said(&imported));
        let dropped = format!("line {lines}: the file is cut off here; dropped");
        assert!(said(&imported).contains(&dropped), "{name}: {}", said(&imported));
        let show = id_after(&imported, "imported into show ");
        // Everything before it is there: the same as of a file that ends with the line before.
        let whole = folder.path().join(format!("whole-{name}"));
        let end = if name == "show.xml" { "\n</i>\n" } else { "\n" };
        fs::write(&whole, format!("{}{end}", &content[..last])).unwrap();
        let folded = run(["fold", &whole.to_string_lossy()]).await.unwrap();
        let server = Server::start(&data).await.unwrap();
        let state = server.operator().unwrap().get(&format!("/api/v1/shows/{show}/state")).await.unwrap();
        assert!(state.body == folded.stdout.trim_ascii_end(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cockpit_follows_a_replay() {
    let folder = TempDir::new().unwrap();
    let (file, data) = (folder.path().join("show.ndjson"), folder.path().join("data"));
    fs::write(&file, livehand()).unwrap();
    assert_eq!(import(&file, "录播场", &data).await.status.code(), Some(0));
    let server = Server::start(&data).await.unwrap();
    let api = server.operator().unwrap();
    let data = data.to_string_lossy().into_owned();
    let arguments = ["replay", "录播场", "--speed", "10", "--data", &data];
    let replaying = run(arguments);
    let watching = async {
        let mut clocks = Vec::new();
        loop {
            let shows = api.get("/api/v1/shows?status=on_air").await.unwrap().json();
            let show = text(&shows, "/shows/0/id");
            if !show.is_empty() {
                let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
                clocks.push(state["clock"].as_i64().unwrap());
                clocks.dedup();
            } else if clocks.len() > 1 {
                return clocks;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let (replayed, clocks) = tokio::join!(replaying, watching);
    assert_eq!(replayed.unwrap().status.code(), Some(0));
    assert!(clocks.len() >= 5, "the show's clock was seen at {clocks:?} only");
}

#[tokio::test]
async fn the_same_events_shuffled_and_partly_twice_give_the_same_totals() {
    let folder = TempDir::new().unwrap();
    let mut lines: Vec<Value> = livehand().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.retain(|event| !text(event, "/type").starts_with("crew."));
    let figures = |output: &Output| {
        let view: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut minutes = view["minutes"].clone();
        minutes.as_array_mut().unwrap().iter_mut().for_each(|minute| minute["version"] = json!(0));
        json!([view["metrics"], minutes])
    };
    let fold = async |lines: &[Value], name: &str| {
        let file = folder.path().join(name);
        fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        run(["fold", &file.to_string_lossy()]).await.unwrap()
    };
    let expected = figures(&fold(&lines, "in-order.ndjson").await);
    assert!(expected[0]["totals"]["gmv"].as_i64().unwrap() > 0);
    for seed in 1..6_u64 {
        let mut state = seed;
        let mut roll = |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % sides
        };
        let mut shuffled = lines.clone();
        for _ in 0..lines.len().div_ceil(20) {
            shuffled.push(lines[roll(lines.len())].clone());
        }
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, roll(i + 1));
        }
        let found = fold(&shuffled, "shuffled.ndjson").await;
        assert_eq!(figures(&found), expected, "seed {seed}");
    }
}

#[tokio::test]
async fn the_metric_table_of_a_file_has_a_digest_that_no_order_changes() {
    let folder = TempDir::new().unwrap();
    let fold = async |content: String| {
        let file = folder.path().join("show.ndjson");
        fs::write(&file, content).unwrap();
        let output = run(["fold", &file.to_string_lossy(), "--table", "--minutes", "3"]).await.unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let lines: Vec<String> = livehand().lines().map(|line| format!("{line}\n")).collect();
    let first = fold(lines.concat()).await;
    assert_eq!(first["table"]["minutes"].as_array().unwrap().len(), 3);
    assert_eq!(
        (first["table"]["overall"]["pv"].as_i64(), text(&first, "/table/spec")),
        (Some(40), "lc-metrics-1".into())
    );
    let backwards: String = lines.iter().rev().chain(lines.iter().step_by(10)).map(String::as_str).collect();
    assert_eq!(fold(backwards).await["digest"], first["digest"]);
}

#[tokio::test]
async fn files_that_are_nothing_known_are_refused_and_leave_no_show_behind() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let utf16: Vec<u8> = "<i>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, content, expected) in [
        ("empty", Vec::new(), "neither BililiveRecorder XML"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "neither BililiveRecorder XML"),
        ("utf16.xml", [vec![0xff, 0xfe], utf16].concat(), "save it as UTF-8"),
        ("sheet.csv", "时间,评论\n20:00,多少钱\n".into(), "neither BililiveRecorder XML"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        let refused = import(&file, "坏文件", &data).await;
        assert_eq!(refused.status.code(), Some(1), "{name}: {}", said(&refused));
        assert!(
            said(&refused).contains(expected) && said(&refused).contains(name),
            "{name}: {}",
            said(&refused)
        );
    }
    let missing = import(&folder.path().join("no-such-file"), "没有文件", &data).await;
    assert!(said(&missing).contains("no-such-file"), "{}", said(&missing));
    let server = Server::start(&data).await.unwrap();
    let shows = server.operator().unwrap().get("/api/v1/shows").await.unwrap().json();
    assert_eq!(shows["shows"].as_array().unwrap().len(), 0);
    assert_eq!(server.caller(Credential::None).get("/readyz").await.unwrap().status, 200);
}

#[tokio::test]
async fn an_import_that_was_stopped_says_how_to_go_on_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let (file, data) = (folder.path().join("show.ndjson"), folder.path().join("data"));
    fs::write(&file, livehand()).unwrap();
    let data_text = data.to_string_lossy().into_owned();
    let open = ["import", &file.to_string_lossy(), "--show", "分段场", "--keep-open", "--data", &data_text];
    let first = run(open).await.unwrap();
    let show = id_after(&first, "imported into show ");
    let again = import(&file, &show, &data).await;
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert_eq!(id_after(&again, "imported into show "), show);
    assert!(said(&again).contains(" 0 recorded"), "{}", said(&again));
    let ended = import(&file, &show, &data).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(said(&ended).contains("not on air") && said(&ended).contains(&show), "{}", said(&ended));
}
