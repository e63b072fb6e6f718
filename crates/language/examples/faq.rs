#![allow(missing_docs, clippy::all)]
use livehand_language::{matcher::*, pack};
use std::time::Instant;
fn main() {
    let dir = "/work/shared/data/livefaq/";
    let rows = |p: &str| -> Vec<serde_json::Value> {
        std::fs::read_to_string(p).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    let faq = rows(&format!("{dir}faq.jsonl"));
    let dev = rows(&format!("{dir}dev.jsonl"));
    let built = pack::built_in().unwrap();
    println!(
        "{} concepts, {} phrases",
        built.len(),
        built.iter().map(|c| c.phrases.all().count()).sum::<usize>()
    );
    let have: std::collections::BTreeSet<String> =
        built.iter().flat_map(|c| c.entries.iter().map(|e| e.id.clone())).collect();
    let t = Instant::now();
    let concepts = Concepts::learn(built, |_, _| true, |_| true);
    println!("trained in {:?}, {} weights", t.elapsed(), concepts.model.len());
    let s = |v: &serde_json::Value| v.as_str().map(str::to_owned);
    let entries: Vec<Asked> = faq
        .iter()
        .map(|f| Asked {
            id: s(&f["id"]).unwrap(),
            goods: s(&f["room"]),
            question: s(&f["question"]).unwrap(),
            answer: s(&f["answer"]).unwrap(),
            ..Asked::default()
        })
        .collect();
    let matcher = Matcher::new(entries, &concepts, [4.0, 4.0, 3.0, 1.0, 1.0, 0.5, 3.0, 1.0, 0.0]);
    let t = Instant::now();
    let mut n = [0usize; 8];
    let mut top = [[0usize; 3]; 8];
    for d in &dev {
        let Some(gold) = d["faq"].as_str() else { continue };
        let golds: Vec<&str> = std::iter::once(gold)
            .chain(d["faq_alt"].as_array().unwrap().iter().map(|x| x.as_str().unwrap()))
            .collect();
        let text = d["text"].as_str().unwrap();
        let found = matcher.find(text, d["room"].as_str(), &concepts);
        let ids: Vec<&str> = found.iter().take(5).map(|c| matcher.entries[c.entry].id.as_str()).collect();
        let tier = match d["tier"].as_str() {
            Some("A") => 0,
            Some("B") => 1,
            _ => 2,
        };
        let cold = if have.contains(gold) { 3 } else { 4 };
        let hit1 = ids.first().is_some_and(|i| golds.contains(i));
        let hit3 = ids.iter().take(3).any(|i| golds.contains(i));
        for k in [tier, cold, 5] {
            n[k] += 1;
            top[k][0] += hit1 as usize;
            top[k][1] += hit3 as usize;
        }
        if !hit1 && std::env::args().nth(1).is_some() && cold == 3 {
            println!(
                "{text} | {gold} | {:?}",
                found
                    .iter()
                    .take(3)
                    .map(|c| (
                        matcher.entries[c.entry].id.as_str(),
                        matcher.entries[c.entry].question.as_str(),
                        c.signs.map(|x| (x * 100.0) as i32)
                    ))
                    .collect::<Vec<_>>()
            );
        }
    }
    for (k, name) in ["A", "B", "C", "warm", "cold", "all"].iter().enumerate() {
        println!(
            "{name}: {} top1 {:.1} top3 {:.1}",
            n[k],
            100.0 * top[k][0] as f32 / n[k].max(1) as f32,
            100.0 * top[k][1] as f32 / n[k].max(1) as f32
        );
    }
    println!("{:?} each", t.elapsed() / n[5] as u32);
}
