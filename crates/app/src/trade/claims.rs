//! What somebody wants to say of a product: judged by the facts, and kept with what it was judged by.

use livehand_compliance::Action;
use livehand_compliance::claims::{Claim, Evidence, Judged, judge};
use livehand_kernel::{FactRef, Millis, Phrase, ProductId, new_uuid};
use livehand_storage as storage;
use livehand_storage::claims::ClaimRow;

use super::evidence::{Known, Occasion, add_facts, of_ledger};
use super::ledger::find_product;
use super::pack::{Contents, EvidencePack, sha256, write};
use crate::audit::Entry;
use crate::prepare::{MAIN_ROOM, page_size};
use crate::{App, Caller, Error};

/// Longest text of a claim, in bytes.
const TEXT_BYTES_MAX: usize = 300;
/// Most pieces of evidence that somebody may name with a claim.
const EVIDENCE_MAX: usize = 20;
/// Most days that a claim may be about.
const DAYS_MAX: i64 = 3_650;

/// A claim that was judged but not kept.
#[derive(Clone, Debug)]
pub struct ClaimChecked {
    /// The verdict, with its words if it passes.
    pub judged: Judged,
    /// The facts that it rests on.
    pub quotes: Vec<FactRef>,
    /// The rows of the ledger that it rests on.
    pub rows: Vec<u64>,
    /// When it was judged.
    pub at: Millis,
}

/// A claim that was kept.
#[derive(Clone, Debug)]
pub struct ClaimView {
    /// Its row.
    pub row: ClaimRow,
    /// Name of the product.
    pub product_name: String,
    /// What is claimed.
    pub claim: Claim,
    /// The facts that it rests on.
    pub quotes: Vec<FactRef>,
    /// The verdict by the facts of now: what was proved once may no longer hold.
    pub judged: Judged,
}

/// A page of claims, newest first.
#[derive(Clone, Debug)]
pub struct ClaimPage {
    /// The claims.
    pub claims: Vec<ClaimView>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

/// Everything that a verdict comes from.
struct Hearing {
    judged: Judged,
    evidence: Evidence,
    quotes: Vec<FactRef>,
    facts: Vec<storage::facts::FactRow>,
    rows: Vec<storage::price_ledger::LedgerRow>,
    product: storage::products::ProductRow,
}

impl App {
    /// Judges a claim; nothing is kept.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn check_claim(&self, caller: &Caller, claim: &Claim) -> Result<ClaimChecked, Error> {
        caller.require(Action::EditClaims)?;
        check(claim)?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let hearing = self.hear(&tx, claim, now).await?;
        let rows = hearing.evidence.rows();
        Ok(ClaimChecked { judged: hearing.judged, quotes: hearing.quotes, rows, at: now })
    }

    /// Judges a claim and keeps it with its evidence pack, whatever the verdict: that something was refused is worth knowing
    /// as well. With the id of a claim it becomes that claim's next version.
    ///
    /// # Errors
    /// As [`App::check_claim`].
    pub async fn keep_claim(
        &self,
        caller: &Caller,
        claim: Claim,
        id: Option<String>,
    ) -> Result<ClaimView, Error> {
        caller.require(Action::EditClaims)?;
        check(&claim)?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        // What others will rely on is not judged by what was checked earlier.
        let whole = storage::price_ledger::verify(&tx).await?.is_none();
        let mut hearing = self.hear(&tx, &claim, now).await?;
        if !whole {
            hearing.evidence.ledger_whole = false;
            hearing.judged = judge(&claim, &hearing.evidence, now);
        }
        let before = match &id {
            Some(id) => {
                storage::claims::find(&tx, id).await?.ok_or_else(|| Error::not_found("claim", id))?.version
            }
            None => 0,
        };
        let head = storage::price_ledger::head(&tx).await?;
        drop(tx);
        let row = row_of(&claim, &hearing, caller, head, now, (id, before), self)?;
        let entry = Entry::of(caller, "keep_claim", &row.id).with(serde_json::json!({
            "version": row.version, "kind": row.kind, "verdict": row.verdict, "pack": hex::encode(row.pack_hash),
        }));
        let inserted = &row;
        let kept = self.audited(entry, move |tx| async move {
            storage::claims::insert(&tx, inserted).await?;
            Ok(Some(()))
        });
        match kept.await {
            Err(Error::Storage(storage::Error::Conflict { .. })) => Err(Error::Conflict {
                code: "claim_changed",
                explanation: Phrase::new(
                    "Somebody else changed this claim at the same time",
                    "这条宣称刚被其他人修改，请刷新后重试",
                ),
            }),
            Err(error) => Err(error),
            Ok(_) => {
                let (product_name, judged) = (hearing.product.name, hearing.judged);
                Ok(ClaimView { row, product_name, claim, quotes: hearing.quotes, judged })
            }
        }
    }

    /// A page of claims, each judged by the facts of now.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn list_claims(
        &self,
        caller: &Caller,
        product: Option<&ProductId>,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<ClaimPage, Error> {
        caller.require(Action::ViewLedger)?;
        let limit = page_size(limit)?;
        let now = self.clock.now();
        let tx = self.db.read().await?;
        let mut rows = storage::claims::list(&tx, product, after, limit + 1).await?;
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        let mut claims = Vec::with_capacity(rows.len());
        for row in rows {
            let claim = stored_claim(&row)?;
            let hearing = self.hear(&tx, &claim, now).await?;
            let (product_name, judged) = (hearing.product.name, hearing.judged);
            let quotes =
                serde_json::from_str(&row.quotes).map_err(|_| Error::Internal("a claim is damaged"))?;
            claims.push(ClaimView { row, product_name, claim, quotes, judged });
        }
        Ok(ClaimPage { claims, next })
    }

    /// The evidence pack of the newest version of a claim.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn claim_evidence(&self, caller: &Caller, id: &str) -> Result<EvidencePack, Error> {
        caller.require(Action::ViewLedger)?;
        let tx = self.db.read().await?;
        let row = storage::claims::find(&tx, id).await?.ok_or_else(|| Error::not_found("claim", id))?;
        let whole = sha256(&row.pack) == row.pack_hash;
        Ok(EvidencePack {
            claim: row.id,
            version: row.version,
            sha256: hex::encode(row.pack_hash),
            text: row.pack,
            whole,
        })
    }

    /// Gathers the evidence for a claim, and judges it.
    async fn hear(&self, tx: &storage::Tx, claim: &Claim, now: Millis) -> Result<Hearing, Error> {
        let product = find_product(tx, &claim.product).await?;
        let facts = storage::facts::of_product(tx, &claim.product).await?;
        let rows = storage::price_ledger::of_product(tx, &claim.product, Millis::MIN).await?;
        let known = Known { product: &product, facts: &facts };
        let current = Some(known.current(claim.sku.as_ref()));
        let whole = self.ledger_whole(tx, &rows).await?;
        let occasion = Occasion { venue: MAIN_ROOM.0, now, promotion_begins: None, current, whole };
        let mut evidence = of_ledger(&rows, claim, occasion);
        add_facts(tx, &mut evidence, claim, &known, occasion).await?;
        let quotes = known.quotes(claim);
        let judged = judge(claim, &evidence, now);
        Ok(Hearing { judged, evidence, quotes, facts, rows, product })
    }
}

fn stored_claim(row: &ClaimRow) -> Result<Claim, Error> {
    serde_json::from_str(&row.claim).map_err(|_| Error::Internal("a claim is damaged"))
}

fn row_of(
    claim: &Claim,
    hearing: &Hearing,
    caller: &Caller,
    head: storage::price_ledger::LedgerHead,
    now: Millis,
    (id, before): (Option<String>, i64),
    app: &App,
) -> Result<ClaimRow, Error> {
    let Hearing { judged, evidence, quotes, facts, rows, product } = hearing;
    let venue = MAIN_ROOM.0;
    let pack =
        write(&Contents { claim, product, judged, evidence, quotes, facts, rows, venue, head, now }, caller);
    let text =
        |value: serde_json::Result<String>| value.map_err(|_| Error::Internal("a claim cannot be written"));
    Ok(ClaimRow {
        id: id.unwrap_or_else(|| new_uuid(now, &*app.entropy)),
        version: before + 1,
        product: claim.product.clone(),
        sku: claim.sku.clone(),
        kind: claim.kind.code().to_owned(),
        claim: text(serde_json::to_string(claim))?,
        quotes: text(serde_json::to_string(quotes))?,
        verdict: judged.verdict().code().to_owned(),
        reason: judged.reason.code().to_owned(),
        pack_hash: sha256(&pack),
        pack,
        person_id: caller.person(),
        person_name: caller.name(),
        at: now,
    })
}

/// Checks the texts and lists of a claim; its numbers are judged, not refused.
fn check(claim: &Claim) -> Result<(), Error> {
    let fits = |text: &str| text.len() <= TEXT_BYTES_MAX && !text.contains('\0');
    let texts = [
        ("product", Some(claim.product.as_str())),
        ("sku", claim.sku.as_ref().map(|sku| sku.as_str())),
        ("numbers.name", claim.numbers.name.as_deref()),
        ("basis", claim.basis.as_deref()),
    ];
    let evidence = claim.evidence.iter().map(|text| ("evidence", Some(text.as_str())));
    let long = texts.into_iter().chain(evidence).find(|(_, text)| text.is_some_and(|text| !fits(text)));
    if let Some((field, _)) = long {
        let expected =
            Phrase::new(format!("up to {TEXT_BYTES_MAX} bytes"), format!("不超过 {TEXT_BYTES_MAX} 字节"));
        return Err(Error::field(field, expected, Phrase::new("something longer", "过长")));
    }
    if claim.evidence.len() > EVIDENCE_MAX {
        let expected = Phrase::new(format!("up to {EVIDENCE_MAX}"), format!("最多 {EVIDENCE_MAX} 项"));
        return Err(Error::field("evidence", expected, Phrase::literal(claim.evidence.len().to_string())));
    }
    match claim.numbers.days {
        Some(days) if days > DAYS_MAX => {
            let expected = Phrase::new(format!("up to {DAYS_MAX}"), format!("不超过 {DAYS_MAX}"));
            Err(Error::field("numbers.days", expected, Phrase::literal(days.to_string())))
        }
        _ => Ok(()),
    }
}
