//! A large library, made up (synthetic): entries of the pack, over and over, each time for another product and worded
//! differently. It has no labels; only how fast it is searched is measured.

use livehand_language::pack::Concept;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::entries::{Entry, prepared};

const SEED: u64 = 618;
/// How a shop names what an entry is about.
const PRODUCTS: &[&str] = &[
    "羊毛大衣",
    "加绒卫衣",
    "直筒牛仔裤",
    "真丝衬衫",
    "防晒衣",
    "保湿面霜",
    "氨基酸洁面",
    "素颜霜",
    "气垫",
    "儿童保温杯",
    "婴儿湿巾",
    "纸尿裤",
    "空气炸锅",
    "蓝牙耳机",
    "充电宝",
    "扫地机器人",
    "坚果礼盒",
    "冻干咖啡",
    "牛肉干",
    "四件套",
    "乳胶枕",
    "不粘锅",
    "珍珠项链",
    "足金手链",
    "运动鞋",
    "双肩包",
];
/// What stands before and after a question.
const BEFORE: &[&str] = &["", "请问", "关于", "想了解一下", "直播间拍的", "今天这批"];
const AFTER: &[&str] = &["", "呢", "，请看这里", "（新版）", "（活动期间）", "，以详情页为准"];
/// Words that mean the same.
const SAME: &[(&str, &str)] = &[
    ("可以", "能"),
    ("多久", "多长时间"),
    ("怎么", "如何"),
    ("发货", "寄出"),
    ("尺码", "码数"),
    ("优惠", "折扣"),
    ("收到", "拿到"),
    ("质量", "品质"),
    ("客服", "售后人员"),
    ("联系", "咨询"),
    ("需要", "要"),
    ("如果", "要是"),
];
/// Of the phrases of its concept, an entry gets this share.
const PHRASES_KEPT: f64 = 0.5;

/// So many entries, the same every time.
pub fn made_up(pack: &[Concept], count: usize) -> Vec<Entry> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let bases: Vec<Entry> = pack
        .iter()
        .flat_map(|concept| concept.entries.iter().map(move |entry| prepared(concept, entry)))
        .collect();
    bases
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(number, base)| varied(base, number, &mut random))
        .collect()
}

fn varied(base: &Entry, number: usize, random: &mut ChaCha8Rng) -> Entry {
    let product = one_of(PRODUCTS, random);
    let (before, after) = (one_of(BEFORE, random), one_of(AFTER, random));
    let asked = if base.phrases.is_empty() || random.random_bool(0.5) {
        base.question.as_str()
    } else {
        base.phrases.get(random.random_range(0..base.phrases.len())).map_or("", String::as_str)
    };
    let question = format!("{before}{product}{}{after}", reworded(asked, random));
    let mut clauses: Vec<String> = base.long.split('，').map(|clause| reworded(clause, random)).collect();
    let turn = random.random_range(0..clauses.len().max(1));
    clauses.rotate_left(turn);
    let mut phrases = base.phrases.clone();
    phrases.retain(|_| random.random_bool(PHRASES_KEPT));
    Entry {
        id: format!("synthetic-{number}"),
        goods: base.goods.clone(),
        question,
        short: format!("{product}：{}", reworded(&base.short, random)),
        long: format!("{product}，{}", clauses.join("，")),
        phrases,
        concepts: Vec::new(),
    }
}

fn one_of(words: &[&'static str], random: &mut ChaCha8Rng) -> &'static str {
    words.get(random.random_range(0..words.len())).copied().unwrap_or("")
}

/// Each word that has another for it is replaced or not.
fn reworded(text: &str, random: &mut ChaCha8Rng) -> String {
    let mut text = text.to_owned();
    for (word, other) in SAME {
        if text.contains(word) && random.random_bool(0.5) {
            text = text.replace(word, other);
        }
    }
    text
}
