from datetime import UTC, datetime

import pytest
from flask import Flask

from db.sealed import keyring
from db.session import transaction
from mailer import epochs, paces, providers, relays, sending_limits
from mailer.models.deliveries import Epoch
from mailer.sending_limits import Limits
from tests import builders
from tests.web.staff import members
from tests.web.staff.members import Member
from wiring.core import core

PAGE = "/staff/sending/"
FULL = {"per_second": "20", "window_mails": "500", "window_seconds": "60", "connections": "2"}


@pytest.fixture
def alma(app: Flask) -> Member:
    """Sign in an administrator."""
    return members.of(app, "alma", "admin")


def limits() -> Limits:
    """Return the limits as senders read them."""
    with transaction() as session:
        return sending_limits.read(session)


def slow(address: str, provider: str | None = None) -> None:
    """Have the domain of an address say that it wants to be sent less."""
    with transaction() as session:
        scope = paces.scope_of(keyring(session), address)
        paces.slow(session, scope, provider=provider, now=datetime.now(UTC))


def test_the_limits_are_set_and_shown(alma: Member) -> None:
    alma.post(PAGE, **FULL)
    assert limits() == Limits(20.0, 500, 60, 2)
    page = alma.read(PAGE)
    assert "From now on: 20 mails a second, 500 mails in 60 seconds, 2 connections." in page
    assert 'value="500"' in page
    assert members.acts() == ["sending.limit"]


def test_empty_fields_are_no_limit(alma: Member) -> None:
    alma.post(PAGE, **FULL)
    alma.post(PAGE, **dict.fromkeys(FULL, ""))
    assert limits() == Limits()
    assert "From now on: no limit." in alma.read(PAGE)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("per_second", "0", "The rate is between"),
        ("per_second", "many", "Write a number such as"),
        ("window_mails", "", "Give a window both"),
        ("window_seconds", "1", "seconds are between"),
        ("connections", "0", "The connections are between"),
        ("connections", "1.5", "Write a whole number"),
        ("window_mails", "9" * 400, "Write a whole number"),
    ],
)
def test_what_nobody_could_send_by_is_refused_and_kept_in_the_form(
    alma: Member, field: str, typed: str, sentence: str
) -> None:
    answer = alma.post(PAGE, **{**FULL, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text
    assert (limits(), members.acts()) == (Limits(), [])


def test_large_providers_are_named_and_small_domains_are_counted(alma: Member) -> None:
    assert "No recipient" in alma.read(PAGE)
    slow(f"amira@{min(providers.PROVIDERS['gmail'].domains)}", "gmail")
    slow("amira@example.org")
    page = alma.read(PAGE)
    assert '<span class="strong">gmail</span>: 10 mails a second' in page
    assert "1 other domain<" in page
    assert "example.org</" not in page.partition("Slowed at present")[2]


def test_the_mail_servers_are_listed_with_what_is_known(alma: Member) -> None:
    assert ">answers</span>" in alma.read(PAGE)
    name = core().relays[0].name
    with transaction() as session:
        relays.mark_away(session, name, reason="silence", now=builders.NOW, luck=0.5)
    page = alma.read(PAGE)
    assert ">away</span>" in page
    assert "It said: <q>silence</q>" in page


def test_a_restored_database_is_trusted_by_an_administrator(alma: Member) -> None:
    with transaction() as session:
        session.add(Epoch(id=1, number=-5, beat_at=builders.NOW))
    assert "looks restored from a backup" in alma.read("/staff/")
    alma.post(f"{PAGE}trust-database")
    assert "Tick that this is the only database" in alma.read(PAGE)
    alma.post(f"{PAGE}trust-database", **{"only-one": "yes"})
    assert "looks restored" not in alma.read(PAGE)
    with transaction() as session:
        assert not epochs.is_restored(session)
    assert members.acts() == ["database.trust"]
