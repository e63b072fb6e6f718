//! What customers get for tickets, who asked and who agreed.

use livehand_kernel::{Fen, Millis, PersonId};
use livehand_trade::tickets::compensation::Signature;

use crate::{Error, Tx, Value, sql};

/// Who agreed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// As what.
    pub signature: Signature,
    /// Who.
    pub by: PersonId,
    /// Their name then.
    pub name: String,
    /// When.
    pub at: Millis,
}

/// A sum for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompensationRow {
    /// Id.
    pub id: String,
    /// For which ticket.
    pub ticket: String,
    /// How much.
    pub fen: Fen,
    /// Why.
    pub reason: String,
    /// asked, granted or refused.
    pub status: String,
    /// Whose agreements it needs.
    pub needs: Vec<Signature>,
    /// Who asked.
    pub asked_by: PersonId,
    /// Their name then.
    pub asked_name: String,
    /// When.
    pub asked_at: Millis,
    /// Who agreed.
    pub signed: Vec<Signed>,
    /// Who refused it, and when.
    pub refused: Option<(PersonId, String, Millis)>,
    /// Why it was refused.
    pub refusal: String,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    ticket_id: String,
    fen: i64,
    reason: String,
    status: String,
    needs: String,
    asked_by: String,
    asked_name: String,
    asked_at: i64,
    lead_by: Option<String>,
    lead_name: Option<String>,
    lead_at: Option<i64>,
    finance_by: Option<String>,
    finance_name: Option<String>,
    finance_at: Option<i64>,
    refused_by: Option<String>,
    refused_name: Option<String>,
    refused_at: Option<i64>,
    refusal: String,
}

const CODES: [(Signature, &str); 2] = [(Signature::Lead, "lead"), (Signature::Finance, "finance")];

fn codes(needs: &[Signature]) -> String {
    let codes = CODES.iter().filter(|(signature, _)| needs.contains(signature)).map(|(_, code)| *code);
    codes.collect::<Vec<_>>().join(",")
}

fn row(it: Columns) -> CompensationRow {
    let one = |signature, by: Option<String>, name: Option<String>, at: Option<i64>| {
        Some(Signed { signature, by: PersonId(by?), name: name.unwrap_or_default(), at: Millis(at?) })
    };
    let lead = one(Signature::Lead, it.lead_by, it.lead_name, it.lead_at);
    let finance = one(Signature::Finance, it.finance_by, it.finance_name, it.finance_at);
    let refused = it.refused_by.zip(it.refused_at);
    let name = it.refused_name.unwrap_or_default();
    CompensationRow {
        id: it.id,
        ticket: it.ticket_id,
        fen: Fen(it.fen),
        reason: it.reason,
        status: it.status,
        needs: CODES
            .iter()
            .filter(|(_, code)| it.needs.split(',').any(|need| need == *code))
            .map(|it| it.0)
            .collect(),
        asked_by: PersonId(it.asked_by),
        asked_name: it.asked_name,
        asked_at: Millis(it.asked_at),
        signed: lead.into_iter().chain(finance).collect(),
        refused: refused.map(|(by, at)| (PersonId(by), name, Millis(at))),
        refusal: it.refusal,
    }
}

/// Writes a sum, new or decided on.
///
/// # Errors
/// [`Error::Conflict`] if one person would agree to it twice.
pub async fn save(tx: &Tx, it: &CompensationRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO ticket_compensations (id, ticket_id, fen, reason, status, needs, asked_by, asked_name, asked_at, \
         lead_by, lead_name, lead_at, finance_by, finance_name, finance_at, refused_by, refused_name, refused_at, refusal) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, lead_by = excluded.lead_by, \
         lead_name = excluded.lead_name, lead_at = excluded.lead_at, finance_by = excluded.finance_by, \
         finance_name = excluded.finance_name, finance_at = excluded.finance_at, refused_by = excluded.refused_by, \
         refused_name = excluded.refused_name, refused_at = excluded.refused_at, refusal = excluded.refusal"
    );
    let mut args: Vec<Value> = vec![
        (&it.id).into(),
        (&it.ticket).into(),
        it.fen.0.into(),
        (&it.reason).into(),
        (&it.status).into(),
        (&codes(&it.needs)).into(),
        it.asked_by.as_str().into(),
        (&it.asked_name).into(),
        it.asked_at.into(),
    ];
    for (signature, _) in CODES {
        let signed = it.signed.iter().find(|signed| signed.signature == signature);
        args.push(signed.map(|signed| signed.by.0.clone()).into());
        args.push(signed.map(|signed| signed.name.clone()).into());
        args.push(signed.map(|signed| signed.at).into());
    }
    args.push(it.refused.as_ref().map(|(by, _, _)| by.0.clone()).into());
    args.push(it.refused.as_ref().map(|(_, name, _)| name.clone()).into());
    args.push(it.refused.as_ref().map(|(_, _, at)| *at).into());
    args.push((&it.refusal).into());
    tx.run("writing a compensation", sql, args).await.map(|_| ())
}

/// The one with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<CompensationRow>, Error> {
    let sql = sql!(
        "SELECT id, ticket_id, fen, reason, status, needs, asked_by, asked_name, asked_at, lead_by, lead_name, lead_at, \
         finance_by, finance_name, finance_at, refused_by, refused_name, refused_at, refusal \
         FROM ticket_compensations WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a compensation", sql, vec![id.into()]).await?.map(row))
}

/// Those of a ticket, in the order in which they were asked for.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_ticket(tx: &Tx, ticket: &str) -> Result<Vec<CompensationRow>, Error> {
    let sql = sql!(
        "SELECT id, ticket_id, fen, reason, status, needs, asked_by, asked_name, asked_at, lead_by, lead_name, lead_at, \
         finance_by, finance_name, finance_at, refused_by, refused_name, refused_at, refusal \
         FROM ticket_compensations WHERE ticket_id = $1 ORDER BY asked_at, id"
    );
    let rows = tx.all::<Columns>("listing the compensations of a ticket", sql, vec![ticket.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// Those that wait for somebody who agrees, the oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn waiting(tx: &Tx, limit: i64) -> Result<Vec<CompensationRow>, Error> {
    let sql = sql!(
        "SELECT id, ticket_id, fen, reason, status, needs, asked_by, asked_name, asked_at, lead_by, lead_name, lead_at, \
         finance_by, finance_name, finance_at, refused_by, refused_name, refused_at, refusal \
         FROM ticket_compensations WHERE status = 'asked' ORDER BY asked_at, id LIMIT $1"
    );
    let rows = tx.all::<Columns>("listing compensations that wait", sql, vec![limit.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}
