//! What the model would reach on each writer of `pack/judged.jsonl` if it had not learned from that writer: of the answers from
//! a trust on, how many are right, how many of what can be answered are right among them, and how many comments that no
//! entry answers would be answered; the error of trust; and F1 of doubt by where it begins.
//!
//! `cargo run --release -p livehand-language --example judge`

use livehand_language::{pack, training};

/// Trusts from which an answer might go out by itself.
const TRUSTS: [f32; 6] = [0.90, 0.94, 0.95, 0.96, 0.97, 0.98];
/// Where a doubt might begin.
const DOUBTS: [f32; 5] = [0.40, 0.45, 0.50, 0.55, 0.60];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let judged = training::judge(pack::built_in()?)?;
    let mut writers: Vec<&str> = judged.iter().map(|one| one.writer.as_str()).collect();
    writers.dedup();
    for writer in writers {
        println!("{writer}");
        tell(&judged.iter().filter(|one| one.writer == writer).collect::<Vec<_>>());
    }
    println!("all");
    tell(&judged.iter().collect::<Vec<_>>());
    Ok(())
}

fn tell(judged: &[&training::Judged]) {
    let count = |wanted: &dyn Fn(&training::Judged) -> bool| judged.iter().filter(|one| wanted(one)).count();
    let (answerable, others) = (count(&|one| one.answerable), count(&|one| !one.answerable));
    let first = count(&|one| one.answerable && one.right);
    println!("  first {}, error of trust {:.1} %", percent(first, answerable), 100.0 * error(judged));
    let (asked, found) = (count(&|one| one.unprepared.is_some()), count(&|one| one.unprepared == Some(true)));
    println!("  first if nobody had prepared the entry {}", percent(found, asked));
    for from in TRUSTS {
        let sent = count(&|one| one.trust >= from);
        let right = count(&|one| one.trust >= from && one.right);
        let wrong = count(&|one| one.trust >= from && !one.answerable);
        let (right_of_sent, answered) = (percent(right, sent), percent(right, answerable));
        let of_others = percent(wrong, others);
        println!(
            "  trust {from:.2}: {right_of_sent} right, {answered} of the answerable, {of_others} of the others"
        );
    }
    for from in DOUBTS {
        let (found, right) = (count(&|one| one.doubt >= from), count(&|one| one.doubt >= from && one.doubts));
        let all = count(&|one| one.doubts);
        println!("  doubt {from:.2}: F1 {:.3}", 2.0 * right as f32 / (found + all).max(1) as f32);
    }
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", 100.0 * part as f32 / whole.max(1) as f32)
}

/// How far trust is from what it says, over ten ranges of it.
fn error(judged: &[&training::Judged]) -> f32 {
    let mut ranges = [0.0_f32; 10];
    for one in judged {
        if let Some(range) = ranges.get_mut(((one.trust * 10.0) as usize).min(9)) {
            *range += one.trust - f32::from(u8::from(one.right));
        }
    }
    ranges.iter().map(|range| range.abs()).sum::<f32>() / judged.len().max(1) as f32
}
