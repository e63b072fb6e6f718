//! The evidence pack of a claim (证据包): everything that the verdict rests on, in one text that anybody can hash again.

use livehand_compliance::claims::{Claim, Evidence, Judged, Proved};
use livehand_kernel::{FactRef, Millis, Phrase};
use livehand_storage::facts::FactRow;
use livehand_storage::price_ledger::{LedgerHead, LedgerRow};
use livehand_storage::products::ProductRow;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Caller;

/// Rows that a pack holds at most; of more, the cheapest payments, which decide.
const ROWS_MAX: usize = 200;

/// A pack as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidencePack {
    /// The claim's id.
    pub claim: String,
    /// Its version.
    pub version: i64,
    /// The pack, exactly as it was hashed.
    pub text: String,
    /// Its SHA-256, as text.
    pub sha256: String,
    /// Whether the text still has that hash.
    pub whole: bool,
}

/// What a pack is made of.
pub(super) struct Contents<'a> {
    pub claim: &'a Claim,
    pub product: &'a ProductRow,
    pub judged: &'a Judged,
    pub evidence: &'a Evidence,
    pub quotes: &'a [FactRef],
    pub facts: &'a [FactRow],
    pub rows: &'a [LedgerRow],
    pub venue: &'a str,
    pub head: LedgerHead,
    pub now: Millis,
}

/// The SHA-256 of a text.
pub(super) fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The pack as one text. Its keys are in the order of the alphabet, so the same contents have the same hash.
pub(super) fn write(contents: &Contents, caller: &Caller) -> String {
    let Contents { claim, product, judged, evidence, .. } = contents;
    let words = judged.proved().map(Proved::text).map(phrase);
    let rows = deciding_rows(contents);
    json!({
        "format": "livehand-evidence-1",
        "claim": claim,
        "product": { "id": product.id, "name": product.name },
        "venue": contents.venue,
        "verdict": judged.verdict().code(),
        "reason": judged.reason.code(),
        "explanation": phrase(&judged.explanation),
        "signals": judged.signals.iter().map(|signal| signal.code()).collect::<Vec<_>>(),
        "text": words,
        "legal_basis": claim.kind.legal_basis(),
        "judged_at": contents.now,
        "by": { "id": caller.person(), "name": caller.name() },
        "found": found(evidence),
        "facts": contents.quotes.iter().map(|quote| fact(quote, contents.facts)).collect::<Vec<_>>(),
        "rows": rows.iter().map(|row| row_json(row)).collect::<Vec<_>>(),
        "rows_in_all": evidence.rows().len(),
        "ledger": {
            "whole": evidence.ledger_whole,
            "rows": contents.head.sequence,
            "head": hex::encode(contents.head.hash),
        },
    })
    .to_string()
}

fn phrase(phrase: &Phrase) -> Value {
    json!({ "zh": phrase.zh, "en": phrase.en })
}

/// What was found in the ledger.
fn found(evidence: &Evidence) -> Value {
    let reference = evidence.reference.as_ref();
    let reference =
        reference.map(|proof| json!({ "allowed_fen": proof.allowed, "last_paid": proof.last_paid }));
    let lowest = evidence.lowest.as_ref().map(|proof| {
        let gaps: Vec<Value> =
            proof.gaps.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
        json!({ "days": proof.days, "price_fen": proof.price, "gaps": gaps })
    });
    let stretch = evidence.stretch.as_ref().map(|proof| json!({ "lowest_fen": proof.lowest }));
    let raised = evidence
        .raised
        .map(|raised| json!({ "from_fen": raised.from, "to_fen": raised.to, "at": raised.at }));
    let sales = evidence.sales.map(|sales| json!({ "pieces": sales.pieces, "from": sales.from }));
    json!({
        "current_fen": evidence.current,
        "reference": reference,
        "stretch": stretch,
        "raised": raised,
        "lowest": lowest,
        "sales": sales,
        "stock": evidence.stock.map(|stock| json!({ "available": stock.available, "as_of": stock.as_of })),
    })
}

fn fact(quote: &FactRef, facts: &[FactRow]) -> Value {
    let row = facts.iter().find(|row| row.reference() == *quote);
    json!({
        "fact": quote,
        "value": row.map(|row| &row.fact.value),
        "at": row.map(|row| row.fact.at),
        "by": row.map(|row| &row.fact.person_name),
        "evidence": row.and_then(|row| row.fact.evidence.as_ref()),
    })
}

fn deciding_rows<'a>(contents: &Contents<'a>) -> Vec<&'a LedgerRow> {
    let numbers = contents.evidence.rows();
    let named = contents.rows.iter().filter(|row| numbers.binary_search(&row.sequence).is_ok());
    let mut rows: Vec<&LedgerRow> = named.collect();
    rows.sort_by_key(|row| (row.entry.fen, row.entry.at));
    rows.truncate(ROWS_MAX);
    rows.sort_by_key(|row| row.sequence);
    rows
}

fn row_json(row: &LedgerRow) -> Value {
    let entry = &row.entry;
    json!({
        "sequence": row.sequence,
        "at": entry.at,
        "venue": entry.venue,
        "sku": entry.sku,
        "kind": entry.kind.code(),
        "fen": entry.fen,
        "quantity": entry.quantity,
        "order": entry.order,
        "source": entry.source,
        "evidence": entry.evidence,
        "by": entry.by_name,
        "previous": hex::encode(row.previous),
        "hash": hex::encode(row.hash),
    })
}
