//! How an answer is written: text, slots `{{name arg arg}}` that facts fill, and choices `{宝宝/家人}` of which one is said.

use livehand_kernel::Phrase;

use super::fault::Fault;

/// A slot that the library knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotKind {
    /// The name between the braces.
    pub name: &'static str,
    /// What it gives, in English.
    pub en: &'static str,
    /// What it gives, as a live-room team would say it.
    pub zh: &'static str,
    /// An example with its arguments.
    pub example: &'static str,
}

const fn slot(name: &'static str, en: &'static str, zh: &'static str, example: &'static str) -> SlotKind {
    SlotKind { name, en, zh, example }
}

/// Every slot, in the order in which it is offered.
pub const SLOTS: &[SlotKind] = &[
    slot("price", "live price", "直播价", "{{price}}"),
    slot("stock", "stock, of a colour or size if one is named", "库存，可写颜色或尺码", "{{stock red}}"),
    slot("link", "link number", "链接号", "{{link}}"),
    slot("coupon", "coupon in force", "可用的券", "{{coupon}}"),
    slot("gifts", "gifts", "赠品", "{{gifts}}"),
    slot("limit", "most that one buyer may have", "限购", "{{limit}}"),
    slot("ship_by", "when it is shipped", "发货时间", "{{ship_by}}"),
    slot("carrier", "carrier", "快递", "{{carrier}}"),
    slot("warehouse", "where it is shipped from", "发货地", "{{warehouse}}"),
    slot("size", "size for a height and weight", "按身高体重推荐的尺码", "{{size height weight}}"),
    slot("sizes", "all sizes", "全部尺码", "{{sizes}}"),
    slot("colors", "all colours", "全部颜色", "{{colors}}"),
    slot("spec", "spec", "规格", "{{spec}}"),
    slot("material", "material", "材质", "{{material}}"),
    slot("ingredients", "ingredients", "成分配料", "{{ingredients}}"),
    slot("allergens", "allergens", "过敏原", "{{allergens}}"),
    slot("net_content", "net content", "净含量", "{{net_content}}"),
    slot("origin", "place of origin", "产地", "{{origin}}"),
    slot("made_on", "date of manufacture", "生产日期", "{{made_on}}"),
    slot("shelf_life", "shelf life", "保质期", "{{shelf_life}}"),
    slot("suitable", "for whom it is suitable", "适用人群", "{{suitable}}"),
    slot("contraindication", "who must not use it", "禁忌", "{{contraindication}}"),
    slot("certificate", "certificates", "资质证书", "{{certificate}}"),
    slot("warranty", "warranty", "保修", "{{warranty}}"),
    slot("return_policy", "returns", "退换政策", "{{return_policy}}"),
    slot("freight_insurance", "return-freight insurance", "运费险", "{{freight_insurance}}"),
    slot("show_schedule", "when the next show is", "开播时间", "{{show_schedule}}"),
    slot("host_body", "height and weight of the host", "主播身高体重", "{{host_body}}"),
];

/// Most arguments of a slot; a size needs two.
const ARGUMENTS_MAX: usize = 3;
/// What a slot counts for while it is not filled. What is sent is measured again.
const SLOT_CHARS: usize = 4;

/// A slot in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: &'static str,
    /// What stands behind it.
    pub arguments: Vec<String>,
}

/// What a part of an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Said as it stands.
    Text,
    /// Filled with a fact.
    Slot(Slot),
    /// One of these is said.
    Choice(Vec<&'a str>),
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// As it stands there.
    pub raw: &'a str,
    /// What it means, or why nobody can tell.
    pub meaning: Result<Piece<'a>, Fault>,
}

/// Takes an answer apart. The parts one after the other are the answer.
pub fn parts(answer: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = answer;
    while !rest.is_empty() {
        let (part, behind) = match rest.find(['{', '}']) {
            Some(0) => braced(rest),
            Some(end) => {
                let (text, behind) = rest.split_at(end);
                (Part { raw: text, meaning: Ok(Piece::Text) }, behind)
            }
            None => (Part { raw: rest, meaning: Ok(Piece::Text) }, ""),
        };
        parts.push(part);
        rest = behind;
    }
    parts
}

/// The slot or choice at the beginning of a text, and what stands behind it.
fn braced(text: &str) -> (Part<'_>, &str) {
    let (open, close) = if text.starts_with("{{") { ("{{", "}}") } else { ("{", "}") };
    let broken = |raw, en: &'static str, zh: &'static str| {
        let fault = Fault::quoting("", Phrase::new(en, zh), raw);
        Part { raw, meaning: Err(fault) }
    };
    let Some(inside) = text.strip_prefix(open) else {
        let (raw, behind) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
        return (broken(raw, "a { before each }", "每个 } 前面都有 {"), behind);
    };
    let Some(length) = inside.find(close) else {
        return (broken(text, "braces that are closed", "花括号成对闭合"), "");
    };
    let (inside, _) = inside.split_at(length);
    let (raw, behind) = text.split_at(open.len() + length + close.len());
    let meaning = if open == "{{" { read_slot(inside).map(Piece::Slot) } else { read_choice(inside) };
    (Part { raw, meaning }, behind)
}

fn read_slot(inside: &str) -> Result<Slot, Fault> {
    let mut words = inside.split_whitespace();
    let name = words.next().unwrap_or_default();
    let Some(kind) = SLOTS.iter().find(|kind| kind.name == name) else {
        let names: Vec<&str> = SLOTS.iter().map(|kind| kind.name).collect();
        let names = names.join(", ");
        let expected = Phrase::new(format!("a known slot: {names}"), format!("已有的变量：{names}"));
        return Err(Fault::quoting("", expected, &format!("{{{{{name}}}}}")));
    };
    let arguments: Vec<String> = words.map(str::to_owned).collect();
    if arguments.len() > ARGUMENTS_MAX || arguments.iter().any(|word| word.contains(['{', '}'])) {
        let expected = Phrase::new(
            format!("at most {ARGUMENTS_MAX} words behind the slot's name, as in {}", kind.example),
            format!("变量名后最多 {ARGUMENTS_MAX} 个参数，例如 {}", kind.example),
        );
        return Err(Fault::quoting("", expected, inside));
    }
    Ok(Slot { name: kind.name, arguments })
}

fn read_choice(inside: &str) -> Result<Piece<'_>, Fault> {
    let options: Vec<&str> = inside.split(['/', '／']).map(str::trim).collect();
    if options.len() < 2 || options.iter().any(|option| option.is_empty() || option.contains('{')) {
        let expected = Phrase::new(
            "two or more words with / between them, as in {宝宝/家人}; a fact stands in {{ }}",
            "两个以上的词，用 / 隔开，如 {宝宝/家人}；引用事实请用 {{ }}",
        );
        return Err(Fault::quoting("", expected, &format!("{{{inside}}}")));
    }
    Ok(Piece::Choice(options))
}

/// The slots of an answer, in order; what cannot be read is none.
pub fn slots(answer: &str) -> Vec<Slot> {
    let slot = |part: Part<'_>| match part.meaning {
        Ok(Piece::Slot(slot)) => Some(slot),
        _ => None,
    };
    parts(answer).into_iter().filter_map(slot).collect()
}

/// The answer with one word for each choice. Every number gives the same answer each time, and numbers that follow one
/// another go through all combinations. Slots stay.
pub fn choose(answer: &str, number: u64) -> String {
    let mut left = number;
    let mut said = String::with_capacity(answer.len());
    for part in parts(answer) {
        let Ok(Piece::Choice(options)) = &part.meaning else {
            said.push_str(part.raw);
            continue;
        };
        let of = u64::try_from(options.len()).unwrap_or(1).max(1);
        let place = usize::try_from(left % of).unwrap_or(0);
        left /= of;
        said.push_str(options.get(place).copied().unwrap_or_default());
    }
    said
}

/// How many characters an answer has when it is shown: of a choice the longest word counts, and a slot for four.
pub fn shown_chars(answer: &str) -> usize {
    let chars = |text: &str| text.chars().count();
    let shown = |part: &Part<'_>| match &part.meaning {
        Ok(Piece::Slot(_)) => SLOT_CHARS,
        Ok(Piece::Choice(options)) => options.iter().map(|option| chars(option)).max().unwrap_or(0),
        Ok(Piece::Text) | Err(_) => chars(part.raw),
    };
    parts(answer).iter().map(shown).sum()
}

/// What is wrong in an answer.
pub(super) fn faults(field: &str, answer: &str) -> Vec<Fault> {
    let at = |fault: Fault| Fault { field: field.to_owned(), ..fault };
    parts(answer).into_iter().filter_map(|part| part.meaning.err()).map(at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slots_are_listed_with_their_arguments() {
        let found = slots("红色还有{{stock red}}件，{宝宝/家人}穿{{ size height  weight }}，{{ship_by}}");
        let told: Vec<String> =
            found.iter().map(|slot| format!("{}:{}", slot.name, slot.arguments.join("+"))).collect();
        assert_eq!(told, ["stock:red", "size:height+weight", "ship_by:"]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (answer, found) in [
            ("到手{{prise}}元", "{{prise}}"),
            ("{{}}", "{{}}"),
            ("{{price", "{{price"),
            ("{宝宝}好", "{宝宝}"),
            ("{宝宝/}好", "{宝宝/}"),
            ("好}", "}"),
            ("{{size a b c d}}", "size a b c d"),
        ] {
            let faults = faults("short", answer);
            assert_eq!(faults.len(), 1, "{answer}: {faults:?}");
            assert_eq!((faults[0].field.as_str(), faults[0].found.zh.as_ref()), ("short", found));
        }
        assert!(faults("short", "{{prise}}")[0].expected.en.contains("price, stock"));
        assert_eq!(faults("short", "{宝宝/家人}，48小时内发，{{ship_by}}"), []);
    }

    #[test]
    fn numbers_go_through_all_combinations_and_each_gives_the_same_each_time() {
        let answer = "{宝宝/家人}们，{放心/安心/尽管}拍，{{ship_by}}";
        let said: std::collections::BTreeSet<String> = (0..6).map(|n| choose(answer, n)).collect();
        assert_eq!(said.len(), 6);
        assert_eq!(choose(answer, 0), "宝宝们，放心拍，{{ship_by}}");
        assert_eq!(choose(answer, 1), "家人们，放心拍，{{ship_by}}");
        assert_eq!(choose(answer, 6), choose(answer, 0));
        assert_eq!(choose("{半/", u64::MAX), "{半/");
    }

    #[test]
    fn a_choice_counts_by_its_longest_word_and_a_slot_for_four() {
        assert_eq!(shown_chars("{宝宝/家人们}好{{size height weight}}"), 3 + 1 + 4);
        assert_eq!(shown_chars("48小时"), 4);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_answer_and_nothing_is_lost(answer in "[{}/／ a价{{}}]{0,40}|\\PC{0,30}", number in any::<u64>()) {
            let whole: String = parts(&answer).iter().map(|part| part.raw).collect();
            prop_assert_eq!(&whole, &answer);
            let said = choose(&answer, number);
            prop_assert!(said.chars().count() <= answer.chars().count());
            prop_assert_eq!(choose(&answer, number), said);
            prop_assert!(shown_chars(&answer) <= answer.chars().count().max(SLOT_CHARS));
        }

        #[test]
        fn every_known_slot_is_read_back(place in 0..SLOTS.len(), words in prop::collection::vec("[a-z红]{1,6}", 0..=3)) {
            let name = SLOTS[place].name;
            let written = format!("甲{{{{{name} {}}}}}乙", words.join(" "));
            prop_assert_eq!(slots(&written), vec![Slot { name, arguments: words }]);
        }
    }
}
