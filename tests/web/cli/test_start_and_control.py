from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import audience, control, epochs
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Epoch
from tests import builders
from tests.cast import hire
from tests.web.cli import commands
from tests.web.staff import members

DANA = ("--by", "dana@example.org")
POLICY = "The mail server refuses us by policy: 5.7.1 not from you"


@pytest.fixture
def approved(app: Flask) -> None:
    """Approve a release for three subscribers, by command."""
    hire("chen", "author")
    hire("dana", "approver")
    builders.subscribers(3)
    run(app, "propose", builders.release(), "--author", "chen@example.org")
    run(app, "approve", "1", "--approver", "dana@example.org")


def run(app: Flask, *words: str) -> str:
    """Run a command about announcements that must succeed; return what it printed."""
    result = commands.run(app, "announcements", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(app: Flask, *words: str) -> str:
    """Run a command about announcements that must be refused; return its sentence."""
    return commands.refused(app, "announcements", *words)


def column(name: str) -> object:
    """Return a column of the one announcement there is."""
    with transaction() as session:
        return getattr(session.scalars(select(Announcement)).one(), name)


@pytest.mark.usefixtures("approved")
def test_it_starts_now_in_somebodys_name(app: Flask) -> None:
    run(app, "start", "1", *DANA)
    assert (members.states(), members.acts()[-1]) == (["preparing"], "announcement.start")
    assert "cannot take 'start'" in refused(app, "start", "1", *DANA)


@pytest.mark.usefixtures("approved")
def test_it_starts_by_itself_at_an_hour_said_in_a_zone(app: Flask) -> None:
    words = ("schedule", "1", "2036-12-14T09:00", "--zone", "Europe/Paris", *DANA)
    assert "14 December 2036, 09:00 (Europe/Paris), which is 08:00 UTC" in run(app, *words)
    assert column("start_at") == datetime(2036, 12, 14, 8, tzinfo=UTC)
    assert "It starts by itself on 14 December 2036" in run(app, "status", "1")
    run(app, "unschedule", "1", *DANA)
    assert members.states() == ["approved"]
    assert members.acts()[-2:] == ["announcement.schedule", "announcement.unschedule"]


@pytest.mark.usefixtures("approved")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("2016-12-14T09:00",), "is over; choose a time to come"),
        (("soon",), "Give the day and the hour"),
        (("2036-12-14T09:00", "--zone", "Nowhere"), "There is no time zone called"),
    ],
)
def test_an_hour_that_cannot_be_meant_is_refused(
    app: Flask, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(app, "schedule", "1", *words, *DANA)
    assert members.states() == ["approved"]


@pytest.mark.usefixtures("approved")
def test_whoever_only_writes_may_stop_it_but_not_send_it(app: Flask) -> None:
    chen = ("--by", "chen@example.org")
    for words in (("start", "1"), ("schedule", "1", "2036-12-14T09:00")):
        assert "with the role approver or admin" in refused(app, *words, *chen)
    run(app, "start", "1", *DANA)
    run(app, "pause", "1", "--note", "A quote is wrong", *chen)
    assert "A quote is wrong" in run(app, "status", "1")
    assert "with the role approver or admin" in refused(app, "resume", "1", *chen)
    run(app, "resume", "1", *DANA)
    did = ["announcement.start", "announcement.pause", "announcement.resume"]
    assert members.acts()[-3:] == did


@pytest.mark.usefixtures("approved")
def test_going_on_in_spite_of_refusals_is_for_what_these_paused(app: Flask) -> None:
    run(app, "start", "1", *DANA)
    run(app, "pause", "1")
    assert "It was not paused by refusals" in refused(app, "resume", "1", "--go-on", *DANA)
    run(app, "resume", "1", *DANA)
    with transaction() as session:
        one = session.scalars(select(Announcement)).one()
        control.pause(session, one, staff_id=None, note=POLICY, now=builders.NOW, tell=True)
    run(app, "resume", "1", "--go-on", *DANA)
    assert column("goes_on") is True


@pytest.mark.usefixtures("approved")
def test_the_rate_is_a_number_or_none(app: Flask) -> None:
    run(app, "rate", "1", "2.5", *DANA)
    assert column("rate") == 2.5
    assert "rate none" in run(app, "rate", "1", "--none")
    assert column("rate") is None
    assert "The rate is between" in refused(app, "rate", "1", "0")
    assert "The rate is between" in refused(app, "rate", "1", "nan")
    assert commands.run(app, "announcements", "rate", "1").exit_code == 2


@pytest.mark.usefixtures("approved")
def test_waiting_for_what_is_paused_ends_with_the_reason(app: Flask) -> None:
    run(app, "start", "1", *DANA)
    with transaction() as session:
        assert not audience.freeze(session, 1, now=builders.NOW)
    run(app, "pause", "1", "--note", "A quote is wrong")
    status = commands.value(app, "announcements", "status", "1")
    assert (status["state"], status["why"]) == ("paused", "A quote is wrong")


def test_a_release_is_sent_at_an_hour(app: Flask) -> None:
    people = ("--author", "chen@example.org", "--approver", "dana@example.org")
    hire("chen", "author")
    hire("dana", "approver")
    builders.subscribers(3)
    at = ("--at", "2036-12-14T09:00", "--zone", "Europe/Paris")
    assert run(app, "send", builders.release(), *people, *at) == "1\n"
    assert members.states() == ["scheduled"]
    assert members.acts()[-1] == "announcement.schedule"
    assert column("zone") == "Europe/Paris"


def test_a_restored_database_is_trusted_by_word(app: Flask) -> None:
    with transaction() as session:
        session.add(Epoch(id=1, number=-5, beat_at=builders.NOW))
    assert commands.value(app, "sending", "status")["restored"]
    assert commands.run(app, "announcements", "trust-database").exit_code == 1
    run(app, "trust-database", "--yes")
    with transaction() as session:
        assert not epochs.is_restored(session)
    assert members.acts() == ["database.trust"]
