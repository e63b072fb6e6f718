//! From the fold to the table of the specification.

use livehand_kernel::Millis;

use super::sources::Source;
use super::{MetricsFold, MinuteCounts};
use crate::table::{MetricTable, MinuteRow, OverallRow, ProductRow};
use crate::view::ProductFigures;

impl MetricsFold {
    /// The table of `minutes` minutes from the one that `from` lies in, or from the first with data.
    pub fn table(&self, from: Option<Millis>, minutes: u32) -> MetricTable {
        let with_data = || self.minutes.iter().find(|(_, counts)| counts.has_data).map(|(minute, _)| minute);
        let first = from.map(Millis::minute).or_else(with_data).unwrap_or(0);
        let nothing = MinuteCounts::default();
        let row = |m: u32| {
            let counts = self.minutes.get(first + i64::from(m)).unwrap_or(&nothing);
            minute_row(i64::from(m), counts)
        };
        let minutes: Vec<MinuteRow> = (0..minutes).map(row).collect();
        let mut products: Vec<ProductRow> = self.products.all().into_iter().map(product_row).collect();
        products.sort_by(|a, b| a.p.cmp(&b.p));
        let peak_online = minutes.iter().map(|row| row.online_end).max().unwrap_or(0);
        MetricTable { overall: self.overall_row(peak_online), minutes, products, spec: "lc-metrics-1" }
    }

    fn overall_row(&self, peak_online: i64) -> OverallRow {
        let sums = &self.sums;
        let [ret30, ret60, ret300] = sums.retained;
        OverallRow {
            buyers: sums.buyers,
            click_uv: sums.clicking_viewers,
            created: sums.orders_created,
            expose_uv: sums.exposed_viewers,
            gmv: sums.gmv,
            interactors: sums.interactors,
            paid: sums.orders_paid,
            peak_online,
            pv: sums.views,
            refund: sums.refunds,
            ret30,
            ret300,
            ret60,
            uv: sums.viewers,
            watch_ms: sums.watch_ms,
        }
    }
}

fn minute_row(m: i64, counts: &MinuteCounts) -> MinuteRow {
    let [ret30, ret60, ret300] = counts.retained;
    let from = |source| counts.sources.of(source);
    MinuteRow {
        buyers: counts.buyers,
        click_uv: counts.clicking_viewers,
        clicks: counts.clicks,
        comments: counts.comments,
        created: counts.orders_created,
        expose_uv: counts.exposed_viewers,
        exposures: counts.exposures,
        follows: counts.follows,
        gifts: counts.gifts,
        gmv: counts.gmv,
        interactions: counts.interactions,
        interactors: counts.interactors,
        like_taps: counts.like_taps,
        m,
        online_end: counts.online_end,
        paid: counts.orders_paid,
        present: counts.present,
        refund: counts.refunds,
        ret30,
        ret300,
        ret60,
        shares: counts.shares,
        stay: counts.stayed,
        v_feed: from(Source::Feed),
        v_follow: from(Source::Follow),
        v_other: from(Source::Other),
        v_paid: from(Source::Paid),
        v_search: from(Source::Search),
        v_square: from(Source::Square),
        v_video: from(Source::Video),
        views: counts.views,
    }
}

fn product_row(figures: ProductFigures) -> ProductRow {
    ProductRow {
        buyers: figures.buyers,
        click_uv: figures.clicking_viewers,
        clicks: figures.clicks,
        created: figures.orders_created,
        expose_uv: figures.exposed_viewers,
        exposures: figures.exposures,
        gmv: figures.gmv,
        p: figures.product,
        paid: figures.orders_paid,
        refund: figures.refunds,
    }
}
