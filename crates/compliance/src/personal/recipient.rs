//! A recipient (收件人) in clear.

use livehand_kernel::{Phrase, display_text};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::masking::{Masked, mask_name, mask_phone};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 50;
/// Longest address, in characters.
const ADDRESS_CHARS_MAX: usize = 200;
/// Longest remark, in characters.
const REMARK_CHARS_MAX: usize = 200;
/// Digits of a telephone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=20;
/// Digits of an extension, at most.
const EXTENSION_DIGITS_MAX: usize = 8;

/// A recipient in clear. Printing it says nothing; dropping it wipes it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Recipient {
    name: String,
    phone: String,
    extension: String,
    region: String,
    street: String,
    remark: String,
}

/// What somebody says of a recipient, not yet checked. Printing it says nothing; dropping it wipes it.
#[derive(Clone, Default, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RecipientGiven))]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The name.
    pub name: String,
    /// The number, in any of the usual ways of writing it, with an extension behind `-`, `转` or `#`.
    #[serde(default)]
    pub phone: String,
    /// Province, city, district and town, where they are known apart from the street.
    #[serde(default)]
    pub region: String,
    /// The rest of the address; all of it without a region.
    #[serde(default)]
    pub address: String,
    /// What the buyer wrote with the order.
    #[serde(default)]
    pub remark: String,
}

/// A field that cannot be used. It never says what stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which.
    pub field: &'static str,
    /// What it must be.
    pub expected: Phrase,
    /// How long it was, in characters.
    pub chars: usize,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    name: std::borrow::Cow<'a, str>,
    phone: std::borrow::Cow<'a, str>,
    extension: std::borrow::Cow<'a, str>,
    region: std::borrow::Cow<'a, str>,
    street: std::borrow::Cow<'a, str>,
    remark: std::borrow::Cow<'a, str>,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient(…)")
    }
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Given(…)")
    }
}

impl Recipient {
    /// Checks what was given. `divisions_end` says where the divisions at the beginning of an address end, in bytes: what
    /// stands before it may be seen.
    ///
    /// # Errors
    /// Every field that cannot be used, without what stood in it.
    pub fn checked(given: &Given, divisions_end: fn(&str) -> usize) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut text = |field, text: &str, least: usize, most: usize| {
            let shown = display_text(text);
            let chars = shown.chars().count();
            if !(least..=most).contains(&chars) {
                let expected =
                    Phrase::new(format!("{least} to {most} characters"), format!("{least} 到 {most} 个字"));
                wrong.push(Wrong { field, expected, chars });
            }
            shown
        };
        let name = text("name", &given.name, 1, NAME_CHARS_MAX);
        let region = text("region", &given.region, 0, ADDRESS_CHARS_MAX);
        let address = text("address", &given.address, 0, ADDRESS_CHARS_MAX);
        let remark = text("remark", &given.remark, 0, REMARK_CHARS_MAX);
        let (phone, extension) = normal_phone(&given.phone);
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        if !phone.is_empty() && !is_masked(&phone) && !PHONE_DIGITS.contains(&digits) {
            let expected = Phrase::new("a telephone number", "电话号码");
            wrong.push(Wrong { field: "phone", expected, chars: given.phone.chars().count() });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        // A region that holds more than places is a part of the address; what may be seen is found anew.
        let whole = format!("{region}{address}");
        let seen = divisions_end(&whole);
        let seen = if region.is_empty() { seen } else { seen.min(region.len()) };
        let (region, street) = whole.split_at_checked(seen).unwrap_or(("", &whole));
        let (region, street) = (region.trim_end().to_owned(), street.trim_start().to_owned());
        Ok(Self { name, phone, extension, region, street, remark })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number: digits, with a `-` after an area code, a `+` before a country.
    pub fn phone(&self) -> &str {
        &self.phone
    }

    /// The extension; mostly that of a number that a platform lends out (虚拟号).
    pub fn extension(&self) -> &str {
        &self.extension
    }

    /// Province, city, district, town.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The street and the door.
    pub fn street(&self) -> &str {
        &self.street
    }

    /// What the buyer wrote with the order.
    pub fn remark(&self) -> &str {
        &self.remark
    }

    /// As screens have it.
    pub fn masked(&self) -> Masked {
        let phone = if is_masked(&self.phone) { self.phone.clone() } else { mask_phone(&self.phone) };
        let star = if self.street.is_empty() { "" } else { "***" };
        Masked { name: mask_name(&self.name), phone, region: format!("{}{star}", self.region) }
    }

    /// The number by which the customer is found; nothing if there is none, or if the platform has masked it.
    pub fn found_by(&self) -> Option<&str> {
        (!self.phone.is_empty() && !is_masked(&self.phone)).then_some(self.phone.as_str())
    }

    /// Whether another recipient is the same person: the same number and extension, and the same name.
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.found_by().is_some()
            && self.phone == other.phone
            && self.extension == other.extension
            && normal_name(&self.name) == normal_name(&other.name)
    }

    /// Whether nothing at all is different.
    pub fn is_same(&self, other: &Self) -> bool {
        let parts = |it: &Self| {
            [&it.name, &it.phone, &it.extension, &it.region, &it.street, &it.remark]
                .map(|part| part.clone().into_bytes())
        };
        parts(self) == parts(other)
    }

    /// Whether a text gives something of the recipient away.
    pub fn stands_in(&self, text: &str) -> bool {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let (text, number) = (text.nfkc().collect::<String>(), digits(&self.phone));
        let named = self.name.chars().count() > 1 && text.contains(&self.name);
        let called = number.len() >= 7 && digits(&text).contains(&number);
        named || called || (self.street.chars().count() > 3 && text.contains(&self.street))
    }

    /// What is sealed. Whoever has it has everything.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            name: self.name.as_str().into(),
            phone: self.phone.as_str().into(),
            extension: self.extension.as_str().into(),
            region: self.region.as_str().into(),
            street: self.street.as_str().into(),
            remark: self.remark.as_str().into(),
        };
        Zeroizing::new(serde_json::to_vec(&written).unwrap_or_default())
    }

    /// What was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // The cause would quote what stands there.
        let it: Written<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            name: it.name.into_owned(),
            phone: it.phone.into_owned(),
            extension: it.extension.into_owned(),
            region: it.region.into_owned(),
            street: it.street.into_owned(),
            remark: it.remark.into_owned(),
        })
    }
}

/// A number that a platform masked before anybody here saw it.
fn is_masked(phone: &str) -> bool {
    phone.contains('*')
}

/// A name as two of them are compared: without spaces, in one case, in one form.
pub fn normal_name(name: &str) -> String {
    name.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A number as it is kept and looked up, and its extension: full-width digits, spaces, brackets, `+86` and `0086` make no
/// difference. Of anything that is no number what is left is empty or too short.
pub fn normal_phone(text: &str) -> (String, String) {
    let text: String = text.nfkc().collect();
    let text = text.trim();
    // 13800138000-1234, 13800138000转1234, 13800138000#1234
    let mobile_end = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).nth(10).map(|(at, _)| at + 1);
    let by_sign = text.find(['转', '#', ',']).or_else(|| text.to_ascii_lowercase().find("ext"));
    let by_dash = || {
        let end = mobile_end.filter(|_| text.starts_with('1'))?;
        text.get(end..).filter(|rest| rest.starts_with('-')).map(|_| end)
    };
    let (number, extension) = match by_sign.or_else(by_dash) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let extension: String =
        extension.chars().filter(char::is_ascii_digit).take(EXTENSION_DIGITS_MAX).collect();
    let number: String =
        number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '*')).collect();
    let plain: String = number.chars().filter(|c| *c != '-').collect();
    let home = ["+86", "0086"].iter().find_map(|country| plain.strip_prefix(country)).unwrap_or(&plain);
    let home = if home.len() == 13 { home.strip_prefix("86").unwrap_or(home) } else { home };
    let number = match (home.starts_with('0'), home.starts_with('+')) {
        // 0571-88889999; only Beijing and 02x have area codes of three digits.
        (true, _) if (10..=12).contains(&home.len()) => {
            let area = if home.starts_with("010") || home.starts_with("02") { 3 } else { 4 };
            let (area, local) = home.split_at(area);
            format!("{area}-{local}")
        }
        _ => home.to_owned(),
    };
    (number, extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Given {
        Given {
            name: "张三丰".to_owned(),
            phone: "+86 138-0013-8000".to_owned(),
            region: String::new(),
            address: "浙江省杭州市余杭区五常街道文一西路969号3幢501室".to_owned(),
            remark: "放门口".to_owned(),
        }
    }

    /// As far as these tests need it.
    fn divisions_end(address: &str) -> usize {
        let ends = ["浙江省杭州市余杭区五常街道", "浙江省杭州市余杭区"];
        ends.iter().find(|end| address.starts_with(*end)).map_or(0, |end| end.len())
    }

    fn changed(change: impl FnOnce(&mut Given)) -> Result<Recipient, Vec<Wrong>> {
        let mut given = given();
        change(&mut given);
        Recipient::checked(&given, divisions_end)
    }

    #[test]
    fn one_number_is_one_number_however_it_is_written() {
        for (text, number, extension) in [
            ("13800138000", "13800138000", ""),
            ("138 0013 8000", "13800138000", ""),
            ("+86-13800138000", "13800138000", ""),
            ("0086 13800138000", "13800138000", ""),
            ("8613800138000", "13800138000", ""),
            ("１３８００１３８０００", "13800138000", ""),
            ("13800138000-1234", "13800138000", "1234"),
            ("13800138000转1234", "13800138000", "1234"),
            ("0571-88889999", "0571-88889999", ""),
            ("(0571)88889999", "0571-88889999", ""),
            ("02188889999", "021-88889999", ""),
            ("138****8000", "138****8000", ""),
            ("abc", "", ""),
        ] {
            assert_eq!(normal_phone(text), (number.to_owned(), extension.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_recipient_is_masked_and_comes_back_from_what_is_sealed() {
        let recipient = Recipient::checked(&given(), divisions_end).unwrap();
        let masked = recipient.masked();
        assert_eq!((masked.name.as_str(), masked.phone.as_str()), ("张**", "138****8000"));
        assert_eq!(masked.region, "浙江省杭州市余杭区五常街道***");
        let again = Recipient::from_bytes(&recipient.to_bytes()).unwrap();
        assert!(again.is_same(&recipient) && again.is_same_person(&recipient));
        assert_eq!(again.street(), "文一西路969号3幢501室");
        assert_eq!(format!("{again:?} {:?}", given()), "Recipient(…) Given(…)");
    }

    #[test]
    fn a_door_in_the_region_is_not_shown() {
        let region = "浙江省杭州市余杭区文一西路969号".to_owned();
        let recipient = changed(|given| given.region = region).unwrap();
        assert_eq!(recipient.masked().region, "浙江省杭州市余杭区***");
    }

    #[test]
    fn what_is_wrong_is_named_and_not_repeated() {
        let long = "街".repeat(300);
        let found = changed(|given| {
            given.phone = "12ab".to_owned();
            given.name = String::new();
            given.address = long;
        })
        .unwrap_err();
        let fields: Vec<_> = found.iter().map(|it| it.field).collect();
        assert_eq!(fields, ["name", "address", "phone"]);
        assert!(!format!("{found:?}").contains('街') && !format!("{found:?}").contains("12ab"));
    }

    #[test]
    fn a_number_that_came_masked_is_kept_but_finds_nobody() {
        let recipient = changed(|given| given.phone = "138****8000".to_owned()).unwrap();
        assert_eq!((recipient.found_by(), recipient.masked().phone.as_str()), (None, "138****8000"));
        assert!(!recipient.is_same_person(&recipient.clone()));
    }

    #[test]
    fn a_note_that_names_the_customer_is_noticed() {
        let recipient = Recipient::checked(&given(), divisions_end).unwrap();
        for note in ["张三丰来电", "打 138 0013 8000", "１３８００１３８０００", "寄文一西路969号3幢501室"]
        {
            assert!(recipient.stands_in(note), "{note}");
        }
        assert!(!recipient.stands_in("工单 20260618 催发货"));
    }
}
