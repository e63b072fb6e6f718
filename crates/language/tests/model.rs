//! The model that comes with the program: that it is the one which its pack gives, and what it understands.

#![cfg(test)]

use std::collections::BTreeSet;

use livehand_language::matcher::Asked;
use livehand_language::understand::Library;
use livehand_language::{model, normalise, pack, training};

#[test]
fn the_pack_gives_the_model_that_is_built_in() {
    let trained = training::train(pack::built_in().unwrap()).unwrap().keep().unwrap();
    let built_in = include_bytes!("../model/language.bin");
    assert!(trained == built_in, "run `livehand comments train`: the pack or the training changed");
}

#[test]
fn every_entry_of_the_pack_can_be_sent_and_asked_for() {
    let concepts = pack::built_in().unwrap();
    let (mut codes, mut ids, mut questions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for concept in &concepts {
        let mut goods = concept.goods.clone();
        goods.sort();
        assert!(codes.insert(&concept.code), "{}", concept.code);
        assert!(concept.phrases.all().count() >= 12, "{}", concept.code);
        for entry in &concept.entries {
            assert!(ids.insert(&entry.id), "{}", entry.id);
            assert!(questions.insert((normalise(&entry.question), goods.clone())), "{}", entry.question);
            assert!(entry.short.chars().count() <= 45, "{} {}", concept.code, entry.short);
            assert!(matches!(entry.level.as_str(), "A" | "B" | "C"), "{} {}", concept.code, entry.level);
        }
    }
    assert!(codes.len() >= 250 && concepts.iter().map(|concept| concept.entries.len()).sum::<usize>() >= 300);
}

fn shop() -> Library {
    let entry = |id: &str, question: &str, answer: &str| Asked {
        id: id.to_owned(),
        question: question.to_owned(),
        answer: answer.to_owned(),
        ..Asked::default()
    };
    let entries = vec![
        entry("ship", "下单以后几天能发出", "付款后两天内发出。"),
        entry("pill", "这件衣服会起球吗", "面料做过抗起球处理。"),
        entry("refund", "不喜欢可以退吗", "七天内可以退。"),
        entry("invoice", "可不可以开发票", "可以开电子发票。"),
    ];
    Library::new(entries, model::built_in().unwrap())
}

/// Nobody wrote variants for these entries: they profit from the concepts that they hang on.
#[test]
fn an_entry_that_nobody_prepared_is_found_by_words_that_it_does_not_have() {
    let (library, model) = (shop(), model::built_in().unwrap());
    for (comment, id) in [
        ("今天拍啥时候寄", "ship"),
        ("穿几次会不会一身毛毛球", "pill"),
        ("穿着不好看能还给你们不", "refund"),
        ("公司报销要票", "invoice"),
    ] {
        let understood = library.understand(comment, Some("apparel"), model);
        let first = understood.candidates.first().and_then(|found| library.entries().get(found.entry));
        assert_eq!(first.map(|entry| entry.id.as_str()), Some(id), "{comment}");
    }
}

/// The pack knows nothing of pianos; its own entries have many phrases, and still do not outshout a shop's.
#[test]
fn an_entry_of_an_unknown_topic_is_found_beside_those_that_are_prepared() {
    let concepts = pack::built_in().unwrap();
    let of_pack = concepts.iter().flat_map(|concept| {
        let entry = concept.entries.first().into_iter();
        entry.map(|entry| Asked {
            id: entry.id.clone(),
            question: entry.question.clone(),
            answer: entry.long.clone(),
            variants: concept.phrases.all().map(|(_, phrase)| phrase.to_owned()).collect(),
            concepts: vec![concept.code.clone()],
            ..Asked::default()
        })
    });
    let own = Asked {
        id: "piano".to_owned(),
        question: "钢琴凳可以单独买吗".to_owned(),
        answer: "钢琴凳可以单独下单，不用和钢琴一起买。".to_owned(),
        ..Asked::default()
    };
    let model = model::built_in().unwrap();
    let library = Library::new(of_pack.chain([own]).collect(), model);
    for comment in ["只要钢琴凳行不行", "凳子能单独下单吗", "单买琴凳多少钱"] {
        let understood = library.understand(comment, None, model);
        let top = understood.candidates.iter().filter_map(|found| library.entries().get(found.entry));
        assert!(top.take(3).any(|entry| entry.id == "piano"), "{comment}");
    }
}

#[test]
fn why_an_entry_was_chosen_adds_up_to_its_score() {
    let (library, model) = (shop(), model::built_in().unwrap());
    let understood = library.understand("几天能发", None, model);
    let first = understood.candidates.first().unwrap();
    let sum: f32 = library.why(first).iter().map(|(_, share)| share).sum();
    assert!((sum - first.score).abs() < 0.1, "{sum} {}", first.score);
}

/// What a comment is matched with is used again for the next one.
#[test]
fn a_comment_is_understood_the_same_whatever_came_before_it() {
    let (library, model) = (shop(), model::built_in().unwrap());
    let comments = ["几天能发", "起球吗", "", "能开票吗 不喜欢可以退吗", "666"];
    for comment in comments.iter().chain(comments.iter().rev()) {
        let fresh = shop().understand(comment, None, model);
        assert_eq!(library.understand(comment, None, model), fresh, "{comment}");
    }
}
