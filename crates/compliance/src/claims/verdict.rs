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
    Proved = "proved", Passes;
    /// 全网, 全国: nobody can prove it.
    BeyondProof = "beyond_proof", Blocked;
    /// A number that the claim needs is not there, or makes no sense.
    NumberMissing = "number_missing", NeedsEvidence;
    /// The product has no present price.
    NoCurrentPrice = "no_current_price", NeedsEvidence;
    /// The price ledger was tampered with.
    LedgerBroken = "ledger_broken", Blocked;
    /// Nothing was ever paid there.
    NothingPaid = "nothing_paid", NeedsEvidence;
    /// Higher than the reference price that the law allows.
    AboveAllowed = "above_allowed", Blocked;
    /// The present price is no lower than what it is compared with.
    NoReduction = "no_reduction", Blocked;
    /// The price was raised before the promotion.
    RaisedBefore = "raised_before", NeedsEvidence;
    /// The reduction is smaller than claimed.
    ReductionTooSmall = "reduction_too_small", Blocked;
    /// Somebody paid less.
    NotLowest = "not_lowest", Blocked;
    /// The price claimed is not the one of the ledger.
    PriceDiffers = "price_differs", Blocked;
    /// The ledger does not reach back that far.
    NotCovered = "not_covered", NeedsEvidence;
    /// The ledger has a gap in those days.
    GapInLedger = "gap_in_ledger", NeedsEvidence;
    /// The stock is not known, or not of now.
    StockNotKnown = "stock_not_known", NeedsEvidence;
    /// Nothing is left.
    SoldOut = "sold_out", Blocked;
    /// More is left than claimed: the scarcity is made up.
    MoreIsLeft = "more_is_left", Blocked;
    /// Less is left than claimed.
    LessIsLeft = "less_is_left", Blocked;
    /// No offer that ends is known.
    NoDeadline = "no_deadline", NeedsEvidence;
    /// The offer ends at another time.
    DeadlineDiffers = "deadline_differs", Blocked;
    /// It has ended.
    Over = "over", Blocked;
    /// It has not begun.
    NotBegun = "not_begun", Blocked;
    /// The price afterwards is no higher.
    NothingEnds = "nothing_ends", Blocked;
    /// The product has no such gift.
    NoSuchGift = "no_such_gift", NeedsEvidence;
    /// Fewer are given than claimed.
    FewerGifts = "fewer_gifts", Blocked;
    /// No gift is left.
    GiftsGone = "gifts_gone", Blocked;
    /// For how much the gift is sold now is not known.
    GiftPriceNotKnown = "gift_price_not_known", NeedsEvidence;
    /// The gift is sold for less.
    GiftOvervalued = "gift_overvalued", Blocked;
    /// No source of the maker's price is known.
    NoMakersPrice = "no_makers_price", NeedsEvidence;
    /// The source is too old.
    MakersPriceOld = "makers_price_old", NeedsEvidence;
    /// The maker suggests another price.
    MakersPriceDiffers = "makers_price_differs", Blocked;
    /// No sales are recorded.
    NoSales = "no_sales", NeedsEvidence;
    /// Fewer were sold.
    FewerSold = "fewer_sold", Blocked;
    /// No protection is agreed.
    NoProtection = "no_protection", NeedsEvidence;
    /// The protection is shorter.
    ProtectionShorter = "protection_shorter", Blocked;
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
    proved: Option<Proved>,
}

impl Judged {
    pub(super) fn passes(explanation: Phrase, text: Phrase, holds_until: Option<Millis>) -> Self {
        Self { reason: Reason::Proved, explanation, proved: Some(Proved::new(text, holds_until)) }
    }

    pub(super) fn fails(reason: Reason, explanation: Phrase) -> Self {
        debug_assert!(reason.verdict() != Verdict::Passes, "what fails has a reason");
        Self { reason, explanation, proved: None }
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
            assert_eq!(reason.verdict() == Verdict::Passes, *reason == Reason::Proved);
        }
    }
}
