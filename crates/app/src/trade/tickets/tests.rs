//! What depends on the time: these tests own it.

use livehand_kernel::{Hat, MINUTE_MS};
use livehand_trade::tickets::{Cause, Kind, Late, Priority, Source, State};

use super::{AnswerRoute, NewTicket, NewTicketAnswer, TicketDetail, TicketMove, TicketQuery};
use crate::privacy::tests::{Bench, bench, wearing};
use crate::{App, Caller};

fn service() -> Caller {
    wearing("cs", Hat::CustomerService)
}

async fn opened(bench: &Bench, kind: Kind) -> String {
    let new = NewTicket {
        kind,
        source: Source::Phone,
        text: "客户来电".to_owned(),
        priority: None,
        mood: None,
        show: None,
        product: None,
        order: None,
        nickname: String::new(),
        once: None,
    };
    bench.app.open_ticket(&service(), new).await.unwrap().ticket.view.ticket.id
}

async fn go(app: &App, id: &str, to: State) -> TicketDetail {
    let to = TicketMove { to, cause: Some(Cause::Carrier), note: String::new() };
    app.move_ticket(&service(), id, to).await.unwrap()
}

async fn answer(app: &App, id: &str) -> TicketDetail {
    let said = NewTicketAnswer {
        text: Some("已在处理".to_owned()),
        canned: None,
        route: AnswerRoute::PrivateMessage,
    };
    app.answer_ticket(&service(), id, said).await.unwrap()
}

fn told(detail: &TicketDetail) -> usize {
    detail.entries.iter().filter(|entry| entry.what == "late").count()
}

#[tokio::test]
async fn a_ticket_that_nobody_answers_is_raised_when_its_clock_ends_and_not_before() {
    let bench = bench().await;
    let (usual, harm) = (opened(&bench, Kind::HurryUp).await, opened(&bench, Kind::Injury).await);
    let app = &bench.app;
    // It is 20:00 in Shanghai: half an hour of work, and five minutes for who may be hurt.
    bench.later(5 * MINUTE_MS);
    app.raise_late_tickets().await.unwrap();
    assert_eq!(told(&app.ticket(&service(), &harm).await.unwrap()), 0, "to the minute is in time");
    bench.later(1);
    app.raise_late_tickets().await.unwrap();
    let raised = app.ticket(&service(), &harm).await.unwrap();
    assert_eq!((told(&raised), raised.view.clock, raised.view.late), (1, Some(Late::FirstAnswer), true));
    assert_eq!(told(&app.ticket(&service(), &usual).await.unwrap()), 0);
    bench.later(25 * MINUTE_MS);
    for _ in 0..3 {
        app.raise_late_tickets().await.unwrap();
    }
    let raised = app.ticket(&service(), &usual).await.unwrap();
    assert_eq!((told(&raised), raised.view.ticket.post()), (1, Hat::Operations));
    assert_eq!(raised.view.ticket.priority, Priority::Urgent);
    let late =
        app.list_tickets(&service(), TicketQuery { late: true, ..TicketQuery::default() }).await.unwrap();
    assert_eq!(late.tickets.len(), 2);
}

#[tokio::test]
async fn the_clock_of_the_resolution_is_told_once_and_begins_again_when_a_ticket_is_reopened() {
    let bench = bench().await;
    let id = opened(&bench, Kind::Damaged).await;
    let app = &bench.app;
    answer(app, &id).await;
    for to in [State::Triaged, State::InProgress, State::WaitingCarrier] {
        go(app, &id, to).await;
    }
    bench.later(24 * 60 * MINUTE_MS + 1);
    for _ in 0..2 {
        app.raise_late_tickets().await.unwrap();
    }
    let late = app.ticket(&service(), &id).await.unwrap();
    assert_eq!((told(&late), late.view.clock), (1, Some(Late::Resolution)));
    go(app, &id, State::InProgress).await;
    let resolved = go(app, &id, State::Resolved).await;
    assert_eq!((resolved.view.clock, resolved.view.late), (None, false));
    bench.later(48 * 60 * MINUTE_MS);
    app.raise_late_tickets().await.unwrap();
    let reopened = go(app, &id, State::Reopened).await;
    assert_eq!((told(&reopened), reopened.view.late), (1, false), "a new day to do it in");
    bench.later(24 * 60 * MINUTE_MS + 1);
    app.raise_late_tickets().await.unwrap();
    assert_eq!(told(&app.ticket(&service(), &id).await.unwrap()), 2);
    let figures = app.ticket_figures(&service(), None, None, false).await.unwrap();
    assert_eq!((figures.all.first_in_time, figures.all.first_late, figures.all.resolved_late), (1, 0, 1));
}
