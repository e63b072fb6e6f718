//! From phrases to one intent.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::intent::Intent;
use crate::normalise::normalise;
use crate::patterns::{Figures, figures};
use crate::rules::{GOODS, INNOCENT, PHRASES, QUESTION};

/// What a phrase of the table says.
#[derive(Clone, Copy)]
enum Sign {
    /// Says the intent on its own.
    Clear(Intent),
    /// Says the intent beside a question, a shop word or a second hint.
    Hint(Intent),
    /// Asks something.
    Question,
    /// Names goods.
    Goods,
    /// Uses the characters of a phrase for something else.
    Innocent,
}

/// Points of a clear phrase. Only the order of sums matters: a clear phrase beats hints, two clear ones beat one.
const CLEAR: u32 = 10;
/// Points of a hint.
const HINT: u32 = 3;
/// Points that a question or a shop word adds to an intent that is hinted at.
const SUPPORT: u32 = 3;
/// Points from which an intent counts.
const ENOUGH: u32 = 6;
/// A hint that is at least this share of the comment, in percent, needs no support: "尺码" alone asks for the size.
const WHOLE_PERCENT: usize = 60;
/// Shortest hint, in bytes, that may stand for a whole comment: two Chinese characters.
const WHOLE_BYTES_MIN: usize = 6;
/// Longest comment, in bytes, in which a link number is all that is said: "要3号".
const BARE_LINK_BYTES_MAX: usize = 8;

struct Table {
    phrases: AhoCorasick,
    signs: Vec<Sign>,
}

/// Built once; the table is constant, so that building it cannot fail for reasons outside of this crate.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    let mut signs = Vec::new();
    let mut add = |words: &'static str, sign: Sign| {
        for word in words.split_whitespace() {
            texts.push(word);
            signs.push(sign);
        }
    };
    // Innocent phrases come first: of two equal texts the automaton reports the first.
    add(INNOCENT, Sign::Innocent);
    for rule in PHRASES {
        add(rule.clear, Sign::Clear(rule.intent));
        add(rule.hint, Sign::Hint(rule.intent));
    }
    add(QUESTION, Sign::Question);
    add(GOODS, Sign::Goods);
    let phrases = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts).ok()?;
    Some(Table { phrases, signs })
});

/// What `text` asks for, or `None` if it asks for nothing that a shop can answer. Never fails; only the first
/// [`crate::COMMENT_CHARS_MAX`] characters are read.
pub fn annotate(text: &str) -> Option<Intent> {
    let text = normalise(text);
    if text.is_empty() {
        return None;
    }
    let mut reading = Reading::default();
    reading.take_figures(figures(&text), text.len() <= BARE_LINK_BYTES_MAX);
    let table = TABLE.as_ref()?;
    for found in table.phrases.find_iter(&text) {
        if let Some(sign) = table.signs.get(found.pattern().as_usize()) {
            reading.take(*sign, found.len(), text.len());
        }
    }
    reading.decide()
}

/// What has been seen of one comment.
#[derive(Default)]
struct Reading {
    points: [u32; Intent::ALL.len()],
    question: bool,
    goods: bool,
}

impl Reading {
    fn take(&mut self, sign: Sign, phrase_bytes: usize, text_bytes: usize) {
        match sign {
            Sign::Clear(intent) => self.add(intent, CLEAR),
            Sign::Hint(intent) => {
                let whole =
                    phrase_bytes >= WHOLE_BYTES_MIN && phrase_bytes * 100 >= text_bytes * WHOLE_PERCENT;
                self.add(intent, if whole { ENOUGH } else { HINT });
            }
            Sign::Question => self.question = true,
            Sign::Goods => self.goods = true,
            Sign::Innocent => {}
        }
    }

    fn take_figures(&mut self, figures: Figures, bare: bool) {
        if figures.private {
            self.add(Intent::PrivateInfo, CLEAR * 3);
        }
        if figures.body {
            self.add(Intent::Size, ENOUGH);
        }
        if figures.link {
            self.goods = true;
            self.add(Intent::Link, if bare { ENOUGH } else { 0 });
        }
    }

    fn add(&mut self, intent: Intent, points: u32) {
        if let Some(sum) = self.points.get_mut(intent as usize) {
            *sum += points;
        }
    }

    fn decide(&self) -> Option<Intent> {
        let support = u32::from(self.question || self.goods) * SUPPORT;
        let best = Intent::ALL
            .into_iter()
            .zip(self.points)
            .filter(|(_, points)| *points > 0)
            .map(|(intent, points)| (intent, if intent.is_question() { points + support } else { points }))
            .filter(|(_, points)| *points >= ENOUGH)
            // The first of equals wins: the order of the intents is their precedence.
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        match best {
            Some((intent, _)) => Some(intent),
            None if self.question && self.goods => Some(Intent::OtherQuestion),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn check(expected: Option<Intent>, comments: &[&str]) {
        let wrong: Vec<_> = comments
            .iter()
            .map(|text| (*text, annotate(text)))
            .filter(|(_, found)| *found != expected)
            .collect();
        assert!(wrong.is_empty(), "expected {expected:?}: {wrong:?}");
    }

    #[test]
    fn questions_about_money_are_told_apart() {
        check(
            Some(Intent::Price),
            &[
                "多少钱",
                "这个怎么卖的",
                "3号多少钱啊",
                "到手价多少",
                "价格？",
                "能便宜点吗",
                "多 少 錢",
                "ＨＯＷ ＭＵＣＨ",
            ],
        );
        check(
            Some(Intent::Coupon),
            &["有优惠券吗", "券在哪领", "领不到券啊", "满多少减多少", "这个有活动优惠吗"],
        );
        check(Some(Intent::Compare), &["比拼多多贵吗", "和上次的有什么区别", "1号和2号哪个好"]);
        check(Some(Intent::Hesitate), &["有点贵啊", "我再想想", "怕踩雷", "下次再买吧"]);
    }

    #[test]
    fn questions_about_the_goods_are_told_apart() {
        check(
            Some(Intent::Size),
            &[
                "身高165体重110穿什么码",
                "165 110",
                "120斤能穿吗",
                "偏大还是偏小",
                "尺码",
                "这个能装多少水",
                "一箱几包",
            ],
        );
        check(
            Some(Intent::Stock),
            &["还有货吗", "黑色还有吗", "什么时候补货", "有没有红色", "没抢到", "白色有吗"],
        );
        check(
            Some(Intent::Ingredient),
            &["敏感肌能用吗", "什么面料的", "孕妇可以用吗", "含酒精吗", "是纯棉的吗"],
        );
        check(Some(Intent::Auth), &["是正品吗", "有质检报告吗", "哪里产的产地", "这是什么牌子的"]);
        check(Some(Intent::Usage), &["这个怎么用", "可以机洗吗", "保质期多久", "配什么裤子好", "一天几次"]);
        check(Some(Intent::OtherQuestion), &["这款会掉色吗", "3号显白吗", "这件透气吗", "这锅耐用不?"]);
    }

    #[test]
    fn questions_about_the_order_are_told_apart() {
        check(
            Some(Intent::Ship),
            &["什么时候发货", "今天能发货吗", "发什么快递", "新疆包邮吗", "几天到", "寄新疆要几天"],
        );
        check(
            Some(Intent::Return),
            &["支持七天无理由吗", "有运费险吗", "不合适能退吗", "可以换货吗", "这个退吗", "退换货怎么弄"],
        );
        check(
            Some(Intent::OrderHelp),
            &["拍错了怎么办", "能改地址吗", "付不了款 付款失败", "我买的还没发", "帮我备注一下"],
        );
        check(
            Some(Intent::Link),
            &["几号链接", "链接在哪里啊", "上链接上链接", "怎么拍", "3号", "要12号", "小黄车没看到"],
        );
    }

    #[test]
    fn what_the_crew_must_hear_at_once_comes_first() {
        check(Some(Intent::Tech), &["没声音啊", "主播没声音了？多少", "好卡", "看不清字", "一直转圈"]);
        check(Some(Intent::Complain), &["骗子，我要投诉", "虚假宣传", "用了烂脸多少钱赔我"]);
        check(Some(Intent::PrivateInfo), &["我电话13912345678 发我", "地址是海州市东湖区青石路8号3单元"]);
        check(Some(Intent::Spam), &["加微信领福利", "低价代购加v", "来我直播间"]);
        check(Some(Intent::RequestShow), &["能试穿一下吗", "近一点看看细节", "再讲一遍3号", "转一圈"]);
        check(Some(Intent::Event), &["福袋什么时候开奖", "抽奖抽奖", "中奖了吗"]);
        check(Some(Intent::Praise), &["主播好美", "质量不错会回购", "真好看[赞]"]);
        check(Some(Intent::Greet), &["主播晚上好", "第一次来", "大家好"]);
    }

    #[test]
    fn chatter_asks_for_nothing() {
        check(
            None,
            &[
                "给朕退下吧",
                "你们吃了吗",
                "今天好热",
                "哈哈哈哈哈哈",
                "666",
                "1",
                "",
                "   ",
                "😂😂😂",
                "[捂脸][捂脸]",
                "主播多大了",
                "你贵姓啊",
                "密码是多少",
                "为什么不开心呢",
                "他是谁啊",
                "在干嘛呢",
                "放假了吗",
                "换首歌吧",
                "真的假的",
                "头发怎么弄的",
                "比赛看了吗",
                "贵州的朋友",
                "我退休了",
                "作业写完了吗",
                "明天几点上班",
                "什么意思",
                "是的",
                "好的好的",
                "嗯嗯",
            ],
        );
    }

    #[test]
    fn no_phrase_stands_twice_and_all_are_in_the_spelling_that_comments_get() {
        let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let groups = PHRASES
            .iter()
            .flat_map(|rule| [(rule.clear, rule.intent.code()), (rule.hint, rule.intent.code())])
            .chain([(INNOCENT, "innocent")]);
        for (words, group) in groups {
            for word in words.split_whitespace() {
                assert_eq!(crate::normalise(word), word);
                places.entry(word).or_default().push(group);
            }
        }
        places.retain(|_, groups| groups.len() > 1);
        assert!(places.is_empty(), "{places:?}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm_and_always_the_same_way(text in "\\PC{0,200}|[\\x00-\\x7f多少钱退码号0-9\\[\\] ]{0,400}") {
            prop_assert_eq!(annotate(&text), annotate(&text));
        }
    }
}
