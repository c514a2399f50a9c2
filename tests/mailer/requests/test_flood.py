"""A flood of posts: the victim gets one mail, and everybody else is served."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config import limits
from db.sealed import Keyring
from db.session import transaction
from mailer import addresses, caps, requests, subscribers
from mailer.models.requests import Cap, SubscriptionRequest
from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.builders import NOW
from tests.cast import AMIRA, BORIS
from tests.mailer.requests.conftest import Door

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEYS = Keyring({"index": b"i" * 32, "k1": b"k" * 32})


def test_ten_thousand_posts_for_one_victim_send_one_mail(door: Door) -> None:
    door.ask(AMIRA, times=10_000)
    assert door.mails() == {AMIRA: 1}
    assert door.answers() == {"taken": 1, "address had its share": 9_999}


def test_all_spellings_of_one_mailbox_share_its_cap(door: Door) -> None:
    for spelling in ("Amira@example.org", "amira+1@example.org", "AMIRA+x.y@example.org"):
        door.ask(spelling)
    assert sum(door.mails().values()) == 1


def test_a_day_later_one_more_and_after_three_without_answer_none_for_a_month(door: Door) -> None:
    for day in range(30):
        door.ask(AMIRA)
        assert sum(door.mails().values()) <= 3, day
        door.later(hours=24, seconds=1)
    assert door.answers()["taken"] == 3


def test_who_answered_may_ask_again(door: Door) -> None:
    for _ in range(5):
        door.ask(AMIRA)
        door.confirm_last()
        with transaction() as session:
            found = subscribers.find(session, AMIRA)
            assert found is not None
            subscribers.end(session, found, reason="unsubscribed", source="test", now=door.now)
        door.later(hours=24, seconds=1)
    assert door.answers()["taken"] == 5


def test_a_network_may_ask_for_so_many_an_hour(door: Door) -> None:
    for number in range(limits.ASKED_PER_NETWORK + 5):
        door.ask(f"reader{number}@example.org", network=f"203.0.113.{number}")
    assert len(door.mails()) == limits.ASKED_PER_NETWORK
    door.ask(BORIS, network="198.51.100.7")
    assert BORIS in door.mails()
    door.later(hours=1, seconds=1)
    door.ask("late@example.org", network="203.0.113.9")
    assert "late@example.org" in door.mails()


def test_a_domain_and_everybody_have_their_shares(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caps, "DOMAIN", caps.Limit("domain", 3, HOUR))
    monkeypatch.setattr(caps, "ALL", caps.Limit("all", 5, HOUR))
    for number in range(4):
        door.ask(f"reader{number}@example.org")
    for number in range(4):
        door.ask(f"reader{number}@example.net")
    assert door.answers() == {
        "taken": 5,
        "domain had its share": 1,
        "everybody had their share": 2,
    }


def test_what_was_answered_holds_no_address_any_more(door: Door) -> None:
    door.ask(AMIRA, network="203.0.113.9")
    with transaction() as session:
        row = session.scalars(select(SubscriptionRequest)).one()
        counted = session.scalars(select(Cap)).all()
    assert row.address is None
    assert row.network_tag is not None
    assert b"203.0.113" not in row.network_tag
    assert all(b"amira" not in cap.key for cap in counted)


def test_a_confirmed_reader_is_told_by_mail_and_stays_confirmed(door: Door) -> None:
    builders.subscriber(AMIRA)
    door.ask(AMIRA, times=3)
    assert door.mails() == {AMIRA: 1}
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED


@given(st.ip_addresses(v=4), st.integers(0, 255))
def test_one_slash_24_has_one_tag_and_the_next_day_another(network: object, last: int) -> None:
    whole = str(network)
    neighbour = f"{whole.rpartition('.')[0]}.{last}"
    tag = requests.network_tag(KEYS, whole, now=NOW)
    assert tag == requests.network_tag(KEYS, neighbour, now=NOW)
    assert tag == requests.network_tag(KEYS, f"::ffff:{neighbour}", now=NOW)
    assert tag != requests.network_tag(KEYS, whole, now=NOW + DAY)


@given(st.text())
def test_a_network_that_is_none_has_no_tag_or_a_hash(text: str) -> None:
    tag = requests.network_tag(KEYS, text, now=NOW)
    assert tag is None or len(tag) == 32


@given(st.emails())
def test_the_canonical_form_is_its_own_canonical_form(address: str) -> None:
    once = addresses.canonical(address)
    assert addresses.canonical(once) == once
    assert addresses.canonical(address.swapcase()) == once


def test_gmail_reads_no_dots_and_others_do() -> None:
    at = "@googlemail.com"  # kept apart from the name: no test spells an address that somebody may have
    assert addresses.canonical(f"A.mira+x{at}") == f"amira{at.replace('google', 'g')}"
    assert addresses.canonical("a.mira+x@example.org") == "a.mira@example.org"
