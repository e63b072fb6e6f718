//! Words that tell doubt from a mere question, in groups.
//!
//! Whether somebody doubts hangs less on one word than on which kinds of words come together: 会起球不 asks, 会起球不
//! 上回那件起得全是 doubts. So each group of which a comment has a word is a feature, and each pair of groups: what was learned
//! from one word holds for the others of its group, also where a writer has words that were never learned from.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::features::{Feature, hash};

/// What a group weighs beside the pieces of a text, and what a pair of groups does. Of some tried, those by which doubt was
/// told best in comments of writers who were left out.
const ALONE: f32 = 4.0;
const TOGETHER: f32 = 2.0;

/// The end of a text.
const END: char = '$';

/// The groups, in the spelling of [`crate::features::masked`]. A word may stand in several.
const GROUPS: &[&str] = &[
    // Fear and unease.
    "怕 就怕 好怕 害怕 怕怕 生怕 担心 慌 好慌 心慌 忐忑 没底 心里没底 没谱 心虚 好虚 有点虚 发虚 方了 好方 悬 玄乎 不放心 \
     顾虑 不踏实 打鼓 犯怵 怵 膈应 提心吊胆 瑟瑟发抖 阴影 吃过亏 后怕 恐怖 吓人 吓到 慎 慎入 冒险 赌一把 赌不起 不安 \
     但愿 希望别 祈祷 心惊",
    // The same characters without fear.
    "不怕 怕不怕 怕什么 别怕 怕水 怕热 怕冷 怕黑 怕晒 怕光 怕辣 怕痒 怕生 不担心 放心",
    // What was before.
    "上次 上回 以前 之前 去年 前年 上一个 上个 上条 上件 上包 上一家 上家 上批 原来 头两年 那次 那回 曾经 买过 用过 \
     吃过 穿过 试过 好几回 好几次 次次 每次 每回 老是 总是 已经 两年 三个 好几个 几个了 一堆",
    // What goes wrong with a purchase.
    "坑 被坑 坑过 踩坑 踩雷 踩过雷 雷 翻车 被骗 骗 骗过 交过学费 交学费 智商税 上当 上过当 吃亏 忽悠 吹 吹牛 噱头 套路 \
     打水漂 白买 白花 白瞎 浪费 吃灰 落灰 积灰 闲置 后悔 鸡肋 废 坏 烂 臭 断 裂 漏 掉色 褪色 起球 缩水 变形 烂脸 爆痘 \
     冒痘 过敏 起疹 红肿 刺痛 搓泥 假白 斑驳 卡粉 勒 垮 崩 紧 太大 太小 小了 大了 长了 短了 拖地 显胖 显黑 显老 显矮 \
     老气 土 丑 透 扎 痒 刺挠 闷 捂 滑 摔 吵 卡 烫 炸 跳闸 漏电 化了 成汤 成水 碎 碎了 死 噎 呛 硬 腻 齁 腥 馊 霉 毒 \
     有毒 色素 科技狠活 添加剂 临期 过期",
    // Not genuine, or not as shown.
    "假货 假的 高仿 仿 冒牌 贴牌 山寨 三无 翻新 样机 尾货 a货 贴皮 掺 冒充 照骗 美颜 滤镜 开了灯 灯光 灯打 真假",
    // A question that hopes for a no.
    "不会是 不会又 不会有 不会一 别是 别又 别再 别给 别到时候 别买回 可别 不得 怕不是 该不会 莫不是 莫非 不至于 难道 \
     不就 岂不 别一 别是个",
    "不会 不能 不是 没 没有 无",
    "吧$ 吧?",
    "吧",
    // A question that is open.
    "会不会 会吗 会不 不会吗 是不是 有没有可能",
    // Whether it is true.
    "真的吗 真的假的 真假 真有 真的有 真有那么 真那么 真能 真的能 真会 真的会 真不 真的不 真是 真的是 真行 真好用 靠谱 \
     靠谱吗 可信 信你 信不 不信 不太信 敢信 不敢信 骗人 有用吗 有用吗这 有用? 管用 管用吗 有效吗 有效果 说实话 摸着良心 \
     良心 保真 说的都好 说得 效果真 是真的",
    // Later.
    "再想想 想想 再看看 看看再 再说 考虑 再考虑 等等 再等等 等等看 下次 下回 以后 改天 过两天 过几天 过阵子 等发工资 \
     发工资 月底 先看 先加购 加购 收藏 先收藏 观望 不急 不着急 缓缓 等双 双十一 双11 双12 等大促 大促 年底 618 年货节 \
     等活动 忍住 忍忍 忍一忍 算了 算了吧 先不 暂时 攒 回头 睡一觉 冷静 冷静一下 有空 还没想好 没想好 晚点 先放 放着",
    // Torn between two.
    "纠结 犹豫 选不出 选不来 挑花眼 拿不准 拿不定 定不下 不知道选 不知道拿 不知道买 不知道要 选择困难 选哪 怎么选 卡在 \
     中间 临界 刚好卡 要不要 买不买 入不入 该不该 值不值 值得 值当 有必要 必要 划算 划不划算 亏不亏 亏 图什么 何必 又想 \
     想买又 想买但 心动 手痒 长草 种草 左右为难 举棋不定 下不了决心 打退堂鼓",
    // Money.
    "贵 贵了 有点贵 太贵 好贵 小贵 死贵 真贵 下不去手 下不了手 下手 超预算 预算 没钱 买不起 穷 钱包 肉疼 心疼 舍不得 \
     吃土 剁手 不便宜 大几百 大几千 两千多 一千多 工资 花呗 分期 额度 付不起 负担 超支 房贷 月供 零花钱 手头紧 囊中羞涩 \
     没米",
    // To dare.
    "不敢 不太敢 没敢 哪敢 敢不敢 敢买 敢用 敢拍 敢下 敢入 敢穿 敢吃 敢试 有点不敢 不好意思 没勇气 怂",
    // Whoever has a say, and what they say.
    "我妈 我爸 妈 爸 老公 老婆 男朋友 女朋友 对象 媳妇 婆婆 公公 奶奶 爷爷 姥姥 娃他爸 孩他爸 同事 闺蜜 室友 家里人 家人 \
     领导 我姐 我哥 儿子 女儿 老头 老伴 老妈 老爸",
    "说 嫌 骂 反对 不让 不许 不同意 商量 问问 问一下 问下 点头 批准 念叨 笑话 嘲 打死 打断腿 跪 做主",
    // What then?
    "怎么整 怎么办 怎么弄 怎么搞 找谁 算谁 谁赔 赔不赔 赔吗 管不管 认不认 认账 管吗 包赔 负责 扯皮 万一 要是 不合适 \
     不好用 不喜欢 没效果 不满意 退不了 能退",
    // The writer and theirs.
    "我 我家 我这 人家 本人 我们 自己 娃 宝宝 宝 孩子 小孩 闺女 儿子 宠 猫 狗 我腿 我胸",
    // What is particular about them.
    "敏感肌 敏感 敏皮 油皮 干皮 痘肌 痘痘 痘坑 闭口 湿疹 过敏体质 爆痘体质 黄皮 黄黑皮 黑皮 皮嫩 皮薄 胃 肠胃 血糖 血压 \
     糖尿病 鼻炎 失眠 神经衰弱 胖 腿粗 腰粗 肩宽 溜肩 梨形 苹果型 矮 小个子 小个 矮个 个子 大胸 平胸 胸 肚子 脖子 腿 腰 \
     脚 屁股 岁 年纪 岁数 孕 哺乳 牙 手残 手笨 不会 微胖 胖子 150 158",
    "\u{E003} \u{E004} \u{E003}/\u{E004} \u{E002}",
    // What they have already.
    "家里 家里还 还有 没用完 没吃完 没拆 没开 够了 够多 太多 一堆 囤 放不下 塞不下 装不下 没地方 重复 差不多 已经有 有了 \
     凑合 还能用 没坏",
    // It is done.
    "拍了 拍好 拍下 已拍 付了 付好 付款了 买了 下单了 入了 抢到 收到 到货了 冲了 已下单 拿下 到了 回购 空瓶 无限回购",
    // It is good.
    "好看 好用 喜欢 爱了 爱死 绝 真香 舒服 满意 值了 推荐 划得来 谢谢 惊艳 赞",
    "但 但是 可是 就是 不过 又 可 却 只是 偏偏",
    // No.
    "不买 不要 不想 不入 不拍 不了 不考虑 不需要 劝退 放弃 拜拜 告辞 不换 不打算 没必要 用不上 用不着 不缺",
    // Other shops and products.
    "别家 别人家 隔壁 其他家 某宝 某东 拼夕夕 pdd 淘宝 京东 超市 实体店 专柜 楼下 菜市场 线下 柜台 比价 对比 货比三家 \
     上一代 老款 去年那 旧的 旧款 平替",
    "便宜 这么便宜 太便宜 便宜没好货 这价 9块9 白菜价",
    "太 有点 好 超 老 死 得很 特别 真 这么 那么",
    // A question.
    "吗 不$ 么 呢 啊 ? 没$ 不? 呀 咧 嘛 否 不啊",
    // Bargaining.
    "再降 再少 少点 打折 便宜点 便宜块 抹零 就拍 就买 立马 我就",
    // An accusation.
    "骗子 垃圾 投诉 差评 举报 退款 退货 恶心 缺德 避雷 都是托 黑心",
];

struct Table {
    words: AhoCorasick,
    /// The group of each word.
    groups: Vec<usize>,
}

/// Built once; the groups are constant, so that building it cannot fail for reasons outside of this crate.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let each = || {
        GROUPS.iter().enumerate().flat_map(|(at, group)| group.split_whitespace().map(move |word| (at, word)))
    };
    let words = AhoCorasick::new(each().map(|(_, word)| word)).ok()?;
    Some(Table { words, groups: each().map(|(at, _)| at).collect() })
});

/// Puts the cues of a text as [`crate::features::masked`] gives it beside its other features.
pub(crate) fn add(masked: &str, features: &mut Vec<Feature>) {
    let Some(table) = TABLE.as_ref() else { return };
    let mut text = String::with_capacity(masked.len() + END.len_utf8());
    text.push_str(masked);
    text.push(END);
    let mut has = [false; GROUPS.len()];
    for found in table.words.find_overlapping_iter(&text) {
        let group = table.groups.get(found.pattern().as_usize()).and_then(|group| has.get_mut(*group));
        group.into_iter().for_each(|group| *group = true);
    }
    for (at, _) in has.iter().enumerate().filter(|(_, has)| **has) {
        features.push(Feature { id: hash(&("cue", at)), weight: ALONE });
        for (other, _) in has.iter().enumerate().skip(at + 1).filter(|(_, has)| **has) {
            features.push(Feature { id: hash(&("cues", at, other)), weight: TOGETHER });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::concepts::masked_of;

    fn cues(text: &str) -> BTreeSet<u32> {
        let mut features = Vec::new();
        add(&masked_of(text), &mut features);
        features.into_iter().map(|feature| feature.id).collect()
    }

    #[test]
    fn words_stand_in_the_spelling_that_comments_get_and_once_in_a_group() {
        for group in GROUPS {
            let words: Vec<&str> = group.split_whitespace().collect();
            assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{group}");
            for word in words.iter().filter(|word| !word.contains('\u{E003}')) {
                let bare = word.trim_end_matches(END);
                assert_eq!(masked_of(bare), bare);
            }
        }
    }

    #[test]
    fn another_word_of_the_same_group_gives_the_same_cues() {
        assert_eq!(cues("怕踩雷"), cues("忐忑翻车"));
        assert_eq!(cues("158 96斤 怕勒"), cues("170 140斤 怕崩"));
        assert_ne!(cues("会起球不"), cues("上次会起球不"));
        assert!(cues("几号链接").is_empty());
    }
}
