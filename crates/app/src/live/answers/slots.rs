//! From the slots of the FAQ library (`{{stock red}}`) to those of a room (`{{stock #3 sku-1}}`), which name the product;
//! and the answers that the facts alone give.

use std::collections::BTreeSet;

use livehand_kernel::{Phrase, SkuId};
use livehand_language::library::{Piece, SLOTS, Slot, choose, parts};
use livehand_live::link_named;
use livehand_live::sayings::shown::{shown, shown_part};
use livehand_live::view::Question;
use serde_json::Value;

use super::About;

/// Values of a spec that an answer names; beyond it nobody reads them.
const OPTIONS_MAX: usize = 8;
/// What a colour and a size are called in a spec.
const COLOURS: &[&str] = &["颜色", "色号", "花色", "款式"];
const SIZES: &[&str] = &["尺码", "码数", "尺寸", "大小", "规格"];

/// An answer with the slots of a room, and what it needs and does not have.
pub(super) struct Written {
    pub template: String,
    pub missing: Vec<Phrase>,
}

/// What a comment names besides link number, height and weight: colours and sizes.
fn variant_named(named: &str) -> impl Iterator<Item = &str> {
    let other = |word: &&str| body_part(word).is_none() && link_named(word).is_none() && !word.is_empty();
    named.split(' ').filter(other)
}

/// `160cm` or `55kg`.
fn body_part(word: &str) -> Option<(&str, bool)> {
    let (number, tall) = match word.strip_suffix("cm") {
        Some(number) => (number, true),
        None => (word.strip_suffix("kg")?, false),
    };
    number.parse::<f64>().ok().map(|_| (number, tall))
}

/// The answer that the facts alone give.
pub(super) fn from_facts(question: &Question, about: &About) -> Option<String> {
    let named = question.named.as_deref().unwrap_or_default();
    let topic = question.topic.as_deref().unwrap_or_default();
    let intent = question.intent.as_str();
    let about_body = named.split(' ').any(|word| body_part(word).is_some());
    let about_variant = variant_named(named).next().is_some();
    let answer = match (intent, topic) {
        _ if about_body && (intent == "size" || topic.starts_with("size.")) => {
            "按尺码表建议 {{size height weight}}，{{link}}可选"
        }
        ("stock", _) | (_, "stock.has" | "stock.variant") if about_variant => {
            "{{link}}这个规格现在还有 {{stock}} 件"
        }
        ("price", "") | (_, "price.now") => "{{link}}直播价 {{price}}",
        (_, "gift.what") => "这款送 {{gifts}}",
        (_, "shipping.time") => "{{ship_by}}",
        (_, "stock.limit") => "这款每人限购 {{limit}} 件",
        _ => return None,
    };
    let written = translate(answer, question, about);
    // What the facts do not say is left to the library.
    written.missing.is_empty().then_some(written.template)
}

/// Writes an answer of the library for a room; of each choice one word is said, in turn from question to question.
pub(super) fn translate(answer: &str, question: &Question, about: &About) -> Written {
    let answer = choose(answer, question.id);
    let mut written = Written { template: String::new(), missing: Vec::new() };
    for part in parts(&answer) {
        match part.meaning {
            Ok(Piece::Slot(slot)) => match in_room(&slot, question, about) {
                Ok(text) => written.template.push_str(&text),
                Err(missing) => {
                    written.template.push_str(part.raw);
                    written.missing.push(missing);
                }
            },
            _ => written.template.push_str(part.raw),
        }
    }
    written
}

fn in_room(slot: &Slot, question: &Question, about: &About) -> Result<String, Phrase> {
    let Some(product) = &about.product else {
        return Err(Phrase::new("which product is meant", "不知道问的是哪款商品"));
    };
    let link = product.link_number;
    let missing = || {
        let kind = SLOTS.iter().find(|kind| kind.name == slot.name);
        kind.map_or_else(|| Phrase::literal(slot.name), |kind| Phrase::new(kind.en, kind.zh))
    };
    let field = match slot.name {
        "link" => return Ok(format!("{link} 号链接")),
        "stock" => {
            let named = question.named.as_deref().unwrap_or_default();
            let wanted: Vec<&str> = match slot.arguments.as_slice() {
                [] => variant_named(named).collect(),
                words => words.iter().map(String::as_str).collect(),
            };
            let sku = about.one_sku(&wanted).ok_or_else(missing)?;
            return Ok(format!("{{{{stock #{link} {sku}}}}}"));
        }
        "size" => {
            let body = body_named(question.named.as_deref().unwrap_or_default()).ok_or_else(missing)?;
            let chart = about.value("size_chart", None).ok_or_else(missing)?;
            shown_part("size_chart", chart, &body).ok_or_else(missing)?;
            return Ok(format!("{{{{size_chart.{body} #{link}}}}}"));
        }
        "colors" => return about.options(link, COLOURS).ok_or_else(missing),
        "sizes" => return about.options(link, SIZES).ok_or_else(missing),
        "material" => return about.spec(link, &["材质", "面料", "材料"]).ok_or_else(missing),
        "origin" => return about.spec(link, &["产地", "原产地"]).ok_or_else(missing),
        "made_on" => return about.spec(link, &["生产日期"]).ok_or_else(missing),
        "shelf_life" => return about.spec(link, &["保质期"]).ok_or_else(missing),
        "net_content" => return about.spec(link, &["净含量", "容量", "规格"]).ok_or_else(missing),
        "suitable" => return about.spec(link, &["适用人群", "适用", "适合"]).ok_or_else(missing),
        "contraindication" => return about.spec(link, &["禁忌", "不适用"]).ok_or_else(missing),
        "warehouse" => return about.spec(link, &["发货地", "仓库"]).ok_or_else(missing),
        "price" => "live_price",
        "gifts" => "gifts",
        "limit" => "purchase_limit",
        "ship_by" | "carrier" => "shipping_promise",
        "return_policy" | "warranty" | "freight_insurance" => "guarantees",
        "spec" => "specs",
        "certificate" => "qualifications",
        "ingredients" => "ingredients",
        "allergens" => "allergens",
        _ => return Err(missing()),
    };
    let value = about.value(field, None).and_then(|value| shown(field, value)).ok_or_else(missing)?;
    let insured = slot.name != "freight_insurance" || value.contains("运费险");
    let carried = slot.name != "carrier" || value.contains('（');
    if insured && carried { Ok(format!("{{{{{field} #{link}}}}}")) } else { Err(missing()) }
}

/// `160x55` of `160cm 55kg`.
fn body_named(named: &str) -> Option<String> {
    let parts: Vec<(&str, bool)> = named.split(' ').filter_map(body_part).collect();
    let of = |tall: bool| parts.iter().find(|part| part.1 == tall).map_or("", |part| part.0);
    (!parts.is_empty()).then(|| format!("{}x{}", of(true), of(false)))
}

impl About {
    fn value(&self, field: &str, sku: Option<&SkuId>) -> Option<&Value> {
        let row =
            self.facts.iter().find(|row| row.fact.key.field == field && row.fact.key.sku.as_ref() == sku)?;
        Some(&row.fact.value).filter(|value| !value.is_null())
    }

    /// SKUs with their specs.
    fn skus(&self) -> impl Iterator<Item = (&SkuId, &Value)> {
        let spec = |row: &&livehand_storage::facts::FactRow| row.fact.key.field == "spec";
        self.facts.iter().filter(spec).filter_map(|row| Some((row.fact.key.sku.as_ref()?, &row.fact.value)))
    }

    /// The only SKU that has everything that is wanted, if its stock is known.
    fn one_sku(&self, wanted: &[&str]) -> Option<&SkuId> {
        let plain = |text: &str| text.trim_end_matches(['色', '码']).to_uppercase();
        let has = |spec: &Value, word: &str| {
            let values = spec.as_object().into_iter().flat_map(|pairs| pairs.values());
            values.filter_map(Value::as_str).any(|value| plain(value) == plain(word))
        };
        let mut fitting = self.skus().filter(|(_, spec)| wanted.iter().all(|word| has(spec, word)));
        let (sku, _) = fitting.next()?;
        let only = fitting.next().is_none();
        Some(sku).filter(|sku| only && self.value("stock", Some(sku)).is_some())
    }

    /// A part of the specs.
    fn spec(&self, link: i64, names: &[&str]) -> Option<String> {
        let specs = self.value("specs", None)?;
        let name = names.iter().find(|name| shown_part("specs", specs, name).is_some())?;
        Some(format!("{{{{specs.{name} #{link}}}}}"))
    }

    /// What the SKUs have in a part of their specs, each once.
    fn options(&self, link: i64, names: &[&str]) -> Option<String> {
        let mut seen = BTreeSet::new();
        let name = names.iter().find(|name| self.skus().any(|(_, spec)| spec.get(**name).is_some()))?;
        let slots: Vec<String> = self
            .skus()
            .filter(|(_, spec)| spec.get(*name).and_then(Value::as_str).is_some_and(|text| seen.insert(text)))
            .map(|(sku, _)| format!("{{{{spec.{name} #{link} {sku}}}}}"))
            .collect();
        let all = slots.len() <= OPTIONS_MAX;
        (all && !slots.is_empty()).then(|| slots.join("、"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_comment_names_is_told_apart() {
        assert_eq!(link_named("3号 红色 M 160cm 55kg"), Some(3));
        assert_eq!(link_named("红色"), None);
        assert_eq!(variant_named("3号 红色 M 160cm 55kg").collect::<Vec<_>>(), ["红色", "M"]);
        assert_eq!(body_named("3号 160cm 55kg").as_deref(), Some("160x55"));
        assert_eq!(body_named("52.5kg").as_deref(), Some("x52.5"));
        assert_eq!(body_named("3号 红色"), None);
    }
}
