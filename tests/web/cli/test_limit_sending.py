from datetime import UTC, datetime

import pytest
from flask import Flask

from db.sealed import keyring
from db.session import transaction
from mailer import paces, relays
from tests import builders
from tests.cast import hire
from tests.web.cli import commands
from tests.web.staff import members
from wiring.core import core

NONE = dict.fromkeys(("per_second", "window_mails", "window_seconds", "connections"))


def test_limits_are_printed_and_set_one_by_one(app: Flask) -> None:
    assert commands.run(app, "sending", "limits").stdout == "no limit\n"
    commands.run(app, "sending", "limits", "--per-second", "20")
    result = commands.run(app, "sending", "limits", "--window", "500/60", "--connections", "1")
    said = "20 mails a second, 500 mails in 60 seconds, 1 connection\n"
    assert result.stdout == said
    assert commands.run(app, "sending", "limits").stdout == said
    assert members.acts() == ["sending.limit", "sending.limit"]


def test_none_takes_away_all_but_what_is_given_with_it(app: Flask) -> None:
    commands.run(app, "sending", "limits", "--window", "500/60", "--connections", "1")
    assert commands.value(app, "sending", "limits", "--none", "--per-second", "5") == {
        **NONE,
        "per_second": 5.0,
    }
    assert commands.value(app, "sending", "limits", "--none") == NONE


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--per-second", "0"), "The rate is between"),
        (("--window", "500/1"), "seconds are between"),
        (("--connections", "0"), "The connections are between"),
        (("--connections", "1", "--by", "chen@example.org"), "with the role admin"),
    ],
)
def test_what_nobody_could_send_by_is_refused(
    app: Flask, words: tuple[str, ...], sentence: str
) -> None:
    hire("chen", "author")
    assert sentence in commands.refused(app, "sending", "limits", *words)
    assert commands.value(app, "sending", "limits") == NONE
    assert commands.run(app, "sending", "limits", "--window", "500").exit_code == 2


def test_status_says_what_slows_mail_down(app: Flask) -> None:
    name = core().relays[0].name
    with transaction() as session:
        scope = paces.scope_of(keyring(session), "amira@example.org")
        paces.slow(session, scope, provider=None, now=datetime.now(UTC))
        relays.mark_away(session, name, reason="silence", now=builders.NOW, luck=0.5)
    status = commands.value(app, "sending", "status")
    assert status["slowed"] == {"providers": {}, "others": 1}
    assert (status["relays"][0]["name"], status["relays"][0]["reason"]) == (name, "silence")
    assert (status["limits"], status["restored"]) == (NONE, False)
    assert "example.org" not in commands.run(app, "sending", "status").stdout
