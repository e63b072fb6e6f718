//! Whether a name was written with one mistake: a character for another, one too many, one too few, or two the wrong way
//! round.

use pinyin::ToPinyin;

/// How a name differs from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mistake {
    /// Another character that sounds the same or nearly so.
    Sound,
    /// A character too many, such as 保保定市, or two the wrong way round.
    Slip,
    /// A character for another, or one that is missing.
    Other,
}

/// The mistake that makes `written` of `name`, if it is one.
pub(crate) fn mistake(name: &[char], written: &[char]) -> Option<Mistake> {
    let same = name.iter().zip(written).take_while(|(a, b)| a == b).count();
    let tail = |name: &[char], written: &[char]| {
        name.iter().rev().zip(written.iter().rev()).take_while(|(a, b)| a == b).count()
    };
    let (name_rest, written_rest) = (name.get(same..)?, written.get(same..)?);
    let rest = tail(name_rest, written_rest);
    let name_core = name_rest.get(..name_rest.len() - rest)?;
    let written_core = written_rest.get(..written_rest.len() - rest)?;
    match (name_core, written_core) {
        ([a], [b]) => Some(if sounds_like(*a, *b) { Mistake::Sound } else { Mistake::Other }),
        ([], [extra]) => {
            let doubled =
                written.get(same.wrapping_sub(1)) == Some(extra) || written.get(same + 1) == Some(extra);
            Some(if doubled { Mistake::Slip } else { Mistake::Other })
        }
        ([_], []) if name.len() > 3 => Some(Mistake::Other),
        ([a, b], [c, d]) if a == d && b == c => Some(Mistake::Slip),
        _ => None,
    }
}

/// Whether two characters are said alike, as many people say them: without tones, z for zh, n for ng, l for n.
pub(crate) fn sounds_like(a: char, b: char) -> bool {
    let (Some(a), Some(b)) = (a.to_pinyin(), b.to_pinyin()) else { return false };
    plain(a.plain()) == plain(b.plain())
}

fn plain(sound: &str) -> (u8, &str) {
    let (head, tail) = match sound.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => sound.split_at(2),
        [b'a' | b'o' | b'e', ..] => ("", sound),
        _ => sound.split_at(1.min(sound.len())),
    };
    let head = match head.as_bytes() {
        [] => 0,
        [b'n', ..] => b'l',
        [first, ..] => *first,
    };
    let tail = match tail {
        "ang" => "an",
        "eng" => "en",
        "ing" => "in",
        "uang" => "uan",
        "iang" => "ian",
        _ => tail,
    };
    (head, tail)
}
