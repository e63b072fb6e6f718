//! What the audience says and is called. Every line was written for this file and stands for nobody.

use rand::{Rng, RngExt};

use super::scenario::SimulatedProduct;

// In comments `{p}` is the product on stage, `{n}` its link number, `{colour}` a colour and `{size}` a size.
// The lists are laid out by hand: one per line they would fill the file.

/// What wants an answer, and what a crew must not overlook.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "多少钱", "{p}多少钱啊", "{n}号多少钱", "到手价多少", "这个怎么卖", "券后多少", "能便宜点吗",
    "比平时便宜多少啊", "一套多少钱", "价格是多少来着 刚进来", "{n}号链接到手几块", "现在是直播价吗",
    "买两件能少点吗", "有赠品吗", "凑单怎么凑最划算", "优惠券在哪领", "有券吗", "领不到券啊",
    "满多少减多少", "能叠加吗", "店铺券可以用吗", "新人券怎么领", "身高162体重108穿什么码",
    "165 115 穿多大", "120斤能穿吗", "偏大还是偏小", "有没有尺码表", "这个多大尺寸的", "一箱几包啊",
    "能装多少水", "1米5的床能用吗", "小个子能穿吗", "脚背高选大一码吗", "还有货吗", "白色还有吗",
    "没抢到 还补货吗", "有没有别的颜色", "{n}号没了吗", "秒没啊 能加点库存吗", "是现货吗", "还剩多少",
    "几号链接", "链接在哪里", "上链接上链接", "怎么拍", "{n}号", "小黄车没看到这款", "链接点不进去",
    "什么时候发货", "今天能发吗", "发什么快递", "新疆包邮吗", "几天能到", "寄到海南要几天",
    "48小时内能发吗", "支持七天无理由吗", "有运费险吗", "不合适能退吗", "可以换码吗", "拆开了还能退吗",
    "保修多久", "敏感肌能用吗", "什么面料的", "孕妇可以用吗", "含酒精吗", "是纯棉的吗", "宝宝能用吗",
    "配料表看一下", "糖尿病人能吃吗", "是正品吗", "有质检报告吗", "产地是哪里", "是官方旗舰店吗",
    "这个怎么用", "可以机洗吗", "保质期多久", "配什么裤子好看", "电磁炉能用吗", "充电多久啊",
    "和上次的有什么区别", "1号和{n}号哪个好", "比超市的好在哪", "有点贵啊", "我再想想", "怕踩雷",
    "下次再买吧", "好纠结买不买", "家里还有没用完", "拍错了怎么办", "能改地址吗", "付款失败了",
    "昨天买的还没发货", "帮我备注一下要红色", "两单能合并吗", "能试穿一下吗", "近一点看看细节",
    "再讲一遍{n}号", "转一圈看看背面", "放镜头前看看", "福袋什么时候开", "什么时候抽奖", "中奖了怎么领",
    "没声音了", "画面好卡", "看不清字", "声音有点小", "上次买的质量太差 投诉了没人理", "客服不回消息",
    "加微信领福利", "低价代购 私我", "我电话13900000000 帮我看下单", "地址是海州市东湖区青石路8号3单元",
    "{p}是什么材质的", "{p}有{colour}吗", "{colour}还有{size}吗", "{colour}好看还是黑色好看",
    "{size}偏小吗", "我平时穿{size} 要不要大一码", "{size}什么时候补货", "{p}几个颜色啊",
    "{n}号和上一个有什么不一样", "{p}送运费险不", "{n}号送什么赠品", "{n}号划算还是{p}划算",
    "拍{n}号送不送小样", "到手多少米", "现在拍多少钱", "比双十一便宜吗", "满三百减多少啊",
    "平台券和店铺券一起用吗", "定金可以退吗", "付完尾款什么时候发", "券过期了还能再领吗", "保价几天",
    "买贵了退差价吗", "会员有折扣吗", "学生有优惠吗", "三件一起拍多少", "运费多少", "偏远地区加钱吗",
    "发顺丰还是中通", "能指定快递吗", "周末发货吗", "北京明天能到吗", "可以送到乡镇吗", "内蒙发货吗",
    "预售还是现货", "预售要等几天", "{n}号还能拍吗", "显示售罄了怎么办", "刚付款就没货了?", "怎么下不了单",
    "购物车里是空的", "链接是第几个", "{p}在几号链接", "置顶的是哪个", "七天试用有吗", "退货运费谁出",
    "收到坏了怎么赔", "过敏了可以退吗", "大促后还能换吗", "发票怎么开", "可以开专票吗", "生产日期是哪天的",
    "保质期到什么时候", "有没有添加剂", "含糖吗", "有香精吗", "老人能用吗", "油皮适合吗",
    "熟了之后要放冰箱吗", "会起球吗", "会掉色吗", "缩水吗", "洗完会变形吗", "夏天穿热不热", "透不透",
    "防水吗", "噪音大吗", "几瓦的", "能上飞机吗", "适合多高的人", "胖一点的能穿吗", "肩宽能穿吗",
    "43码有吗", "儿童几岁能用", "量一下长度", "能看看里面吗", "上身效果看一下", "可以拉近点拍标签吗",
    "对比一下{colour}和白色", "刚才说的第二个是什么", "错过{n}号了 能再讲吗", "客服在哪", "怎么联系售后",
    "订单显示异常", "怎么取消订单", "名字写错了能改吗", "两个地址怎么拍", "能开个群吗", "中奖名单在哪看",
    "几点抽下一轮", "画面糊了", "声音不同步",
];

/// Most of what is said: it wants no answer.
#[rustfmt::skip]
const CHATTER: &[&str] = &[
    "主播讲得好清楚", "上次买的很好用 又来了", "质量不错 已回购", "真好看", "性价比高", "爱了爱了",
    "{p}上次买过 满意", "主播晚上好", "第一次来", "来了来了", "大家好", "刚下班赶上了", "哈哈哈哈哈", "666",
    "1", "2", "扣1", "冲", "今天人好多", "外面下雨了", "在吃饭", "主播吃了吗", "我妈也在看",
    "给我家猫看一眼", "笑死", "这灯光好暖", "主播换发型了", "背景音乐叫什么", "明天要上班了", "加油",
    "[鼓掌][鼓掌]", "😂😂😂", "买完睡觉", "已拍两单", "抢到了抢到了", "手慢无", "主播喝口水吧",
    "嗓子都哑了", "我先去洗个碗", "路过看看", "孩子睡了终于能看会儿", "同事推荐来的", "这个价可以",
    "囤了囤了", "去年也是这时候买的", "等我发工资", "室友让我帮她拍", "手机快没电了", "刚进来 在讲什么",
    "下一个是什么呀", "声音好好听", "支持国货", "{p}颜色好正", "{colour}那个好看", "已经下单{colour}了",
    "{n}号冲了", "给闺蜜也拍了一份", "终于等到{n}号", "主播今天状态真好", "讲得比说明书还细", "点赞点赞",
    "关注了", "第三年在这买了", "老粉报到", "从上一场追过来的", "刚吃完饭来看看", "通勤路上看直播",
    "我妈让我买的", "钱包已空", "再买剁手", "忍住忍住", "没忍住", "晚点要开会", "今天降温了",
    "小猫在屏幕里跑", "背景那盆花真精神", "场控辛苦了", "主播嗓子保重", "哈哈哈笑出声", "？？？", "好的",
    "收到", "蹲一个", "蹲下一个", "111", "888", "来啦", "晚安 先睡了", "明天几点播", "周末还播吗", "🌹🌹🌹",
    "[比心][比心]", "买买买", "同款已入", "去年的还在用", "主播真实在", "朋友推荐的", "隔壁直播间过来的",
    "挂着当背景音", "一边写作业一边看", "抢到的举手", "有没有一起拍的",
];

/// What a screen has to survive: markup, formulas, invisible and combining characters, advertising, abuse.
#[rustfmt::skip]
const HOSTILE: &[&str] = &[
    "<b>加粗</b>", "<script>alert(1)</script>", "'); DROP TABLE shows;--", "=1+1", "\u{202E}钱少多\u{202C}",
    "多\u{200B}少\u{200B}钱", "z\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}\u{0306}a\u{0307}",
    "第一行\u{0}第二行", "<svg/onload=alert(1)>", "{{7*7}}", "../../etc/passwd", "@SUM(1+1)*cmd",
    "\u{2066}真的\u{2069}假的", "\u{FEFF}看不见的头", "关\u{AD}注\u{AD}我",
    "刷\u{200D}单\u{200D}兼\u{200D}职", "全网最低 加V看主页", "日结兼职 点我头像", "垃圾主播别播了",
    "骗子 大家别买",
];

const COLOURS: &[&str] = &["白色", "黑色", "米色", "粉色", "雾蓝", "豆绿", "咖色", "奶黄"];
const SIZES: &[&str] = &["S码", "M码", "L码", "XL码", "2XL", "38码", "40码", "小号", "大号"];

/// Share of comments that are chatter, so that most of the screen is not a question.
const CHATTER_SHARE: f64 = 0.54;
/// Share of hostile comments.
const HOSTILE_SHARE: f64 = 0.02;

const FIRST: &[&str] = &[
    "小",
    "阿",
    "大",
    "爱吃",
    "不吃",
    "早睡的",
    "晚起的",
    "路过的",
    "云边",
    "海边",
    "山里",
    "南方",
    "北方",
    "隔壁",
    "楼下",
    "快乐",
    "佛系",
    "努力",
    "圆圆",
    "安静",
    "爱笑的",
    "等风的",
    "晒太阳的",
    "喝茶的",
    "养花的",
];
const LAST: &[&str] = &[
    "橙子", "豆包", "年糕", "柚子", "麦子", "团子", "石榴", "丸子", "海棠", "青柠", "核桃", "芝麻", "饺子",
    "茉莉", "山竹", "小鱼", "奶糖", "棉花", "月亮", "星星", "风铃", "小熊", "小鹿", "麻雀", "蜗牛",
];

/// A made-up nickname.
pub(super) fn nickname(rng: &mut impl Rng) -> String {
    format!("{}{}{}", pick(rng, FIRST), pick(rng, LAST), rng.random_range(1..100))
}

/// A made-up comment.
pub(super) fn comment(rng: &mut impl Rng, on_stage: Option<&SimulatedProduct>) -> String {
    let share = rng.random::<f64>();
    let text = if share < HOSTILE_SHARE {
        pick(rng, HOSTILE)
    } else if share < HOSTILE_SHARE + CHATTER_SHARE {
        pick(rng, CHATTER)
    } else {
        pick(rng, ASKING)
    };
    let (name, number) =
        on_stage.map_or(("这个", 1), |product| (product.name.as_str(), product.link_number));
    // Viewers say the first word of a long title.
    text.replace("{p}", name.split(' ').next().unwrap_or(name))
        .replace("{n}", &number.to_string())
        .replace("{colour}", pick(rng, COLOURS))
        .replace("{size}", pick(rng, SIZES))
}

fn pick<'a>(rng: &mut impl Rng, from: &[&'a str]) -> &'a str {
    from.get(rng.random_range(0..from.len().max(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use livehand_kernel::{Fen, display_text};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn the_audience_has_more_than_250_things_to_say_and_no_slot_stays_open() {
        let all: BTreeSet<&str> = [ASKING, CHATTER, HOSTILE].concat().into_iter().collect();
        assert!(all.len() >= 250, "{}", all.len());
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let product = SimulatedProduct {
            id: "p".to_owned(),
            name: "棉里乳胶枕 一对".to_owned(),
            price: Fen(12_900),
            link_number: 31,
        };
        let said: Vec<String> = (0..5_000).map(|_| comment(&mut rng, Some(&product))).collect();
        assert!(said.iter().any(|text| text.contains("棉里乳胶枕") && !text.contains("一对")));
        assert!(said.iter().any(|text| text.contains("31号")));
        assert!(
            said.iter()
                .all(|text| !["{p}", "{n}", "{colour}", "{size}"].iter().any(|slot| text.contains(slot)))
        );
        assert!(said.iter().all(|text| !display_text(text).is_empty()), "every comment can be shown");
    }
}
