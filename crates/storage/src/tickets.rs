//! After-sale tickets and what happened to them. What must never happen here: a ticket that is made twice of one comment.

use livehand_kernel::{Millis, PersonId, ShowId};
use livehand_trade::tickets::{Cause, Kind, Priority, Ticket};

use crate::statement::{containing, digest, sequence, unsigned};
use crate::{Error, Tx, Value, sql};

fn ticket(id: &str, body: &str) -> Result<Ticket, Error> {
    serde_json::from_str(body).map_err(|_| Error::Unusable(format!("the ticket {id} is damaged")))
}

type Columns = (String, String);

fn tickets(rows: Vec<Columns>) -> Result<Vec<Ticket>, Error> {
    rows.into_iter().map(|(id, body)| ticket(&id, &body)).collect()
}

/// The number of the next ticket; part of the transaction that makes it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn next_number(tx: &Tx) -> Result<i64, Error> {
    let sql = sql!("SELECT MAX(number) FROM tickets");
    let last: Option<(Option<i64>,)> = tx.one("numbering a ticket", sql, Vec::new()).await?;
    Ok(last.and_then(|(last,)| last).unwrap_or(0) + 1)
}

/// Writes a ticket, new or changed. `once` is what a new one is known by.
///
/// # Errors
/// [`Error::Conflict`] if there is another one that is known by it.
pub async fn save(tx: &Tx, it: &Ticket, once: Option<&str>) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO tickets (id, number, kind, source, priority, state, running, post, owner_id, show_id, product_id, \
         order_id, customer_id, viewer, once_key, cause, opened_at, first_due, first_at, due, next_due, late_after, \
         resolved_at, asked_at, score, synthetic, words, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23, $24, $25, $26, $27, $28) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, priority = excluded.priority, state = excluded.state, \
         running = excluded.running, post = excluded.post, owner_id = excluded.owner_id, show_id = excluded.show_id, \
         product_id = excluded.product_id, order_id = excluded.order_id, customer_id = excluded.customer_id, \
         cause = excluded.cause, first_due = excluded.first_due, first_at = excluded.first_at, due = excluded.due, \
         next_due = excluded.next_due, late_after = excluded.late_after, resolved_at = excluded.resolved_at, \
         asked_at = excluded.asked_at, score = excluded.score, words = excluded.words, body = excluded.body"
    );
    let times = &it.times;
    let body = serde_json::to_string(it).unwrap_or_default();
    let args = vec![
        (&it.id).into(),
        it.number.into(),
        it.kind.code().into(),
        it.source.code().into(),
        it.priority.rank().into(),
        it.state.code().into(),
        it.state.is_open().into(),
        it.post().code().into(),
        it.owner.as_ref().map(|owner| owner.id.0.clone()).into(),
        it.show.as_ref().map(|show| show.0.clone()).into(),
        it.product.as_ref().map(|product| product.0.clone()).into(),
        it.order.clone().into(),
        it.customer.as_ref().map(|customer| customer.0.clone()).into(),
        it.viewer.clone().into(),
        once.map(str::to_owned).into(),
        it.cause.map(|cause| cause.code().to_owned()).into(),
        times.opened_at.into(),
        times.first_due.into(),
        times.first_at.into(),
        times.due.into(),
        it.next_due().into(),
        it.late_after().into(),
        times.resolved_at.into(),
        it.satisfaction.asked_at.into(),
        Value::Integer(it.satisfaction.score),
        it.synthetic.into(),
        (&it.text).into(),
        (&body).into(),
    ];
    tx.run("writing a ticket", sql, args).await.map(|_| ())
}

/// The ticket with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<Ticket>, Error> {
    let sql = sql!("SELECT id, body FROM tickets WHERE id = $1");
    let found: Option<Columns> = tx.one("finding a ticket", sql, vec![id.into()]).await?;
    found.map(|(id, body)| ticket(&id, &body)).transpose()
}

/// The ticket that is known by `once`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_once(tx: &Tx, once: &str) -> Result<Option<Ticket>, Error> {
    let sql = sql!("SELECT id, body FROM tickets WHERE once_key = $1");
    let found: Option<Columns> = tx.one("finding a ticket by its key", sql, vec![once.into()]).await?;
    found.map(|(id, body)| ticket(&id, &body)).transpose()
}

/// Which tickets to list.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    /// Part of its words or of the order's number; or its own number.
    pub search: Option<String>,
    /// Only those that are to be done, or only those that are not.
    pub running: Option<bool>,
    /// Only those that stand so.
    pub state: Option<String>,
    /// Only those of a kind.
    pub kind: Option<Kind>,
    /// Only those of a priority.
    pub priority: Option<Priority>,
    /// Only those of a cause.
    pub cause: Option<Cause>,
    /// Only those whose turn is that of a hat.
    pub post: Option<String>,
    /// Only those that somebody has.
    pub owner: Option<PersonId>,
    /// Only those of a show.
    pub show: Option<ShowId>,
    /// Only those of an order.
    pub order: Option<String>,
    /// Only those whose clock ran out before.
    pub late_at: Option<Millis>,
    /// Most rows.
    pub limit: i64,
}

impl TicketFilter {
    fn args(&self) -> Vec<Value> {
        let number = self.search.as_deref().and_then(|text| text.parse::<i64>().ok());
        vec![
            self.search.as_deref().map(containing).into(),
            Value::Integer(number),
            Value::Boolean(self.running),
            self.state.clone().into(),
            self.kind.map(|kind| kind.code().to_owned()).into(),
            Value::Integer(self.priority.map(Priority::rank)),
            self.cause.map(|cause| cause.code().to_owned()).into(),
            self.post.clone().into(),
            self.owner.as_ref().map(|owner| owner.0.clone()).into(),
            self.show.as_ref().map(|show| show.0.clone()).into(),
            self.order.clone().into(),
            self.late_at.into(),
        ]
    }
}

/// Tickets in the order in which they are to be worked on: what is urgent first, then whose clock ends first. `after` is the
/// place of the last one of the page before: its priority, its clock and its number.
///
/// # Errors
/// [`Error`] of the database.
pub async fn queue(
    tx: &Tx,
    filter: &TicketFilter,
    after: Option<(i64, Millis, i64)>,
) -> Result<Vec<Ticket>, Error> {
    let sql = sql!(
        "SELECT id, body FROM tickets \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(words) LIKE LOWER($1) ESCAPE '\\' \
            OR LOWER(order_id) LIKE LOWER($1) ESCAPE '\\' OR number = $2) \
         AND (CAST($3 AS BOOLEAN) IS NULL OR running = $3) AND (CAST($4 AS TEXT) IS NULL OR state = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR kind = $5) AND (CAST($6 AS BIGINT) IS NULL OR priority = $6) \
         AND (CAST($7 AS TEXT) IS NULL OR cause = $7) AND (CAST($8 AS TEXT) IS NULL OR post = $8) \
         AND (CAST($9 AS TEXT) IS NULL OR owner_id = $9) AND (CAST($10 AS TEXT) IS NULL OR show_id = $10) \
         AND (CAST($11 AS TEXT) IS NULL OR order_id = $11) \
         AND (CAST($12 AS BIGINT) IS NULL OR (running AND next_due < $12)) \
         AND (priority > $13 OR (priority = $13 AND (next_due > $14 OR (next_due = $14 AND number > $15)))) \
         ORDER BY priority, next_due, number LIMIT $16"
    );
    let (rank, due, number) = after.unwrap_or((-1, Millis(0), 0));
    let mut args = filter.args();
    args.extend([rank.into(), due.into(), number.into(), filter.limit.into()]);
    tickets(tx.all("listing the queue of tickets", sql, args).await?)
}

/// Tickets, the newest first. `before` is the number of the last one of the page before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn newest(tx: &Tx, filter: &TicketFilter, before: Option<i64>) -> Result<Vec<Ticket>, Error> {
    let sql = sql!(
        "SELECT id, body FROM tickets \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(words) LIKE LOWER($1) ESCAPE '\\' \
            OR LOWER(order_id) LIKE LOWER($1) ESCAPE '\\' OR number = $2) \
         AND (CAST($3 AS BOOLEAN) IS NULL OR running = $3) AND (CAST($4 AS TEXT) IS NULL OR state = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR kind = $5) AND (CAST($6 AS BIGINT) IS NULL OR priority = $6) \
         AND (CAST($7 AS TEXT) IS NULL OR cause = $7) AND (CAST($8 AS TEXT) IS NULL OR post = $8) \
         AND (CAST($9 AS TEXT) IS NULL OR owner_id = $9) AND (CAST($10 AS TEXT) IS NULL OR show_id = $10) \
         AND (CAST($11 AS TEXT) IS NULL OR order_id = $11) \
         AND (CAST($12 AS BIGINT) IS NULL OR (running AND next_due < $12)) \
         AND number < $13 ORDER BY number DESC LIMIT $14"
    );
    let mut args = filter.args();
    args.extend([before.unwrap_or(i64::MAX).into(), filter.limit.into()]);
    tickets(tx.all("listing tickets", sql, args).await?)
}

/// Tickets of which somebody has to be told that they are late.
///
/// # Errors
/// [`Error`] of the database.
pub async fn late(tx: &Tx, now: Millis, limit: i64) -> Result<Vec<Ticket>, Error> {
    let sql = sql!("SELECT id, body FROM tickets WHERE late_after < $1 ORDER BY late_after, number LIMIT $2");
    tickets(tx.all("finding late tickets", sql, vec![now.into(), limit.into()]).await?)
}

/// Tickets of a show's comments that nobody has answered, with the events in their records.
///
/// # Errors
/// [`Error`] of the database.
pub async fn unanswered(tx: &Tx, show: &ShowId) -> Result<Vec<(String, String)>, Error> {
    let sql = sql!(
        "SELECT t.id, e.event FROM tickets t JOIN ticket_entries e ON e.ticket_id = t.id \
         WHERE t.show_id = $1 AND t.running AND t.first_at IS NULL AND e.event IS NOT NULL ORDER BY t.number, e.place"
    );
    tx.all("finding tickets that wait for an answer", sql, vec![show.as_str().into()]).await
}

/// The tickets that have an event of a show's log in their records.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_event(tx: &Tx, event: &str) -> Result<Vec<Ticket>, Error> {
    let sql = sql!(
        "SELECT t.id, t.body FROM tickets t JOIN ticket_entries e ON e.ticket_id = t.id WHERE e.event = $1 ORDER BY t.number"
    );
    tickets(tx.all("finding the tickets of an event", sql, vec![event.into()]).await?)
}

/// Something that happened to a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRow {
    /// Its place in the record, from 1.
    pub place: i64,
    /// When.
    pub at: Millis,
    /// Who did it.
    pub person_id: Option<PersonId>,
    /// Their name then.
    pub person_name: String,
    /// opened, comment, note, answer, moved, `handed_over`, late, …
    pub what: String,
    /// In words.
    pub words: String,
    /// What exactly, as JSON.
    pub detail: String,
    /// The event of a show's log that it stands for.
    pub event: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EntryColumns {
    place: i64,
    at: i64,
    person_id: Option<String>,
    person_name: String,
    what: String,
    words: String,
    detail: String,
    event: Option<String>,
}

/// Adds to the record of a ticket; false if the event that it stands for is in it already. The place of the entry is found
/// here.
///
/// # Errors
/// [`Error`] of the database.
pub async fn add_entry(tx: &Tx, ticket: &str, entry: &EntryRow) -> Result<bool, Error> {
    if let Some(event) = &entry.event {
        let sql = sql!("SELECT place FROM ticket_entries WHERE ticket_id = $1 AND event = $2");
        let known: Option<(i64,)> =
            tx.one("looking for an event of a ticket", sql, vec![ticket.into(), event.into()]).await?;
        if known.is_some() {
            return Ok(false);
        }
    }
    let sql = sql!("SELECT MAX(place) FROM ticket_entries WHERE ticket_id = $1");
    let last: Option<(Option<i64>,)> =
        tx.one("numbering an entry of a ticket", sql, vec![ticket.into()]).await?;
    let place = last.and_then(|(last,)| last).unwrap_or(0) + 1;
    let sql = sql!(
        "INSERT INTO ticket_entries (ticket_id, place, at, person_id, person_name, what, words, detail, event) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let args = vec![
        ticket.into(),
        place.into(),
        entry.at.into(),
        entry.person_id.as_ref().map(|it| it.0.clone()).into(),
        (&entry.person_name).into(),
        (&entry.what).into(),
        (&entry.words).into(),
        (&entry.detail).into(),
        entry.event.clone().into(),
    ];
    tx.run("adding to the record of a ticket", sql, args).await.map(|_| true)
}

/// The record of a ticket, in order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn entries(tx: &Tx, ticket: &str, limit: i64) -> Result<Vec<EntryRow>, Error> {
    let sql = sql!(
        "SELECT place, at, person_id, person_name, what, words, detail, event FROM ticket_entries \
         WHERE ticket_id = $1 ORDER BY place LIMIT $2"
    );
    let rows: Vec<EntryColumns> =
        tx.all("reading the record of a ticket", sql, vec![ticket.into(), limit.into()]).await?;
    let row = |it: EntryColumns| EntryRow {
        place: it.place,
        at: Millis(it.at),
        person_id: it.person_id.map(PersonId),
        person_name: it.person_name,
        what: it.what,
        words: it.words,
        detail: it.detail,
        event: it.event,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// How far the log of a show was read for tickets: the sequence and the hash at it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn show_read(tx: &Tx, show: &ShowId) -> Result<(u64, [u8; 32]), Error> {
    let sql = sql!("SELECT sequence, hash FROM ticket_shows WHERE show_id = $1");
    let found: Option<(i64, Vec<u8>)> =
        tx.one("reading how far a show was read for tickets", sql, vec![show.as_str().into()]).await?;
    Ok(found.map_or((0, [0; 32]), |(number, hash)| (unsigned(number), digest(&hash))))
}

/// Notes how far the log of a show was read for tickets.
///
/// # Errors
/// [`Error`] of the database.
pub async fn note_show_read(tx: &Tx, show: &ShowId, number: u64, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO ticket_shows (show_id, sequence, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (show_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"
    );
    let args = vec![show.as_str().into(), sequence(number).into(), hash.into()];
    tx.run("noting how far a show was read for tickets", sql, args).await.map(|_| ())
}

/// Figures of tickets of one kind and cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct FigureRow {
    /// The kind.
    pub kind: String,
    /// The cause; empty while it was not said.
    pub cause: String,
    /// All of them.
    pub tickets: i64,
    /// Those that are to be done.
    pub running: i64,
    /// Answered within the clock.
    pub first_in_time: i64,
    /// Answered late, or not answered although the clock ran out.
    pub first_late: i64,
    /// Resolved within the clock.
    pub resolved_in_time: i64,
    /// Resolved late, or not resolved although the clock ran out.
    pub resolved_late: i64,
    /// Customers who were asked how it was.
    pub asked: i64,
    /// Those who said so.
    pub rated: i64,
    /// Those who are satisfied.
    pub satisfied: i64,
}

/// Figures of the tickets that were opened between two moments, by kind and cause. Those that need no work are not among
/// them; `synthetic` says which ones are looked at.
///
/// # Errors
/// [`Error`] of the database.
pub async fn figures(
    tx: &Tx,
    from: Millis,
    to: Millis,
    now: Millis,
    satisfied_from: i64,
    synthetic: bool,
) -> Result<Vec<FigureRow>, Error> {
    let sql = sql!(
        "SELECT kind, COALESCE(cause, '') AS cause, COUNT(*) AS tickets, \
         CAST(SUM(CASE WHEN running THEN 1 ELSE 0 END) AS BIGINT) AS running, \
         CAST(SUM(CASE WHEN first_at <= first_due THEN 1 ELSE 0 END) AS BIGINT) AS first_in_time, \
         CAST(SUM(CASE WHEN first_at > first_due OR (first_at IS NULL AND first_due < $3) THEN 1 ELSE 0 END) AS BIGINT) \
            AS first_late, \
         CAST(SUM(CASE WHEN resolved_at <= due THEN 1 ELSE 0 END) AS BIGINT) AS resolved_in_time, \
         CAST(SUM(CASE WHEN resolved_at > due OR (resolved_at IS NULL AND due < $3) THEN 1 ELSE 0 END) AS BIGINT) \
            AS resolved_late, \
         COUNT(asked_at) AS asked, COUNT(score) AS rated, \
         CAST(SUM(CASE WHEN score >= $4 THEN 1 ELSE 0 END) AS BIGINT) AS satisfied \
         FROM tickets WHERE opened_at >= $1 AND opened_at < $2 AND synthetic = $5 \
         AND (cause IS NULL OR cause NOT IN ('duplicate', 'not_after_sale')) \
         GROUP BY kind, COALESCE(cause, '') ORDER BY kind, cause"
    );
    let args = vec![from.into(), to.into(), now.into(), satisfied_from.into(), synthetic.into()];
    tx.all("counting tickets", sql, args).await
}

/// How many tickets are to be done, by whose turn it is, and how many of these are late.
///
/// # Errors
/// [`Error`] of the database.
pub async fn open_by_post(tx: &Tx, now: Millis) -> Result<Vec<(String, i64, i64)>, Error> {
    let sql = sql!(
        "SELECT post, COUNT(*), CAST(SUM(CASE WHEN next_due < $1 THEN 1 ELSE 0 END) AS BIGINT) FROM tickets \
         WHERE running GROUP BY post ORDER BY post"
    );
    tx.all("counting open tickets", sql, vec![now.into()]).await
}

/// How many tickets are to be done, by who has them.
///
/// # Errors
/// [`Error`] of the database.
pub async fn open_by_owner(tx: &Tx) -> Result<Vec<(String, i64)>, Error> {
    let sql = sql!(
        "SELECT owner_id, COUNT(*) FROM tickets WHERE running AND owner_id IS NOT NULL GROUP BY owner_id ORDER BY owner_id"
    );
    tx.all("counting open tickets of their owners", sql, Vec::new()).await
}
