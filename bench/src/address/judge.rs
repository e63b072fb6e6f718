//! What is right, by one set of rules for all parsers. Where they only describe the same place differently, no one is wrong.

use super::labelled::{Case, Gold};
use super::reading::{Reading, Took};

const MUNICIPALITIES: [&str; 4] = ["北京市", "天津市", "上海市", "重庆市"];
/// With what the whole name of a division ends.
const KINDS: [char; 7] = ['省', '市', '区', '县', '旗', '州', '盟'];

/// A part of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub part: usize,
    pub of: usize,
}

impl Share {
    fn add(&mut self, counts: bool) {
        self.part += usize::from(counts);
        self.of += 1;
    }
}

/// What a set of lines came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Province, city and county right, of the lines that need nobody and have a province.
    pub divisions: Share,
    /// Of the lines that need nobody and have a name.
    pub name: Share,
    pub phone: Share,
    /// Everything right, of the lines that need nobody.
    pub whole: Share,
    /// Wrong, or only a person can settle it, and nobody is asked; of all lines. A number that the parser never gives is not
    /// counted against it.
    pub silent: Share,
    /// Lines that need a person for which one is asked.
    pub found: Share,
    /// Lines that need nobody for which a person is asked.
    pub asked: Share,
}

pub fn judge(cases: &[Case], took: &Took) -> Judged {
    let mut judged = Judged::default();
    for (case, read) in cases.iter().zip(&took.readings) {
        let gold = &case.gold;
        let asked = read.unsure || plain(read.province.as_ref()).is_empty();
        let (divisions, phone) = (same_divisions(gold, read), same_phone(gold, read));
        let name = plain(read.name.as_ref()) == plain(gold.name.as_ref());
        if case.needs_human() {
            judged.found.add(asked);
        } else {
            judged.asked.add(asked);
            judged.whole.add(divisions && phone && name && same_detail(gold, read));
            if gold.province.is_some() {
                judged.divisions.add(divisions);
            }
            if gold.name.is_some() {
                judged.name.add(name);
            }
            if gold.phone.is_some() {
                judged.phone.add(phone);
            }
        }
        let wrong_phone = took.figures.gives_phone && gold.phone.is_some() && !phone;
        judged.silent.add(!asked && (case.needs_human() || !divisions || wrong_phone));
    }
    judged
}

/// Letters and digits: white space and punctuation never count.
fn plain(text: Option<&String>) -> String {
    text.map(|it| it.chars().filter(|c| c.is_alphanumeric()).collect()).unwrap_or_default()
}

/// Whether two names are the same, where one may leave out what kind of division it is: 内蒙古 for 内蒙古自治区.
fn is_same(read: Option<&String>, gold: Option<&String>) -> bool {
    let (read, gold) = (plain(read), plain(gold));
    if read == gold {
        return true;
    }
    let (short, long) = if read.len() < gold.len() { (read, gold) } else { (gold, read) };
    short.chars().count() >= 2 && long.starts_with(&short) && long.ends_with(KINDS) && !short.ends_with(KINDS)
}

fn same_divisions(gold: &Gold, read: &Reading) -> bool {
    is_same(read.province.as_ref(), gold.province.as_ref())
        && same_city(gold, read)
        && same_county(gold, read)
}

/// In a municipality the city may be the same, or be left out; in Hong Kong and Macao it may be anything. What statistics
/// put in the place of a city is none.
fn same_city(gold: &Gold, read: &Reading) -> bool {
    let province = gold.province.as_deref().unwrap_or_default();
    let city = read.city.as_ref().filter(|it| !is_stopgap(it) && !it.is_empty());
    is_same(city, gold.city.as_ref())
        || MUNICIPALITIES.contains(&province) && city.is_none()
        || province.ends_with("特别行政区")
}

fn is_stopgap(city: &str) -> bool {
    city == "市辖区" || city == "县" || city.contains("直辖县")
}

/// Where a city has no counties, or the place is a zone without one, the city again, the town or the zone may stand there.
fn same_county(gold: &Gold, read: &Reading) -> bool {
    let county = read.county.as_ref();
    is_same(county, gold.county.as_ref())
        || gold.county.is_none()
            && [&gold.county_accept, &gold.city, &gold.town, &gold.devzone]
                .into_iter()
                .flatten()
                .any(|other| is_same(county, Some(other)))
}

/// Either number will do, with what is dialled afterwards or without it.
fn same_phone(gold: &Gold, read: &Reading) -> bool {
    let digits = |number: Option<&String>| {
        number.map(|it| it.chars().filter(char::is_ascii_digit).collect::<String>()).unwrap_or_default()
    };
    let read = digits(read.phone.as_ref());
    let read = read.strip_prefix("86").filter(|it| it.len() == 11).unwrap_or(&read);
    let first = digits(gold.phone.as_ref());
    let whole = first.clone() + &digits(gold.phone_ext.as_ref());
    read == first || read == whole || gold.phone_alt.is_some() && read == digits(gold.phone_alt.as_ref())
}

/// All that is below the county is compared as one text, since not every parser tells the town or a zone from the rest.
fn same_detail(gold: &Gold, read: &Reading) -> bool {
    let below = |town: Option<&String>, zone: Option<&String>, detail: Option<&String>| {
        let (town, zone, detail) = (plain(town), plain(zone), plain(detail));
        [format!("{zone}{town}{detail}"), format!("{town}{zone}{detail}")]
    };
    let is_town = |county: &&String| {
        gold.county.is_none() && [&gold.town, &gold.devzone].into_iter().flatten().any(|it| it == *county)
    };
    let above = plain(read.county.as_ref().filter(is_town));
    let read = below(read.town.as_ref(), read.devzone.as_ref(), read.detail.as_ref());
    let gold = below(gold.town.as_ref(), gold.devzone.as_ref(), gold.detail.as_ref());
    read.iter().any(|read| gold.contains(&format!("{above}{read}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn dongguan() -> Gold {
        Gold {
            province: text("广东省"),
            city: text("东莞市"),
            town: text("厚街镇"),
            detail: text("康乐南路1号"),
            ..Gold::default()
        }
    }

    #[test]
    fn a_name_may_leave_out_its_kind_but_not_have_another() {
        for (read, gold, right) in [
            ("内蒙古", "内蒙古自治区", true),
            ("北京", "北京市", true),
            ("西湖区", "西湖区", true),
            ("和田市", "和田县", false),
            ("吉安市", "吉安县", false),
            ("西湖区", "西湖", true),
            ("", "西湖区", false),
        ] {
            assert_eq!(is_same(Some(&read.to_owned()), Some(&gold.to_owned())), right, "{read} {gold}");
        }
    }

    #[test]
    fn the_same_place_described_in_another_way_is_right() {
        let gold = dongguan();
        for (county, town, detail) in [
            ("", "厚街镇", "康乐南路1号"),
            ("厚街镇", "", "康乐南路 1号"),
            ("东莞市", "", "厚街镇康乐南路1号"),
        ] {
            let read = Reading {
                province: text("广东"),
                city: text("东莞市"),
                county: text(county),
                town: text(town),
                detail: text(detail),
                ..Reading::default()
            };
            assert!(same_divisions(&gold, &read) && same_detail(&gold, &read), "{read:?}");
        }
        let other = Reading { province: text("广东省"), city: text("中山市"), ..Reading::default() };
        assert!(!same_divisions(&gold, &other));
    }

    #[test]
    fn what_statistics_put_in_the_place_of_a_city_is_none() {
        let gold = Gold { province: text("湖北省"), county: text("仙桃市"), ..Gold::default() };
        let read = |city: &str| Reading {
            province: text("湖北省"),
            city: text(city),
            county: text("仙桃市"),
            ..Reading::default()
        };
        assert!(same_divisions(&gold, &read("省直辖县级行政区划")));
        assert!(!same_divisions(&gold, &read("荆州市")));
    }
}
