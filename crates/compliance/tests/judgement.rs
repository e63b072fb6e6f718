//! Sentences that are judged as a whole: what that adds to the words of the rules, and what it takes away.

#![cfg(test)]

use std::sync::LazyLock;

use livehand_compliance::wording::{BUILT_IN, Context, Goods, Hit, Level, Linter, Pack, Place};
use livehand_kernel::Millis;
use serde_json::Value;

static LINTER: LazyLock<Linter> = LazyLock::new(|| Linter::new(&Pack::parse(BUILT_IN).unwrap()).unwrap());
static RULES: LazyLock<Linter> = LazyLock::new(|| Linter::of_rules(&Pack::parse(BUILT_IN).unwrap()).unwrap());

fn said(linter: &Linter, goods: Goods, text: &str) -> Vec<Hit> {
    // 2026-11-18.
    let at = Millis(1_794_960_000_000);
    linter.check(text, &Context { place: Place::Script, category: Some(goods), at, evidence: false }).hits
}

#[test]
fn a_claim_without_a_risky_word_asks_for_a_second_look() {
    let text = "我妈血糖一直高，喝了一个月，医生都让她把药停了";
    assert!(said(&RULES, Goods::Food, text).is_empty());
    let hits = said(&LINTER, Goods::Food, text);
    let hit = hits.iter().find(|hit| hit.category == "medical").unwrap();
    assert_eq!((hit.level, hit.passes, hit.suggestions.len()), (Level::Warn, false, 3));
    assert_eq!(text.get(hit.start..hit.end), Some(hit.found.as_str()));
    assert!(hit.why.zh.contains(&hit.found) && hit.why.en.contains(&hit.found), "{:?}", hit.why);
    assert!(!hit.basis.zh.is_empty());
}

#[test]
fn a_word_in_an_innocent_sentence_is_let_pass() {
    let text = "这支防晒有特殊化妆品注册证，编号在盒子侧面，镜头推近看";
    assert!(!said(&RULES, Goods::Beauty, text).is_empty());
    assert!(said(&LINTER, Goods::Beauty, text).is_empty());
}

#[test]
fn a_plain_word_is_never_let_pass() {
    let pack: Value = serde_json::from_str(BUILT_IN).unwrap();
    for word in pack["judgement"]["plain"].as_array().unwrap().iter().filter_map(Value::as_str) {
        let text = format!("编号在盒子侧面，{word}，尺码表在详情页，快递三天到");
        let by = |linter| said(linter, Goods::Other, &text).iter().any(|hit| hit.word == word);
        assert!(!by(&RULES) || by(&LINTER), "{text}");
    }
}

#[test]
fn a_sentence_of_a_script_is_judged_by_itself() {
    let innocent = "这件是羊毛混纺的，里面有口袋，洗的时候用冷水，不要长时间暴晒。".repeat(20);
    assert!(said(&LINTER, Goods::Food, &innocent).is_empty());
    let text = format!("{innocent}我妈血糖一直高，喝了一个月，医生都让她把药停了。{innocent}");
    let hits = said(&LINTER, Goods::Food, &text);
    assert!(!hits.is_empty());
    for hit in hits {
        assert!(hit.start >= innocent.len() && hit.end <= text.len() - innocent.len(), "{hit:?}");
    }
}

#[test]
fn a_pack_that_does_not_ask_for_it_has_only_its_words() {
    let mut pack: Value = serde_json::from_str(BUILT_IN).unwrap();
    pack.as_object_mut().unwrap().remove("judgement");
    let linter = Linter::new(&Pack::parse(&pack.to_string()).unwrap()).unwrap();
    for text in ["我妈血糖一直高，喝了一个月，医生都让她把药停了", "这支防晒有特殊化妆品注册证"]
    {
        assert_eq!(said(&linter, Goods::Beauty, text), said(&RULES, Goods::Beauty, text));
    }
}
