//! How much a piece sounds like somebody who speaks: 改好了跟我说一声, 别发错了哟. Names and places hardly ever do.

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;

use crate::recipient::is_surname;

/// From this weight on a piece is a sentence.
const SENTENCE: u32 = 2;

/// Words that sentences have, and neither names nor places.
const STRONG: &[&str] = &[
    "吗",
    "呢",
    "吧",
    "哦",
    "哟",
    "啦",
    "嘛",
    "呗",
    "咯",
    "噢",
    "喔",
    "我",
    "你",
    "您",
    "他",
    "她",
    "咱",
    "俺",
    "不要",
    "不用",
    "不急",
    "不想",
    "不知",
    "不能",
    "不会",
    "不方便",
    "别",
    "请",
    "麻烦",
    "帮",
    "把",
    "么",
    "怎么",
    "什么",
    "啥",
    "哪",
    "可以",
    "一下",
    "一声",
    "一起",
    "谢谢",
    "谢啦",
    "谢了",
    "辛苦",
    "今天",
    "明天",
    "后天",
    "昨天",
    "上次",
    "这次",
    "下次",
    "下周",
    "已经",
    "还没",
    "就行",
    "就好",
    "的话",
    "的时候",
    "记得",
    "千万",
    "喜欢",
    "到了",
    "过来",
    "过去",
    "回来",
    "回去",
    "知道",
    "告诉",
    "着急",
    "慢慢",
    "尽量",
    "不然",
    "一定",
    "直接",
    "如果",
    "因为",
    "所以",
    "但是",
    "然后",
    "还是",
    "急用",
    "急急",
    "哈哈",
    "嗯嗯",
    "坏了",
    "随便",
    "问问",
    "没人",
    "有人",
    "不在",
    "在家",
    "等会",
    "等我",
    "好的",
    "收到",
    "发货",
    "下单",
    "付款",
    "打电话",
    "以后",
    "以前",
    "现在",
    "刚才",
    "刚刚",
    "这里",
    "那里",
    "这边",
    "那边",
    "这个",
    "那个",
    "都行",
    "不行",
    "拜托",
    "多谢",
    "感谢",
    "送人",
    "开门",
    "敲门",
    "按门铃",
    "换了",
    "错了",
    "发错",
    "弄错",
    "搞错",
    "写错",
    "填错",
    "对不",
    "是不是",
    "有没有",
    "能不能",
    "会不会",
    "要不",
    "好像",
    "应该",
    "可能",
    "正确",
];
/// Words that sentences have, and now and then names or places too. Two of them make a sentence.
const WEAK: &[&str] = &[
    "这", "那", "发", "寄", "送", "收", "放", "打", "用", "等", "要", "会", "能", "想", "给", "改", "换",
    "买", "让", "跟", "拍", "退", "快", "慢", "好", "都", "也", "就", "再", "又", "还", "没", "不", "很",
    "看", "急", "了", "说", "哈", "啊", "呀", "拿", "取", "写", "填", "到", "早", "晚", "过", "着", "嗯",
    "哎", "喂",
];

static WORDS: LazyLock<Option<CharwiseDoubleArrayAhoCorasick<u32>>> = LazyLock::new(|| {
    let strong = STRONG.iter().map(|word| (*word, SENTENCE));
    CharwiseDoubleArrayAhoCorasick::with_values(strong.chain(WEAK.iter().map(|word| (*word, 1)))).ok()
});

/// The sum of what its words weigh.
pub(crate) fn weight(piece: &str) -> u32 {
    WORDS.as_ref().map_or(0, |words| words.find_overlapping_iter(piece).map(|found| found.value()).sum())
}

/// Whether a piece is a sentence and no name. 任我行 and 韩尕让 are names: after a surname a single character says little.
pub(crate) fn is_sentence(piece: &str) -> bool {
    if piece.contains('·') {
        return false;
    }
    let Some(words) = WORDS.as_ref() else { return false };
    let chars: Vec<char> = piece.chars().collect();
    // 别婷婷
    if matches!(chars.as_slice(), [_, a, b] if a == b) {
        return chars.first() == chars.last();
    }
    let named = chars.first().is_some_and(|c| is_surname(*c)) && chars.len() <= 3;
    let mut sum = 0;
    let mut last = None;
    for found in words.find_overlapping_iter(piece) {
        let word = piece.get(found.start()..found.end());
        // 买买提: twice the same is no more.
        if word != last && !(named && found.end() - found.start() < 6) {
            sum += found.value();
        }
        last = word;
    }
    sum >= SENTENCE
}

/// What stands before the first word of a sentence, if it has the length of a name.
pub(crate) fn before(piece: &str) -> Option<&str> {
    let first = WORDS.as_ref()?.find_overlapping_iter(piece).map(|found| found.start()).min()?;
    piece.get(..first).filter(|head| (2..=4).contains(&head.chars().count()))
}
