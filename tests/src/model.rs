//! A made-up model behind an OpenAI-compatible endpoint: it says what it is told to, and remembers what it was asked. All
//! that it says is synthetic.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What a model was asked.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The head of the request.
    pub head: String,
    /// Its body.
    pub body: String,
}

/// How the model answers.
#[derive(Clone, Debug)]
pub enum Says {
    /// A line.
    Line(String),
    /// Nothing, until it is told to say something else.
    Nothing,
    /// Whatever stands here, with this status.
    Raw(u16, String),
}

/// A model that listens on this machine for as long as it is kept.
pub struct Model {
    /// Base of its endpoint.
    pub url: String,
    says: watch::Sender<Says>,
    heard: Arc<Mutex<Vec<Heard>>>,
    _serving: JoinSet<()>,
}

impl Model {
    /// Starts one.
    ///
    /// # Errors
    /// If it cannot listen.
    pub async fn start(says: Says) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let (says, told) = watch::channel(says);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut serving = JoinSet::new();
        let kept = heard.clone();
        serving.spawn(async move {
            let mut answering = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (told, kept) = (told.clone(), kept.clone());
                answering.spawn(async move { answer(stream, told, &kept).await.is_ok() });
            }
        });
        Ok(Self { url, says, heard, _serving: serving })
    }

    /// From now on it says this.
    pub fn say(&self, says: Says) {
        self.says.send_replace(says);
    }

    /// What it was asked so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers one request; whoever breaks off is left alone.
async fn answer(
    mut stream: TcpStream,
    mut says: watch::Receiver<Says>,
    heard: &Mutex<Vec<Heard>>,
) -> Result<()> {
    let asked = read(&mut stream).await?;
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let said = says.wait_for(|says| !matches!(says, Says::Nothing)).await?.clone();
    let (status, body) = match said {
        Says::Line(line) => (200, completion(&line).to_string()),
        Says::Raw(status, body) => (status, body),
        Says::Nothing => anyhow::bail!("it was told to say nothing"),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

async fn read(stream: &mut TcpStream) -> Result<Heard> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some((head, body)) = end.and_then(|end| bytes.split_at_checked(end + 4)) {
            let head = String::from_utf8_lossy(head).into_owned();
            let lower = head.to_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("no length")?.trim().parse()?;
            if body.len() >= length {
                return Ok(Heard { head, body: String::from_utf8_lossy(body).into_owned() });
            }
        }
        let mut more = [0; 4096];
        let read = stream.read(&mut more).await?;
        anyhow::ensure!(read > 0, "the request broke off");
        bytes.extend(more.iter().take(read));
    }
}

fn completion(line: &str) -> Value {
    let message = json!({ "role": "assistant", "content": line });
    json!({
        "id": "made-up-1", "object": "chat.completion", "created": 1, "model": "made-up-model",
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 },
    })
}
