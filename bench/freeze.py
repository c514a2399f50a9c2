"""How fast the audience of a million readers is written down, and how long one chunk of it holds its rows."""

import sys
import time
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench import house, report
from bench.report import Goal
from db.base import db
from db.session import transaction
from mailer import approvals, audience, proposals, releases, schedules, topics
from mailer.models.deliveries import Delivery
from mailer.parts import Dateline, Parts
from staff.models import StaffMember

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
        populate()
        id_, counting = announcement()
        taken = freeze(id_)
        with transaction() as session:
            frozen = session.scalar(select(func.count()).select_from(Delivery))
    if frozen != READERS:
        sys.exit(f"{frozen} of {READERS} readers are in the audience")
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


def populate() -> None:
    """Make a million readers who hold two topics each, and let PostgreSQL take its statistics."""
    with transaction() as session:
        for slug in ("courts", "exile"):
            topics.add(session, slug=slug, name=slug.capitalize())
        session.execute(_READERS, {"readers": READERS})
        session.execute(_INTERESTS)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum does on a list that has grown; before that the planner guesses.
        connection.execute(text("VACUUM ANALYZE subscriber, subscriber_topic"))


def announcement() -> tuple[int, float]:
    """Start an announcement to all; return its id, and the seconds that counting them took."""
    now = datetime.now(UTC)
    with transaction() as session:
        author, approver = (_member(session, name) for name in ("chen", "dana"))
        parts = Parts("Example", "A sentence.", "en", dateline=Dateline("Example Town", None))
        release = releases.create(session, parts, topics=topics.offered(session))
        began = time.monotonic()
        audience.counted(session, audience.rule(release))
        counting = time.monotonic() - began
        made = proposals.propose(session, release, author_id=author, now=now)
        approvals.approve(session, made, approver_id=approver, now=now, read=None)
        schedules.start(session, made, staff_id=approver, now=now)
        return made.id, counting


def freeze(announcement_id: int) -> list[float]:
    """Freeze the audience as the worker does; return the seconds of each chunk, its commit included."""
    taken, more = list[float](), True
    while more:
        began = time.monotonic()
        with transaction() as session:
            more = audience.freeze(session, announcement_id, now=datetime.now(UTC))
        taken.append(time.monotonic() - began)
    return taken


def _member(session: Session, name: str) -> int:
    member = StaffMember(
        email=f"{name}@example.org", name=name, password="", active=True, fs_uniquifier=name
    )
    session.add(member)
    session.flush()  # the announcement names its people by number
    return member.id


if __name__ == "__main__":
    main()
