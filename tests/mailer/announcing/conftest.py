"""Chen proposes, Dana approves."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from db.sealed import keyring
from db.session import transaction
from mailer import addresses, approvals, audience, control, schedules
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Delivery
from mailer.models.subscribers import Subscriber
from tests.cast import Staff

Act = Callable[..., None]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def chen(app: Flask, staff: Callable[..., Staff]) -> Staff:
    """Give an author."""
    return staff("chen", "author")


@pytest.fixture
def dana(app: Flask, staff: Callable[..., Staff]) -> Staff:
    """Give an approver."""
    return staff("dana", "approver")


def approve(id_: int, by: Staff) -> None:
    """Approve an announcement in a transaction of its own."""
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        approvals.approve(session, made, approver_id=by.id, now=NOW, read=None)


def start(id_: int, by: Staff) -> None:
    """Start an announcement in a transaction of its own."""
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        schedules.start(session, made, staff_id=by.id, now=NOW)


def cancel(id_: int, by: Staff | None) -> None:
    """Take an announcement back in a transaction of its own."""
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        staff_id = by.id if by else None
        control.cancel(session, made, staff_id=staff_id, note="a slip", now=NOW)


def freeze(id_: int) -> int:
    """Freeze the whole audience; return in how many transactions."""
    rounds, more = 0, True
    while more:
        with transaction() as session:
            more = audience.freeze(session, id_, now=NOW)
        rounds += 1
    return rounds


def freeze_once(id_: int) -> None:
    """Freeze one chunk of the audience."""
    with transaction() as session:
        audience.freeze(session, id_, now=NOW)


def mailed(id_: int) -> list[str]:
    """Return whose deliveries an announcement has, by address."""
    found = (
        select(Subscriber)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.announcement_id == id_)
        .order_by(Subscriber.id)
    )
    with transaction() as session:
        keys = keyring(session)
        return [addresses.unseal(keys, s.address, s.address_index) for s in session.scalars(found)]


def read(id_: int) -> Announcement:
    """Return an announcement as the tables have it now."""
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        _ = made.events, made.topics, made.release
        return made
