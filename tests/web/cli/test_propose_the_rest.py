"""Commands say who has a cancelled announcement's release by no other, and propose to send it to them."""

import pytest
from flask import Flask

from db.session import transaction
from mailer import audience, control
from tests import builders
from tests.cast import Staff, hire
from tests.web.cli import commands


@pytest.fixture
def chen(app: Flask) -> Staff:
    """Give the author of an announcement to two readers that is on its way."""
    builders.subscribers(2)
    chen = hire("chen", "author")
    builders.announcement(builders.release(), author=chen, approver=hire("dana"))
    with transaction() as session:
        audience.freeze(session, 1, now=builders.NOW)
    return chen


def settle() -> None:
    """Do what the sweeper does."""
    with transaction() as session:
        control.skip_cancelled(session, now=builders.NOW)


def test_cancelled_says_how_many_and_how_they_get_it(app: Flask, chen: Staff) -> None:
    said = commands.run(app, "announcements", "cancel", "1").stdout
    assert "At most 2 of its readers did not get the release" in said
    assert "'flask announcements propose-rest 1 --author EMAIL'" in said
    settle()
    said = commands.run(app, "announcements", "status", "1").stdout
    assert "2 of its readers did not get the release, by this announcement or another.\n" in said
    assert commands.value(app, "announcements", "status", "1")["rest"] == 2


def test_the_rest_is_proposed_to(app: Flask, chen: Staff) -> None:
    words = ("announcements", "propose-rest", "1", "--author", chen.email)
    assert "cancelled after its start" in commands.refused(app, *words)
    commands.run(app, "announcements", "cancel", "1")
    assert "try again in a few seconds" in commands.refused(app, *words)
    settle()
    assert commands.run(app, *words).stdout == "2\n"
    assert commands.value(app, "announcements", "status", "2")["state"] == "in review"


def test_what_was_not_cancelled_has_no_rest(app: Flask, chen: Staff) -> None:
    assert commands.value(app, "announcements", "status", "1")["rest"] is None
    assert "did not get" not in commands.run(app, "announcements", "status", "1").stdout
