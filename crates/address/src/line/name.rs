//! Who receives the parcel.

use crate::asked::{asks, corrects};
use crate::dictionary::of_words;
use std::sync::LazyLock;

use super::Line;
use super::detail::{is_of_detail, is_of_house, is_said};
use crate::defect::Defect;
use crate::dictionary::Dictionary;
use crate::labels::{Label, Mark};
use crate::parsed::Parsed;
use crate::pieces::Piece;
use crate::recipient;
use crate::remarks::{is_remark, without_introduction};
use crate::spoken;
use crate::vague::is_vague;

impl Line<'_> {
    /// Chooses the name, and puts the detail together from the rest.
    pub(super) fn name_and_detail(&self, before: &[Piece], after: &[Piece], parsed: &mut Parsed) {
        let names = self.candidates(before, after);
        // Of two that are alike the one that comes first.
        let named = |piece: &Piece| piece.label == Some(Label::Name) && recipient::is_no_name(&piece.text);
        let least = if before.iter().chain(after).any(named) { 100 } else { 30 };
        let best = names.iter().map(|it| it.0).max().filter(|score| *score >= least);
        let chosen = names.iter().find(|it| Some(it.0) == best);
        let taken = chosen.filter(|it| !it.1).map(|it| it.2);
        let (mut detail, used) = self.detail(after, taken);
        let unread =
            after.iter().enumerate().filter(|(place, _)| Some(*place) != taken && !used.contains(place));
        if unread.map(|(_, piece)| piece).any(|piece| self.asks_more(piece)) {
            parsed.defects.push(Defect::NotUnderstood);
        }
        parsed.name = chosen.map(|it| it.3.clone());
        if chosen.is_none_or(|it| it.0 < 45)
            && let Some((name, rest)) = self.split_off(after, &detail)
        {
            parsed.name = Some(name);
            detail = rest;
        }
        if parsed.name.is_none() && least < 100 {
            parsed.name = lone(before);
        }
        if parsed.name.as_deref().is_some_and(recipient::are_two) {
            parsed.defects.push(Defect::MultipleRecipients);
        }
        if parsed.name.is_none() {
            let invalid = before.iter().chain(after).any(|piece| recipient::is_no_name(&piece.text))
                || self.ends_in_nothing();
            parsed.defects.push(if invalid { Defect::NameInvalid } else { Defect::NameMissing });
        }
        if detail.is_empty() || recipient::is_kin(&detail) {
            parsed.defects.push(Defect::MissingDetail);
        } else {
            if is_vague(&detail) {
                parsed.defects.push(Defect::VagueDetail);
            }
            parsed.detail = Some(detail);
        }
    }

    /// What can be the name: how sure it is, whether it stands before the divisions, which piece it is.
    fn candidates(&self, before: &[Piece], after: &[Piece]) -> Vec<(i32, bool, usize, String)> {
        let mut names: Vec<(i32, bool, usize, String)> = Vec::new();
        for (place, piece) in before.iter().enumerate() {
            if let Some((score, name)) = self.name_of(piece, true) {
                let announced = announced(before, place);
                names.push((score + announced, true, place, name));
            }
        }
        let whole = self.chain.is_none();
        for (place, piece) in after.iter().enumerate() {
            let first =
                place == 0 && !whole && !self.reversed && piece.goes_on && piece.label != Some(Label::Name);
            // 羊角塘镇 刘三嫂13547433769 has no detail.
            let late = || after.iter().skip(1).any(|later| !later.goes_on && is_of_detail(&later.text));
            let glued = piece.from <= self.chain.as_ref().map_or(0, |(_, it)| it.end)
                || !(self.touches_phone(piece) || piece.by_phone && late());
            if first
                && !piece.bracketed
                && (glued || is_of_detail(&piece.text) || recipient::likeness(&piece.text) < 60)
            {
                continue;
            }
            // 和谐湾 27号9楼: the address goes on behind it.
            let amid = !piece.by_phone
                && piece.label.is_none()
                && after.get(place + 1).is_some_and(|next| {
                    let of_it = is_of_house(&next.text)
                        || is_of_detail(&next.text) && recipient::likeness(&piece.text) < 68;
                    next.goes_on && !next.apart && of_it && !is_said(next)
                });
            if let Some((score, name)) = self.name_of(piece, false).filter(|it| !amid || it.0 >= 100) {
                names.push((score + announced(after, place), false, place, name));
            }
        }
        names
    }

    /// Whether a piece behind the address, of which nothing was taken, says more than how to deliver.
    fn asks_more(&self, piece: &Piece) -> bool {
        let corrected = self.phones.iter().any(|phone| phone.dropped);
        let reversed = self.reversed || self.chain.is_none();
        !reversed && (asks(&piece.text) || !corrected && corrects(&piece.text))
    }

    /// Whether nothing but marks follow.
    fn is_last(&self, piece: &Piece) -> bool {
        (piece.to..self.text.len()).all(|at| self.text.at(at).is_some_and(|c| !of_words(c)))
    }

    /// Whether a phone number follows without a gap.
    fn touches_phone(&self, piece: &Piece) -> bool {
        self.marks.get(piece.to) == Some(&Mark::Phone)
    }

    /// A piece as a name, with how sure that is.
    fn name_of(&self, piece: &Piece, before: bool) -> Option<(i32, String)> {
        let mut text = piece.text.as_str();
        let mut score = 0;
        if let Some(stem) = text.strip_suffix("代收") {
            // 黄阿嫲代收 is somebody, 前台代收 is not.
            let named =
                recipient::likeness(stem) >= 68 && stem.chars().next().is_some_and(recipient::is_surname);
            return named.then(|| (if piece.by_phone { 90 } else { 50 }, stem.to_owned()));
        }
        if let Some(name) = introduced(text) {
            return Some((110, name.to_owned()));
        }
        if let Some(name) = surname_only(text) {
            return Some((70, name.to_owned()));
        }
        text = without_parcel(text);
        if let Some(rest) = text.strip_suffix("收").filter(|it| it.chars().count() >= 2) {
            text = rest;
            score += if piece.bracketed { 60 } else { 30 };
        }
        if before {
            text = without_introduction(text);
        }
        // 姓名写我公公曾传富, 收货的是我舅妈陇正芬, 人不变还是雷菊香
        let told = ["写", "的是", "还是", "改成", "换成", "给"].iter().find_map(|word| {
            let rest = text.rsplit_once(word).map(|(_, rest)| rest)?;
            recipient::behind_kin(rest).or_else(|| recipient::is_full(rest).then_some(rest))
        });
        if let Some(name) = told.or_else(|| recipient::behind_kin(text)) {
            return Some((110, name.chars().map(livehand_kernel::simplified).collect()));
        }
        for word in ["就行", "就好", "即可", "就可以"] {
            text = text.strip_suffix(word).unwrap_or(text);
        }
        // 姓何叫何碧云, 她叫岑月婵, 名字是李运娣
        for word in ["叫", "名字是", "名字", "姓名"] {
            let rest = text.find(word).and_then(|at| text.get(at + word.len()..));
            let rest = rest.map(|rest| rest.trim_start_matches(['是', '叫', '写']));
            text = rest.filter(|rest| (2..=4).contains(&rest.chars().count())).unwrap_or(text);
        }
        // 龙阿朵转苗苗
        if let Some((_, last)) =
            text.rsplit_once('转').filter(|(_, last)| (2..=4).contains(&last.chars().count()))
        {
            text = last;
        }
        for word in ["还是", "找", "给", "住客", "夜班"] {
            text = text
                .strip_prefix(word)
                .filter(|rest| rest.chars().count() > 1 && piece.by_phone)
                .unwrap_or(text);
        }
        // 王太太记得用纸箱
        if piece.by_phone && spoken::is_sentence(text) {
            text = spoken::before(text).filter(|head| recipient::is_full(head)).unwrap_or(text);
        }
        let labelled = piece.label == Some(Label::Name);
        if labelled && spoken::weight(text) > 3 && !text.contains('·') {
            return None;
        }
        if labelled && is_remark(text) && (text.chars().count() > 5 || spoken::is_sentence(text)) {
            return None;
        }
        if labelled {
            score += 100;
        } else if self.is_a_field(piece) {
            score += 60;
        } else if is_remark(text) || spoken::is_sentence(text) {
            return None;
        }
        let likeness = recipient::likeness(text);
        // 收货人 岚
        let single = labelled
            && text.chars().count() == 1
            && !recipient::is_no_name(text)
            && !is_remark(text)
            && text.chars().all(of_words);
        if likeness == 0 && !single {
            return None;
        }
        score += likeness;
        if text.contains("**") {
            score -= 60;
        }
        // 莎莎的莎 says how it is written.
        if score < 100 && text.rsplit_once('的').is_some_and(|(_, last)| last.chars().count() == 1) {
            score -= 30;
        }
        if piece.by_phone {
            score += 30;
        } else if !before
            && piece.goes_on
            && !piece.apart
            && piece.label.is_none()
            && !piece.bracketed
            && !self.is_last(piece)
        {
            // Between spaces in the midst of an address.
            score -= 20;
        }
        if piece.bracketed && score < 100 && !text.is_empty() && piece.text == text {
            score -= 35;
        }
        if text.starts_with('我') {
            score -= 40;
        }
        // Behind an address a shop is rather a part of it, unless it comes last of all.
        if !before
            && recipient::is_a_shop(text)
            && score < 100
            && piece.goes_on
            && !piece.bracketed
            && piece.text == text
        {
            score -= 50;
        }
        if text.chars().skip(1).any(|c| c == '姓') && !text.contains("百姓") || text.contains("老家") {
            score -= 40;
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
        let tail = detail.char_indices().nth_back(2).and_then(|(at, _)| detail.get(at..)).unwrap_or(detail);
        // Only of a piece that is the last of its detail, before a number or nothing.
        after
            .iter()
            .filter(|piece| piece.by_phone || piece.to == self.text.len() || piece.text.ends_with('收'))
            .find(|piece| piece.text.ends_with(tail))?;
        // 13号李万福收
        let received = detail.strip_suffix('收').unwrap_or(detail);
        let chars: Vec<char> = received.chars().collect();
        let from = recipient::at_the_end(&chars)?;
        let name: String = chars.get(from..)?.iter().collect();
        let rest = received.strip_suffix(&name)?.to_owned();
        // 楼阿姨 alone is no house.
        (rest.chars().count() > 1).then_some((name, rest))
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

/// The one piece before the address of which nothing else is known: whose else should it be.
fn lone(before: &[Piece]) -> Option<String> {
    let mut all = before.iter().filter(|piece| {
        let text = piece.text.as_str();
        !piece.bracketed
            && (2..=4).contains(&text.chars().count())
            && text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            && !is_remark(text)
            && !recipient::is_no_name(text)
            && !spoken::is_sentence(text)
    });
    let piece = all.next().filter(|piece| piece.from == 0 || piece.by_phone)?;
    all.next().is_none().then(|| piece.text.chars().map(livehand_kernel::simplified).collect())
}

/// Whether the pieces around one say that it is the name: 收件人写我妈 王桂枝, 咸阳（人名）.
fn announced(pieces: &[Piece], place: usize) -> i32 {
    const WORDS: [&str; 4] = ["收件人", "收货人", "名字", "网名"];
    let says = |piece: &Piece| WORDS.iter().any(|word| piece.text.contains(word));
    let before = place.checked_sub(1).and_then(|it| pieces.get(it)).is_some_and(|piece| {
        says(piece) && introduced(&piece.text).is_none() && !piece.text.ends_with("就行")
    });
    let behind = pieces
        .get(place + 1)
        .is_some_and(|piece| piece.bracketed && (says(piece) || piece.text.contains("人名")));
    if before || behind { 60 } else { 0 }
}

/// 我叫岑月婵, 收件人写叶翠兰: the name that is said.
fn introduced(text: &str) -> Option<&str> {
    const WORDS: &[(&str, i32)] = &[
        ("我叫", 1),
        ("俺叫", 1),
        ("他叫", 44),
        ("她叫", 44),
        ("还是我", 60),
        ("叫我", 1),
        ("喊我", 1),
        ("代收人", 1),
        ("收件人", 1),
        ("收货人", 1),
        ("名字写", 1),
        ("姓名写", 1),
        ("名字叫", 1),
        ("联系人", 44),
        ("反正写", 1),
        ("就写", 44),
        ("大名", 44),
        ("本名", 44),
        ("真名", 44),
        ("收件", 60),
        ("收货", 60),
    ];
    static ALL: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(WORDS.iter().map(|(word, _)| *word)));
    if !ALL.is_in(text) {
        return None;
    }
    for (word, least) in WORDS {
        let Some(rest) = text.find(word).and_then(|at| text.get(at + word.len()..)) else { continue };
        if matches!(*word, "收件" | "收货") && rest.starts_with('人') {
            continue;
        }
        let rest = ["改成", "换成"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        let rest = rest.strip_prefix("还是").unwrap_or(rest);
        let rest = rest.trim_start_matches(['写', '是', '叫', '为', '改']);
        let rest = rest.split(['就', '收', '的', '是']).find(|it| !it.is_empty()).unwrap_or_default();
        let rest = rest.split("地址").next().unwrap_or_default();
        let rest = recipient::of_compound(rest);
        let len_max = if rest.is_ascii() || rest.contains('·') { 20 } else { 6 };
        if (2..=len_max).contains(&rest.chars().count())
            && recipient::likeness(rest) >= *least
            && !rest.contains(['我', '这', '那'])
        {
            return Some(rest);
        }
    }
    None
}

/// Parts pieces in which the name is said behind a detail: A座158室收件人马尕娃.
pub(super) fn part_names(pieces: &mut Vec<Piece>) {
    const WORDS: [&str; 9] =
        ["收件人", "收货人", "联系人", "名字叫", "名字是", "姓名是", "我叫", "俺叫", "给"];
    let mut place = 0;
    while let Some(piece) = pieces.get(place) {
        let parted = WORDS.iter().find_map(|word| {
            let (head, name) = piece.text.rsplit_once(word)?;
            let sure = !head.is_empty()
                && (is_of_house(head) || is_of_detail(head) || recipient::is_a_shop(head))
                && (2..=12).contains(&name.chars().count())
                && (*word != "给" || piece.by_phone && recipient::likeness(name) >= 60);
            sure.then_some(head.len())
        });
        if let Some(at) = parted.filter(|_| piece.to - piece.from == piece.text.chars().count()) {
            let mut behind = piece.clone();
            let mut head = piece.clone();
            behind.text = piece.text.get(at..).unwrap_or_default().to_owned();
            head.text.truncate(at);
            head.to = head.from + head.text.chars().count();
            head.by_phone = false;
            (behind.from, behind.label, behind.goes_on, behind.apart) = (head.to, None, true, false);
            pieces.splice(place..=place, [head, behind]);
        }
        place += 1;
    }
}

/// 我姓欧阳: all that is known of the name.
fn surname_only(text: &str) -> Option<&str> {
    let rest = text.split_once('姓').filter(|(head, _)| ["我", "俺", "本人", "免贵"].contains(head))?.1;
    recipient::is_a_surname(rest).then_some(rest)
}

/// 汪家珍的件, 忻阿姨的地址是: whose parcel it is.
fn without_parcel(text: &str) -> &str {
    for (word, least) in [
        ("的快递", 44),
        ("的包裹", 44),
        ("的包裹寄", 44),
        ("的件", 44),
        ("的地址是", 44),
        ("的地址", 44),
        ("家", 66),
        ("的", 66),
    ] {
        let Some(stem) = text.strip_suffix(word).filter(|stem| !stem.ends_with('在')) else { continue };
        if recipient::likeness(stem) >= least && stem.chars().count() > 2 {
            return stem;
        }
    }
    text
}

/// Whether a piece is of characters with a space between each, of which none belongs to a house.
fn is_spelt(piece: &Piece) -> bool {
    let len = piece.text.chars().count();
    piece.to - piece.from == 2 * len - 1
        && piece.text.chars().all(|c| {
            ('\u{4e00}'..='\u{9fff}').contains(&c) && !"号栋楼室层座幢弄巷路街村组店旁内里口门".contains(c)
        })
}

/// Names of two words: Jessica Wong, Mr. Lau, 端木 晓峰 behind a label.
pub(super) fn join_names(pieces: &mut Vec<Piece>) {
    let latin = |piece: &Piece| {
        piece.text.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | ' '))
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
        // 肖腊梅 收
        let receives = near && second.text == "收" && (2..=6).contains(&first.text.chars().count());
        let words = near && latin(first) && latin(second);
        // 海 玉 兰
        let one_by_one =
            near && !second.apart && second.text.chars().count() == 1 && short(second) && is_spelt(first);
        // 姜 太公, before the number
        let surname = near
            && !second.apart
            && second.by_phone
            && short(second)
            && !second.text.chars().next().is_some_and(|c| recipient::is_a_surname(&c.to_string()))
            && first.text.chars().count() == 1
            && recipient::is_a_surname(&first.text);
        let labelled =
            near && !second.apart && first.label == Some(Label::Name) && short(first) && short(second);
        if words || labelled || corrected || receives || one_by_one || surname {
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
