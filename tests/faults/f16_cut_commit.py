"""Database connections are cut at COMMIT: before it arrives, or once it is done and before the answer."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandbox.proxy.server import Proxy
from sandbox.proxy.target import Target
from sandbox.proxy.weather import Cut
from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


@dataclass(slots=True)
class _UnevenCut(Cut):
    """Strikes at every second to sixth: never in step with a lone sender, whose every try would end alike."""

    dice: random.Random = field(default_factory=random.Random, kw_only=True)

    def strikes(self, data: bytes) -> bool:
        struck = Cut.strikes(self, data)
        if struck:
            self.seen, self.every = 0, self.dice.randint(2, 6)
        return struck


def run(site: Site) -> Finding:
    """The journal has what the relay answered, whether or not the database took note of it."""
    readers = 10_000 if site.long else 1_000
    site.misbehave([Rule("dot", "delay", seconds=0.01)])
    heard = _UnevenCut(b"COMMIT", every=4, dice=site.dice)
    unheard = _UnevenCut(b"COMMIT", every=4, heard=False, dice=site.dice)
    with Proxy(Target(path=_socket(site))) as proxy:
        database = f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/{site.name}"
        site.keep()
        site.send(DATABASE_URL=database)
        proxy.cut_at(heard)
        id_ = site.announce(readers)
        site.sent(readers // 2)
        proxy.cut_at(unheard)
        site.struck()
        site.sent(readers * 9 // 10)
        proxy.cut_at(None)
        site.finish(id_)
    beside = {"done_but_not_told": heard.made, "not_done": unheard.made}
    rounds = heard.made + unheard.made
    faults = [] if heard.made and unheard.made else ["no connection was cut"]
    return site.finding(id_, rounds=rounds, faults=faults, beside=beside)


def _socket(site: Site) -> Path:
    host = parse_qs(urlsplit(site.engines.postgres.url()).query)["host"][0]
    return Path(host) / ".s.PGSQL.5432"
