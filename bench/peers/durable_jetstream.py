"""Durable events by NATS JetStream: one server, one stream in files without replicas, synced always."""

import argparse
import asyncio
import contextlib
import functools
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck, StorageType

from durable import ORIGIN, Run, events, on_disk, parser, positive

# A server before 2.10 cannot be told to sync before it acknowledges, and one before 2.12.1 recognises no
# repeated event in an atomic batch.
OLDEST = (2, 12, 1)
STARTING_S = 10
STREAM = "EVENTS"
SUBJECT = "events"
# Ports are the server's choice. Without `always` it syncs every two minutes and acknowledges long before.
SETTINGS = """
listen: "127.0.0.1:-1"
http: "127.0.0.1:-1"
ports_file_dir: "{folder}"
jetstream {{ store_dir: "{folder}/store", sync_interval: always }}
"""


class Variant(NamedTuple):
    """A way to hand events over, with what it does unless told otherwise."""

    what: str
    events: int
    # Events that one acknowledgement stands for, and how many of them the server allows.
    batch: int
    most: int
    # Acknowledgements that are outstanding at most.
    window: int


VARIANTS = {
    # The server syncs every message on its own, however many are on their way.
    "single": Variant("one event a message", 200_000, 1, 1, 2_048),
    # A message an event too, but the server syncs and acknowledges a batch; as many of them at a time as
    # `ingest` has clients.
    "atomic": Variant("one event a message, atomic batches", 2_000_000, 1_000, 1_000, 4),
    # To the server, a message is bytes: 4,096 events fit into the largest that it takes.
    "packed": Variant("a batch a message", 2_000_000, 2_048, 4_096, 4),
}

# What is acknowledged at once: messages and their headers.
Group = list[tuple[bytes, dict[str, str]]]
# The first error that the client met: a refused message, or the end of the server. Nobody else hears of it.
Failure = asyncio.Future[Exception]


def main() -> None:
    options = arguments()
    program, server_version = find_server()
    groups = prepare(options)
    with tempfile.TemporaryDirectory() as folder:
        run, disk = asyncio.run(measure(program, Path(folder), options, groups))
    engine = (
        f"NATS JetStream {server_version} with nats-py {version('nats-py')}, "
        f"{VARIANTS[options.variant].what}, {options.window} outstanding"
    )
    run.report(engine, options.events, options.batch, disk)


def arguments() -> argparse.Namespace:
    """Reads the command line; leaves with code 2 if it is wrong."""
    made = parser(__doc__)
    made.add_argument("variant", choices=VARIANTS, help="how events are handed over")
    made.add_argument("--window", type=positive, help="acknowledgements that are outstanding at most")
    parsed = made.parse_args()
    variant = VARIANTS[parsed.variant]
    parsed.events = parsed.events or variant.events
    parsed.batch = parsed.batch or variant.batch
    parsed.window = parsed.window or variant.window
    if parsed.batch > variant.most:
        made.error(f"{parsed.variant} takes batches of {variant.most} at most")
    return parsed


def find_server() -> tuple[str, str]:
    """The server's program and version; leaves with code 3 if there is none that will do."""
    program = shutil.which("nats-server")
    if program is None:
        print("there is no nats-server on PATH", file=sys.stderr)
        raise SystemExit(3)
    said = subprocess.run([program, "--version"], capture_output=True, check=True, text=True).stdout
    numbers = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    if numbers is None or tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        print(f"nats-server {oldest} or newer is needed, and on PATH is {said.strip()!r}", file=sys.stderr)
        raise SystemExit(3)
    return program, numbers[0]


def prepare(options: argparse.Namespace) -> list[Group]:
    """All messages in groups of what is acknowledged at once.

    By the id of a message the server recognises a repeated one. Packed events have none of their own.
    """
    made = [(f"{ORIGIN}:{event.id}", event.json.encode()) for event in events(options.events)]
    groups: list[Group] = []
    for start in range(0, len(made), options.batch):
        some = made[start : start + options.batch]
        if options.variant == "packed":
            some = [(some[0][0], b"\n".join(line for _, line in some))]
        group = [(line, {"Nats-Msg-Id": key}) for key, line in some]
        if options.variant == "atomic":
            for place, (_, headers) in enumerate(group, 1):
                headers |= {"Nats-Batch-Id": str(len(groups)), "Nats-Batch-Sequence": str(place)}
            group[-1][1]["Nats-Batch-Commit"] = "1"
        groups.append(group)
    return groups


async def measure(
    program: str, folder: Path, options: argparse.Namespace, groups: list[Group]
) -> tuple[Run, int]:
    """Publishes everything; returns how that went, and the bytes on disk after the server has ended."""
    messages = sum(len(group) for group in groups)
    async with started(program, folder) as (server, client, failed):
        context = client.jetstream(publish_async_max_pending=options.window)
        await context.add_stream(
            name=STREAM,
            subjects=[SUBJECT],
            storage=StorageType.FILE,
            num_replicas=1,
            allow_direct=True,
            allow_atomic=options.variant == "atomic",
        )
        run = Run(server)
        publishing = asyncio.ensure_future(publish(client, context, run, groups, options.window))
        await asyncio.wait([publishing, failed], return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            raise SystemExit(f"not everything was acknowledged: {failed.result()}")
        acknowledged = publishing.result()
        run.end()
    if acknowledged != messages:
        raise SystemExit(f"{acknowledged} of {messages} messages were acknowledged as new")
    disk = on_disk(folder / "store")
    # Counted is what a server finds that starts anew.
    async with started(program, folder) as (_, client, _):
        there = await count(client.jetstream(), packed=options.variant == "packed")
    if there != options.events:
        raise SystemExit(f"{there} of {options.events} events are there")
    return run, disk


async def publish(
    client: Client, context: JetStreamContext, run: Run, groups: list[Group], window: int
) -> int:
    """Publishes group by group; returns how many messages were acknowledged that were new to the server."""
    free = asyncio.Semaphore(window)

    def acknowledged(sent: float, _: asyncio.Future[PubAck]) -> None:
        run.acknowledged(sent)
        free.release()

    futures = []
    for *first, (last, headers) in groups:
        await free.acquire()
        sent = time.perf_counter()
        for place, (line, its_headers) in enumerate(first, 1):
            await client.publish(SUBJECT, line, headers=its_headers)
            # The server may begin before the whole batch is written.
            if place % 100 == 0:
                await asyncio.sleep(0)
        future = await context.publish_async(SUBJECT, last, headers=headers)
        future.add_done_callback(functools.partial(acknowledged, sent))
        futures.append(future)
    answers = await asyncio.gather(*futures)
    return sum(answer.batch_size or 1 for answer in answers if not answer.duplicate)


async def count(context: JetStreamContext, packed: bool) -> int:
    """Events in the stream."""
    messages = (await context.stream_info(STREAM)).state.messages
    if not packed:
        return messages
    stored = [await context.get_msg(STREAM, place, direct=True) for place in range(1, messages + 1)]
    return sum(len((message.data or b"").splitlines()) for message in stored)


@contextlib.asynccontextmanager
async def started(program: str, folder: Path) -> AsyncIterator[tuple[int, Client, Failure]]:
    """The process of a server with its files in `folder`, and a client of it; both end with the context."""
    settings = folder / "settings.conf"
    settings.write_text(SETTINGS.format(folder=folder))
    # A server of root's has no need of root's rights.
    rights: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        rights = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with Path(folder, "log").open("w") as log:
        process = await asyncio.create_subprocess_exec(program, "-c", settings, stderr=log, **rights)
    try:
        ports = await listening(process, folder)
        with urllib.request.urlopen(f"{ports['monitoring'][0]}/varz") as answer:
            if not json.load(answer)["jetstream"]["config"].get("sync_always"):
                raise SystemExit("nats-server does not sync before it acknowledges")
        failed: Failure = asyncio.get_running_loop().create_future()

        async def fail(error: Exception) -> None:
            if not failed.done():
                failed.set_result(error)

        client = await nats.connect(ports["nats"][0], allow_reconnect=False, error_cb=fail)
        try:
            yield process.pid, client, failed
        finally:
            await client.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def listening(process: asyncio.subprocess.Process, folder: Path) -> dict[str, list[str]]:
    """Where the server listens, once it does."""
    file = folder / f"nats-server_{process.pid}.ports"
    until = time.monotonic() + STARTING_S
    while time.monotonic() < until and process.returncode is None:
        # The file may be half written.
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads(file.read_text())
        await asyncio.sleep(0.02)
    raise SystemExit(f"nats-server did not start:\n{(folder / 'log').read_text()}")


if __name__ == "__main__":
    main()
