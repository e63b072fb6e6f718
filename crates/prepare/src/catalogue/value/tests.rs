use proptest::prelude::*;
use serde_json::json;

use super::number::AMOUNT_FEN_MAX;
use super::*;
use crate::catalogue::field::FIELDS;

fn field(code: &str) -> &'static Field {
    Field::of(code).unwrap()
}

fn value(code: &str, cell: &str) -> Json {
    read(field(code), cell, Unit::Yuan).unwrap_or_else(|wrong| panic!("{code} {cell}: {wrong:?}")).value
}

fn wrong(code: &str, cell: &str) -> &'static str {
    read(field(code), cell, Unit::Yuan).expect_err(cell).code
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (cell, fen) in [
        ("59.9", 5_990),
        ("¥59.90", 5_990),
        ("59元", 5_900),
        ("1,299.00", 129_900),
        ("1，299", 129_900),
        ("0.01", 1),
        ("26.8万", 26_800_000),
        ("59.900", 5_990),
    ] {
        assert_eq!(value("live_price", cell), json!(fen), "{cell}");
    }
    for (cell, code) in [
        ("-15.00", "negative"),
        ("0.00", "zero"),
        ("59.999", "not_an_amount"),
        ("约200", "not_an_amount"),
        ("5.9.0", "not_an_amount"),
        ("59-69", "not_an_amount"),
        ("1e3", "not_an_amount"),
        ("99999999999999999999", "not_an_amount"),
        ("20000000", "too_much"),
    ] {
        assert_eq!(wrong("live_price", cell), code, "{cell}");
    }
    assert_eq!(value("live_price", " - "), Json::Null);
}

#[test]
fn a_column_in_fen_takes_no_yuan_and_json_no_fractions() {
    let price = field("live_price");
    assert_eq!(read(price, "5990", Unit::Fen).unwrap().value, json!(5_990));
    assert_eq!(read(price, "59.90", Unit::Fen).unwrap_err().code, "price_in_yuan");
    assert_eq!(check(price, json!(59.9)).unwrap_err().code, "price_in_yuan");
    assert_eq!(check(price, json!("59.9")).unwrap_err().code, "not_an_amount");
    assert_eq!(check(price, json!(-1)).unwrap_err().code, "negative");
}

#[test]
fn digits_of_full_width_are_read_and_pointed_out() {
    let reading = read(field("live_price"), "５９．９０", Unit::Yuan).unwrap();
    assert_eq!(reading.value, json!(5_990));
    let doubt = reading.doubt.unwrap();
    assert_eq!((doubt.code, doubt.expected.zh.as_ref()), ("full_width_digits", "半角数字 59.90"));
    assert_eq!(read(field("live_price"), "59.90", Unit::Yuan).unwrap().doubt, None);
    assert_eq!(value("merchant_code", "ＱＨ－０１"), json!("QH-01"));
}

#[test]
fn whole_numbers_and_percentages_have_their_limits() {
    assert_eq!(value("stock", "1,200件"), json!(1_200));
    assert_eq!(value("purchase_limit", "每人限购2件"), json!(2));
    assert_eq!(value("commission_percent", "20%"), json!(2_000));
    assert_eq!(value("commission_percent", "12.5"), json!(1_250));
    assert_eq!(
        (wrong("stock", "约200"), wrong("stock", "1.5"), wrong("stock", "-1")),
        ("whole_number", "whole_number", "negative")
    );
    assert_eq!((wrong("link_number", "0"), wrong("commission_percent", "120")), ("whole_number", "percent"));
}

#[test]
fn gifts_need_a_name_and_a_quantity() {
    assert_eq!(
        value("gifts", "袜子*2;面霜[MY-LX]x1；帽子×3个"),
        json!([{"name": "袜子", "quantity": 2}, {"name": "面霜", "quantity": 1, "sku": "MY-LX"}, {"name": "帽子", "quantity": 3}])
    );
    for cell in ["化妆包", "化妆包x", "化妆包x0", "袜子x1;化妆包"] {
        assert_eq!(wrong("gifts", cell), "gift_without_quantity", "{cell}");
    }
    assert_eq!(check(field("gifts"), json!([{"name": "袜子"}])).unwrap_err().code, "gifts");
}

#[test]
fn windows_are_sorted_and_may_touch_but_not_overlap() {
    let windows = value("windows", "2026-06-18 20:00~2026-06-18 24:00;2026-06-16 20:00~2026-06-18 20:00");
    assert_eq!(
        show(field("windows"), &windows),
        "2026-06-16 20:00~2026-06-18 20:00;2026-06-18 20:00~2026-06-18 24:00"
    );
    let overlap = "2026-06-16 20:00~2026-06-18 24:00;2026-06-18 20:00~2026-06-20 24:00";
    let found = read(field("windows"), overlap, Unit::Yuan).unwrap_err();
    assert_eq!(found.code, "windows_overlap");
    assert!(found.found.zh.ends_with("重叠：2026-06-18 20:00~2026-06-18 24:00"), "{}", found.found.zh);
    assert_eq!(wrong("windows", "2026-06-18~2026-06-17"), "window_empty");
    assert_eq!(wrong("windows", "六月十八"), "windows");
    assert_eq!(wrong("windows", "2026-06-31~2026-07-01"), "windows");
}

#[test]
fn days_lie_in_shanghai() {
    let papers = value("qualifications", "3C证书:3C2026-0054:2026-05-31;备案:BA-1");
    // 2026-05-31 23:59:59.999 in Shanghai.
    assert_eq!(papers[0]["valid_until"], json!(1_780_243_199_999_i64));
    assert_eq!(papers[1]["valid_until"], Json::Null);
    assert_eq!(wrong("qualifications", "3C证书"), "qualifications");
    assert_eq!(wrong("qualifications", "3C证书:1:2026-02-30"), "qualifications");
    assert_eq!(
        value("price_history", "2026年5月20日:129")[0],
        json!({"at": 1_779_206_400_000_i64, "price": 12_900})
    );
}

#[test]
fn what_is_shown_is_read_as_the_same() {
    for (code, cell) in [
        ("category", "服饰"),
        ("aliases", "3号链接/蓝色那个"),
        ("spec", "颜色:黑;尺码:L"),
        ("guarantees", "7天无理由(拆封不退);运费险"),
        ("selling_points", "含冰丝62%→贴身不闷→空调房里坐一天也舒服；垂感针织→不易起皱"),
        ("shipping_promise", "48小时;仓:杭州;快递:顺丰;不发:新疆、西藏"),
        ("trial_record", "小林 2026-06-01 用了 两周"),
        ("trial_record", "小林 2026-06-01 20:30 好"),
        ("size_chart", "尺码,胸围;S,90;M,95"),
        ("price_history", "2026-04-10:122.90;2026-05-20:100.90"),
        ("qualifications", "质检报告:QJ-1:2027-03-31:https://example.com/a;证:2::合同"),
        ("gifts", "油纸x50;食谱[SP-1]x1"),
        ("stock_buffer_percent", "12.5"),
        ("note", "白色先讲, 说\"买两件\"\n要讲清"),
    ] {
        let first = value(code, cell);
        let shown = show(field(code), &first);
        assert_eq!(value(code, &shown), first, "{code}: {shown}");
        assert_eq!(check(field(code), first.clone()).unwrap(), first, "{code}");
    }
}

proptest! {
    #[test]
    fn no_cell_makes_reading_fail_in_another_way_than_by_a_message(cell in "\\PC{0,30}|[0-9:;x*~→/.\\-年月日 \\[\\]]{0,40}", which in 0..FIELDS.len()) {
        let field = &FIELDS[which];
        if let Ok(reading) = read(field, &cell, Unit::Yuan) {
            // Whatever is taken is kept as it is, and an export of it is read as the same.
            prop_assert_eq!(check(field, reading.value.clone()).unwrap(), reading.value.clone());
            let shown = show(field, &reading.value);
            let again = read(field, &shown, Unit::Yuan);
            prop_assert_eq!(again.map(|it| it.value), Ok(reading.value), "{} {:?} shown as {:?}", field.code, cell, shown);
        }
    }

    #[test]
    fn an_amount_is_shown_and_read_as_the_same(fen in 1..=AMOUNT_FEN_MAX) {
        let price = field("live_price");
        prop_assert_eq!(value("live_price", &show(price, &json!(fen))), json!(fen));
    }
}
