//! A made-up year's after-sale tickets: opened by hand for orders, some of them twice, answered, resolved and rated. A part of
//! them is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Report;
use super::orders::Order;
use crate::api::{Api, text};

const MINUTE_MS: i64 = 60_000;
/// One of so many is left alone.
const LEFT_ALONE: usize = 40;
/// One of so many is opened a second time with the same key.
const TWICE: usize = 30;
/// What customers come with, and the first answer that they are due while a show is on air, minutes.
const KINDS: &[(&str, i64, &str)] = &[
    ("address_change", 5, "想改收货地址"),
    ("spec_change", 5, "拍错规格了"),
    ("hurry_up", 10, "催发货"),
    ("goods_return", 10, "不合适想退"),
    ("logistics", 10, "物流两天没动"),
    ("refund_unshipped", 10, "没发货先退款"),
    ("damaged", 10, "盒子压坏了"),
    ("quality", 10, "开线了"),
    ("price_protection", 10, "昨天买的今天降价了"),
    ("injury", 5, "用了以后起疹子"),
];

/// A ticket that is to come.
#[derive(Clone)]
pub struct Ticket {
    number: usize,
    order: String,
}

/// The tickets of these orders: as many as have come by `placed` of `of` orders in the year.
pub fn of_day(orders: &[Order], placed: usize, of: usize, tickets: usize, opened: &mut usize) -> Vec<Ticket> {
    let due = tickets * placed / of.max(1);
    let mut coming = Vec::new();
    while *opened < due
        && let Some(order) = orders.get(coming.len() % orders.len().max(1))
    {
        coming.push(Ticket { number: *opened, order: format!("douyin:{}", order.number) });
        *opened += 1;
    }
    coming
}

/// Handles tickets from their opening to the customer's word.
pub async fn handle(api: &Api, tickets: Vec<Ticket>, at_once: usize, report: &mut Report) -> Result<()> {
    let (tickets, next) = (Arc::new(tickets), Arc::new(AtomicUsize::new(0)));
    let mut handling = JoinSet::new();
    for _ in 0..at_once {
        let (api, tickets, next) = (api.clone(), tickets.clone(), next.clone());
        handling.spawn(async move {
            let mut answered = 0;
            while let Some(ticket) = tickets.get(next.fetch_add(1, Ordering::Relaxed)) {
                answered += usize::from(ticket.handle(&api).await?);
            }
            anyhow::Ok(answered)
        });
    }
    report.tickets += tickets.len();
    while let Some(answered) = handling.join_next().await {
        report.answered += answered??;
    }
    Ok(())
}

impl Ticket {
    /// Whether it was answered.
    async fn handle(&self, api: &Api) -> Result<bool> {
        let (kind, minutes, words) =
            KINDS.get(self.number % KINDS.len()).copied().unwrap_or(("other", 10, "其他"));
        let new = json!({ "kind": kind, "source": "private_message", "text": words, "order": self.order,
            "once": format!("year-{}", self.number) });
        let opened = api.done("/api/v1/tickets", new.clone()).await?;
        let (id, at) = (text(&opened, "/id"), time(&opened, "opened_at")?);
        ensure!(time(&opened, "first_due")? == at + minutes * MINUTE_MS, "the clock of {opened} is wrong");
        ensure!(time(&opened, "due")? == at + 24 * 60 * MINUTE_MS, "the clock of {opened} is wrong");
        if self.number.is_multiple_of(TWICE) {
            let again = api.done("/api/v1/tickets", new).await?;
            ensure!(text(&again, "/id") == id, "{id} was opened twice");
        }
        if self.number.is_multiple_of(LEFT_ALONE) {
            return Ok(false);
        }
        let path = |what: &str| format!("/api/v1/tickets/{id}/{what}");
        let said = json!({ "text": "已为您处理", "route": "private_message" });
        api.done(&path("answers"), said).await?;
        for to in ["triaged", "in_progress"] {
            api.done(&path("move"), json!({ "to": to })).await?;
        }
        api.done(&path("move"), json!({ "to": "resolved", "cause": "other" })).await?;
        let score = if self.number.is_multiple_of(33) { 2 } else { 5 };
        api.done(&path("satisfaction"), json!({ "score": score })).await?;
        Ok(true)
    }
}

fn time(ticket: &Value, field: &str) -> Result<i64> {
    ticket.get(field).and_then(Value::as_i64).with_context(|| format!("{field} of {ticket} is missing"))
}

/// The figures are those of what was done.
pub async fn check(api: &Api, report: &Report) -> Result<()> {
    let figures = api.get("/api/v1/ticket-figures").await?.json();
    let count = |name: &str| -> Result<usize> {
        let found = figures.pointer(&format!("/all/{name}")).and_then(Value::as_u64);
        Ok(usize::try_from(found.with_context(|| format!("no {name} in {figures}"))?)?)
    };
    ensure!(count("tickets")? == report.tickets, "{} tickets, and {figures}", report.tickets);
    ensure!(count("first_in_time")? == report.answered, "{} answered, and {figures}", report.answered);
    ensure!(count("resolved_in_time")? == report.answered, "{} resolved, and {figures}", report.answered);
    ensure!(count("rated")? == report.answered, "{} rated, and {figures}", report.answered);
    Ok(())
}
