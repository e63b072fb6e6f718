//! Makes the model of the wording check from `training/`, or measures how it does on writers that it has not learned from.
//!
//! ```text
//! cargo run --release -p livehand-compliance --example wording_model            writes model/wording.bin
//! cargo run --release -p livehand-compliance --example wording_model left-out   each writer by a model of the others
//! cargo run --release -p livehand-compliance --example wording_model FILE.tsv   measures on a file, and tells the errors
//! ```

use std::path::Path;

use livehand_compliance::wording::{Context, Labelled, Linter, Pack, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pack = Pack::parse(&std::fs::read_to_string(root.join("packs/wording.json"))?)?;
    let mut files: Vec<_> = std::fs::read_dir(root.join("training"))?
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .map(|f| f.path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "tsv"));
    files.sort();
    let read = |path: &Path| Ok::<_, std::io::Error>(Labelled::read(&std::fs::read_to_string(path)?));
    let sets = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    match std::env::args().nth(1).as_deref() {
        None => {
            let model = train(&pack, &sets.concat())?;
            std::fs::write(root.join("model/wording.bin"), &model)?;
            println!("{} sentences, {} bytes", sets.concat().len(), model.len());
        }
        Some("left-out") => {
            for (file, left_out) in files.iter().zip(&sets) {
                let others: Vec<Labelled> = files
                    .iter()
                    .zip(&sets)
                    .filter(|(other, _)| *other != file)
                    .flat_map(|(_, set)| set.clone())
                    .collect();
                let model = train(&pack, &others)?;
                let name = file.file_stem().unwrap_or_default().to_string_lossy();
                let rules = measure(&Linter::of_rules(&pack)?, &pack, left_out, false);
                let judged = measure(
                    &Linter::with_model(&pack, &model)?,
                    &pack,
                    left_out,
                    std::env::args().nth(2).is_some(),
                );
                println!("{name}: by rules {rules}; judged {judged}");
            }
        }
        Some(file) => {
            let linter = Linter::with_model(&pack, &std::fs::read(root.join("model/wording.bin"))?)?;
            println!(
                "by rules {}",
                measure(&Linter::of_rules(&pack)?, &pack, &read(Path::new(file))?, false)
            );
            println!("judged {}", measure(&linter, &pack, &read(Path::new(file))?, true));
        }
    }
    Ok(())
}

/// Risky sentences that are found with their category, and innocent ones that are flagged.
fn measure(linter: &Linter, pack: &Pack, sentences: &[Labelled], told: bool) -> String {
    let (mut risky, mut found, mut innocent, mut flagged) = (0, 0, 0, 0);
    for one in sentences {
        let context =
            Context { place: one.place, category: one.goods, at: pack.verified_at(), evidence: false };
        let hits = linter.check(&one.text, &context).hits;
        let right = match &one.expected {
            Some(category) => {
                let right = hits.iter().any(|hit| hit.category == *category);
                (risky, found) = (risky + 1, found + usize::from(right));
                right
            }
            None => {
                (innocent, flagged) = (innocent + 1, flagged + usize::from(!hits.is_empty()));
                hits.is_empty()
            }
        };
        if told && !right {
            let hits: Vec<_> = hits.iter().map(|hit| format!("{}:{}", hit.category, hit.found)).collect();
            println!("{} {:?} {} {hits:?}", one.id, one.expected, one.text);
        }
    }
    let percent = |part: usize, of: usize| part as f64 * 100.0 / of.max(1) as f64;
    format!(
        "{:.1} % of {risky} found, {:.1} % of {innocent} flagged",
        percent(found, risky),
        percent(flagged, innocent)
    )
}
