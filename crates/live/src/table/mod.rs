//! The metric table of spec `lc-metrics-1`: the integers that every engine must agree on, in a form that can be compared
//! by its digest. The names of its fields are those of the specification, not those of the API, and they stand in the
//! order of the alphabet, which is the order of the canonical form.

mod fold;

use serde::Serialize;
use sha2::{Digest, Sha256};

pub use self::fold::{TableFold, usual_lines};

/// The table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetricTable {
    /// Every minute, without gaps.
    pub minutes: Vec<MinuteRow>,
    /// Totals of the show.
    pub overall: OverallRow,
    /// Every product that an event named, by id as text.
    pub products: Vec<ProductRow>,
    /// `lc-metrics-1`.
    pub spec: &'static str,
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    )*};
}

rows! {
    /// Totals.
    OverallRow {
        /// Distinct users who paid.
        buyers: i64,
        /// Distinct users who clicked a product.
        click_uv: i64,
        /// Orders created.
        created: i64,
        /// Distinct users who were shown a product.
        expose_uv: i64,
        /// GMV, fen.
        gmv: i64,
        /// Distinct users who interacted.
        interactors: i64,
        /// Orders paid.
        paid: i64,
        /// Most viewers online at the end of a minute of the table.
        peak_online: i64,
        /// Sessions.
        pv: i64,
        /// Refunds, fen.
        refund: i64,
        /// Sessions of 30 s or more.
        ret30: i64,
        /// Sessions of 300 s or more.
        ret300: i64,
        /// Sessions of 60 s or more.
        ret60: i64,
        /// Distinct users who joined.
        uv: i64,
        /// Sum of watch time, ms.
        watch_ms: i64,
    }
    /// One minute.
    MinuteRow {
        /// Distinct users who paid in it.
        buyers: i64,
        /// Distinct users who clicked a product.
        click_uv: i64,
        /// Product clicks.
        clicks: i64,
        /// Comments.
        comments: i64,
        /// Orders created.
        created: i64,
        /// Distinct users who were shown a product.
        expose_uv: i64,
        /// Product views.
        exposures: i64,
        /// Follows.
        follows: i64,
        /// Gifts.
        gifts: i64,
        /// GMV, fen.
        gmv: i64,
        /// Comments, likes, shares, follows and gifts.
        interactions: i64,
        /// Distinct users who interacted.
        interactors: i64,
        /// Like taps.
        like_taps: i64,
        /// Number of the minute, from 0.
        m: i64,
        /// Viewers online at its end.
        online_end: i64,
        /// Orders paid.
        paid: i64,
        /// Viewers present at some moment of it.
        present: i64,
        /// Refunds, fen.
        refund: i64,
        /// Sessions that joined in it and stayed 30 s or more.
        ret30: i64,
        /// And 300 s or more.
        ret300: i64,
        /// And 60 s or more.
        ret60: i64,
        /// Shares.
        shares: i64,
        /// Viewers online at its beginning and its end.
        stay: i64,
        /// Sessions by traffic source.
        v_feed: i64,
        /// From follows.
        v_follow: i64,
        /// From elsewhere.
        v_other: i64,
        /// Paid for.
        v_paid: i64,
        /// From the search.
        v_search: i64,
        /// From the square.
        v_square: i64,
        /// From short videos.
        v_video: i64,
        /// Sessions that joined in it.
        views: i64,
    }
    /// One product.
    ProductRow {
        /// Distinct users who paid.
        buyers: i64,
        /// Distinct users who clicked it.
        click_uv: i64,
        /// Clicks.
        clicks: i64,
        /// Orders created.
        created: i64,
        /// Distinct users who were shown it.
        expose_uv: i64,
        /// Views.
        exposures: i64,
        /// GMV, fen.
        gmv: i64,
        /// Its id.
        p: String,
        /// Orders paid.
        paid: i64,
        /// Refunds, fen.
        refund: i64,
    }
}

impl MetricTable {
    /// The canonical form: JSON without spaces, keys sorted.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON, which a test rules out.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the canonical form. Engines that are right print the same.
    ///
    /// # Errors
    /// As [`MetricTable::canonical`].
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        let digest = Sha256::digest(self.canonical()?.as_bytes());
        Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_canonical_form_has_its_keys_in_order() {
        let table = MetricTable {
            minutes: vec![MinuteRow::default()],
            overall: OverallRow::default(),
            products: vec![ProductRow::default()],
            spec: "lc-metrics-1",
        };
        let text = table.canonical().unwrap();
        let sorted: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        let row = |value: &Value| serde_json::from_value::<BTreeMap<String, Value>>(value.clone()).unwrap();
        let expected = format!(
            "{{\"minutes\":[{}],\"overall\":{},\"products\":[{}],\"spec\":\"lc-metrics-1\"}}",
            serde_json::to_string(&row(&sorted["minutes"][0])).unwrap(),
            serde_json::to_string(&row(&sorted["overall"])).unwrap(),
            serde_json::to_string(&row(&sorted["products"][0])).unwrap(),
        );
        assert_eq!(text, expected);
        assert_eq!(table.digest().unwrap().len(), 16);
    }
}
