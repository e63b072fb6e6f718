//! What is missing before a product may go on air: a gate for each category.

use livehand_kernel::{Millis, Phrase};

use super::field::{FIELDS, Field};
use super::known::KnownProduct;
use super::value::{Qualification, parsed, shown_day};

/// How far a product card is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// How many of the needed facts are there.
    pub filled: usize,
    /// How many are needed.
    pub required: usize,
    /// What is missing, and why.
    pub missing: Vec<Missing>,
    /// When the first paper runs out that is still valid.
    pub expires_at: Option<Millis>,
}

/// A fact that is needed and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its field.
    pub field: &'static str,
    /// Why it counts as missing.
    pub why: Phrase,
}

impl Completeness {
    /// The codes of what is missing.
    pub fn codes(&self) -> Vec<&'static str> {
        self.missing.iter().map(|missing| missing.field).collect()
    }
}

/// What of a product is filled in at a moment.
pub fn completeness(product: &KnownProduct, now: Millis) -> Completeness {
    let category = product.text("category");
    let needed = FIELDS.iter().filter(|field| field.is_needed(category));
    let mut found = Completeness::default();
    for field in needed {
        count(&mut found, field.code, lack(product, field, now));
    }
    if has_anywhere(product, "list_price") {
        let why = || Phrase::new("a list price needs its evidence (C06)", "划线价须附依据（C06）");
        count(&mut found, "list_price", (!list_price_is_proven(product)).then(why));
    }
    found.expires_at =
        papers(product).filter_map(|paper| paper.valid_until).filter(|until| *until > now).min();
    found
}

fn count(found: &mut Completeness, field: &'static str, why: Option<Phrase>) {
    found.required += 1;
    match why {
        None => found.filled += 1,
        Some(why) => found.missing.push(Missing { field, why }),
    }
}

/// Why a needed fact counts as missing.
fn lack(product: &KnownProduct, field: &Field, now: Millis) -> Option<Phrase> {
    let skus = product.in_use();
    let empty = || Phrase::new("not filled in", "未填写");
    if field.is_of_skus() && product.value(field.code).is_none() {
        let without = skus.iter().filter(|(id, _)| product.value_for(Some(id), field.code).is_none()).count();
        return match (skus.len(), without) {
            (0, _) => Some(empty()),
            (_, 0) => None,
            (_, without) => {
                Some(Phrase::new(format!("{without} SKUs have none"), format!("{without} 个规格未填写")))
            }
        };
    }
    if product.value(field.code).is_none() {
        return Some(empty());
    }
    if field.code != "qualifications" {
        return None;
    }
    let expired = papers(product).find(|paper| paper.valid_until.is_some_and(|until| until <= now))?;
    let day = expired.valid_until.map(shown_day).unwrap_or_default();
    Some(Phrase::new(
        format!("{} {} ran out on {day}", expired.kind, expired.number),
        format!("{} {} 已于 {day} 到期", expired.kind, expired.number),
    ))
}

fn papers(product: &KnownProduct) -> impl Iterator<Item = Qualification> {
    let papers: Vec<Qualification> = product.value("qualifications").map(parsed).unwrap_or_default();
    papers.into_iter()
}

fn has_anywhere(product: &KnownProduct, field: &str) -> bool {
    let skus = product.in_use();
    product.value(field).is_some() || skus.iter().any(|(id, _)| product.value_for(Some(id), field).is_some())
}

/// Whether each list price names what it rests on.
fn list_price_is_proven(product: &KnownProduct) -> bool {
    let skus = product.in_use();
    let all =
        skus.iter().filter_map(|(_, sku)| sku.facts.get("list_price")).chain(product.facts.get("list_price"));
    all.into_iter().filter(|known| !known.value.is_null()).all(|known| known.evidence.is_some())
}

#[cfg(test)]
mod tests {
    use livehand_kernel::SkuId;
    use serde_json::{Value, json};

    use super::super::known::{Known, KnownSku};
    use super::*;

    fn known(value: Value) -> Known {
        Known { value, version: 1, ..Known::default() }
    }

    fn product(facts: &[(&str, Value)]) -> KnownProduct {
        let facts = facts.iter().map(|(field, value)| ((*field).to_owned(), known(value.clone()))).collect();
        KnownProduct { facts, ..KnownProduct::default() }
    }

    #[test]
    fn each_category_has_a_gate_of_its_own() {
        let empty = completeness(&product(&[]), Millis(0));
        assert_eq!((empty.filled, empty.required), (0, empty.missing.len()));
        let food = completeness(&product(&[("category", json!("food"))]), Millis(0));
        assert!(food.required > empty.required);
        for field in ["ingredients", "allergens", "qualifications"] {
            assert!(food.codes().contains(&field), "{field}");
        }
        assert!(!food.codes().contains(&"category"));
        let taken_back = completeness(&product(&[("brand", Value::Null)]), Millis(0));
        assert!(taken_back.codes().contains(&"brand"));
    }

    #[test]
    fn a_price_is_there_when_the_product_or_every_sku_in_use_has_one() {
        let mut tee = product(&[("category", json!("apparel"))]);
        let missing = |tee: &KnownProduct| {
            let found = completeness(tee, Millis(0)).missing;
            found.into_iter().find(|it| it.field == "live_price").map(|it| it.why.en.into_owned())
        };
        assert_eq!(missing(&tee).as_deref(), Some("not filled in"));
        for (id, disabled) in [("m", false), ("l", false), ("old", true)] {
            tee.skus.insert(SkuId::from(id), KnownSku { disabled, ..KnownSku::default() });
        }
        tee.skus.get_mut(&SkuId::from("m")).unwrap().facts.insert("live_price".into(), known(json!(1)));
        assert_eq!(missing(&tee).as_deref(), Some("1 SKUs have none"));
        tee.facts.insert("live_price".into(), known(json!(2)));
        assert_eq!(missing(&tee), None);
    }

    #[test]
    fn a_paper_that_has_run_out_counts_as_missing_and_the_next_to_run_out_is_known() {
        let papers = json!([{"kind": "质检报告", "number": "Q1", "valid_until": 100}, {"kind": "证", "number": "Z", "valid_until": 50}]);
        let at = |now| {
            completeness(
                &product(&[("category", json!("food")), ("qualifications", papers.clone())]),
                Millis(now),
            )
        };
        assert!(!at(10).codes().contains(&"qualifications"));
        assert_eq!(at(10).expires_at, Some(Millis(50)));
        assert!(at(50).codes().contains(&"qualifications"));
        assert_eq!(at(50).expires_at, Some(Millis(100)));
    }

    #[test]
    fn a_list_price_without_evidence_does_not_pass() {
        let mut tee = product(&[("list_price", json!(9_900))]);
        assert!(completeness(&tee, Millis(0)).codes().contains(&"list_price"));
        tee.facts.get_mut("list_price").unwrap().evidence = Some("吊牌照片".to_owned());
        assert!(!completeness(&tee, Millis(0)).codes().contains(&"list_price"));
        assert!(!completeness(&product(&[]), Millis(0)).codes().contains(&"list_price"));
    }
}
