import pytest
from flask import Flask

from mailer import consent
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.mailer.subscribers.conftest import BEFORE, Person, amira, events
from tests.web.cli import commands
from tests.web.staff import members

__all__ = ["amira"]


def test_the_proof_is_the_chain_of_consent_with_the_words_that_were_shown(
    app: Flask, amira: Person
) -> None:
    BEFORE["ended"](amira)
    held = commands.value(app, "subscribers", "proof", AMIRA)
    chain = held["consent_events"]
    assert [event["kind"] for event in chain] == ["requested", "confirmed", "withdrawn"]
    assert (
        chain[0]["wording"] == chain[1]["wording"] == consent.wording("Example Rights Foundation")
    )
    assert (held["subscriber"]["state"], held["suppression"]["reason"]) == ("ended", "unsubscribed")
    assert members.acts() == ["subscriber.show"]


def test_the_proof_does_not_repeat_the_address(app: Flask, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    for words in ((), ("--json",)):
        assert "amira" not in commands.run(app, "subscribers", "proof", AMIRA, *words).output


def test_an_address_may_come_from_standard_input(app: Flask, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    runner = app.test_cli_runner()
    for words in (("proof", "-"), ("end", "-"), ("erase", "-", "--yes")):
        result = runner.invoke(args=["subscribers", *words], input=f"{AMIRA}\n")
        assert result.exit_code == 0, result.output
    assert amira.state is None


def test_everything_is_what_the_person_would_download(app: Flask, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    held = commands.value(app, "subscribers", "proof", AMIRA, "--everything")
    assert held["subscriber"]["address"] == AMIRA
    assert held["other_mails"]


def test_of_an_unknown_address_nothing_is_known(app: Flask, amira: Person) -> None:
    held = commands.value(app, "subscribers", "proof", BORIS)
    assert held["subscriber"] is held["suppression"] is None
    assert "There is no subscriber" in commands.run(app, "subscribers", "proof", BORIS).stdout
    for act in ("end", "erase"):
        assert "There is no subscriber" in commands.refused(app, "subscribers", act, BORIS)


def test_a_part_of_an_address_finds_nobody(app: Flask, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    assert "does not look like" in commands.refused(app, "subscribers", "proof", "amira")
    assert commands.value(app, "subscribers", "proof", "mira@example.org")["subscriber"] is None


@pytest.mark.parametrize("reason", ["asked us", "complained"])
def test_ending_suppresses_and_is_audited(app: Flask, amira: Person, reason: str) -> None:
    BEFORE["confirmed"](amira)
    commands.run(app, "subscribers", "end", AMIRA, "--reason", reason)
    assert (amira.state, amira.suppressed) == ("ended", True)
    assert members.acts() == ["subscriber.end"]
    assert (
        commands.value(app, "subscribers", "proof", AMIRA)["subscriber"]["ended_reason"] == reason
    )


def test_erasing_asks_first_and_leaves_the_suppression(app: Flask, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    assert commands.run(app, "subscribers", "erase", AMIRA).exit_code == 1
    assert amira.state == "confirmed"
    assert commands.run(app, "subscribers", "erase", AMIRA, "--yes").exit_code == 0
    assert not amira.state
    assert amira.suppressed
    assert events() == ["requested", "confirmed", "withdrawn"]
    held = commands.value(app, "subscribers", "proof", AMIRA)
    assert (held["subscriber"], held["suppression"]["reason"]) == (None, "erased")


def test_what_was_erased_is_audited_by_number(app: Flask) -> None:
    builders.subscriber(AMIRA)
    commands.run(app, "subscribers", "erase", AMIRA, "--yes")
    assert members.acts() == ["subscriber.erase"]
