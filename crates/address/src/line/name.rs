//! Who receives the parcel.

use super::Line;
use super::detail::is_of_detail;
use crate::defect::Defect;
use crate::labels::{Label, Mark};
use crate::parsed::Parsed;
use crate::pieces::Piece;
use crate::recipient;
use crate::remarks::{is_remark, without_introduction};
use crate::vague::is_vague;

impl Line<'_> {
    /// Chooses the name, and puts the detail together from the rest.
    pub(super) fn name_and_detail(&self, before: &[Piece], after: &[Piece], parsed: &mut Parsed) {
        let mut names: Vec<(i32, bool, usize, String)> = Vec::new();
        for (place, piece) in before.iter().enumerate() {
            if let Some((score, name)) = self.name_of(piece, true) {
                names.push((score, true, place, name));
            }
        }
        let whole = self.chain.is_none();
        for (place, piece) in after.iter().enumerate() {
            let first =
                place == 0 && !whole && !self.reversed && piece.goes_on && piece.label != Some(Label::Name);
            // 羊角塘镇 刘三嫂13547433769 has no detail.
            let glued =
                piece.from <= self.chain.as_ref().map_or(0, |(_, it)| it.end) || !self.touches_phone(piece);
            if first
                && !piece.bracketed
                && (glued || is_of_detail(&piece.text) || recipient::likeness(&piece.text) < 60)
            {
                continue;
            }
            if let Some((score, name)) = self.name_of(piece, false) {
                names.push((score, false, place, name));
            }
        }
        // Of two that are alike the one that comes first.
        let named = |piece: &Piece| piece.label == Some(Label::Name) && recipient::is_no_name(&piece.text);
        let least = if before.iter().chain(after).any(named) { 100 } else { 30 };
        let best = names.iter().map(|it| it.0).max().filter(|score| *score >= least);
        let chosen = names.iter().find(|it| Some(it.0) == best);
        let taken = chosen.filter(|it| !it.1).map(|it| it.2);
        let mut detail = self.detail(after, taken);
        parsed.name = chosen.map(|it| it.3.clone());
        if chosen.is_none_or(|it| it.0 < 45)
            && let Some((name, rest)) = self.split_off(after, &detail)
        {
            parsed.name = Some(name);
            detail = rest;
        }
        if parsed.name.is_none() {
            let invalid = before.iter().chain(after).any(|piece| recipient::is_no_name(&piece.text))
                || self.ends_in_nothing();
            parsed.defects.push(if invalid { Defect::NameInvalid } else { Defect::NameMissing });
        }
        if detail.is_empty() {
            parsed.defects.push(Defect::MissingDetail);
        } else {
            if is_vague(&detail) {
                parsed.defects.push(Defect::VagueDetail);
            }
            parsed.detail = Some(detail);
        }
    }

    /// Whether a phone number follows without a gap.
    fn touches_phone(&self, piece: &Piece) -> bool {
        self.marks.get(piece.to) == Some(&Mark::Phone)
    }

    /// A piece as a name, with how sure that is.
    fn name_of(&self, piece: &Piece, before: bool) -> Option<(i32, String)> {
        let mut text = piece.text.as_str();
        let mut score = 0;
        if text.ends_with("代收") {
            return None;
        }
        for word in ["我叫", "叫我", "代收人", "收件人", "收货人"] {
            if let Some(at) = text.find(word) {
                let rest = text.get(at + word.len()..)?;
                let rest = rest.trim_start_matches(['写', '是', '叫', '为', '改']);
                let rest = rest.split(['就', '收', '的', '是']).find(|it| !it.is_empty()).unwrap_or_default();
                if (2..=6).contains(&rest.chars().count()) && recipient::likeness(rest) > 0 {
                    return Some((110, rest.to_owned()));
                }
            }
        }
        if let Some(rest) = text.strip_suffix("收").filter(|it| it.chars().count() >= 2) {
            text = rest;
            score += if piece.bracketed { 60 } else { 30 };
        }
        if before {
            text = without_introduction(text);
        }
        for word in ["还是", "找", "给"] {
            text = text
                .strip_prefix(word)
                .filter(|rest| rest.chars().count() > 1 && piece.by_phone)
                .unwrap_or(text);
        }
        if piece.label == Some(Label::Name) {
            score += 100;
        } else if is_remark(text) {
            return None;
        }
        let likeness = recipient::likeness(text);
        if likeness == 0 {
            return None;
        }
        score += likeness;
        if piece.by_phone {
            score += 30;
        } else if !before && piece.goes_on && !piece.apart && piece.label.is_none() && !piece.bracketed {
            // Between spaces in the midst of an address.
            score -= 20;
        }
        if piece.bracketed && score < 100 && !text.is_empty() && piece.text == text {
            score -= 25;
        }
        if piece.to == self.text.len() || piece.from == 0 {
            score += 4;
        }
        if !before && !piece.goes_on {
            score += 6;
        }
        Some((score, text.chars().map(livehand_kernel::simplified).collect()))
    }

    /// A name that was written right behind the detail.
    fn split_off(&self, after: &[Piece], detail: &str) -> Option<(String, String)> {
        let last = after
            .iter()
            .filter(|piece| piece.by_phone || piece.to == self.text.len())
            .find(|piece| detail.ends_with(&piece.text))?;
        let chars: Vec<char> = last.text.chars().collect();
        let from = recipient::at_the_end(&chars)?;
        let name: String = chars.get(from..)?.iter().collect();
        let rest = detail.strip_suffix(&name)?.to_owned();
        Some((name, rest))
    }

    /// Whether a field of the line holds nothing but a mark, as in "…；13134983343；。".
    fn ends_in_nothing(&self) -> bool {
        let tail: String = self.text.chars.iter().rev().take(3).collect();
        tail.starts_with('。')
            && tail
                .chars()
                .nth(1)
                .is_some_and(|c| matches!(c, ';' | '\t' | '\n' | ',' | '|' | ' ' | '/' | '、'))
            || self.text.string.contains(" 。 ")
    }
}

/// Names of two words: Jessica Wong, Mr. Lau, 端木 晓峰 behind a label.
pub(super) fn join_names(pieces: &mut Vec<Piece>) {
    let latin = |piece: &Piece| {
        piece.text.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
            && piece.text.chars().any(|c| c.is_ascii_lowercase())
    };
    let short = |piece: &Piece| {
        piece.text.chars().count() <= 3 && piece.text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    };
    let mut at = 0;
    while at + 1 < pieces.len() {
        let (Some(first), Some(second)) = (pieces.get(at), pieces.get(at + 1)) else { break };
        let near = second.goes_on
            && second.label.is_none()
            && first.bracketed == second.bracketed
            && second.from - first.to <= 2;
        // 啊不对 是28号.
        let corrected = near
            && (first.text.ends_with("不对") || first.text.ends_with("错了"))
            && second.text.starts_with('是');
        let words = near && latin(first) && latin(second);
        let labelled =
            near && !second.apart && first.label == Some(Label::Name) && short(first) && short(second);
        if words || labelled || corrected {
            let second = pieces.remove(at + 1);
            if let Some(first) = pieces.get_mut(at) {
                if words {
                    first.text.push(' ');
                }
                first.text.push_str(&second.text);
                first.to = second.to;
                first.by_phone |= second.by_phone;
            }
        } else {
            at += 1;
        }
    }
}
