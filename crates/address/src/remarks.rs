//! What people write around an address: please, thanks, how to deliver, what was ordered.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::dictionary::Dictionary;

/// Words of which one makes a piece a remark.
const CERTAIN: &[&str] = &[
    "谢谢",
    "谢啦",
    "拜托",
    "辛苦",
    "麻烦",
    "收到回复",
    "尽快",
    "加急",
    "急单",
    "急用",
    "顺丰",
    "中通",
    "圆通",
    "申通",
    "韵达",
    "极兔",
    "邮政快递",
    "京东快递",
    "发票",
    "轻拿轻放",
    "无理由",
    "放门卫",
    "放门口",
    "放丰巢",
    "放驿站",
    "放快递柜",
    "放前台",
    "放物业",
    "送货",
    "发货",
    "派送",
    "配送",
    "电话联系",
    "提前联系",
    "先打电话",
    "打我电话",
    "打电话",
    "周末",
    "工作日",
    "周一",
    "周二",
    "周三",
    "周四",
    "周五",
    "周六",
    "周日",
    "星期",
    "链接",
    "赠品",
    "专享",
    "包装",
    "你好",
    "您好",
    "客服",
    "主播",
    "老师这个",
    "别寄",
    "不是",
    "QQ",
    "复制",
    "取件码",
    "短信",
    "运费",
    "先别动",
    "打这个",
    "不用写",
    "认识",
    "备用",
    "人没变",
    "手机写",
    "写我",
    "月底",
    "没事",
    "白天打",
    "晚上打",
    "别送",
    "给我寄",
    "我姓",
    "哈喽",
    "快递柜满",
    "就放",
    "暑假",
    "寒假",
    "电梯坏",
    "打不通",
    "应该",
    "外地",
    "到付",
    "不收",
    "门禁",
    "密码",
    "同号",
    "微信",
    "快递员",
    "快递都知道",
    "上回",
    "上次",
    "丢了",
    "打错",
    "打不通",
    "到了",
    "记住",
    "收的人",
    "上面",
    "别忘",
    "快递费",
    "听清",
    "改地址",
    "改个地址",
    "换个地址",
    "换地址",
    "改一下",
    "改下",
    "帮我",
    "帮忙",
    "地址",
    "改成",
    "改为",
    "换成",
    "改寄",
    "下单",
    "付款",
    "包邮",
    "保价",
    "礼物",
    "不要",
    "别放",
    "勿",
    "备注",
    "寄到",
    "发到",
    "寄给",
    "号码不变",
    "电话不变",
    "手机不变",
    "收货",
    "收件",
    "请问",
    "可以吗",
    "拍错",
    "写错",
    "填错",
    "搬家",
    "重新发",
    "订单",
    "亲爱",
    "亲亲",
    "宝子",
    "宝宝们",
    "一单",
    "优先",
    "今天发",
    "明天发",
    "早点",
    "快点",
    "不在家",
    "晚上",
    "上午",
    "下午",
    "中午",
    "代收点",
    "作废",
    "就行",
    "即可",
    "不变",
    "同上",
    "生日",
    "保密",
    "礼盒",
    "多发",
    "少发",
    "漏发",
    "补发",
    "退货",
    "换货",
    "质量",
    "好评",
    "秒发",
    "现货",
    "预售",
    "缺货",
    "自提",
    "大码",
    "小码",
    "均码",
    "颜色",
    "尺码",
    "件装",
    "冷链",
    "老客户",
    "老顾客",
    "回头客",
    "虚拟号",
    "座机没",
    "座机坏",
    "没有座机",
    "没有手机",
    "没手机",
    "手机没有",
];
/// Pieces that are nothing but this.
const WHOLE: &[&str] = &[
    "亲",
    "宝",
    "宝宝",
    "亲们",
    "哈",
    "哦",
    "啊",
    "呀",
    "嗯",
    "好的",
    "急",
    "加急",
    "在吗",
    "客服在吗",
    "谢",
    "或",
    "或者",
    "和",
    "及",
    "送",
    "新",
    "旧",
    "S",
    "M",
    "L",
    "XL",
    "XXL",
    "XXXL",
    "2XL",
    "3XL",
    "4XL",
    "s",
    "m",
    "l",
    "xl",
    "xxl",
    "均码",
    "收",
    "转",
    "是",
    "的",
    "我的是",
    "这个",
    "这里",
    "家",
    "公司",
    "学校",
    "默认",
    "家里",
    "单位",
    "送这",
    "寄这",
    "寄这边",
    "这边",
    "老板",
    "姓名",
    "名字",
    "收货人",
    "收件人",
    "联系人",
    "电话",
    "手机",
    "号码",
    "中国",
    "复制",
    "编辑",
    "默认地址",
    "另外",
    "还有",
    "然后",
    "以上",
    "如下",
    "以下",
    "代收",
    "地方",
    "老家",
    "白天",
    "改址",
    "改地",
    "改",
    "寄",
    "发",
    "吧",
];
/// After one of these the things themselves begin.
const INTRODUCTIONS: &[&str] = &[
    "改成",
    "改为",
    "换成",
    "改到",
    "换到",
    "正确的是",
    "应该是",
    "正确是",
    "寄到这里",
    "寄到",
    "寄给",
    "寄去",
    "发到",
    "发给",
    "我的是",
    "地址是",
    "收件人还是我",
    "名字是",
    "我叫",
    "叫我",
    "收件人是",
    "收货人是",
    "联系人是",
    "改寄",
    "送到",
    "就发",
    "收货人改",
    "收件人改",
    "名字写",
    "写",
    "找",
    "麻烦寄",
    "请寄",
    "是",
    "寄",
    "发",
];

fn is_whole(piece: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| WHOLE.iter().copied().collect());
    SET.contains(piece)
}

/// Whether a piece has one of the words that make it a remark.
fn is_certain(piece: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(CERTAIN.iter().copied()));
    // 七栋一单元
    let is_entrance = |end: usize| {
        piece.get(..end).is_some_and(|it| it.ends_with("一单"))
            && piece.get(end..).is_some_and(|it| it.starts_with('元'))
    };
    WORDS.spans(piece).any(|(_, end)| !is_entrance(end))
}

/// Whether a piece of a line is a remark and neither a name nor a part of an address.
pub(crate) fn is_remark(piece: &str) -> bool {
    let piece = piece.trim();
    if piece.is_empty() || is_whole(piece) || is_certain(piece) {
        return true;
    }
    piece.starts_with('放') && piece.chars().count() > 2
        || [
            "电话",
            "手机",
            "手机号",
            "号码",
            "电话号码",
            "号码是",
            "电话是",
            "手机是",
            "号是",
            "号儿是",
            "号儿",
        ]
        .iter()
        .any(|word| piece.ends_with(word))
        // 要辣的, 青团要咸的
        || piece.ends_with('的') && piece.contains('要') && piece.chars().count() <= 8
        || is_ware(piece)
}

/// Whether a piece behind an address is a remark and no part of it: numbers of houses look like numbers of goods.
pub(crate) fn is_remark_behind(piece: &str) -> bool {
    let number = piece.chars().any(|c| c.is_ascii_digit())
        && !piece.ends_with(['件', '双', '色', '码'])
        && !is_certain(piece);
    is_remark(piece) && !number
}

/// 白色, 2件, XL码, A1093.
fn is_ware(piece: &str) -> bool {
    let chars: Vec<char> = piece.chars().collect();
    match chars.as_slice() {
        [.., '色'] if chars.len() <= 4 => true,
        [.., '件' | '双' | '套' | '盒' | '瓶' | '箱' | '码' | '包' | '袋' | '支' | '单']
            if chars.iter().any(|c| c.is_ascii_digit()) && chars.len() <= 6 =>
        {
            true
        }
        // 玫瑰五扎
        [.., count, unit]
            if "一二两三四五六七八九十".contains(*count)
                && "件双套盒瓶箱包袋支单扎斤份条罐桶只".contains(*unit) =>
        {
            chars.len() <= 6
        }
        _ => {
            chars.iter().any(|c| c.is_ascii_digit())
                && chars.iter().all(|c| c.is_ascii_alphanumeric() || *c == '-')
        }
    }
}

/// A piece without the words that introduce what comes: 正确的是Lily gives Lily.
pub(crate) fn without_introduction(piece: &str) -> &str {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new(INTRODUCTIONS.iter().copied().filter(|word| word.chars().count() >= 2))
    });
    let end = WORDS.spans(piece).map(|(_, end)| end).max();
    end.and_then(|at| piece.get(at..)).unwrap_or(piece)
}
