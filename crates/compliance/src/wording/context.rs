//! What stands around a word: whether it is a word there at all, and whether it is said or denied.

use super::fold::{Folded, Gap};
use super::linter::{Denials, FoldedExcuse, Near, Rule};
use super::said::Said;

/// How far a word that changes the meaning may stand, in characters.
const NEAR_CHARS: usize = 8;
/// How far before an excuse something may turn it round, in characters.
const TRAP_CHARS: usize = 2;
/// Particles that may end a clause.
const PARTICLES: &str = "了啊呀吧哦噢哈呢哒嘛啦的哟喽耶";
/// Characters that number the parts of a list and so stand alone without hiding anything.
const NUMERALS: &str = "一二三四五六七八九十0123456789";

/// A place in a folded text, as pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub from: usize,
    pub to: usize,
}

impl Span {
    pub fn contains(self, other: Span) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    pub fn overlaps(self, other: Span) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// Whether letters and digits at the ends of a hit are whole: the 1 of 第1 is not that of 第10, the v of +v not that of VC.
pub(super) fn has_borders(folded: &Folded, span: Span) -> bool {
    let apart = |left: usize, right: usize| {
        let (Some(a), Some(b)) = (folded.pieces.get(left), folded.pieces.get(right)) else { return true };
        let same =
            (a.c.is_ascii_lowercase() && b.c.is_ascii_lowercase()) || (in_number(a.c) && in_number(b.c));
        !(same && b.gap == Gap::None)
    };
    (span.from == 0 || apart(span.from - 1, span.from)) && (span.to == 0 || apart(span.to - 1, span.to))
}

fn in_number(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// Whether a hit that goes across marks is a word with marks put into it, and not two words beside a mark: then one of
/// the characters at the mark stands all alone.
pub(super) fn is_one_word(folded: &Folded, span: Span) -> bool {
    let alone = |piece: usize| {
        let c = folded.pieces.get(piece).map_or(' ', |piece| piece.c);
        !NUMERALS.contains(c) && folded.gap(piece) > Gap::None && ends_run(folded, piece)
    };
    (span.from + 1..span.to).all(|piece| {
        let gap = folded.gap(piece);
        gap < Gap::Bracket || alone(piece - 1) || alone(piece)
    })
}

fn ends_run(folded: &Folded, piece: usize) -> bool {
    piece + 1 >= folded.pieces.len() || folded.gap(piece + 1) > Gap::None
}

/// Whether an innocent phrase stays within a clause.
pub(super) fn within_clause(folded: &Folded, span: Span) -> bool {
    (span.from + 1..span.to).all(|piece| folded.gap(piece) < Gap::Bracket)
}

/// The first piece of the stretch before `piece` that has no gap of `limit` or more.
fn stretch_before(folded: &Folded, piece: usize, chars: usize, limit: Gap) -> usize {
    let mut from = piece;
    while from > 0 && piece - from < chars && folded.gap(from) < limit {
        from -= 1;
    }
    from
}

/// The end of the stretch after `piece`, which is the first after a hit.
pub(super) fn stretch_after(folded: &Folded, piece: usize, chars: usize, limit: Gap) -> usize {
    let mut to = piece;
    while to < folded.pieces.len() && to - piece < chars && folded.gap(to) < limit {
        to += 1;
    }
    to
}

/// What stands before and after a word, within its sentence.
fn surroundings(folded: &Folded, span: Span) -> (&str, &str) {
    let from = stretch_before(folded, span.from, NEAR_CHARS, Gap::Stop);
    let to = stretch_after(folded, span.to, NEAR_CHARS, Gap::Stop);
    (folded.slice(from, span.from), folded.slice(span.to, to))
}

/// Whether something beside a word makes it innocent.
pub(super) fn is_innocent_here(folded: &Folded, span: Span, rule: &Rule) -> bool {
    let (before, after) = surroundings(folded, span);
    rule.entry
        .innocent_near
        .iter()
        .any(|text| before.contains(text.as_str()) || after.contains(text.as_str()))
}

/// Whether a word of a family is part of an innocent phrase.
pub(super) fn is_in_phrase(folded: &Folded, span: Span, rule: &Rule) -> bool {
    if rule.entry.phrases.is_empty() {
        return false;
    }
    let before = folded.slice(stretch_before(folded, span.from, NEAR_CHARS, Gap::Bracket), span.from);
    let after = folded.slice(span.to, stretch_after(folded, span.to, NEAR_CHARS, Gap::Bracket));
    rule.entry
        .phrases
        .iter()
        .any(|(left, right)| before.ends_with(left.as_str()) && after.starts_with(right.as_str()))
}

/// Whether a word that counts only in some company is in it.
pub(super) fn counts_here(folded: &Folded, span: Span, rule: &Rule) -> bool {
    let (before, after) = surroundings(folded, span);
    let next = folded.slice(span.to, stretch_after(folded, span.to, NEAR_CHARS, Gap::Pause));
    rule.entry.only_near.is_empty()
        || rule.entry.only_near.iter().any(|near| match near {
            Near::Beside(text) => before.contains(text.as_str()) || after.contains(text.as_str()),
            Near::After(text) => next.starts_with(text.as_str()),
            Near::ClauseEnds => clause_ends(folded, span.to),
        })
}

fn clause_ends(folded: &Folded, piece: usize) -> bool {
    let mut piece = piece;
    while folded.gap(piece) < Gap::Pause
        && folded.pieces.get(piece).is_some_and(|piece| PARTICLES.contains(piece.c))
    {
        piece += 1;
    }
    folded.gap(piece) >= Gap::Pause
}

/// Whether a word is denied, warned of, or compared with oneself.
pub(super) fn is_excused(
    folded: &Folded,
    span: Span,
    rule: &Rule,
    excuse: &FoldedExcuse,
    denials: &Denials,
) -> bool {
    if excuse.not_categories.contains(&rule.entry.category.code)
        || !(excuse.words.is_empty() || excuse.words.contains(&rule.text))
    {
        return false;
    }
    if excuse.quoted && !is_quoted(folded, span) {
        return false;
    }
    if !excuse.answers.is_empty()
        && let Some(answer) = answer(folded, span)
    {
        let trapped = excuse.traps.iter().any(|trap| answer.starts_with(trap.as_str()));
        if !trapped && excuse.answers.iter().any(|text| answer.starts_with(text.as_str())) {
            return true;
        }
    }
    let begin = |chars: usize, limit| stretch_before(folded, span.from, chars + excuse.within, limit);
    let listed = list_end(folded, span.to);
    let end = |chars: usize| stretch_after(folded, listed, chars + excuse.within, excuse.reach);
    let close = |between: &str| between.chars().count() <= excuse.within;
    let follows = |texts: &Said, after: &str| {
        texts.fits(after, |text| {
            after.find(text.as_str()).is_some_and(|at| close(after.get(..at).unwrap_or("")))
        })
    };
    let from = begin(excuse.before.longest, excuse.reach);
    let before = folded.slice(from, span.from);
    let trapped = |text: &str| excuse.traps.iter().any(|trap| text.contains(trap.as_str()));
    let said_before = excuse.before.fits(before, |text| {
        let Some(at) = before.rfind(text.as_str()) else { return false };
        let (Some(ahead), Some(between)) = (before.get(..at), before.get(at + text.len()..)) else {
            return false;
        };
        // What stands right before the excuse may turn it round: 不得不说.
        let piece = from + ahead.chars().count();
        let wider = stretch_before(folded, piece, TRAP_CHARS, Gap::Pause);
        let clause = folded.slice(stretch_before(folded, piece, NEAR_CHARS, Gap::Pause), piece);
        close(between)
            && !trapped(folded.slice(wider, span.from))
            && !denials.rhetoric.iter().any(|text| clause.contains(text.as_str()))
    });
    if said_before {
        if excuse.then.is_empty() {
            return excuse.unless.is_empty()
                || next_clause(folded, span.to)
                    .is_some_and(|said| !excuse.unless.iter().any(|text| said.starts_with(text.as_str())));
        }
        let after = folded.slice(listed, end(excuse.then.longest));
        if follows(&excuse.then, after) && !trapped(after) {
            return true;
        }
    }
    let after = folded.slice(listed, end(excuse.after.longest));
    !excuse.after.is_empty() && follows(&excuse.after, after) && !(excuse.quoted && trapped(after))
}

/// Whether a word is shrugged off: 销冠不销冠的.
pub(super) fn is_shrugged_off(folded: &Folded, span: Span) -> bool {
    let word = folded.slice(span.from, span.to);
    let around = |from: usize, to: usize| folded.slice(from, to.min(folded.pieces.len()));
    let length = span.to - span.from;
    let after = around(span.to, span.to + length + 1);
    let before = around(span.from.saturating_sub(length + 1), span.from);
    after.strip_prefix('不') == Some(word) || before.strip_suffix('不') == Some(word)
}

/// What is said after the clause in which a word stands.
fn next_clause(folded: &Folded, to: usize) -> Option<&str> {
    let ends = |piece: &usize| folded.gap(*piece) >= Gap::Pause || folded.marks(*piece).closes;
    let piece = (to..(to + NEAR_CHARS).min(folded.pieces.len())).find(ends)?;
    Some(folded.slice(piece, (piece + NEAR_CHARS).min(folded.pieces.len())))
}

/// Most parts of a list that are skipped.
const LIST_MAX: usize = 5;

/// Where the last part begins of a list that goes on after a word: what is said of the list is said of each part.
fn list_end(folded: &Folded, to: usize) -> usize {
    let mut end = to;
    for _ in 0..LIST_MAX {
        let next =
            (end..(end + NEAR_CHARS).min(folded.pieces.len())).find(|piece| folded.gap(*piece) > Gap::Soft);
        match next.filter(|piece| {
            folded.gap(*piece) == Gap::Bracket && !folded.marks(*piece).closes || folded.marks(*piece).opens
        }) {
            Some(piece) => end = piece.max(end + 1),
            None => break,
        }
    }
    end
}

/// How far a question may go on after a word, and what answers it is looked at, in characters.
const QUESTION_CHARS: usize = 16;
/// Particles that make a clause a question without a mark.
const ASKING: &str = "吗么嘛呢";

/// What is said right after the question in which a word stands.
fn answer(folded: &Folded, span: Span) -> Option<&str> {
    let mut piece = span.to;
    while piece < folded.pieces.len() && piece - span.to < QUESTION_CHARS {
        let asking = || folded.pieces.get(piece - 1).is_some_and(|last| ASKING.contains(last.c));
        let gap = folded.gap(piece);
        let marks = folded.marks(piece);
        if marks.asks || ((marks.closes || gap >= Gap::Pause || gap == Gap::Soft) && asking()) {
            return Some(folded.slice(piece, (piece + QUESTION_CHARS).min(folded.pieces.len())));
        }
        if gap >= Gap::Stop {
            return None;
        }
        piece += 1;
    }
    None
}

/// Whether a word stands in quotes.
fn is_quoted(folded: &Folded, span: Span) -> bool {
    let opens = (span.from.saturating_sub(NEAR_CHARS)..=span.from).rev().find(|piece| {
        let marks = folded.marks(*piece);
        marks.opens || (marks.closes && *piece < span.from)
    });
    let closes = (span.to..=(span.to + NEAR_CHARS).min(folded.pieces.len())).find(|piece| {
        let marks = folded.marks(*piece);
        marks.closes || marks.opens
    });
    opens.is_some_and(|piece| folded.marks(piece).opens)
        && closes.is_some_and(|piece| folded.marks(piece).closes)
}
