//! A line as it is told: the parts, what was changed, what is the matter.

use super::Line;
use super::detail::{is_of_detail, is_said};
use crate::defect::{Defect, Verdict};
use crate::labels;
use crate::parsed::{Change, Parsed, Part};
use crate::phone::{self, PhoneKind, Trouble};
use crate::pieces::{Piece, pieces};
use crate::remarks::is_remark_behind;

impl Line<'_> {
    /// Everything that was read.
    pub(crate) fn parsed(mut self) -> Parsed {
        let mut parsed = Parsed::default();
        self.divisions(&mut parsed);
        let (from, to) = self.chain.as_ref().map_or((0, 0), |(chain, it)| (chain.from, it.end));
        let mut before = pieces(&self.text, &self.marks, 0, from);
        let mut after = pieces(&self.text, &self.marks, to, self.text.len());
        if self.chain.is_none() {
            after = pieces(&self.text, &self.marks, 0, self.text.len());
        }
        super::name::join_names(&mut before);
        super::name::join_names(&mut after);
        super::name::part_names(&mut after);
        self.turn(&mut before, &after, &mut parsed);
        if self.reversed {
            before.append(&mut after);
            std::mem::swap(&mut before, &mut after);
        }
        self.name_and_detail(&before, &after, &mut parsed);
        self.phone(&mut parsed);
        if let Some((_, it)) = &self.chain {
            parsed.defects.extend(it.defects.iter().copied());
        } else {
            parsed.defects.push(if parsed.detail.is_some() {
                Defect::MissingCounty
            } else {
                Defect::NoAddress
            });
        }
        if self.other.is_none() && self.two_names(&before, &after) {
            parsed.defects.push(Defect::MultipleRecipients);
        }
        if self.other.is_some() {
            let several = self.several_recipients();
            if several {
                // Whose they are is for a person to say.
                (parsed.name, parsed.phone, parsed.detail) = (None, None, None);
            }
            parsed.defects.push(if several {
                Defect::MultipleRecipients
            } else {
                Defect::ContradictionTwoAddresses
            });
        }
        super::reason::put_plainly(&self.text.string, self.chain.as_ref(), &mut parsed);
        parsed.defects.sort_unstable();
        parsed.defects.dedup();
        parsed.verdict = parsed.defects.iter().map(|it| it.verdict()).max().unwrap_or(Verdict::Ok);
        self.changes(&mut parsed);
        parsed
    }

    /// Finds out that the detail stands before the divisions: 宏福苑小区6号楼801，北京市昌平区北七家镇.
    fn turn(&mut self, before: &mut [Piece], after: &[Piece], parsed: &mut Parsed) {
        let county = self.chain.as_ref().and_then(|(_, it)| it.county);
        let nothing_behind = !after.iter().any(|piece| is_of_detail(&piece.text));
        let Some(county) = county.filter(|_| !self.reversed && self.other.is_none() && nothing_behind) else {
            return;
        };
        let house = |piece: &&mut Piece| {
            is_of_detail(&piece.text)
                && piece.text.chars().count() > 4
                && !is_remark_behind(&piece.text)
                && !is_said(piece)
        };
        let Some(piece) = before.iter_mut().find(house) else { return };
        self.reversed = true;
        let towns = self.gazetteer.place(county).towns.iter().map(|town| &self.gazetteer.town(*town).name);
        let written = towns.filter(|name| {
            piece.text.chars().zip(name.iter()).filter(|(a, b)| a == *b).count() == name.len()
        });
        if let Some(town) = written.max_by_key(|name| name.len()).filter(|_| parsed.town.is_none()) {
            let town: String = town.iter().collect();
            if let Some(rest) = piece.text.strip_prefix(town.as_str()) {
                piece.text = rest.to_owned();
                parsed.town = Some(town);
            }
        }
    }

    /// Whether the parcel goes to where nothing is sent from here.
    fn is_beyond(&self) -> bool {
        if self.chain.as_ref().is_some_and(|(chain, _)| chain.full_levels() > 1) {
            return false;
        }
        ["台湾", "台北市", "新北市", "高雄市", "台中市", "台南市", "桃园市"].iter().any(|name| {
            self.text.string.find(name).is_some_and(|at| {
                !self
                    .text
                    .string
                    .get(at + name.len()..)
                    .is_some_and(|rest| rest.starts_with(['路', '街', '小', '城', '美']))
            })
        })
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
            parsed.candidates =
                it.county.iter().chain(&other.county).map(|unit| g.place(*unit).code.0).collect();
            return;
        }
        parsed.province = name(it.province);
        parsed.city = name(it.city);
        parsed.county = name(it.county);
        parsed.town = it.town.map(|town| g.town(town).name.iter().collect());
        parsed.devzone =
            chain.zone.filter(|_| it.county.is_none()).map(|(from, to)| self.text.slice(from, to));
        parsed.code = it.county.or(it.city).map(|unit| g.place(unit).code.0);
        if it.county.is_some() {
            parsed.candidates.clear();
        }
    }

    fn is_in_brackets(&self, at: usize) -> bool {
        let before = self.text.chars.get(..at).unwrap_or_default();
        let last = before.iter().rposition(|c| matches!(c, '(' | ')'));
        last.and_then(|place| before.get(place)) == Some(&'(')
    }

    /// What differs between what was written and what was read of it.
    fn changes(&self, parsed: &mut Parsed) {
        if let Some((first, number)) = self.phones.iter().find(|it| it.usable()).zip(parsed.phone.clone())
            && first.trouble.is_some()
        {
            let written = Some(self.text.slice(first.from, first.to));
            parsed.changes.push(Change { part: Part::Phone, written, read: number });
        }
        let Some((chain, it)) = self.chain.as_ref().filter(|_| self.other.is_none()) else { return };
        let levels = [
            (
                Part::Province,
                &chain.province,
                &parsed.province,
                it.defects.contains(&Defect::MissingProvince),
            ),
            (Part::City, &chain.city, &parsed.city, it.defects.contains(&Defect::MissingCity)),
            (
                Part::County,
                &chain.county,
                &parsed.county,
                it.defects.contains(&Defect::MissingCountyInferable),
            ),
        ];
        let mut changes = Vec::new();
        for (part, pick, read, missing) in levels {
            let written = pick.as_ref().map(|pick| self.text.slice(pick.from, pick.to));
            // A short name of a province is as good as the whole.
            let same = written.as_ref() == read.as_ref()
                || part == Part::Province
                    && pick.as_ref().is_some_and(|pick| pick.short && pick.mistake.is_none());
            if let Some(read) = read.as_ref().filter(|_| written.is_some() && !same || missing) {
                changes.push(Change { part, written: written.filter(|_| !missing), read: read.clone() });
            }
        }
        if let Some(town) = parsed.town.as_ref().filter(|_| it.defects.contains(&Defect::TypoTown)) {
            let from = self.text.len().min(chain.to);
            changes.push(Change {
                part: Part::Town,
                written: Some(self.text.slice(from, it.end)),
                read: town.clone(),
            });
        }
        parsed.changes.extend(changes);
    }

    fn phone(&self, parsed: &mut Parsed) {
        let overseas = parsed.province.as_deref().is_some_and(|it| it.ends_with("特别行政区"));
        // A number in brackets is for another hour of the day.
        let mut numbers: Vec<&phone::Found> = self.phones.iter().filter(|it| it.usable()).collect();
        numbers.sort_by_key(|it| self.is_in_brackets(it.from));
        let mut usable = numbers.into_iter();
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
                        match self
                            .chain
                            .as_ref()
                            .and_then(|(_, it)| it.city.or(it.county))
                            .and_then(|unit| phone::area_code(self.gazetteer.place(unit).code))
                        {
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
