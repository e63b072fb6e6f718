//! Words in two parts with others between them: 法令纹 … 抹平. Neither part says anything alone.

use super::context::{Span, stretch_after};
use super::fold::Folded;
use super::linter::{Denials, Rule};

/// How far the second part may stand behind the first if the pack says nothing, in characters.
pub(super) const APART_CHARS: usize = 8;
/// Longest second part, in characters.
const PART_CHARS_MAX: usize = 12;

/// From the first part to the end of the second, unless something between them denies it; `span` itself for other words.
pub(super) fn completed(folded: &Folded, span: Span, rule: &Rule, denials: &Denials) -> Option<Span> {
    if rule.entry.then.is_empty() {
        return Some(span);
    }
    let to = stretch_after(folded, span.to, rule.entry.apart + PART_CHARS_MAX, rule.entry.reach);
    let after = folded.slice(span.to, to);
    let ends = rule.entry.then.iter().filter_map(|part| {
        let at = after.find(part.as_str())?;
        let between = after.get(..at)?;
        let chars = between.chars().count();
        (chars <= rule.entry.apart && !denials.are_in(between))
            .then(|| span.to + chars + part.chars().count())
    });
    Some(Span { from: span.from, to: ends.min()? })
}
