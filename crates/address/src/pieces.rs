//! What is left of a line beside phone numbers, labels and divisions, piece by piece.

use crate::dictionary::of_words;
use crate::labels::{Label, Mark};
use crate::text::Text;

/// A piece of a line.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub from: usize,
    pub to: usize,
    pub text: String,
    /// The label right before it.
    pub label: Option<Label>,
    /// In brackets.
    pub bracketed: bool,
    /// A phone number stands right before or after it.
    pub by_phone: bool,
    /// No phone number or label of another kind stands between it and the piece before it.
    pub goes_on: bool,
    /// More than spaces stands between it and the piece before it.
    pub apart: bool,
}

/// The pieces of a part of a line.
pub(crate) fn pieces(text: &Text, marks: &[Mark], from: usize, to: usize) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut label = None;
    let mut goes_on = true;
    let mut apart = false;
    let mut depth = 0_u32;
    // 兴隆街17号*常树林*0139…: stars that part, and hide nothing.
    let star = |at: usize| text.at(at) == Some('*');
    let parting = (from..to).filter(|at| star(*at) && marks.get(*at) == Some(&Mark::Free)).count() > 1
        && !(from..to).any(|at| star(at) && star(at + 1));
    let of_piece = |at: usize| {
        text.at(at).is_some_and(|c| is_of_piece(c, text, at) && !(parting && c == '*'))
            // 曾德蓉+185…: what stands right before the number parts as well.
            && !(text.at(at).is_some_and(|c| matches!(c, '·' | '.' | '-' | '&' | '\'' | '+' | '_'))
                && marks.get(at + 1) != Some(&Mark::Free))
    };
    let mut at = from;
    while at < to {
        let mark = marks.get(at).copied().unwrap_or(Mark::Out);
        let Some(c) = text.at(at) else { break };
        match mark {
            Mark::Free if of_piece(at) => {
                let end =
                    (at..to).find(|it| marks.get(*it) != Some(&Mark::Free) || !of_piece(*it)).unwrap_or(to);
                all.push(Piece {
                    from: at,
                    to: end,
                    text: text.slice(at, end),
                    label: label.take(),
                    bracketed: depth > 0,
                    by_phone: by_phone(text, marks, at, end),
                    goes_on,
                    apart,
                });
                (goes_on, apart) = (true, false);
                at = end;
                continue;
            }
            Mark::Free => {
                match c {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                apart |= c != ' ';
            }
            Mark::Phone => {
                goes_on = false;
                // 收货人 13812345678 谢谢: nobody was named.
                label = label.filter(|it| *it != Label::Name);
            }
            Mark::Label(kind) => {
                goes_on &= kind == Label::Address;
                label = Some(kind);
                apart = true;
            }
            Mark::Out => apart = true,
        }
        at += 1;
    }
    all
}

fn is_of_piece(c: char, text: &Text, at: usize) -> bool {
    if of_words(c) {
        return true;
    }
    let inside = at.checked_sub(1).and_then(|it| text.at(it)).is_some_and(|c| of_words(c) || c == '#')
        && text.at(at + 1).is_some_and(of_words);
    match c {
        '#' => at.checked_sub(1).and_then(|it| text.at(it)).is_some_and(of_words),
        '·' | '.' | '-' | '&' | '\'' | '+' | '_' => inside,
        '*' => true,
        _ => false,
    }
}

fn by_phone(text: &Text, marks: &[Mark], from: usize, to: usize) -> bool {
    let is_gap = |at: usize| {
        matches!(marks.get(at), Some(Mark::Label(_) | Mark::Out)) || text.at(at).is_some_and(|c| !of_words(c))
    };
    let before = (0..from).rev().find(|at| !is_gap(*at) || marks.get(*at) == Some(&Mark::Phone));
    // 咸阳（人名）13834419027
    let aside = (text.at(to) == Some('('))
        .then(|| (to..text.len()).find(|at| text.at(*at) == Some(')')))
        .flatten()
        .filter(|end| !marks.get(to..*end).is_some_and(|marks| marks.contains(&Mark::Phone)));
    let after =
        (aside.unwrap_or(to)..text.len()).find(|at| !is_gap(*at) || marks.get(*at) == Some(&Mark::Phone));
    [before, after].into_iter().flatten().any(|at| marks.get(at) == Some(&Mark::Phone))
}
