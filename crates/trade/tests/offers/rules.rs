//! What is refused: mistakes of typing, and publications that cost more than they may.

use livehand_kernel::{Fen, Language, Millis, ProductId, PromotionId, SkuId};
use livehand_trade::offers::{
    Known, Line, Off, PriceKind, Promotion, Refusal, Rule, Scope, Shipping, Wrong, check, judge_price,
    judge_publication, simulate,
};

use crate::made_up::MOMENT;

fn promotion(id: &str, name: &str, rule: Rule) -> Promotion {
    Promotion {
        id: PromotionId::from(id),
        name: name.to_owned(),
        rule,
        scope: Scope::All,
        from: Millis(0),
        to: Millis(2_000),
        audience: Default::default(),
        limit_per_buyer: None,
        stock: None,
        group: None,
        excludes: Vec::new(),
        stackable_with: Vec::new(),
    }
}

fn line(id: &str, price: i64, cost: i64, floor: i64) -> Line {
    Line {
        product: ProductId::from(id),
        sku: None,
        name: id.to_owned(),
        category: "jewellery".to_owned(),
        price_fen: Fen(price),
        cost_fen: Some(Fen(cost)),
        floor_fen: Some(Fen(floor)),
        minimum_margin_fen: None,
        quantity_max: 2,
    }
}

fn coupon(threshold: i64, off: i64) -> Rule {
    Rule::Coupon { threshold_fen: Fen(threshold), off: Off::Amount { off_fen: Fen(off) } }
}

#[test]
fn a_missing_digit_is_refused() {
    // 268万 typed as 26.8万.
    let jade = [line("翡翠手镯", 268_000_000, 90_000_000, 200_000_000)];
    let live =
        |fen| [promotion("k1", "直播价", Rule::ItemPrice { price: PriceKind::Live, price_fen: Fen(fen) })];
    let verdict = judge_publication(&jade, Shipping::default(), &[], &live(26_800_000), MOMENT);
    let refused = &verdict.refused[0];
    assert_eq!(refused.refusal, Refusal::BelowFloor);
    assert_eq!(
        refused.sentence.in_language(Language::Chinese),
        "翡翠手镯：直播价 → 到手 ¥268000.00，毛利 -¥632000.00，低于控价 ¥2000000.00（买 翡翠手镯 × 1）"
    );
    let verdict = judge_publication(&jade, Shipping::default(), &[], &live(258_000_000), MOMENT);
    assert_eq!((verdict.refused.len(), verdict.safe_in_any_basket), (0, 1));
}

#[test]
fn a_coupon_on_a_coupon_is_refused_and_one_alone_is_not() {
    let washer = [Line { quantity_max: 1, ..line("洗衣机", 8_520, 8_520, 0) }];
    let before = [promotion("k1", "会员 95 折", Rule::ItemPercent { pays_percent: 95 })];
    let shop = promotion(
        "k2",
        "店铺满减",
        Rule::FullReduction {
            threshold_fen: Fen(8_000),
            off_fen: Fen(4_000),
            every_step: false,
            cap_fen: None,
        },
    );
    let platform = Rule::PlatformCoupon {
        threshold_fen: Fen(0),
        off: Off::Amount { off_fen: Fen(3_974) },
        shop_bears_percent: 100,
    };
    let platform = promotion("k3", "平台券", platform);
    let mut after = before.to_vec();
    after.extend([shop, platform]);
    let verdict = judge_publication(&washer, Shipping::default(), &before, &after, MOMENT);
    let refused = &verdict.refused[0];
    assert_eq!(refused.refusal, Refusal::BelowMargin);
    let zh = refused.sentence.in_language(Language::Chinese);
    assert!(zh.starts_with("洗衣机：会员 95 折 + 店铺满减 + 平台券 → 到手 ¥1.20，毛利 -¥84.00"), "{zh}");

    let dear = [line("洗衣机", 8_520, 4_000, 4_000)];
    let one = [promotion("k4", "店铺券", coupon(8_000, 2_000))];
    let two = [
        one[0].clone(),
        Promotion { group: Some("新券".to_owned()), ..promotion("k5", "新券", coupon(6_000, 3_000)) },
    ];
    assert_eq!(judge_publication(&dear, Shipping::default(), &[], &one, MOMENT).refused, []);
    let stacked = judge_publication(&dear, Shipping::default(), &one, &two, MOMENT);
    assert_eq!(stacked.refused[0].refusal, Refusal::BelowFloor);
    assert!(!stacked.refused[0].before);
    // Of one group, the buyer takes the better one: 55.20 is above the floor.
    let same = [one[0].clone(), promotion("k5", "新券", coupon(6_000, 3_000))];
    assert_eq!(judge_publication(&dear, Shipping::default(), &one, &same, MOMENT).refused, []);
}

#[test]
fn add_on_items_are_found_that_split_a_threshold() {
    // 199 alone does not reach 300; with a 101 yuan add-on both get cheaper.
    let lines = [line("大衣", 19_900, 15_000, 17_600), line("袜子", 10_100, 100, 0)];
    let after = [promotion(
        "k1",
        "满300减40",
        Rule::FullReduction {
            threshold_fen: Fen(30_000),
            off_fen: Fen(4_000),
            every_step: false,
            cap_fen: None,
        },
    )];
    let found = simulate(&lines, Shipping::default(), &after, MOMENT).unwrap();
    let coat = found.prices[0].line(&lines[0].product, None).unwrap();
    assert_eq!((coat.quantity, coat.payable_fen), (1, Fen(17_247)));
    assert_eq!(found.prices[0].goods_fen, Fen(26_000));
    let step = &found.prices[0].steps[0];
    assert_eq!(
        (step.off_fen.as_slice(), step.left_fen.as_slice()),
        (&[Fen(2_653), Fen(1_347)][..], &[Fen(17_247), Fen(8_753)][..])
    );
    let verdict = judge_publication(&lines, Shipping::default(), &[], &after, MOMENT);
    assert_eq!(verdict.refused[0].refusal, Refusal::BelowFloor);
    assert!(
        verdict.refused[0].sentence.zh.contains("大衣 × 1 + 袜子 × 1"),
        "{}",
        verdict.refused[0].sentence.zh
    );
}

#[test]
fn a_price_is_judged_with_the_promotions_that_hold() {
    let lines = [line("大衣", 30_000, 15_000, 20_000), line("袜子", 2_000, 2_500, 0)];
    let full = Rule::FullReduction {
        threshold_fen: Fen(20_000),
        off_fen: Fen(6_000),
        every_step: false,
        cap_fen: None,
    };
    let holds = [promotion("k1", "满200减60", full)];
    let judged = |price| judge_price(&lines, 0, Fen(price), Shipping::default(), &holds, MOMENT);
    let refused = judged(25_000).unwrap();
    assert_eq!(refused.refusal, Refusal::BelowFloor);
    assert!(refused.sentence.zh.contains("满200减60 → 到手 ¥190.00"), "{}", refused.sentence.zh);
    assert_eq!(judged(28_000), None);
    // The socks lose money already, and that is not the fault of the coat's price.
    let none: [Promotion; 0] = [];
    assert_eq!(judge_price(&lines, 0, Fen(29_000), Shipping::default(), &none, MOMENT), None);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let bare = [Line { cost_fen: None, floor_fen: None, ..line("新品", 10_000, 0, 0) }];
    let verdict =
        judge_publication(&bare, Shipping::default(), &[], &[promotion("k1", "券", coupon(0, 100))], MOMENT);
    assert_eq!(verdict.refused[0].refusal, Refusal::NothingToGoBy);
}

fn known() -> Known {
    let product = |id: &str| (ProductId::from(id), "food".to_owned());
    Known {
        products: [product("a"), product("b")].into(),
        skus: [("a1", "a"), ("b1", "b")].map(|(sku, id)| (SkuId::from(sku), ProductId::from(id))).into(),
    }
}

fn of(products: &[&str]) -> Scope {
    Scope::Products { products: products.iter().map(|id| ProductId::from(*id)).collect() }
}

fn gift(sku: &str) -> Rule {
    Rule::Gift {
        name: "赠品".to_owned(),
        sku: Some(SkuId::from(sku)),
        quantity: 1,
        cost_fen: Fen(100),
        threshold_fen: Fen(0),
        units: 1,
        every_step: false,
    }
}

fn wrongs(typed: &[Promotion]) -> Vec<(String, Wrong)> {
    check(typed, &[], &known()).into_iter().map(|fault| (fault.field, fault.wrong)).collect()
}

#[test]
fn every_mistake_of_typing_is_named_by_its_field() {
    let price = |fen| Rule::ItemPrice { price: PriceKind::Live, price_fen: Fen(fen) };
    let percent = |pays_percent| Rule::ItemPercent { pays_percent };
    let cases: Vec<(Promotion, &str, Wrong)> = vec![
        (promotion("k", "", price(100)), "name", Wrong::Name),
        (Promotion { to: Millis(0), ..promotion("k", "a", price(100)) }, "to", Wrong::Window),
        (promotion("k", "a", price(0)), "rule.price_fen", Wrong::Amount),
        (promotion("k", "a", price(-1)), "rule.price_fen", Wrong::Amount),
        (promotion("k", "a", percent(0)), "rule.pays_percent", Wrong::Percent),
        (promotion("k", "a", percent(100)), "rule.pays_percent", Wrong::Percent),
        (promotion("k", "a", coupon(1_000, 1_001)), "rule.threshold_fen", Wrong::ThresholdBelowDiscount),
        (promotion("k", "a", coupon(1_000, 0)), "rule.off.off_fen", Wrong::Amount),
        (
            Promotion { limit_per_buyer: Some(0), ..promotion("k", "a", percent(9)) },
            "limit_per_buyer",
            Wrong::Quantity,
        ),
        (
            Promotion { scope: of(&["z"]), ..promotion("k", "a", percent(9)) },
            "scope.products",
            Wrong::Unknown,
        ),
        (Promotion { scope: of(&[]), ..promotion("k", "a", percent(9)) }, "scope.products", Wrong::List),
        (promotion("k", "a", gift("z9")), "rule.sku", Wrong::Unknown),
    ];
    for (typed, field, wrong) in cases {
        assert_eq!(wrongs(std::slice::from_ref(&typed)), [(field.to_owned(), wrong)], "{typed:?}");
    }
    for right in [
        promotion("k", "a", coupon(1_000, 1_000)),
        promotion("k", "a", coupon(0, 1_000)),
        promotion("k", "a", gift("a1")),
    ] {
        assert_eq!(wrongs(std::slice::from_ref(&right)), [], "{right:?}");
    }
}

#[test]
fn windows_of_one_kind_do_not_overlap_for_one_product_and_gifts_do_not_go_round() {
    let live = |id: &str, scope: Scope, from: i64| Promotion {
        scope,
        from: Millis(from),
        ..promotion(id, id, Rule::ItemPrice { price: PriceKind::Live, price_fen: Fen(100) })
    };
    let overlap = vec![("from".to_owned(), Wrong::OverlappingWindow)];
    assert_eq!(wrongs(&[live("1", of(&["a"]), 0), live("2", of(&["a", "b"]), 1_999)]), overlap);
    assert_eq!(wrongs(&[live("1", of(&["a"]), 0), live("2", of(&["b"]), 0)]), []);
    let sku = Scope::Skus { skus: vec![SkuId::from("a1")] };
    assert_eq!(wrongs(&[live("1", of(&["a"]), 0), live("2", sku.clone(), 0)]), overlap);
    assert_eq!(wrongs(&[live("1", sku.clone(), 0), live("2", of(&["a"]), 0)]), overlap);
    let earlier = Promotion { to: Millis(1_000), ..live("1", of(&["a"]), 0) };
    assert_eq!(wrongs(&[earlier, live("2", of(&["a"]), 1_000)]), []);

    let gives = |id: &str, scope: Scope, sku: &str| Promotion { scope, ..promotion(id, id, gift(sku)) };
    let circle = wrongs(&[gives("1", of(&["a"]), "b1"), gives("2", of(&["b"]), "a1")]);
    assert!(
        circle.iter().all(|(field, wrong)| field == "rule.sku" && *wrong == Wrong::CircularGift),
        "{circle:?}"
    );
    assert_eq!(circle.len(), 2);
    // 买一送一 is no circle.
    assert_eq!(wrongs(&[gives("1", of(&["a"]), "a1"), gives("2", of(&["b"]), "b1")]), []);
}
