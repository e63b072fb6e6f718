//! Whether the writer of a comment means an order of their own, and what about it. What must never happen here: a question
//! before the sale (能退吗, 什么时候发货) taken for somebody who needs help, because each of these is worked on by a person.

use crate::act::Act;
use crate::concepts::Topic;
use crate::normalise::Normalised;
use crate::reading::Reading;

/// How sure it must be that somebody writes about their own order.
const ACT_FROM: f32 = 0.6;
/// And what about it.
const TOPIC_FROM: f32 = 0.5;
/// And how many words of that there must be.
const WORDS_FROM: f32 = 3.0;

/// Words that leave no doubt, by the topic that they are about, in the order in which they win: who may be hurt first.
const WORDS: &[(&str, &str)] = &[
    (
        "complaint.face",
        "烂脸 用了过敏 用完过敏 擦了过敏 涂了过敏 脸过敏了 起疹子 起红疹 脸肿 嘴肿 烫伤 灼伤 划伤",
    ),
    ("complaint.hospital", "进医院 住院 去医院 食物中毒 吃坏肚子 上吐下泻"),
    (
        "complaint.child_order",
        "孩子乱拍 孩子误拍 小孩误拍 孩子偷偷 小孩偷偷 孩子误下单 小孩误下单 孩子拿我手机 小孩拿我手机 未成年打赏",
    ),
    (
        "complaint.authority",
        "12315 12345 投诉你 要投诉 去投诉 举报你 要举报 工商局 消协 市监局 市场监管 退一赔三 起诉",
    ),
    ("complaint.delete_data", "删除我的信息 删除我的个人信息 删掉我的信息"),
    (
        "returns.wrong_variant",
        "拍错 下错单 选错 买错 拍错规格 拍错颜色 拍错尺码 改规格 改尺码 改颜色 拍重复 多拍了 拍多了",
    ),
    (
        "shipping.address",
        "改地址 修改地址 换地址 换个地址 改个地址 地址写错 地址填错 地址错了 地址选错 改电话 电话写错 电话填错 改收件人",
    ),
    ("shipping.intercept", "帮我拦 拦截 拦一下 拦下 别发货了 先别发 不要发货 别寄了 先别寄 追回"),
    ("returns.cancel", "取消订单 帮我取消 不想要了帮我退 未发货退款 没发货能退"),
    ("shipping.late", "催发货 催一下 催单 还没发货 怎么还没发 还不发货 还没给我发 还没寄 几天了还没发"),
    ("shipping.stuck", "物流不动 物流没更新 物流停了 快递不动 快递没动 快递丢了 物流异常"),
    ("received.missing", "漏发 少发 少了一件 少给我发 发漏"),
    ("received.wrong", "发错货 发错了 发错颜色 发错尺码 错发"),
    ("received.box", "收到坏 收到破 收到碎 破损了 收到就坏 碎了一"),
    ("gift.missing", "赠品没收到 赠品没发 没收到赠品 没有赠品收到 赠品少"),
    ("price.protect", "退差价 补差价 退我差价 保价退"),
    ("invoice.can", "帮我开发票 给我开发票 发票还没开"),
];
/// Who asks before they buy, or speaks of others.
const BEFORE: &[&str] = &[
    "会不会拍错",
    "怕拍错",
    "别拍错",
    "不要拍错",
    "会拍错",
    "担心拍错",
    "怕选错",
    "怕买错",
    "没拍错",
    "不会发错",
    "会不会发错",
    "会漏发",
    "会少发",
    "支持拦截",
    "不用退差价",
];

/// What somebody writes about their own order, as the code of a topic.
pub fn own_order(text: &Normalised, reading: &Reading, topic: Option<&Topic<'_>>) -> Option<String> {
    let plain = &text.text;
    if BEFORE.iter().any(|words| plain.contains(words)) {
        return None;
    }
    let told = |words: &str| words.split_whitespace().any(|words| plain.contains(words));
    if let Some((topic, _)) = WORDS.iter().find(|(_, words)| told(words)) {
        return Some((*topic).to_owned());
    }
    let own = matches!(reading.act, Act::Aftersale | Act::Complaint) && reading.probability >= ACT_FROM;
    let topic = topic.filter(|topic| topic.probability >= TOPIC_FROM && topic.score >= WORDS_FROM)?;
    own.then(|| topic.concept.code.clone())
}
