"""What the parsers in Python share: the lines that they are given, how they answer, and how they are timed."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

# All lines are read again and again for so long.
AT_LEAST_S = 2.0
# How Livehand's benchmark is told that a parser is not installed.
NOT_INSTALLED = 3


def run(
    package: str,
    *,
    read: Callable[[str], Mapping[str, Any]],
    parse: Callable[[str], object],
    parse_all: Callable[[list[str]], object] | None = None,
    gives_phone: bool = False,
) -> None:
    """Answers one object for each line of standard input, then one with the figures.

    `read` gives the answer, `parse` is what is timed for one line, and `parse_all`, if there is a faster way
    for many, what is timed for the rate.
    """
    texts = [json.loads(line)["text"] for line in sys.stdin]
    # This is the warm-up too.
    for text in texts:
        print(json.dumps(read(text), ensure_ascii=False))
    times: list[float] = []
    begun, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < AT_LEAST_S:
        for text in texts:
            start = time.perf_counter()
            parse(text)
            times.append(time.perf_counter() - start)
    rate = len(times) / (time.process_time() - cpu)
    if parse_all:
        lines = 0
        begun, cpu = time.perf_counter(), time.process_time()
        while time.perf_counter() - begun < AT_LEAST_S:
            parse_all(texts)
            lines += len(texts)
        rate = lines / (time.process_time() - cpu)
    times.sort()
    figures = {
        "engine": f"{package} {version(package)}",
        "gives_name": False,
        "gives_phone": gives_phone,
        "lines_per_s": rate,
        "p50_us": times[len(times) // 2] * 1e6,
        "p99_us": times[len(times) * 99 // 100] * 1e6,
    }
    print(json.dumps(figures))
