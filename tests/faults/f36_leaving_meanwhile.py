"""Readers leave by one-click (RFC 8058) at random times of a send."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site
from tests.faults.visitor import Visitor
from wiring.core import core

_WATCH = """
    CREATE TABLE marked (delivery_id bigint, at timestamptz);
    CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO marked SELECT id, NEW.window_at FROM delivery
             WHERE id BETWEEN NEW.window_first_id AND NEW.window_last_id AND state = 'queued';
            RETURN NEW;
        END $$;
    CREATE TRIGGER mark BEFORE UPDATE OF window_at ON batch FOR EACH ROW
        WHEN (NEW.window_at IS NOT NULL) EXECUTE FUNCTION mark();
"""
"""Notes when the transaction began in which a delivery came to hand, and so its reader's consent was read."""

_TOO_LATE = """
    SELECT count(*) FROM marked JOIN delivery ON delivery.id = marked.delivery_id
     WHERE delivery.subscriber_id = :reader AND marked.at > to_timestamp(:left_at)
"""


def run(site: Site) -> Finding:
    """Whoever had the answer to their click before a window was read is not in that window."""
    readers = 10_000 if site.long else 1_000
    leaving = readers // 3
    site.misbehave([Rule("dot", "delay", seconds=0.02)])
    visitor = Visitor(site.serve())
    site.rows(_WATCH)
    site.keep()
    site.send()
    id_ = site.announce(readers)
    site.sent(1)
    chosen = site.dice.sample(range(1, readers + 1), leaving)
    links = [urlsplit(core().links.unsubscribe(reader, 1)).path for reader in chosen]
    with ThreadPoolExecutor(4) as pool:
        left_at = list(pool.map(partial(_leave, visitor), links))
    site.finish(id_)
    late = sum(
        site.rows(_TOO_LATE, reader=who, left_at=at)[0][0]
        for who, at in zip(chosen, left_at, strict=True)
    )
    skipped = site.states(id_).get("skipped", 0)
    faults = [f"{late} were mailed though they had left before"] if late else []
    faults += [] if skipped else ["everybody was mailed before anybody had left"]
    return site.finding(id_, rounds=leaving, faults=faults, beside={"skipped": skipped})


def _leave(visitor: Visitor, path: str) -> float:
    """Do what a mail program's button does; return when the answer had come, in seconds since 1970."""
    answer = visitor.post(path, **{"List-Unsubscribe": "One-Click"})
    if answer.status != 200:
        raise RuntimeError(f"leaving was answered with {answer.status}")
    return time.time()
