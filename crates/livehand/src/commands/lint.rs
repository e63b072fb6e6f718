//! `livehand lint`.

use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use livehand_compliance::wording::{BUILT_IN, Context, Goods, Hit, Level, Linter, Pack, Place, Verdict};
use livehand_kernel::{Clock, Phrase};
use serde_json::{Value, json};

use crate::cli::LintArgs;
use crate::edge::SystemClock;
use crate::exit::{self, FAILED, coded};
use crate::words::{said, say};

/// Largest text and largest rule file, in bytes.
const BYTES_MAX: u64 = 16 << 20;

/// Checks the wording of a text, line by line as it stands; the exit code tells whether something must not be said.
pub fn run(arguments: &LintArgs) -> anyhow::Result<u8> {
    let pack = match &arguments.pack {
        Some(file) => read_pack(file)?,
        None => Pack::parse(BUILT_IN)?,
    };
    let linter = Linter::new(&pack)?;
    let text = if arguments.file == Path::new("-") { from_input()? } else { from_file(&arguments.file)? };
    let context = Context {
        place: arguments.place,
        category: arguments.category,
        at: SystemClock.now(),
        evidence: arguments.evidence,
    };
    let verdict = linter.check(&text, &context);
    if arguments.json {
        super::print(&serde_json::to_string_pretty(&as_json(&verdict))?)?;
    } else {
        print_hits(&text, &verdict)?;
    }
    if let Some(stale) = &verdict.stale {
        eprintln!("livehand: {}", said(stale));
    }
    Ok(if verdict.blocks() { FAILED } else { exit::DONE })
}

/// The place of `--place`.
pub fn place(code: &str) -> Result<Place, String> {
    Place::from_code(code).ok_or_else(|| one_of(Place::ALL.iter().map(|place| place.code())))
}

/// The goods of `--category`.
pub fn goods(code: &str) -> Result<Goods, String> {
    Goods::from_code(code).ok_or_else(|| one_of(Goods::ALL.iter().map(|goods| goods.code())))
}

fn one_of<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    format!("expected one of {}", codes.collect::<Vec<_>>().join(", "))
}

fn print_hits(text: &str, verdict: &Verdict) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for hit in &verdict.hits {
        let before = text.get(..hit.start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        let level = say(hit.level.code(), hit.level.chinese());
        let instead = hit.suggestions.join(" / ");
        lines.push(format!("{line}:{column} {level} {} [{}] → {instead}", said(&hit.why), said(&hit.basis)));
    }
    let blocking = verdict.hits.iter().filter(|hit| hit.level == Level::Block).count();
    let count = verdict.hits.len();
    lines.push(say(
        format!("{count} found, {blocking} of them must not be said"),
        format!("共 {count} 处，其中 {blocking} 处不可用"),
    ));
    Ok(super::print(&lines.join("\n"))?)
}

fn as_json(verdict: &Verdict) -> Value {
    let both = |phrase: &Phrase| json!({ "zh": phrase.zh, "en": phrase.en });
    let hit = |hit: &Hit| {
        json!({
            "start": hit.start, "end": hit.end, "start_char": hit.start_char, "end_char": hit.end_char,
            "found": hit.found, "word": hit.word, "category": hit.category, "level": hit.level,
            "passes": hit.passes, "basis": both(&hit.basis), "why": both(&hit.why), "suggestions": hit.suggestions,
        })
    };
    json!({
        "level": verdict.level,
        "hits": verdict.hits.iter().map(hit).collect::<Vec<_>>(),
        "stale": verdict.stale.as_ref().map(both),
    })
}

/// Reads a rule file; the error names the file, the entry and the field.
pub fn read_pack(file: &Path) -> anyhow::Result<Pack> {
    let json = from_file(file)?;
    Pack::parse(&json)
        .map_err(|error| coded(FAILED, format!("{}: {}", file.display(), said(&error.phrase()))))
}

fn from_file(file: &Path) -> anyhow::Result<String> {
    let name = file.display();
    let cannot = || say(format!("cannot read {name}"), format!("无法读取 {name}"));
    let opened = std::fs::File::open(file).with_context(cannot)?;
    read(opened).with_context(cannot)
}

fn from_input() -> anyhow::Result<String> {
    read(std::io::stdin().lock()).with_context(|| say("cannot read the input", "无法读取输入"))
}

fn read(input: impl Read) -> anyhow::Result<String> {
    let mut text = String::new();
    input.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(coded(
            FAILED,
            say(format!("more than {BYTES_MAX} bytes"), format!("超过 {BYTES_MAX} 字节")),
        ));
    }
    Ok(text)
}
