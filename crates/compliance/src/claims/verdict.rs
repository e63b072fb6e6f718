//! What comes of judging a claim.

use livehand_kernel::{Millis, Phrase};
use serde::{Deserialize, Serialize};

/// Whether something may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ClaimVerdict))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The facts bear it out.
    Passes,
    /// It could be true; what would prove it is missing.
    NeedsEvidence,
    /// The facts are against it, or nobody could prove it.
    Blocked,
}

impl Verdict {
    /// The code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Passes => "passes",
            Verdict::NeedsEvidence => "needs_evidence",
            Verdict::Blocked => "blocked",
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $verdict:ident;)*) => {
        /// Why a claim was judged as it was.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(as = ClaimReason))]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The code used in the API and the database.
            pub fn code(self) -> &'static str {
                match self { $(Reason::$name => $code,)* }
            }

            /// The verdict that it gives.
            pub fn verdict(self) -> Verdict {
                match self { $(Reason::$name => Verdict::$verdict,)* }
            }
        }
    };
}

reasons! {
    /// The facts bear it out.
    Ok = "ok", Passes;
    /// 全网, 全国: nobody can prove it.
    ScopeUnprovable = "scope_unprovable", Blocked;
    /// A lowest price that names no range of time.
    ScopeMissing = "scope_missing", Blocked;
    /// A number that the claim needs is not there.
    NumberMissing = "number_missing", NeedsEvidence;
    /// A number is zero, negative or otherwise impossible.
    NumberInvalid = "number_invalid", Blocked;
    /// The product has no present price.
    PriceUnknown = "price_unknown", NeedsEvidence;
    /// The price claimed is not the present one.
    PriceDiffers = "price_differs", Blocked;
    /// The price ledger was tampered with.
    LedgerBroken = "ledger_broken", Blocked;
    /// The numbers fit, but nothing proves them.
    EvidenceMissing = "evidence_missing", NeedsEvidence;
    /// The reference exceeds the lowest price paid at this venue in the seven days before the promotion.
    AboveSevenDayLowest = "above_seven_day_lowest", Blocked;
    /// Nobody paid in the seven days, and the reference exceeds the last price paid at this venue.
    AboveLastPaid = "above_last_paid", Blocked;
    /// No price was ever paid at this venue, so none may be compared with.
    NeverPaid = "never_paid", Blocked;
    /// The ledger contradicts what the comparison says of when and where.
    DetailUntrue = "detail_untrue", Blocked;
    /// The present price is no lower than what it is compared with.
    NoReduction = "no_reduction", Blocked;
    /// What the reduction is compared with is not shown.
    BasisMissing = "basis_missing", Blocked;
    /// The reduction is smaller than it is said to be.
    DiscountWrong = "discount_wrong", Blocked;
    /// Somebody paid less within the scope.
    LowerPaid = "lower_paid", Blocked;
    /// Nobody paid within the scope, so there is no lowest price paid.
    NoPaidPrice = "no_paid_price", Blocked;
    /// The ledger does not cover the whole scope.
    LedgerGap = "ledger_gap", NeedsEvidence;
    /// The gift has no name or no quantity.
    GiftIncomplete = "gift_incomplete", Blocked;
    /// The product has no such gift, or fewer of it.
    GiftUnknown = "gift_unknown", NeedsEvidence;
    /// No gift is left.
    GiftsGone = "gifts_gone", Blocked;
    /// The gift has no present price at this venue, so no value may be named.
    GiftNotSoldHere = "gift_not_sold_here", Blocked;
    /// The value of the gift is not its quantity times its present price at this venue.
    GiftValueDiffers = "gift_value_differs", Blocked;
    /// The stock is not known, or not of now.
    StockUnknown = "stock_unknown", NeedsEvidence;
    /// The number is not that of the stock ledger.
    StockDiffers = "stock_differs", Blocked;
    /// Nothing is left.
    SoldOut = "sold_out", Blocked;
    /// It is not known when the offer ends.
    DeadlineUnknown = "deadline_unknown", NeedsEvidence;
    /// The deadline is not when the offer ends.
    DeadlineDiffers = "deadline_differs", Blocked;
    /// The deadline is not in the future.
    DeadlinePast = "deadline_past", Blocked;
    /// The offer has not begun.
    NotBegun = "not_begun", Blocked;
    /// The price afterwards is no higher, so nothing ends.
    NothingEnds = "nothing_ends", Blocked;
    /// The recommended price is not called by its full name.
    MsrpNameIncomplete = "msrp_name_incomplete", Blocked;
    /// The recommended price has no source.
    SourceMissing = "source_missing", NeedsEvidence;
    /// The source of the recommended price is too old.
    SourceOld = "source_old", NeedsEvidence;
    /// The recommended price is not what its source says.
    MsrpDiffers = "msrp_differs", Blocked;
    /// It is not known how many were sold.
    SalesUnknown = "sales_unknown", NeedsEvidence;
    /// Fewer were sold.
    SalesOverstated = "sales_overstated", Blocked;
    /// The product says nothing of a protected price.
    ProtectionUnknown = "protection_unknown", NeedsEvidence;
    /// The product promises fewer days.
    ProtectionOverstated = "protection_overstated", Blocked;
}

/// Something that goes with a verdict and does not change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ClaimSignal))]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The price was raised before the promotion (临时抬价): somebody has to be able to say why.
    RaisedBeforePromotion,
}

impl Signal {
    /// The code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            Signal::RaisedBeforePromotion => "raised_before_promotion",
        }
    }
}

/// Words that the facts bear out. Only [`judge`](super::judge) makes one; whatever shows a claim to viewers takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    text: Phrase,
    holds_until: Option<Millis>,
}

impl Proved {
    pub(super) fn new(text: Phrase, holds_until: Option<Millis>) -> Self {
        Self { text, holds_until }
    }

    /// The words.
    pub fn text(&self) -> &Phrase {
        &self.text
    }

    /// Until when they may be shown without being judged anew; absent when only a change of a fact ends them.
    pub fn holds_until(&self) -> Option<Millis> {
        self.holds_until
    }

    /// The words, if they still hold.
    pub fn text_at(&self, now: Millis) -> Option<&Phrase> {
        self.holds_until.is_none_or(|until| now < until).then_some(&self.text)
    }
}

/// A claim that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Why it is as it is.
    pub reason: Reason,
    /// The same in a sentence, with the numbers.
    pub explanation: Phrase,
    /// What goes with it.
    pub signals: Vec<Signal>,
    proved: Option<Proved>,
}

impl Judged {
    pub(super) fn passes(explanation: Phrase, text: Phrase, holds_until: Option<Millis>) -> Self {
        let proved = Some(Proved::new(text, holds_until));
        Self { reason: Reason::Ok, explanation, signals: Vec::new(), proved }
    }

    pub(super) fn fails(reason: Reason, explanation: Phrase) -> Self {
        debug_assert!(reason.verdict() != Verdict::Passes, "what fails has a reason");
        Self { reason, explanation, signals: Vec::new(), proved: None }
    }

    /// Whether it may be said.
    pub fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }

    /// The words that may be shown, if it may be said.
    pub fn proved(&self) -> Option<&Proved> {
        self.proved.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_wire_and_only_one_reason_passes() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(serde_json::to_value(reason.verdict()).unwrap(), reason.verdict().code());
            assert_eq!(reason.verdict() == Verdict::Passes, *reason == Reason::Ok);
        }
    }
}
