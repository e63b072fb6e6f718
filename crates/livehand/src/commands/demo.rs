//! `livehand demo`: a made-up show in progress, with an audience and a crew, in a directory that is thrown away.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow};
use livehand_connectors::catalogue::{self, Catalogue, RecordKind};
use livehand_connectors::simulated::{Audience, Scenario};
use livehand_kernel::{Clock, Hat, Millis};
use livehand_live::{CardLevel, Event};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::feed::Feed;
use super::simulate::{make_show, scenario};
use crate::client::Client;
use crate::data_dir::DataDir;
use crate::edge::SystemClock;
use crate::exit;
use crate::node::Node;
use crate::settings::Settings;

/// The audience has been there for so long when the demo begins, ms.
const HISTORY_MS: i64 = 8 * 60_000;
/// The demo's audience stays for so long.
const MINUTES: u32 = 12 * 60;
/// How often the crew looks at the room.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The crew answers a question after so long, ms; every fourth is left to the visitor, but not for ever.
const ANSWER_AFTER_MS: i64 = 14_000;
const ANSWER_LEFT_AFTER_MS: i64 = 55_000;
/// The host takes so long to see a card, ms.
const ACKNOWLEDGE_AFTER_MS: i64 = 12_000;
/// Hats of the visitor: enough to try everything.
const VISITOR_HATS: &[Hat] = &[Hat::Admin, Hat::Operations, Hat::FloorDirector, Hat::Assistant];

/// What the made-up crew sees of the room.
#[derive(Deserialize)]
struct Seen {
    stage: Option<SeenStage>,
    questions: Vec<SeenQuestion>,
    prompter: Vec<SeenCard>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct SeenStage {
    product: String,
    since: Millis,
}

#[derive(Deserialize)]
struct SeenQuestion {
    id: u64,
    at: Millis,
    state: String,
}

#[derive(Deserialize)]
struct SeenCard {
    id: String,
    at: Millis,
    acknowledged_at: Option<Millis>,
}

/// The crew's sessions.
struct Crew {
    host: Client,
    director: Client,
    assistant: Client,
}

pub async fn run(listen: SocketAddr, viewers: u32, seed: u64) -> anyhow::Result<u8> {
    let folder = tempfile::Builder::new()
        .prefix("livehand-demo-")
        .tempdir()
        .context("cannot make a temporary directory")?;
    let data = DataDir::open(&folder.path().join("data"))?;
    // Made-up customers are sealed as real ones are; the key goes with them.
    let keys = folder.path().join("keys.json");
    crate::keys::make(&keys)?;
    let settings = Settings {
        listen,
        database_url: None,
        public_url: None,
        keys: Some(keys),
        retention: livehand_app::personal::Matrix::default(),
        order_secrets: None,
        drafts: None,
        caution: livehand_app::Caution::default(),
        five_prices: livehand_app::Tolerances::default(),
        invented: true,
    };
    let node = Node::start(&data, &settings)
        .await
        .context("the demo cannot start (another address: --listen 127.0.0.1:0)")?;
    let operator = Client::at(&node.url(), data.local_token()?)?;
    let stop = CancellationToken::new();
    let playing = play(&node, &operator, viewers, seed, &stop);
    let result = tokio::select! {
        result = playing => result,
        () = super::asked_to_stop() => Ok(()),
    };
    stop.cancel();
    println!("\nstopping; the demo's data is thrown away");
    node.stop().await?;
    result.map(|()| exit::DONE)
}

async fn play(
    node: &Node,
    operator: &Client,
    viewers: u32,
    seed: u64,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let catalogue = catalogue::show_618()?;
    let show = make_show(operator, &catalogue, &catalogue.title).await?;
    let crew = hire(&catalogue, operator, &node.url()).await?;
    let visitor = json!({ "name": "演示访客", "hats": VISITOR_HATS });
    let visitor: Value = operator.post("/people", visitor).await?;
    let entry = visitor.get("link").and_then(Value::as_str).unwrap_or_default();
    let screen = json!({ "kind": "prompter", "name": "主播台" });
    let screen: Value = operator.post(&format!("/shows/{show}/links"), screen).await?;
    let screen = screen.get("url").and_then(Value::as_str).unwrap_or_default();

    let now = SystemClock.now();
    let scenario = scenario(&catalogue, seed, viewers, MINUTES, now.plus(-HISTORY_MS));
    let feed = Feed { client: operator, show: &show, source: "simulated", recording: false };
    let mut audience = Audience::new(scenario.clone());
    let mut history = Vec::new();
    let next = loop {
        match audience.next() {
            Some(event) if event.at <= now => history.push(event),
            next => break next,
        }
    };
    // Questions from before the demo began could not have been answered in time by a crew that was not there.
    history.retain(|event| !event.text.as_deref().is_some_and(asks));
    feed.run(history.into_iter(), |event| event.at, |_| {}, stop).await?;
    let base = node.url();
    println!("\nLivehand 直播间助理: a made-up 618 show is on air (everything in it is synthetic)\n");
    println!("  Sign in 登录（一次性链接）  {base}{entry}");
    println!("  Host's screen 主播提词屏     {base}{screen}");
    println!("\nPress Ctrl-C to stop.");

    let (show_stage, stage) = watch::channel(None);
    let events = next.into_iter().chain(Following { audience, stage });
    let live = feed.run(events, |event| event.at, |_| {}, stop);
    let working = work(&crew, &catalogue, &scenario, &show, &show_stage);
    tokio::select! {
        result = live => result,
        result = working => result,
    }
}

/// An audience that looks at what is on stage, whoever put it there.
struct Following {
    audience: Audience,
    stage: watch::Receiver<Option<SeenStage>>,
}

impl Iterator for Following {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.stage.has_changed().unwrap_or(false) {
            let staged = self.stage.borrow_and_update().clone();
            let since = staged.as_ref().map_or_else(|| SystemClock.now(), |staged| staged.since);
            self.audience.stage(staged.as_ref().map(|staged| staged.product.as_str()), since);
        }
        self.audience.next()
    }
}

fn asks(text: &str) -> bool {
    livehand_language::annotate(text).is_some()
}

/// Adds the crew and signs everybody in.
async fn hire(catalogue: &Catalogue, operator: &Client, base: &str) -> anyhow::Result<Crew> {
    let mut sessions = Vec::new();
    for member in &catalogue.crew {
        let added: Value =
            operator.post("/people", json!({ "name": member.name, "hats": member.hats })).await?;
        let link = added.get("link").and_then(Value::as_str).unwrap_or_default();
        let token = link.rsplit('#').next().unwrap_or_default();
        let entered =
            operator.call(reqwest::Method::POST, "/session/link", Some(json!({ "token": token }))).await?;
        let cookie =
            entered.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let session =
            cookie.split(';').next().and_then(|pair| pair.split_once('=')).map(|(_, token)| token.to_owned());
        sessions.push(Client::at(base, session.ok_or_else(|| anyhow!("the crew cannot sign in"))?)?);
    }
    let mut sessions = sessions.into_iter();
    match (sessions.next(), sessions.next(), sessions.next()) {
        (Some(host), Some(director), Some(assistant)) => Ok(Crew { host, director, assistant }),
        _ => Err(anyhow!("the demo needs a crew of three")),
    }
}

/// The crew at work: items on stage in turn, cues by the script, most questions answered.
async fn work(
    crew: &Crew,
    catalogue: &Catalogue,
    scenario: &Scenario,
    show: &str,
    stage: &watch::Sender<Option<SeenStage>>,
) -> anyhow::Result<()> {
    let begun = SystemClock.now();
    let (mut cues, mut records) = (catalogue.cues.iter().peekable(), catalogue.records.iter().peekable());
    let mut round = 0_u64;
    let mut staged: Option<&str> = None;
    loop {
        let now = SystemClock.now();
        let seconds = u32::try_from((now.0 - begun.0) / 1000).unwrap_or(u32::MAX);
        let Ok(seen) = crew.director.get::<Seen>(&format!("/shows/{show}/state")).await else {
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        };
        stage.send_if_modified(|known| {
            let changed = *known != seen.stage;
            known.clone_from(&seen.stage);
            changed
        });
        // Once per item: what the visitor puts on stage stays there until the script goes on.
        if let Some(product) = scenario.on_stage(now).filter(|product| Some(product.id.as_str()) != staged) {
            staged = Some(&product.id);
            let id = format!("demo-stage-{round}");
            attempt(
                crew.director
                    .post(&format!("/shows/{show}/stage"), json!({ "id": id, "product": product.id }))
                    .await,
            );
        }
        while let Some(cue) = cues.next_if(|cue| cue.at_s <= seconds) {
            push(&crew.director, show, cue.level, &cue.text).await;
        }
        while let Some(record) = records.next_if(|record| record.at_s <= seconds) {
            let noun = if record.kind == RecordKind::Marker { "markers" } else { "notes" };
            attempt(
                crew.assistant.post(&format!("/shows/{show}/{noun}"), json!({ "text": record.text })).await,
            );
        }
        for card in seen.prompter.iter().filter(|card| card.acknowledged_at.is_none()) {
            if now.0 - card.at.0 > ACKNOWLEDGE_AFTER_MS {
                let path = format!("/shows/{show}/prompter/cards/{}/acknowledge", card.id);
                attempt(crew.host.post(&path, json!({})).await);
            }
        }
        for question in seen.questions.iter().filter(|question| question.state == "open") {
            let after = if question.id % 4 == 0 { ANSWER_LEFT_AFTER_MS } else { ANSWER_AFTER_MS };
            if now.0 - question.at.0 > after {
                let path = format!("/shows/{show}/questions/{}/answer", question.id);
                attempt(crew.assistant.post(&path, json!({ "spoken": true })).await);
            }
        }
        round += 1;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn push(client: &Client, show: &str, level: CardLevel, text: &str) {
    attempt(
        client.post(&format!("/shows/{show}/prompter/cards"), json!({ "level": level, "text": text })).await,
    );
}

/// The visitor may have been quicker; the crew goes on.
fn attempt(result: anyhow::Result<Value>) {
    if let Err(error) = result {
        tracing::debug!(%error, "the made-up crew was refused");
    }
}
