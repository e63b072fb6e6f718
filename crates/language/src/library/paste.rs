//! Lines as the field writes them: `词A/词B|回复`, and `1,4,7|词A/词B|回复` for the products with these link numbers.

use livehand_kernel::{Phrase, display_text};

use super::answer;
use super::check::{SCOPE_IDS_MAX, SHORT_CHARS_MAX, VARIANT_CHARS_MAX, VARIANTS_MAX, without_repeats};
use super::fault::{Fault, LineFault};

/// Most lines of one paste: ten times what a shop keeps in its notes.
pub const LINES_MAX: usize = 3_000;
/// Largest link number that a platform gives.
const LINK_NUMBER_MAX: i64 = 9_999;

/// A line that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedLine {
    /// Its number, from 1.
    pub line: u32,
    /// The products, by their link numbers; empty for all.
    pub link_numbers: Vec<i64>,
    /// The words in which it is asked; at least one.
    pub words: Vec<String>,
    /// The answer.
    pub reply: String,
}

/// What was pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Lines that could be read.
    pub lines: Vec<PastedLine>,
    /// What is wrong with the others; a line may have several faults.
    pub faults: Vec<LineFault>,
}

/// Reads a paste. Blank lines are skipped; each other line is either read or named.
pub fn parse_paste(text: &str) -> Pasted {
    let mut pasted = Pasted::default();
    let mut read = 0;
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        read += 1;
        if read > LINES_MAX {
            let expected = Phrase::new(format!("at most {LINES_MAX} lines"), format!("最多 {LINES_MAX} 行"));
            pasted.faults.push(Fault::quoting("line", expected, text).at(line));
            return pasted;
        }
        match parse_line(line, text) {
            Ok(parsed) => pasted.lines.push(parsed),
            Err(faults) => pasted.faults.extend(faults.into_iter().map(|fault| fault.at(line))),
        }
    }
    pasted
}

/// The bar, also as an input method for Chinese writes it.
const BARS: [char; 2] = ['|', '｜'];

fn parse_line(line: u32, text: &str) -> Result<PastedLine, Vec<Fault>> {
    let Some((first, behind)) = text.split_once(BARS) else {
        let expected = Phrase::new("words|reply, with a | between them", "词A/词B|回复，中间用 | 隔开");
        return Err(vec![Fault::quoting("line", expected, text)]);
    };
    let mut faults = Vec::new();
    let (mut link_numbers, mut words, mut reply) = (Vec::new(), first, behind);
    if first.trim_start().starts_with(|c: char| c.is_numeric())
        && let Some((second, third)) = behind.split_once(BARS)
    {
        (words, reply) = (second, third);
        match numbers(first) {
            Ok(read) => link_numbers = read,
            Err(fault) => faults.push(fault),
        }
    }
    let words = without_repeats(&words.split(['/', '／']).collect::<Vec<_>>());
    check_words(&mut faults, &words);
    let reply = display_text(reply);
    check_reply(&mut faults, &reply);
    if faults.is_empty() { Ok(PastedLine { line, link_numbers, words, reply }) } else { Err(faults) }
}

fn check_words(faults: &mut Vec<Fault>, words: &[String]) {
    if words.is_empty() {
        let expected = Phrase::new("words before the |, as in 词A/词B", "| 前面写问法，如 词A/词B");
        faults.push(Fault::missing("variants", expected));
    }
    if words.len() > VARIANTS_MAX {
        let expected = Phrase::new(format!("at most {VARIANTS_MAX}"), format!("最多 {VARIANTS_MAX} 个"));
        faults.push(Fault::quoting("variants", expected, &words.len().to_string()));
    }
    if let Some(long) = words.iter().find(|word| word.chars().count() > VARIANT_CHARS_MAX) {
        faults.push(Fault::too_long("variants", VARIANT_CHARS_MAX, long.chars().count()));
    }
}

fn check_reply(faults: &mut Vec<Fault>, reply: &str) {
    if reply.is_empty() {
        faults.push(Fault::missing("short", Phrase::new("a reply behind the |", "| 后面写回复")));
    }
    let chars = answer::shown_chars(reply);
    if chars > SHORT_CHARS_MAX {
        faults.push(Fault::too_long("short", SHORT_CHARS_MAX, chars));
    }
    faults.extend(answer::faults("short", reply));
}

/// `1,4,7`, also with the commas and digits of an input method for Chinese, and 号 behind.
fn numbers(text: &str) -> Result<Vec<i64>, Fault> {
    let wrong = |found: &str| {
        let expected = Phrase::new(
            format!("link numbers from 1 to {LINK_NUMBER_MAX} with commas between, as in 1,4,7"),
            format!("1 到 {LINK_NUMBER_MAX} 的链接号，用逗号隔开，如 1,4,7"),
        );
        Fault::quoting("link_numbers", expected, found)
    };
    let mut read = Vec::new();
    for part in text.split([',', '，', '、']) {
        let digits: String =
            part.trim().trim_end_matches("号链接").trim_end_matches('号').chars().map(half).collect();
        let number = digits.parse().ok().filter(|number| (1..=LINK_NUMBER_MAX).contains(number));
        let number: i64 = number.ok_or_else(|| wrong(part))?;
        if !read.contains(&number) {
            read.push(number);
        }
    }
    if read.len() > SCOPE_IDS_MAX { Err(wrong(&read.len().to_string())) } else { Ok(read) }
}

fn half(digit: char) -> char {
    match digit {
        '０'..='９' => char::from_u32(u32::from(digit) - 0xFEE0).unwrap_or(digit),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault_fields(text: &str) -> Vec<(u32, String)> {
        parse_paste(text).faults.into_iter().map(|at| (at.line, at.fault.field)).collect()
    }

    #[test]
    fn lines_are_read_as_the_field_writes_them() {
        let pasted = parse_paste(
            "\u{feff}发货/多久发/ 几天发 |48小时内发\n\n1,4，7号|尺码／多大|{宝宝/家人}报身高体重\r\n优惠｜满|减都有",
        );
        assert_eq!(pasted.faults, []);
        let told: Vec<_> = (pasted.lines.iter())
            .map(|it| (it.line, it.link_numbers.clone(), it.words.join("/"), it.reply.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (1, vec![], "发货/多久发/几天发".to_owned(), "48小时内发"),
                (3, vec![1, 4, 7], "尺码/多大".to_owned(), "{宝宝/家人}报身高体重"),
                (4, vec![], "优惠".to_owned(), "满|减都有"),
            ]
        );
        // A number with one bar is what buyers type.
        assert_eq!(parse_paste("1|扣1的宝宝有福利").lines[0].words, ["1"]);
    }

    #[test]
    fn what_is_wrong_is_named_by_line_and_field_in_both_languages() {
        let text =
            format!("没有竖线\n|回复\n问|\n1,x|问|答\n问|{{{{prise}}}}\n问|{}\n0|问|答", "长".repeat(46));
        assert_eq!(
            fault_fields(&text),
            [
                (1, "line".to_owned()),
                (2, "variants".to_owned()),
                (3, "short".to_owned()),
                (4, "link_numbers".to_owned()),
                (5, "short".to_owned()),
                (6, "short".to_owned()),
                (7, "link_numbers".to_owned()),
            ]
        );
        for at in parse_paste(&text).faults {
            assert!(!at.fault.expected.zh.is_empty() && at.fault.expected.zh != at.fault.expected.en);
        }
    }

    #[test]
    fn of_three_hundred_lines_with_three_broken_ones_the_others_are_read() {
        let line = |n: usize| match n {
            17 => "这一行没有分隔".to_owned(),
            120 => "发货|{{shipby}}发".to_owned(),
            299 => "|只有回复".to_owned(),
            n => format!("问法{n}/换个问法{n}|第{n}条回复"),
        };
        let text: Vec<String> = (1..=300).map(line).collect();
        let pasted = parse_paste(&text.join("\n"));
        let named: Vec<u32> = pasted.faults.iter().map(|at| at.line).collect();
        assert_eq!((pasted.lines.len(), named), (297, vec![17, 120, 299]));
    }

    #[test]
    fn a_paste_without_end_is_cut_with_the_line_named() {
        let pasted = parse_paste(&"问|答\n".repeat(LINES_MAX + 5));
        assert_eq!(pasted.lines.len(), LINES_MAX);
        assert_eq!(pasted.faults.len(), 1);
    }

    proptest! {
        #[test]
        fn every_line_that_is_not_blank_is_either_read_or_named(lines in prop::collection::vec("[ 1,a问/|｜{}]{0,12}|\\PC{0,20}", 0..30)) {
            let text = lines.join("\n");
            let pasted = parse_paste(&text);
            let mut told: Vec<u32> = pasted.lines.iter().map(|it| it.line)
                .chain(pasted.faults.iter().map(|at| at.line)).collect();
            told.sort_unstable();
            told.dedup();
            let wanted: Vec<u32> = (1..).zip(text.trim_start_matches('\u{feff}').lines())
                .filter(|(_, line)| !line.trim().is_empty()).map(|(line, _)| line).collect();
            prop_assert_eq!(told, wanted);
        }

        #[test]
        fn what_was_read_can_be_written_and_read_again(numbers in prop::collection::btree_set(1_i64..200, 1..5), words in prop::collection::btree_set("[a-z问法]{1,6}", 1..5), reply in "[a-z回复，]{1,20}") {
            let numbers: Vec<i64> = numbers.into_iter().collect();
            let words: Vec<String> = words.into_iter().collect();
            let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let pasted = parse_paste(&format!("{}|{}|{reply}", text.join(","), words.join("/")));
            prop_assert_eq!(pasted.lines, vec![PastedLine { line: 1, link_numbers: numbers, words, reply }]);
        }
    }
}
