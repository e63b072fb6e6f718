//! The wording lint as its callers have it: the built-in pack, texts in, verdicts out.

#![cfg(test)]

use std::sync::LazyLock;

use livehand_compliance::wording::{BUILT_IN, Context, Goods, Hit, Level, Linter, Pack, Place};
use livehand_kernel::Millis;
use proptest::prelude::*;
use serde_json::{Value, json};

const INNOCENT: &str = include_str!("wording/innocent.txt");
const RISKY: &str = include_str!("wording/risky.txt");
/// 2026-11-18.
const NOW: Millis = Millis(1_794_960_000_000);
const DAY_MS: i64 = 86_400_000;

/// What the words say; what sentences say as a whole is tested in `judgement.rs`.
static LINTER: LazyLock<Linter> =
    LazyLock::new(|| Linter::of_rules(&Pack::parse(BUILT_IN).unwrap()).unwrap());
/// Both.
static JUDGING: LazyLock<Linter> = LazyLock::new(|| Linter::new(&Pack::parse(BUILT_IN).unwrap()).unwrap());

fn context() -> Context {
    Context { place: Place::Script, category: None, at: NOW, evidence: false }
}

fn hits(text: &str) -> Vec<Hit> {
    LINTER.check(text, &context()).hits
}

#[test]
fn everyday_sentences_are_left_alone() {
    let hit: Vec<_> =
        INNOCENT.lines().map(|line| (line, hits(line))).filter(|(_, hits)| !hits.is_empty()).collect();
    assert!(hit.is_empty(), "{hit:#?}");
    assert!(INNOCENT.lines().count() > 500);
}

#[test]
fn risky_sentences_are_found_with_their_basis_and_three_suggestions() {
    assert!(RISKY.lines().count() > 400);
    for line in RISKY.lines() {
        let hits = hits(line);
        assert!(!hits.is_empty(), "{line}");
        for hit in hits {
            assert!(
                !hit.basis.zh.is_empty() && !hit.why.en.is_empty() && hit.suggestions.len() == 3,
                "{hit:?}"
            );
        }
    }
}

#[test]
fn judging_sentences_as_a_whole_changes_little_about_them() {
    let found =
        |lines: &str| lines.lines().filter(|line| !JUDGING.check(line, &context()).hits.is_empty()).count();
    assert!(found(RISKY) * 100 >= RISKY.lines().count() * 98);
    assert!(found(INNOCENT) * 100 <= INNOCENT.lines().count() * 2);
}

#[test]
fn what_is_suggested_may_be_said() {
    let pack: Value = serde_json::from_str(BUILT_IN).unwrap();
    let entries = pack["words"].as_array().unwrap().iter().chain(pack["categories"].as_array().unwrap());
    for suggestion in entries.filter_map(|entry| entry["suggestions"].as_array()).flatten() {
        let verdict = LINTER.check(suggestion.as_str().unwrap(), &context());
        assert!(!verdict.blocks(), "{suggestion}: {verdict:?}");
    }
}

#[test]
fn a_hit_points_at_the_original_and_says_what_it_reads_as() {
    let text = "今天🎉全\u{200B}網 ★最低 價！";
    let hit = &hits(text)[0];
    assert_eq!((hit.word.as_str(), hit.level), ("全网最低价", Level::Block));
    assert_eq!(&text[hit.start..hit.end], "全\u{200B}網 ★最低 價");
    assert_eq!((hit.start_char, hit.end_char), (3, 12));
    assert!(hit.why.zh.contains("等同“全网最低价”"), "{}", hit.why.zh);
}

#[test]
fn evidence_lets_pass_what_needs_evidence_and_nothing_else() {
    let with = Context { evidence: true, ..context() };
    let verdict = LINTER.check("原价199", &with);
    assert_eq!((verdict.level, verdict.hits[0].passes), (None, true));
    assert_eq!(LINTER.check("原价199", &context()).level, Some(Level::Evidence));
    assert!(LINTER.check("全网最低价", &with).blocks());
}

#[test]
fn the_kind_of_goods_decides_what_a_word_means() {
    let of = |goods| Context { category: Some(goods), ..context() };
    assert!(LINTER.check("这条裙子自带防晒", &of(Goods::Apparel)).hits.is_empty());
    assert_eq!(LINTER.check("这款乳液自带防晒", &of(Goods::Beauty)).level, Some(Level::Evidence));
    assert_eq!(LINTER.check("抗菌率高", &of(Goods::Home)).level, Some(Level::Evidence));
    assert!(LINTER.check("抗菌率高", &of(Goods::Beauty)).blocks());
}

#[test]
fn rules_begin_and_end_on_their_day() {
    let at = |at| LINTER.check("零添加", &Context { at, ..context() }).level;
    // 2027-03-16 in Shanghai.
    let day = 1_805_126_400_000;
    assert_eq!(at(Millis(day - 1)), Some(Level::Evidence));
    assert_eq!(at(Millis(day)), Some(Level::Block));
}

#[test]
fn rules_that_nobody_looked_at_for_half_a_year_say_so() {
    let verified = LINTER.pack().verified_at();
    let stale =
        |days| LINTER.check("好看", &Context { at: Millis(verified.0 + days * DAY_MS), ..context() }).stale;
    assert!(stale(180).is_none());
    assert!(stale(181).unwrap().zh.contains("181"));
}

#[test]
fn a_denial_is_no_claim_but_a_double_one_is() {
    for said in ["不得不说这是最好的面膜", "不要错过全网最低价", "难道不是最低价吗", "没有套路全网最低"]
    {
        assert!(!hits(said).is_empty(), "{said}");
    }
    for denied in
        ["我们不说最好，只说适合你", "不敢说最低价", "本品不能代替药物", "请勿私下交易", "“最低价”是违禁词"]
    {
        assert!(hits(denied).is_empty(), "{denied}");
    }
}

#[test]
fn a_word_is_known_by_its_sound_unless_the_characters_say_something_themselves() {
    for hidden in ["连续五年消冠", "这款是砖家推荐过的", "这是杀君的喷雾"] {
        assert!(!hits(hidden).is_empty(), "{hidden}");
    }
    for plain in ["国家及地区", "头顶及后背", "后台加库存", "消防管道今天检修"] {
        assert!(hits(plain).is_empty(), "{plain}");
    }
}

#[test]
fn two_parts_say_together_what_neither_says_alone_unless_it_is_denied_between_them() {
    for said in ["法令纹全给你抹平", "老寒腿泡完就不疼了", "血糖不知不觉就降下来"]
    {
        assert!(!hits(said).is_empty(), "{said}");
    }
    for innocent in ["法令纹它不会抹平", "膝盖这里有两道缝线", "血糖没有降下来的道理"]
    {
        assert!(hits(innocent).is_empty(), "{innocent}");
    }
    let hit = &hits("法令纹全给你抹平")[0];
    assert_eq!((hit.found.as_str(), hit.word.as_str()), ("法令纹全给你抹平", "法令纹"));
    assert!(!hit.why.zh.contains("等同"), "{}", hit.why.zh);
}

#[test]
fn what_is_shrugged_off_is_no_claim_and_what_is_asked_back_is_one() {
    assert!(hits("销冠不销冠的，没评过").is_empty());
    assert!(!hits("谁说我们不是行业第一").is_empty());
}

#[test]
fn a_broken_pack_names_the_entry_the_field_and_what_was_expected() {
    let broken = |pointer: &str, value: Value| {
        let mut pack: Value = serde_json::from_str(BUILT_IN).unwrap();
        *pack.pointer_mut(pointer).unwrap() = value;
        Pack::parse(&pack.to_string()).unwrap_err().to_string()
    };
    assert_eq!(broken("/words/0/word", json!("最")), "words[0] 最 word: expected 2 to 24 characters");
    assert_eq!(
        broken("/words/0/category", json!("nix")),
        "words[0] 最佳 category: expected the code of a category"
    );
    assert_eq!(broken("/verified_at", json!("soon")), "pack verified_at: expected a day such as 2026-02-01");
    let suggestions = broken("/categories/0/suggestions", json!(["一条"]));
    assert_eq!(suggestions, "categories[0] superlative_zui suggestions: expected three suggestions");
    assert!(broken("/words/0/category", json!(7)).starts_with("line 1 column "), "a number is no category");
    assert!(Pack::parse("{").unwrap_err().to_string().starts_with("line 1 column 1: expected a rule pack"));
}

/// Words that block wherever they stand.
fn blocking() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "全网最低价",
        "国家级",
        "顶级",
        "最先进",
        "独一无二",
        "治疗",
        "抗癌",
        "增强免疫力",
        "稳赚不赔",
        "加微信",
        "祖传秘方",
        "无副作用",
        "药到病除",
        "招财进宝",
        "全国第一",
        "最便宜",
    ])
}

proptest! {
    #[test]
    fn offsets_are_on_character_borders_and_point_at_what_was_found(
        parts in prop::collection::vec(prop_oneof!["\\PC{0,6}", blocking().prop_map(str::to_owned)], 0..8)
    ) {
        let text = parts.concat();
        for hit in JUDGING.check(&text, &context()).hits {
            prop_assert_eq!(text.get(hit.start..hit.end), Some(hit.found.as_str()));
            let chars: String = text.chars().skip(hit.start_char).take(hit.end_char - hit.start_char).collect();
            prop_assert_eq!(chars, hit.found);
        }
    }

    #[test]
    fn checking_twice_says_the_same(text in "\\PC{0,200}") {
        prop_assert_eq!(JUDGING.check(&text, &context()), JUDGING.check(&text, &context()));
    }

    #[test]
    fn what_is_put_between_the_characters_of_a_blocked_word_does_not_hide_it(
        word in blocking(),
        between in prop::collection::vec(prop::sample::select(vec!["", " ", "  ", "\u{200B}", "\u{FEFF}", "·", "*", "_", "🌟", "\u{3000}"]), 12)
    ) {
        let mut text = "这款".to_owned();
        for (c, gap) in word.chars().zip(&between) {
            text.push(c);
            text.push_str(gap);
        }
        text.push_str("的，大家看看");
        prop_assert!(JUDGING.check(&text, &context()).blocks(), "{}", text);
    }
}
