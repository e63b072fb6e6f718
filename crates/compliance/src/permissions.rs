//! The permission matrix (权限矩阵). Hats add up: a person may do what any of their hats may do.

use livehand_kernel::Hat;
use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $hats:expr;)*) => {
        /// Something that needs permission.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// The code used in the API.
            pub fn code(self) -> &'static str {
                match self { $(Action::$name => $code,)* }
            }

            /// The action with this code.
            pub fn from_code(code: &str) -> Option<Action> {
                match code { $($code => Some(Action::$name),)* _ => None }
            }

            /// The hats that may do it.
            fn hats(self) -> &'static [Hat] {
                match self { $(Action::$name => $hats,)* }
            }
        }
    };
}

/// Everybody who works on a show; a brand's guest sees only its own products and is not among them.
const CREW: &[Hat] = &[
    Hat::Anchor,
    Hat::CoAnchor,
    Hat::FloorDirector,
    Hat::ControlOperator,
    Hat::Assistant,
    Hat::Operations,
    Hat::MediaBuyer,
    Hat::StreamDirector,
    Hat::CustomerService,
    Hat::Warehouse,
    Hat::Merchandiser,
    Hat::Finance,
    Hat::Compliance,
    Hat::Admin,
    Hat::Auditor,
];

actions! {
    /// See the list of shows.
    ViewShows = "view_shows": CREW;
    /// Plan a show.
    CreateShow = "create_show": &[Hat::FloorDirector, Hat::Assistant, Hat::Operations];
    /// Open and end a show.
    RunShow = "run_show": &[Hat::FloorDirector, Hat::ControlOperator, Hat::Operations];
    /// Import recordings, and play them into a show.
    ImportRecording = "import_recording": &[Hat::FloorDirector, Hat::Assistant, Hat::Operations];
    /// Send audience events into a show.
    SendEvents = "send_events": &[Hat::FloorDirector, Hat::ControlOperator, Hat::Assistant, Hat::Operations];
    /// See a room live.
    ViewRoom = "view_room": CREW;
    /// Answer comments.
    AnswerQuestion = "answer_question":
        &[Hat::CoAnchor, Hat::FloorDirector, Hat::Assistant, Hat::Operations, Hat::CustomerService];
    /// Let answers go out by themselves, or no longer (自动回复).
    SetAutoAnswers = "set_auto_answers": &[Hat::Operations];
    /// Put an item on stage (弹讲解).
    StageItem = "stage_item": &[Hat::FloorDirector, Hat::ControlOperator, Hat::Operations];
    /// Push a card to the host.
    PushCard = "push_card": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::StreamDirector,
        Hat::Compliance,
    ];
    /// Acknowledge a card as the host.
    AcknowledgeCard = "acknowledge_card": &[Hat::Anchor, Hat::CoAnchor, Hat::FloorDirector, Hat::Assistant];
    /// Refresh what is said when a fact that it quotes changed, or take it back (刷新引用, 撤下).
    TendSayings = "tend_sayings": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::StreamDirector,
        Hat::CustomerService,
        Hat::Compliance,
    ];
    /// Mark a moment (打点).
    PlaceMarker = "place_marker":
        &[Hat::CoAnchor, Hat::FloorDirector, Hat::ControlOperator, Hat::Assistant, Hat::Operations, Hat::StreamDirector];
    /// Write a note.
    TakeNote = "take_note": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::MediaBuyer,
        Hat::StreamDirector,
        Hat::CustomerService,
        Hat::Compliance,
    ];
    /// Log a change, so that its effect can be told (调整).
    LogAdjustment = "log_adjustment": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::MediaBuyer,
    ];
    /// Take an alarm, do its steps, close it (告警).
    HandleAlarm = "handle_alarm": &[
        Hat::Anchor,
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::MediaBuyer,
        Hat::StreamDirector,
        Hat::CustomerService,
        Hat::Compliance,
    ];
    /// See the review of a show.
    ViewReview = "view_review": CREW;
    /// Take data out: tables, and a show's whole log.
    ExportData = "export_data": &[Hat::Operations, Hat::Finance, Hat::Compliance];
    /// Edit products.
    EditProducts = "edit_products": &[Hat::Assistant, Hat::Operations, Hat::Merchandiser];
    /// Write the FAQ library: entries, lines, sheets, what was learned (话术库).
    EditFaq = "edit_faq": &[Hat::Assistant, Hat::Operations];
    /// See the price ledger and what it proves.
    ViewLedger = "view_ledger": &[
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::MediaBuyer,
        Hat::CustomerService,
        Hat::Merchandiser,
        Hat::Finance,
        Hat::Compliance,
        Hat::Auditor,
    ];
    /// Write a price that was paid into the ledger.
    RecordPrices = "record_prices": &[Hat::Assistant, Hat::Operations, Hat::Merchandiser, Hat::Finance];
    /// Check and keep what is claimed of a product.
    EditClaims = "edit_claims": &[Hat::Assistant, Hat::Operations, Hat::Compliance];
    /// Write promotions as drafts, and see what they come to (机制).
    EditPromotions = "edit_promotions":
        &[Hat::ControlOperator, Hat::Assistant, Hat::Operations, Hat::Merchandiser];
    /// Publish and end promotions while no show with their products is on air.
    PublishPromotions = "publish_promotions": &[Hat::Operations];
    /// Edit the line-up.
    EditLineup = "edit_lineup": &[Hat::FloorDirector, Hat::Assistant, Hat::Operations];
    /// See changes that need two people, the five prices and breakers.
    ViewChanges = "view_changes": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::Merchandiser,
        Hat::Warehouse,
        Hat::Finance,
        Hat::Compliance,
        Hat::Auditor,
    ];
    /// Ask for a change of a price, a coupon, a flash sale or of stock in front of the buyers.
    ProposeChange = "propose_change":
        &[Hat::FloorDirector, Hat::ControlOperator, Hat::Assistant, Hat::Operations];
    /// Decide on such a change as the second person; which kinds, stands in `changes`.
    DecideChange = "decide_change":
        &[Hat::FloorDirector, Hat::Operations, Hat::Warehouse, Hat::Finance, Hat::Compliance];
    /// Record a price that was seen: script, spoken, page, payable, paid.
    RecordPrice = "record_price": &[
        Hat::CoAnchor,
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::CustomerService,
        Hat::Compliance,
    ];
    /// Lift a breaker, together with somebody else (解除熔断).
    LiftBreaker = "lift_breaker": &[Hat::FloorDirector, Hat::Operations, Hat::Compliance];
    /// See stock: sums, movements, differences.
    ViewStock = "view_stock": CREW;
    /// Record movements of stock, lock it, and say what others report (入库、盘点、锁库存).
    MoveStock = "move_stock": &[Hat::ControlOperator, Hat::Assistant, Hat::Operations, Hat::Warehouse];
    /// Put locked stock in front of the buyers, while no show is on air with it (放库存).
    ReleaseStock = "release_stock": &[Hat::ControlOperator, Hat::Operations, Hat::Warehouse];
    /// Take stock for orders, and move them on: pay, release, cancel (占库).
    ReserveStock = "reserve_stock":
        &[Hat::ControlOperator, Hat::Assistant, Hat::Operations, Hat::CustomerService];
    /// Say that what an order has was taken from the shelf (拣货).
    PickReserved = "pick_reserved": &[Hat::ControlOperator, Hat::Operations, Hat::Warehouse];
    /// See orders, what was promised with them, and where they stand (订单).
    ViewOrders = "view_orders": &[
        Hat::FloorDirector,
        Hat::ControlOperator,
        Hat::Assistant,
        Hat::Operations,
        Hat::CustomerService,
        Hat::Warehouse,
        Hat::Finance,
        Hat::Compliance,
        Hat::Auditor,
    ];
    /// Take orders in from a shop's export (导入订单).
    TakeOrders = "take_orders": &[Hat::Assistant, Hat::Operations, Hat::CustomerService];
    /// Say how far parcels have come: printed, out, collected (履约节点).
    MoveFulfilment = "move_fulfilment": &[Hat::Operations, Hat::Warehouse];
    /// Stop orders before they are sent, and let them go on (暂停发货).
    HoldOrders = "hold_orders": &[Hat::Assistant, Hat::Operations, Hat::CustomerService, Hat::Warehouse];
    /// See after-sale tickets, their clocks and figures (售后工单).
    ViewTickets = "view_tickets": &[
        Hat::Assistant,
        Hat::Operations,
        Hat::CustomerService,
        Hat::Warehouse,
        Hat::Finance,
        Hat::Compliance,
        Hat::Auditor,
    ];
    /// Open tickets, answer customers, move tickets on and hand them over.
    HandleTickets = "handle_tickets":
        &[Hat::Assistant, Hat::Operations, Hat::CustomerService, Hat::Compliance];
    /// Write down what was done for a ticket, and give it back.
    NoteTickets = "note_tickets": &[
        Hat::Assistant,
        Hat::Operations,
        Hat::CustomerService,
        Hat::Warehouse,
        Hat::Finance,
        Hat::Compliance,
    ];
    /// Ask that a parcel be stopped or its label be changed, and say what came of it (拦截, 改单).
    AskIntercept = "ask_intercept": &[Hat::Assistant, Hat::Operations, Hat::CustomerService];
    /// Say that a parcel was taken out, its label changed, or that it is gone (仓库确认).
    ConfirmIntercept = "confirm_intercept": &[Hat::Warehouse];
    /// Note that the money of a stopped parcel went back.
    RecordRefund = "record_refund": &[Hat::Operations, Hat::CustomerService, Hat::Finance];
    /// Put the goods of a stopped parcel back on the shelf (库存回补).
    RestockIntercept = "restock_intercept": &[Hat::Operations, Hat::Warehouse];
    /// Ask for money for a customer (补偿); up to the first limit it is given at once.
    AskCompensation = "ask_compensation": &[Hat::Operations, Hat::CustomerService];
    /// Agree to such money, or refuse it, as somebody else than who asked.
    DecideCompensation = "decide_compensation": &[Hat::Operations, Hat::Finance];
    /// Set how after-sale is run: working hours and what the carrier takes (售后设置).
    SetAfterSale = "set_after_sale": &[Hat::Operations, Hat::Finance];
    /// Set up to where whose agreement to money for customers is enough (补偿额度); not whom the limits bind.
    SetCompensationLimits = "set_compensation_limits": &[Hat::Finance];
    /// Decide on orders in which something was found, and check a sample a second time (审单).
    VerifyOrders = "verify_orders": &[Hat::Assistant, Hat::Operations, Hat::CustomerService];
    /// Set how orders are checked.
    SetVerification = "set_verification": &[Hat::Operations];
    /// Compute stock again from its movements and put it right.
    RepairStock = "repair_stock": &[Hat::Operations];
    /// See links to a show.
    ViewLinks = "view_links": &[Hat::FloorDirector, Hat::ControlOperator, Hat::Assistant, Hat::Operations, Hat::Admin];
    /// Make and revoke links.
    ManageLinks = "manage_links": &[Hat::FloorDirector, Hat::Operations, Hat::Assistant, Hat::Admin];
    /// See who is in the crew.
    ViewPeople = "view_people": &[Hat::Operations, Hat::Admin, Hat::Auditor];
    /// Add people, give hats, disable accounts.
    ManagePeople = "manage_people": &[Hat::Admin];
    /// See customers, masked, and find one by their number (客户).
    ViewCustomers = "view_customers": &[
        Hat::Assistant,
        Hat::Operations,
        Hat::CustomerService,
        Hat::Warehouse,
        Hat::Finance,
        Hat::Compliance,
        Hat::Auditor,
    ];
    /// Write down whom orders and prizes go to, and how far they have come.
    RecordDeliveries = "record_deliveries":
        &[Hat::Assistant, Hat::Operations, Hat::CustomerService, Hat::Warehouse];
    /// See a customer in clear, for a reason and for five minutes (查看明文).
    RevealCustomer = "reveal_customer": &[Hat::CustomerService];
    /// See what the label of a parcel needs, while it is to be shipped (面单).
    ViewLabels = "view_labels": &[Hat::Warehouse];
    /// Ask that a customer be forgotten (删除个人信息).
    AskErasure = "ask_erasure": &[Hat::CustomerService, Hat::Compliance];
    /// Forget a customer when somebody else asked for it.
    DecideErasure = "decide_erasure": &[Hat::Compliance];
    /// See who looked at customers in clear, who is to be forgotten, and what went when its time was over.
    ViewPrivacyRecords = "view_privacy_records": &[Hat::Compliance, Hat::Auditor];
    /// Take away what is due, at once.
    RunRetention = "run_retention": &[Hat::Compliance];
    /// See the keys of personal data, and put a new one in force.
    ManageKeys = "manage_keys": &[Hat::Admin];
    /// Read the audit trail.
    ViewAudit = "view_audit": &[Hat::Compliance, Hat::Admin, Hat::Auditor];
}

/// Whether somebody who wears `hats` may do `action`.
pub fn permitted(hats: &[Hat], action: Action) -> bool {
    hats.iter().any(|hat| action.hats().contains(hat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_frozen() {
        let mut table = String::new();
        for action in Action::ALL {
            let hats: Vec<_> =
                Hat::ALL.iter().filter(|hat| permitted(&[**hat], *action)).map(|hat| hat.code()).collect();
            table.push_str(&format!("{}: {}\n", action.code(), hats.join(" ")));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nobody_without_a_hat_may_do_anything_and_a_guest_sees_nothing_of_the_crew() {
        for action in Action::ALL {
            assert!(!permitted(&[], *action));
            assert!(!permitted(&[Hat::BrandGuest], *action));
            assert_eq!(Action::from_code(action.code()), Some(*action));
        }
    }

    #[test]
    fn an_administrator_has_no_hand_in_the_show() {
        for action in [Action::StageItem, Action::AnswerQuestion, Action::RunShow, Action::EditProducts] {
            assert!(!permitted(&[Hat::Admin], action));
        }
    }
}
