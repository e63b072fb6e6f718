//! What an entry must be before it is kept.

use std::collections::BTreeSet;

use livehand_kernel::{DISPLAY_GRAPHEMES_MAX, Phrase, display_text};

use super::answer;
use super::entry::{Entry, Level, ScopeOf, State};
use super::fault::Fault;

/// Longest answer for the public chat, in characters: platforms cut what is longer.
pub const SHORT_CHARS_MAX: usize = 45;
/// Longest answer in full, in characters: about three minutes of speaking.
pub const LONG_CHARS_MAX: usize = 1_000;
/// Longest question, in characters.
pub const QUESTION_CHARS_MAX: usize = 100;
/// Longest variant, in characters: nobody types more than that as one question.
pub const VARIANT_CHARS_MAX: usize = 60;
/// Most variants of one entry; more of them describe several questions.
pub const VARIANTS_MAX: usize = 200;
/// Most concepts of one entry.
pub const CONCEPTS_MAX: usize = 8;
/// Longest code of a concept, in characters.
pub const CONCEPT_CHARS_MAX: usize = 40;
/// Most ids of one scope: the line-up of a short show.
pub const SCOPE_IDS_MAX: usize = 50;
/// Longest id in a scope, in bytes.
const SCOPE_ID_BYTES_MAX: usize = 64;
/// Longest evidence, in characters.
pub const EVIDENCE_CHARS_MAX: usize = 500;

/// The entry with its texts made safe to show, without empty and repeated variants and concepts.
pub fn clean(entry: Entry) -> Entry {
    let lines = |text: &str| text.lines().map(whole_line).collect::<Vec<_>>().join("\n").trim().to_owned();
    let mut entry = Entry {
        concepts: without_repeats(&entry.concepts),
        question: display_text(&entry.question),
        variants: without_repeats(&entry.variants),
        short: display_text(&entry.short),
        long: lines(&entry.long),
        evidence: lines(&entry.evidence),
        ..entry
    };
    entry.scope.ids = without_repeats(&entry.scope.ids);
    if entry.scope.of == ScopeOf::All {
        entry.scope.ids.clear();
    }
    entry
}

/// A line as it can be shown, whole: what is shown at once would cut it, and what was cut could not be named as too long.
fn whole_line(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(DISPLAY_GRAPHEMES_MAX).map_or(rest.len(), |(end, _)| end);
        let (piece, behind) = rest.split_at(end);
        shown.push_str(&display_text(piece));
        if piece.ends_with(char::is_whitespace) || behind.starts_with(char::is_whitespace) {
            shown.push(' ');
        }
        rest = behind;
    }
    shown.trim_end().to_owned()
}

/// Texts as they can be shown, each once, none empty.
pub(super) fn without_repeats<T: AsRef<str>>(texts: &[T]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let shown = texts.iter().map(|text| display_text(text.as_ref()));
    shown.filter(|text| !text.is_empty() && seen.insert(text.clone())).collect()
}

/// What is wrong with an entry that went through [`clean`]; empty if it may be kept.
pub fn check(entry: &Entry) -> Vec<Fault> {
    let mut faults = Vec::new();
    if entry.question.is_empty() {
        faults.push(Fault::missing("question", Phrase::new("a question", "标准问题")));
    }
    at_most(&mut faults, "question", &entry.question, QUESTION_CHARS_MAX);
    check_lists(&mut faults, entry);
    let chars = answer::shown_chars(&entry.short);
    if chars > SHORT_CHARS_MAX {
        faults.push(Fault::too_long("short", SHORT_CHARS_MAX, chars));
    }
    at_most(&mut faults, "long", &entry.long, LONG_CHARS_MAX);
    faults.extend(answer::faults("short", &entry.short));
    faults.extend(answer::faults("long", &entry.long));
    at_most(&mut faults, "evidence", &entry.evidence, EVIDENCE_CHARS_MAX);
    check_scope(&mut faults, entry);
    if let (Some(from), Some(until)) = (entry.valid_from, entry.valid_until)
        && until <= from
    {
        let expected = Phrase::new("after the beginning", "晚于生效时间");
        faults.push(Fault::quoting("valid_until", expected, &until.shanghai_minute()));
    }
    check_answers(&mut faults, entry);
    faults
}

fn at_most(faults: &mut Vec<Fault>, field: &str, text: &str, most: usize) {
    let chars = text.chars().count();
    if chars > most {
        faults.push(Fault::too_long(field, most, chars));
    }
}

fn check_lists(faults: &mut Vec<Fault>, entry: &Entry) {
    for (name, texts, most, chars) in [
        ("variants", &entry.variants, VARIANTS_MAX, VARIANT_CHARS_MAX),
        ("concepts", &entry.concepts, CONCEPTS_MAX, CONCEPT_CHARS_MAX),
    ] {
        if texts.len() > most {
            let expected = Phrase::new(format!("at most {most}"), format!("最多 {most} 个"));
            faults.push(Fault::quoting(name, expected, &texts.len().to_string()));
        }
        for (place, text) in texts.iter().enumerate() {
            at_most(faults, &format!("{name}[{place}]"), text, chars);
        }
    }
}

fn check_scope(faults: &mut Vec<Fault>, entry: &Entry) {
    let ids = &entry.scope.ids;
    if entry.scope.of != ScopeOf::All && ids.is_empty() {
        faults.push(Fault::missing("scope.ids", Phrase::new("at least one id", "至少一个编号")));
    }
    if ids.len() > SCOPE_IDS_MAX {
        let expected =
            Phrase::new(format!("at most {SCOPE_IDS_MAX} ids"), format!("最多 {SCOPE_IDS_MAX} 个编号"));
        faults.push(Fault::quoting("scope.ids", expected, &ids.len().to_string()));
    }
    for (place, id) in ids.iter().enumerate().filter(|(_, id)| id.len() > SCOPE_ID_BYTES_MAX) {
        let expected = Phrase::new(
            format!("at most {SCOPE_ID_BYTES_MAX} bytes"),
            format!("不超过 {SCOPE_ID_BYTES_MAX} 字节"),
        );
        faults.push(Fault::quoting(format!("scope.ids[{place}]"), expected, id));
    }
}

/// What answers buyers has an answer, and what may go out by itself has one that the public chat takes.
fn check_answers(faults: &mut Vec<Fault>, entry: &Entry) {
    if entry.state != State::Active || !entry.short.is_empty() {
        return;
    }
    if entry.level == Level::A {
        let expected =
            Phrase::new("a short answer: level A is sent to the public chat", "公屏短答：A 级会直接发公屏");
        faults.push(Fault::missing("short", expected));
    } else if entry.long.is_empty() {
        faults.push(Fault::missing("short", Phrase::new("a short or a long answer", "公屏短答或完整答复")));
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::{Millis, PersonId};

    use super::super::entry::Scope;
    use super::*;

    fn entry() -> Entry {
        Entry {
            question: "什么时候发货".into(),
            variants: vec!["多久发".into(), " 多久发 ".into(), String::new(), "几天发货".into()],
            short: "{宝宝/家人}，{{ship_by}}发出".into(),
            state: State::Active,
            ..Entry::blank(PersonId::from("p1"))
        }
    }

    fn fields(entry: Entry) -> Vec<String> {
        check(&clean(entry)).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn an_entry_is_cleaned_before_it_is_checked() {
        let cleaned = clean(Entry { long: "一\u{202E}\n 二 ".into(), ..entry() });
        assert_eq!(cleaned.variants, ["多久发", "几天发货"]);
        assert_eq!(cleaned.long, "一\n二");
        assert_eq!(check(&cleaned), []);
    }

    #[test]
    fn mistakes_are_named_by_their_field() {
        let with = |change: &dyn Fn(&mut Entry)| {
            let mut entry = entry();
            change(&mut entry);
            fields(entry)
        };
        assert_eq!(with(&|it| it.question = " ".into()), ["question"]);
        assert_eq!(with(&|it| it.short = "字".repeat(46)), ["short"]);
        assert_eq!(with(&|it| it.short = "字".repeat(45)), [] as [&str; 0]);
        assert_eq!(with(&|it| it.short = "{{prize}}".into()), ["short"]);
        assert_eq!(with(&|it| it.long = "字".repeat(1_001)), ["long"]);
        assert_eq!(with(&|it| it.variants.push("字".repeat(61))), ["variants[2]"]);
        assert_eq!(with(&|it| it.concepts = (0..9).map(|n| n.to_string()).collect()), ["concepts"]);
        assert_eq!(with(&|it| it.scope.of = ScopeOf::Product), ["scope.ids"]);
        assert_eq!(with(&|it| it.short.clear()), ["short"]);
        assert_eq!(
            with(&|it| {
                it.short.clear();
                it.long = "48 小时内".into();
            }),
            [] as [&str; 0]
        );
        assert_eq!(
            with(&|it| {
                it.short.clear();
                it.long = "48 小时内".into();
                it.level = Level::A;
            }),
            ["short"]
        );
        assert_eq!(
            with(&|it| (it.valid_from, it.valid_until) = (Some(Millis(9)), Some(Millis(9)))),
            ["valid_until"]
        );
    }

    #[test]
    fn a_draft_may_lack_its_answers_and_everything_has_no_ids() {
        let scope = Scope { of: ScopeOf::All, ids: vec!["p1".into()] };
        let draft = Entry { short: String::new(), state: State::Draft, scope, ..entry() };
        assert!(clean(draft.clone()).scope.ids.is_empty());
        assert_eq!(fields(draft), [] as [&str; 0]);
    }
}
