"""What the peers share: the metric table of spec `lc-metrics-1`, its digest, and how a run is measured.

An engine has a `load`, which reads the file and returns how many events it holds, and a `table`, which
computes the whole table from what was loaded. Everything that takes time with the size of the file is the
engine's own work; here is only what is left to do with some sixty minutes and some dozens of products.

The peers rely on what holds in the workloads, which spares them work that Livehand does: every type is one
of the thirteen that are counted, every event names its user, every sign of life its session, no event has a
`quality` or an `origin`, none is ahead of its `received` by more than 5 seconds, a redelivered event is the
same event, and ids are decimal numbers. On a file that breaks this, an engine fails or its digest differs,
and there is no result.
"""

import argparse
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

MINUTE_MS = 60_000
# Without a leave, a stay lasts until so long after the last sign of life; that time is no watch time.
TIMEOUT_MS = 200_000

PRESENCE = ("join", "heartbeat", "leave")
INTERACTIONS = ("comment", "like", "share", "follow", "gift")
LOOKS = ("product_view", "product_click")
ORDERS = ("order_created", "order_paid", "order_refunded")
KINDS = (*PRESENCE, *INTERACTIONS, *LOOKS, *ORDERS)
# Any other source, and none, counts as `other`.
SOURCES = ("feed", "follow", "paid", "search", "square", "video")

_PRODUCT_FIELDS = [
    *("exposures", "expose_uv", "clicks", "click_uv"),
    *("created", "paid", "buyers", "gmv", "refund"),
]
_MINUTE_FIELDS = [
    *("views", "ret30", "ret60", "ret300", "online_end", "present", "stay"),
    *(f"v_{source}" for source in (*SOURCES, "other")),
    *("interactions", "interactors", "comments", "like_taps", "shares", "follows", "gifts"),
    *_PRODUCT_FIELDS,
]
_OVERALL_FIELDS = [
    *("uv", "pv", "watch_ms", "ret30", "ret60", "ret300", "interactors"),
    *("expose_uv", "click_uv", "created", "paid", "buyers", "gmv", "refund"),
]

# A row of an engine's answer, by the names of its columns; a missing or empty column counts as 0.
Row = Mapping[str, Any]


class Engine(Protocol):
    """One of the peers, made for one file."""

    def load(self) -> int:
        """Reads the file into memory; returns the number of its events."""

    def table(self) -> dict[str, Any]:
        """Computes the whole table from what was loaded, with nothing kept from a call before."""


def metric_table(
    minutes: range,
    by_minute: Iterable[Row],
    present: Iterable[Row],
    online: Iterable[Row],
    by_product: Iterable[Row],
    overall: Iterable[Row],
) -> dict[str, Any]:
    """Puts the table together.

    `minutes` are those of the table, counted from the epoch. Rows by minute name theirs as `m`, rows by
    product theirs as `p`; several rows may fill different fields of one minute or product. `present` and
    `online` are as `_standing` takes them.
    """
    rows: dict[int, dict[str, int]] = {minute: {} for minute in minutes}
    for row in by_minute:
        if (minute := int(row["m"])) in rows:
            rows[minute].update({field: int(row[field] or 0) for field in _MINUTE_FIELDS if field in row})
    for minute, (viewers, _) in _standing(present, minutes).items():
        rows[minute]["present"] = viewers
    for minute, (viewers, stayed) in _standing(online, minutes).items():
        rows[minute].update(online_end=viewers, stay=stayed)
    products: dict[str, dict[str, int]] = {}
    for row in by_product:
        product = products.setdefault(str(row["p"]), {})
        product.update({field: int(row[field] or 0) for field in _PRODUCT_FIELDS if field in row})
    sums = {field: int(row[field] or 0) for row in overall for field in _OVERALL_FIELDS if field in row}
    return {
        "spec": "lc-metrics-1",
        "minutes": [
            {"m": minute - minutes.start, **{field: row.get(field, 0) for field in _MINUTE_FIELDS}}
            for minute, row in rows.items()
        ],
        "overall": {
            **{field: sums.get(field, 0) for field in _OVERALL_FIELDS},
            "peak_online": max(row.get("online_end", 0) for row in rows.values()),
        },
        "products": [
            {"p": product, **{field: row.get(field, 0) for field in _PRODUCT_FIELDS}}
            for product, row in sorted(products.items())
        ],
    }


def _standing(changes: Iterable[Row], minutes: range) -> dict[int, tuple[int, int]]:
    """Viewers there in each minute, and those of them who were there in the minute before too.

    The engines cut what a viewer's stays cover into spans of minutes that do not overlap, so that nobody
    has to be listed minute by minute. A change tells of a minute `m` how many spans it is the first of
    (`entered`), how many of these begin after an absence (`fresh`), and how many spans ended with the
    minute before (`ended`).
    """
    by_minute: dict[int, list[int]] = {}
    for row in changes:
        change = by_minute.setdefault(int(row["m"]), [0, 0])
        change[0] += int(row["entered"]) - int(row["ended"])
        change[1] += int(row["fresh"])
    viewers = sum(change for minute, (change, _) in by_minute.items() if minute < minutes.start)
    standing = {}
    for minute in minutes:
        change, fresh = by_minute.get(minute, (0, 0))
        viewers += change
        standing[minute] = (viewers, viewers - fresh)
    return standing


def digest(table: Mapping[str, Any]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the canonical form: JSON, keys sorted, no spaces."""
    canonical = json.dumps(table, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def sql_names(names: tuple[str, ...]) -> str:
    """Names as a list of SQL."""
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def arguments(description: str) -> argparse.Namespace:
    """Reads the command line; leaves with code 2 if it is wrong or there is no such file."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("file", type=Path, metavar="FILE", help="a show as NDJSON")
    parser.add_argument("--threads", type=_positive, default=1, help="threads of the engine (default: 1)")
    parser.add_argument("--minutes", type=_positive, default=60, help="minutes of the table (default: 60)")
    parsed = parser.parse_args()
    if not parsed.file.is_file():
        parser.error(f"there is no file {parsed.file}")
    parsed.file = parsed.file.resolve()
    return parsed


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number from 1 was expected, not {text!r}")
    return int(text)


def run(name: str, threads: int, engine: Engine) -> None:
    """Runs an engine and prints what it came to and what that took, as one line of JSON.

    Loading and the first table count, starting the interpreter and the engine does not. A snapshot is the
    fastest of three more tables, because any of them may be disturbed.
    """
    wall, cpu = time.perf_counter(), _cpu_seconds()
    events = engine.load()
    table = engine.table()
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    peak = _peak_bytes()
    snapshot = min(_seconds_of(engine.table) for _ in range(3))
    result = {
        "engine": name,
        "threads": threads,
        "events": events,
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "peak_mb": round(peak / 1e6),
        "snapshot_ms": round(snapshot * 1000, 1),
        "digest": digest(table),
    }
    print(json.dumps(result))


def _seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _cpu_seconds() -> float:
    """CPU time of this process and of those it started and waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_bytes() -> int:
    """The most memory that was resident at once, with the interpreter and the pages of a mapped file.

    On Linux `ru_maxrss` starts from the peak of whoever started this process, so that the kernel's own mark
    of this program is asked first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        marks = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        if marks:
            return int(marks[0].split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
