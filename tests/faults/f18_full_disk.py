"""The journal's disk, a tmpfs of 64 KB, is full for some seconds in the middle of a send (needs root)."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding, Skipped
from tests.faults.site import CONNECTIONS, Site

STOP_SECONDS = 20
"""How long senders may go on with the space that their journals already have."""
SILENT_SECONDS = 3
"""So long without a mail is a stop."""
_MOUNT = 'mkdir -p "$0" && mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"'


def run(site: Site) -> Finding:
    """Sending stops before a mark is lost, and goes on by itself when there is space again."""
    _check()
    rounds, readers = (20, 20_000) if site.long else (2, 2_000)
    site.misbehave([Rule("dot", "delay", seconds=0.05)])
    site.keep()
    state = site.folder / "small"
    mounted = ("unshare", "-m", "sh", "-c", _MOUNT, str(state))
    worker = site.send(before=mounted, STATE_DIR=str(state))
    id_ = site.announce(readers)
    faults = []
    for number in range(1, rounds + 1):
        site.sent(number * readers // (rounds + 2))
        with _full(Path(f"/proc/{worker.pid}/root{state}")):
            if not _stops(site):
                faults.append("sending went on though no mark could be kept")
        site.healed()
    site.finish(id_)
    return site.finding(id_, rounds=rounds, allowed=rounds * CONNECTIONS, within=15, faults=faults)


def _check() -> None:
    """Raise Skipped where this account may not mount a file system of its own."""
    try:
        made = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    except FileNotFoundError:
        raise Skipped("there is no unshare (util-linux) here") from None
    if made.returncode:
        raise Skipped("a small tmpfs can be mounted by root alone; run it as root")


@contextlib.contextmanager
def _full(folder: Path) -> Iterator[None]:
    """Take all the space in a folder, and all that is given back, until the block ends."""
    end, path = threading.Event(), folder / "filling"
    filler = threading.Thread(target=_fill, args=(path, end))
    filler.start()
    try:
        yield
    finally:
        end.set()
        filler.join()
        path.unlink()


def _fill(path: Path, end: threading.Event) -> None:
    with path.open("ab", buffering=0) as file:
        # Without a pause: a journal that is cleared gives its page back, and its next line wants it again.
        while not end.is_set():
            with contextlib.suppress(OSError):
                os.write(file.fileno(), bytes(4096))


def _stops(site: Site) -> bool:
    give_up_at = time.monotonic() + STOP_SECONDS
    while time.monotonic() < give_up_at:
        before = len(site.accepted)
        time.sleep(SILENT_SECONDS)
        if len(site.accepted) == before:
            return True
    return False
