"""What the peers of durable events share: the made-up events, the command line, and how a run is measured.

The events are those of `tests/src/bin/ingest.rs`, which measures the same through Livehand's server: the
same shapes in the same shares, some 130 bytes of JSON each, drawn from another random generator. Nothing
that makes or encodes them is measured. What an acknowledgement is worth is the peer's own matter: each asks
its engine for events that are on the disk before they are acknowledged.
"""

import argparse
import gc
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Where the events are said to come from. An id belongs to one event of its origin.
ORIGIN = "bench"

_VIEWERS = 50_000
# A type, how many of a hundred events have it, and what follows it in the JSON.
_SHARES = (
    ("join", 6, ',"source":"feed"'),
    ("heartbeat", 44, ""),
    ("like", 22, ',"count":8'),
    ("comment", 6, ',"text":"主播身上这件还有货吗"'),
    ("product_view", 19, ',"product":"3600000000012997090"'),
    ("product_click", 3, ',"product":"3600000000012997090"'),
)
# The bits of an id that tell apart the events of one moment, and a factor that leaves them in no order.
_LOW_BITS = 22
_FACTOR = 0x9E37_79B1


class Event(NamedTuple):
    """An event as a platform's connector would send it: the JSON, and of it what an engine may need."""

    id: str
    at: int
    kind: str
    json: str


def events(count: int) -> Iterator[Event]:
    """Events of a made-up audience that happen now, all with different ids."""
    at = time.time_ns() // 1_000_000
    source = random.Random(1)
    viewers = [(source.getrandbits(63), source.getrandbits(40)) for _ in range(_VIEWERS)]
    kinds = [(kind, rest) for kind, share, rest in _SHARES for _ in range(share)]
    low = (1 << _LOW_BITS) - 1
    for made in range(count):
        # As many platforms make ids: the time, and some bits that are in no order.
        number = ((at + (made >> _LOW_BITS)) << _LOW_BITS) | (made * _FACTOR & low)
        user, session = viewers[int(source.random() * len(viewers))]
        kind, rest = kinds[int(source.random() * len(kinds))]
        line = f'{{"id":"{number}","at":{at},"user":"{user}","session":{session},"type":"{kind}"{rest}}}'
        yield Event(str(number), at, kind, line)


def parser(description: str) -> argparse.ArgumentParser:
    """The options of every peer; a wrong use of them ends with code 2."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--events", type=positive, help="events in all")
    made.add_argument("--batch", type=positive, help="events that are acknowledged at once")
    return made


def positive(text: str) -> int:
    """A whole number from 1, as an option."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number from 1 was expected, not {text!r}")
    return int(text)


class Run:
    """A run, measured from the moment that this is made until the last event is acknowledged."""

    def __init__(self, server: int | None = None) -> None:
        """`server` is the process that works for this one, if there is such a process."""
        # What was prepared is many objects, which the collector would look at again and again.
        gc.collect()
        gc.freeze()
        self.server = server
        self.took: list[float] = []
        self.cpu_s = self._cpu_seconds()
        self.begun = time.perf_counter()

    def acknowledged(self, sent: float) -> None:
        """Something that was sent at `sent`, by `time.perf_counter`, was acknowledged now."""
        self.took.append(time.perf_counter() - sent)

    def end(self) -> None:
        """Everything is acknowledged."""
        self.wall_s = time.perf_counter() - self.begun
        self.cpu_s = self._cpu_seconds() - self.cpu_s

    def report(self, engine: str, events: int, batch: int, disk: int) -> None:
        """Prints what the run came to as one line of JSON; `disk` is bytes after closing."""
        took = sorted(self.took)
        result = {
            "engine": engine,
            "events": events,
            "batch": batch,
            "events_per_s": round(events / self.wall_s),
            "ack_p50_ms": round(took[int(len(took) * 0.5)] * 1e3, 1),
            "ack_p99_ms": round(took[int(len(took) * 0.99)] * 1e3, 1),
            "cpu_us_per_event": round(self.cpu_s * 1e6 / events, 2),
            "bytes_per_event": round(disk / events, 1),
        }
        print(json.dumps(result))

    def _cpu_seconds(self) -> float:
        """Processor time of this process and of the server."""
        return time.process_time() + (_cpu_seconds_of(self.server) if self.server else 0)


def _cpu_seconds_of(process: int) -> float:
    # The name of the program stands in parentheses and may hold anything.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_disk(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
