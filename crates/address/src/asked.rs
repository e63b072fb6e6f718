//! What is said around an address that changes what it is: the old one, the new one, another parcel, a doubt.

use std::sync::LazyLock;

use crate::dictionary::Dictionary;

/// Whether what stands before an address says that it is the old one.
pub(crate) fn says_old(before: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "原地址",
            "旧地址",
            "原来",
            "旧家",
            "之前",
            "以前",
            "不要发",
            "不是",
            "别发",
            "别寄",
            "不发",
            "从",
            "老地址",
            "原收货",
            "错的",
            "错地址",
            "旧)",
            "旧:",
            "旧]",
            "旧的",
        ])
    });
    WORDS.is_in(before)
}

/// Whether what stands before an address says that it is the new one.
pub(crate) fn says_new(before: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "改成",
            "改为",
            "改到",
            "换成",
            "新地址",
            "新家",
            "正确",
            "应该是",
            "现在",
            "换到",
            "改寄",
            "寄到",
            "发到",
            "实际",
            "真实",
            "新)",
            "新:",
            "新]",
        ])
    });
    WORDS.is_in(before)
}

/// Whether what stands behind an address asks for something that only a person can settle: another parcel elsewhere, the
/// address of another time, or a doubt about what was said.
pub(crate) fn asks(piece: &str) -> bool {
    static MORE: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "另一",
            "另外一",
            "另外那",
            "还有一",
            "第二个",
            "第二份",
            "两个地址",
            "分开寄",
            "分开发",
            "各一",
            "各寄",
            "各发",
            "剩下",
            "其余",
            "按原来",
            "按之前",
            "按以前",
            "原来的地址",
            "原来地址",
            "老地址",
            "之前的地址",
            "以前的地址",
            "记不清",
            "记不得",
            "不记得",
            "不确定",
            "搞不清",
            "不太清楚",
            "好像是",
            "大概是",
            "可能是",
            "待定",
            "还没定",
            "没想好",
            "不知道几",
            "不知道哪",
            "不知道门牌",
            "不知道对",
            "是不是对",
            "晚点发你",
            "稍后发",
            "等下发你",
            "回头发你",
            "再发你",
            "问问",
            "随便问",
            "打听",
            "一问就",
        ])
    });
    let of_what = ["门牌", "号", "楼", "地址", "单元", "具体", "几"].iter().any(|it| piece.contains(it));
    let forgotten = of_what
        && piece.contains("忘了")
        && !["别忘", "不要忘", "忘了说", "忘了备注"].iter().any(|it| piece.contains(it));
    let old = || {
        ["不要", "不是", "别", "不发", "不寄"].iter().any(|it| piece.contains(it)) && piece.contains("地址")
    };
    forgotten || MORE.is_in(piece) && !old()
}

/// Whether what stands behind an address takes a part of it back.
pub(crate) fn corrects(piece: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "不对",
            "写错",
            "打错",
            "填错",
            "弄错",
            "改成",
            "换成",
            "改为",
            "应该是",
            "纠正",
            "更正",
        ])
    });
    static OF_OTHERS: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new([
            "别",
            "不要",
            "上次",
            "上回",
            "以前",
            "之前",
            "昨天",
            "对不对",
            "千万",
            "免得",
            "怕",
            "刚",
            "原",
        ])
    });
    WORDS.is_in(piece) && !OF_OTHERS.is_in(piece)
}
