//! A view and the frames after it: a console that takes them over shows what the room shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use livehand_kernel::{CardId, Millis};
use livehand_live::alarms::Steps;
use livehand_live::view::{Delta, QuestionState, RoomView};
use livehand_live::{CardLevel, CrewAction};
use livehand_rooms::{Notice, Rooms, Subscription};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::sleep;

use crate::audience::{Dice, audience, event};
use crate::{FaultyLog, Program, START, show};

const COMMENTS_KEPT: usize = 200;
const TIMELINE_KEPT: usize = 2_000;
const CLOSED_KEPT: usize = 50;
const ACKNOWLEDGED_KEPT: usize = 20;
/// Longer than the time between two frames.
const A_WHILE: Duration = Duration::from_millis(450);

/// A console: it has a view, and takes over what the documentation of `Delta` says.
struct Console {
    view: RoomView,
    following: Subscription,
}

impl Console {
    async fn connect(rooms: &Rooms) -> Self {
        let mut following = rooms.subscribe(&show(), None).await.unwrap();
        Self { view: *following.view.take().unwrap(), following }
    }

    /// Connects again with what it has; whether it was continued rather than given a whole view.
    async fn reconnect(&mut self, rooms: &Rooms) -> bool {
        self.following = rooms.subscribe(&show(), Some(self.view.sequence)).await.unwrap();
        if let Some(view) = self.following.view.take() {
            self.view = *view;
            return false;
        }
        for frame in std::mem::take(&mut self.following.missed) {
            self.take(&frame.delta);
        }
        true
    }

    /// Takes over all frames that have come; false if it fell behind.
    fn catch_up(&mut self) -> bool {
        loop {
            match self.following.notices.try_recv() {
                Ok(Notice::Frame(frame)) => self.take(&frame.delta),
                Ok(Notice::ShowChanged) => {}
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Lagged(_) | TryRecvError::Closed) => return false,
            }
        }
    }

    fn take(&mut self, delta: &Delta) {
        let view = &mut self.view;
        assert_eq!(delta.from, view.sequence, "the frame does not continue the view");
        let mut minutes: BTreeMap<Millis, _> =
            view.minutes.drain(..).map(|minute| (minute.at, minute)).collect();
        minutes.extend(delta.minutes.iter().map(|minute| (minute.at, minute.clone())));
        view.minutes = minutes.into_values().collect();
        for product in &delta.products {
            view.products.retain(|known| known.product != product.product);
            view.products.push(product.clone());
        }
        view.products.sort_by(|a, b| a.product.cmp(&b.product));
        view.comments.extend(delta.comments.iter().cloned());
        keep_last(&mut view.comments, COMMENTS_KEPT);
        view.timeline.extend(delta.timeline.iter().cloned());
        keep_last(&mut view.timeline, TIMELINE_KEPT);
        for question in &delta.questions {
            view.questions.retain(|known| known.id != question.id);
            view.questions.push(question.clone());
        }
        order_questions(view);
        for card in &delta.prompter {
            match view.prompter.iter_mut().find(|known| known.id == card.id) {
                Some(known) => *known = card.clone(),
                None => view.prompter.push(card.clone()),
            }
        }
        view.prompter.retain(|card| !delta.cards_gone.contains(&card.id));
        order_cards(view);
        if let Some(sayings) = &delta.sayings {
            view.sayings.clone_from(sayings);
        }
        view.stale.clone_from(&delta.stale);
        view.facts_told = delta.facts_told;
        (view.sequence, view.clock) = (delta.sequence, delta.clock);
        (view.metrics, view.stage) = (delta.metrics.clone(), delta.stage.clone());
        view.answering = delta.answering.clone();
        view.watches.clone_from(&delta.watches);
        if let Some(alarms) = &delta.alarms {
            view.alarms.clone_from(alarms);
        }
    }
}

fn keep_last<T>(list: &mut Vec<T>, kept: usize) {
    list.drain(..list.len().saturating_sub(kept));
}

/// Open ones oldest first, then those closed lately, newest first.
fn order_questions(view: &mut RoomView) {
    let (mut open, mut closed): (Vec<_>, Vec<_>) =
        view.questions.drain(..).partition(|question| question.state == QuestionState::Open);
    open.sort_by_key(|question| question.id);
    closed.sort_by_key(|question| std::cmp::Reverse((question.closed_at, question.id)));
    closed.truncate(CLOSED_KEPT);
    view.questions = open.into_iter().chain(closed).collect();
}

fn order_cards(view: &mut RoomView) {
    let (mut waiting, mut seen): (Vec<_>, Vec<_>) =
        view.prompter.drain(..).partition(|card| card.acknowledged_at.is_none());
    waiting.sort_by_key(|card| (card.at, card.id.clone()));
    seen.sort_by_key(|card| std::cmp::Reverse((card.acknowledged_at, card.id.clone())));
    seen.truncate(ACKNOWLEDGED_KEPT);
    view.prompter = waiting.into_iter().chain(seen).collect();
}

/// The view as the room gives it, with things that happened at the same moment in the console's order.
async fn shown(rooms: &Rooms) -> RoomView {
    let mut view = rooms.view(&show()).await.unwrap();
    order_questions(&mut view);
    order_cards(&mut view);
    view
}

/// Compares part by part, so that a difference can be read.
fn assert_same(found: &RoomView, expected: &RoomView, case: &str) {
    assert_eq!(found.sequence, expected.sequence, "{case}");
    assert_eq!(found.metrics, expected.metrics, "{case}");
    for (found, expected) in found.minutes.iter().zip(&expected.minutes) {
        assert_eq!(found, expected, "{case}");
    }
    assert_eq!(found.minutes.len(), expected.minutes.len(), "{case}: minutes");
    assert_eq!(found.comments, expected.comments, "{case}");
    assert_eq!(found.questions, expected.questions, "{case}");
    assert_eq!(found.prompter, expected.prompter, "{case}");
    assert_eq!(found.timeline, expected.timeline, "{case}");
    assert_eq!(found, expected, "{case}");
}

/// A minute of a crew at work.
async fn crew_works(program: &Program, dice: &mut Dice, n: usize) {
    let view = program.rooms.view(&show()).await.unwrap();
    program.clock.set(view.clock.0.max(START));
    let action = match dice.roll(6) {
        0 => CrewAction::StageItem { product: Some(format!("p{}", dice.roll(4))), price: None },
        1 => CrewAction::PushCard {
            card: CardId(format!("c{n:04}")),
            level: CardLevel::Yellow,
            text: format!("提示 {n}").into(),
        },
        2 => match view.prompter.first().filter(|card| card.acknowledged_at.is_none()) {
            Some(card) => CrewAction::AcknowledgeCard { card: card.id.clone() },
            None => return,
        },
        3 => CrewAction::PlaceMarker { text: format!("打点 {n}") },
        _ => match view.questions.first().filter(|question| question.state == QuestionState::Open) {
            Some(question) => CrewAction::AnswerQuestion {
                question: question.id,
                text: None,
                expected: None,
                spoken: true,
                faq: None,
                route: livehand_live::ReplyRoute::Copy,
            },
            None => return,
        },
    };
    program.act(&format!("a{n}"), action).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_console_that_takes_over_every_frame_shows_what_the_room_shows() {
    for seed in 1..5 {
        let log = Arc::new(FaultyLog::default());
        let program = Program::start_with_rules(&log, Steps::USUAL);
        let mut dice = Dice::new(seed);
        let mut console = Console::connect(&program.rooms).await;
        for (n, events) in audience(seed, 2_000, 1_500).chunks(8).enumerate() {
            program.rooms.ingest(&show(), events.to_vec()).await.unwrap();
            crew_works(&program, &mut dice, n).await;
            if dice.roll(3) == 0 {
                sleep(A_WHILE).await;
                assert!(console.catch_up());
                assert_same(&console.view, &shown(&program.rooms).await, &format!("seed {seed}, step {n}"));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_console_that_lost_the_connection_goes_on_where_it_was() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with_rules(&log, Steps::USUAL);
    let mut console = Console::connect(&program.rooms).await;
    let mut continued = 0;
    for (n, events) in audience(9, 600, 1_500).chunks(10).enumerate() {
        program.rooms.ingest(&show(), events.to_vec()).await.unwrap();
        sleep(A_WHILE).await;
        if n % 5 == 0 {
            continued += u32::from(console.reconnect(&program.rooms).await);
            assert_same(&console.view, &shown(&program.rooms).await, &format!("step {n}"));
        }
    }
    assert_eq!(continued, 12, "each gap was short enough to go on");
    assert!(console.reconnect(&program.rooms).await, "nothing happened since");
}

#[tokio::test(start_paused = true)]
async fn a_console_with_a_place_that_the_room_does_not_know_gets_a_whole_view() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with_rules(&log, Steps::USUAL);
    program.rooms.ingest(&show(), audience(3, 20, 1_000)).await.unwrap();
    for after in [3, 999] {
        let following = program.rooms.subscribe(&show(), Some(after)).await.unwrap();
        assert_eq!(following.view.unwrap().sequence, 20);
        assert!(following.missed.is_empty());
    }
    let mut old = Console::connect(&program.rooms).await;
    for n in 0..320 {
        program.rooms.ingest(&show(), vec![event(&format!("e{n}"), n, "join")]).await.unwrap();
        sleep(A_WHILE).await;
    }
    assert!(!old.reconnect(&program.rooms).await, "too long away");
    assert_same(&old.view, &shown(&program.rooms).await, "after a long time");
}

#[tokio::test(start_paused = true)]
async fn a_console_that_does_not_keep_up_is_told_so_and_can_go_on() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with_rules(&log, Steps::USUAL);
    let mut console = Console::connect(&program.rooms).await;
    for n in 0..80 {
        program.rooms.ingest(&show(), vec![event(&format!("e{n}"), n, "join")]).await.unwrap();
        sleep(A_WHILE).await;
    }
    assert!(matches!(console.following.notices.recv().await, Err(RecvError::Lagged(_))));
    assert!(console.reconnect(&program.rooms).await, "the frames are still kept");
    assert_same(&console.view, &shown(&program.rooms).await, "after falling behind");
}

#[tokio::test(start_paused = true)]
async fn frames_come_at_most_a_few_times_a_second_however_much_happens() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with_rules(&log, Steps::USUAL);
    let mut following = program.rooms.subscribe(&show(), None).await.unwrap();
    for n in 0..1_000 {
        program.rooms.ingest(&show(), vec![event(&format!("e{n}"), n, "comment")]).await.unwrap();
        sleep(Duration::from_millis(10)).await;
    }
    sleep(A_WHILE).await;
    let (mut frames, mut last) = (0, 0);
    while let Ok(Notice::Frame(frame)) = following.notices.try_recv() {
        frames += 1;
        last = frame.delta.sequence;
    }
    assert!((40..=52).contains(&frames), "{frames} frames in ten seconds");
    assert_eq!(last, 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_comments_is_cut_to_what_a_screen_can_show() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with_rules(&log, Steps::USUAL);
    let mut following = program.rooms.subscribe(&show(), None).await.unwrap();
    let burst = (0..150).map(|n| event(&format!("e{n}"), n, "comment")).collect();
    program.rooms.ingest(&show(), burst).await.unwrap();
    let Ok(Notice::Frame(frame)) = following.notices.recv().await else { panic!("no frame") };
    assert_eq!((frame.delta.comments.len(), frame.delta.comments_left_out), (100, 50));
    assert_eq!(frame.delta.comments.last().map(|comment| comment.sequence), Some(150));
}
