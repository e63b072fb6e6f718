//! Technical trouble that viewers write about, told by words: who hears nothing writes 没声音 and no sentence. What must never
//! happen here: a trouble of the viewer's own, such as 我这边卡 or 我听不见我妈, taken for one of the room.

use crate::normalise::Normalised;

/// The topics of troubles of the picture and the sound. The pack has one concept for both, but they have different remedies.
pub const NO_SOUND: &str = "room.no_sound";
/// See [`NO_SOUND`].
pub const PICTURE_FROZEN: &str = "room.picture_frozen";
/// As the pack calls it.
pub const LINK_BROKEN: &str = "order.cannot_open";

/// Words of each trouble, in the order in which they win.
const WORDS: &[(&str, &[&str])] = &[
    (
        NO_SOUND,
        &[
            "没声",
            "没有声",
            "无声",
            "听不到",
            "听不见",
            "静音",
            "没开麦",
            "麦没开",
            "麦没声",
            "没收音",
            "哑巴了",
            "声音没了",
            "声音呢",
            "没声儿",
        ],
    ),
    (
        PICTURE_FROZEN,
        &[
            "画面卡",
            "画面不动",
            "画面定",
            "画面没",
            "没画面",
            "没有画面",
            "看不到画面",
            "看不见画面",
            "画面停",
            "画面黑",
            "卡住了",
            "卡死",
            "定住了",
            "冻住",
            "黑屏",
            "花屏",
            "屏幕黑",
            "画面静止",
            "一动不动",
        ],
    ),
    (
        LINK_BROKEN,
        &[
            "链接失效",
            "链接打不开",
            "链接点不开",
            "链接点不进",
            "链接进不去",
            "链接坏",
            "链接是坏",
            "链接错",
            "链接无效",
            "链接没反应",
            "点不进去",
            "购物车打不开",
            "小黄车打不开",
            "小黄车点不开",
        ],
    ),
];
/// What makes it the viewer's own, or a thing of the past or the goods.
const NOT: &[&str] = &[
    "我手机",
    "我网",
    "我的网",
    "我这卡",
    "我这边卡",
    "我妈",
    "刚才卡",
    "听不见我",
    "静音轮",
    "静音电",
    "静音吗",
    "静音风",
];

/// The topic of the trouble that a comment writes about; nothing if it writes about none.
pub fn trouble(text: &Normalised) -> Option<&'static str> {
    let text = text.text.as_str();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(NOT) {
        return None;
    }
    WORDS.iter().find(|(_, words)| has(words)).map(|(topic, _)| *topic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::read;

    #[test]
    fn what_does_not_work_is_told_by_its_words() {
        for (expected, texts) in [
            (Some(NO_SOUND), ["没声音", "主播没声音啊", "听不见", "怎么没声了", "静音了？"].as_slice()),
            (Some(PICTURE_FROZEN), &["画面卡住了", "画面不动了", "黑屏", "卡死了", "怎么花屏了"]),
            (Some(LINK_BROKEN), &["链接点不开", "3号链接打不开", "链接失效了", "点不进去"]),
            (None, &["好卡", "我这边卡", "声音好听", "这个锅静音吗", "上链接", "哈哈哈", ""]),
        ] {
            for text in texts {
                assert_eq!(trouble(&read(text)), expected, "{text}");
            }
        }
    }
}
