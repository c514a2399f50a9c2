"""Hosts: this machine, or network namespaces on it that see nothing of each other but a relay."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

NETWORK: Final = "198.18"
"""RFC 2544: kept for measurements, and routed nowhere."""


class Unavailable(Exception):
    """This machine gives us no network namespaces; the message says why."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a worker runs: its name, and by which address it reaches the relay's host."""

    name: str
    relay: str = "127.0.0.1"
    #: What a command begins with to run there.
    inside: tuple[str, ...] = ()


@contextmanager
def namespaces(*names: str) -> Iterator[tuple[Host, list[Host]]]:
    """Give the relay's host and others, each on a cable of its own to it; raise Unavailable."""
    if shutil.which("ip") is None:
        raise Unavailable("there is no `ip`; install the package iproute2")
    with ExitStack() as stack:
        relay = _namespace(stack, "relay")
        yield relay, [_cabled(stack, relay, name, number) for number, name in enumerate(names)]


def _cabled(stack: ExitStack, relay: Host, name: str, number: int) -> Host:
    host = _namespace(stack, name)
    here, there = f"{NETWORK}.{number}.2", f"{NETWORK}.{number}.1"
    # The relay's end is named for who is at the other.
    veth = (
        f"link add eth0 netns {host.inside[-1]} type veth peer name {name} netns {relay.inside[-1]}"
    )
    _ip(*veth.split())
    for end, device, address in ((host, "eth0", here), (relay, name, there)):
        _ip("-n", end.inside[-1], "address", "add", f"{address}/24", "dev", device)
        _ip("-n", end.inside[-1], "link", "set", device, "up")
    return Host(name, there, host.inside)


def _namespace(stack: ExitStack, name: str) -> Host:
    """Make a namespace that goes with the stack, and its cables with it."""
    full = f"samizdat-{os.getpid()}-{name}"
    _ip("netns", "add", full)
    stack.callback(_ip, "netns", "delete", full)
    _ip("-n", full, "link", "set", "lo", "up")
    return Host(name, inside=("ip", "netns", "exec", full))


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"`ip {' '.join(words)}` failed: {done.stderr.strip()}")
