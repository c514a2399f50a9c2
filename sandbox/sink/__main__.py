"""Run a sink: python -m sandbox.sink --port N --record FILE [--script FILE] [--keep-bytes]."""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from sandbox.sink.record import Record
from sandbox.sink.rules import Script
from sandbox.sink.server import HOST, Server
from sandbox.sink.session import Desk, Offer


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 for a free one")
    parser.add_argument("--record", type=Path, required=True, help="JSON lines are added to it")
    parser.add_argument("--script", type=Path, help="rules as JSON, see sandbox/sink/rules.py")
    parser.add_argument("--keep-bytes", action="store_true", help="record whole messages")
    parser.add_argument("--without", action="append", default=[], help="an extension not to offer")
    return parser.parse_args()


async def serve(desk: Desk, port: int) -> None:
    """Serve until cancelled, and say on which port as soon as it is open."""
    server = Server(desk)
    found = await server.start(HOST, port)
    sys.stdout.write(f"The sink listens on {HOST}:{found}.\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def main() -> None:
    """Run until Ctrl-C or a signal."""
    given = options()
    script = Script.parse(given.script.read_text("utf-8")) if given.script else Script()
    everything = Offer().extensions
    offer = Offer(tuple(e for e in everything if e.split()[0] not in given.without))
    desk = Desk(offer, Record(given.record, keep_bytes=given.keep_bytes), script)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(desk, given.port))


if __name__ == "__main__":
    main()
