//! What the revisions of the codes say of the past.

use std::collections::BTreeMap;

/// Names by codes, by year and month of the revision.
type Revisions = BTreeMap<u32, BTreeMap<u32, String>>;

/// The revisions begin with the end of 1980; whoever stands in one of these first two may be older.
const FIRST_MONTHS: [u32; 2] = [198_012, 198_112];
/// The year of the last revision.
pub const LAST_YEAR: u32 = 2019;

/// The year in which a code first bore a name, if that was later than 1981.
pub fn since(revisions: &Revisions, code: u32, name: &str) -> Option<u32> {
    let first = revisions.iter().find(|(_, names)| names.get(&code).is_some_and(|it| it == name));
    first.map(|(month, _)| *month).filter(|month| !FIRST_MONTHS.contains(month)).map(|month| month / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revisions() -> Revisions {
        let revision =
            |pairs: &[(u32, &str)]| pairs.iter().map(|(code, name)| (*code, (*name).to_owned())).collect();
        BTreeMap::from([
            (198_012, revision(&[(110_221, "昌平县")])),
            (199_812, revision(&[(110_221, "昌平县")])),
            (199_912, revision(&[(110_114, "昌平区")])),
        ])
    }

    #[test]
    fn a_name_is_as_old_as_the_first_revision_that_has_it() {
        assert_eq!(since(&revisions(), 110_114, "昌平区"), Some(1999));
        assert_eq!(since(&revisions(), 110_221, "昌平县"), None, "it may be older");
        assert_eq!(since(&revisions(), 110_114, "昌平县"), None);
    }
}
