//! The table of claims with the verdicts that the rules demand: each case goes through the ledger, the evidence made of it,
//! and the judge.

use livehand_compliance::claims::{
    Claim, ClaimKind, Detail, Evidence, GiftProof, MsrpProof, Numbers, OfferProof, ProtectProof, SalesProof,
    Scope, StockProof, judge,
};
use livehand_kernel::{DAY_MS, Fen, Millis, ProductId, SkuId};
use livehand_storage::price_ledger::{Kind, LedgerHead, LedgerRow, NewEntry};
use livehand_trade::ledger::{link, verify};
use serde_json::Value;

use super::evidence::{Occasion, of_ledger};

const TABLE: &str = include_str!("../../../../tests/data/claims.json");

/// `2026-06-18 20:00:00` or `2026-06-18`, in Shanghai.
fn time(text: &str) -> Millis {
    let text = if text.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() };
    Millis::parse_rfc3339(&format!("{}+08:00", text.replacen(' ', "T", 1))).unwrap()
}

fn entry(number: usize, value: &Value, kind: Kind) -> NewEntry {
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    NewEntry {
        at: time(value["at"].as_str().unwrap()),
        product: ProductId::from("P1"),
        sku: text("sku").map(SkuId),
        venue: text("venue").unwrap(),
        kind,
        fen: Fen(value["fen"].as_i64().unwrap()),
        until: text("until").map(|until| time(&until)),
        quantity: (kind != Kind::Asked).then_some(1),
        order: (kind != Kind::Asked).then(|| format!("o{number}")),
        source: kind.code().to_owned(),
        source_id: number.to_string(),
        evidence: text("evidence"),
        by: None,
        by_name: "made up".to_owned(),
    }
}

/// The rows of a case, chained; money that went back is a row of its own.
fn ledger(case: &Value) -> Vec<LedgerRow> {
    let mut entries = Vec::new();
    for (number, value) in case["ledger"].as_array().unwrap().iter().enumerate() {
        entries.push(entry(number, value, Kind::from_code(value["kind"].as_str().unwrap()).unwrap()));
        if value["refunded"] == true {
            entries.push(entry(number, value, Kind::Refunded));
        }
    }
    let mut head = LedgerHead::EMPTY;
    let mut rows = Vec::new();
    for entry in entries {
        let row = link(head, entry);
        head = LedgerHead { sequence: row.sequence, hash: row.hash };
        rows.push(row);
    }
    rows
}

fn claim(case: &Value) -> Claim {
    let said = &case["claim"];
    let (scope, numbers) = (&said["scope"], &said["numbers"]);
    let kind = ClaimKind::from_code(said["kind"].as_str().unwrap()).unwrap();
    let fen = |field: &str| numbers[field].as_i64().map(Fen);
    let price = match kind {
        ClaimKind::ReferencePrice | ClaimKind::Discount | ClaimKind::Msrp => fen("reference"),
        ClaimKind::GiftValue => fen("value"),
        _ => fen("price"),
    };
    let quantity = match kind {
        ClaimKind::GiftValue => said["gift"]["quantity"].as_i64(),
        ClaimKind::LimitedStock => numbers["stock"].as_i64(),
        _ => numbers["value"].as_i64(),
    };
    let name = said["gift"]["name"].as_str().or(said["reference_name"].as_str());
    let detail = said["detail"]["from"].as_str().zip(said["detail"]["to"].as_str());
    Claim {
        product: ProductId::from("P1"),
        sku: said["sku"].as_str().map(SkuId::from),
        kind,
        scope: match scope["venue"].as_str().unwrap() {
            "here" => Scope::LiveRoom,
            "shop" => Scope::Shop,
            "network" => Scope::WholeNet,
            "nation" => Scope::Nationwide,
            other => panic!("{other}"),
        },
        numbers: Numbers {
            price,
            days: scope["days"].as_i64().or(numbers["days"].as_i64()),
            percent: numbers["percent"].as_i64(),
            off: None,
            quantity,
            until: numbers["ends_at"].as_str().map(time),
            at_least: numbers["form"] == "at_least",
            name: name.map(str::to_owned),
        },
        // The last day of the comparison belongs to it.
        detail: detail.map(|(from, to)| Detail { from: time(from), to: time(to).plus(DAY_MS) }),
        basis: said["basis"].as_str().map(str::to_owned),
        evidence: said["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect(),
    }
}

/// What the facts of a case say, beside its ledger.
fn add_facts(evidence: &mut Evidence, case: &Value, claim: &Claim, now: Millis) {
    let facts = &case["facts"];
    if facts.get("gift_price_here").is_some() {
        evidence.gifts.push(GiftProof {
            name: claim.numbers.name.clone().unwrap_or_default(),
            quantity: claim.numbers.quantity.unwrap_or_default(),
            price: facts["gift_price_here"].as_i64().map(Fen),
            evidenced: false,
            available: None,
        });
    }
    evidence.stock = facts["stock"].as_i64().map(|available| StockProof { available, as_of: now });
    if let Some(ends) = facts.get("ends_at") {
        let ends = ends.as_str().map(time);
        evidence.offer = Some(OfferProof { begins: None, ends, price_after: None });
    }
    evidence.msrp = facts["msrp"].as_i64().map(|price| MsrpProof {
        price: Fen(price),
        source: facts["msrp_source"]["document"].as_str().unwrap_or_default().to_owned(),
        as_of: facts["msrp_source"]["date"].as_str().map_or(now, time),
    });
    evidence.sales = facts["sold"].as_i64().map(|pieces| SalesProof { pieces, from: now });
    evidence.protect = facts["price_protect_days"].as_i64().map(|days| ProtectProof { days });
}

#[test]
fn every_claim_of_the_table_gets_the_verdict_and_the_reason_that_the_rules_demand() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let (rows, claim, now) = (ledger(case), claim(case), time(case["today"].as_str().unwrap()));
        let whole = verify(&rows, LedgerHead::EMPTY).is_ok();
        let occasion = Occasion {
            venue: case["venue"].as_str().unwrap(),
            now,
            promotion_begins: Some(case["facts"]["promotion_starts_at"].as_str().map_or(now, time)),
            current: case["claim"]["numbers"]["price"].as_i64().map(Fen),
            whole,
        };
        let mut evidence = of_ledger(&rows, &claim, occasion);
        add_facts(&mut evidence, case, &claim, now);
        let judged = judge(&claim, &evidence, now);
        let found = (judged.verdict().code(), judged.reason.code());
        let expected = (case["expected"].as_str().unwrap(), case["reason"].as_str().unwrap());
        if found != expected {
            wrong
                .push(format!("{}: {found:?}, expected {expected:?}: {}", case["id"], judged.explanation.en));
        }
        assert_eq!(judged.proved().is_some(), found.0 == "passes", "{}", case["id"]);
        if let Some(signals) = case["signals"].as_array() {
            let found: Vec<&str> = judged.signals.iter().map(|signal| signal.code()).collect();
            assert_eq!(&found, signals, "{}", case["id"]);
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
