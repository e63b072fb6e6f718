//! The description of the API, made from the handlers.

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::routes::{
    alarms, catalogue, changes, checking, demand, drafts, faq, fulfilment, hesitations, identity, imports,
    intercepts, ledger, live, operations, orders, prepare, prices, privacy, questions, reservations, review,
    sayings, sheets, stock, tickets, trade, verification, wording,
};
use crate::{ApiState, problem, stream};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Livehand",
        description = "The control room for live commerce (直播间助理). Times are milliseconds since the epoch, money is fen. \
            Errors are RFC 9457 problems in Chinese or English, by Accept-Language."
    ),
    components(schemas(
        problem::Problem,
        stream::StreamFrame,
        livehand_compliance::Action,
        livehand_kernel::Hat
    ))
)]
struct Document;

/// The routes with their description.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(identity::show_session, identity::sign_in, identity::sign_out))
        .routes(routes!(identity::enter_link))
        .routes(routes!(identity::set_password))
        .routes(routes!(identity::list_people, identity::add_person))
        .routes(routes!(identity::disable_person))
        .routes(routes!(identity::invite_again))
        .routes(routes!(prepare::list_shows, prepare::create_show))
        .routes(routes!(prepare::show))
        .routes(routes!(prepare::open_show))
        .routes(routes!(prepare::end_show))
        .routes(routes!(prepare::lineup, prepare::set_lineup))
        .routes(routes!(prepare::propose_lineup))
        .routes(routes!(catalogue::list_products, prepare::add_product))
        .routes(routes!(catalogue::compare_products))
        .routes(routes!(imports::export_products))
        .routes(routes!(catalogue::product))
        .routes(routes!(catalogue::fact_history))
        .routes(routes!(catalogue::add_sku))
        .routes(routes!(catalogue::disable_sku))
        .routes(routes!(catalogue::enable_sku))
        .routes(routes!(catalogue::fields))
        .routes(routes!(catalogue::edit_facts))
        .routes(routes!(catalogue::list_edits))
        .routes(routes!(catalogue::undo_edit))
        .routes(routes!(imports::start_import))
        .routes(routes!(imports::import, imports::drop_import))
        .routes(routes!(imports::map_import))
        .routes(routes!(imports::apply_import))
        .routes(routes!(sheets::read_sheet))
        .routes(routes!(ledger::product_ledger))
        .routes(routes!(ledger::record_paid))
        .routes(routes!(ledger::check_claim))
        .routes(routes!(ledger::list_claims, ledger::keep_claim))
        .routes(routes!(ledger::claim_evidence))
        .routes(routes!(trade::list_promotions, trade::add_promotion))
        .routes(routes!(trade::edit_promotion))
        .routes(routes!(trade::publish_promotion))
        .routes(routes!(trade::end_promotion))
        .routes(routes!(trade::simulate_offers))
        .routes(routes!(faq::list_faq, faq::add_faq))
        .routes(routes!(faq::faq_slots))
        .routes(routes!(faq::faq_health))
        .routes(routes!(faq::paste_faq))
        .routes(routes!(faq::load_faq_pack))
        .routes(routes!(faq::import_faq))
        .routes(routes!(faq::export_faq))
        .routes(routes!(faq::list_learned))
        .routes(routes!(faq::take_learned))
        .routes(routes!(faq::refuse_learned))
        .routes(routes!(faq::faq_entry, faq::edit_faq))
        .routes(routes!(faq::retire_faq))
        .routes(routes!(faq::restore_faq))
        .routes(routes!(faq::faq_history))
        .routes(routes!(faq::roll_back_faq))
        .routes(routes!(faq::learn_faq))
        .routes(routes!(wording::check_wording))
        .routes(routes!(wording::wording_pack))
        .routes(routes!(live::read_events, live::send_events))
        .routes(routes!(live::room_state))
        .routes(routes!(stream::follow))
        .routes(routes!(questions::answer_question))
        .routes(routes!(questions::claim_question))
        .routes(routes!(questions::offered_answers))
        .routes(routes!(questions::auto_answers, questions::set_auto_answers))
        .routes(routes!(questions::served_questions))
        .routes(routes!(drafts::draft_answer))
        .routes(routes!(live::stage_item))
        .routes(routes!(live::push_card))
        .routes(routes!(live::acknowledge_card))
        .routes(routes!(sayings::queue_reply))
        .routes(routes!(sayings::send_reply))
        .routes(routes!(sayings::set_line))
        .routes(routes!(sayings::refresh_saying))
        .routes(routes!(sayings::drop_saying))
        .routes(routes!(sayings::quotable))
        .routes(routes!(hesitations::hesitations))
        .routes(routes!(hesitations::say_closing_line))
        .routes(routes!(live::place_marker))
        .routes(routes!(live::take_note))
        .routes(routes!(alarms::take_alarm))
        .routes(routes!(alarms::finish_alarm_step))
        .routes(routes!(alarms::close_alarm))
        .routes(routes!(demand::demand))
        .routes(routes!(demand::close_demand))
        .routes(routes!(demand::missing_demand))
        .routes(routes!(alarms::log_adjustment))
        .routes(routes!(alarms::effects))
        .routes(routes!(alarms::plan_switchback))
        .routes(routes!(alarms::minute_events))
        .routes(routes!(changes::assess_change))
        .routes(routes!(changes::list_changes, changes::propose_change))
        .routes(routes!(changes::change))
        .routes(routes!(changes::approve_change))
        .routes(routes!(changes::propose_promotion))
        .routes(routes!(changes::propose_stock_release))
        .routes(routes!(changes::reject_change))
        .routes(routes!(changes::withdraw_change))
        .routes(routes!(changes::change_alone))
        .routes(routes!(changes::undo_change))
        .routes(routes!(changes::restore_prices))
        .routes(routes!(prices::five_prices, prices::record_price))
        .routes(routes!(prices::list_breakers))
        .routes(routes!(prices::lift_breaker))
        .routes(routes!(live::list_links, live::make_link))
        .routes(routes!(live::revoke_link))
        .routes(routes!(live::screen))
        .routes(routes!(stock::list_stock))
        .routes(routes!(stock::stock_movements))
        .routes(routes!(stock::move_stock))
        .routes(routes!(stock::report_stock))
        .routes(routes!(verification::order_cards))
        .routes(routes!(verification::decide_orders))
        .routes(routes!(checking::order_checking, checking::set_order_checking))
        .routes(routes!(checking::order_rates))
        .routes(routes!(verification::export_order_cards))
        .routes(routes!(verification::order_card, verification::decide_order))
        .routes(routes!(verification::undo_order_decision))
        .routes(routes!(verification::second_check))
        .routes(routes!(fulfilment::list_fulfilment, fulfilment::move_fulfilment))
        .routes(routes!(fulfilment::hold_orders))
        .routes(routes!(fulfilment::release_orders))
        .routes(routes!(reservations::list_reservations, reservations::reserve))
        .routes(routes!(reservations::reservation))
        .routes(routes!(reservations::pay_reservation))
        .routes(routes!(reservations::pick_reservation))
        .routes(routes!(reservations::release_reservation))
        .routes(routes!(reservations::cancel_reservation))
        .routes(routes!(reservations::stock_waitlist))
        .routes(routes!(stock::stock_differences))
        .routes(routes!(stock::repair_stock))
        .routes(routes!(stock::stock_recipes, stock::set_stock_recipes))
        .merge(order_routes())
        .merge(ticket_routes())
        .merge(privacy_routes())
        .routes(routes!(review::review_show))
        .routes(routes!(review::export))
        .routes(routes!(review::export_list))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
        .routes(routes!(operations::openapi))
}

/// Those of orders.
fn order_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::order))
        .routes(routes!(orders::order_webhook))
        .routes(routes!(orders::import_orders))
}

/// Those of after-sale.
fn ticket_routes() -> OpenApiRouter<ApiState> {
    use tickets::{compensations, handle, look, settings};
    OpenApiRouter::new()
        .routes(routes!(look::list_tickets, handle::open_ticket))
        .routes(routes!(look::ticket))
        .routes(routes!(look::export_tickets))
        .routes(routes!(look::ticket_figures))
        .routes(routes!(look::prepared_answers, handle::answer_ticket))
        .routes(routes!(handle::edit_ticket))
        .routes(routes!(handle::move_ticket))
        .routes(routes!(handle::ticket_colleagues))
        .routes(routes!(handle::hand_over_ticket))
        .routes(routes!(handle::note_ticket))
        .routes(routes!(handle::note_customers_words))
        .routes(routes!(handle::ticket_satisfaction))
        .routes(routes!(settings::after_sale_settings, settings::set_after_sale_settings))
        .routes(routes!(compensations::ask_compensation))
        .routes(routes!(compensations::waiting_compensations))
        .routes(routes!(compensations::decide_compensation))
        .routes(routes!(intercepts::look::list_intercepts, intercepts::ask_intercept))
        .routes(routes!(intercepts::look::intercept))
        .routes(routes!(intercepts::look::export_intercepts))
        .routes(routes!(intercepts::look::warehouse_tasks))
        .routes(routes!(intercepts::confirm_intercept))
        .routes(routes!(intercepts::parcel_gone))
        .routes(routes!(intercepts::intercept_receipt))
        .routes(routes!(intercepts::withdraw_intercept))
        .routes(routes!(intercepts::refund_intercept))
        .routes(routes!(intercepts::restock_intercept))
        .routes(routes!(intercepts::tell_intercept))
}

/// Those of personal data.
fn privacy_routes() -> OpenApiRouter<ApiState> {
    use privacy::{customers, deliveries, records};
    OpenApiRouter::new()
        .routes(routes!(customers::list_customers))
        .routes(routes!(customers::find_customers))
        .routes(routes!(customers::customer))
        .routes(routes!(customers::reveal_customer, customers::revealed_customer))
        .routes(routes!(customers::ask_erasure))
        .routes(routes!(deliveries::keep_deliveries))
        .routes(routes!(deliveries::note_delivery_step))
        .routes(routes!(deliveries::labels))
        .routes(routes!(records::list_looks))
        .routes(routes!(records::export_looks))
        .routes(routes!(records::list_erasures))
        .routes(routes!(records::decide_erasure))
        .routes(routes!(records::retention))
        .routes(routes!(records::run_retention))
        .routes(routes!(records::keys))
        .routes(routes!(records::reload_keys))
}

/// The OpenAPI document as JSON.
///
/// # Errors
/// Only if it cannot be written as JSON, which a test rules out.
pub fn document() -> Result<String, serde_json::Error> {
    routes().to_openapi().to_pretty_json()
}
