"""A reader gives an OpenPGP key on their own page, sees which it is, and takes it away."""

import sys
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from db.sealed import keyring
from db.session import transaction
from mailer import pgp
from mailer.models.subscribers import PGP_COLUMN, Subscriber
from tests import builders, pgp_keys
from tests.cast import AMIRA
from wiring.core import core


@pytest.fixture
def amira(client: FlaskClient) -> int:
    return builders.subscriber(AMIRA)


def page(subscriber_id: int) -> str:
    """Return the path of a subscriber's own page, by a fresh link."""
    token = core().tokens.fresh(subscriber_id, 1, now=datetime.now(UTC))
    return f"/manage/{token}"


def give(client: FlaskClient, subscriber_id: int, text: str | None = None) -> TestResponse:
    """Paste a key and press the button."""
    fields = {"pgp": pgp_keys.public() if text is None else text}
    return client.post(f"{page(subscriber_id)}/pgp", data=fields)


def kept(subscriber_id: int) -> str | None:
    with transaction() as session:
        row = session.get_one(Subscriber, subscriber_id)
        if row.pgp_certificate is None:
            return None
        keys = keyring(session)
        return keys.open(row.pgp_certificate, column=PGP_COLUMN, row=row.address_index)


def test_a_key_that_was_given_is_kept_and_shown(client: FlaskClient, amira: int) -> None:
    answer = give(client, amira)
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    fingerprint = pgp.read(pgp_keys.public(), now=datetime.now(UTC)).fingerprint
    assert fingerprint in shown.replace(" ", "")
    assert "Reader &lt;amira@example.org&gt;" in shown
    assert kept(amira) == pgp_keys.public()


def test_what_is_stored_does_not_name_its_owner(client: FlaskClient, amira: int) -> None:
    give(client, amira)
    with transaction() as session:
        blob = session.get_one(Subscriber, amira).pgp_certificate or b""
    assert b"PGP" not in blob
    assert b"amira" not in blob


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", pgp.GARBAGE),
        ("amira", pgp.GARBAGE),
        (pgp_keys.ended(), pgp.EXPIRED),
        (pgp_keys.revoked(), pgp.REVOKED),
        (pgp_keys.signing_only(), pgp.CANNOT_ENCRYPT),
        (str(pgp_keys.secret()), pgp.PRIVATE),
    ],
    ids=["empty", "no key", "expired", "revoked", "signs only", "private"],
)
def test_a_bad_key_is_refused_with_its_reason_and_not_repeated(
    client: FlaskClient, amira: int, text: str, sentence: str
) -> None:
    answer = give(client, amira, text)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert "BEGIN PGP P" not in answer.text.replace(unescape(pgp.GARBAGE), "")
    assert kept(amira) is None


def test_a_bad_key_leaves_the_one_before_in_place(client: FlaskClient, amira: int) -> None:
    give(client, amira)
    give(client, amira, pgp_keys.ended())
    assert kept(amira) == pgp_keys.public()


def test_a_private_key_is_in_no_log(
    client: FlaskClient, amira: int, caplog: pytest.LogCaptureFixture
) -> None:
    private = str(pgp_keys.secret())
    with caplog.at_level("DEBUG"):
        give(client, amira, private)
    assert private.splitlines()[6] not in caplog.text


def test_a_key_can_be_taken_away(client: FlaskClient, amira: int) -> None:
    give(client, amira)
    answer = client.post(f"{page(amira)}/pgp/remove")
    assert "in clear again" in client.get(answer.location).text
    assert kept(amira) is None


def test_an_ended_key_is_said_on_the_page(client: FlaskClient, amira: int) -> None:
    pgp_keys.give(amira, pgp_keys.ended())
    shown = client.get(page(amira)).text
    assert pgp.EXPIRED in unescape(shown)
    assert "pgp/remove" in shown


@pytest.mark.parametrize("path", ["/pgp", "/pgp/remove"])
def test_the_link_in_a_forwarded_mail_changes_no_key(
    client: FlaskClient, amira: int, path: str
) -> None:
    give(client, amira)
    token = core().tokens.manage(amira, 1)
    answer = client.post(f"/manage/{token}{path}", data={"pgp": pgp_keys.public("eve@example.org")})
    assert answer.status_code == 404
    assert kept(amira) == pgp_keys.public()


def test_without_the_library_no_key_is_asked_for_or_taken(
    client: FlaskClient, amira: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    shown = client.get(page(amira)).text
    assert "all of them come in clear" in shown
    assert 'name="pgp"' not in shown
    assert give(client, amira).status_code == 422
    assert kept(amira) is None


def test_without_the_library_who_gave_a_key_reads_why_nothing_comes(
    client: FlaskClient, amira: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(client, amira)
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    shown = client.get(page(amira)).text
    assert "we cannot encrypt at present" in shown
    assert "pgp/remove" in shown
