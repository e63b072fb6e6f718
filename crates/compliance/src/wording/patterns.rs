//! The spellings of a word: as it is written, and as it is disguised.

use super::fold::Folding;
use super::pack::{Content, Word};
use super::sounds::letters;

/// Most spellings of one word; a long word, or one without its pinyin, is disguised in one place at a time.
const SPELLINGS_MAX: usize = 96;
/// Longest word without its pinyin that is disguised at all, in characters: nobody takes the trouble for a whole phrase,
/// and each spelling takes memory.
const DISGUISED_CHARS_MAX: usize = 4;

/// A spelling of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    /// In the folded form.
    pub text: String,
    /// Whether it only serves to hide the word.
    pub disguise: bool,
}

/// Every spelling of a word.
pub(super) fn spellings(text: &str, word: &Word, content: &Content, folding: &Folding) -> Vec<Spelling> {
    let aliases = word.aliases.iter().flat_map(|text| expand(text));
    let plain = std::iter::once(text.to_owned()).chain(aliases);
    let mut spellings: Vec<Spelling> =
        plain.map(|text| Spelling { text: folding.word(&text), disguise: false }).collect();
    // Who hides only half of what is said in two parts hides nothing: the pack names the few that matter.
    let whole =
        word.then.is_empty() && (word.pinyin.is_some() || text.chars().count() <= DISGUISED_CHARS_MAX);
    let made = if whole { disguised(text, word, content) } else { Vec::new() };
    let hidden = word.disguises.iter().flat_map(|text| expand(text)).chain(made);
    for text in hidden {
        let text = folding.word(&text);
        if spellings.iter().all(|known| known.text != text) {
            spellings.push(Spelling { text, disguise: true });
        }
    }
    spellings.retain(|spelling| spelling.text.chars().count() > 1);
    spellings
}

/// The word with characters in letters, taken apart, or swapped for others.
fn disguised(text: &str, word: &Word, content: &Content) -> Vec<String> {
    let mut given = word.pinyin.iter().flat_map(|pinyin| pinyin.split(' '));
    let choices: Vec<Vec<String>> = (text.chars())
        .map(|c| {
            let mut choice = vec![c.to_string()];
            let syllable = given.next().or_else(|| letters(c));
            choice.extend(syllable.filter(|syllable| syllable.len() > 1).map(str::to_owned));
            choice.extend(content.splits.get(&c).into_iter().flatten().cloned());
            let swaps = content.swaps.iter().filter(|swap| {
                swap.from == c && (swap.words.is_empty() || swap.words.iter().any(|word| word == text))
            });
            choice.extend(swaps.flat_map(|swap| swap.to.iter().cloned()));
            choice
        })
        .collect();
    let combinations = choices.iter().try_fold(1_usize, |count, choice| count.checked_mul(choice.len()));
    if word.pinyin.is_some() && combinations.is_some_and(|count| count <= SPELLINGS_MAX) {
        return choices.iter().fold(vec![String::new()], |begun, choice| {
            begun.iter().flat_map(|begin| choice.iter().map(move |next| format!("{begin}{next}"))).collect()
        });
    }
    let mut all = Vec::new();
    for (place, choice) in choices.iter().enumerate() {
        for other in choice.iter().skip(1) {
            let parts = choices.iter().enumerate();
            all.push(
                parts
                    .map(|(index, usual)| if index == place { other.as_str() } else { first(usual) })
                    .collect(),
            );
        }
    }
    all.extend(word.pinyin.as_ref().map(|pinyin| pinyin.replace(' ', "")));
    all
}

fn first(choice: &[String]) -> &str {
    choice.first().map_or("", String::as_str)
}

/// `第{一|二}次` as 第一次 and 第二次; braces do not nest.
pub(super) fn expand(template: &str) -> Vec<String> {
    let Some((before, rest)) = template.split_once('{') else { return vec![template.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![template.to_owned()] };
    let after = expand(after);
    choices
        .split('|')
        .flat_map(|choice| after.iter().map(move |after| format!("{before}{choice}{after}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn braces_stand_for_either() {
        assert_eq!(expand("第一次"), ["第一次"]);
        assert_eq!(expand("{我|你}最爱{吃|}"), ["我最爱吃", "我最爱", "你最爱吃", "你最爱"]);
        assert_eq!(expand("{没有关上"), ["{没有关上"]);
    }
}
