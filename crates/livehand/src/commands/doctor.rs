//! `livehand doctor`.

use livehand_kernel::ShowId;
use livehand_show_log::{EventLog, Marks, SqlLog};
use livehand_storage::Db;

use crate::checkup::{Finding, examine};
use crate::data_dir::DataDir;
use crate::exit::{self, coded};
use crate::node::{CHAINS, chain_head, open_database};
use crate::settings::Settings;
use crate::words::{said, say};

pub async fn run(data: &DataDir, accept: Option<&str>) -> anyhow::Result<u8> {
    let _locked = data.lock()?;
    let settings = Settings::load(data)?;
    let db = open_database(data, &settings).await?;
    let engine = db.engine();
    println!(
        "{}",
        say(
            format!("ok       the database opens ({engine:?})"),
            format!("正常      数据库可打开（{engine:?}）")
        )
    );
    let marks = Marks::open(&data.marks())?;
    if let Some(name) = accept {
        return accept_gap(name, &db, &marks).await;
    }
    let whole = examine(&db, &marks, |Finding { good, text }| {
        let mark = if good { say("ok      ", "正常     ") } else { say("DAMAGED ", "已损坏   ") };
        println!("{mark} {}", said(&text));
    });
    let whole = whole.await?;
    for job in livehand_storage::jobs::set_aside(&db.read().await?).await? {
        let livehand_storage::jobs::SetAside { kind, payload, error } = job;
        println!(
            "{}",
            say(
                format!("aside    the job {kind} of {payload} failed too often: {error}"),
                format!("已搁置    任务 {kind}（{payload}）多次失败：{error}"),
            )
        );
    }
    marks.flush()?;
    db.close().await;
    Ok(if whole { exit::DONE } else { exit::DAMAGED })
}

async fn accept_gap(name: &str, db: &Db, marks: &Marks) -> anyhow::Result<u8> {
    if !marks.all()?.contains_key(name) {
        let none = say(format!("there is no mark called {name}"), format!("没有名为 {name} 的水位标记"));
        return Err(coded(exit::FAILED, none));
    }
    let head = if CHAINS.contains(&name) {
        chain_head(&db.read().await?, name).await?
    } else {
        SqlLog::new(db.clone()).head(&ShowId::from(name)).await?
    };
    marks.accept(name, head)?;
    let end = head.sequence;
    println!(
        "{}",
        say(
            format!("{name} is taken as it is, up to entry {end}"),
            format!("已接受 {name} 的现状，截至第 {end} 条")
        )
    );
    Ok(exit::DONE)
}
