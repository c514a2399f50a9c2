"""Everything that is held about a person is in their file, opened, and nothing about anybody else."""

import json

from sqlalchemy import text

from db.session import transaction
from mailer import consent, disclosure, requests
from mailer.models.subscribers import ConfirmToken, ConsentKind, Subscriber
from tests import builders
from tests.cast import AMIRA, BORIS, hire
from tests.mailer.manage.conftest import Reader
from tests.mailer.sending.conftest import freeze

NEW = "amira.new@example.org"


def held(reader: Reader) -> disclosure.Record:
    """Return the file, as whoever downloads it reads it."""
    with transaction() as session:
        row = session.get_one(Subscriber, reader.id)
        found: disclosure.Record = json.loads(json.dumps(disclosure.gather(session, row)))
        return found


def test_the_row_is_there_opened(amira: Reader) -> None:
    row = held(amira)["subscriber"]
    assert (row["number"], row["address"], row["state"]) == (amira.id, AMIRA, "confirmed")
    assert row["confirmed_at"] == builders.NOW.isoformat()
    assert held(amira)["topics"] == [{"slug": "releases", "name": "Press releases"}]


def test_consent_events_come_with_their_words(amira: Reader) -> None:
    with transaction() as session:
        consent.record(
            session,
            session.get_one(Subscriber, amira.id),
            ConsentKind.CONFIRMED,
            at=amira.now,
            source="confirmation link",
            wording_hash=consent.keep_wording(session, "I ask for it."),
            topics=["releases"],
        )
    (event,) = held(amira)["consent_events"]
    assert (event["kind"], event["wording"]) == ("confirmed", "I ask for it.")
    assert (event["at"], event["topics"]) == (amira.now.isoformat(), ["releases"])


def test_each_release_mailed_is_named_with_what_became_of_it(amira: Reader) -> None:
    slug = builders.release()
    freeze(builders.announcement(slug, author=hire("chen"), approver=hire("dana")))
    with transaction() as session:
        session.execute(
            text("UPDATE delivery SET state = 'accepted', settled_at = :now"), {"now": amira.now}
        )
    (mail,) = held(amira)["releases_mailed"]
    assert (mail["release"], mail["state"]) == (slug, "accepted")
    assert mail["settled_at"] == amira.now.isoformat()


def test_mails_changes_links_and_requests_are_there(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    with transaction() as session:
        wording = consent.keep_wording(session, "Words.")
        entry = requests.Entry(AMIRA, ["releases"], "en", "Words.", "form /subscribe")
        requests.ask(session, entry, now=amira.now)
        session.add(
            ConfirmToken(
                jti_hash=b"x",
                subscriber_id=amira.id,
                topics=["releases"],
                wording_hash=wording,
                issued_at=amira.now,
            )
        )
    found = held(amira)
    assert [m["kind"] for m in found["other_mails"]] == ["address-change-told", "address-change"]
    assert [change["new_address"] for change in found["address_changes"]] == [NEW]
    assert [link["used_at"] for link in found["confirmation_links"]] == [None]
    assert [request["source"] for request in found["requests"]] == ["form /subscribe"]


def test_a_change_that_is_done_holds_no_second_copy(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    amira.confirm_move()
    assert [change["new_address"] for change in held(amira)["address_changes"]] == [None]
    assert held(amira)["subscriber"]["address"] == NEW


def test_who_left_sees_why_and_that_they_are_suppressed(amira: Reader) -> None:
    amira.leave()
    found = held(amira)
    assert found["subscriber"]["ended_reason"] == "unsubscribed"
    assert found["suppression"]["reason"] == "unsubscribed"


def test_nothing_of_anybody_else_is_in_it(amira: Reader) -> None:
    boris = Reader(amira.core, builders.subscriber(BORIS))
    boris.ask_for_link()
    boris.ask_for_move("boris.new@example.org")
    assert "boris" not in json.dumps(held(amira))


def test_no_link_that_works_is_in_it(amira: Reader) -> None:
    amira.ask_for_link()
    amira.ask_for_move(NEW)
    assert "http" not in json.dumps(held(amira))
