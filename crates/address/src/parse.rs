//! From a line to its parts.

use std::sync::LazyLock;

use crate::chain::{Chain, Finder, Resolution, best_chains, repaired_to_the_left, resolve};
use crate::defect::{Defect, Verdict};
use crate::detail::is_vague;
use crate::divisions::Divisions;
use crate::gazetteer::Gazetteer;
use crate::labels::{self, Label, Mark};
use crate::parsed::{Change, Parsed, Part};
use crate::phone::{self, Found, PhoneKind, Trouble};
use crate::pieces::{Piece, pieces};
use crate::recipient;
use crate::remarks::{is_remark, is_remark_behind, says_new, says_old, without_introduction};
use crate::text::Text;

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(Divisions::built_in()));

/// Reads a shipping line or a chat message.
#[must_use]
pub fn parse(line: &str) -> Parsed {
    Line::read(&GAZETTEER, line).parsed()
}

/// A line with what was found in it.
struct Line<'a> {
    gazetteer: &'a Gazetteer,
    text: Text,
    marks: Vec<Mark>,
    phones: Vec<Found>,
    chain: Option<(Chain, Resolution)>,
    other: Option<(Chain, Resolution)>,
    /// The detail stands before the divisions: the smallest comes first.
    reversed: bool,
}

impl<'a> Line<'a> {
    fn read(gazetteer: &'a Gazetteer, line: &str) -> Line<'a> {
        let text = Text::read(line, |c| gazetteer.keeps(c));
        let phones = phone::scan(&text);
        let mut marks = vec![Mark::Free; text.len()];
        for phone in &phones {
            for mark in marks.get_mut(phone.from..phone.to).into_iter().flatten() {
                *mark = Mark::Phone;
            }
        }
        labels::mark(&text, &mut marks);
        let mut line = Line { gazetteer, text, marks, phones, chain: None, other: None, reversed: false };
        line.find_chain();
        line
    }

    fn find_chain(&mut self) {
        let walls: Vec<bool> = self.marks.iter().map(|mark| !matches!(mark, Mark::Free | Mark::Label(Label::Address))).collect();
        let mut text = std::mem::take(&mut self.text);
        for (c, mark) in text.chars.iter_mut().zip(&self.marks) {
            if *mark == Mark::Label(Label::Address) {
                *c = '\u{2}';
            }
        }
        let hits = self.gazetteer.hits(&text);
        let finder = Finder { gazetteer: self.gazetteer, text: &text, hits: &hits, walls: &walls };
        let starts = (0..text.len()).filter(|at| {
            self.marks.get(*at) == Some(&Mark::Free) && (hits.get(*at).is_some_and(|it| !it.is_empty()) || begins(&text, &self.marks, *at))
        });
        let mut found = best_chains(&finder, starts);
        for (chain, resolution) in &mut found {
            if let Some((more, better)) = repaired_to_the_left(&finder, chain, resolution) {
                (*chain, *resolution) = (more, better);
            }
            let before = text.slice(chain.from.saturating_sub(10), chain.from);
            if says_new(&before) {
                resolution.score += 30;
            } else if says_old(&before) {
                resolution.score -= 60;
            }
        }
        let best = found.iter().map(|it| it.1.score).max();
        let place = found.iter().position(|it| Some(it.1.score) == best);
        if let Some(place) = place {
            let (mut chain, mut resolution) = found.swap_remove(place);
            found.sort_by_key(|it| it.0.from);
            self.upper_elsewhere(&finder, &mut chain, &mut resolution, &mut found);
            self.other = self.second(&finder, &mut chain, &mut resolution, found);
            self.chain = Some((chain, resolution));
        }
        self.text = text;
    }

    /// City and province that stand apart from the county: behind it, where the smallest comes first, or before the road.
    fn upper_elsewhere(&mut self, finder: &Finder<'_>, chain: &mut Chain, it: &mut Resolution, rest: &mut Vec<(Chain, Resolution)>) {
        if chain.county.is_none() || chain.province.is_some() && chain.city.is_some() {
            return;
        }
        if chain.province.as_ref().is_some_and(|pick| pick.units.iter().any(|unit| finder.gazetteer.is_municipality(*unit))) {
            return;
        }
        let fits = |other: &(Chain, Resolution)| {
            let stands_alone = other.0.from < chain.from && pieces(finder.text, &self.marks, other.0.to, chain.from).iter().any(|piece| is_of_detail(&piece.text))
                || other.0.from >= chain.to && !finder.text.at(other.0.to).is_some_and(char::is_alphabetic);
            stands_alone && other.0.county.is_none() && other.1.province.is_some() && it.candidates.iter().any(|unit| {
                let place = finder.gazetteer.place(*unit);
                Some(place.province) == other.1.province && other.1.city.is_none_or(|city| finder.gazetteer.city_of(*unit) == Some(city))
            })
        };
        let Some(place) = rest.iter().position(fits) else { return };
        let (other, _) = rest.remove(place);
        let behind = other.from >= chain.to;
        let mut more = chain.clone();
        more.city = more.city.or(other.city.clone());
        more.province = more.province.or(other.province.clone());
        if behind && chain.province.is_none() {
            // 江苏 behind 苏州市.
            if let Some(place) = rest.iter().position(|next| next.0.from >= other.to && next.0.city.is_none() && next.0.county.is_none()) {
                let (last, _) = rest.remove(place);
                more.province = more.province.or(last.province.clone());
                self.put_out(last.from, last.to);
            }
        }
        *it = resolve(finder, &more);
        if behind {
            self.put_out(other.from, other.to);
            self.reversed = !self.marks.get(..chain.from).is_some_and(|marks| marks.is_empty()) && pieces(finder.text, &self.marks, 0, chain.from).iter().any(|piece| is_of_detail(&piece.text));
            if let Some((from, town)) = self.reversed.then(|| town_before(finder, chain.from, it.county)).flatten() {
                it.town = it.town.or(Some(town));
                more.from = from;
            }
            *chain = more;
        } else {
            // The road stands between city and county.
            self.put_out(chain.from, chain.to.max(it.end));
            it.end = other.to;
            more.from = other.from;
            more.to = other.to;
            *chain = more;
        }
    }

    fn put_out(&mut self, from: usize, to: usize) {
        for mark in self.marks.get_mut(from..to).into_iter().flatten() {
            if *mark == Mark::Free {
                *mark = Mark::Out;
            }
        }
    }

    /// Another address after the one that was found, unless it is the same once more.
    fn second(&self, finder: &Finder<'_>, chain: &mut Chain, it: &mut Resolution, rest: Vec<(Chain, Resolution)>) -> Option<(Chain, Resolution)> {
        for (other, meaning) in rest {
            let before = finder.text.slice(other.from.saturating_sub(10), other.from);
            let adjacent = finder.skip(it.end) >= other.from;
            let ahead = other.to <= chain.from;
            if ahead {
                let other_place = meaning.county.is_some() && it.county.is_some() && meaning.county != it.county;
                let near = finder.skip(other.to) >= chain.from;
                if near && other_place && other.full_levels() > 1 && !says_old(&before) {
                    return Some((other, meaning));
                }
                continue;
            }
            let whole = other.full_levels() > 1 || adjacent && other.full_levels() == 1 && meaning.town.is_some();
            if other.from < it.end || !whole || says_old(&before) {
                continue;
            }
            let same = meaning.county == it.county && meaning.city == it.city && it.province == meaning.province;
            let within = meaning.county.is_none() && meaning.city == it.city;
            if same || within {
                if adjacent {
                    it.end = meaning.end;
                    it.town = it.town.or(meaning.town);
                    chain.to = other.to;
                }
                continue;
            }
            if meaning.province.is_some() {
                return Some((other, meaning));
            }
        }
        None
    }

    fn parsed(&self) -> Parsed {
        let mut parsed = Parsed::default();
        self.divisions(&mut parsed);
        let (from, to) = self.chain.as_ref().map_or((0, 0), |(chain, it)| (chain.from, it.end));
        let mut before = pieces(&self.text, &self.marks, 0, from);
        let mut after = pieces(&self.text, &self.marks, to, self.text.len());
        if self.chain.is_none() {
            after = pieces(&self.text, &self.marks, 0, self.text.len());
        }
        join_names(&mut before);
        join_names(&mut after);
        if self.reversed {
            std::mem::swap(&mut before, &mut after);
        }
        self.name_and_detail(&before, &after, &mut parsed);
        self.phone(&mut parsed);
        if let Some((_, it)) = &self.chain {
            parsed.defects.extend(it.defects.iter().copied());
        } else {
            parsed.defects.push(if parsed.detail.is_some() { Defect::MissingCounty } else { Defect::NoAddress });
        }
        if self.other.is_some() {
            let several = self.phones.iter().filter(|it| it.usable()).count() > 1 && self.several_recipients();
            parsed.defects.push(if several { Defect::MultipleRecipients } else { Defect::ContradictionTwoAddresses });
        }
        parsed.defects.sort_unstable();
        parsed.defects.dedup();
        parsed.verdict = parsed.defects.iter().map(|it| it.verdict()).max().unwrap_or(Verdict::Ok);
        self.changes(&mut parsed);
        parsed
    }

    /// Whether the parcel goes to where nothing is sent from here.
    fn is_beyond(&self) -> bool {
        ["台湾", "台北市", "新北市", "高雄市", "台中市", "台南市", "桃园市"].iter().any(|name| {
            self.text.string.find(name).is_some_and(|at| !self.text.string.get(at + name.len()..).is_some_and(|rest| rest.starts_with(['路', '街', '小', '城', '美'])))
        }) && !self.chain.as_ref().is_some_and(|(chain, _)| chain.full_levels() > 1)
    }

    /// Whether each of two addresses has a number of its own.
    fn several_recipients(&self) -> bool {
        let Some((other, _)) = &self.other else { return false };
        let usable = || self.phones.iter().filter(|it| it.usable());
        usable().any(|it| it.from < other.from) && usable().any(|it| it.from > other.to)
    }

    fn divisions(&self, parsed: &mut Parsed) {
        let Some((chain, it)) = &self.chain else { return };
        let g = self.gazetteer;
        if self.is_beyond() {
            parsed.defects.push(Defect::OutOfScopeRegion);
            return;
        }
        let name = |unit: Option<u32>| unit.map(|unit| g.place(unit).name.iter().collect::<String>());
        parsed.candidates = it.candidates.iter().map(|unit| g.place(*unit).code.0).collect();
        if let Some((_, other)) = &self.other {
            parsed.candidates = it.county.iter().chain(&other.county).map(|unit| g.place(*unit).code.0).collect();
            return;
        }
        parsed.province = name(it.province);
        parsed.city = name(it.city);
        parsed.county = name(it.county);
        parsed.town = it.town.map(|town| g.town(town).name.iter().collect());
        parsed.devzone = chain.zone.filter(|_| it.county.is_none()).map(|(from, to)| self.text.slice(from, to));
        parsed.code = it.county.or(it.city).map(|unit| g.place(unit).code.0);
        if it.county.is_some() {
            parsed.candidates.clear();
        }
    }

    /// What differs between what was written and what was read of it.
    fn changes(&self, parsed: &mut Parsed) {
        if let Some((first, number)) = self.phones.iter().find(|it| it.usable()).zip(parsed.phone.clone()) {
            if first.trouble.is_some() {
                let written = Some(self.text.slice(first.from, first.to));
                parsed.changes.push(Change { part: Part::Phone, written, read: number });
            }
        }
        let Some((chain, it)) = self.chain.as_ref().filter(|_| self.other.is_none()) else { return };
        let levels = [
            (Part::Province, &chain.province, &parsed.province, it.defects.contains(&Defect::MissingProvince)),
            (Part::City, &chain.city, &parsed.city, it.defects.contains(&Defect::MissingCity)),
            (Part::County, &chain.county, &parsed.county, it.defects.contains(&Defect::MissingCountyInferable)),
        ];
        let mut changes = Vec::new();
        for (part, pick, read, missing) in levels {
            let written = pick.as_ref().map(|pick| self.text.slice(pick.from, pick.to));
            // A short name of a province is as good as the whole.
            let same = written.as_ref() == read.as_ref() || part == Part::Province && pick.as_ref().is_some_and(|pick| pick.short && pick.mistake.is_none());
            if let Some(read) = read.as_ref().filter(|_| written.is_some() && !same || missing) {
                changes.push(Change { part, written: written.filter(|_| !missing), read: read.clone() });
            }
        }
        if let Some(town) = parsed.town.as_ref().filter(|_| it.defects.contains(&Defect::TypoTown)) {
            let from = self.text.len().min(chain.to);
            changes.push(Change { part: Part::Town, written: Some(self.text.slice(from, it.end)), read: town.clone() });
        }
        parsed.changes.extend(changes);
    }

    fn phone(&self, parsed: &mut Parsed) {
        let overseas = parsed.province.as_deref().is_some_and(|it| it.ends_with("特别行政区"));
        let mut usable = self.phones.iter().filter(|it| it.usable());
        match usable.next() {
            Some(first) => {
                parsed.phone = Some(first.number.clone());
                parsed.phone_kind = Some(first.kind);
                parsed.phone_ext.clone_from(&first.extension);
                parsed.phone_alt = usable.map(|it| it.number.clone()).find(|it| *it != first.number);
                match first.trouble {
                    Some(Trouble::NoArea) if overseas => {
                        parsed.phone_kind = Some(PhoneKind::Overseas);
                        parsed.defects.push(Defect::PhoneMissingPrefix);
                    }
                    Some(Trouble::NoArea) => {
                        // Without the city nobody knows where it rings.
                        match self.chain.as_ref().and_then(|(_, it)| it.city.or(it.county)).and_then(|unit| phone::area_code(self.gazetteer.place(unit).code)) {
                            Some(area) => {
                                parsed.phone = Some(format!("{area}-{}", first.number));
                                parsed.defects.push(Defect::LandlineNoArea);
                            }
                            None => parsed.defects.push(Defect::PhoneShort),
                        }
                    }
                    Some(trouble) => parsed.defects.push(defect_of(trouble)),
                    None => {}
                }
                if parsed.phone_ext.is_none() && first.kind == PhoneKind::Mobile {
                    parsed.phone_ext = labels::tag(&self.text);
                    if parsed.phone_ext.is_some() {
                        parsed.phone_kind = Some(PhoneKind::Virtual);
                    }
                }
            }
            None => {
                let trouble = self.phones.iter().filter(|it| !it.dropped).find_map(|it| it.trouble);
                parsed.defects.push(trouble.map_or(Defect::PhoneMissing, defect_of));
            }
        }
    }

    fn name_and_detail(&self, before: &[Piece], after: &[Piece], parsed: &mut Parsed) {
        let mut names: Vec<(i32, bool, usize, String)> = Vec::new();
        for (place, piece) in before.iter().enumerate() {
            if let Some((score, name)) = self.name_of(piece, true) {
                names.push((score, true, place, name));
            }
        }
        let whole = self.chain.is_none();
        for (place, piece) in after.iter().enumerate() {
            let first = place == 0 && !whole && !self.reversed && piece.goes_on && piece.label != Some(Label::Name);
            // 羊角塘镇 刘三嫂13547433769 has no detail.
            let glued = piece.from <= self.chain.as_ref().map_or(0, |(_, it)| it.end) || !self.touches_phone(piece);
            if first && !piece.bracketed && (glued || is_of_detail(&piece.text) || recipient::likeness(&piece.text) < 60) {
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
        if chosen.is_none_or(|it| it.0 < 45) {
            if let Some((name, rest)) = self.split_off(after, &detail) {
                parsed.name = Some(name);
                detail = rest;
            }
        }
        if parsed.name.is_none() {
            let invalid = before.iter().chain(after).any(|piece| recipient::is_no_name(&piece.text)) || self.ends_in_nothing();
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
            text = text.strip_prefix(word).filter(|rest| rest.chars().count() > 1 && piece.by_phone).unwrap_or(text);
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

    /// What stands below the town, without the name and remarks.
    fn detail(&self, after: &[Piece], taken: Option<usize>) -> String {
        let mut detail = String::new();
        let whole = self.chain.is_none() || self.reversed;
        let mut open = false;
        let mut remark = false;
        let mut end = 0;
        for (place, piece) in after.iter().enumerate() {
            if !piece.goes_on && (!detail.is_empty() || piece.label != Some(Label::Address)) {
                if detail.is_empty() && !whole && is_of_detail(&piece.text) && Some(place) != taken {
                    // A phone number between the divisions and the rest.
                } else if whole && detail.is_empty() {
                } else {
                    break;
                }
            }
            if Some(place) == taken || piece.label == Some(Label::Name) {
                continue;
            }
            if piece.bracketed && piece.text.ends_with('收') {
                continue;
            }
            let first = detail.is_empty() && !whole;
            if !first && correct(&mut detail, &piece.text) {
                end = piece.to;
                continue;
            }
            // 3号链接-黑色-165/88A: the other half of a remark.
            let half = remark && self.text.at(piece.from.wrapping_sub(1)) == Some('/');
            remark = half || !first && is_remark_behind(&piece.text);
            if half || piece.bracketed && piece.text.ends_with("代收") {
                continue;
            }
            if !first && (is_remark_behind(&piece.text) || piece.text.chars().all(|c| !c.is_alphanumeric()) || self.repeats_division(&piece.text)) {
                continue;
            }
            if piece.bracketed && says_old(&piece.text) {
                continue;
            }
            let glued = self.chain.as_ref().is_some_and(|(_, it)| it.end == piece.from);
            if first && !glued && is_remark(&piece.text) && !is_of_detail(&piece.text) {
                continue;
            }
            if whole && !is_of_detail(&piece.text) {
                continue;
            }
            if open && !piece.bracketed {
                detail.push('）');
                open = false;
            }
            if piece.bracketed && !open && !detail.is_empty() {
                detail.push('（');
                open = true;
            } else if !detail.is_empty() && end > 0 && self.text.at(end) == Some('/') && end + 1 == piece.from {
                detail.push('/');
            }
            detail.push_str(&piece.text);
            end = piece.to;
        }
        if open {
            detail.push('）');
        }
        detail.chars().map(livehand_kernel::simplified).collect()
    }

    /// Whether a piece says nothing but a division that was written before.
    fn repeats_division(&self, piece: &str) -> bool {
        let Some((_, it)) = &self.chain else { return false };
        [it.province, it.city, it.county].into_iter().flatten().any(|unit| {
            let place = self.gazetteer.place(unit);
            piece.chars().eq(place.name.iter().copied()) || piece.chars().eq(place.short.iter().copied())
        })
    }

    /// A name that was written right behind the detail.
    fn split_off(&self, after: &[Piece], detail: &str) -> Option<(String, String)> {
        let last = after.iter().filter(|piece| piece.by_phone || piece.to == self.text.len()).find(|piece| detail.ends_with(&piece.text))?;
        let chars: Vec<char> = last.text.chars().collect();
        let from = recipient::at_the_end(&chars)?;
        let name: String = chars.get(from..)?.iter().collect();
        let rest = detail.strip_suffix(&name)?.to_owned();
        Some((name, rest))
    }

    /// Whether a field of the line holds nothing but a mark, as in "…；13134983343；。".
    fn ends_in_nothing(&self) -> bool {
        let tail: String = self.text.chars.iter().rev().take(3).collect();
        tail.starts_with('。') && tail.chars().nth(1).is_some_and(|c| matches!(c, ';' | '\t' | '\n' | ',' | '|' | ' ' | '/' | '、'))
            || self.text.string.contains(" 。 ")
    }
}

/// A town of the county right before a place.
fn town_before(finder: &Finder<'_>, at: usize, county: Option<u32>) -> Option<(usize, u32)> {
    let county = finder.gazetteer.place(county?);
    let end = (0..at).rev().find(|it| finder.text.at(*it).is_some_and(char::is_alphanumeric))? + 1;
    county.towns.iter().find_map(|town| {
        let name = &finder.gazetteer.town(*town).name;
        let from = end.checked_sub(name.len())?;
        (finder.text.chars.get(from..end)? == name.as_slice()).then_some((from, *town))
    })
}

fn is_of_detail(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) || ["路", "街", "村", "号", "栋", "楼", "小区", "花园", "店", "厂", "公司", "院", "校", "驿站", "苑", "府", "城", "里", "庄", "组", "队", "门", "园", "广场", "大厦", "中心", "宿舍"].iter().any(|word| text.contains(word))
}

/// Names of two words: Jessica Wong, Mr. Lau, 端木 晓峰 behind a label.
fn join_names(pieces: &mut Vec<Piece>) {
    let latin = |piece: &Piece| piece.text.chars().all(|c| c.is_ascii_alphabetic() || c == '.') && piece.text.chars().any(|c| c.is_ascii_lowercase());
    let short = |piece: &Piece| piece.text.chars().count() <= 3 && piece.text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut at = 0;
    while at + 1 < pieces.len() {
        let (Some(first), Some(second)) = (pieces.get(at), pieces.get(at + 1)) else { break };
        let near = second.goes_on && second.label.is_none() && first.bracketed == second.bracketed && second.from - first.to <= 2;
        // 啊不对 是28号.
        let corrected = near && (first.text.ends_with("不对") || first.text.ends_with("错了")) && second.text.starts_with('是');
        let words = near && latin(first) && latin(second);
        let labelled = near && !second.apart && first.label == Some(Label::Name) && short(first) && short(second);
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

/// 3栋，哦不对是5栋602: what was corrected goes.
fn correct(detail: &mut String, piece: &str) -> bool {
    let Some(said) = ["不对是", "不对，是", "错了是", "应该是"].iter().find_map(|word| piece.split_once(word).map(|it| it.1)) else { return false };
    let unit = said.chars().find(|c| !c.is_ascii_alphanumeric());
    let number = said.chars().take_while(char::is_ascii_alphanumeric).count();
    let Some(unit) = unit.filter(|_| number > 0) else { return false };
    if let Some(at) = detail.rfind(unit) {
        let head = detail.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len();
        detail.truncate(head);
    }
    detail.push_str(said);
    true
}

/// Whether an address can begin at a place that no name of a division begins at: where a field begins.
fn begins(text: &Text, marks: &[Mark], at: usize) -> bool {
    let Some(c) = text.at(at) else { return false };
    if !('\u{4e00}'..='\u{9fff}').contains(&c) {
        return false;
    }
    let Some(before) = at.checked_sub(1) else { return true };
    marks.get(before) != Some(&Mark::Free) || text.at(before).is_some_and(|c| !c.is_alphanumeric())
}

fn defect_of(trouble: Trouble) -> Defect {
    match trouble {
        Trouble::LeadingZero => Defect::PhoneLeadingZero,
        Trouble::Confusable => Defect::PhoneConfusable,
        Trouble::ChineseDigits => Defect::PhoneChineseDigits,
        Trouble::NoArea => Defect::LandlineNoArea,
        Trouble::Short => Defect::PhoneShort,
        Trouble::Long => Defect::PhoneLong,
        Trouble::BadSegment => Defect::PhoneBadSegment,
        Trouble::Masked => Defect::PhoneMasked,
        Trouble::Service => Defect::PhoneServiceNumber,
    }
}
