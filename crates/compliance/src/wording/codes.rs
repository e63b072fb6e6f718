//! The codes of rules: how serious they are, where they hold, and for which goods.

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in files and in the API.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What the crew calls it.
            pub fn chinese(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }

            /// The one with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// How serious a hit is, from the mildest on.
    Level {
        /// Worth a look.
        Tip = "tip", "提示";
        /// Asks for a second look and a reason.
        Warn = "warn", "需确认";
        /// Passes with evidence.
        Evidence = "evidence", "需证据";
        /// Must not be said.
        Block = "block", "不可用";
    }
}

codes! {
    /// Where the text will stand.
    Place {
        /// 脚本
        Script = "script", "脚本";
        /// 常见问答
        Faq = "faq", "常见问答";
        /// 公屏回复
        Reply = "reply", "公屏回复";
        /// 提词卡
        Prompter = "prompter", "提词卡";
        /// 贴片
        Overlay = "overlay", "贴片";
        /// 标题
        Title = "title", "标题";
        /// 券名
        CouponName = "coupon_name", "券名";
        /// 预热文案
        WarmUp = "warm_up", "预热文案";
    }
}

codes! {
    /// What kind of goods it is about.
    Goods {
        /// 服饰
        Apparel = "apparel", "服饰";
        /// 美妆
        Beauty = "beauty", "美妆";
        /// 母婴
        Baby = "baby", "母婴";
        /// 食品
        Food = "food", "食品";
        /// 家电数码
        Electronics = "electronics", "家电数码";
        /// 珠宝
        Jewellery = "jewellery", "珠宝";
        /// 医疗器械
        MedicalDevice = "medical_device", "医疗器械";
        /// 家居
        Home = "home", "家居";
        /// 其他
        Other = "other", "其他";
    }
}
