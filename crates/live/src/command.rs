//! What may be asked of a room, and what it answers: events, or a refusal that says why.

use livehand_kernel::{CardId, Millis, PersonId, Sequence};

use crate::event::{CardLevel, Change, Event, FieldError};
use crate::hesitation::{ClosingLine, Forbidden};
use crate::sayings::{Said, SayingKind, StaleQuote};

/// A request to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Events from an audience source, or from an import.
    Ingest(Vec<Event>),
    /// Something that a member of the crew does.
    Crew {
        /// Made by the client, so that a retry is recognised.
        id: String,
        /// Who.
        by: PersonId,
        /// When.
        at: Millis,
        /// What.
        action: CrewAction,
    },
}

/// What a member of the crew can do in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrewAction {
    /// Answer a question, typed or aloud.
    AnswerQuestion {
        /// The question's id.
        question: Sequence,
        /// What is written, with the facts that it quotes.
        text: Option<Said>,
        /// How it looked to whoever sends it.
        expected: Option<String>,
        /// Answered aloud by the host.
        spoken: bool,
        /// The entry of the FAQ library that gave the answer.
        faq: Option<String>,
        /// Which way a written answer goes.
        route: ReplyRoute,
    },
    /// Say that one is answering a question, so that nobody else does.
    ClaimQuestion {
        /// The question's id.
        question: Sequence,
    },
    /// Put an item on stage, or clear the stage.
    StageItem {
        /// Product id.
        product: Option<String>,
        /// Its price now, fen, as the crew's table has it.
        price: Option<i64>,
    },
    /// Push a card to the host's prompter.
    PushCard {
        /// The new card's id.
        card: CardId,
        /// How urgent.
        level: CardLevel,
        /// What to do or say.
        text: Said,
    },
    /// The host saw a card.
    AcknowledgeCard {
        /// The card.
        card: CardId,
    },
    /// Queue a reply for the public chat.
    QueueReply {
        /// The new reply's id.
        reply: String,
        /// The question that it answers, if it answers one.
        question: Option<Sequence>,
        /// The reply.
        text: Said,
        /// If it goes out by itself: when, which way, and what it comes from.
        automatic: Option<Automatic>,
    },
    /// A queued reply was sent, by hand or when it was due.
    SendReply {
        /// The reply.
        reply: String,
    },
    /// Let answers go out by themselves, or no longer.
    SetAutoAnswers {
        /// How; absent: no longer.
        to: Option<AutoAnswering>,
    },
    /// Say a closing line to those who hesitate (催单).
    SayClosingLine(ClosingLine),
    /// Set a line over the picture, or of the script; one with this id is replaced.
    SetLine {
        /// The line's id.
        line: String,
        /// Over the picture, or of the script.
        kind: LineKind,
        /// The line.
        text: Said,
    },
    /// Give a card, a reply or a line its next version.
    RefreshSaying {
        /// Its id.
        saying: String,
        /// What it says now.
        text: Said,
    },
    /// Take a card, a reply or a line back.
    DropSaying {
        /// Its id.
        saying: String,
    },
    /// Mark a moment.
    PlaceMarker {
        /// What is to be found there.
        text: String,
    },
    /// Write something down.
    TakeNote {
        /// The note.
        text: String,
    },
    /// Log a change, so that its effect can be told.
    LogAdjustment {
        /// What was changed.
        change: Change,
        /// The product that it is about, if it is about one.
        product: Option<String>,
        /// In words.
        text: String,
    },
    /// Take an alarm.
    TakeAlarm {
        /// Its id.
        alarm: String,
    },
    /// A step of an alarm's playbook is done.
    FinishAlarmStep {
        /// Its id.
        alarm: String,
        /// The step's code.
        step: String,
    },
    /// Close an alarm.
    CloseAlarm {
        /// Its id.
        alarm: String,
        /// What was done, and what came of it.
        text: String,
    },
    /// Close a demand.
    CloseDemand {
        /// Its id.
        demand: Sequence,
        /// What was done.
        text: String,
    },
}

/// How a reply goes out by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automatic {
    /// When, unless somebody takes it back.
    pub due: Millis,
    /// Which way.
    pub route: ReplyRoute,
    /// The entry of the FAQ library that it comes from.
    pub faq: String,
}

/// How answers go out by themselves (自动回复).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoAnswering {
    /// From which trust on, in thousandths.
    pub trust_permille: u32,
    /// Which way; not by a hand that pastes.
    pub route: ReplyRoute,
}

/// Which way an answer goes to the viewers (回复方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyRoute {
    /// Somebody pastes it into the public chat.
    #[default]
    Copy,
    /// The host reads it from a prompter card.
    Prompter,
    /// It runs over the picture, as the line [`TICKER`].
    Overlay,
}

/// The overlay line that shows the last answer.
pub const TICKER: &str = "answer-ticker";

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Over the picture (贴片).
    OverlayLine,
    /// In the script (话术).
    ScriptLine,
}

impl From<LineKind> for SayingKind {
    fn from(kind: LineKind) -> Self {
        match kind {
            LineKind::OverlayLine => SayingKind::OverlayLine,
            LineKind::ScriptLine => SayingKind::ScriptLine,
        }
    }
}

/// What a room decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// To be appended and applied, in this order.
    pub events: Vec<Event>,
    /// Events left out because they are in the log already.
    pub duplicates: usize,
}

/// Why a room did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such question.
    #[error("there is no question {question}")]
    QuestionUnknown {
        /// The id given.
        question: Sequence,
    },
    /// Somebody was quicker, or it waited too long.
    #[error("question {question} is closed already")]
    QuestionClosed {
        /// The id given.
        question: Sequence,
        /// Who answered it.
        by: Option<PersonId>,
    },
    /// Somebody else is answering it.
    #[error("question {question} is being answered by {by}")]
    QuestionClaimed {
        /// The id given.
        question: Sequence,
        /// Who.
        by: PersonId,
    },
    /// Neither typed nor spoken.
    #[error("an answer needs a text, or must be marked as spoken")]
    AnswerEmpty,
    /// A fact in it has changed since whoever sends it saw it.
    #[error("the answer would read otherwise now")]
    AnswerChanged {
        /// How it would read now.
        now: String,
    },
    /// No such card.
    #[error("there is no prompter card {card}")]
    CardUnknown {
        /// The id given.
        card: CardId,
    },
    /// The host has more cards than anybody reads.
    #[error("{max} cards wait for the host already")]
    CardsWaiting {
        /// The limit.
        max: usize,
    },
    /// More of a kind than anybody reads.
    #[error("there are {max} open sayings of the kind {kind:?} already")]
    SayingsOpen {
        /// Which kind.
        kind: SayingKind,
        /// The limit.
        max: usize,
    },
    /// Something else has this id.
    #[error("there is a saying {saying} already")]
    SayingExists {
        /// The id given.
        saying: String,
    },
    /// No such saying, or it was dropped.
    #[error("there is no open saying {saying}")]
    SayingUnknown {
        /// The id given.
        saying: String,
    },
    /// Somebody was quicker: it was sent or acknowledged.
    #[error("saying {saying} was said already")]
    SayingSaid {
        /// The id given.
        saying: String,
    },
    /// It quotes what is no longer so.
    #[error("{} of the quotes no longer hold", .quotes.len())]
    StaleQuote {
        /// Which, and what is so now.
        quotes: Vec<StaleQuote>,
    },
    /// Nobody whom the closing line would be for may be addressed.
    #[error("the closing line may not be said: {why:?}")]
    MayNotAddress {
        /// Why the latest of them may not.
        why: Forbidden,
    },
    /// No such alarm, or none that is open.
    #[error("there is no open alarm {alarm}")]
    AlarmUnknown {
        /// The id given.
        alarm: String,
    },
    /// Somebody was quicker.
    #[error("alarm {alarm} is closed already")]
    AlarmClosed {
        /// The id given.
        alarm: String,
        /// Who closed it; absent when it was over by itself.
        by: Option<PersonId>,
    },
    /// Its playbook has no such step, or it is done.
    #[error("alarm {alarm} has no open step {step}")]
    AlarmStepUnknown {
        /// The alarm.
        alarm: String,
        /// The code given.
        step: String,
    },
    /// No such demand, or it is over.
    #[error("there is no open demand {demand}")]
    DemandUnknown {
        /// The id given.
        demand: Sequence,
    },
    /// Somebody was quicker.
    #[error("demand {demand} is closed already")]
    DemandClosed {
        /// The id given.
        demand: Sequence,
        /// Who closed it; absent when it fell by itself.
        by: Option<PersonId>,
    },
    /// The event that would be recorded breaks the contract.
    #[error("the action breaks the contract of events")]
    Invalid(#[source] Box<FieldError>),
    /// Text that is empty or too long.
    #[error("the text must have 1 to {max_bytes} bytes")]
    TextLength {
        /// The limit in bytes.
        max_bytes: usize,
    },
}
