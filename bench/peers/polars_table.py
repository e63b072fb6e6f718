"""The metric table of a show by Polars."""

import argparse
import os
from typing import Any

from metric_table import (
    INTERACTIONS,
    KINDS,
    LOOKS,
    MINUTE_MS,
    ORDERS,
    PRESENCE,
    SOURCES,
    TIMEOUT_MS,
    Row,
    arguments,
    metric_table,
    run,
)

# Polars makes its threads when it is imported, so that the command line is looked at before.
os.environ["POLARS_MAX_THREADS"] = str(arguments(__doc__).threads)

import polars as pl

# The reader refuses to make integers from JSON strings, so that ids come as text and are cast: in the
# workloads they are decimal numbers, and grouping by integers is faster.
SCHEMA = {
    "id": pl.String,
    "at": pl.Int64,
    "type": pl.String,
    "user": pl.String,
    "session": pl.Int64,
    "source": pl.String,
    "product": pl.String,
    "order": pl.String,
    "amount": pl.Int64,
    "count": pl.Int64,
}

KIND = pl.col("kind")
VIEWER = pl.col("viewer")
AT = pl.col("at")
SOURCE = pl.col("source")
INTERACTED = KIND.is_in(INTERACTIONS)
MINUTE = AT // MINUTE_MS


def _times(kind: str) -> pl.Expr:
    return (KIND == kind).sum()


def _viewers(which: pl.Expr) -> pl.Expr:
    return VIEWER.filter(which).n_unique()


FIGURES_OF_LOOKS = {
    "exposures": _times("product_view"),
    "expose_uv": _viewers(KIND == "product_view"),
    "clicks": _times("product_click"),
    "click_uv": _viewers(KIND == "product_click"),
}
FIGURES_OF_ACTIONS = {
    "interactions": INTERACTED.sum(),
    "interactors": _viewers(INTERACTED),
    "comments": _times("comment"),
    "like_taps": pl.col("count").fill_null(1).filter(KIND == "like").sum(),
    "shares": _times("share"),
    "follows": _times("follow"),
    "gifts": _times("gift"),
    **FIGURES_OF_LOOKS,
}
FIGURES_OF_ORDERS = {
    "created": _times("order_created"),
    "paid": _times("order_paid"),
    "buyers": _viewers(KIND == "order_paid"),
    "gmv": pl.col("amount").filter(KIND == "order_paid").sum(),
    "refund": pl.col("amount").filter(KIND == "order_refunded").sum(),
}
RETAINED = {f"ret{seconds}": (pl.col("watched") >= seconds * 1000).sum() for seconds in (30, 60, 300)}


class Polars:
    """A show in a data frame."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.events = pl.DataFrame()

    def load(self) -> int:
        self.events = (
            pl.scan_ndjson(self.options.file, schema=SCHEMA)
            .rename({"type": "kind", "user": "viewer"})
            .with_columns(
                pl.col("id", "viewer", "product", "order").cast(pl.Int64),
                KIND.cast(pl.Enum(KINDS)),
            )
            .collect()
        )
        return self.events.height

    def table(self) -> dict[str, Any]:
        # Grouping by very many keys is faster on the streaming engine, distinct counts are faster in memory.
        stays = self._stays().collect(engine="streaming").lazy()
        actions = self._actions().collect().lazy()
        steps = self._order_steps().collect().lazy()
        earliest = self.events["at"].min() or 0
        minute = earliest // MINUTE_MS
        start, until = pl.col("start"), pl.col("until")
        return metric_table(
            range(minute, minute + self.options.minutes),
            _rows(
                stays.group_by(m=start // MINUTE_MS).agg(
                    views=pl.len(),
                    **{f"v_{source}": (SOURCE == source).sum() for source in SOURCES},
                    v_other=(~SOURCE.fill_null("").is_in(SOURCES)).sum(),
                    **RETAINED,
                ),
                actions.group_by(m=MINUTE).agg(**FIGURES_OF_ACTIONS),
                steps.group_by(m=MINUTE).agg(**FIGURES_OF_ORDERS),
            ),
            # Present from the minute of the start to that of the last moment before the end.
            _rows(_changes(stays, start // MINUTE_MS, (until - 1) // MINUTE_MS)),
            # Online at the ends of minutes that are not before the start and before the end.
            _rows(_changes(stays, (start + MINUTE_MS - 1) // MINUTE_MS - 1, (until - 1) // MINUTE_MS - 1)),
            _rows(
                actions.drop_nulls("product").group_by(p="product").agg(**FIGURES_OF_LOOKS),
                steps.drop_nulls("product").group_by(p="product").agg(**FIGURES_OF_ORDERS),
            ),
            _rows(
                stays.select(uv=VIEWER.n_unique(), pv=pl.len(), watch_ms=pl.col("watched").sum(), **RETAINED),
                actions.select(
                    interactors=_viewers(INTERACTED),
                    expose_uv=_viewers(KIND == "product_view"),
                    click_uv=_viewers(KIND == "product_click"),
                ),
                steps.select(**FIGURES_OF_ORDERS),
            ),
        )

    def _stays(self) -> pl.LazyFrame:
        """In order of viewer and start. Signs of life need no deduplication."""
        joined, left = KIND == "join", KIND == "leave"
        ended = pl.col("left")
        return (
            self.events.lazy()
            .filter(KIND.is_in(PRESENCE))
            .select(
                "viewer",
                "session",
                "source",
                joined=pl.when(joined).then(AT),
                left=pl.when(left).then(AT),
                alive=pl.when(~left).then(AT),
            )
            .group_by("viewer", "session")
            .agg(
                start=pl.col("joined").min(),
                source=SOURCE.min_by("joined"),
                left=ended.max(),
                alive=pl.col("alive").max(),
            )
            .drop_nulls("start")
            .select(
                "viewer",
                "source",
                "start",
                until=ended.fill_null(pl.col("alive") + TIMEOUT_MS),
                watched=ended.fill_null(pl.col("alive")) - pl.col("start"),
            )
            .sort("viewer", "start")
        )

    def _actions(self) -> pl.LazyFrame:
        """Each once, by its id."""
        return (
            self.events.lazy()
            .filter(KIND.is_in(INTERACTIONS + LOOKS))
            .select("id", "at", "kind", "viewer", "product", "count")
            .filter(pl.col("id").is_first_distinct())
        )

    def _order_steps(self) -> pl.LazyFrame:
        """Of several deliveries of one step of an order, the earliest."""
        return (
            self.events.lazy()
            .filter(KIND.is_in(ORDERS))
            .sort("at", "amount", "viewer", "product")
            .unique(["kind", "order"], keep="first")
        )


def _rows(*frames: pl.LazyFrame) -> list[Row]:
    return [row for frame in pl.collect_all(frames) for row in frame.iter_rows(named=True)]


def _changes(stays: pl.LazyFrame, first: pl.Expr, last: pl.Expr) -> pl.LazyFrame:
    """Who comes and goes by minute, if a stay covers the minutes from `first` to `last`.

    `stays` stand in order of viewer and start. Stays of one viewer may overlap; each is cut to what no
    earlier one covers. `covered` is the last minute that the earlier ones cover, 0 if there are none. The
    running maximum goes through all viewers at once, which is faster than one for each: the place of the
    viewer stands above the minute, so that it starts anew with each.
    """
    first_minute, last_minute, covered = pl.col("first"), pl.col("last"), pl.col("covered")
    place = VIEWER.rle_id().cast(pl.Int64) * 2**32
    pieces = (
        stays.select("viewer", first=first, last=last)
        .filter(last_minute >= first_minute)
        .with_columns(covered=((place + last_minute).cum_max().shift(1) - place).clip(0).fill_null(0))
        .filter(last_minute > covered)
    )
    entered = pieces.group_by(m=pl.max_horizontal(first_minute, covered + 1)).agg(
        entered=pl.len(), fresh=(covered < first_minute - 1).sum()
    )
    ended = pieces.group_by(m=last_minute + 1).agg(ended=pl.len())
    return entered.join(ended, on="m", how="full", coalesce=True).with_columns(
        pl.col("entered", "fresh", "ended").fill_null(0)
    )


if __name__ == "__main__":
    given = arguments(__doc__)
    run(f"Polars {pl.__version__}", given.threads, Polars(given))
