//! Findings as they are said.

use livehand_kernel::Phrase;

use super::{Finding, Kind};

impl Kind {
    /// As a team says it.
    pub fn phrase(self) -> Phrase {
        match self {
            Kind::Address => Phrase::new("address", "地址"),
            Kind::Phone => Phrase::new("telephone number", "电话"),
            Kind::Name => Phrase::new("recipient", "收件人"),
            Kind::Sku => Phrase::new("product and spec", "商品与规格"),
            Kind::Price => Phrase::new("price", "价格"),
            Kind::Gift => Phrase::new("gift", "赠品"),
            Kind::Limit => Phrase::new("limit per buyer", "限购"),
            Kind::Duplicate => Phrase::new("duplicate", "重复下单"),
            Kind::Said => Phrase::new("the buyer's words", "买家自述"),
            Kind::SecondCheck => Phrase::new("second check", "抽检"),
        }
    }
}

impl Finding {
    /// What was found, for people.
    pub fn phrase(&self) -> Phrase {
        let (found, expected) = (self.found.as_deref().unwrap_or(""), self.expected.as_deref().unwrap_or(""));
        match (self.kind, self.code.as_str()) {
            (Kind::Address | Kind::Phone | Kind::Name, code) => recipient(code),
            (Kind::Sku, code) => goods(code, found, expected),
            (Kind::Price, "not_judged") => Phrase::new(
                "the price was not judged: too many promotions or units combine",
                "未核价：可叠加的优惠或件数太多",
            ),
            (Kind::Price, "paid_too_little") => Phrase::new(
                format!("¥{found} was paid; no offer of that second comes to less than ¥{expected}"),
                format!("实付 ¥{found}，按当时机制应为 ¥{expected}，少付"),
            ),
            (Kind::Price, _) => Phrase::new(
                format!("¥{found} was paid; by the offers of that second it is ¥{expected}"),
                format!("实付 ¥{found}，按当时机制应为 ¥{expected}，多付"),
            ),
            (Kind::Gift, _) => Phrase::new(
                format!("{expected} pieces of a gift were promised, the order has {found}"),
                format!("承诺赠品 {expected} 件，订单中只有 {found} 件"),
            ),
            (Kind::Limit, _) => Phrase::new(
                format!("the buyer has {found} units, {expected} are allowed"),
                format!("该买家共买 {found} 件，限购 {expected} 件"),
            ),
            (Kind::Duplicate, _) => Phrase::new(
                format!("the same as the order {found} a little earlier"),
                format!("与刚才的订单 {found} 完全相同，疑似重复拍"),
            ),
            (Kind::Said, code) => said(code, found, expected),
            (Kind::SecondCheck, _) => Phrase::new("a second check found it wrong", "抽检复核认为有误"),
        }
    }
}

fn goods(code: &str, found: &str, expected: &str) -> Phrase {
    match code {
        "no_lines" => Phrase::new("it is not known what was bought", "没有商品行，不知道买了什么"),
        "of_other_product" => Phrase::new(
            format!("the SKU is of the product {found}, the order names {expected}"),
            format!("规格属于商品 {found}，订单写的是 {expected}"),
        ),
        "ended" => Phrase::new(
            format!("{found} was not sold any more when it was bought"),
            format!("下单时 {found} 已停售"),
        ),
        "spec_missing" => Phrase::new(
            format!("{found} has several specs, and none is named"),
            format!("{found} 有多个规格，订单未写明"),
        ),
        _ => Phrase::new(format!("the catalogue does not know {found}"), format!("商品库里没有 {found}")),
    }
}

fn said(code: &str, found: &str, expected: &str) -> Phrase {
    match code {
        "other_variant" => Phrase::new(
            format!("the buyer said {expected} and bought {found}"),
            format!("买家说要 {expected}，拍的是 {found}"),
        ),
        "recipient_wrong" => {
            Phrase::new("the buyer says that the address or number is wrong", "买家说地址或电话写错了")
        }
        "quantity_wrong" => {
            Phrase::new("the buyer says that the number of units is wrong", "买家说数量拍错了")
        }
        _ => Phrase::new("the buyer says that they bought the wrong thing", "买家说拍错了"),
    }
}

/// Mistakes in a recipient, by their codes.
const RECIPIENT: &[(&str, &str, &str)] = &[
    ("unreadable", "what is kept of the recipient cannot be read", "收件信息无法解读，请检查密钥"),
    ("no_address", "there is no address", "没有地址"),
    ("multiple_recipients", "there are several recipients", "有多个收件人"),
    ("partial_update", "only a part of the address is there", "只写了部分地址"),
    ("pinyin_address", "the address is in pinyin", "地址是拼音"),
    ("out_of_scope_region", "nothing is sent to this region", "不在发货范围"),
    ("contradiction_two_addresses", "there are two addresses", "写了两个地址"),
    ("contradiction_county", "the county is not in this city", "区县与城市不符"),
    ("contradiction_city", "the city is not that of the county", "城市与区县不符"),
    ("contradiction_town", "the town is in another county", "街道乡镇与区县不符"),
    ("ambiguous_county", "the county can be one of several", "区县重名，无法确定"),
    ("old_name_split", "the county was divided", "原区县已拆分"),
    ("unknown_division", "there is no such place", "没有这个地名"),
    (
        "contradiction_picked",
        "what was picked is another place than what is written",
        "所选地区与填写地址不符",
    ),
    ("missing_county", "the county is missing", "缺区县"),
    ("missing_detail", "there is no street or door", "缺详细地址"),
    ("vague_detail", "no courier finds this", "详细地址太笼统"),
    ("missing_province", "the province was missing", "缺省份"),
    ("missing_city", "the city was missing", "缺城市"),
    ("missing_county_inferable", "the county was missing; the town says which", "缺区县，可由街道推出"),
    ("abbreviated", "a name was abbreviated", "地名用了简称"),
    ("old_name", "a name is a former one", "用了旧地名"),
    ("moved_town", "the town belongs to another county now", "街道已划归别的区县"),
    ("typo_division", "a name was misspelt", "地名有错字"),
    ("typo_town", "the name of the town was misspelt", "街道名有错字"),
    ("contradiction_province", "the province was another one than that of the city", "省份与城市不符"),
    ("contradiction_city_historic", "the county was in that city formerly", "区县原属该市，现已调整"),
    ("phone_missing", "there is no number", "缺电话"),
    ("phone_short", "the number has too few digits", "电话位数不够"),
    ("phone_long", "the number has too many digits", "电话位数过多"),
    ("phone_bad_segment", "no number begins like this", "号段不存在"),
    ("phone_masked", "the number is hidden", "电话被打码"),
    ("phone_service_number", "it is a service number", "填的是服务号码"),
    ("phone_confusable", "there were letters among the digits", "电话里有形近字母"),
    ("phone_leading_zero", "a zero stood before the number", "手机号前多了 0"),
    ("phone_chinese_digits", "the number was in words", "电话用了中文数字"),
    ("landline_no_area", "the area code was missing", "座机缺区号"),
    ("phone_missing_prefix", "the prefix of the region was missing", "缺地区号"),
    ("name_missing", "there is no name", "缺收件人"),
    ("name_invalid", "this is no name", "收件人不像姓名"),
];

fn recipient(code: &str) -> Phrase {
    RECIPIENT
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(|| Phrase::literal(code.to_owned()), |(_, en, zh)| Phrase::new(*en, *zh))
}
