"""How fast the audience of a million readers is written down, and how long one chunk of it holds its rows."""

import sys
import time

from sqlalchemy import func, select, text

from bench import frozen, house, report
from bench.report import Goal
from db.base import db
from db.session import transaction
from mailer import audience, topics
from mailer.models.deliveries import Delivery

READERS = 1_000_000

# Nobody unseals their addresses here: random bytes are as long as sealed ones, and take no time to make.
_READERS = text("""
    INSERT INTO subscriber (address, address_index, state, language, confirmed_at)
    SELECT sha256(int8send(n)) || sha256(int8send(-n)), sha256(int8send(n)), 'confirmed',
           CASE WHEN n % 2 = 0 THEN 'en' ELSE 'es' END, now()
      FROM generate_series(CAST(1 AS bigint), :readers) AS n
""")
_INTERESTS = text("""
    INSERT INTO subscriber_topic (subscriber_id, topic_id) SELECT subscriber.id, topic.id
      FROM subscriber CROSS JOIN topic ORDER BY subscriber.id, topic.id
""")


def main() -> None:
    """Measure and print."""
    with house.house():
        populate(READERS)
        id_, counting = announcement()
        taken = frozen.freeze(id_)
        with transaction() as session:
            written = session.scalar(select(func.count()).select_from(Delivery))
    if written != READERS:
        sys.exit(f"{written} of {READERS} readers are in the audience")
    report.say("freeze", sum(taken), "s", Goal(20, at_least=False), readers=READERS)
    report.say(
        "freeze-chunk",
        max(taken),
        "s, slowest",
        Goal(1, at_least=False),
        readers=READERS,
        chunks=len(taken),
    )
    report.say("freeze-count", counting, "s", readers=READERS)


def populate(readers: int) -> None:
    """Make readers who hold two topics each, and let PostgreSQL take its statistics."""
    with transaction() as session:
        for slug in ("courts", "exile"):
            topics.add(session, slug=slug, name=slug.capitalize())
        session.execute(_READERS, {"readers": readers})
        session.execute(_INTERESTS)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum does on a list that has grown; before that the planner guesses.
        connection.execute(text("VACUUM ANALYZE subscriber, subscriber_topic"))


def announcement() -> tuple[int, float]:
    """Start an announcement to all; return its id, and the seconds that counting them took."""
    with transaction() as session:
        release = frozen.release(session)
        began = time.monotonic()
        audience.counted(session, audience.rule(release))
        counting = time.monotonic() - began
        return frozen.start(session, release), counting


if __name__ == "__main__":
    main()
