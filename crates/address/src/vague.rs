//! Whether a courier can find what stands below the town.

use std::sync::LazyLock;

use crate::dictionary::{Dictionary, of_words};

const PLACES: &[&str] = &[
    "菜市场",
    "农贸市场",
    "市场",
    "学校",
    "小学",
    "中学",
    "大学",
    "幼儿园",
    "医院",
    "卫生院",
    "卫生室",
    "火车站",
    "汽车站",
    "高铁站",
    "车站",
    "客运站",
    "地铁站",
    "公交站",
    "村口",
    "村里",
    "村委会",
    "村委",
    "镇上",
    "街上",
    "路口",
    "桥头",
    "超市",
    "小卖部",
    "小店",
    "商店",
    "单位",
    "公司",
    "家里",
    "家",
    "老家",
    "宿舍",
    "工地",
    "厂里",
    "工厂",
    "快递点",
    "快递站",
    "驿站",
    "菜鸟驿站",
    "高速口",
    "高速路口",
    "收费站",
    "路边",
    "大路边",
    "马路边",
    "河边",
    "桥边",
    "山脚下",
    "国道边",
    "广场",
    "公园",
    "加油站",
    "银行",
    "邮局",
    "政府",
    "镇政府",
    "乡政府",
    "县政府",
    "十字路口",
    "红绿灯",
    "大门",
    "大门口",
    "门卫",
    "门口",
    "小区",
    "小区门口",
    "楼下",
    "村子",
    "县城",
    "城里",
    "市区",
    "街道",
    "乡里",
    "商场",
    "步行街",
    "派出所",
    "信用社",
    "供销社",
    "办公室",
    "店里",
    "学校里",
    "老街",
    "大桥",
    "信号塔",
    "村部",
    "大队部",
    "大队",
    "敬老院",
    "养老院",
    "水库",
    "变电站",
    "集市",
    "集市口",
    "集上",
    "门卫室",
    "保安室",
    "保安亭",
    "岗亭",
    "传达室",
    "丰巢",
    "丰巢柜",
    "快递柜",
    "自提柜",
    "高速出口",
    "收费站口",
    "桥",
    "大桥底下",
    "老供销社",
    "粮站",
    "卫生所",
    "诊所",
    "药店",
    "饭店",
    "宾馆",
    "酒店",
    "网吧",
    "菜场",
    "集贸市场",
    "批发市场",
    "电影院",
    "体育馆",
    "体育场",
    "文化站",
    "电影院",
    "理发店",
    "奶茶店",
    "早餐店",
    "修车店",
    "厂",
    "工业园",
    "开发区",
    "车间",
    "仓库",
    "码头",
    "渡口",
    "山上",
    "祠堂",
    "庙",
    "井边",
    "大树",
    "大槐树",
    "大榕树",
    "牌坊",
    "路灯",
    "厕所",
    "停车场",
    "垃圾站",
    "居委会",
    "社区",
    "社区门口",
];
const NEAR: &[&str] = &[
    "附近",
    "旁边",
    "旁",
    "门口",
    "对面",
    "里面",
    "里",
    "那里",
    "那边",
    "那儿",
    "后面",
    "前面",
    "周边",
    "一带",
    "边上",
    "边",
    "上",
    "处",
    "这边",
    "这里",
    "大门口",
    "斜对面",
    "小店",
    "底下",
    "下面",
    "外面",
    "东头",
    "西头",
    "南头",
    "北头",
    "头",
    "口",
    "出口",
    "入口",
    "自取",
    "门",
    "那",
    "这",
];
/// What stands before a place and names nothing.
const BEFORE: &[&str] = &[
    "老", "新", "旧", "大", "小", "到", "在", "就", "就在", "我们", "我", "你", "咱", "路边", "东", "南",
    "西", "北", "村", "镇", "县", "乡", "街", "路", "的", "是", "个", "那", "这", "直接", "送", "放", "寄",
    "发",
];
/// The most characters that one of them has.
const NOTHING_LEN_MAX: usize = 8;
const NOTHING: &[&str] = &[
    "你看着发",
    "看着发",
    "到了打电话",
    "到了联系",
    "到了给我打电话",
    "自提",
    "随便",
    "老地方",
    "同上",
    "不变",
    "跟以前一样",
    "跟之前一样",
    "和以前一样",
    "地址一样",
    "你们知道的",
    "那个地址",
    "以前的地址",
    "之前的地址",
    "老样子",
    "跟上次一样",
    "和上次一样",
    "和之前一样",
    "原来的",
    "原地址",
    "还是那里",
    "老地址",
    "你知道的",
    "默认",
    "上次那个",
    "待定",
    "暂无",
    "无",
    "不详",
    "放门卫",
    "打电话",
    "电话联系",
    "到了叫我",
    "先放着",
    "到了电话",
    "到付",
];

/// Whether a detail says nothing that a courier could go by.
pub(crate) fn is_vague(detail: &str) -> bool {
    let detail: String = detail.chars().filter(|c| of_words(*c)).collect();
    let len = detail.chars().count();
    let says = |it: &&str| detail == *it || len <= it.chars().count() + 4 && detail.contains(it);
    if len <= NOTHING_LEN_MAX + 4 && NOTHING.iter().any(says) {
        return true;
    }
    if detail.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    if ["打电话", "喊一声", "喊我", "我来拿", "我去拿", "来取", "去取", "自取", "联系我", "通知我"]
        .iter()
        .any(|it| detail.contains(it))
    {
        return true;
    }
    let short_of_a_house = detail.ends_with("附近") || detail.ends_with("路口") && detail.chars().count() < 6;
    if short_of_a_house || ["那个", "那条街", "那条路", "交界", "问问"].iter().any(|it| detail.contains(it))
    {
        return true;
    }
    // 红楼那栋 is for whoever lives there, unless a road or a group of houses is named too.
    let found = ["路", "街", "巷", "组", "社", "队", "屯"].iter().any(|it| detail.contains(it));
    if !found && ["都知道", "那家", "那户", "那栋"].iter().any(|it| detail.contains(it)) {
        return true;
    }
    if ["那儿", "那里", "那边", "那块"].iter().any(|it| detail.ends_with(it)) {
        return true;
    }
    // 川沙路 is long, and has no number here.
    let beside = ["路上", "街上", "大道上", "路边", "街边", "大道边", "路边上", "大道边上"];
    if beside.iter().any(|it| detail.ends_with(it)) && detail.chars().count() < 7 {
        return true;
    }
    // 碧桂园小区: of which house is for whoever lives there.
    if detail.ends_with("小区")
        && detail.chars().count() <= 10
        && !detail.contains(['路', '街', '组', '栋', '村'])
    {
        return true;
    }
    let road = detail.strip_suffix('路').or_else(|| detail.strip_suffix("大道"));
    road.is_some_and(|name| {
        (2..=4).contains(&name.chars().count()) && !name.contains(['路', '街', '村', '道'])
    }) || says_nothing(&detail)
}

/// Whether a detail is made of words that name nothing: 老街桥头那边.
fn says_nothing(detail: &str) -> bool {
    static WORDS: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new([PLACES, NEAR, BEFORE].concat()));
    let mut ends = vec![false; detail.len() + 1];
    if let Some(first) = ends.first_mut() {
        *first = true;
    }
    // By where they end, so that what comes before is known.
    for (from, to) in WORDS.spans(detail) {
        if ends.get(from) == Some(&true)
            && let Some(end) = ends.get_mut(to)
        {
            *end = true;
        }
    }
    ends.last() == Some(&true)
}
