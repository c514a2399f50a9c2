"""The tasks that close announcements and tell staff: row, audit entry and mails in one transaction."""

from collections.abc import Iterator

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from config.settings import Settings
from db.session import transaction
from mailer import closing, outbox
from mailer.models.announcements import AnnouncementReport
from mailer.models.deliveries import OutboxMail
from tests.cast import hire
from tests.mailer.closing.conftest import begin, end, kept, prove, say
from tests.mailer.closing.test_tell import pause, waiting
from tests.web.staff import members
from wiring import names
from worker.tasks import announcements


@pytest.fixture
def bells(settings: Settings) -> Iterator[redis.Redis]:
    """Give a client of the broker, its queue of single mails empty."""
    client = redis.Redis.from_url(settings.redis_url.get_secret_value())
    client.delete(names.TX)
    yield client
    client.delete(names.TX)
    client.close()


def addressees() -> list[str]:
    with transaction() as session:
        ids = session.scalars(select(OutboxMail.delivery_id)).all()
        return sorted(outbox.letter(session, id_).address for id_ in ids)


def test_what_is_over_is_closed_and_proved(app: Flask) -> None:
    id_ = end()
    announcements.close_out()
    assert members.acts() == ["announcement.close"]
    assert prove(id_).holds


def test_closing_again_changes_nothing(app: Flask) -> None:
    id_ = end()
    announcements.close_out()
    made_at = kept(id_).made_at
    announcements.close_out()
    assert (kept(id_).made_at, members.acts()) == (made_at, ["announcement.close"])


def test_what_is_not_over_is_left_alone(app: Flask) -> None:
    begin()
    announcements.close_out()
    assert members.acts() == []


def test_without_its_audit_entry_no_report_is_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    end()
    monkeypatch.setattr(closing, "ACT", None)
    with pytest.raises(TypeError):
        announcements.close_out()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(AnnouncementReport)) == 0


def test_approvers_administrators_and_the_author_are_told(app: Flask, bells: redis.Redis) -> None:
    id_ = begin()
    for name, *roles in (("amina", "admin"), ("bo", "author"), ("fin", "finance")):
        hire(name, *roles)
    hire("gone", "approver", "admin")
    say("UPDATE staff_member SET active = false WHERE email = 'gone@example.org'")
    pause(id_, "9 of the first 60 mails were refused.")
    announcements.tell()
    assert addressees() == ["amina@example.org", "chen@example.org", "dana@example.org"]
    assert (bells.llen(names.TX), waiting()) == (1, False)


def test_an_event_that_nobody_can_be_told_of_is_not_tried_for_ever(app: Flask) -> None:
    id_ = begin()
    say("UPDATE staff_member SET active = false")
    pause(id_, "9 of the first 60 mails were refused.")
    announcements.tell()
    assert (addressees(), waiting()) == ([], False)


def test_with_nothing_to_tell_no_bell_is_rung(app: Flask, bells: redis.Redis) -> None:
    announcements.tell()
    assert bells.llen(names.TX) == 0
