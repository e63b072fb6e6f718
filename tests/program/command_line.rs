//! The command line as a newcomer and as a script have it.

use std::fs;
use std::process::Output;

use livehand_tests::api::{Credential, session_of, text};
use livehand_tests::program::{Server, run};
use serde_json::json;
use tempfile::TempDir;

use crate::{AT, Fresh, line};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn help_teaches_the_first_steps_and_every_command_has_its_own() {
    let help = out(&run(["--help"]).await.unwrap());
    for expected in ["livehand demo", "livehand serve", "livehand import", "Exit codes"] {
        assert!(help.contains(expected), "{help}");
    }
    for command in [
        "serve", "demo", "import", "replay", "fold", "detect", "lineup", "lint", "comments", "simulate",
        "user", "doctor", "backup", "restore",
    ] {
        assert!(help.contains(command), "{command}");
        let own = run([command, "--help"]).await.unwrap();
        assert!(own.status.success() && out(&own).contains("Usage: livehand"), "{command}");
    }
}

#[tokio::test]
async fn wrong_usage_ends_with_2_and_says_what_was_expected() {
    for (arguments, expected) in [
        (vec!["serv"], "serve"),
        (vec!["import", "x.xml"], "--show"),
        (vec!["replay", "x", "--speed", "0"], "from 0.1 to 10000"),
        (vec!["replay", "x", "--speed", "fast"], "from 0.1 to 10000"),
        (vec!["simulate", "--viewers", "0", "--minutes", "1", "--to", "http://127.0.0.1:1"], "1..=100000"),
        (vec!["user", "add", "小林", "--hats", "boss"], "floor_director"),
    ] {
        let output = run(arguments.clone()).await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
    }
}

#[tokio::test]
async fn a_mistyped_directory_is_not_an_empty_shop() {
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("nowhere");
    let nowhere_text = nowhere.to_string_lossy().into_owned();
    let copy = folder.path().join("copy").to_string_lossy().into_owned();
    for arguments in [
        vec!["doctor", "--data", &nowhere_text],
        vec!["backup", &copy, "--data", &nowhere_text],
        vec!["replay", "x", "--data", &nowhere_text],
        vec!["restore", &nowhere_text, "--data", &copy],
    ] {
        let output = run(arguments.clone()).await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", out(&output));
        assert!(err(&output).contains("no data directory"), "{arguments:?}: {}", err(&output));
    }
    assert!(!nowhere.exists());
}

#[tokio::test]
async fn the_operators_token_never_leaves_the_machine() {
    let fresh = Fresh::start().await;
    let to = ["simulate", "--viewers", "10", "--minutes", "1", "--to", "http://192.0.2.1:7311", "--data"];
    let output = run(to.into_iter().chain([fresh.data().to_string_lossy().as_ref()])).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("--token-file"), "{}", err(&output));
}

#[tokio::test]
async fn a_person_is_added_whether_the_server_runs_or_not() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let data_text = data.to_string_lossy().into_owned();
    let first =
        run(["user", "add", "店长", "--hats", "admin,operations", "--data", &data_text]).await.unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    assert!(
        out(&first).contains("http://127.0.0.1:7311/enter#"),
        "the address of the server to come: {}",
        out(&first)
    );
    let server = Server::start(&data).await.unwrap();
    assert_eq!(server.first_token, None, "there is somebody already");
    let second = run(["user", "add", "小林", "--hats", "assistant", "--data", &data_text]).await.unwrap();
    assert!(out(&second).contains(&format!("{}/enter#", server.url)), "{}", out(&second));
    let nobody = server.caller(Credential::None);
    for added in [first, second] {
        let token = out(&added).rsplit('#').next().unwrap().trim().to_owned();
        let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
        assert!(session_of(&entered).is_some());
    }
    let taken = run(["user", "add", "小林", "--hats", "assistant", "--data", &data_text]).await.unwrap();
    assert_eq!(taken.status.code(), Some(1));
    assert!(err(&taken).contains("name already"), "{}", err(&taken));
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_checked_and_brings_everything_back() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    for n in 0..20 {
        fresh.operator.send(&show, line(&format!("a{n}"), AT + n, "like", "")).await.unwrap();
    }
    fs::write(fresh.data().join("livehand.toml"), "listen = \"127.0.0.1:7399\"\n").unwrap();
    let (data, copy) = (fresh.data(), fresh.data().with_extension("backup"));
    let (data_text, copy_text) = (data.to_string_lossy().into_owned(), copy.to_string_lossy().into_owned());
    let state = fresh.operator.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().body;
    let backup = run(["backup", &copy_text, "--data", &data_text]).await.unwrap();
    assert_eq!(backup.status.code(), Some(0), "{}", err(&backup));
    assert_eq!(run(["backup", &copy_text, "--data", &data_text]).await.unwrap().status.code(), Some(1));
    fresh.operator.send(&show, line("later", AT, "like", "")).await.unwrap();
    let busy = run(["restore", &copy_text, "--replace", "--data", &data_text]).await.unwrap();
    assert_eq!(busy.status.code(), Some(4), "a running server keeps its data: {}", err(&busy));
    let (_folder, _) = fresh.kill().await;

    let refused = run(["restore", &copy_text, "--data", &data_text]).await.unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("--replace"), "{}", err(&refused));
    let restored = run(["restore", &copy_text, "--replace", "--data", &data_text]).await.unwrap();
    assert_eq!(restored.status.code(), Some(0), "{}", err(&restored));
    assert!(out(&restored).contains(".before-"), "{}", out(&restored));
    assert!(data.join("livehand.toml").exists(), "the settings stay");
    let server = Server::start(&data).await.unwrap();
    let again = server.operator().unwrap().get(&format!("/api/v1/shows/{show}/state")).await.unwrap().body;
    assert!(again == state, "the state is that of the backup");
    assert_eq!(run(["doctor", "--data", &copy_text]).await.unwrap().status.code(), Some(0));
}

#[tokio::test]
async fn a_restore_touches_nothing_that_is_not_livehands() {
    let fresh = Fresh::start().await;
    let (data, copy) = (fresh.data(), fresh.data().with_extension("backup"));
    let copy_text = copy.to_string_lossy().into_owned();
    assert!(run(["backup", &copy_text, "--data", &data.to_string_lossy()]).await.unwrap().status.success());
    let mine = fresh.data().with_extension("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("letter.txt"), "dear all").unwrap();
    let refused = run(["restore", &copy_text, "--data", &mine.to_string_lossy()]).await.unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", out(&refused));
    assert_eq!(fs::read_to_string(mine.join("letter.txt")).unwrap(), "dear all");
    let empty = fresh.data().with_extension("empty");
    let restored = run(["restore", &copy_text, "--data", &empty.to_string_lossy()]).await.unwrap();
    assert_eq!(restored.status.code(), Some(0), "{}", err(&restored));
    assert!(!out(&restored).contains(".before-"), "{}", out(&restored));
    Server::start(&empty).await.unwrap();
}

#[tokio::test]
async fn a_damaged_backup_replaces_nothing() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let words = "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少".repeat(40);
    for n in 0..30 {
        let body = format!(",\"text\":\"{n}{words}\"");
        fresh.operator.send(&show, line(&format!("a{n}"), AT + n, "comment", &body)).await.unwrap();
    }
    let (data, copy) = (fresh.data(), fresh.data().with_extension("backup"));
    let (data_text, copy_text) = (data.to_string_lossy().into_owned(), copy.to_string_lossy().into_owned());
    assert!(run(["backup", &copy_text, "--data", &data_text]).await.unwrap().status.success());
    let (_folder, _) = fresh.kill().await;
    let before = fs::read(data.join("livehand.db")).unwrap();
    // A bit inside of a batch, which SQLite's own check does not see.
    let file = copy.join("livehand.db");
    let mut bytes = fs::read(&file).unwrap();
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let place = bytes.windows(4).rposition(|window| window == magic).unwrap() + 30;
    bytes[place] ^= 4;
    fs::write(&file, bytes).unwrap();
    let refused = run(["restore", &copy_text, "--replace", "--data", &data_text]).await.unwrap();
    assert_eq!(refused.status.code(), Some(5), "{}{}", out(&refused), err(&refused));
    assert!(err(&refused).contains("damaged at event"), "{}", err(&refused));
    assert!(fs::read(data.join("livehand.db")).unwrap() == before);
}

#[tokio::test]
async fn a_series_in_a_file_is_watched_for_falls() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("retention.csv");
    let path = file.to_string_lossy().into_owned();
    let row = |minute: i64| match minute {
        20 => "20,,".to_owned(),
        _ => format!("{minute},800,{}", (if minute < 30 { 560 } else { 450 }) + (minute * 37) % 21 - 10),
    };
    let rows: Vec<String> = (0..50).map(row).collect();
    fs::write(&file, format!("\u{FEFF}minute,of,with\n{}\n", rows.join("\n"))).unwrap();
    let output = run(["detect", &path]).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let falls = found["falls"].as_array().unwrap();
    assert_eq!((falls.len(), text(&falls[0], "/minute")), (1, "30".to_owned()), "{found}");
    let size = falls[0]["fall_permille"].as_i64().unwrap();
    assert!((150..250).contains(&size) && found["visible_permille"].as_i64().unwrap() < 200, "{found}");
    for (content, expected) in [
        ("minute,of\n1,2\n", "line 1, with: expected a column of this name"),
        (
            "minute,of,with\n1,9,3\n2,five,1\n",
            "line 3, of: expected a whole number, 0 or more, found \"five\"",
        ),
        ("minute,of,with\n1,9,10\n", "line 2, with: expected at most 9, found \"10\""),
    ] {
        fs::write(&file, content).unwrap();
        let output = run(["detect", &path]).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(err(&output).contains(expected), "{}", err(&output));
    }
}

#[tokio::test]
async fn a_plan_in_a_file_is_put_in_order() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("plan.json");
    let path = file.to_string_lossy().into_owned();
    let product = |id: &str, role: &str, price: i64, window: serde_json::Value| {
        serde_json::json!({
            "id": id, "role": role, "price": price, "margin": price / 4, "minutes": 3,
            "orders_per_viewer": 0.002, "must_appear": !window.is_null(), "window": window,
        })
    };
    let nothing = serde_json::Value::Null;
    let products = [
        product("coat", "profit", 268_000, nothing.clone()),
        product("tee", "traffic", 3_900, nothing),
        product("bag", "profit", 39_900, serde_json::json!([9, 9])),
    ];
    let mut plan =
        serde_json::json!({ "audience": (0..20).map(|m| 100 * m).collect::<Vec<_>>(), "products": products });
    fs::write(&file, plan.to_string()).unwrap();
    let output = run(["lineup", &path]).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let ordered: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows: Vec<(String, i64)> = ordered["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(row, "/product"), row["from"].as_i64().unwrap()))
        .collect();
    assert_eq!(rows, [("tee".to_owned(), 0), ("bag".to_owned(), 9), ("coat".to_owned(), 17)]);
    assert!(ordered["contribution"].as_i64().unwrap() <= ordered["bound"].as_i64().unwrap());
    plan["products"][0]["minutes"] = 60.into();
    fs::write(&file, plan.to_string()).unwrap();
    let output = run(["lineup", &path]).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("products[0].minutes: expected 1 to 20"), "{}", err(&output));
    plan["products"][0]["minutes"] = "long".into();
    fs::write(&file, plan.to_string()).unwrap();
    let output = run(["lineup", &path]).await.unwrap();
    assert!(err(&output).contains("products[0].minutes: invalid type"), "{}", err(&output));
}

#[tokio::test]
async fn what_is_left_out_of_a_fold_is_said_and_counted_in_the_exit_code() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("show.ndjson");
    fs::write(&file, [line("a", AT, "like", ""), "oops\n".to_owned(), line("b", AT, "like", "")].concat())
        .unwrap();
    let folded = run(["fold", &file.to_string_lossy()]).await.unwrap();
    assert_eq!(folded.status.code(), Some(3));
    assert!(
        err(&folded).contains("line 2: left out: line: expected one whole JSON object"),
        "{}",
        err(&folded)
    );
    let view: serde_json::Value = serde_json::from_slice(&folded.stdout).unwrap();
    assert_eq!(
        (view["sequence"].as_u64(), text(&view, "/metrics/online/provenance")),
        (Some(2), "missing".to_owned())
    );
}

#[tokio::test]
async fn a_chinese_terminal_is_spoken_to_in_chinese() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("show.ndjson");
    fs::write(
        &file,
        line("a", AT, "order_paid", ",\"order\":\"o\",\"amount\":1.5") + &line("b", AT, "like", ""),
    )
    .unwrap();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    for arguments in [
        vec!["import", file.to_str().unwrap(), "--show", "中文场", "--data", &data],
        vec!["doctor", "--data", &data],
        vec!["replay", "没有这一场", "--data", &data],
    ] {
        let mut command = livehand_tests::program::command(arguments.clone()).unwrap();
        let output = command.env("LANG", "zh_CN.UTF-8").output().await.unwrap();
        let said = out(&output) + &err(&output);
        let expected = match arguments[0] {
            "import" => ["第 1 行：未导入：amount 应为以分为单位的整数，实际为1.5", "已导入场次"],
            "doctor" => ["各日志长度与水位标记一致", "1 条事件"],
            _ => ["没有编号或标题为 没有这一场 的场次", "livehand:"],
        };
        assert!(expected.iter().all(|expected| said.contains(expected)), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_simulated_audience_fills_a_show_through_the_same_door_as_everybody() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("模拟").await.unwrap();
    let (source, _) = fresh.operator.link(&show, "source").await.unwrap();
    let token = fresh.data().join("source.token");
    fs::write(&token, source.secret()).unwrap();
    let token = token.to_string_lossy().into_owned();
    let arguments = [
        "simulate",
        "--viewers",
        "300",
        "--minutes",
        "1",
        "--seed",
        "7",
        "--to",
        &fresh.server.url,
        "--show",
        &show,
        "--token-file",
        &token,
    ];
    let mut simulating = livehand_tests::program::command(arguments).unwrap();
    let mut child =
        simulating.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    loop {
        let state = fresh.operator.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
        if state["metrics"]["totals"]["views"].as_i64().unwrap() > 20
            && !text(&state, "/comments/0/text").is_empty()
        {
            break;
        }
        assert!(child.try_wait().unwrap().is_none(), "the simulation ended before anybody came");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    child.kill().await.unwrap();
}

#[tokio::test]
async fn settings_come_from_the_file_and_the_environment_and_a_mistake_is_named() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("livehand.toml"), "public_url = \"https://live.example.com/\"\n").unwrap();
    let server = Server::start(&data).await.unwrap();
    assert_eq!(server.url, "https://live.example.com");
    server.stop().await.unwrap();
    let server =
        Server::start_with(&data, &[("LIVEHAND__PUBLIC_URL", "https://other.example.com")]).await.unwrap();
    assert_eq!(server.url, "https://other.example.com");
    server.stop().await.unwrap();
    fs::write(data.join("livehand.toml"), "publik_url = \"x\"\n").unwrap();
    let refused = Server::start(&data).await.err().expect("it must not start").to_string();
    assert!(refused.contains("publik_url") && refused.contains("livehand.toml"), "{refused}");
}
