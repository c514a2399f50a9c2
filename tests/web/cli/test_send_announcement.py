import threading
import time

import pytest
from flask import Flask
from sqlalchemy import update

from db.session import transaction
from mailer import announcements, audience, control, relays, releases
from mailer.models.deliveries import Batch, Delivery, DeliveryState
from tests import builders
from tests.cast import hire
from tests.web.cli import commands
from tests.web.staff import members
from wiring import names
from wiring.core import core

PEOPLE = ("--author", "chen@example.org", "--approver", "dana@example.org")
KEYS = {
    *("id", "state", "recipients", "accepted", "deferred", "refused", "skipped", "uncertain"),
    *("queued", "perhaps_twice", "equation_holds"),
}


@pytest.fixture
def slug(app: Flask) -> str:
    """Hire two people, and give them a release for three subscribers."""
    hire("chen", "author")
    hire("dana", "approver")
    builders.subscribers(3)
    return builders.release()


def deliver() -> None:
    """Do what the worker does: freeze, send all, finish."""
    with transaction() as session:
        audience.freeze(session, 1, now=builders.NOW)
        session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED))
        session.execute(update(Batch).values(closed_at=builders.NOW))
        control.finish_drained(session, now=builders.NOW)


def test_the_announcement_starts_in_two_names_and_its_id_is_printed(app: Flask, slug: str) -> None:
    result = commands.run(app, "announcements", "send", slug, *PEOPLE)
    assert (result.exit_code, result.stdout) == (0, "1\n")
    with transaction() as session:
        one = announcements.get(session, 1)
        assert one is not None
        assert (one.state.value, one.author_id, one.approver_id) == ("preparing", 1, 2)
    did = [f"announcement.{act}" for act in ("propose", "approve", "start")]
    assert members.acts() == did


def test_the_worker_is_woken_to_freeze_the_audience(app: Flask, slug: str) -> None:
    core().celery.control.purge()
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    with core().celery.connection_for_read() as connection:
        message = connection.default_channel.basic_get(names.QUEUE_OF[names.FREEZE], no_ack=True)
    assert message is not None
    assert (message.headers["task"], message.headers["argsrepr"]) == (names.FREEZE, "[1]")


def test_status_has_every_count_and_the_equation(app: Flask, slug: str) -> None:
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    deliver()
    status = commands.value(app, "announcements", "status", "1")
    assert status.keys() >= KEYS
    assert (status["state"], status["recipients"], status["accepted"]) == ("finished", 3, 3)
    output = commands.run(app, "announcements", "status", "1").stdout
    assert "3 recipients = 3 accepted + 0 refused + 0 skipped + 0 uncertain" in output


def test_status_says_that_the_mail_server_is_away(app: Flask, slug: str) -> None:
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    with transaction() as session:
        relays.mark_away(session, "relay:25", reason="silence", now=builders.NOW, luck=0.5)
    output = commands.run(app, "announcements", "status", "1").stdout
    assert "The mail server does not answer" in output


def test_waiting_ends_when_the_announcement_is_finished(app: Flask, slug: str) -> None:
    def work() -> None:
        with app.app_context():
            while "preparing" not in members.states():
                time.sleep(0.05)
            deliver()

    worker = threading.Thread(target=work)
    worker.start()
    found = commands.value(app, "announcements", "send", slug, *PEOPLE, "--wait")
    worker.join()
    assert (found["id"], found["state"], found["accepted"]) == (1, "finished", 3)


@pytest.mark.parametrize(
    ("author", "approver", "sentence"),
    [
        ("dana", "dana", "dana@example.org is not an active staff member with the role author"),
        ("chen", "chen", "chen@example.org is not an active staff member with the role approver"),
        ("bela", "bela", "The author cannot approve"),
        ("eve", "dana", "No staff member has the address eve@example.org"),
        ("chen", "eve", "No staff member has the address eve@example.org"),
    ],
)
def test_two_people_with_their_roles_are_needed(
    app: Flask, slug: str, author: str, approver: str, sentence: str
) -> None:
    hire("bela", "author", "approver")
    people = ("--author", f"{author}@example.org", "--approver", f"{approver}@example.org")
    assert sentence in commands.refused(app, "announcements", "send", slug, *people)
    assert members.states() == []
    assert members.acts() == []


def test_a_release_is_sent_once(app: Flask, slug: str) -> None:
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    sentence = commands.refused(app, "announcements", "send", slug, *PEOPLE)
    assert "has an announcement already" in sentence
    assert members.states() == ["preparing"]


@pytest.mark.usefixtures("slug")
def test_a_release_without_topics_or_of_another_name_is_not_sent(app: Flask) -> None:
    with transaction() as session:
        bare = releases.create(session, builders.parts("Bare"), topics=[]).slug
    assert "Choose at least one topic" in commands.refused(
        app, "announcements", "send", bare, *PEOPLE
    )
    assert "no release called x" in commands.refused(app, "announcements", "send", "x", *PEOPLE)


def test_announcements_are_listed_newest_first(app: Flask, slug: str) -> None:
    assert "There are no announcements yet" in commands.run(app, "announcements", "list").stdout
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    row = {"id": 1, "release": slug, "state": "preparing", "recipients": 0}
    assert commands.value(app, "announcements", "list") == [row]
    assert slug in commands.run(app, "announcements", "list").stdout


def test_a_proposal_is_taken_back(app: Flask, slug: str) -> None:
    builders.announcement(slug, author=hire("amina"))
    result = commands.run(app, "announcements", "cancel", "1", "--by", "chen@example.org")
    assert "nobody was mailed" in result.stdout
    assert members.states() == ["cancelled"]
    assert members.acts() == ["announcement.cancel"]


def test_what_is_over_or_is_not_there_cannot_be_taken_back(app: Flask, slug: str) -> None:
    commands.run(app, "announcements", "send", slug, *PEOPLE)
    assert "is cancelled" in commands.run(app, "announcements", "cancel", "1").stdout
    assert "that is cancelled" in commands.refused(app, "announcements", "cancel", "1")
    assert commands.run(app, "announcements", "status", "9" * 30).exit_code == 2
    for command in ("cancel", "status"):
        assert "no announcement 2" in commands.refused(app, "announcements", command, "2")
