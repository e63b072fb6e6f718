//! Finding chains: from every place where a name of a division stands, level by level.

use smallvec::SmallVec;

use super::resolve::is_consistent;
use super::{Chain, Pick, Resolution, resolve};
use crate::dictionary::of_letters;
use crate::gazetteer::{Form, Gazetteer, Hit, Level, Unit};
use crate::text::Text;

/// Words between two levels that say nothing.
const FILLERS: &[&str] = &[
    "省直辖县级行政区划",
    "省直辖行政单位",
    "自治区直辖县级行政区划",
    "省直辖县级行政单位",
    "省直辖县",
    "省直辖",
    "自治区直辖",
    "市辖区",
    "市辖县",
    "直辖县级",
    "直辖",
];
const SEPARATORS_MAX: usize = 6;
/// A chain with such a score is no accident of characters.
const COVERING_SCORE: i32 = 40;

pub(crate) type Hits = [SmallVec<[Hit; 4]>];

/// What is needed to find a chain in a line.
pub(crate) struct Finder<'a> {
    pub gazetteer: &'a Gazetteer,
    pub text: &'a Text,
    pub hits: &'a Hits,
    /// No chain goes over one of these places: phone numbers and the like.
    pub walls: &'a [bool],
}

/// The best chain that begins at each place, those that amount to something.
pub(crate) fn best_chains(
    finder: &Finder<'_>,
    starts: impl Iterator<Item = usize>,
) -> Vec<(Chain, Resolution)> {
    let mut found: Vec<(Chain, Resolution)> = Vec::new();
    let mut covered = 0;
    for start in starts {
        // What is inside an address is no address of its own.
        if start < covered {
            continue;
        }
        let mut best: Option<(Chain, Resolution)> = None;
        finder.extend(&Chain { from: start, to: start, ..Chain::default() }, &mut best);
        let Some(best) = best else { continue };
        if finder.is_within_a_word(&best.0) {
            continue;
        }
        let first = best.0.province.as_ref().or(best.0.city.as_ref()).or(best.0.county.as_ref());
        let plain = first.is_some_and(|pick| pick.mistake.is_none());
        if plain && (best.1.score >= COVERING_SCORE || best.0.full_levels() > 1) {
            covered = covered.max(best.0.to);
        }
        found.push(best);
    }
    found
}

impl Finder<'_> {
    pub(super) fn extend(&self, chain: &Chain, best: &mut Option<(Chain, Resolution)>) {
        if chain.levels() > 0 {
            let resolution = resolve(self, chain);
            if best.as_ref().is_none_or(|(_, it)| resolution.score > it.score) {
                *best = Some((chain.clone(), resolution));
            }
        }
        if chain.county.is_some() {
            return;
        }
        let at = if chain.levels() == 0 { chain.to } else { self.after_gap(chain) };
        let mut exact = false;
        for hit in self.hits.get(at).into_iter().flatten() {
            for level in [Level::Province, Level::Prefecture, Level::County] {
                if let Some(next) = self.with(chain, hit, level) {
                    exact |= !next.ends_short() && self.is_consistent(&next, level);
                    self.extend(&next, best);
                }
            }
        }
        let zone = if chain.zone.is_none() && (chain.province.is_some() || chain.city.is_some()) {
            self.zone(chain, at)
        } else {
            None
        };
        // 浦东东新区 ends like a zone and is a county with a mistake; 监潼区北京开发区 begins with one.
        let limit = zone.filter(|end| !self.text.slice(at, *end).ends_with("新区")).unwrap_or(usize::MAX);
        if !exact {
            self.extend_by_mistake(chain, at, limit, best);
        }
        if let Some(end) = zone {
            self.extend(&Chain { zone: Some((at, end)), to: end, ..chain.clone() }, best);
        }
    }

    /// Where the next level can begin: after separators, words that say nothing and a level that is written twice.
    pub(crate) fn after_gap(&self, chain: &Chain) -> usize {
        let mut at = self.skip(chain.to);
        // 北京市北京市, 东莞市东莞市
        let last = chain.county.as_ref().or(chain.city.as_ref()).or(chain.province.as_ref());
        if let Some(last) = last.filter(|_| chain.zone.is_none()) {
            let again = self.hits.get(at).into_iter().flatten().find(|hit| {
                self.text.chars.get(hit.from as usize..hit.to as usize)
                    == self.text.chars.get(last.from..last.to)
                    && hit.to as usize - hit.from as usize >= 3
            });
            let is_province = chain.city.is_none() && chain.county.is_none();
            let municipality =
                is_province && last.units.first().is_some_and(|it| self.gazetteer.is_municipality(*it));
            if let Some(again) = again.filter(|_| !is_province || municipality) {
                at = self.skip(again.to as usize);
            }
        }
        at
    }

    pub(crate) fn skip(&self, from: usize) -> usize {
        let mut at = from;
        loop {
            let before = at;
            let mut count = 0;
            while count < SEPARATORS_MAX && self.text.at(at).is_some_and(is_separator) && !self.wall(at) {
                at += 1;
                count += 1;
            }
            // 重庆市 县 酉阳: pickers put a level between that has no name.
            if self.text.at(at) == Some('县') && at > from && self.text.at(at + 1).is_some_and(is_separator)
            {
                at += 1;
            }
            let fillers =
                if matches!(self.text.at(at), Some('省' | '自' | '市' | '直')) { FILLERS } else { &[] };
            for filler in fillers {
                let end = at + filler.chars().count();
                if self.text.is_at(at, filler) {
                    at = end;
                    break;
                }
            }
            if at == before {
                return at;
            }
        }
    }

    /// Whether the whole name of a division of today stands there.
    pub(crate) fn is_a_division(&self, from: usize, to: usize) -> bool {
        self.hits.get(from).into_iter().flatten().any(|hit| {
            hit.to as usize == to
                && self
                    .gazetteer
                    .readings(hit.name)
                    .iter()
                    .any(|it| it.form == Form::Full && it.level != Level::Town)
        })
    }

    pub(crate) fn wall(&self, at: usize) -> bool {
        self.walls.get(at).copied().unwrap_or(true)
    }

    fn with(&self, chain: &Chain, hit: &Hit, level: Level) -> Option<Chain> {
        let taken = match level {
            Level::Province => chain.province.is_some() || chain.city.is_some(),
            Level::Prefecture => chain.city.is_some(),
            _ => false,
        };
        if taken || chain.zone.is_some() && level == Level::Province {
            return None;
        }
        let mut pick = Pick { from: hit.from as usize, to: hit.to as usize, short: true, ..Pick::default() };
        let mut all_short = true;
        for reading in self.gazetteer.readings(hit.name).iter().filter(|it| it.level == level) {
            match reading.form {
                Form::Past => {
                    pick.past.push(reading.unit);
                    pick.short = false;
                }
                form => {
                    all_short &= form == Form::Short;
                    pick.units.push(reading.unit);
                    pick.short &= form == Form::Short;
                }
            }
        }
        // 沙县 is the whole former name of 沙县区, not a short one.
        if !pick.past.is_empty() && all_short {
            pick.units.clear();
        }
        let begins_more = || level != Level::Province && chain.levels() == 0 && self.begins_a_place(pick.to);
        if pick.units.is_empty() && pick.past.is_empty()
            || pick.short && begins_more()
            || pick.short && (self.is_part_of_more(&pick, level) || self.is_part_of_zone(&pick, chain))
        {
            return None;
        }
        Some(self.joined(chain, pick, level))
    }

    pub(super) fn joined(&self, chain: &Chain, pick: Pick, level: Level) -> Chain {
        let mut next = chain.clone();
        if chain.levels() > 0 {
            next.gaps += usize::from(pick.from > chain.to);
        } else {
            next.from = pick.from;
        }
        next.to = pick.to;
        match level {
            Level::Province => next.province = Some(pick),
            Level::Prefecture => next.city = Some(pick),
            _ => next.county = Some(pick),
        }
        next
    }

    /// A short name that goes on as another word: 南京路, 杭州市, 上海大厦.
    fn is_part_of_more(&self, pick: &Pick, level: Level) -> bool {
        let next = |ahead: usize| self.text.at(pick.to + ahead);
        let own = match level {
            Level::Province => "省市",
            Level::Prefecture => "市地州盟",
            _ => "市县区旗",
        };
        // 密云镇 is a town of 密云区, not 密云 and a 镇.
        if level != Level::Province && self.town_end(pick.from).is_some_and(|end| end > pick.to) {
            return true;
        }
        let Some(first) = next(0) else { return level != Level::Province };
        let ahead = self.text.slice(pick.to, pick.to + 8);
        if ahead.starts_with("地区")
            || level == Level::Province && ahead.starts_with("自治")
            || ["自治县", "自治旗", "自治州"].iter().any(|it| ahead.find(it).is_some_and(|at| at <= 6))
        {
            return true;
        }
        // 河北桥西区
        let whole = || {
            self.hits
                .get(pick.to)
                .into_iter()
                .flatten()
                .any(|hit| hit.to - hit.from > 2 && self.is_a_division(pick.to, hit.to as usize))
        };
        if own.contains(first) || "路街道巷弄桥站".contains(first) && !whole() {
            return true;
        }
        if first == '大' {
            return matches!(next(1), Some('道' | '街' | '厦' | '桥' | '酒' | '学'));
        }
        "东南西北中一二三四五六七八九前后".contains(first)
            && next(1).is_some_and(|c| {
                "路街大巷弄".contains(c) && (c != '大' || matches!(next(2), Some('道' | '街')))
            })
    }

    /// 湖滨村, 江南小区: a short name alone that is the beginning of another.
    fn begins_a_place(&self, at: usize) -> bool {
        const PLACES: &[&str] = &[
            "小区", "东区", "西区", "南区", "北区", "新城", "新村", "花园", "花苑", "家园", "嘉园", "佳苑",
            "国际", "华府", "名城", "名苑", "豪庭", "公馆", "广场", "雅苑", "大厦", "酒店", "宾馆", "饭店",
            "公寓", "商场", "市场", "商贸", "中心", "学校", "中学", "小学", "大学", "学院", "医院", "人家",
            "世纪", "壹号", "一号", "印象", "工业", "科技",
        ];
        self.text.at(at).is_some_and(|c| "村庄屯里园苑府湾坊寨堡坪".contains(c))
            || PLACES.iter().any(|place| self.text.is_at(at, place))
    }

    /// Where the longest name of a town ends that begins at a place.
    pub(super) fn town_end(&self, at: usize) -> Option<usize> {
        let is_town = |hit: &&Hit| {
            self.gazetteer
                .readings(hit.name)
                .iter()
                .any(|it| it.level == Level::Town && it.form == Form::Full)
        };
        self.hits.get(at)?.iter().filter(is_town).map(|hit| hit.to as usize).max()
    }

    /// 荆州 of 荆州开发区, after a city.
    fn is_part_of_zone(&self, pick: &Pick, chain: &Chain) -> bool {
        chain.levels() > 0 && self.zone(chain, pick.from).is_some_and(|end| end > pick.to)
    }

    /// 海南 of 刘海南, before a space and a city: the end of another word. Not behind 是 or 寄到.
    fn is_within_a_word(&self, chain: &Chain) -> bool {
        let first = chain.province.as_ref().or(chain.city.as_ref()).or(chain.county.as_ref());
        let glued = chain.from.checked_sub(1).is_some_and(|at| {
            !self.wall(at)
                && self.text.at(at).is_some_and(|c| of_letters(c) && !"是到在寄发给为往去".contains(c))
        });
        glued && first.is_some_and(|pick| pick.short && self.text.at(pick.to).is_none_or(is_separator))
    }

    pub(super) fn province_of(&self, chain: &Chain) -> Option<Unit> {
        chain.province.as_ref().and_then(|it| it.units.first().copied())
    }

    /// Whether the level that was added last belongs to those above it.
    fn is_consistent(&self, chain: &Chain, level: Level) -> bool {
        let g = self.gazetteer;
        let province = self.province_of(chain);
        let in_province = |unit: &Unit| province.is_none_or(|it| g.place(*unit).province == it);
        match level {
            Level::Province => true,
            Level::Prefecture => chain.city.as_ref().is_some_and(|it| {
                it.units.iter().any(in_province)
                    || it.past.iter().any(|past| province.is_none_or(|it| g.past(*past).province == Some(it)))
            }),
            _ => is_consistent(self, chain),
        }
    }

    /// A development zone after a city: its end.
    fn zone(&self, chain: &Chain, at: usize) -> Option<usize> {
        crate::zones::zone_at(
            self.text,
            at,
            chain.city.is_some()
                || self.province_of(chain).is_some_and(|it| self.gazetteer.is_municipality(it)),
        )
    }
}

pub(crate) fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '\n'
            | ','
            | '，'
            | '、'
            | '/'
            | '\\'
            | '|'
            | '-'
            | '_'
            | '·'
            | ';'
            | ':'
            | '.'
            | '。'
            | '\u{2}'
            | '>'
    )
}
