//! Hats (岗位帽): the roles of a crew. A person may wear several; what a hat may do stands in `compliance`.

use serde::{Deserialize, Serialize};

macro_rules! hats {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $chinese:literal;)*) => {
        /// A role in the crew.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Hat {
            $($(#[$doc])* $name,)*
        }

        impl Hat {
            /// Every hat, in the order of the crew list.
            pub const ALL: &'static [Hat] = &[$(Hat::$name,)*];

            /// The code used in the API and the database.
            pub fn code(self) -> &'static str {
                match self { $(Hat::$name => $code,)* }
            }

            /// The Chinese name.
            pub fn chinese(self) -> &'static str {
                match self { $(Hat::$name => $chinese,)* }
            }

            /// The hat with this code.
            pub fn from_code(code: &str) -> Option<Hat> {
                match code { $($code => Some(Hat::$name),)* _ => None }
            }
        }
    };
}

hats! {
    /// Explains, answers, closes.
    Anchor = "anchor", "主播";
    /// Supports the anchor and can take over.
    CoAnchor = "co_anchor", "副播";
    /// Pacing, activities, emergencies.
    FloorDirector = "floor_director", "场控";
    /// Links, prices, stock release, coupons.
    ControlOperator = "control_operator", "中控";
    /// Product sheets, script, equipment form, comment desk, record.
    Assistant = "assistant", "助理";
    /// Targets, line-up, numbers, review.
    Operations = "operations", "运营";
    /// Advertising budgets.
    MediaBuyer = "media_buyer", "投手";
    /// Picture, sound, stream health.
    StreamDirector = "stream_director", "导播";
    /// Tickets.
    CustomerService = "customer_service", "客服";
    /// Holds, intercepts, ships.
    Warehouse = "warehouse", "仓库";
    /// Products, documents, price talks.
    Merchandiser = "merchandiser", "选品";
    /// Settlement, compensation.
    Finance = "finance", "财务";
    /// Reviews, evidence, veto.
    Compliance = "compliance", "合规";
    /// Sees its own products only.
    BrandGuest = "brand_guest", "品牌方";
    /// Accounts, rule packs, backups; no business approvals.
    Admin = "admin", "管理员";
    /// Reads everything, masked.
    Auditor = "auditor", "审计员";
}

#[cfg(test)]
mod tests {
    use super::Hat;

    #[test]
    fn codes_are_unique_and_come_back() {
        for hat in Hat::ALL {
            assert_eq!(Hat::from_code(hat.code()), Some(*hat));
        }
    }
}
