"""The metric table of a show by chDB, which is ClickHouse inside the process."""

import argparse
import json
from pathlib import Path
from typing import Any

import chdb
from chdb.session import Session

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
    sql_names,
)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


KIND = f"Enum8{sql_names(KINDS)}"

# Ids are decimal numbers in the workloads: as integers they are smaller and faster to read and to group by
# than as text. ClickHouse reads them from JSON strings by itself.
COLUMNS = f"""
    id Int64, at Int64, type {KIND}, user Int64, session Int64, source LowCardinality(Nullable(String)),
    product Nullable(Int64), order Nullable(Int64), amount Nullable(Int64), count Nullable(Int64)
"""


def _load(file: Path) -> str:
    return f"""
    create table event engine = Memory as
    select id, at, type as kind, user as viewer, session, source, product, order, amount, count
    from file({_text(str(file))}, JSONEachRow, {_text(COLUMNS)})
    """


# Each table that is made on the way, and what fills it. Signs of life need no deduplication: repeated, they
# come to the same. Other events count once by their id; of several deliveries of one step of an order the
# earliest counts.
STEPS = {
    "stay": f"""
    select
        viewer,
        source,
        start,
        if(leave > 0, leave, alive + {TIMEOUT_MS}) as until,
        if(leave > 0, leave, alive) - start as watched
    from (
        select
            viewer,
            minIf(at, kind = 'join') as start,
            argMinIf(source, at, kind = 'join') as source,
            maxIf(at, kind = 'leave') as leave,
            maxIf(at, kind <> 'leave') as alive
        from event
        where kind in {sql_names(PRESENCE)}
        group by viewer, session
        having start > 0
    )
    """,
    "action": f"""
    select intDiv(at, {MINUTE_MS}) as m, kind, viewer, product, count
    from event
    where kind in {sql_names(INTERACTIONS + LOOKS)}
    limit 1 by id
    """,
    "step": f"""
    select kind, intDiv(at, {MINUTE_MS}) as m, viewer, product, amount
    from event
    where kind in {sql_names(ORDERS)}
    order by at, amount nulls first, viewer, product nulls first
    limit 1 by kind, order
    """,
}

MINUTES_OF_STAYS = f"""
select
    intDiv(start, {MINUTE_MS}) as m,
    count() as views,
    {", ".join(f"countIf(source = '{source}') as v_{source}" for source in SOURCES)},
    countIf(ifNull(source, '') not in {sql_names(SOURCES)}) as v_other,
    countIf(watched >= 30_000) as ret30,
    countIf(watched >= 60_000) as ret60,
    countIf(watched >= 300_000) as ret300
from stay
group by m
"""

FIGURES_OF_LOOKS = """
    countIf(kind = 'product_view') as exposures,
    uniqExactIf(viewer, kind = 'product_view') as expose_uv,
    countIf(kind = 'product_click') as clicks,
    uniqExactIf(viewer, kind = 'product_click') as click_uv
"""

MINUTES_OF_ACTIONS = f"""
select
    m,
    countIf(kind in {sql_names(INTERACTIONS)}) as interactions,
    uniqExactIf(viewer, kind in {sql_names(INTERACTIONS)}) as interactors,
    countIf(kind = 'comment') as comments,
    sumIf(ifNull(count, 1), kind = 'like') as like_taps,
    countIf(kind = 'share') as shares,
    countIf(kind = 'follow') as follows,
    countIf(kind = 'gift') as gifts,
    {FIGURES_OF_LOOKS}
from action
group by m
"""

FIGURES_OF_ORDERS = """
    countIf(kind = 'order_created') as created,
    countIf(kind = 'order_paid') as paid,
    uniqExactIf(viewer, kind = 'order_paid') as buyers,
    sumIf(amount, kind = 'order_paid') as gmv,
    sumIf(amount, kind = 'order_refunded') as refund
"""

MINUTES_OF_ORDERS = f"select m, {FIGURES_OF_ORDERS} from step group by m"

PRODUCTS_OF_ACTIONS = f"select product as p, {FIGURES_OF_LOOKS} from action where p is not null group by p"

PRODUCTS_OF_ORDERS = f"select product as p, {FIGURES_OF_ORDERS} from step where p is not null group by p"

OVERALL_OF_STAYS = """
select
    uniqExact(viewer) as uv,
    count() as pv,
    sum(watched) as watch_ms,
    countIf(watched >= 30_000) as ret30,
    countIf(watched >= 60_000) as ret60,
    countIf(watched >= 300_000) as ret300
from stay
"""

OVERALL_OF_ACTIONS = f"""
select
    uniqExactIf(viewer, kind in {sql_names(INTERACTIONS)}) as interactors,
    uniqExactIf(viewer, kind = 'product_view') as expose_uv,
    uniqExactIf(viewer, kind = 'product_click') as click_uv
from action
"""

OVERALL_OF_ORDERS = f"select {FIGURES_OF_ORDERS} from step"


def _changes(first: str, last: str) -> str:
    """Who comes and goes by minute, if a stay covers the minutes from `first` to `last`.

    Stays of one viewer may overlap; each is cut to what no earlier one covers. `covered` is the last minute
    that the earlier ones cover, 0 if there are none. Both ends of a piece are made from it in one pass.
    """
    return f"""
    select
        if(end, last + 1, greatest(first, covered + 1)) as m,
        countIf(not end) as entered,
        countIf(not end and covered < first - 1) as fresh,
        countIf(end) as ended
    from (
        select
            {first} as first,
            {last} as last,
            max(last) over (
                partition by viewer order by first, last rows between unbounded preceding and 1 preceding
            ) as covered
        from stay
        where last >= first
    )
    array join [false, true] as end
    where last > covered
    group by m
    """


# A viewer is present from the minute of the start to that of the last moment before the end.
PRESENT = _changes(f"intDiv(start, {MINUTE_MS})", f"intDiv(until - 1, {MINUTE_MS})")
# And online at the ends of minutes that are not before the start and before the end.
ONLINE = _changes(f"intDiv(start + {MINUTE_MS - 1}, {MINUTE_MS}) - 1", f"intDiv(until - 1, {MINUTE_MS}) - 1")


class ChDb:
    """A show in a session of chDB, in tables that are kept in memory."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.session = Session()

    def load(self) -> int:
        threads = self.options.threads
        self.session.query("create database show")
        self.session.query("use show")
        self.session.query(f"set max_threads = {threads}, max_insert_threads = {threads}")
        # Keys that no column takes are passed over.
        self.session.query("set input_format_skip_unknown_fields = 1")
        # One thread reads faster, and is one thread, when no other parses ahead of it.
        self.session.query(f"set input_format_parallel_parsing = {int(threads > 1)}")
        self.session.query(_load(self.options.file))
        return int(self._rows("select count() as events from event")[0]["events"])

    def table(self) -> dict[str, Any]:
        for name, filled_by in STEPS.items():
            self.session.query(f"drop table if exists {name}")
            self.session.query(f"create table {name} engine = Memory as {filled_by}")
        first = int(self._rows(f"select intDiv(min(at), {MINUTE_MS}) as m from event")[0]["m"])
        return metric_table(
            range(first, first + self.options.minutes),
            self._rows(MINUTES_OF_STAYS, MINUTES_OF_ACTIONS, MINUTES_OF_ORDERS),
            self._rows(PRESENT),
            self._rows(ONLINE),
            self._rows(PRODUCTS_OF_ACTIONS, PRODUCTS_OF_ORDERS),
            self._rows(OVERALL_OF_STAYS, OVERALL_OF_ACTIONS, OVERALL_OF_ORDERS),
        )

    def _rows(self, *queries: str) -> list[Row]:
        answers = (str(self.session.query(query, "JSONEachRow")) for query in queries)
        return [json.loads(line) for answer in answers for line in answer.splitlines() if line]


if __name__ == "__main__":
    given = arguments(__doc__)
    run(f"chDB {chdb.__version__}", given.threads, ChDb(given))
