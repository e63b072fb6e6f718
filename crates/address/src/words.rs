//! What is the matter with a line, in words.

use livehand_kernel::Phrase;

use crate::defect::{Defect, Verdict};

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub fn said(self) -> Phrase {
        match self {
            Self::Ok => Phrase::new("in order", "没问题"),
            Self::AutoFixable => Phrase::new("put right", "已自动更正"),
            Self::NeedsHuman => Phrase::new("a person must look", "需人工核对"),
        }
    }
}

impl Defect {
    /// The defect in words.
    #[must_use]
    pub fn said(self) -> Phrase {
        let (en, zh) = match self {
            Self::NoAddress => ("there is no address", "没有地址"),
            Self::MultipleRecipients => ("several recipients in one line", "一条里有多个收件人"),
            Self::PartialUpdate => ("only a part is to be changed", "只改了一部分"),
            Self::NotUnderstood => {
                ("something more is asked for that was not understood", "后面还有一句没读懂的要求")
            }
            Self::PinyinAddress => ("the address is in Latin letters", "地址写的是拼音或英文"),
            Self::OutOfScopeRegion => ("nothing is sent there", "不在配送范围"),
            Self::ContradictionTwoAddresses => {
                ("two addresses that contradict each other", "前后两个地址不一致")
            }
            Self::ContradictionCounty => ("the county is not in that city", "区县不在所写的城市"),
            Self::ContradictionCity => ("the county is in another city", "城市与区县对不上"),
            Self::ContradictionTown => ("the town is in another county", "街道乡镇与区县对不上"),
            Self::AmbiguousCounty => ("several counties have this name", "重名区县，无法确定"),
            Self::OldNameSplit => ("a county that was divided", "老区划已拆分，无法确定"),
            Self::UnknownDivision => ("there is no such division", "查无此区划"),
            Self::ContradictionPicked => {
                ("what was picked and what was written are two places", "所选地区与所写地址不一致")
            }
            Self::MissingCounty => ("the county is missing", "缺区县"),
            Self::MissingDetail => ("the detail is missing", "缺详细地址"),
            Self::VagueDetail => ("no courier can find the detail", "详细地址太笼统"),
            Self::MissingProvince => ("the province was missing", "补上省份"),
            Self::MissingCity => ("the city was missing", "补上城市"),
            Self::MissingCountyInferable => {
                ("the county was missing; the town says which", "按乡镇街道补上区县")
            }
            Self::Abbreviated => ("a short name", "简称补全"),
            Self::OldName => ("a name that is no longer", "老地名换成现名"),
            Self::MovedTown => ("the town belongs to another county now", "乡镇街道已划归别的区县"),
            Self::TypoDivision => ("a mistake in a division", "区划名有错字"),
            Self::TypoTown => ("a mistake in the town", "乡镇街道名有错字"),
            Self::ContradictionProvince => ("the province was another's", "省份写错"),
            Self::ContradictionCityHistoric => {
                ("the city that the county belonged to formerly", "城市写的是旧隶属")
            }
            Self::PhoneMissing => ("no phone number", "缺电话"),
            Self::PhoneShort => ("the phone number is too short", "电话少位"),
            Self::PhoneLong => ("the phone number is too long", "电话多位"),
            Self::PhoneBadSegment => ("nobody has such a phone number", "电话号段不存在"),
            Self::PhoneMasked => ("the phone number is masked", "电话打了星号"),
            Self::PhoneServiceNumber => ("a service number", "是客服热线，不是个人电话"),
            Self::PhoneConfusable => ("letters for digits in the phone number", "电话里字母换成数字"),
            Self::PhoneLeadingZero => ("a zero before the phone number", "去掉电话前的 0"),
            Self::PhoneChineseDigits => ("the phone number in Chinese digits", "中文数字电话"),
            Self::LandlineNoArea => ("the area code was missing", "补上座机区号"),
            Self::PhoneMissingPrefix => ("the prefix of Hong Kong or Macau is missing", "缺港澳区号"),
            Self::NameMissing => ("no name", "缺收件人"),
            Self::NameInvalid => ("that is no name", "收件人不像姓名"),
        };
        Phrase::new(en, zh)
    }
}
