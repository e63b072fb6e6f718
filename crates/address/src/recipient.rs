//! Whether a piece of a line is the name of whoever receives the parcel.

use crate::dictionary::of_words;
use crate::spoken;

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;
use rustc_hash::FxHashSet;

const SURNAMES: &str = "代闵湛蔺洪占么逯支昝管卞娄晁王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻厉仝郜郭阿仉位伊厍哈由皇甫";
const COMPOUND: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "端木", "司徒", "夏侯", "慕容",
    "长孙", "宇文", "西门", "南宫", "百里", "呼延", "东郭", "轩辕", "独孤", "武阳", "公羊", "澹台", "赫连",
    "钟离", "闻人", "申屠", "太史", "完颜", "纳兰", "贺兰", "拓跋", "万俟", "濮阳", "淳于", "仲孙", "公冶",
    "宗政",
];
const TITLES: &[&str] = &[
    "先生",
    "女士",
    "小姐",
    "太太",
    "老师",
    "阿姨",
    "叔叔",
    "大姐",
    "大哥",
    "大爷",
    "大妈",
    "奶奶",
    "爷爷",
    "妈妈",
    "爸爸",
    "经理",
    "师傅",
    "医生",
    "护士",
    "老板",
    "老板娘",
    "同学",
    "会计",
    "主任",
    "总",
    "姐",
    "哥",
    "姨",
    "叔",
    "伯",
    "婶",
    "嫂",
    "妈",
    "爸",
    "妹",
    "弟",
    "娘",
    "公",
    "婆",
    "生",
    "工",
    "姑娘",
    "姑",
    "爷",
    "店长",
    "队长",
    "班长",
    "收银",
    "主管",
    "教练",
    "校长",
    "大夫",
    "律师",
    "厂长",
    "站长",
    "书记",
    "村长",
    "女神",
    "仙女",
    "宝贝",
    "同志",
    "助理",
    "秘书",
    "前台",
    "家属",
    "夫人",
    "少爷",
    "公主",
];
const NO_NAMES: &[&str] = &[
    "无",
    "无名",
    "没有",
    "xxx",
    "XXX",
    "asd",
    "aaa",
    "AAA",
    "abc",
    "ABC",
    "test",
    "测试",
    "不用写",
    "不写",
    "随便",
    "先生/女士",
    "先生女士",
    "匿名",
    "某某",
    "姓名",
    "名字",
    "无姓名",
    "xx",
    "XX",
    "x",
    "。",
    ".",
    "null",
    "None",
    "none",
    "*",
    "**",
    "***",
    "一",
    "111",
    "123",
    "qwe",
    "QWE",
    "略",
    "本人",
    "自己",
    "我",
    "未知",
    "不知道",
    "收",
    "用户",
    "某先生",
    "某女士",
    "保密",
    "你猜",
    "呵呵",
    "哈哈",
    "先生",
    "女士",
    "收货人",
    "收件人",
    "买家",
    "顾客",
    "客户",
    "路人",
    "小姐",
    "没名字",
    "不填",
    "没写",
    "用户名",
    "亲",
    "名称",
    "联系人",
    "某人",
    "老人家",
    "家人",
    "家里人",
    "我家人",
];
/// Characters and words that an address has and a name hardly ever.
const OF_ADDRESSES: &[&str] = &[
    "路",
    "街道",
    "大街",
    "大道",
    "号",
    "栋",
    "幢",
    "单元",
    "室",
    "楼",
    "弄",
    "巷",
    "村",
    "镇",
    "乡",
    "小区",
    "花园",
    "公寓",
    "大厦",
    "广场",
    "工业",
    "园区",
    "驿站",
    "快递",
    "对面",
    "旁边",
    "附近",
    "门口",
    "交叉口",
    "医院",
    "学校",
    "大学",
    "中学",
    "小学",
    "学院",
    "宿舍",
    "市场",
    "中心",
    "科技",
    "有限公司",
    "酒店",
    "宾馆",
    "社区",
    "家园",
    "层",
    "座",
    "组",
    "队",
    "屯",
    "寨",
    "米",
    "区",
    "期",
    "床",
    "档",
    "站",
    "口",
];

/// Whether a piece is a shop or the like: it stands in addresses, and receives parcels too.
pub(crate) fn is_a_shop(piece: &str) -> bool {
    piece.ends_with([
        '店', '厂', '馆', '院', '场', '库', '部', '铺', '行', '司', '城', '园', '站', '修', '科', '业', '台',
        '室', '诊', '旁', '边', '面', '口', '点',
    ]) && piece.chars().count() > 2
}

/// How many words of addresses a piece has.
fn of_addresses(piece: &str) -> usize {
    static WORDS: LazyLock<Option<CharwiseDoubleArrayAhoCorasick<u32>>> =
        LazyLock::new(|| CharwiseDoubleArrayAhoCorasick::new(OF_ADDRESSES).ok());
    WORDS.as_ref().map_or(0, |words| words.find_overlapping_iter(piece).count())
}

/// Whether a character is a surname.
pub(crate) fn is_surname(c: char) -> bool {
    static SET: LazyLock<FxHashSet<char>> = LazyLock::new(|| SURNAMES.chars().collect());
    SET.contains(&c)
}

/// Whether a piece is a surname and nothing else.
pub(crate) fn is_a_surname(piece: &str) -> bool {
    let mut chars = piece.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => is_surname(only),
        _ => COMPOUND.contains(&piece),
    }
}

/// How sure it is that a piece is a name, 0 where it is none.
pub(crate) fn likeness(piece: &str) -> i32 {
    let chars: Vec<char> = piece.chars().collect();
    let len = chars.len();
    if len == 0 || len > 16 || is_no_name(piece) {
        return 0;
    }
    if chars.iter().all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '\'' | '-' | ' ')) {
        return match chars.iter().filter(|c| c.is_ascii_alphabetic()).count() {
            0 => 0,
            1 => 12,
            _ if len <= 14 => 58,
            _ => 0,
        };
    }
    if is_a_number(&chars) {
        return 0;
    }
    if chars.iter().any(char::is_ascii_digit) {
        return if chars.iter().filter(|c| c.is_ascii_digit()).count() <= 2 && len <= 6 { 20 } else { 0 };
    }
    if piece.contains('·') && (4..=16).contains(&len) {
        return 70;
    }
    let compound = COMPOUND.iter().any(|it| piece.starts_with(it)) && (3..=4).contains(&len);
    let surname = chars.first().is_some_and(|c| is_surname(*c)) && (2..=4).contains(&len);
    let title = TITLES.iter().any(|it| piece.ends_with(it)) && (2..=5).contains(&len);
    let address = of_addresses(piece);
    let shape: i32 = match len {
        1 if is_surname(*chars.first().unwrap_or(&' ')) => 12,
        1 => 0,
        2..=4 => 44,
        5..=7 => 32,
        _ => 18,
    };
    if shape == 0 {
        return 0;
    }
    let mut score = shape;
    if compound {
        score += 30;
    } else if surname {
        score += if len <= 3 { 24 } else { 8 };
    }
    if title {
        score += 26;
    }
    score -= i32::try_from(address).unwrap_or(9) * if surname && len <= 3 { 8 } else { 20 };
    if !chars.iter().all(|c| of_words(*c)) {
        score -= 20;
    }
    score.max(0)
}

/// Whether a piece is a number with what it counts: 三组, 25号门面, 东门3排9号.
fn is_a_number(chars: &[char]) -> bool {
    const UNITS: &str = "组队社楼号排栋层座幢室单区期段";
    const NUMERALS: &str = "一二三四五六七八九十";
    chars.iter().zip(chars.iter().skip(1)).any(|(first, second)| {
        UNITS.contains(*second)
            && (first.is_ascii_digit() || NUMERALS.contains(*first) && (chars.len() <= 3 || *second != '单'))
    })
}

/// Whether a piece stands for a name and is none: 无, xxx, a full stop.
pub(crate) fn is_no_name(piece: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| NO_NAMES.iter().copied().collect());
    // 测试1
    let stem = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    SET.contains(piece)
        || stem.len() > 3 && stem.len() < piece.len() && SET.contains(stem)
        || piece.ends_with("老人")
        || piece.chars().all(|c| !of_words(c))
}

/// Whether a piece is a surname with a title or with two characters, of which a sentence hardly begins: not 白天.
pub(crate) fn is_full(piece: &str) -> bool {
    let mut chars = piece.chars();
    let surname = chars.next().is_some_and(is_surname);
    let rest = chars.as_str();
    surname && (TITLES.contains(&rest) || rest.chars().count() == 2)
}

/// How somebody is related to whoever writes; the longer goes before what it begins with.
const KIN: &[&str] = &[
    "丈母娘",
    "老丈人",
    "老板娘",
    "妈妈",
    "爸爸",
    "外婆",
    "外公",
    "姥姥",
    "姥爷",
    "奶奶",
    "爷爷",
    "公公",
    "婆婆",
    "大姨",
    "二姨",
    "三姨",
    "小姨",
    "姨妈",
    "舅妈",
    "舅舅",
    "姑妈",
    "姑姑",
    "姑父",
    "叔叔",
    "婶婶",
    "婶子",
    "伯父",
    "伯母",
    "大伯",
    "嫂子",
    "岳母",
    "岳父",
    "干妈",
    "干爸",
    "老公",
    "老婆",
    "爱人",
    "媳妇",
    "儿子",
    "女儿",
    "闺女",
    "侄女",
    "侄子",
    "外甥",
    "同事",
    "朋友",
    "邻居",
    "户主",
    "房东",
    "姐姐",
    "哥哥",
    "弟弟",
    "妹妹",
    "堂姐",
    "表姐",
    "妈",
    "爸",
    "姐",
    "哥",
    "弟",
    "妹",
    "姨",
    "舅",
    "姑",
    "婶",
];

/// 妈妈田进花, 我舅妈陇正芬: the name behind how somebody is related; nothing if there is none.
pub(crate) fn behind_kin(text: &str) -> Option<&str> {
    let mine = ["我", "俺", "她", "他", "咱"].iter().find_map(|word| text.strip_prefix(word));
    let rest = mine.unwrap_or(text);
    let name = KIN.iter().find_map(|word| rest.strip_prefix(word))?;
    let name = name.trim_start_matches(['叫', '是']);
    // 姐夫 and 妈咪 are no names, and 姑苏 is a place: a whole name behind one character only after 我.
    let short = (2..=3).contains(&name.chars().count());
    (is_full(name) || mine.is_some() && short && likeness(name) >= 44 && !spoken::is_sentence(name))
        .then_some(name)
}

/// Whether a text says how somebody is related and nothing else.
pub(crate) fn is_kin(text: &str) -> bool {
    let rest = ["我", "俺", "她", "他", "咱"].iter().find_map(|word| text.strip_prefix(word));
    KIN.contains(&rest.unwrap_or(text))
}

/// Of a text that begins with a surname of two characters no more than a name has: 拓跋小草拓展.
pub(crate) fn of_compound(text: &str) -> &str {
    if !COMPOUND.iter().any(|surname| text.starts_with(surname)) {
        return text;
    }
    text.char_indices().nth(4).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// Whether two people are named: 黄小桃和张大力.
pub(crate) fn are_two(name: &str) -> bool {
    ["和", "跟", "与", "或者", "或", "、"].iter().any(|word| {
        name.split_once(word).is_some_and(|(first, second)| likeness(first) >= 68 && likeness(second) >= 68)
    })
}

/// A name at the end of a piece that has none of its own, such as 402室张三: where it begins, in characters.
pub(crate) fn at_the_end(chars: &[char]) -> Option<usize> {
    const LAST: &str =
        "间内园坊部所场仓库棚村屯组队社寨湾号室楼栋幢单元层座户房店厂口门)旁边面里内侧站柜点司校院米";
    for len in [2, 3, 4] {
        let Some(from) = chars.len().checked_sub(len).filter(|from| *from > 0) else { continue };
        let (Some(before), Some(tail)) = (chars.get(from - 1), chars.get(from..)) else { continue };
        let piece: String = tail.iter().collect();
        let sure = (tail.first().is_some_and(|c| is_surname(*c)) && len <= 3
            || TITLES.iter().any(|it| it.chars().count() > 1 && piece.ends_with(it) && piece != *it)
            || COMPOUND.iter().any(|it| piece.starts_with(it)) && len > 2)
            && of_addresses(&piece) == 0;
        let compound = COMPOUND.iter().any(|it| it.chars().eq([*before, *tail.first().unwrap_or(before)]));
        if sure && !compound && (before.is_ascii_digit() || LAST.contains(*before)) {
            return Some(from);
        }
    }
    None
}
