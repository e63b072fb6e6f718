//! Which facts a product has: their codes, names, kinds, and for which category they are needed.

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A whole number from 0 on.
    Integer,
    /// Fen.
    Money,
    /// Hundredths of a percent: 20 % is 2000.
    Percent,
    /// One of a few codes.
    Choice(&'static [Choice]),
    /// A list of short texts.
    Texts,
    /// Names with values.
    Pairs,
    /// Columns and rows.
    SizeChart,
    /// Feature, advantage and benefit.
    SellingPoints,
    /// Kind, number, until when.
    Qualifications,
    /// Name, quantity, and where it is one of ours the SKU.
    Gifts,
    /// From where, by whom, within how many hours, and where not.
    Shipping,
    /// Who tried the product, when.
    Trial,
    /// Stretches of time.
    Windows,
    /// Prices that were paid, with their days.
    PaidPrices,
}

impl Kind {
    /// The code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::LongText => "long_text",
            Kind::Integer => "integer",
            Kind::Money => "money",
            Kind::Percent => "percent",
            Kind::Choice(_) => "choice",
            Kind::Texts => "texts",
            Kind::Pairs => "pairs",
            Kind::SizeChart => "size_chart",
            Kind::SellingPoints => "selling_points",
            Kind::Qualifications => "qualifications",
            Kind::Gifts => "gifts",
            Kind::Shipping => "shipping",
            Kind::Trial => "trial",
            Kind::Windows => "windows",
            Kind::PaidPrices => "paid_prices",
        }
    }
}

/// One of a few codes, with what people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Stable code.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Other names that sheets use.
    pub aliases: &'static [&'static str],
}

const fn choice(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    aliases: &'static [&'static str],
) -> Choice {
    Choice { code, zh, en, aliases }
}

/// Whose a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The product's.
    Product,
    /// A SKU's.
    Sku,
    /// The SKU's, or the product's for all its SKUs that have none of their own.
    Both,
}

/// For which categories a fact has to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// For none.
    Never,
    /// For all.
    Always,
    /// For these.
    For(&'static [&'static str]),
}

/// A field of the product card (商品信息卡).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Stable code.
    pub code: &'static str,
    /// Chinese name, which is also its header in an export.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
    /// Whose it is.
    pub level: Level,
    /// Whether something that is said may quote it.
    pub quotable: bool,
    /// For which categories it has to be filled in.
    pub needed: Needed,
    /// Other headers that sheets use.
    pub aliases: &'static [&'static str],
}

impl Field {
    const fn new(code: &'static str, zh: &'static str, en: &'static str, kind: Kind, level: Level) -> Self {
        Self { code, zh, en, kind, level, quotable: false, needed: Needed::Never, aliases: &[] }
    }

    const fn quotable(self) -> Self {
        Self { quotable: true, ..self }
    }

    const fn needed(self, needed: Needed) -> Self {
        Self { needed, ..self }
    }

    const fn called(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Whether it has to be filled in for a category.
    pub fn is_needed(&self, category: &str) -> bool {
        match self.needed {
            Needed::Never => false,
            Needed::Always => true,
            Needed::For(categories) => categories.contains(&category),
        }
    }

    /// Whether a SKU can have it.
    pub fn is_of_skus(&self) -> bool {
        self.level != Level::Product
    }

    /// Whether it changes only with a second person while its product is on air.
    pub fn is_guarded_on_air(&self) -> bool {
        ["live_price", "floor_price"].contains(&self.code)
    }

    /// The field with this code.
    pub fn of(code: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.code == code)
    }
}

/// Categories (类目).
pub const CATEGORIES: &[Choice] = &[
    choice("apparel", "服饰", "Apparel", &["服装", "鞋服", "女装", "男装", "鞋靴", "内衣", "箱包"]),
    choice("beauty", "美妆", "Beauty", &["美容", "护肤", "彩妆", "个护", "美妆个护", "化妆品"]),
    choice("baby", "母婴", "Baby", &["童装", "亲子", "母婴用品"]),
    choice("food", "食品", "Food", &["食品生鲜", "生鲜", "零食", "酒水", "食品饮料"]),
    choice("electronics", "家电数码", "Electronics", &["数码", "家电", "3C", "数码家电", "3C数码"]),
    choice("jewellery", "珠宝", "Jewellery", &["首饰", "珠宝首饰", "饰品", "黄金"]),
    choice("home", "家居", "Home", &["家纺", "日用", "家居日用", "百货", "厨具", "日用百货"]),
    choice("other", "其他", "Other", &["其它"]),
];

/// Roles in a line-up (货品角色).
pub const ROLES: &[Choice] = &[
    choice("traffic", "引流款", "Traffic", &["引流", "引流品"]),
    choice("welfare", "福利款", "Welfare", &["宠粉款", "福利", "宠粉"]),
    choice("hero", "主推款", "Hero", &["爆款", "主推", "爆品"]),
    choice("profit", "利润款", "Profit", &["利润", "利润品"]),
    choice("image", "形象款", "Image", &["形象"]),
    choice("test", "测试款", "Test", &["测试", "测品"]),
    choice("encore", "返场款", "Encore", &["清仓款", "清仓", "返场"]),
];

/// States of a product card.
pub const STATUSES: &[Choice] = &[
    choice("draft", "草稿", "Draft", &[]),
    choice("in_review", "待审", "In review", &["待审核", "审核中"]),
    choice("ready", "可播", "Ready", &["已审", "通过"]),
    choice("disabled", "停用", "Disabled", &["作废", "下架"]),
];

/// What is eaten, worn on the skin or given to children: what it is made of has to be known.
const MADE_OF: &[&str] = &["beauty", "food", "baby"];
/// What may not be sold without papers.
const WITH_PAPERS: &[&str] = &["beauty", "food", "baby", "electronics", "jewellery"];

/// Every field, in the order of a sheet.
pub const FIELDS: &[Field] =
    &[
        Field::new("name", "商品名称", "Name", Kind::Text, Level::Product)
            .quotable()
            .needed(Needed::Always)
            .called(&["品名", "产品名称", "名称", "商品标题", "标题", "商品", "选购商品", "name"]),
        Field::new("link_number", "链接号", "Link number", Kind::Integer, Level::Product)
            .quotable()
            .called(&["链接序号", "小黄车序号", "购物车序号", "几号链接", "讲解号"]),
        Field::new("category", "类目", "Category", Kind::Choice(CATEGORIES), Level::Product)
            .needed(Needed::Always)
            .called(&["分类", "品类", "商品类目", "商品分类", "一级类目"]),
        Field::new("brand", "品牌", "Brand", Kind::Text, Level::Product)
            .quotable()
            .needed(Needed::Always)
            .called(&["商品品牌", "品牌名称"]),
        Field::new("supplier", "供应商", "Supplier", Kind::Text, Level::Product).called(&[
            "供货商",
            "商家",
            "商家名称",
            "实际销售者",
            "店铺",
        ]),
        Field::new("role", "货品角色", "Role", Kind::Choice(ROLES), Level::Product).called(&[
            "角色",
            "货品定位",
            "款型",
            "定位",
        ]),
        Field::new("aliases", "别名", "Aliases", Kind::Texts, Level::Product)
            .called(&["叫法", "简称", "俗称", "昵称"]),
        Field::new("spec", "规格", "Spec", Kind::Pairs, Level::Sku).quotable().called(&[
            "商品规格",
            "规格属性",
            "销售属性",
            "SKU规格",
            "SKU名称",
            "规格型号",
        ]),
        Field::new("merchant_code", "商家编码", "Merchant code", Kind::Text, Level::Sku).called(&[
            "货号",
            "款号",
            "商家SKU编码",
            "SKU编码",
            "外部编码",
            "商品编码",
        ]),
        Field::new("barcode", "条码", "Barcode", Kind::Text, Level::Sku).called(&[
            "条形码",
            "69码",
            "商品条码",
            "国标码",
        ]),
        Field::new("cost_price", "成本价", "Cost", Kind::Money, Level::Both).called(&[
            "成本",
            "供货价",
            "进价",
            "采购价",
        ]),
        Field::new("daily_price", "日常价", "Daily price", Kind::Money, Level::Both)
            .quotable()
            .needed(Needed::Always)
            .called(&["原价", "日销价", "平时价", "平日价", "店铺价", "销售价"]),
        Field::new("list_price", "划线价", "List price", Kind::Money, Level::Both).quotable().called(&[
            "吊牌价",
            "市场价",
            "专柜价",
        ]),
        Field::new("live_price", "直播价", "Live price", Kind::Money, Level::Both)
            .quotable()
            .needed(Needed::Always)
            .called(&["直播间价", "直播间价格", "直播价格", "福利价", "活动价", "到手价", "618价"]),
        Field::new("floor_price", "最低限价", "Floor price", Kind::Money, Level::Both)
            .needed(Needed::Always)
            .called(&["控价", "限价", "底价", "保护价", "破价线", "最低控价"]),
        Field::new("minimum_margin", "最低毛利", "Minimum margin", Kind::Money, Level::Both)
            .called(&["保底毛利"]),
        Field::new("recent_low", "近30天最低成交价", "Lowest paid in 30 days", Kind::Money, Level::Both)
            .called(&["30天最低价", "近30天最低价", "30天最低成交价"]),
        Field::new("price_history", "历史价格", "Prices paid", Kind::PaidPrices, Level::Both).called(&[
            "历史成交价",
            "价格历史",
            "成交记录",
        ]),
        Field::new("windows", "活动时段", "Windows", Kind::Windows, Level::Product).quotable().called(&[
            "活动时间",
            "优惠时段",
            "价格有效期",
            "促销时间",
        ]),
        Field::new("stock", "库存", "Stock", Kind::Integer, Level::Sku).called(&[
            "备货",
            "库存数量",
            "可售库存",
            "计划库存",
            "备货量",
            "现货库存",
        ]),
        Field::new("stock_buffer_percent", "机动库存%", "Stock kept back", Kind::Percent, Level::Both)
            .called(&["机动库存", "机动比例", "预留比例"]),
        Field::new("gifts", "赠品", "Gifts", Kind::Gifts, Level::Product)
            .quotable()
            .called(&["机制", "买赠", "赠送", "礼赠"]),
        Field::new("guarantees", "售后保障", "Guarantees", Kind::Texts, Level::Product)
            .quotable()
            .needed(Needed::Always)
            .called(&["售后", "售后服务", "保障", "服务承诺"]),
        Field::new("shipping_promise", "发货时效", "Shipping promise", Kind::Shipping, Level::Product)
            .quotable()
            .needed(Needed::Always)
            .called(&["发货时间", "发货", "承诺发货时间", "发货承诺"]),
        Field::new("purchase_limit", "限购", "Purchase limit", Kind::Integer, Level::Both)
            .quotable()
            .called(&["限购数量", "每人限购", "限购件数"]),
        Field::new("selling_points", "卖点", "Selling points", Kind::SellingPoints, Level::Product)
            .quotable()
            .needed(Needed::Always)
            .called(&["核心卖点", "产品卖点", "商品卖点"]),
        Field::new("demonstration", "演示动作", "Demonstration", Kind::LongText, Level::Product)
            .called(&["演示", "演示方式"]),
        Field::new("specs", "参数", "Specifications", Kind::Pairs, Level::Product).quotable().called(&[
            "商品参数",
            "产品参数",
            "材质参数",
        ]),
        Field::new("size_chart", "尺码表", "Size chart", Kind::SizeChart, Level::Product)
            .quotable()
            .needed(Needed::For(&["apparel"]))
            .called(&["尺码对照", "尺寸表"]),
        Field::new("ingredients", "成分", "Ingredients", Kind::LongText, Level::Product)
            .quotable()
            .needed(Needed::For(MADE_OF))
            .called(&["配料", "配料表", "成份", "材质", "材质成分", "面料"]),
        Field::new("allergens", "过敏原", "Allergens", Kind::Texts, Level::Product)
            .quotable()
            .needed(Needed::For(&["food"]))
            .called(&["致敏原", "致敏物质"]),
        Field::new("qualifications", "资质", "Qualifications", Kind::Qualifications, Level::Product)
            .quotable()
            .needed(Needed::For(WITH_PAPERS))
            .called(&["资质证书", "资质文件", "资质附件", "证书", "检测报告"]),
        Field::new("trial_record", "试用记录", "Trial record", Kind::Trial, Level::Product)
            .quotable()
            .called(&["主播试用", "试用"]),
        Field::new("sample", "样品位置", "Sample", Kind::Text, Level::Product).called(&["样品", "样品存放"]),
        Field::new("commission_percent", "佣金率", "Commission", Kind::Percent, Level::Product).called(&[
            "佣金",
            "佣金比例",
            "佣金%",
        ]),
        Field::new("risk", "风险等级", "Risk", Kind::Text, Level::Product).called(&["风险"]),
        Field::new("status", "状态", "Status", Kind::Choice(STATUSES), Level::Product).called(&["商品状态"]),
        Field::new("note", "备注", "Note", Kind::LongText, Level::Both).called(&["说明", "注意事项"]),
    ];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_and_headers_are_unique() {
        let mut codes = BTreeSet::new();
        let mut headers = BTreeSet::new();
        for field in FIELDS {
            assert!(codes.insert(field.code), "{}", field.code);
            for header in [&[field.zh], field.aliases].concat() {
                assert!(headers.insert(header), "{header} names two fields");
            }
            assert_eq!(Field::of(field.code), Some(field));
        }
    }

    #[test]
    fn what_is_needed_depends_on_the_category() {
        let needed = |category: &str| {
            let fields = FIELDS.iter().filter(|field| field.is_needed(category));
            fields.map(|field| field.code).collect::<Vec<_>>()
        };
        assert!(needed("apparel").contains(&"size_chart") && !needed("food").contains(&"size_chart"));
        assert!(needed("food").contains(&"allergens") && !needed("home").contains(&"qualifications"));
        assert!(FIELDS.iter().filter(|field| field.is_needed("other")).all(|it| it.needed == Needed::Always));
    }
}
