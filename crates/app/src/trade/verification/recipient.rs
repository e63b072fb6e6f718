//! The recipient of an order, read as an address: what is the matter with it, and what it would be put right to.

use livehand_address::{Change, OrderAddress, Parsed, Part, Verdict, check};
use livehand_compliance::personal::{Recipient, mask_phone};
use livehand_trade::verification::RecipientDefect;
use unicode_normalization::UnicodeNormalization;

use super::look::DifferenceView;
use crate::privacy::altered;

/// A recipient that was read.
pub(super) struct Reading {
    parsed: Parsed,
    /// What it would be put right to, where exactly one correction is right.
    pub corrected: Option<Recipient>,
}

impl Reading {
    /// Reads a recipient. What a platform hides is not missing.
    pub fn of(recipient: &Recipient) -> Self {
        let phone = match recipient.extension() {
            "" => recipient.phone().to_owned(),
            extension => format!("{}-{extension}", recipient.phone()),
        };
        let hidden =
            [recipient.name(), recipient.phone(), recipient.street()].iter().any(|it| it.contains('*'));
        let read = |picked: &str, detail: &str| {
            let name = recipient.name();
            check(&OrderAddress { name, phone: &phone, picked, code: None, detail, hidden })
        };
        let mut parsed = read(recipient.region(), recipient.street());
        if parsed.verdict == Verdict::NeedsHuman && !parsed.defects.iter().any(contradicts) {
            // Where the region ends was found by the ends of names, and 西乡塘区 has one in its middle.
            let whole = read("", &format!("{}{}", recipient.region(), recipient.street()));
            if whole.verdict < parsed.verdict {
                parsed = whole;
            }
        }
        let corrected = if hidden { None } else { corrected(recipient, &parsed) };
        Self { parsed, corrected }
    }

    /// What is the matter, by code. What cannot be put right without losing a part of the address is for a person.
    pub fn defects(&self) -> Vec<RecipientDefect> {
        let defect = |defect: &livehand_address::Defect| RecipientDefect {
            code: code(defect),
            fixable: defect.verdict() == Verdict::AutoFixable && self.corrected.is_some(),
        };
        self.parsed.defects.iter().map(defect).collect()
    }

    /// What changes, as screens may have it: places down to the town, and numbers without their middle.
    pub fn difference(&self) -> Vec<DifferenceView> {
        self.parsed.changes.iter().map(shown).collect()
    }
}

fn code(defect: &livehand_address::Defect) -> String {
    let value = serde_json::to_value(defect).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn shown(change: &Change) -> DifferenceView {
    let part = match change.part {
        Part::Phone => "phone",
        Part::Province => "province",
        Part::City => "city",
        Part::County => "county",
        Part::Town => "town",
    };
    let masked = |text: &str| match change.part {
        Part::Phone => mask_phone(text),
        // Whatever has a digit in it is finer than a town.
        _ if text.chars().any(char::is_numeric) => "***".to_owned(),
        _ => text.to_owned(),
    };
    DifferenceView { part, written: change.written.as_deref().map(masked), read: masked(&change.read) }
}

/// Whether it says that two things that were written are of different places.
fn contradicts(defect: &livehand_address::Defect) -> bool {
    code(defect).starts_with("contradiction_")
}

/// What was written from the detail on, with what stands behind it: (放快递柜). Nothing if the detail is read otherwise than
/// it was written.
fn rest<'a>(written: &'a str, detail: &'a str) -> Option<&'a str> {
    if let Some(place) = written.rfind(detail) {
        return written.get(place..);
    }
    // 路１号 for 路1号: the same in another width.
    let bare = |text: &str| text.nfkc().filter(|c| c.is_alphanumeric()).collect::<String>();
    bare(written).ends_with(&bare(detail)).then_some(detail)
}

/// The recipient as it is read, if every part of what was written is in it.
fn corrected(recipient: &Recipient, parsed: &Parsed) -> Option<Recipient> {
    if parsed.verdict != Verdict::AutoFixable {
        return None;
    }
    let detail = parsed.detail.as_deref()?;
    let written = format!("{}{}", recipient.region(), recipient.street());
    let rest = rest(&written, detail)?;
    let city = parsed.city.as_ref().filter(|city| parsed.province.as_ref() != Some(city));
    let parts = [parsed.province.as_ref(), city, parsed.county.as_ref(), parsed.town.as_ref()];
    let region: String = parts.into_iter().flatten().map(String::as_str).collect();
    let street = format!("{}{rest}", parsed.devzone.as_deref().unwrap_or_default());
    let changed = parsed.changes.iter().any(|change| change.part == Part::Phone);
    let phone = parsed.phone.clone().filter(|_| changed).map(|phone| match &parsed.phone_ext {
        Some(extension) => format!("{phone}-{extension}"),
        None => phone,
    });
    altered(recipient, phone, region, street)
}
