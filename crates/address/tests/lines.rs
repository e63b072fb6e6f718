//! Whole lines: those that were written to be hard, every division, and anything at all.
#![cfg(test)]

use livehand_address::divisions::{Code, Divisions, Level};
use livehand_address::{Defect, Part, PhoneKind, Verdict, parse};
use proptest::prelude::*;
use serde_json::Value;

/// What a set of lines came to.
#[derive(Debug, Default)]
struct Came {
    lines: usize,
    knowable: usize,
    divisions: usize,
    whole: usize,
    silent: usize,
    /// Anything but a town is wrong, a name for one, and nobody was asked.
    misread: usize,
    human: usize,
    found: usize,
}

fn plain(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn measure(lines: &str) -> Came {
    let mut came = Came::default();
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).expect("a line of JSON");
        let gold = |key: &str| case.pointer(&format!("/gold/{key}")).and_then(Value::as_str);
        let read = parse(case["text"].as_str().expect("text"));
        let human = case["verdict"] == "needs_human";
        let same = |read: &Option<String>, key: &str| plain(read.as_deref()) == plain(gold(key));
        let divisions = same(&read.province, "province")
            && (same(&read.city, "city") || gold("province").is_some_and(|it| it.ends_with("特别行政区")))
            && (same(&read.county, "county")
                || gold("county").is_none() && same(&read.county, "county_accept"));
        let phone = plain(read.phone.as_deref()) == plain(gold("phone"))
            || plain(read.phone.as_deref()) == plain(gold("phone_alt"));
        let asked = read.verdict == Verdict::NeedsHuman;
        came.lines += 1;
        if human {
            came.human += 1;
            came.found += usize::from(asked);
        } else {
            came.knowable += 1;
            came.divisions += usize::from(divisions);
            let whole = divisions && phone && same(&read.name, "name") && same(&read.detail, "detail");
            came.whole += usize::from(whole);
            came.misread += usize::from(!whole && !asked);
        }
        if !asked && (human || !divisions || !phone) {
            came.silent += 1;
        }
    }
    came
}

#[test]
fn lines_that_were_written_to_be_hard_stay_right() {
    for lines in [
        include_str!("data/lines-1.jsonl"),
        include_str!("data/lines-2.jsonl"),
        include_str!("data/lines-3.jsonl"),
        include_str!("data/lines-4.jsonl"),
        include_str!("data/lines-5.jsonl"),
        include_str!("data/lines-6.jsonl"),
        include_str!("data/lines-7.jsonl"),
        include_str!("data/lines-8.jsonl"),
        include_str!("data/lines-9.jsonl"),
    ] {
        let came = measure(lines);
        let share = |part: usize, of: usize| part as f64 / of as f64;
        assert!(share(came.divisions, came.knowable) >= 0.993, "{came:?}");
        assert!(share(came.whole, came.knowable) >= 0.9, "{came:?}");
        assert!(share(came.found, came.human) >= 0.98, "{came:?}");
        assert!(share(came.silent, came.lines) <= 0.01, "{came:?}");
        assert!(share(came.misread, came.lines) <= 0.06, "{came:?}");
    }
}

/// Province, city and county as they are written in a row.
fn row(code: Code) -> (String, String, String) {
    let table = Divisions::built_in();
    let name = |code: Code| table.get(code).map_or(String::new(), |it| it.name.to_owned());
    let city = if code.in_municipality() {
        String::new()
    } else {
        table.city_of(code).map_or(String::new(), |it| it.name.to_owned())
    };
    (name(code.province()), city, name(code))
}

#[test]
fn every_county_is_read_back_and_whoever_lives_there() {
    for county in Divisions::built_in().all().iter().filter(|it| it.level == Level::County) {
        let (province, city, name) = row(county.code);
        for line in [
            format!("张三 13812345678 {province}{city}{name}建设路12号3栋402"),
            format!("{province}/{city}/{name}/建设路12号3栋402，张三，13812345678"),
            format!(
                "收货人：张三\n手机号码：13812345678\n所在地区：{province} {city} {name}\n详细地址：建设路12号3栋402"
            ),
        ] {
            let read = parse(&line);
            assert_eq!(read.county.as_deref(), Some(county.name), "{line}");
            assert_eq!(
                (read.code, read.province.as_deref()),
                (Some(county.code.0), Some(province.as_str())),
                "{line}"
            );
            assert_eq!(
                (read.name.as_deref(), read.detail.as_deref()),
                (Some("张三"), Some("建设路12号3栋402")),
                "{line}"
            );
            assert_eq!(
                (read.verdict, read.phone.as_deref()),
                (Verdict::Ok, Some("13812345678")),
                "{line}: {:?}",
                read.defects
            );
        }
    }
}

#[test]
fn a_county_without_city_is_filled_in_where_only_one_has_its_name_and_asked_for_otherwise() {
    for county in Divisions::built_in().all().iter().filter(|it| it.level == Level::County) {
        let read = parse(&format!("张三 13812345678 {}建设路12号3栋402", county.name));
        match read.verdict {
            Verdict::NeedsHuman => assert!(read.county.is_none(), "{}: {read:?}", county.name),
            _ => assert_eq!(read.county.as_deref(), Some(county.name), "{read:?}"),
        }
    }
}

#[test]
fn a_correction_says_what_it_changed() {
    let read = parse("四川省沪州市江阳区南城街道江阳西路20号 13982712345 郎小姐");
    assert_eq!(
        (read.verdict, read.defects.as_slice()),
        (Verdict::AutoFixable, [Defect::TypoDivision].as_slice())
    );
    let change = read.changes.first().expect("a change");
    assert_eq!(
        (change.part, change.written.as_deref(), change.read.as_str()),
        (Part::City, Some("沪州市"), "泸州市")
    );
    assert_eq!(read.whole_address(), "四川省泸州市江阳区南城街道江阳西路20号");
    assert_eq!(
        read.verdict_where(&[Defect::TypoDivision]),
        Verdict::NeedsHuman,
        "a shop that wants to be asked"
    );
}

#[test]
fn nobody_guesses_among_several() {
    let read = parse("朝阳区建国路88号5栋1203 陈晨 13812345678");
    assert_eq!((read.county, read.candidates), (None, vec![110_105, 220_104]));
    assert!(read.defects.contains(&Defect::AmbiguousCounty));
}

#[test]
fn numbers_are_read_as_they_are_dialled() {
    for (written, number, extension, kind) in [
        ("138 1234 5678", "13812345678", None, PhoneKind::Mobile),
        ("+86-138-1234-5678", "13812345678", None, PhoneKind::Mobile),
        ("18466666666转1234", "18466666666", Some("1234"), PhoneKind::Virtual),
        ("18466666666-1234", "18466666666", Some("1234"), PhoneKind::Virtual),
        ("（0571）88886666", "0571-88886666", None, PhoneKind::Landline),
        ("88886666", "0571-88886666", None, PhoneKind::Landline),
        ("幺三八幺二三四五六七八", "13812345678", None, PhoneKind::Mobile),
        ("l38l2345678", "13812345678", None, PhoneKind::Mobile),
        ("013812345678", "13812345678", None, PhoneKind::Mobile),
    ] {
        let read = parse(&format!("张三，{written}，浙江省杭州市西湖区古墩路598号3栋402"));
        assert_eq!(read.phone.as_deref(), Some(number), "{written}");
        assert_eq!((read.phone_ext.as_deref(), read.phone_kind), (extension, Some(kind)), "{written}");
    }
    for (written, defect) in [
        ("1381234567", Defect::PhoneShort),
        ("138123456789", Defect::PhoneLong),
        ("12812345678", Defect::PhoneBadSegment),
        ("138****5678", Defect::PhoneMasked),
        ("400-123-4567", Defect::PhoneServiceNumber),
    ] {
        let read = parse(&format!("张三，{written}，浙江省杭州市西湖区古墩路598号3栋402"));
        assert_eq!((read.phone, read.verdict), (None, Verdict::NeedsHuman), "{written}");
        assert!(read.defects.contains(&defect), "{written}: {:?}", read.defects);
    }
}

/// Pieces of lines, in any order.
fn anything() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("浙江省"),
        Just("杭州市"),
        Just("西湖区"),
        Just("张三"),
        Just("13812345678"),
        Just("转"),
        Just("："),
        Just("收货人"),
        Just("（"),
        Just("）"),
        Just("["),
        Just("乾"),
        Just("不对是"),
        Just("号"),
        Just("3"),
        Just("\u{200b}"),
        Just("\n"),
        Just("１"),
        Just("😀"),
        Just("e\u{301}"),
        Just("朝阳"),
        Just("开发区"),
        Just("+852"),
        Just("*"),
        Just("收"),
    ];
    prop::collection::vec(piece.prop_map(str::to_owned).boxed().prop_union(any::<String>().boxed()), 0..14)
        .prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn nothing_that_is_written_stops_it(line in anything()) {
        let read = parse(&line);
        prop_assert_eq!(parse(&line), read.clone(), "the same line, the same reading");
        if read.verdict != Verdict::NeedsHuman {
            prop_assert!(read.province.is_some() && read.phone.is_some() && read.name.is_some() && read.detail.is_some());
        }
    }
}
