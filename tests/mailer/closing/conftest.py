"""An announcement to six readers that is over, in each way that a delivery can end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from config import derived
from db.session import transaction
from mailer import closing, control, proving
from mailer.models.announcements import Announcement, AnnouncementReport
from mailer.proving import Chain, Proof
from staff import audit
from tests import builders
from tests.cast import hire
from tests.mailer.announcing.conftest import freeze
from wiring.core import core

LATER = datetime(2030, 1, 1, tzinfo=UTC)
NO_SUCH_USER = "5.1.1 550 No such user …"
ENDS = (
    ("accepted", "250 2.0.0", 0, "gmail"),
    ("accepted", "250 2.0.0", 1, None),
    ("refused", NO_SUCH_USER, 0, "gmail"),
    ("refused", "gave up: 4.2.2 452 Mailbox full", 0, None),
    ("skipped", "left the topic", 0, None),
    ("uncertain", "the relay fell silent", 1, "yahoo"),
)
"""State, reason, doubts and provider of the deliveries 1 to 6."""


@pytest.fixture
def ended(app: Flask) -> int:
    """Give the id of an announcement that is over, and no report of it is kept."""
    return end()


@pytest.fixture
def closed(ended: int) -> int:
    """Give the id of an announcement whose report is kept and in the audit chain."""
    assert close(ended) is not None
    return ended


def end() -> int:
    """Announce a release to six readers, settle each delivery as `ENDS` says, and finish."""
    builders.number_anew()
    builders.subscribers(len(ENDS))
    id_ = begin()
    for number, values in enumerate(ENDS, start=1):
        settle(number, *values)
    finish()
    return id_


def begin(headline: str = "Example: a journalist is free again") -> int:
    """Announce a release, its audience frozen."""
    chen, dana = hire("chen", "author"), hire("dana", "approver")
    id_ = builders.announcement(builders.release(headline), author=chen, approver=dana)
    freeze(id_)
    return id_


def settle(number: int, state: str, reason: str, doubts: int, provider: str | None) -> None:
    """Settle a delivery as a worker would have."""
    values = {"id": number, "s": state, "r": reason, "d": doubts, "p": provider}
    say(
        "UPDATE delivery SET state = :s, reason = :r, doubts = :d, provider = :p, settled_at = now() "
        "WHERE id = :id",
        **values,
    )


def finish() -> None:
    """Close the batches, and let the sweeper find that nothing is left."""
    say("UPDATE batch SET closed_at = now()")
    with transaction() as session:
        control.finish_drained(session, now=datetime.now(UTC) + timedelta(seconds=10))


def close(id_: int) -> bytes | None:
    """Keep the report, and put its digest into the audit chain."""
    with transaction() as session:
        digest = closing.close(session, id_, now=LATER)
        if digest:
            audit.append(
                session,
                staff_id=None,
                act=closing.ACT,
                subject=closing.subject(id_),
                detail=closing.detail(digest),
                now=LATER,
                key=derived.audit_key(core().settings),
            )
        return digest


def prove(id_: int) -> Proof:
    """Prove an announcement as the command does."""
    with transaction() as session:
        entries = audit.entries(session, act=closing.ACT, subject=closing.subject(id_))
        faults = audit.verify(session, derived.audit_key(core().settings))
        chain = Chain(faults, [entry.detail for entry in entries])
        return proving.prove(session, session.get_one(Announcement, id_), chain)


def failing(id_: int) -> list[str]:
    """Return which checks fail."""
    return [check.check for check in prove(id_).checks if not check.holds]


def kept(id_: int) -> AnnouncementReport:
    """Return the report that is kept."""
    with transaction() as session:
        return session.get_one(AnnouncementReport, id_)


def say(statement: str, **values: Any) -> None:
    """Run a statement as the workers' database user."""
    with transaction() as session:
        session.execute(text(statement), values)


def tamper(statement: str, **values: Any) -> None:
    """Run a statement as somebody who owns the database: no trigger fires for them."""
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values)
