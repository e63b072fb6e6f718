//! Lines that are put together from parts of which it is known what they are: sure ones are read right or asked about, and
//! those that lack something are asked about. Everybody in them is invented.
#![cfg(test)]

use livehand_address::divisions::{Code, Divisions, Level};
use livehand_address::{Parsed, Verdict, parse};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

const LINES: usize = 3_000;

/// What a line is made of.
#[derive(Debug, Clone)]
struct Parts {
    name: String,
    phone: String,
    county: Code,
    divisions: String,
    detail: String,
}

impl Parts {
    fn address(&self) -> String {
        format!("{}{}", self.divisions, self.detail)
    }
}

/// Names as people give them: surnames with one or two characters, titles, nicknames, names of other peoples and countries.
fn name() -> impl Strategy<Value = String> {
    let surname =
        select("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗谢于叶路苑方安水花".chars().collect::<Vec<_>>());
    let given = select("伟芳娜敏静秀强磊军洋艳杰娟涛明超霞平刚桂英华玉萍红鹏建国文志梅云峰海燕春东江山宇轩浩子涵梓怡佳诺楼城长金宝心天".chars().collect::<Vec<_>>());
    let title =
        select(vec!["先生", "女士", "老师", "阿姨", "姐", "哥", "总", "经理", "太太", "师傅", "医生"]);
    let nickname = select(vec![
        "阿拉",
        "润之",
        "牡丹",
        "程序媛",
        "鸭血粉丝",
        "老干妈",
        "运河",
        "向阳",
        "天津人",
        "福城",
        "洪崖洞",
        "码农",
        "候鸟",
        "小蛮腰",
        "沙县老板",
        "油田人",
        "渔民",
        "银滩",
        "西关小姐",
        "雷锋",
        "毛毛虫",
        "月半",
        "糖糖爸爸",
        "小太阳",
        "不吃香菜",
        "追风少年",
        "一只猫",
        "十三姨",
        "豆豆",
        "米粒",
        "初一",
        "青青草原",
        "广州仔",
        "海南岛",
        "上善若水",
        "云淡风轻",
        "平安",
        "如意",
        "楼上小李",
        "店小二",
        "老王头",
    ]);
    let foreign = select(vec![
        "Lily",
        "Kevin",
        "Amy陈",
        "Kevin.Zhang",
        "CC",
        "Jack",
        "Tony老师",
        "SUNNY",
        "古丽娜尔·艾山",
        "热依木",
        "格桑",
        "其其格",
        "金美英",
        "买买提·吐尔逊",
        "次仁卓玛",
        "吉克阿依",
        "哈斯额尔敦",
        "韩尕让",
        "阿力木江",
    ]);
    prop_oneof![
        5 => (surname.clone(), prop::collection::vec(given, 1..=2)).prop_map(|(first, rest)| format!("{first}{}", rest.iter().collect::<String>())),
        2 => (surname, title).prop_map(|(first, title)| format!("{first}{title}")),
        3 => nickname.prop_map(str::to_owned),
        2 => foreign.prop_map(str::to_owned),
    ]
}

fn phone() -> impl Strategy<Value = String> {
    let prefix = select(vec!["130", "135", "138", "150", "158", "166", "177", "186", "189", "198"]);
    (prefix, 0..100_000_000_u32).prop_map(|(prefix, rest)| format!("{prefix}{rest:08}"))
}

/// Roads, estates, hospitals, campuses, villages, factories, markets.
fn detail() -> impl Strategy<Value = String> {
    let word = || {
        select(vec![
            "建设", "解放", "中山", "北京", "幸福", "学府", "滨江", "凤凰", "天山", "迎宾", "桃花", "梅岭",
            "银杏",
        ])
    };
    let estate = select(vec![
        "万科花园",
        "碧桂园",
        "保利小区",
        "龙湖华府",
        "天鹅湖公馆",
        "书香雅苑",
        "江南北区",
        "锦绣一号院",
        "康居新城",
    ]);
    let house = select(vec![
        "3号楼2单元1103",
        "12栋304",
        "27-1-1002",
        "B座1710室",
        "6幢甲单元501",
        "20#1106",
        "七栋一单元579",
        "15号2楼",
    ]);
    let road = (word(), select(vec!["路", "东路", "大道", "街", "二巷"]), 1..2_000_u32)
        .prop_map(|(word, kind, number)| format!("{word}{kind}{number}号"));
    let inside = select(vec![
        "人民医院住院部3楼",
        "妇幼保健院12床",
        "师范大学桂园7舍A605",
        "职业技术学院教工宿舍2单元301",
        "实验小学图书馆一楼",
        "商贸城A区12排7号",
        "农贸市场二楼3018",
        "工业园2期金地服饰有限公司",
        "物流园A区祥和汽修",
    ]);
    let village = (
        word(),
        select(vec!["村三组", "屯二队", "庄8组12号", "湾一社37号", "李家村村头小卖部旁", "寨大队部对面"]),
    )
        .prop_map(|(word, rest)| format!("{word}{rest}"));
    let gap = select(vec!["", "", " "]);
    prop_oneof![
        (road.clone(), gap.clone(), estate.clone(), gap.clone(), house.clone())
            .prop_map(|(road, a, estate, b, house)| format!("{road}{a}{estate}{b}{house}")),
        (estate, gap.clone(), house).prop_map(|(estate, gap, house)| format!("{estate}{gap}{house}")),
        (road.clone(), gap, inside).prop_map(|(road, gap, inside)| format!("{road}{gap}{inside}")),
        road,
        village,
    ]
}

fn parts() -> impl Strategy<Value = Parts> {
    let counties: Vec<Code> = Divisions::built_in()
        .all()
        .iter()
        .filter(|it| {
            it.level == Level::County
                && !it.name.ends_with("新区")
                && !matches!(it.code.0 / 10_000, 71 | 81 | 82)
        })
        .map(|it| it.code)
        .collect();
    let between = select(vec!["", "", "", " ", "/", "-"]);
    (name(), phone(), select(counties), between, detail()).prop_map(
        |(name, phone, county, between, detail)| {
            let table = Divisions::built_in();
            let named = |code: Code| table.get(code).map_or("", |it| it.name);
            let city = table.city_of(county).map_or("", |it| it.name);
            let row: Vec<&str> =
                [named(county.province()), if county.in_municipality() { "" } else { city }, named(county)]
                    .into_iter()
                    .filter(|it| !it.is_empty())
                    .collect();
            Parts { name, phone, county, divisions: row.join(between), detail }
        },
    )
}

/// What people write before and behind.
fn carrier() -> impl Strategy<Value = (&'static str, &'static str)> {
    let before = select(vec![
        "",
        "",
        "",
        "改地址：",
        "麻烦改一下地址：",
        "老师这个地址可以吗 ",
        "@主播 我拍的2号链接，寄 ",
        "姐，我刚下单了，地址填的是以前的，帮我改成 ",
        "你好 能不能送到 ",
        "我人不在家，先寄到 ",
        "刚才那个作废，用这个：",
        "搬家了，以后都发这里：",
        "帮我老公买的，寄到 ",
        "急急急 ",
        "中奖了哈哈哈，地址：",
        "嗯嗯 那发到 ",
        "我这边地址是",
        "订单号6920381234567890，改到 ",
        "不好意思打扰一下，这单请发到：",
        "看到回一下，地址 ",
    ]);
    let behind = select(vec![
        "",
        "",
        "",
        " 谢谢",
        "，不要放驿站",
        " 放门口就行",
        " 周末不在家",
        "！尽快发货哦",
        "（白天没人，晚上送）",
        "，别发错了哟",
        " 到了打电话",
        " 麻烦包装好一点是送人的",
        " 可以吗",
        " 快递到了放楼下小卖部",
        " 不急慢慢发",
        " 上次发错了这次别搞错",
        "，改好了跟我说一声",
        " 爱你么么哒",
        " 明天能发吗",
        " 家里没人就放物业",
        " 请用纸箱装",
        " 我下周一要用",
    ]);
    (before, behind)
}

fn lines(strategy: impl Strategy<Value = (Parts, String)>) -> Vec<(Parts, String, Parsed)> {
    let mut runner = TestRunner::deterministic();
    (0..LINES)
        .map(|_| {
            let (parts, line) = strategy.new_tree(&mut runner).expect("a line").current();
            let read = parse(&line);
            (parts, line, read)
        })
        .collect()
}

fn plain(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn a_line_that_says_everything_is_read_right_or_asked_about() {
    let templates = select(vec![
        "{n} {p} {a}",
        "{a} {n} {p}",
        "{a} {p} {n}",
        "{p} {n} {a}",
        "{n}，{p}，{a}",
        "{a}|{n}|{p}",
        "{a}\n{p}\n{n}",
        "{n}{p} {a}",
        "{a} {n}{p}",
        "{a}（{n}收）{p}",
        "{a} {n}收 {p}",
        "收货人：{n}\n手机号码：{p}\n详细地址：{a}",
        "{a}，收件人{n}，电话{p}",
        "{a}，叫我{n}就行，电话{p}",
        "{a} 我叫{n} {p}",
        "{a}，收件人写{n} {p}",
        "{a} 收件人是{n} 电话是{p}",
    ]);
    let strategy = (parts(), templates, carrier()).prop_map(|(parts, template, (before, behind))| {
        let body = template
            .replace("{a}", &parts.address())
            .replace("{n}", &parts.name)
            .replace("{p}", &parts.phone);
        let line = format!("{before}{body}{behind}");
        (parts, line)
    });
    let mut asked = Vec::new();
    for (parts, line, read) in lines(strategy) {
        if read.verdict == Verdict::NeedsHuman {
            asked.push(line);
            continue;
        }
        assert_eq!(read.code, Some(parts.county.0), "{line}");
        assert_eq!(read.phone.as_ref(), Some(&parts.phone), "{line}");
        assert_eq!(plain(read.name.as_deref()), plain(Some(&parts.name)), "{line}");
        // A road can begin like a town of its county.
        let below =
            format!("{}{}", read.town.clone().unwrap_or_default(), read.detail.clone().unwrap_or_default());
        assert_eq!(plain(Some(&below)), plain(Some(&parts.detail)), "{line}");
    }
    assert!(
        asked.len() * 100 <= LINES,
        "{} of {LINES} were asked about: {:#?}",
        asked.len(),
        asked.get(..20)
    );
}

#[test]
fn a_line_that_lacks_something_is_asked_about() {
    let vague = select(vec![
        "菜市场附近",
        "火车站旁边",
        "村口",
        "学校门口",
        "到了打电话",
        "老地方",
        "家里",
        "信用社对面",
        "大桥底下",
        "镇政府附近",
        "敬老院旁",
        "快递柜",
    ]);
    let strategy = (parts(), parts(), 0..9_usize, vague, carrier()).prop_map(
        |(parts, other, lack, vague, (before, behind))| {
            let Parts { name, phone, divisions, .. } = &parts;
            let address = parts.address();
            let body = match lack {
                0 => format!("{phone}\n{address}"),
                1 => format!("{name} {address}"),
                2 => format!("{name}|{}|{address}", &phone[..10]),
                3 => format!("{name} {phone}6 {address}"),
                4 => format!("{name}，{}****{}，{address}", &phone[..3], &phone[7..]),
                5 => format!("{name}，{phone}，{divisions}"),
                6 => format!("{name} {phone} {divisions} {vague}"),
                7 => format!("{name} {phone} {address}；{} {} {}", other.name, other.phone, other.address()),
                _ => format!("{name} {phone} {divisions} 或 {}", other.address()),
            };
            let line = format!("{before}{body}{behind}");
            (parts, line)
        },
    );
    let silent: Vec<(String, Parsed)> = lines(strategy)
        .into_iter()
        .filter(|(_, _, read)| read.verdict != Verdict::NeedsHuman)
        .map(|(_, line, read)| (line, read))
        .collect();
    assert!(
        silent.len() * 1_000 <= LINES,
        "{} of {LINES}: {:#?}",
        silent.len(),
        silent.get(..10.min(silent.len()))
    );
}
