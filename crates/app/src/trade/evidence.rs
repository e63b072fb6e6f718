//! What the ledger, the facts and the stock say about a claim, in the form in which it is judged. `compliance` knows no
//! ledger, and the ledger no claims: here they meet.

use livehand_compliance::claims::{
    Claim, ClaimKind, Evidence, GiftProof, LowestProof, MsrpProof, OfferProof, ProtectProof, RaisedProof,
    ReferenceProof, SalesProof, Scope, StockProof, StretchProof,
};
use livehand_kernel::{FactRef, Fen, Millis, SkuId};
use livehand_storage as storage;
use livehand_storage::facts::FactRow;
use livehand_storage::price_ledger::LedgerRow;
use livehand_storage::products::ProductRow;
use livehand_storage::{Error as StorageError, Tx};
use livehand_trade::ledger::{
    LowestQuery, RAISED_DAYS, Selection, allowed_reference_price, asked_since, lowest_in_days, paid_within,
    pieces_sold, raised_before_promotion,
};

use super::ledger::{fact_of, price_of};

/// Which prices are compared, as of when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion<'a> {
    /// The venue that the claim calls “here”.
    pub venue: &'a str,
    /// Now.
    pub now: Millis,
    /// When the promotion began; if absent, when the present price was asked first, or now.
    pub promotion_begins: Option<Millis>,
    /// The present price.
    pub current: Option<Fen>,
    /// Whether the ledger was checked.
    pub whole: bool,
}

/// What the rows of a product say about a claim.
pub(super) fn of_ledger(rows: &[LedgerRow], claim: &Claim, occasion: Occasion) -> Evidence {
    let Occasion { venue, now, promotion_begins, current, whole } = occasion;
    let venue = (claim.scope != Scope::Shop).then_some(venue);
    let selection = Selection { venue, sku: claim.sku.as_ref() };
    let since = current.and_then(|current| asked_since(rows, &selection, current, now));
    let begins = promotion_begins.or(since).unwrap_or(now);
    let mut evidence = Evidence { current, ledger_whole: whole, ..Evidence::default() };
    match claim.kind {
        ClaimKind::ReferencePrice | ClaimKind::Discount => {
            let reference = allowed_reference_price(rows, &selection, begins);
            evidence.reference = Some(ReferenceProof {
                allowed: reference.price,
                last_paid: reference.rule == livehand_trade::ledger::ReferenceRule::LastPaid,
                rows: reference.evidence,
            });
            evidence.stretch = claim.detail.map(|detail| {
                let stretch = paid_within(rows, &selection, detail.from, detail.to.min(now));
                StretchProof { lowest: stretch.lowest, evidenced: stretch.evidenced, rows: stretch.evidence }
            });
            evidence.raised = raised_before_promotion(rows, &selection, begins, RAISED_DAYS)
                .map(|raised| RaisedProof { from: raised.from, to: raised.to, at: raised.at });
        }
        ClaimKind::LowestInDays | ClaimKind::HistoricLow => {
            let days = claim.numbers.days.filter(|days| *days > 0);
            evidence.lowest = days.zip(current).map(|(days, current)| {
                let lowest = lowest_in_days(rows, &LowestQuery { selection, days, now, current });
                LowestProof {
                    days,
                    price: lowest.price,
                    gaps: lowest.gaps.iter().map(|gap| (gap.from, gap.to)).collect(),
                    evidenced: lowest.evidenced,
                    rows: lowest.evidence,
                }
            });
        }
        ClaimKind::SalesCount => {
            evidence.sales = pieces_sold(rows, &selection, now)
                .map(|sold| SalesProof { pieces: sold.pieces, from: sold.from });
        }
        ClaimKind::GiftValue
        | ClaimKind::LimitedStock
        | ClaimKind::Deadline
        | ClaimKind::Msrp
        | ClaimKind::PriceProtect => {}
    }
    evidence
}

/// The facts of a product that a claim is about, and which versions of them it quotes.
pub(super) struct Known<'a> {
    pub product: &'a ProductRow,
    pub facts: &'a [FactRow],
}

impl Known<'_> {
    /// The present price.
    pub fn current(&self, sku: Option<&SkuId>) -> Fen {
        price_of(self.facts, sku, "live_price").map_or(self.product.price, |rung| rung.fen)
    }

    /// The facts that a claim rests on.
    pub fn quotes(&self, claim: &Claim) -> Vec<FactRef> {
        let fields: &[&str] = match claim.kind {
            ClaimKind::ReferencePrice | ClaimKind::Discount => &["live_price", "list_price"],
            ClaimKind::LowestInDays | ClaimKind::HistoricLow => &["live_price"],
            ClaimKind::GiftValue => &["gifts"],
            ClaimKind::LimitedStock => &["stock"],
            ClaimKind::Deadline => &["live_price", "daily_price"],
            ClaimKind::Msrp => &["msrp"],
            ClaimKind::SalesCount => &[],
            ClaimKind::PriceProtect => &["guarantees"],
        };
        let quoted = fields.iter().filter_map(|field| fact_of(self.facts, claim.sku.as_ref(), field));
        quoted.map(FactRow::reference).collect()
    }
}

/// Adds what the facts of the product say. The stock is not among them: it is its own ledger.
pub(super) async fn add_facts(
    tx: &Tx,
    evidence: &mut Evidence,
    claim: &Claim,
    known: &Known<'_>,
    occasion: Occasion<'_>,
) -> Result<(), StorageError> {
    let fact = |field: &str| fact_of(known.facts, claim.sku.as_ref(), field);
    match claim.kind {
        ClaimKind::GiftValue => {
            let gifts = fact("gifts").and_then(|row| row.fact.value.as_array().cloned()).unwrap_or_default();
            for gift in gifts {
                let text = |field: &str| gift.get(field).and_then(serde_json::Value::as_str);
                let name = text("name").unwrap_or_default().to_owned();
                let quantity = gift.get("quantity").and_then(serde_json::Value::as_i64).unwrap_or(1);
                let sku = text("sku").map(SkuId::from);
                let asked = match &sku {
                    Some(sku) => {
                        storage::price_ledger::last_asked_of_sku(tx, sku, occasion.venue, occasion.now)
                            .await?
                    }
                    None => None,
                };
                let (price, evidenced) = (asked.map(|(price, _)| price), asked.is_some());
                let available = match &sku {
                    Some(sku) => storage::stock::find(tx, sku).await?.map(|stock| stock.shown()),
                    None => None,
                };
                evidence.gifts.push(GiftProof { name, quantity, price, evidenced, available });
            }
        }
        ClaimKind::Deadline => {
            let live = fact("live_price").map(|row| &row.fact);
            let after = price_of(known.facts, claim.sku.as_ref(), "daily_price").map(|rung| rung.fen);
            evidence.offer = live.and_then(|fact| {
                let ends = fact.valid_to?;
                Some(OfferProof { begins: fact.valid_from, ends: Some(ends), price_after: after })
            });
            if evidence.offer.is_none() {
                evidence.offer = price_for_a_while(tx, claim).await?;
            }
        }
        ClaimKind::LimitedStock => evidence.stock = stock_of(tx, claim, occasion.now).await?,
        ClaimKind::Msrp => evidence.msrp = msrp(claim, fact("msrp"), occasion.now),
        ClaimKind::PriceProtect => {
            let guarantees = fact("guarantees").and_then(|row| row.fact.value.as_array());
            let days =
                guarantees.into_iter().flatten().filter_map(|text| protected_days(text.as_str()?)).max();
            evidence.protect = days.map(|days| ProtectProof { days });
        }
        _ => {}
    }
    Ok(())
}

/// What is in front of the buyers, by the stock ledger: of the SKU of the claim, or of all of the product.
async fn stock_of(tx: &Tx, claim: &Claim, now: Millis) -> Result<Option<StockProof>, StorageError> {
    let mut skus: Vec<SkuId> = claim.sku.iter().cloned().collect();
    if skus.is_empty() {
        let rows = storage::skus::of_product(tx, &claim.product).await?;
        skus.extend(rows.into_iter().filter(|row| row.disabled_at.is_none()).map(|row| row.id));
        // A product without SKUs is its own.
        skus.push(SkuId(claim.product.0.clone()));
    }
    let mut available = None;
    for sku in skus {
        if let Some(stock) = storage::stock::find(tx, &sku).await? {
            available = Some(available.unwrap_or(0) + stock.shown());
        }
    }
    Ok(available.map(|available| StockProof { available, as_of: now }))
}

/// The price for a while that two people put into force, and that goes back by itself.
async fn price_for_a_while(tx: &Tx, claim: &Claim) -> Result<Option<OfferProof>, StorageError> {
    let sku = claim.sku.as_ref().map(SkuId::as_str).unwrap_or_default();
    let rows = storage::changes::in_force_for_a_while(tx, None).await?;
    let ours = rows
        .into_iter()
        .rev()
        .find(|row| row.subject_id == claim.product.as_str() && row.sku_id == sku && row.ends_at.is_some());
    Ok(ours.map(|row| OfferProof { begins: row.applied_at, ends: row.ends_at, price_after: row.from }))
}

/// The maker's price: of the product's fact, or as a document says that somebody names with the claim.
fn msrp(claim: &Claim, fact: Option<&FactRow>, now: Millis) -> Option<MsrpProof> {
    if let Some(row) = fact {
        let price = Fen(row.fact.value.as_i64()?);
        let source = row.fact.evidence.clone().unwrap_or_default();
        return Some(MsrpProof { price, source, as_of: row.fact.at });
    }
    let source = claim.evidence.iter().find(|one| !one.trim().is_empty())?;
    Some(MsrpProof { price: claim.numbers.price?, source: source.clone(), as_of: now })
}

/// The days of a guarantee such as “保价 30 天”; 0 for one that says there is none.
fn protected_days(guarantee: &str) -> Option<i64> {
    let (before, after) = guarantee.split_once("保价")?;
    if before.ends_with('不') || before.ends_with("无") {
        return Some(0);
    }
    let digits: String =
        after.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::protected_days;

    #[test]
    fn the_days_of_a_guarantee_are_read() {
        for (text, days) in [
            ("保价30天", Some(30)),
            ("全程保价 15 天，降价退差", Some(15)),
            ("不保价", Some(0)),
            ("七天无理由", None),
        ] {
            assert_eq!(protected_days(text), days, "{text}");
        }
    }
}
