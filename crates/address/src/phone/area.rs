//! Area codes of landlines.

use std::sync::LazyLock;

use crate::divisions::Code;

static AREAS: LazyLock<Vec<(u32, &'static str)>> = LazyLock::new(|| {
    include_str!("../../data/area_codes.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(code, area)| Some((code.parse().ok()?, area)))
        .collect()
});

/// The area code of a city, or of a county that a province runs itself.
pub(crate) fn area_code(code: Code) -> Option<&'static str> {
    let at = AREAS.binary_search_by_key(&code.0, |(code, _)| *code).ok()?;
    AREAS.get(at).map(|(_, area)| *area)
}

#[cfg(test)]
mod tests {
    use super::area_code;
    use crate::divisions::{Code, Divisions, Level};

    #[test]
    fn hardly_a_city_has_none() {
        let cities = || Divisions::built_in().all().iter().filter(|it| it.level == Level::Prefecture);
        let without: Vec<&str> =
            cities().filter(|it| area_code(it.code).is_none()).map(|it| it.name).collect();
        assert!(without.len() < 3, "{without:?}");
        assert_eq!((area_code(Code(330_100)), area_code(Code(110_000))), (Some("0571"), Some("010")));
    }
}
