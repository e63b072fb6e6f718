//! Whether the writer of a comment does not want to be sold to: who says no, and who says to be a child. What must never
//! happen here: a clear no that is read as a doubt, because a doubt is answered with a closing line (催单话术).

use crate::normalise::normalise;

/// Why nobody may be urged to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Says no.
    SaysNo,
    /// Says to be under age.
    UnderAge,
}

impl Refusal {
    /// Both.
    pub const ALL: [Refusal; 2] = [Refusal::SaysNo, Refusal::UnderAge];

    /// The value of the event key `doubt`.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::SaysNo => "refused",
            Refusal::UnderAge => "under_age",
        }
    }
}

/// What says no, in the spelling that comments get; so are all of these lists.
const NO: &str = "
    不要了 不买 不想买 不想要了 不想要这 不拍了 不下单 不需要了 我不需要 不需要谢 用不着 用不上 没兴趣
    不感兴趣 别推 别催 别劝 别再推 别安利 别at我 别@我 不用推 不用劝 不用介绍 不考虑 劝退 不会买的
    不会买了 不可能买 坚决不";
/// A comment that is nothing but this says no as well.
const NO_ALONE: &str = "不要 不了 不用 不用了 不必了 算了 算了吧 不 不需要 不想要 告辞 溜了 再见";
/// Before such words what follows is no no: a condition (贵就不买), a question (买不买), praise (谁不买谁傻), a delay (先不买).
const TURNED_BEFORE: &str = "就 买 谁 能 别 要 先 暂 会不会 舍不得 忍不住 不会 没人 哪能 是不是";
/// And before such: 不买后悔, 不买不行, 不要了吗.
const TURNED_AFTER: &str = "不行 都不行 后悔 血亏 亏 可惜 对不起 不是人 谁 等什么 不可";
/// Who says so is under age.
const UNDER_AGE: &str =
    "我未成年 我还未成年 我没成年 我还没成年 我是未成年 我是小学生 我是初中生 我小学 我上初中 我读初中";

/// Whether, and how, the writer of `text` says no.
pub fn refusal(text: &str) -> Option<Refusal> {
    let text = normalise(text);
    if UNDER_AGE.split_whitespace().any(|words| text.contains(words)) {
        return Some(Refusal::UnderAge);
    }
    let bare = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let no = NO_ALONE.split_whitespace().any(|words| words == bare)
        || NO.split_whitespace().any(|words| says(&text, words));
    no.then_some(Refusal::SaysNo)
}

/// Whether `words` stand somewhere in the text without a turn of their meaning.
fn says(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(start, found)| {
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(start + found.len()..).unwrap_or_default();
        let turned = TURNED_BEFORE.split_whitespace().any(|turn| before.ends_with(turn))
            || TURNED_AFTER.split_whitespace().any(|turn| after.starts_with(turn));
        !turned
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_heard_in_its_usual_words() {
        for text in [
            "不要了",
            "不买",
            "今天不买了",
            "太贵了 不买",
            "别推了",
            "别催了行不行",
            "不需要谢谢",
            "没兴趣",
            "上次才69 不想买了",
            "三位数劝退",
            "不要",
            "算了吧",
            "不用了",
            "不考虑",
            "不拍了",
            "不想要这个",
            "用不着",
            "不買了",
        ] {
            assert_eq!(refusal(text), Some(Refusal::SaysNo), "{text}");
        }
        assert_eq!(refusal("我是小学生 能买吗"), Some(Refusal::UnderAge));
    }

    #[test]
    fn a_doubt_a_question_and_praise_are_no_no() {
        for text in [
            "有点贵",
            "我再想想",
            "买不买呢",
            "先不买",
            "拿不到券就不买了",
            "不是原产的就不要了",
            "不买后悔",
            "不买不行啊",
            "谁不买谁傻",
            "要不要买",
            "舍不得不买",
            "不要钱吗",
            "不要辣的",
            "下次吧",
            "怕不合适",
            "多少钱",
            "能退吗",
            "先不要了",
            "别不买",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }
}
