//! Use cases, by stage of a show: the only place where permissions are checked and transactions begin.
//!
//! Every function takes the [`Caller`] first and checks it against the permission matrix before anything else. A write
//! to a table leaves its audit row in the same transaction; a command to a room is recorded by the room's log and leaves
//! its row right after. What must never happen here: a write without a permission check, and a rule of the trade, which
//! belongs into a business crate.

mod audit;
mod caller;
mod error;
mod identity;
mod jobs;
mod live;
mod prepare;
mod privacy;
mod review;
mod secrets;
mod spreadsheet;
mod trade;

use std::sync::Arc;

use livehand_kernel::{Clock, Entropy};
use livehand_rooms::{OnFatal, Rooms};
use livehand_show_log::Marks;
use livehand_storage::{Db, Tx};
use subtle::ConstantTimeEq;
use tokio_util::task::TaskTracker;

pub use audit::AUDIT_MARK;
pub use caller::{Caller, LinkKind};
pub use error::{Error, Fault};
use identity::attempts::{Attempts, Hashing};
use identity::authenticate::Standing;
pub use identity::{Entered, Identity, NewPerson, PersonAdded, PersonView, SESSION_MS_MAX, Visitor};
pub use jobs::run_jobs;
pub use live::{
    Acted, AnswerToGive, AutoAnswersView, DemandView, DraftAsked, DraftFailed, DraftReady, DraftRefusal,
    Drafted, Drafter, Drafting, EVENTS_PER_REQUEST_MAX, EventView, Hesitating, HesitatingGroup, Intake,
    IntakeMode, LineOffered, LineSaid, LineToSay, LinkMade, LinkView, MissingDemand, MissingWish,
    OfferedAnswer, QuotableFact, Screen, SkuOffer, StockNow, read_events, run_auto_answers,
};
pub use livehand_compliance::changes::Caution;
pub use livehand_compliance::personal;
pub use livehand_language::library as faq_library;
pub use livehand_rooms::{Done, Frame, Notice, RoomError, Subscription};
pub use livehand_storage::Error as StorageError;
pub use livehand_storage::deliveries::Step as DeliveryStep;
pub use livehand_storage::holds::HoldRow;
pub use livehand_storage::order_decisions::DecisionRow;
pub use livehand_storage::orders::{NoticeRow as OrderHeard, OrderRow};
pub use livehand_storage::tickets::EntryRow as TicketEntry;
pub use livehand_trade::prices::Tolerances;
pub use prepare::{
    AilingFaq, FaqColumn, FaqHealth, FaqHealthQuery, FaqImport, FaqPackLoad, FaqPage, FaqPaste, FaqPlan,
    FaqQuery, FaqToWrite, FaqVersionView, FaqView, LearnedPage, LearnedQuery, LearnedView, NewLearned,
};
pub use prepare::{
    Applied, Card, ComparedRow, Comparison, EditPage, EditView, Edited, FactEdit, FactView, FoundProduct,
    FoundProducts, Given, ImportToApply, ImportView, MappedColumn, NewSku, ProductQuery, SkuView,
};
pub use prepare::{
    LineupItem, LineupProposal, LineupWishes, NewProduct, NewShow, ProductPage, ProductView, SheetFile,
    SheetReader, SheetReading, ShowPage, ShowQuery, ShowView, Wording, WordingPack,
};
pub use privacy::{
    CustomerDetail, CustomerPage, CustomerState, CustomerView, DeliveryView, ErasureView, Kept, KeptHow,
    KeyAbout, KeySource, KeyState, KeyUse, Keyring, KeysView, LABELS_MAX, Label, LookPage, LookView,
    NewDelivery, NewErasure, NewLook, NoKeys, NoteErased, RecipientChange, RetentionDue, RetentionRun,
    RetentionView, Revealed, run_personal_data,
};
pub use review::{List, LogReader, Review, StagedItem, Table};
pub use secrets::{TokenHash, new_token, token_hash};
pub use spreadsheet::TableForm;
pub use trade::{
    Approval, Assessment, BreakerPage, BreakerView, ChangePage, ChangeQuery, ChangeView, FivePrices,
    NewChange, NewSighting, PriceRow, PromotionStep,
};
pub use trade::{
    CardQuery, DecidedMany, DifferenceView, NewDecision, OrderCard, OrderCards, Rates, VerificationSettings,
    clocks, run_verification,
};
pub use trade::{
    ClaimChecked, ClaimPage, ClaimView, EvidencePack, LEDGER_MARK, Ladder, LedgerQuery, PaidByHand,
    PaidRecorded, ProductLedger, Rung,
};
pub use trade::{FulfilmentMove, FulfilmentMoved, FulfilmentView, NotMoved, WaveOrder, WavePage, WaveQuery};
pub use trade::{
    ImportRefusal, NewOrderNotice, OrderDetail, OrderPage, OrderQuery, OrderSecret, OrderTaken, OrdersImport,
    OrdersImported, Promise, PromisedFact, PromisedLine, SaidThen, SignedBody, Verified, run_order_stock,
};
pub use trade::{
    InterceptAsked, InterceptPage, InterceptQuery, InterceptView, NewIntercept, SpecWish, WarehouseTask,
};
pub use trade::{LineToSimulate, PromotionPage, PromotionQuery, PromotionView, Simulated, Simulation};
pub use trade::{
    NewMovement, NewStockReport, RecipeView, RepairedSku, ReportView, StockMovements, StockPage, StockQuery,
    StockRecorded, StockRepair, StockView,
};
pub use trade::{
    NewReservation, NotReserved, ReservationAsked, ReservationPage, ReservationQuery, ReservationRequest,
    ReservationView, Reservations, Waiter, WaitlistView, run_reservations,
};

pub use trade::{
    AfterSaleSettings, AnswerRoute, CannedAnswer, CompensationRow, NewTicket, NewTicketAnswer,
    TicketColleague, TicketDetail, TicketEdit, TicketFigures, TicketMove, TicketOpened, TicketOrder,
    TicketPage, TicketQuery, TicketRow, TicketView, run_tickets,
};

/// What the use cases work with.
pub struct Parts {
    /// Tables.
    pub db: Db,
    /// Rooms.
    pub rooms: Rooms,
    /// High-water marks outside the database.
    pub marks: Arc<Marks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and tokens.
    pub entropy: Arc<dyn Entropy>,
    /// Hash of the token that the command line on this machine holds.
    pub local_token: Option<TokenHash>,
    /// Ends the process when it is not known what is stored.
    pub on_fatal: OnFatal,
    /// From where on a change needs more care.
    pub caution: Caution,
    /// How far the five prices may be apart.
    pub tolerances: Tolerances,
    /// The rules of wording.
    pub wording: Wording,
    /// Work that goes on when whoever asked for it hangs up lives on it.
    pub tasks: TaskTracker,
    /// Reads spreadsheets, apart from this process.
    pub sheets: SheetReader,
    /// Reads the keys of personal data.
    pub keys: KeySource,
    /// How long personal data is kept.
    pub retention: personal::Matrix,
    /// Writes down, outside the database, that a customer was erased.
    pub note_erased: NoteErased,
    /// What sources of orders sign with.
    pub order_secrets: Vec<OrderSecret>,
    /// The model that drafts answers, if the owner configured one.
    pub drafter: Option<Drafter>,
    /// Whether orders of made-up audiences get invented recipients: in the demo, and nowhere else.
    pub invented: bool,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

/// The fields behind [`App`].
pub struct Inner {
    db: Db,
    rooms: Rooms,
    marks: Arc<Marks>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    local_token: Option<TokenHash>,
    on_fatal: OnFatal,
    caution: Caution,
    tolerances: Tolerances,
    wording: Wording,
    tasks: TaskTracker,
    sheets: SheetReader,
    vault: privacy::Vault,
    retention: personal::Matrix,
    note_erased: NoteErased,
    order_secrets: Vec<OrderSecret>,
    drafter: Option<Drafter>,
    invented: bool,
    attempts: Attempts,
    hashing: Hashing,
    standing: Standing,
    ledger: trade::LedgerState,
    reservations: Reservations,
    order_stock: trade::OrderStock,
    order_checks: trade::OrderChecks,
    hearing: trade::Hearing,
    faq_desk: live::KeptDesk,
    after_sale: trade::AfterSale,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl App {
    /// The use cases over `parts`.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            db,
            rooms,
            marks,
            clock,
            entropy,
            local_token,
            on_fatal,
            caution,
            tolerances,
            wording,
            tasks,
            sheets,
            keys,
            retention,
            note_erased,
            order_secrets,
            drafter,
            invented,
        } = parts;
        let reservations = Reservations::new(db.clone(), clock.clone(), on_fatal.clone());
        let inner = Inner {
            db,
            rooms,
            marks,
            clock,
            entropy,
            local_token,
            on_fatal,
            caution,
            tolerances,
            wording,
            tasks,
            sheets,
            vault: privacy::Vault::new(keys),
            retention,
            note_erased,
            order_secrets,
            drafter,
            invented,
            attempts: Attempts::default(),
            hashing: Hashing::default(),
            standing: Standing::default(),
            ledger: trade::LedgerState::default(),
            reservations,
            order_stock: trade::OrderStock::default(),
            order_checks: trade::OrderChecks::default(),
            hearing: trade::Hearing::default(),
            faq_desk: live::KeptDesk::default(),
            after_sale: trade::AfterSale::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The time by the clock that the use cases go by.
    pub fn now(&self) -> livehand_kernel::Millis {
        self.clock.now()
    }

    /// Runs `work` in a write transaction; ends the process if it is not known whether it was committed.
    pub(crate) async fn write<T, F, Fut>(&self, work: F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, StorageError>>,
    {
        let written = self.db.write(work).await;
        if let Err(error) = &written
            && error.is_fatal()
        {
            (self.on_fatal)(&format!("the database could not be written: {error}"));
        }
        Ok(written?)
    }

    fn is_local_token(&self, hash: &TokenHash) -> bool {
        self.local_token.is_some_and(|local| bool::from(local.ct_eq(hash)))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Storage`] if it does not.
    pub async fn check_ready(&self) -> Result<(), Error> {
        let tx = self.db.read().await?;
        livehand_storage::people::count(&tx).await?;
        Ok(())
    }

    /// Shows that are not served because their log is damaged, with the reason.
    pub fn refused_shows(&self) -> std::collections::BTreeMap<livehand_kernel::ShowId, String> {
        self.rooms.refused()
    }
}
