#![allow(missing_docs, clippy::all)]
use livehand_language::{matcher::*, pack};
fn rows(p: &str) -> Vec<serde_json::Value> {
    std::fs::read_to_string(p).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}
fn main() {
    let dir = "/work/shared/data/livefaq/";
    let built = pack::built_in().unwrap();
    let lib: Vec<(usize, Asked)> = built
        .iter()
        .enumerate()
        .flat_map(|(k, c)| {
            c.entries.iter().map(move |e| {
                (
                    k,
                    Asked {
                        id: e.id.clone(),
                        goods: c.goods.first().cloned(),
                        question: e.question.clone(),
                        answer: e.long.clone(),
                        ..Asked::default()
                    },
                )
            })
        })
        .collect();
    let mut cases = Vec::new();
    let zero = [3.0; SIGNS];
    for fold in 0..5 {
        let known = |k: usize| k % 5 != fold;
        let learned = |k: usize, n: usize| known(k) && (n + k) % 5 != fold;
        let concepts = Concepts::learn(built.clone(), learned, known);
        // in the library: entries of all concepts; those of unknown concepts are cold
        let mut entries: Vec<Asked> = lib.iter().map(|(_, e)| e.clone()).collect();
        // hide verbatim question from unknown concepts: they must attach by sound
        for (i, (k, _)) in lib.iter().enumerate() {
            if !known(*k) {
                entries[i].question.push(' ');
            }
        }
        let m = Matcher::new(entries, &concepts, zero);
        for (k, c) in built.iter().enumerate() {
            if c.entries.len() != 1 {
                continue;
            }
            let right = lib.iter().position(|(q, _)| *q == k).unwrap();
            for (n, (_, p)) in c.phrases.all().enumerate() {
                if (n + k) % 5 != fold || (!known(k) && n % 2 == 1) {
                    continue;
                }
                let goods = c.goods.first().map(String::as_str);
                let found = m.find(p, goods, &concepts);
                let found: Vec<_> = {
                    let mut f = found;
                    f.sort_by(|a, b| {
                        (b.signs[1] + b.signs[2] + b.signs[9])
                            .total_cmp(&(a.signs[1] + a.signs[2] + a.signs[9]))
                    });
                    f.into_iter().take(40).collect()
                };
                if let Some(at) = found.iter().position(|f| f.entry == right) {
                    cases.push((
                        found,
                        at,
                        if known(k) {
                            1.0
                        } else {
                            std::env::var("COLD").map_or(0.3, |c| c.parse().unwrap())
                        },
                    ));
                }
            }
        }
        eprintln!("fold {fold}: {} cases", cases.len());
    }
    let w = learn_weights(&cases, 6);
    println!("weights {w:?}");
    let ok = |w: &Signs, cold: bool| {
        cases
            .iter()
            .filter(|(_, _, w)| (*w < 1.0) == cold)
            .filter(|(c, r, _)| {
                let sc = |x: &Candidate| x.signs.iter().zip(w).map(|(a, b)| a * b).sum::<f32>();
                c.iter().all(|x| x.entry == c[*r].entry || sc(x) < sc(&c[*r]))
            })
            .count() as f32
            / cases.iter().filter(|c| (c.2 < 1.0) == cold).count() as f32
    };
    println!("cases right warm {:.3} cold {:.3}", ok(&w, false), ok(&w, true));
    // dev: warm, and cold by leaving concepts out
    let faq = rows(&format!("{dir}faq.jsonl"));
    let dev = rows(&format!("{dir}dev.jsonl"));
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
    let of_concept: std::collections::HashMap<String, usize> = built
        .iter()
        .enumerate()
        .flat_map(|(k, c)| c.entries.iter().map(move |e| (e.question.clone(), k)))
        .collect();
    for mode in ["warm", "cold"] {
        let (mut n, mut t1, mut t3, mut other) = (0, 0, 0, [0, 0]);
        let mut tiers = std::collections::BTreeMap::<String, [usize; 2]>::new();
        for fold in 0..(if mode == "warm" { 1 } else { 5 }) {
            let known = |k: usize| mode == "warm" || k % 5 != fold;
            let concepts = Concepts::learn(built.clone(), |k, _| known(k), known);
            let mut es = entries.clone();
            for e in &mut es {
                if of_concept.get(&e.question).is_some_and(|k| !known(*k)) {
                    e.question.push(' ');
                }
            }
            let m = Matcher::new(es, &concepts, w);
            for d in &dev {
                let Some(gold) = d["faq"].as_str() else { continue };
                let e = entries.iter().find(|e| e.id == gold).unwrap();
                let Some(k) = of_concept.get(&e.question) else { continue };
                let golds: Vec<&str> = std::iter::once(gold)
                    .chain(d["faq_alt"].as_array().unwrap().iter().map(|x| x.as_str().unwrap()))
                    .collect();
                let found = m.find(d["text"].as_str().unwrap(), d["room"].as_str(), &concepts);
                let hit =
                    |t: usize| found.iter().take(t).any(|c| golds.contains(&m.entries[c.entry].id.as_str()));
                if mode == "cold" && known(*k) {
                    other[0] += 1;
                    other[1] += hit(1) as usize;
                    continue;
                }
                n += 1;
                t1 += hit(1) as usize;
                t3 += hit(3) as usize;
                let t = tiers.entry(d["tier"].as_str().unwrap_or("-").into()).or_default();
                t[0] += 1;
                t[1] += hit(1) as usize;
                if !hit(1) && std::env::args().nth(1).as_deref() == Some(mode) {
                    println!(
                        "{} | {gold} {} | {:?}",
                        d["text"],
                        e.question,
                        found
                            .iter()
                            .take(3)
                            .map(|c| (
                                m.entries[c.entry].id.as_str(),
                                m.entries[c.entry].question.as_str(),
                                c.signs.map(|x| (x * 100.0) as i32)
                            ))
                            .collect::<Vec<_>>()
                    );
                }
            }
        }
        println!(
            "{mode}: {n} top1 {:.1} top3 {:.1} {:?} others {:.1}",
            100.0 * t1 as f32 / n as f32,
            100.0 * t3 as f32 / n as f32,
            tiers
                .iter()
                .map(|(k, v)| format!("{k} {:.1}", 100.0 * v[1] as f32 / v[0] as f32))
                .collect::<Vec<_>>(),
            100.0 * other[1] as f32 / other[0].max(1) as f32
        );
    }
}
