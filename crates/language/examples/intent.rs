#![allow(missing_docs, clippy::all)]
use livehand_language::{matcher::*, pack, reading::*};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let rows: Vec<serde_json::Value> =
        std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let built = pack::built_in().unwrap();
    let t = std::time::Instant::now();
    let reader = Reader::learn(&built);
    println!("trained {:?}", t.elapsed());
    let mut conf = std::collections::BTreeMap::<(String, String), usize>::new();
    let (mut ok, mut tp, mut fp, mut fne) = (0, 0, 0, 0);
    for r in &rows {
        let t = r["text"].as_str().unwrap();
        let x = reader.read(&features_of(t));
        let gold = r["intent"].as_str().unwrap();
        let alt = r["intent_alt"].as_array().unwrap().iter().any(|a| a.as_str() == Some(x.act.code()));
        let g = if alt { x.act.code() } else { gold };
        ok += (g == x.act.code()) as usize;
        *conf.entry((g.into(), x.act.code().into())).or_default() += 1;
        let (h, p) = (r["hesitation"].as_bool().unwrap(), x.doubt > 0.5);
        tp += (h && p) as usize;
        fp += (!h && p) as usize;
        fne += (h && !p) as usize;
        if std::env::args().nth(2).as_deref() == Some("i") && g != x.act.code() {
            println!("{gold} -> {} {:.2} | {t}", x.act.code(), x.probability);
        }
        if std::env::args().nth(2).as_deref() == Some("h") && h != p {
            println!("{h} {:.2} | {t}", x.doubt);
        }
    }
    let mut f = Vec::new();
    for a in livehand_language::Act::ALL {
        let a = a.code();
        let tp = *conf.get(&(a.into(), a.into())).unwrap_or(&0) as f32;
        let gold: usize = conf.iter().filter(|((g, _), _)| g == a).map(|x| x.1).sum();
        let pred: usize = conf.iter().filter(|((_, p), _)| p == a).map(|x| x.1).sum();
        let f1 = 2.0 * tp / (gold + pred).max(1) as f32;
        f.push(f1);
        print!("{a} {f1:.2} ({gold}) ");
    }
    println!(
        "\nacc {:.3} macro {:.3} hes f1 {:.3} p {:.3} r {:.3}",
        ok as f32 / rows.len() as f32,
        f.iter().sum::<f32>() / 10.0,
        2.0 * tp as f32 / (2 * tp + fp + fne) as f32,
        tp as f32 / (tp + fp).max(1) as f32,
        tp as f32 / (tp + fne).max(1) as f32
    );
}
