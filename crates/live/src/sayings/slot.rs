//! Slots (引用位): where a text quotes a fact, as in `{{live_price #3}}` or `{{stock p-1 p-1-red}}`: the code of a field,
//! then a product by its id or by `#` and its link number, then a SKU if the fact is the SKU's own. A part of a fact stands
//! behind a full stop: `{{specs.材质 #3}}`, `{{size_chart.160x55 #3}}`.

use livehand_kernel::Phrase;

/// Longest slot, in bytes between its braces.
const SLOT_BYTES_MAX: usize = 600;

/// How a slot names its product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductName<'a> {
    /// By its id.
    Id(&'a str),
    /// By its link number.
    Link(i64),
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Code of the field, and the part of it where one is meant.
    pub field: &'a str,
    /// Whose.
    pub product: ProductName<'a>,
    /// The SKU's id.
    pub sku: Option<&'a str>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Words, as they are.
    Words(&'a str),
    /// A fact, to be filled in.
    Slot(Slot<'a>),
}

/// A text in its parts.
///
/// # Errors
/// What is wrong with the first slot that cannot be read.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, Phrase> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once("{{") {
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        let Some((inside, behind)) =
            after.split_once("}}").filter(|(inside, _)| inside.len() <= SLOT_BYTES_MAX)
        else {
            return Err(Phrase::new("a slot that begins with {{ and has no }}", "有 {{ 没有对应的 }}"));
        };
        parts.push(Part::Slot(slot(inside)?));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    Ok(parts)
}

fn slot(inside: &str) -> Result<Slot<'_>, Phrase> {
    let mut words = inside.split_whitespace();
    let (Some(field), Some(product), sku, None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Phrase::literal(format!("{{{{{inside}}}}}")));
    };
    let product = match product.strip_prefix('#') {
        Some(number) => match number.parse() {
            Ok(number) => ProductName::Link(number),
            Err(_) => return Err(Phrase::literal(format!("{{{{{inside}}}}}"))),
        },
        None => ProductName::Id(product),
    };
    Ok(Slot { field, product, sku })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_falls_into_words_and_slots() {
        let slot = |field, product, sku| Part::Slot(Slot { field, product, sku });
        assert_eq!(
            parts("现价 {{live_price #3}}，送{{ gifts  p-1 }}，还剩{{stock p-1 红M}}件").unwrap(),
            [
                Part::Words("现价 "),
                slot("live_price", ProductName::Link(3), None),
                Part::Words("，送"),
                slot("gifts", ProductName::Id("p-1"), None),
                Part::Words("，还剩"),
                slot("stock", ProductName::Id("p-1"), Some("红M")),
                Part::Words("件"),
            ]
        );
        assert_eq!(parts("a } b {c}").unwrap(), [Part::Words("a } b {c}")]);
        assert_eq!(parts("").unwrap(), []);
    }

    #[test]
    fn a_slot_that_cannot_be_read_is_named() {
        for (text, named) in [
            ("{{live_price}}", "{{live_price}}"),
            ("{{live_price #x}}", "{{live_price #x}}"),
            ("{{a b c d}}", "{{a b c d}}"),
            ("{{}}", "{{}}"),
            ("{{live_price #3", "{{"),
        ] {
            let error = parts(text).unwrap_err();
            assert!(error.to_string().contains(named), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(words in "[a{} }]{0,30}") {
            if let Ok(found) = parts(&words) {
                let back: usize = found.iter().map(|part| match part { Part::Words(text) => text.len(), Part::Slot(_) => 0 }).sum();
                prop_assert!(back <= words.len());
                prop_assert!(found.iter().any(|part| matches!(part, Part::Slot(_))) || back == words.len());
            }
        }
    }
}
