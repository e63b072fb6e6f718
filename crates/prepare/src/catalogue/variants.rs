//! Which SKUs of a product are in the colour and the size that somebody names. What must never happen here: a colour said not
//! to be sold of a product whose colours nobody wrote down.

use std::collections::BTreeMap;

use livehand_kernel::SkuId;

/// A SKU with its spec: 颜色 红色, 尺码 M.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Which.
    pub sku: SkuId,
    /// Its spec, by name.
    pub spec: BTreeMap<String, String>,
}

/// Whether a variant is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// By these SKUs; several where only a colour or a size is named.
    Yes(Vec<SkuId>),
    /// No, but these are sold: one for each colour, or for each size of the colour.
    No(Vec<SkuId>),
    /// The catalogue does not say in which colours or sizes the product comes.
    Unknown,
}

/// What the names of specs of a kind contain.
const COLOURS: &[&str] = &["色", "colour", "color"];
const SIZES: &[&str] = &["码", "尺", "大小", "size"];

/// Whether a product comes in a colour and a size. Neither is named: all SKUs.
pub fn offered(variants: &[Variant], colour: Option<&str>, size: Option<&str>) -> Offered {
    let mut left: Vec<&Variant> = variants.iter().collect();
    for (wanted, names, degrees) in [(colour, COLOURS, IN_COLOUR), (size, SIZES, IN_SIZE)] {
        let Some(wanted) = wanted else { continue };
        let known: Vec<(&Variant, &str)> =
            left.iter().filter_map(|variant| Some((*variant, value(variant, names)?))).collect();
        if known.is_empty() {
            return Offered::Unknown;
        }
        let matching = degrees.iter().map(|is| {
            known.iter().filter(|(_, has)| is(wanted, has)).map(|(variant, _)| *variant).collect::<Vec<_>>()
        });
        match matching.into_iter().find(|found| !found.is_empty()) {
            Some(found) => left = found,
            None => return Offered::No(one_of_each(&known)),
        }
    }
    match left.is_empty() {
        true => Offered::Unknown,
        false => Offered::Yes(left.into_iter().map(|variant| variant.sku.clone()).collect()),
    }
}

fn value<'a>(variant: &'a Variant, names: &[&str]) -> Option<&'a str> {
    let named = |name: &str| names.iter().any(|part| name.to_lowercase().contains(part));
    variant.spec.iter().find(|(name, _)| named(name)).map(|(_, value)| value.as_str())
}

/// The first SKU of each value, in the order of the SKUs.
fn one_of_each(known: &[(&Variant, &str)]) -> Vec<SkuId> {
    let mut seen = Vec::new();
    let mut first = Vec::new();
    for (variant, has) in known {
        if !seen.contains(has) {
            seen.push(*has);
            first.push(variant.sku.clone());
        }
    }
    first
}

type Is = fn(&str, &str) -> bool;

/// In the order in which they win: the very colour; the colour with something to it, 红色(正红); a shade of it, 酒红 for 红色.
const IN_COLOUR: &[Is] = &[
    |wanted, has| bare_colour(wanted) == bare_colour(has),
    |wanted, has| bare_colour(wanted).chars().count() > 1 && has.contains(bare_colour(wanted)),
    |wanted, has| wanted.ends_with('色') && has.contains(wanted),
    |wanted, has| bare_colour(wanted).chars().count() == 1 && bare_colour(has).ends_with(bare_colour(wanted)),
];
const IN_SIZE: &[Is] = &[|wanted, has| bare_size(wanted) == bare_size(has)];

fn bare_colour(colour: &str) -> &str {
    let bare = colour.trim();
    bare.strip_suffix('色').filter(|bare| !bare.is_empty()).unwrap_or(bare)
}

/// 2XL for XXL, xxl码 and 2XL(185).
fn bare_size(size: &str) -> String {
    let size = size.trim().to_uppercase();
    let head = size.split(['(', '（', '/', ' ', '[', '【']).next().unwrap_or_default();
    let head = head.strip_suffix('码').filter(|head| head.is_ascii()).unwrap_or(head);
    match head.strip_suffix('L') {
        Some(xs) if xs.len() > 1 && xs.bytes().all(|byte| byte == b'X') => format!("{}XL", xs.len()),
        _ => head.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(specs: &[&[(&str, &str)]]) -> Vec<Variant> {
        let spec =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let numbered = (1..).zip(specs);
        numbered.map(|(n, pairs)| Variant { sku: SkuId(format!("s{n}")), spec: spec(pairs) }).collect()
    }

    fn ids(offered: Offered) -> (&'static str, Vec<String>) {
        match offered {
            Offered::Yes(skus) => ("yes", skus.into_iter().map(|sku| sku.0).collect()),
            Offered::No(skus) => ("no", skus.into_iter().map(|sku| sku.0).collect()),
            Offered::Unknown => ("unknown", Vec::new()),
        }
    }

    #[test]
    fn a_variant_is_found_in_whatever_words_it_is_named() {
        let coat = variants(&[
            &[("颜色", "红色"), ("尺码", "M")],
            &[("颜色", "红"), ("尺码", "XXL(185)")],
            &[("颜色分类", "酒红"), ("尺码", "M码")],
            &[("颜色", "藏蓝色"), ("尺码", "均码")],
        ]);
        for (colour, size, expected) in [
            (Some("红色"), None, ("yes", vec!["s1", "s2"])),
            (Some("红色"), Some("2XL"), ("yes", vec!["s2"])),
            (Some("红色"), Some("3XL"), ("no", vec!["s1", "s2"])),
            (Some("酒红"), Some("M"), ("yes", vec!["s3"])),
            (Some("藏蓝"), None, ("yes", vec!["s4"])),
            (Some("蓝色"), None, ("yes", vec!["s4"])),
            (Some("紫色"), None, ("no", vec!["s1", "s2", "s3", "s4"])),
            (None, Some("M"), ("yes", vec!["s1", "s3"])),
            (None, None, ("yes", vec!["s1", "s2", "s3", "s4"])),
        ] {
            let (answer, skus) = ids(offered(&coat, colour, size));
            assert_eq!((answer, skus.iter().map(String::as_str).collect()), expected, "{colour:?} {size:?}");
        }
    }

    #[test]
    fn nobody_says_that_a_colour_is_not_sold_where_no_colours_are_written_down() {
        let cups = variants(&[&[("容量", "500ml")]]);
        assert_eq!(offered(&cups, Some("紫色"), None), Offered::Unknown);
        assert_eq!(offered(&[], Some("紫色"), None), Offered::Unknown);
        assert_eq!(offered(&cups, None, Some("XL")), Offered::Unknown);
    }
}
