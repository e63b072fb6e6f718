//! The made-up 618 sheet: its planted defects are named by row, and the clean one is taken without a fault.

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;

use livehand_kernel::Millis;
use livehand_prepare::catalogue::{
    Catalogue, ImportPlan, Known, KnownProduct, KnownSku, Mapping, Severity, completeness, export,
    guess_columns, plan_import,
};
use livehand_prepare::sheet::{Cell, Encoding, Row, Source, Table, header_row};
use serde_json::Value;

/// The eve of the show.
const NOW: Millis = Millis(1_781_700_000_000);

fn demo(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/618").join(name)).unwrap()
}

fn table(rows: Vec<Vec<String>>) -> Table {
    let rows: Vec<Row> = (1..)
        .zip(rows)
        .map(|(number, cells)| Row { number, cells: cells.into_iter().map(Cell::plain).collect() })
        .collect();
    let header = header_row(&rows);
    let source = Source::Csv { encoding: Encoding::Utf8Bom, separator: ',' };
    Table { name: "618".into(), source, other_sheets: Vec::new(), header, notes: Vec::new(), rows }
}

fn sheet(name: &str) -> Table {
    let bytes = demo(name);
    let text = std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    table(reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn planned(table: &Table, catalogue: &Catalogue, confirmed: &[u32]) -> ImportPlan {
    let mapping = guess_columns(table.columns());
    plan_import(table, &mapping, catalogue, NOW, &confirmed.iter().copied().collect())
}

/// The catalogue after a plan.
fn applied(catalogue: &Catalogue, plan: &ImportPlan) -> Catalogue {
    let mut after = catalogue.clone();
    for product in &plan.products {
        after.products.insert(product.id.clone(), KnownProduct::default());
    }
    for sku in &plan.skus {
        let known = KnownSku { position: sku.position, ..KnownSku::default() };
        after.products.get_mut(&sku.product).unwrap().skus.insert(sku.id.clone(), known);
    }
    for fact in &plan.facts {
        let product = after.products.get_mut(&fact.key.product).unwrap();
        let facts = match &fact.key.sku {
            Some(sku) => &mut product.skus.get_mut(sku).unwrap().facts,
            None => &mut product.facts,
        };
        let known = Known {
            value: fact.value.clone(),
            version: 1,
            evidence: fact.evidence.clone(),
            ..Known::default()
        };
        facts.insert(fact.key.field.clone(), known);
    }
    after
}

fn faults(plan: &ImportPlan) -> Vec<(u32, String, &'static str)> {
    let mut faults: Vec<_> =
        plan.faults.iter().map(|fault| (fault.row, fault.field.clone(), fault.wrong.code)).collect();
    faults.sort();
    faults
}

#[test]
fn every_column_of_the_618_sheet_is_known_by_its_name() {
    let table = sheet("clean.csv");
    let mapping = guess_columns(table.columns());
    let left: Vec<&str> = mapping
        .columns
        .iter()
        .filter(|column| column.field.is_none())
        .map(|column| column.header.as_str())
        .collect();
    assert_eq!(left, ["序号"]);
    assert!(
        mapping.columns.iter().all(|column| column.field.is_none() || column.confidence >= 95),
        "{mapping:?}"
    );
}

#[test]
fn the_clean_618_sheet_is_taken_whole() {
    let plan = planned(&sheet("clean.csv"), &Catalogue::default(), &[]);
    assert_eq!(faults(&plan), []);
    assert_eq!((plan.rows, plan.products.len(), plan.skus.len()), (186, 70, 186));
    let after = applied(&Catalogue::default(), &plan);
    let again = planned(&sheet("clean.csv"), &after, &[]);
    assert_eq!((again.facts.len(), again.products.len(), again.skus.len(), again.unchanged), (0, 0, 0, 186));
    let tee = after.products.values().find(|product| product.text("brand") == "步野").unwrap();
    assert!(completeness(tee, NOW).codes().contains(&"size_chart"));
}

#[test]
fn each_planted_defect_is_named_by_its_row_and_column() {
    let defects: Vec<Value> = serde_json::from_slice(&demo("defects.json")).unwrap();
    assert_eq!(defects.len(), 12);
    let table = sheet("products.csv");
    let plan = planned(&table, &Catalogue::default(), &[]);
    let named: Vec<(u64, String)> = (plan.faults.iter())
        .map(|fault| {
            let column = usize::try_from(fault.column.unwrap()).unwrap();
            (u64::from(fault.row), table.columns()[column - 1].text.clone())
        })
        .collect();
    let planted: Vec<(u64, String)> = (defects.iter())
        .map(|defect| (defect["row"].as_u64().unwrap(), defect["column"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(named.iter().collect::<BTreeSet<_>>(), planted.iter().collect(), "{:#?}", plan.faults);
    assert_eq!(named.len(), 12, "each once: {:#?}", plan.faults);
    let codes: Vec<&str> = faults(&plan).into_iter().map(|(_, _, code)| code).collect();
    assert_eq!(
        codes,
        [
            "sku_duplicate",
            "gift_without_quantity",
            "negative",
            "expired",
            "link_number_reused",
            "ten_fold",
            "circular_gifts",
            "windows_overlap",
            "zero",
            "looks_like_fen",
            "unknown_choice",
            "whole_number",
        ]
    );
    assert!(plan.faults.iter().all(|fault| fault.wrong.severity == Severity::Error));
    let rows: Vec<u32> = planted.iter().map(|(row, _)| u32::try_from(*row).unwrap()).collect();
    assert_eq!(plan.left_out, rows, "and nothing of these rows is applied");
    assert!(plan.facts.iter().all(|fact| !rows.contains(&fact.row)));
    assert_eq!(plan.skus.len(), 174);
}

#[test]
fn a_sheet_put_right_later_brings_just_what_was_left_out() {
    let first = planned(&sheet("products.csv"), &Catalogue::default(), &[]);
    let after = applied(&Catalogue::default(), &first);
    let second = planned(&sheet("clean.csv"), &after, &[]);
    assert_eq!(faults(&second), []);
    assert_eq!((second.skus.len(), second.unchanged), (12, 174));
    let whole = applied(&Catalogue::default(), &planned(&sheet("clean.csv"), &Catalogue::default(), &[]));
    let ends = |catalogue: &Catalogue| {
        let products = catalogue.products.iter();
        products
            .map(|(id, it)| (id.clone(), it.facts.clone(), it.skus.keys().cloned().collect::<Vec<_>>()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ends(&applied(&after, &second)), ends(&whole));
}

#[test]
fn an_export_is_read_back_as_no_change_at_all() {
    let plan = planned(&sheet("clean.csv"), &Catalogue::default(), &[]);
    let after = applied(&Catalogue::default(), &plan);
    let again = planned(&table(export(&after)), &after, &[]);
    assert_eq!(faults(&again), []);
    assert_eq!((again.rows, again.unchanged, again.facts.len()), (186, 186, 0), "{:?}", again.facts.first());
    // And into an empty catalogue it brings the same.
    let copied = applied(&Catalogue::default(), &planned(&table(export(&after)), &Catalogue::default(), &[]));
    assert_eq!(copied, after);
}

fn small(rows: &[&[&str]]) -> Table {
    table(rows.iter().map(|cells| cells.iter().map(|cell| (*cell).to_owned()).collect()).collect())
}

#[test]
fn a_row_with_a_warning_waits_until_somebody_says_that_it_is_meant() {
    let table = small(&[
        &["商品名称", "日常价", "直播价"],
        &["T恤", "99", "9.9"],
        &["裙", "９９", "89"],
        &["裤", "99", "89"],
    ]);
    let plan = planned(&table, &Catalogue::default(), &[]);
    assert_eq!(
        faults(&plan),
        [(2, "live_price".into(), "ten_fold"), (3, "daily_price".into(), "full_width_digits")]
    );
    assert_eq!((plan.left_out.as_slice(), plan.products.len()), ([2, 3].as_slice(), 1));
    let plan = planned(&table, &Catalogue::default(), &[2]);
    assert_eq!((plan.left_out.as_slice(), plan.products.len(), plan.faults.len()), ([3].as_slice(), 2, 2));
}

#[test]
fn columns_move_dashes_are_nothing_and_a_row_of_blanks_is_no_row() {
    let first = small(&[
        &["商品ID", "商品名称", "商家编码", "规格", "直播价", "备注"],
        &["", "", "", "-", "", ""],
        &["\t6917926768823643751", "T恤", "QH-1", "颜色:黑", "59.9", "-"],
        &["'6917926768823643751", "T恤", "QH-2", "颜色:白", "59.9", ""],
    ]);
    let moved = small(&[
        &["备注", "直播价（分）", "规格", "商家编码", "商品名称", "商品ID"],
        &["", "5990", "颜色:黑", "'QH-1", "T恤", "6917926768823643751"],
        &["-", "5990", "颜色:白", "\tQH-2", "T恤", "6917926768823643751"],
    ]);
    let plan = planned(&first, &Catalogue::default(), &[]);
    assert_eq!((plan.rows, plan.products.len(), plan.skus.len(), faults(&plan).len()), (2, 1, 2, 0));
    let after = applied(&Catalogue::default(), &plan);
    assert_eq!(planned(&moved, &after, &[]).unchanged, 2);
}

#[test]
fn a_price_in_yuan_under_a_header_in_fen_is_named() {
    let plan = planned(&small(&[&["商品名称", "直播价(分)"], &["T恤", "59.90"]]), &Catalogue::default(), &[]);
    assert_eq!(faults(&plan), [(2, "live_price".into(), "price_in_yuan")]);
}

#[test]
fn rows_of_one_product_that_differ_are_named_against_the_majority() {
    let table = small(&[
        &["商品ID", "商品名称", "商家编码", "品牌"],
        &["p1", "T恤", "a", "青禾"],
        &["p1", "T恤", "b", "青和"],
        &["p1", "T恤", "c", "青禾"],
        &["p1", "T恤", "c", "青禾"],
    ]);
    let plan = planned(&table, &Catalogue::default(), &[]);
    assert_eq!(
        faults(&plan),
        [(3, "brand".into(), "disagrees"), (5, "merchant_code".into(), "sku_duplicate")]
    );
}

#[test]
fn a_price_of_a_product_on_air_is_not_changed_by_a_sheet() {
    let first = small(&[&["商品ID", "商品名称", "直播价", "品牌"], &["p1", "T恤", "59", "青禾"]]);
    let mut on_air = applied(&Catalogue::default(), &planned(&first, &Catalogue::default(), &[]));
    on_air.products.values_mut().for_each(|product| product.on_air = true);
    let second = small(&[&["商品ID", "商品名称", "直播价", "品牌"], &["p1", "T恤", "49", "青禾"]]);
    let plan = planned(&second, &on_air, &[2]);
    assert_eq!(faults(&plan), [(2, "live_price".into(), "needs_second_person")]);
    assert!(plan.facts.is_empty());
    let brand = small(&[&["商品ID", "商品名称", "直播价", "品牌"], &["p1", "T恤", "59", "禾青"]]);
    assert_eq!(planned(&brand, &on_air, &[]).facts.len(), 1);
}

#[test]
fn what_an_import_cannot_place_is_named() {
    let known = small(&[&["商品ID", "商品名称", "商家编码", "链接号"], &["p1", "T恤", "QH-1", "3"]]);
    let known = applied(&Catalogue::default(), &planned(&known, &Catalogue::default(), &[]));
    let table = small(&[
        &["商品ID", "商品名称", "SKU ID", "链接号", "赠品"],
        &["p2", "裙", "QH-1", "4", ""],
        &["p3", "裤", "K-1", "3", "袜子[没有]x1"],
        &["", "", "", "5", ""],
        &["p4", "", "", "6", ""],
        &["p 5", "帽", "", "", ""],
    ]);
    let plan = planned(&table, &known, &[]);
    assert_eq!(
        faults(&plan),
        [
            (2, "sku".into(), "sku_elsewhere"),
            (3, "gifts".into(), "gift_unknown"),
            (3, "link_number".into(), "link_number_reused"),
            (4, "product".into(), "product_missing"),
            (5, "name".into(), "name_missing"),
            (6, "product".into(), "bad_id"),
        ]
    );
    let mapping = Mapping::default();
    let nothing = plan_import(&table, &mapping, &known, NOW, &BTreeSet::new());
    assert_eq!((nothing.rows, nothing.facts.len()), (0, 0));
}
