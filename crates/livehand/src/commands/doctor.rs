//! `livehand doctor`.

use livehand_app::AUDIT_MARK;
use livehand_kernel::ShowId;
use livehand_show_log::{EventLog, Head, Marks, SqlLog};
use livehand_storage::Db;

use crate::checkup::{Finding, examine};
use crate::data_dir::DataDir;
use crate::exit::{self, coded};
use crate::node::open_database;
use crate::settings::Settings;

pub async fn run(data: &DataDir, accept: Option<&str>) -> anyhow::Result<u8> {
    let _locked = data.lock()?;
    let settings = Settings::load(data)?;
    let db = open_database(data, &settings).await?;
    println!("ok       the database opens ({:?})", db.engine());
    let marks = Marks::open(&data.marks())?;
    if let Some(name) = accept {
        return accept_gap(name, &db, &marks).await;
    }
    let whole = examine(&db, &marks, |Finding { good, text }| {
        println!("{} {text}", if good { "ok      " } else { "DAMAGED " });
    });
    let whole = whole.await?;
    for job in livehand_storage::jobs::set_aside(&db.read().await?).await? {
        println!("aside    the job {} of {} failed too often: {}", job.kind, job.payload, job.error);
    }
    marks.flush()?;
    db.close().await;
    Ok(if whole { exit::DONE } else { exit::DAMAGED })
}

async fn accept_gap(name: &str, db: &Db, marks: &Marks) -> anyhow::Result<u8> {
    if !marks.all()?.contains_key(name) {
        return Err(coded(exit::FAILED, format!("there is no mark called {name}")));
    }
    let head = if name == AUDIT_MARK {
        let head = livehand_storage::audit::head(&db.read().await?).await?;
        Head { sequence: head.sequence, hash: head.hash }
    } else {
        SqlLog::new(db.clone()).head(&ShowId::from(name)).await?
    };
    marks.accept(name, head)?;
    println!("{name} is taken as it is, up to entry {}", head.sequence);
    Ok(exit::DONE)
}
