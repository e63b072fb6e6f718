//! `livehand doctor`.

use livehand_app::AUDIT_MARK;
use livehand_kernel::ShowId;
use livehand_show_log::{EventLog, Gap, Head, Marks, SqlLog, find_gaps};
use livehand_storage::{Db, Error};

use crate::data_dir::DataDir;
use crate::exit::{self, coded};
use crate::node::{audit_gap, open_database};
use crate::settings::Settings;

/// Shows checked.
const SHOWS_PER_PAGE: i64 = 200;

pub async fn run(data: &DataDir, accept: Option<&str>) -> anyhow::Result<u8> {
    let _locked = data.lock()?;
    let settings = Settings::load(data.path())?;
    let db = open_database(data, &settings).await?;
    println!("ok       the database opens ({:?})", db.engine());
    let marks = Marks::open(&data.marks())?;
    let log = SqlLog::new(db.clone());
    if let Some(name) = accept {
        return accept_gap(name, &db, &log, &marks).await;
    }
    let mut damaged = false;
    let mut say = |good: bool, text: String| {
        damaged |= !good;
        println!("{} {text}", if good { "ok      " } else { "DAMAGED " });
    };
    let mut gaps: Vec<Gap> = audit_gap(&db, &marks).await?.into_iter().collect();
    gaps.extend(find_gaps(&marks, &log, &[AUDIT_MARK]).await?);
    for gap in &gaps {
        say(false, gap.to_string());
    }
    if gaps.is_empty() {
        say(true, "everything is as long as its high-water mark says".to_owned());
    }
    let broken = livehand_storage::audit::verify(&db.read().await?).await?;
    say(
        broken.is_none(),
        match broken {
            None => "the audit trail's chain".to_owned(),
            Some(row) => format!("the audit trail is changed, or lacks a row, at row {row}"),
        },
    );
    for show in shows(&db).await? {
        let checked = check_log(&log, &show).await;
        say(
            checked.is_ok(),
            match checked {
                Ok(events) => format!("the log of show {show}: {events} events"),
                Err(error) => error.to_string(),
            },
        );
    }
    db.close().await;
    Ok(if damaged { exit::DAMAGED } else { exit::DONE })
}

async fn shows(db: &Db) -> Result<Vec<ShowId>, Error> {
    let mut filter = livehand_storage::shows::ShowFilter { limit: SHOWS_PER_PAGE, ..Default::default() };
    let mut all = Vec::new();
    loop {
        let page = livehand_storage::shows::list(&db.read().await?, &filter).await?;
        let Some(last) = page.last() else { return Ok(all) };
        filter.after = Some(last.id.clone());
        all.extend(page.into_iter().map(|show| show.id));
    }
}

async fn check_log(log: &SqlLog, show: &ShowId) -> Result<u64, livehand_show_log::ReadError> {
    let mut after = Head::EMPTY;
    loop {
        let page = log.read(show, after, 10_000).await?;
        if page.events.is_empty() {
            return Ok(after.sequence);
        }
        after = page.head;
    }
}

async fn accept_gap(name: &str, db: &Db, log: &SqlLog, marks: &Marks) -> anyhow::Result<u8> {
    if !marks.all()?.contains_key(name) {
        return Err(coded(exit::FAILED, format!("there is no mark called {name}")));
    }
    let head = if name == AUDIT_MARK {
        let head = livehand_storage::audit::head(&db.read().await?).await?;
        Head { sequence: head.sequence, hash: head.hash }
    } else {
        log.head(&ShowId::from(name)).await?
    };
    marks.accept(name, head)?;
    println!("{name} is taken as it is, up to entry {}", head.sequence);
    Ok(exit::DONE)
}
