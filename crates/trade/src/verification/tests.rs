use std::collections::BTreeSet;

use livehand_kernel::{Fen, Millis, ProductId, PromotionId};
use proptest::prelude::*;

use super::*;
use crate::fulfilment::Node;
use crate::offers::{Audience, Line, Promotion, Rule, Scope};

const BOUGHT: Millis = Millis(1_781_784_000_000);

fn variant(sku: &str, size: &str, colour: &str) -> Variant {
    Variant {
        sku: SkuId::from(sku),
        in_use: true,
        colours: vec![colour.to_owned()],
        sizes: vec![size.to_owned()],
    }
}

/// A T-shirt for 99 yuan in two sizes and two colours.
fn article(sku: &str) -> Article {
    let line = Line {
        product: ProductId::from("tee"),
        sku: Some(SkuId::from(sku)),
        name: String::new(),
        category: "apparel".to_owned(),
        price_fen: Fen(9_900),
        cost_fen: None,
        floor_fen: None,
        minimum_margin_fen: None,
        quantity_max: 5,
    };
    Article {
        product: ProductId::from("tee"),
        whole: false,
        ended_at: None,
        price: Some(Priced { line }),
        variants: vec![
            variant("black-m", "M", "黑色"),
            variant("black-l", "L", "黑色"),
            variant("white-m", "M", "白色"),
            variant("white-l", "L", "白色"),
        ],
    }
}

fn line(sku: &str, quantity: i64, paid: i64) -> LineFacts {
    LineFacts {
        id: sku.to_owned(),
        sku: SkuId::from(sku),
        product: None,
        quantity,
        paid: Some(Fen(paid)),
        article: Some(article(sku)),
    }
}

/// An order in which nothing is wrong.
fn good() -> Facts {
    Facts {
        bought_at: BOUGHT,
        lines: vec![line("black-m", 2, 19_800)],
        paid: Some(Fen(19_800)),
        ..Facts::default()
    }
}

fn codes(facts: &Facts) -> Vec<(Kind, String)> {
    check(facts, &Settings::default()).into_iter().map(|it| (it.kind, it.code)).collect()
}

fn one(facts: &Facts) -> Finding {
    let mut found = check(facts, &Settings::default());
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn promotion(rule: Rule) -> Promotion {
    Promotion {
        id: PromotionId::from("p"),
        name: "活动".to_owned(),
        rule,
        scope: Scope::All,
        from: Millis(0),
        to: Millis(i64::MAX),
        audience: Audience::Everyone,
        limit_per_buyer: None,
        stock: None,
        group: None,
        excludes: Vec::new(),
        stackable_with: Vec::new(),
    }
}

#[test]
fn nothing_is_found_in_a_good_order() {
    assert_eq!(codes(&good()), []);
}

#[test]
fn what_can_be_put_right_is_unless_the_shop_wants_to_be_asked() {
    let defect = |code: &str, fixable| RecipientDefect { code: code.to_owned(), fixable };
    let facts = |defects: Vec<RecipientDefect>| Facts { recipient: defects, ..good() };
    let fixable = facts(vec![defect("missing_province", true), defect("phone_leading_zero", true)]);
    let found = check(&fixable, &Settings::default());
    assert_eq!(found.iter().map(|it| it.kind).collect::<Vec<_>>(), [Kind::Address, Kind::Phone]);
    assert!(found.iter().all(|it| it.disposition == Disposition::Fixed && it.fix == Some(Fix::Recipient)));
    assert!(!is_sure(&found), "nobody has to decide on it");
    let ask = Settings { ask: BTreeSet::from(["missing_province".to_owned()]), ..Settings::default() };
    let found = check(&fixable, &ask);
    assert!(found.iter().all(Finding::asks) && is_sure(&found));
    // Beside something that only the buyer knows nothing is sure.
    let doubtful = facts(vec![defect("missing_province", true), defect("phone_short", false)]);
    let found = check(&doubtful, &Settings::default());
    assert!(found.iter().all(|it| it.asks() && it.fix.is_none()));
    assert_eq!(codes(&facts(vec![defect("name_invalid", false)])), [(Kind::Name, "name_invalid".to_owned())]);
}

#[test]
fn a_sku_is_known_sold_and_of_the_product_that_is_named() {
    let with = |change: &dyn Fn(&mut LineFacts)| {
        let mut facts = good();
        change(&mut facts.lines[0]);
        one(&facts).code
    };
    let article_with = |change: &dyn Fn(&mut Article)| {
        with(&|line| {
            let mut article = article("black-m");
            change(&mut article);
            line.article = Some(article);
        })
    };
    assert_eq!(with(&|line| line.article = None), "unknown");
    assert_eq!(article_with(&|it| it.ended_at = Some(BOUGHT)), "ended");
    assert_eq!(with(&|line| line.product = Some(ProductId::from("cup"))), "of_other_product");
    assert_eq!(article_with(&|it| it.whole = true), "spec_missing");
    assert_eq!(one(&Facts { lines: Vec::new(), paid: None, ..good() }).code, "no_lines");
    let mut ended_later = good();
    ended_later.lines[0].article.as_mut().unwrap().ended_at = Some(Millis(BOUGHT.0 + 1));
    assert_eq!(codes(&ended_later), [], "it was sold when it was bought");
}

#[test]
fn a_price_is_one_that_some_promotions_come_to() {
    let reduction = Rule::FullReduction {
        threshold_fen: Fen(15_000),
        off_fen: Fen(2_000),
        every_step: false,
        cap_fen: None,
    };
    let paying = |fen: i64| Facts {
        lines: vec![line("black-m", 2, fen)],
        paid: Some(Fen(fen)),
        promotions: vec![promotion(reduction.clone())],
        ..good()
    };
    assert_eq!(codes(&paying(19_800)), []);
    assert_eq!(codes(&paying(17_800)), []);
    let little = one(&paying(1_980));
    assert_eq!((little.code.as_str(), little.expected.as_deref()), ("paid_too_little", Some("178.00")));
    assert_eq!(one(&paying(25_800)).code, "paid_too_much");
    let many = Facts { lines: vec![line("black-m", 50, 1)], paid: Some(Fen(1)), ..good() };
    let noted = one(&many);
    assert_eq!((noted.code.as_str(), noted.asks()), ("not_judged", false));
}

#[test]
fn a_gift_that_was_promised_is_in_the_order_or_comes_by_itself() {
    let gift = GiftPromised { product: ProductId::from("tee"), sku: SkuId::from("socks"), quantity: 1 };
    let facts = Facts { gifts: vec![gift], ..good() };
    let missing = one(&facts);
    assert_eq!(missing.kind, Kind::Gift);
    assert_eq!(missing.fix, Some(Fix::Gift { sku: SkuId::from("socks"), quantity: 1 }));
    assert_eq!(codes(&Facts { added: [SkuId::from("socks")].into(), ..facts.clone() }), []);
    let mut given = facts;
    let free = LineFacts { article: Some(article("black-m")), ..line("socks", 1, 0) };
    given.lines.push(free);
    assert_eq!(codes(&given), [], "what is given is neither missing nor unpaid");
    let rule = |threshold: i64| Rule::Gift {
        name: "袜子".to_owned(),
        sku: Some(SkuId::from("socks")),
        quantity: 1,
        cost_fen: Fen(100),
        threshold_fen: Fen(threshold),
        units: 1,
        every_step: false,
    };
    assert_eq!(one(&Facts { promotions: vec![promotion(rule(10_000))], ..good() }).kind, Kind::Gift);
    assert_eq!(codes(&Facts { promotions: vec![promotion(rule(30_000))], ..good() }), []);
}

#[test]
fn a_buyer_has_no_more_than_the_limit_and_nothing_twice() {
    let limit = |before| LimitOf { lines: vec!["black-m".to_owned()], limit: 3, here: 2, before };
    assert_eq!(codes(&Facts { limits: vec![limit(1)], ..good() }), []);
    let over = one(&Facts { limits: vec![limit(2)], ..good() });
    assert_eq!((over.kind, over.found.as_deref()), (Kind::Limit, Some("4")));
    let again = one(&Facts { duplicate_of: Some("douyin:1".to_owned()), ..good() });
    assert_eq!((again.kind, again.found.as_deref()), (Kind::Duplicate, Some("douyin:1")));
}

fn said(minutes: i64) -> Said {
    Said {
        at: Millis(BOUGHT.0 + minutes * 60_000),
        place: SaidIn::Room(7),
        product: None,
        colours: Vec::new(),
        sizes: Vec::new(),
        mistake: None,
        wants: false,
    }
}

#[test]
fn the_buyers_words_are_held_against_what_was_bought() {
    let hearing = |said: Said| Facts { said: vec![said], ..good() };
    let large = || vec!["L".to_owned()];
    let wants = one(&hearing(Said { sizes: large(), wants: true, ..said(-2) }));
    assert_eq!((wants.code.as_str(), wants.comment), ("other_variant", Some(7)));
    assert_eq!(wants.fix, Some(Fix::Line { line: "black-m".to_owned(), sku: SkuId::from("black-l") }));
    assert_eq!((wants.found.as_deref(), wants.expected.as_deref()), (Some("黑色 M"), Some("L")));
    let wrong = one(&hearing(Said { mistake: Some(Mistake::Variant), ..said(1) }));
    assert_eq!((wrong.code.as_str(), wrong.fix), ("bought_wrong", None));
    let change = Said { mistake: Some(Mistake::Change), colours: vec!["白色".to_owned()], ..said(1) };
    let sku = SkuId::from("white-m");
    assert_eq!(one(&hearing(change)).fix, Some(Fix::Line { line: "black-m".to_owned(), sku }));
    assert_eq!(one(&hearing(Said { mistake: Some(Mistake::Recipient), ..said(1) })).code, "recipient_wrong");
    assert_eq!(one(&hearing(Said { mistake: Some(Mistake::Quantity), ..said(1) })).code, "quantity_wrong");
    for fine in [
        Said { sizes: vec!["M".to_owned()], wants: true, ..said(-2) },
        Said { sizes: large(), wants: true, ..said(-30) },
        Said { sizes: vec!["3XL".to_owned()], wants: true, ..said(-2) },
        Said { sizes: large(), wants: true, product: Some(ProductId::from("cup")), ..said(-2) },
        Said { mistake: Some(Mistake::Variant), ..said(-2) },
    ] {
        assert_eq!(codes(&hearing(fine.clone())), [], "{fine:?}");
    }
    // The last word counts.
    let first = Said { sizes: large(), wants: true, ..said(-3) };
    let last = Said { sizes: vec!["M".to_owned()], wants: true, ..said(-1) };
    assert_eq!(codes(&Facts { said: vec![first, last], ..good() }), []);
}

#[test]
fn a_correction_costs_nothing_until_the_next_wave_and_then_until_the_carrier_comes() {
    let clock = |text: &str| Clock::parse(text).unwrap();
    let (waves, collections) = ([clock("10:00"), clock("16:00")], [clock("18:30")]);
    let at = |text: &str| Millis::parse_rfc3339(text).unwrap();
    let until = |node, since: &str| cut_off(node, at(since), &waves, &collections);
    let (morning, evening) = ("2026-06-18T09:59:59+08:00", "2026-06-18T20:00:00+08:00");
    assert_eq!(until(Node::ToPrint, morning), Some(at("2026-06-18T10:00:00+08:00")));
    assert_eq!(until(Node::ToPrint, "2026-06-18T10:00:00+08:00"), Some(at("2026-06-18T10:00:00+08:00")));
    assert_eq!(until(Node::ToPrint, "2026-06-18T10:00:01+08:00"), Some(at("2026-06-18T16:00:00+08:00")));
    assert_eq!(until(Node::ToPrint, evening), Some(at("2026-06-19T10:00:00+08:00")));
    assert_eq!(until(Node::Printed, evening), Some(at("2026-06-19T18:30:00+08:00")));
    assert_eq!(until(Node::Out, morning), None);
    assert_eq!(cut_off(Node::ToPrint, at(morning), &[], &[]), None);
    for wrong in ["24:00", "9:00", "09:60", "0900", ""] {
        assert_eq!(Clock::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn settings_have_limits_and_come_back_as_they_were_written() {
    let settings = Settings::default();
    assert_eq!(settings.check(&[]), Ok(()));
    let json = serde_json::to_string(&settings).unwrap();
    assert!(json.contains("\"16:00\""), "{json}");
    assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
    let wrong = Settings {
        ask: BTreeSet::from(["nothing".to_owned()]),
        sample_per_mille: 1_001,
        duplicate_minutes: -1,
        ..settings
    };
    let fields: Vec<_> = wrong.check(&["missing_province"]).unwrap_err().iter().map(|it| it.field).collect();
    assert_eq!(fields, ["ask", "duplicate_minutes", "sample_per_mille"]);
}

#[test]
fn every_finding_is_said_in_both_languages() {
    for kind in Kind::ALL {
        let phrase = Finding::of(*kind, "something").saying("1", "2").phrase();
        assert!(!phrase.en.is_empty() && !phrase.zh.is_empty(), "{kind:?}");
    }
}

#[test]
fn the_sample_is_as_large_as_it_is_set_and_the_same_every_time() {
    let drawn = |per_mille| (0..20_000).filter(|n| is_sampled(&format!("douyin:{n}"), per_mille)).count();
    assert_eq!((drawn(0), drawn(1_000)), (0, 20_000));
    assert!((150..250).contains(&drawn(10)), "{}", drawn(10));
    assert!((0..1_000).all(|n| !is_sampled(&n.to_string(), 10) || is_sampled(&n.to_string(), 20)));
}

proptest! {
    /// Whatever is paid that some promotions come to is no finding, and one fen beside all of that is one.
    #[test]
    fn a_price_is_found_exactly_where_no_promotions_come_to_it(
        price in 100_i64..50_000, quantity in 1_i64..6, off in 1_i64..90, threshold in 0_i64..100_000, used in any::<bool>()
    ) {
        let rule = Rule::FullReduction { threshold_fen: Fen(threshold), off_fen: Fen(off), every_step: false, cap_fen: None };
        let applies = price * quantity >= threshold.max(1);
        let due = price * quantity - if used && applies { off } else { 0 };
        let facts = |paid: i64| {
            let mut line = line("black-m", quantity, paid);
            line.article.as_mut().unwrap().price.as_mut().unwrap().line.price_fen = Fen(price);
            Facts { lines: vec![line], paid: Some(Fen(paid)), promotions: vec![promotion(rule.clone())], ..good() }
        };
        prop_assert_eq!(codes(&facts(due)), []);
        prop_assert_eq!(codes(&facts(price * quantity + 1)), [(Kind::Price, "paid_too_much".to_owned())]);
        prop_assert_eq!(codes(&facts(price * quantity - off - 1)), [(Kind::Price, "paid_too_little".to_owned())]);
    }
}
