//! `livehand comments`: how well comments are understood, and why.

mod cases;
mod eval;
mod figures;

use std::path::Path;

use anyhow::Context as _;
use livehand_language::model::{Model, built_in};
use livehand_language::understand::{Library, Understood};
use livehand_language::{pack, training};

use crate::cli::CommentsCommand;
use crate::exit;
use crate::words::say;

/// Does what the command line says.
pub fn run(command: &CommentsCommand) -> anyhow::Result<u8> {
    match command {
        CommentsCommand::Eval { faq, cases, predictions, json } => {
            eval::run(faq, cases, predictions.as_deref(), *json)?;
        }
        CommentsCommand::Explain { text, room, faq } => explain(text, room.as_deref(), faq.as_deref())?,
        CommentsCommand::Train { out } => train(out)?,
    }
    Ok(exit::DONE)
}

fn model() -> anyhow::Result<&'static Model> {
    built_in().with_context(|| {
        say(
            "the model does not belong to the pack; run `livehand comments train`",
            "模型与题库不配套；请运行 livehand comments train",
        )
    })
}

/// Trains the model that comes with the program.
fn train(out: &Path) -> anyhow::Result<()> {
    let model = training::train(pack::built_in()?)?;
    let bytes = model.keep()?;
    std::fs::write(out, &bytes).with_context(|| out.display().to_string())?;
    super::print(&say(
        format!("{} concepts, {} bytes: {}", model.concepts.concepts.len(), bytes.len(), out.display()),
        format!("{} 个概念，{} 字节：{}", model.concepts.concepts.len(), bytes.len(), out.display()),
    ))?;
    Ok(())
}

/// Says what a comment asks, and why.
fn explain(text: &str, room: Option<&str>, faq: Option<&Path>) -> anyhow::Result<()> {
    let model = model()?;
    let entries = match faq {
        Some(file) => cases::read_faq(file)?,
        None => cases::of_pack(&model.concepts.concepts),
    };
    let library = Library::new(entries, model);
    let understood = library.understand(text, room, model);
    let mut lines = lines_about(&understood);
    for candidate in understood.candidates.iter().take(3) {
        let Some(entry) = library.entries().get(candidate.entry) else { continue };
        let told: Vec<String> = library
            .why(candidate)
            .into_iter()
            .map(|(why, share)| format!("{} {share:.2}", crate::words::said(&why)))
            .collect();
        lines.push(format!(
            "{:>6.2}  {} {}  [{}]",
            candidate.score,
            entry.id,
            entry.question,
            told.join("; ")
        ));
    }
    super::print(&lines.join("\n"))?;
    Ok(())
}

fn lines_about(understood: &Understood) -> Vec<String> {
    let reading = &understood.reading;
    let about = reading.about.map_or(String::new(), |about| format!(" ({})", about.code()));
    let named = &understood.attributes;
    let mut found: Vec<String> = named.link.map(|link| format!("link {link}")).into_iter().collect();
    found.extend(named.colours.iter().chain(&named.sizes).cloned());
    found.extend(named.height_cm.map(|height| format!("{height} cm")));
    found.extend(named.weight_kg.map(|weight| format!("{weight} kg")));
    vec![
        format!("{} {} {:.2}", say("intent", "意图"), reading.act.code(), reading.probability),
        format!("{} {:.2}{about}", say("doubt", "犹豫"), reading.doubt),
        format!(
            "{} {}",
            say("named", "提到"),
            if found.is_empty() { "-".to_owned() } else { found.join(", ") }
        ),
        format!("{} {:.2}", say("first answer right", "首条答对的把握"), understood.trust),
    ]
}
