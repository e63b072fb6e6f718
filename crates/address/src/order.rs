//! The address of an order, whose fields come apart: what was picked from a list, what was written beside it, and what a
//! platform hides.

use crate::defect::Defect;
use crate::divisions::{Code, Divisions};
use crate::parse::parse;
use crate::parsed::Parsed;

/// The fields of an order. Any can be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderAddress<'a> {
    /// Who receives, perhaps masked: 林**.
    pub name: &'a str,
    /// Their number, perhaps masked: 183****2807.
    pub phone: &'a str,
    /// Province, city, county and town as they were picked, one after the other.
    pub picked: &'a str,
    /// The code of the county that was picked, six digits.
    pub code: Option<u32>,
    /// The rest, perhaps masked.
    pub detail: &'a str,
    /// Whether the platform hides name, number and detail until they are asked for: then nothing is missing that is hidden.
    pub hidden: bool,
}

/// Checks the address of an order. What was picked and what was written are compared; where they contradict, a person
/// decides, since either can be the mistake.
#[must_use]
pub fn check(order: &OrderAddress<'_>) -> Parsed {
    let line = format!(
        "收货人：{}\n手机号码：{}\n所在地区：{}\n详细地址：{}",
        order.name, order.phone, order.picked, order.detail
    );
    let mut parsed = parse(&line);
    if order.hidden {
        forgive(&mut parsed, order);
    }
    if let Some(code) = order.code {
        compare(&mut parsed, Code(code));
    }
    parsed
}

/// Takes back what is said of fields that are hidden.
fn forgive(parsed: &mut Parsed, order: &OrderAddress<'_>) {
    let masked = |field: &str| field.contains('*') || field.is_empty();
    let (name, phone, detail) = (masked(order.name), masked(order.phone), masked(order.detail));
    parsed.defects.retain(|defect| match defect {
        Defect::NameMissing | Defect::NameInvalid => !name,
        Defect::PhoneMissing
        | Defect::PhoneMasked
        | Defect::PhoneShort
        | Defect::PhoneLong
        | Defect::PhoneBadSegment => !phone,
        Defect::MissingDetail | Defect::VagueDetail => !detail,
        _ => true,
    });
    if detail {
        parsed.detail = None;
    }
    if name {
        parsed.name = None;
    }
    parsed.verdict = parsed.defects.iter().map(|it| it.verdict()).max().unwrap_or_default();
}

/// Compares the code that was picked with what the words say.
fn compare(parsed: &mut Parsed, code: Code) {
    let table = Divisions::built_in();
    let known = table.get(code).is_some() || table.past().iter().any(|past| past.code == code);
    if !known {
        parsed.found(Defect::UnknownDivision);
        return;
    }
    let Some(read) = parsed.code.map(Code) else {
        // The words leave it open, and the code is one of what they allow.
        if parsed.candidates.contains(&code.0) {
            parsed.code = Some(code.0);
        }
        return;
    };
    let heir = |past: &&crate::divisions::Past| past.code == code && past.heirs.contains(&read);
    let same = read == code
        || read.prefecture() == code
        || code.prefecture() == read
        || table.past().iter().any(|past| heir(&past));
    if !same {
        parsed.found(Defect::ContradictionPicked);
        parsed.candidates = vec![read.0, code.0];
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderAddress, check};
    use crate::defect::{Defect, Verdict};

    const ORDER: OrderAddress<'static> = OrderAddress {
        name: "骆一鸣",
        phone: "13812345678",
        picked: "浙江省 杭州市 西湖区 文新街道",
        code: Some(330_106),
        detail: "古墩路598号3栋402",
        hidden: false,
    };

    #[test]
    fn what_was_picked_and_what_was_written_agree() {
        let read = check(&ORDER);
        assert_eq!((read.verdict, read.defects), (Verdict::Ok, Vec::new()));
        assert_eq!(read.detail.as_deref(), Some("古墩路598号3栋402"));
    }

    #[test]
    fn another_code_is_a_contradiction_and_overwrites_nothing() {
        let read = check(&OrderAddress { code: Some(330_105), ..ORDER });
        assert_eq!(read.verdict, Verdict::NeedsHuman);
        assert!(read.defects.contains(&Defect::ContradictionPicked));
        assert_eq!(
            (read.county.as_deref(), read.candidates.as_slice()),
            (Some("西湖区"), [330_106, 330_105].as_slice())
        );
    }

    #[test]
    fn the_code_of_a_former_county_is_that_of_its_heir() {
        let read =
            check(&OrderAddress { picked: "浙江省 杭州市 拱墅区", code: Some(330_103), ..ORDER });
        assert!(
            !read.defects.contains(&Defect::ContradictionPicked),
            "下城区 went into 拱墅区: {:?}",
            read.defects
        );
    }

    #[test]
    fn what_a_platform_hides_is_not_missing() {
        let hidden =
            OrderAddress { name: "骆**", phone: "138****5678", detail: "****", hidden: true, ..ORDER };
        assert_eq!(check(&hidden).verdict, Verdict::Ok);
        let open = OrderAddress { hidden: false, ..hidden };
        assert_eq!(check(&open).verdict, Verdict::NeedsHuman, "in free text nobody can dial it");
    }
}
