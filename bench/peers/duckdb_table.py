"""The metric table of a show by DuckDB."""

import argparse
from typing import Any

import duckdb

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

# Ids are decimal numbers in the workloads: as integers they are smaller and faster to group by than as text.
# DuckDB's reader of NDJSON makes them from JSON strings by itself.
LOAD = """
create table event as
select id, "at", type as kind, "user" as viewer, session, source, product, "order", amount, count
from read_ndjson(?, columns = {
    id: 'BIGINT', "at": 'BIGINT', type: 'KIND', "user": 'BIGINT', session: 'BIGINT', source: 'VARCHAR',
    product: 'BIGINT', "order": 'BIGINT', amount: 'BIGINT', count: 'BIGINT'
})
"""

# Signs of life need no deduplication: repeated, they come to the same.
STAYS = f"""
create or replace temp table stay as
select
    viewer,
    source,
    start,
    coalesce(leave, alive + {TIMEOUT_MS}) as until,
    coalesce(leave, alive) - start as watched
from (
    select
        viewer,
        min("at") filter (kind = 'join') as start,
        min_by(source, "at") filter (kind = 'join') as source,
        max("at") filter (kind = 'leave') as leave,
        max("at") filter (kind <> 'leave') as alive
    from event
    where kind in {sql_names(PRESENCE)}
    group by viewer, session
    having start is not null
)
"""

# A redelivered event is the same in every column, and DISTINCT is faster here than any_value() by id.
ACTIONS = f"""
create or replace temp table action as
select distinct id, "at" // {MINUTE_MS} as m, kind, viewer, product, count
from event
where kind in {sql_names(INTERACTIONS + LOOKS)}
"""

# Counts by minute and viewer give the distinct counts of a minute and of the show faster than
# count(distinct).
VIEWER_MINUTES = f"""
create or replace temp table viewer_minute as
select
    m,
    viewer,
    count(*) filter (kind in {sql_names(INTERACTIONS)}) as interactions,
    count(*) filter (kind = 'comment') as comments,
    sum(coalesce(count, 1)) filter (kind = 'like') as like_taps,
    count(*) filter (kind = 'share') as shares,
    count(*) filter (kind = 'follow') as follows,
    count(*) filter (kind = 'gift') as gifts,
    count(*) filter (kind = 'product_view') as exposures,
    count(*) filter (kind = 'product_click') as clicks
from action
group by m, viewer
"""

# Of several deliveries of one step of an order the earliest counts, and of equally early ones the smallest.
ORDER_STEPS = f"""
create or replace temp table step as
select kind, "at" // {MINUTE_MS} as m, viewer, product, amount
from event
where kind in {sql_names(ORDERS)}
qualify row_number() over (
    partition by kind, "order" order by "at", amount nulls first, viewer, product nulls first
) = 1
"""

MINUTES_OF_STAYS = f"""
select
    start // {MINUTE_MS} as m,
    count(*) as views,
    {", ".join(f"count(*) filter (source = '{source}') as v_{source}" for source in SOURCES)},
    count(*) filter (coalesce(source, '') not in {sql_names(SOURCES)}) as v_other,
    count(*) filter (watched >= 30_000) as ret30,
    count(*) filter (watched >= 60_000) as ret60,
    count(*) filter (watched >= 300_000) as ret300
from stay
group by m
"""

MINUTES_OF_ACTIONS = """
select
    m,
    sum(interactions) as interactions,
    count(*) filter (interactions > 0) as interactors,
    sum(comments) as comments,
    sum(like_taps) as like_taps,
    sum(shares) as shares,
    sum(follows) as follows,
    sum(gifts) as gifts,
    sum(exposures) as exposures,
    count(*) filter (exposures > 0) as expose_uv,
    sum(clicks) as clicks,
    count(*) filter (clicks > 0) as click_uv
from viewer_minute
group by m
"""

FIGURES_OF_ORDERS = """
    count(*) filter (kind = 'order_created') as created,
    count(*) filter (kind = 'order_paid') as paid,
    count(distinct viewer) filter (kind = 'order_paid') as buyers,
    sum(amount) filter (kind = 'order_paid') as gmv,
    sum(amount) filter (kind = 'order_refunded') as refund
"""

MINUTES_OF_ORDERS = f"select m, {FIGURES_OF_ORDERS} from step group by m"

PRODUCTS_OF_ACTIONS = """
select
    product as p,
    sum(exposures) as exposures,
    count(*) filter (exposures > 0) as expose_uv,
    sum(clicks) as clicks,
    count(*) filter (clicks > 0) as click_uv
from (
    select
        product,
        viewer,
        count(*) filter (kind = 'product_view') as exposures,
        count(*) filter (kind = 'product_click') as clicks
    from action
    where product is not null
    group by product, viewer
)
group by p
"""

PRODUCTS_OF_ORDERS = f"""
select product as p, {FIGURES_OF_ORDERS}
from step
where product is not null
group by p
"""

OVERALL_OF_STAYS = """
select
    count(distinct viewer) as uv,
    count(*) as pv,
    sum(watched) as watch_ms,
    count(*) filter (watched >= 30_000) as ret30,
    count(*) filter (watched >= 60_000) as ret60,
    count(*) filter (watched >= 300_000) as ret300
from stay
"""

OVERALL_OF_ACTIONS = """
select
    count(*) filter (interactions > 0) as interactors,
    count(*) filter (exposures > 0) as expose_uv,
    count(*) filter (clicks > 0) as click_uv
from (
    select sum(interactions) as interactions, sum(exposures) as exposures, sum(clicks) as clicks
    from viewer_minute
    group by viewer
)
"""

OVERALL_OF_ORDERS = f"select {FIGURES_OF_ORDERS} from step"


def _changes(first: str, last: str) -> str:
    """Who comes and goes by minute, if a stay covers the minutes from `first` to `last`.

    Stays of one viewer may overlap; each is cut to what no earlier one covers. `covered` is the last minute
    that the earlier ones cover, 0 if there are none.
    """
    return f"""
    with stretch as (
        select viewer, {first} as first, {last} as last from stay where last >= first
    ), piece as (
        select first, last, coalesce(max(last) over earlier, 0) as covered
        from stretch
        window earlier as (
            partition by viewer order by first, last rows between unbounded preceding and 1 preceding
        )
        qualify last > covered
    )
    select
        greatest(first, covered + 1) as m,
        count(*) as entered,
        count(*) filter (covered < first - 1) as fresh,
        0 as ended
    from piece
    group by m
    union all
    select last + 1 as m, 0, 0, count(*)
    from piece
    group by m
    """


# A viewer is present from the minute of the start to that of the last moment before the end.
PRESENT = _changes(f"start // {MINUTE_MS}", f"(until - 1) // {MINUTE_MS}")
# And online at the ends of minutes that are not before the start and before the end.
ONLINE = _changes(f"(start + {MINUTE_MS - 1}) // {MINUTE_MS} - 1", f"(until - 1) // {MINUTE_MS} - 1")


class DuckDb:
    """A show in an in-memory database."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.connection = duckdb.connect()

    def load(self) -> int:
        self.connection.execute(f"set threads = {self.options.threads}")
        # Rows may stand in any order, which spares the engine keeping that of the file.
        self.connection.execute("set preserve_insertion_order = false")
        self.connection.execute(f"create type kind as enum {sql_names(KINDS)}")
        self.connection.execute(LOAD, [str(self.options.file)])
        return self._rows("select count(*) as events from event")[0]["events"]

    def table(self) -> dict[str, Any]:
        for made in (STAYS, ACTIONS, VIEWER_MINUTES, ORDER_STEPS):
            self.connection.execute(made)
        first = self._rows(f'select min("at") // {MINUTE_MS} as m from event')[0]["m"] or 0
        return metric_table(
            range(first, first + self.options.minutes),
            self._rows(MINUTES_OF_STAYS, MINUTES_OF_ACTIONS, MINUTES_OF_ORDERS),
            self._rows(PRESENT),
            self._rows(ONLINE),
            self._rows(PRODUCTS_OF_ACTIONS, PRODUCTS_OF_ORDERS),
            self._rows(OVERALL_OF_STAYS, OVERALL_OF_ACTIONS, OVERALL_OF_ORDERS),
        )

    def _rows(self, *queries: str) -> list[Row]:
        rows: list[Row] = []
        for query in queries:
            cursor = self.connection.execute(query)
            columns = [column[0] for column in cursor.description]
            rows += [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return rows


if __name__ == "__main__":
    given = arguments(__doc__)
    run(f"DuckDB {duckdb.__version__}", given.threads, DuckDb(given))
