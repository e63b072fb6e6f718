//! A line as it is told: the parts, what was changed, what is the matter.

use super::Line;
use crate::defect::{Defect, Verdict};
use crate::labels;
use crate::parsed::{Change, Parsed, Part};
use crate::phone::{self, PhoneKind, Trouble};
use crate::pieces::pieces;

impl Line<'_> {
    /// Everything that was read.
    pub(crate) fn parsed(&self) -> Parsed {
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
        if self.reversed {
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
        if self.other.is_some() {
            let several =
                self.phones.iter().filter(|it| it.usable()).count() > 1 && self.several_recipients();
            parsed.defects.push(if several {
                Defect::MultipleRecipients
            } else {
                Defect::ContradictionTwoAddresses
            });
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
            self.text.string.find(name).is_some_and(|at| {
                !self
                    .text
                    .string
                    .get(at + name.len()..)
                    .is_some_and(|rest| rest.starts_with(['路', '街', '小', '城', '美']))
            })
        }) && self.chain.as_ref().is_none_or(|(chain, _)| chain.full_levels() <= 1)
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
