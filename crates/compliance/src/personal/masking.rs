//! Masking (掩码): what of a name, a number and an address may stand on a screen, in a table and in a file.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What is shown instead of what is hidden.
const HIDDEN: &str = "**";
/// A recipient as every screen has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// 张**
    pub name: String,
    /// 138****8000
    pub phone: String,
    /// Down to the town; the street and the door are never in it.
    pub region: String,
}

/// The first character of a name.
pub fn mask_name(name: &str) -> String {
    let first = name.trim().nfc().next();
    first.map_or_else(String::new, |first| format!("{first}{HIDDEN}"))
}

/// A number without its middle: `138****8000`, `0571-****9999`. Of a short or unusual one the last two digits stay.
pub fn mask_phone(phone: &str) -> String {
    let (area, local) = phone.split_once('-').unwrap_or(("", phone));
    let digits: Vec<char> = local.chars().collect();
    let last = |count: usize| digits.iter().skip(digits.len().saturating_sub(count)).collect::<String>();
    if area.is_empty() && digits.len() == 11 && local.starts_with('1') {
        let first: String = digits.iter().take(3).collect();
        return format!("{first}****{}", last(4));
    }
    match (area.is_empty(), digits.len()) {
        (_, 0) => String::new(),
        (false, 7..) => format!("{area}-****{}", last(4)),
        (_, 7..) => format!("****{}", last(2)),
        _ => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_keep_their_first_character() {
        for (name, shown) in
            [("张三丰", "张**"), ("李", "李**"), ("Anna Li", "A**"), ("", ""), (" 欧阳锋 ", "欧**")]
        {
            assert_eq!(mask_name(name), shown);
        }
    }

    #[test]
    fn numbers_lose_their_middle() {
        for (phone, shown) in [
            ("13800138000", "138****8000"),
            ("0571-88889999", "0571-****9999"),
            ("4001234567", "****67"),
            ("+8521234", "****34"),
            ("12345", "****"),
            ("", ""),
        ] {
            assert_eq!(mask_phone(phone), shown, "{phone}");
        }
    }

    proptest! {
        #[test]
        fn what_is_masked_never_holds_the_whole(name in "\\PC{2,12}", phone in "1[3-9][0-9]{9}") {
            let shown = mask_name(&name);
            prop_assert!(shown.chars().count() <= 3);
            prop_assert!(!mask_phone(&phone).contains(&phone[3..7]) || mask_phone(&phone).starts_with(&phone[..3]));
            prop_assert!(!mask_phone(&phone).chars().all(|c| c.is_ascii_digit()));
        }
    }
}
