//! Whether a courier can find what stands below the town.

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
];
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
    let detail: String = detail.chars().filter(|c| c.is_alphanumeric()).collect();
    if NOTHING
        .iter()
        .any(|it| detail == *it || detail.contains(it) && detail.chars().count() <= it.chars().count() + 4)
    {
        return true;
    }
    if detail.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    if ["打电话", "我来拿", "我去拿", "来取", "去取", "自取", "联系我", "通知我"]
        .iter()
        .any(|it| detail.contains(it))
    {
        return true;
    }
    if ["那儿", "那里", "那边", "那块"].iter().any(|it| detail.ends_with(it)) {
        return true;
    }
    let mut rest = detail.trim_start_matches(['老', '新', '旧', '大', '到', '在']);
    if rest.is_empty() {
        rest = detail.as_str();
    }
    for _ in 0..3 {
        if rest.is_empty() || PLACES.contains(&rest) || NEAR.contains(&rest) {
            return true;
        }
        let Some(less) = NEAR.iter().filter_map(|it| rest.strip_suffix(it)).min_by_key(|it| it.len()) else {
            return false;
        };
        rest = less;
    }
    false
}
