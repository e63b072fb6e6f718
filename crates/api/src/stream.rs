//! The live stream: a snapshot, then deltas, over a WebSocket that can be taken up again where it broke off.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use http::HeaderMap;
use livehand_app::{App, Caller, Error, Frame, Notice, Subscription};
use livehand_kernel::{Language, Millis, Sequence, ShowId};
use livehand_live::view::{Delta, RoomView};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::prepare::Show;
use crate::server::{Peer, Place};

/// The only subprotocol.
pub const SUBPROTOCOL: &str = "livehand.v1";
/// Largest frame or message that a client may send, in bytes; clients have nothing to say.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Room for reading what a client sends, in bytes, kept for as long as it follows.
const READ_BYTES: usize = 1_024;
/// How often a silent connection is tried.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A frame that cannot be sent for so long means that the client is gone.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// How often it is checked that the follower may still follow.
const CHECK_EVERY: Duration = Duration::from_secs(3);

/// What the server sends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamFrame<'a> {
    /// The whole room; replaces what the client has.
    Snapshot {
        /// The server's time, ms.
        server_time: Millis,
        /// The show.
        show: Box<Show>,
        /// The room.
        #[schema(value_type = RoomView)]
        view: &'a RoomView,
    },
    /// What changed; belongs onto a view at `delta.from`.
    Delta {
        /// The server's time, ms.
        server_time: Millis,
        /// The change.
        #[schema(value_type = Delta)]
        delta: &'a Delta,
    },
    /// The show was opened or ended.
    Status {
        /// The server's time, ms.
        server_time: Millis,
        /// The show.
        show: Box<Show>,
    },
    /// The room cannot be followed; the connection closes.
    Refused {
        /// Why.
        problem: Box<Problem>,
    },
}

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
pub struct FollowQuery {
    /// The last sequence that the client has; without it the stream begins with a snapshot.
    after: Option<Sequence>,
}

/// Follows a room (WebSocket, subprotocol `livehand.v1`; screens add `bearer.<token>`).
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/stream", tag = "live", operation_id = "follow_room",
    params(("show" = String, Path, description = "Show id"), FollowQuery),
    responses((status = 101, description = "Frames follow", body = StreamFrame), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn follow(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Query(query): Query<FollowQuery>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    // Refused before the upgrade, so that the client sees a status and a problem.
    state.app.followed_show(&caller, &show).await?;
    let upgrade = upgrade.map_err(|_| problem::not_a_websocket())?;
    let follower = Follower {
        app: state.app,
        caller,
        show,
        language: problem::language(&headers),
        stop: state.stop,
        _place: peer.map(|Extension(peer)| peer.place),
    };
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(READ_BYTES)
        // A frame is written at once, so that nothing is kept for writing.
        .write_buffer_size(0)
        .on_upgrade(move |socket| follower.run(socket, query.after)))
}

struct Follower {
    app: App,
    caller: Caller,
    show: ShowId,
    language: Language,
    stop: CancellationToken,
    /// The place among the connections, which the upgrade would otherwise give back.
    _place: Option<Arc<Place>>,
}

enum End {
    /// The client went away, or the program stops.
    Over,
    /// The follower fell behind, or the room was restarted: begin again with a snapshot.
    Again,
}

type Sender = futures_util::stream::SplitSink<WebSocket, Message>;
type Receiver = futures_util::stream::SplitStream<WebSocket>;

impl Follower {
    async fn run(self, socket: WebSocket, mut after: Option<Sequence>) {
        metrics::gauge!("livehand_stream_followers").increment(1.0);
        let (mut sender, mut receiver) = socket.split();
        loop {
            match self.follow_once(&mut sender, &mut receiver, after).await {
                Ok(End::Again) => after = None,
                Ok(End::Over) => break,
                Err(error) => {
                    let problem = Box::new(ApiError::from(error).problem(self.language));
                    let _ = send(&mut sender, encode(&StreamFrame::Refused { problem })).await;
                    break;
                }
            }
        }
        let frame = CloseFrame { code: close_code::AWAY, reason: Utf8Bytes::from_static("") };
        let _ = tokio::time::timeout(SEND_WITHIN, sender.send(Message::Close(Some(frame)))).await;
        metrics::gauge!("livehand_stream_followers").decrement(1.0);
    }

    async fn follow_once(
        &self,
        sender: &mut Sender,
        receiver: &mut Receiver,
        after: Option<Sequence>,
    ) -> Result<End, Error> {
        let Subscription { view, missed, mut notices } =
            // Boxed here and below: what asks the database is large, and is not kept while nothing is asked.
            Box::pin(self.app.follow(&self.caller, &self.show, after)).await?;
        let first = match view {
            Some(view) => {
                let show = Box::new(self.show_now().await?);
                encode(&StreamFrame::Snapshot { server_time: self.app.now(), show, view: &view })
            }
            None => self.status().await?,
        };
        let mut begun = vec![first];
        begun.extend(missed.iter().map(|frame| self.encoded(frame)));
        for text in begun {
            if send(sender, text).await.is_err() {
                return Ok(End::Over);
            }
        }
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut check = interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
        loop {
            let text = tokio::select! {
                () = self.stop.cancelled() => return Ok(End::Over),
                notice = notices.recv() => match notice {
                    Ok(Notice::Frame(frame)) => self.encoded(&frame),
                    Ok(Notice::ShowChanged) => self.status().await?,
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return Ok(End::Again),
                },
                received = receiver.next() => match received {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return Ok(End::Over),
                    Some(Ok(_)) => continue,
                },
                _ = ping.tick() => {
                    if tokio::time::timeout(SEND_WITHIN, sender.send(Message::Ping(bytes::Bytes::new()))).await.is_err() {
                        return Ok(End::Over);
                    }
                    continue;
                }
                _ = check.tick() => {
                    Box::pin(self.app.still_may_follow(&self.caller, &self.show)).await?;
                    continue;
                }
            };
            if send(sender, text).await.is_err() {
                return Ok(End::Over);
            }
        }
    }

    async fn show_now(&self) -> Result<Show, Error> {
        Ok(Box::pin(self.app.followed_show(&self.caller, &self.show)).await?.into())
    }

    async fn status(&self) -> Result<Utf8Bytes, Error> {
        let show = Box::new(self.show_now().await?);
        Ok(encode(&StreamFrame::Status { server_time: self.app.now(), show }))
    }

    /// Encoded by the first follower who needs it, for all of them.
    fn encoded(&self, frame: &Frame) -> Utf8Bytes {
        let encode =
            || encode(&StreamFrame::Delta { server_time: self.app.now(), delta: &frame.delta }).into();
        Utf8Bytes::try_from(frame.encoded.get_or_init(encode).clone()).unwrap_or_default()
    }
}

fn encode(frame: &StreamFrame<'_>) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

async fn send(sender: &mut Sender, text: Utf8Bytes) -> Result<(), ()> {
    match tokio::time::timeout(SEND_WITHIN, sender.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}
