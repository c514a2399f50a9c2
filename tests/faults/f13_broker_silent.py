"""The broker freezes: its connections stay open and carry nothing, then go on."""

import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sandbox.proxy.server import Proxy
from sandbox.proxy.target import Target
from tests.faults.finding import Finding
from tests.faults.site import Site
from tests.faults.visitor import Visitor

POST_SECONDS = 1.0
"""What a visitor's post may take at most while the broker is silent."""


def run(site: Site) -> Finding:
    """A visitor's post waits for no broker; workers find it again within a minute."""
    silent = 90 if site.long else 15
    path = unquote(urlsplit(site.engines.valkey.url()).path)
    with Proxy(Target(path=Path(path))) as proxy:
        broker = f"redis://127.0.0.1:{proxy.port}"
        visitor = Visitor(site.serve(REDIS_URL=broker))
        site.keep(REDIS_URL=broker)
        site.send(REDIS_URL=broker)
        before = _slowest(site, visitor, "before")
        proxy.silence()
        ends = time.monotonic() + silent
        id_ = site.announce(300)
        during = _slowest(site, visitor, "during")
        time.sleep(max(0.0, ends - time.monotonic()))
        proxy.resume()
        site.healed()
        site.finish(id_)
    late = f"a post took {during:.1f} s while the broker was silent"
    beside = {"slowest_post_s": {"before": round(before, 3), "during": round(during, 3)}}
    faults = [late] if during > POST_SECONDS else []
    return site.finding(id_, rounds=1, within=60, faults=faults, beside=beside)


def _slowest(site: Site, visitor: Visitor, name: str) -> float:
    """Ask for subscriptions and return how long the slowest answer took, in seconds."""
    addresses = [f"{name}{number}@example.org" for number in range(20)]
    site.others.update(addresses)
    return max(visitor.ask(address).seconds for address in addresses)
