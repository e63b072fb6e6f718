//! Why somebody sees personal data in clear, and which parts of it.

use livehand_kernel::Phrase;
use serde::{Deserialize, Serialize};

/// How long a look in clear lasts, ms (五分钟).
pub const LOOK_MS: i64 = 5 * 60_000;

macro_rules! codes {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The code used in the API and the database.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// The one with this code.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// A part of what is known of a recipient.
    Field {
        /// The name.
        Name = "name";
        /// The number, with its extension.
        Phone = "phone";
        /// The whole address.
        Address = "address";
        /// What the buyer wrote with the order.
        Remark = "remark";
    }
}

codes! {
    /// Why somebody looks.
    Reason {
        /// A call about an after-sale case (售后回访).
        AfterSaleCall = "after_sale_call";
        /// The address is checked or put right (核对地址).
        AddressCheck = "address_check";
        /// The parcel does not arrive (物流异常).
        DeliveryTrouble = "delivery_trouble";
        /// A complaint, also of an authority (投诉).
        Complaint = "complaint";
        /// The customer asks what is kept of them (本人查阅).
        OwnRequest = "own_request";
        /// Something else, which the note says (其他).
        Other = "other";
    }
}

/// What a parcel's label (面单) needs; the warehouse sees this and nothing else.
pub const LABEL_FIELDS: &[Field] = &[Field::Name, Field::Phone, Field::Address];

impl Reason {
    /// In words.
    pub fn words(self) -> Phrase {
        match self {
            Reason::AfterSaleCall => Phrase::new("after-sale call", "售后回访"),
            Reason::AddressCheck => Phrase::new("address check", "核对地址"),
            Reason::DeliveryTrouble => Phrase::new("delivery trouble", "物流异常"),
            Reason::Complaint => Phrase::new("complaint", "投诉处理"),
            Reason::OwnRequest => Phrase::new("the customer's own request", "本人查阅"),
            Reason::Other => Phrase::new("other", "其他"),
        }
    }
}

/// Fields in their order, each once; nothing asked for means name, number and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(Vec<Field>);

impl Shown {
    /// What was asked for.
    pub fn of(asked: &[Field]) -> Self {
        let asked = if asked.is_empty() { LABEL_FIELDS } else { asked };
        Self(Field::ALL.iter().copied().filter(|field| asked.contains(field)).collect())
    }

    /// The fields.
    pub fn fields(&self) -> &[Field] {
        &self.0
    }

    /// Whether a field is among them.
    pub fn has(&self, field: Field) -> bool {
        self.0.contains(&field)
    }

    /// As the database keeps them: `name,phone`.
    pub fn codes(&self) -> String {
        self.0.iter().map(|field| field.code()).collect::<Vec<_>>().join(",")
    }

    /// The fields that [`Shown::codes`] wrote.
    pub fn from_codes(codes: &str) -> Self {
        Self(codes.split(',').filter_map(Field::from_code).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_no_remark_and_fields_come_back_from_their_codes() {
        assert!(!LABEL_FIELDS.contains(&Field::Remark));
        assert_eq!(Shown::of(&[]).fields(), LABEL_FIELDS);
        let shown = Shown::of(&[Field::Phone, Field::Name, Field::Phone]);
        assert_eq!(shown.codes(), "name,phone");
        assert_eq!(Shown::from_codes(&shown.codes()), shown);
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        }
    }
}
