//! One running server: everything wired together, and the order in which it stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use livehand_api::{ApiState, INTAKE_AT_ONCE};
use livehand_app::{AUDIT_MARK, App, LEDGER_MARK, Parts, Wording, new_token, token_hash};
use livehand_kernel::ShowId;
use livehand_live::alarms::Steps;
use livehand_rooms::{Rooms, Wiring};
use livehand_show_log::{EventLog, Gap, GapKind, Head, Marks, SqlLog, find_gaps};
use livehand_storage::{Db, Tx};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::data_dir::{DataDir, Locked, Running};
use crate::edge::{SystemClock, SystemEntropy};
use crate::exit::{self, DAMAGED, FAILED, coded};
use crate::settings::Settings;
use crate::words::{said, say};

/// How often marks are forced to the disk: what was appended since is what a power cut that also damages the write-ahead
/// file can lose unseen.
const MARKS_EVERY: Duration = Duration::from_millis(500);
/// How long requests and rooms may take to finish at the end.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A running server.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its use cases.
    pub app: App,
    data: DataDir,
    db: Db,
    marks: Arc<Marks>,
    http: Group,
    rooms: Group,
    _locked: Locked,
}

/// Tasks that are stopped together.
#[derive(Clone, Default)]
struct Group {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Group {
    async fn end(&self, what: &str) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("{what} did not stop in time");
        }
    }
}

impl Node {
    /// Starts a server on a data directory that nobody else uses.
    pub async fn start(data: &DataDir, settings: &Settings) -> anyhow::Result<Self> {
        let locked = data.lock()?;
        let db = open_database(data, settings).await?;
        let marks = Arc::new(Marks::open(&data.marks()).context("cannot open the marks")?);
        let log: Arc<dyn EventLog> = Arc::new(SqlLog::new(db.clone()));
        let gaps = check_marks(&db, &*log, &marks).await?;
        let (http, rooms_group) = (Group::default(), Group::default());
        let rooms = Rooms::new(Wiring {
            log,
            marks: marks.clone(),
            clock: Arc::new(SystemClock),
            on_fatal: Arc::new(die),
            tasks: rooms_group.tasks.clone(),
            stop: rooms_group.stop.clone(),
            steps: Steps::USUAL,
        });
        for gap in gaps {
            let (name, what) = (&gap.name, said(&gap.phrase()));
            eprintln!(
                "livehand: {}",
                say(
                    format!(
                        "show {what}; this show is not served until somebody runs: livehand doctor --accept-gap {name}"
                    ),
                    format!("场次 {what}；在执行 livehand doctor --accept-gap {name} 之前不提供该场次"),
                )
            );
            rooms.refuse(ShowId(gap.name.clone()), gap.to_string());
        }
        let keys = crate::keys::source(data, settings.keys.as_deref());
        if let (Some(_), Err(why)) = (&settings.keys, keys()) {
            let why = said(&why.0);
            eprintln!(
                "livehand: {}",
                say(
                    format!("{why}; until then no names, numbers and addresses are kept"),
                    format!("{why}；在此之前不保存姓名、电话、地址"),
                )
            );
        }
        let order_secrets = crate::order_secrets::read(settings.order_secrets.as_deref())?;
        let drafter = crate::drafts::drafter(settings.drafts.as_ref())?;
        let token = new_token(&SystemEntropy);
        let app = App::new(Parts {
            db: db.clone(),
            rooms,
            marks: marks.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            local_token: Some(token_hash(&token)),
            caution: settings.caution,
            tolerances: settings.five_prices,
            on_fatal: Arc::new(die),
            wording: wording(data),
            tasks: http.tasks.clone(),
            sheets: crate::sheets::reader(),
            keys,
            retention: settings.retention,
            note_erased: crate::erased::writer(data),
            order_secrets,
            drafter,
            invented: settings.invented,
        });
        let again = app.erase_again(&crate::erased::read(data)?).await?;
        if again > 0 {
            eprintln!(
                "livehand: {}",
                say(
                    format!("{again} customers who were erased since this backup was made are erased again"),
                    format!("已重新删除 {again} 位在该备份之后被删除的客户"),
                )
            );
        }
        let listener = TcpListener::bind(settings.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", settings.listen))?;
        let address = listener.local_addr()?;
        let state = ApiState {
            app: app.clone(),
            secure: settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
            public_url: settings.public_url.as_deref().map(Arc::from),
            prometheus: prometheus()?,
            intake: Arc::new(Semaphore::new(INTAKE_AT_ONCE)),
            connections_max: livehand_api::connections_max(crate::edge::file_handles()),
            stop: http.stop.clone(),
            tasks: http.tasks.clone(),
        };
        let router = livehand_api::router(state.clone());
        let state_counts = state.prometheus.clone();
        http.tasks.spawn(async move { livehand_api::serve(listener, router, &state).await });
        http.tasks.spawn(livehand_app::run_jobs(app.clone(), http.stop.clone()));
        http.tasks.spawn(livehand_app::run_order_stock(app.clone(), http.stop.clone()));
        http.tasks.spawn(livehand_app::run_verification(app.clone(), http.stop.clone()));
        http.tasks.spawn(livehand_app::run_auto_answers(app.clone(), http.stop.clone()));
        http.tasks.spawn(livehand_app::run_personal_data(app.clone(), http.stop.clone()));
        http.tasks.spawn(livehand_app::run_tickets(app.clone(), http.stop.clone()));
        rooms_group.tasks.spawn(livehand_app::run_reservations(app.clone(), rooms_group.stop.clone()));
        rooms_group.tasks.spawn(keep_marks(marks.clone(), rooms_group.stop.clone()));
        rooms_group.tasks.spawn(fold(db.clone(), rooms_group.stop.clone()));
        http.tasks.spawn(tidy_counts(state_counts, http.stop.clone()));
        data.write_local_token(&token)?;
        data.announce(&Running { address, pid: std::process::id() })?;
        Ok(Self { address, app, data: data.clone(), db, marks, http, rooms: rooms_group, _locked: locked })
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops: first requests, then rooms, then the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.data.retract();
        self.http.end("requests").await;
        self.rooms.end("rooms").await;
        self.marks.flush().context("cannot write the marks")?;
        self.db.close().await;
        Ok(())
    }
}

/// The rules of wording: those in the data directory if they are newer than the built-in ones.
fn wording(data: &DataDir) -> Wording {
    let file = data.wording_pack();
    let json = match std::fs::read_to_string(&file) {
        Ok(json) => json,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Wording::default(),
        Err(error) => {
            eprintln!("livehand: {}: {error}", file.display());
            return Wording::default();
        }
    };
    let wording = Wording::updated_by(&json);
    if let Some(why) = wording.rejected() {
        let (file, why) = (file.display(), said(why));
        eprintln!(
            "livehand: {}",
            say(
                format!("{file} is not used, the built-in wording rules stay: {why}"),
                format!("未采用 {file}，仍使用内置用语规则：{why}"),
            )
        );
    }
    wording
}

/// Opens the database that the settings name.
pub async fn open_database(data: &DataDir, settings: &Settings) -> anyhow::Result<Db> {
    let url =
        settings.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", data.database().display()));
    Db::open(&url).await.map_err(|error| {
        // A file that is no database is damage; a server that does not answer is not.
        let code = if url.starts_with("sqlite:") { DAMAGED } else { FAILED };
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let unusable = say(
            format!("the database cannot be used: {error}{cause}"),
            format!("数据库无法使用：{error}{cause}"),
        );
        coded(code, unusable)
    })
}

/// Chains of the database that are no show's log, by the names of their marks.
pub const CHAINS: [&str; 2] = [AUDIT_MARK, LEDGER_MARK];

/// Compares the database with the marks. A gap in the audit trail is an error, because accounts that were closed might be
/// open again; so is one in the price ledger, because a claim might rest on prices whose rivals are gone. Gaps of shows are
/// returned.
pub async fn check_marks(db: &Db, log: &dyn EventLog, marks: &Marks) -> anyhow::Result<Vec<Gap>> {
    for name in CHAINS {
        let Some(gap) = chain_gap(db, marks, name).await? else { continue };
        return Err(coded(
            DAMAGED,
            say(
                format!(
                    "{gap}. Restore a backup, or take the loss with: livehand doctor --accept-gap {name}"
                ),
                format!("{}。请恢复备份，或接受损失：livehand doctor --accept-gap {name}", gap.phrase().zh),
            ),
        ));
    }
    Ok(find_gaps(marks, log, &CHAINS).await?)
}

/// The end of the audit trail or of the price ledger.
pub async fn chain_head(tx: &Tx, name: &str) -> anyhow::Result<Head> {
    Ok(if name == LEDGER_MARK {
        let head = livehand_storage::price_ledger::head(tx).await?;
        Head { sequence: head.sequence, hash: head.hash }
    } else {
        let head = livehand_storage::audit::head(tx).await?;
        Head { sequence: head.sequence, hash: head.hash }
    })
}

/// What the audit trail or the price ledger lacks, compared with its mark.
pub async fn chain_gap(db: &Db, marks: &Marks, name: &str) -> anyhow::Result<Option<Gap>> {
    let all = marks.all().context("cannot read the marks")?;
    let Some(marked) = all.get(name) else { return Ok(None) };
    let tx = db.read().await?;
    let found = chain_head(&tx, name).await?;
    let gap = |marked, kind| Ok(Some(Gap { name: name.to_owned(), marked, found, kind }));
    let Some(marked) = *marked else { return gap(Head::EMPTY, GapKind::DamagedMark) };
    if found.sequence < marked.sequence {
        return gap(marked, GapKind::Behind);
    }
    let hash = match name {
        LEDGER_MARK => livehand_storage::price_ledger::hash_at(&tx, marked.sequence).await?,
        _ => livehand_storage::audit::hash_at(&tx, marked.sequence).await?,
    };
    if marked != Head::EMPTY && hash != Some(marked.hash) {
        return gap(marked, GapKind::Diverged);
    }
    marks.note(name, found);
    Ok(None)
}

async fn keep_marks(marks: Arc<Marks>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(MARKS_EVERY) => {}
        }
        let writing = marks.clone();
        match tokio::task::spawn_blocking(move || writing.flush()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the marks cannot be written"),
            Err(_) => tracing::error!("writing the marks failed"),
        }
    }
}

async fn fold(db: Db, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = db.keep_folded() => {}
    }
}

/// How often samples of times are put into their buckets; until then each takes memory.
const COUNTS_EVERY: Duration = Duration::from_secs(5);

async fn tidy_counts(counts: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(COUNTS_EVERY) => counts.run_upkeep(),
        }
    }
}

/// The recorder of the process; a second node in the same process shares it.
fn prometheus() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().context("cannot start counting")?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

fn die(reason: &str) {
    eprintln!(
        "livehand: {reason}. {}",
        say(
            "It is not known what is stored; look at the disk, then start again.",
            "已存储的内容无法确定；请检查磁盘后重新启动。"
        )
    );
    std::process::exit(i32::from(exit::FATAL));
}
