"""A fresh link goes to the address alone, a few times an hour, whoever presses the button."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from db.session import transaction
from mailer import suppressions
from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.mailer.manage.conftest import Reader, letters, mails


def test_it_is_mailed_to_the_address_and_opens_her_page(amira: Reader) -> None:
    amira.ask_for_link()
    assert mails() == [("manage-link", AMIRA)]
    token = urlsplit(str(letters()[0].context["fresh_url"])).path.rpartition("/")[2]
    assert amira.core.tokens.read_fresh(token, now=amira.now) == (amira.id, 1)


def test_at_most_three_are_mailed_in_an_hour_and_again_after_it(amira: Reader) -> None:
    for _ in range(20):
        amira.ask_for_link()
    assert len(mails()) == 3
    amira.now += timedelta(seconds=3601)
    amira.ask_for_link()
    assert len(mails()) == 4


def test_one_reader_does_not_use_up_anothers(amira: Reader) -> None:
    boris = Reader(amira.core, builders.subscriber(BORIS))
    for _ in range(5):
        amira.ask_for_link()
    boris.ask_for_link()
    assert mails()[-1] == ("manage-link", BORIS)


def test_who_left_gets_one_a_day(amira: Reader) -> None:
    amira.leave()
    for _ in range(3):
        amira.ask_for_link()
        amira.now += timedelta(hours=2)
    assert len(mails()) == 1
    amira.now += timedelta(hours=24)
    amira.ask_for_link()
    assert len(mails()) == 2


def test_so_does_who_is_suppressed(amira: Reader) -> None:
    with transaction() as session:
        suppressions.add(session, amira.row.address_index, reason="complaint")
    amira.ask_for_link()
    amira.ask_for_link()
    assert len(mails()) == 1


def test_who_never_confirmed_can_have_one_to_be_erased(amira: Reader) -> None:
    pending = builders.subscriber(BORIS, state=SubscriberState.PENDING)
    Reader(amira.core, pending).ask_for_link()
    assert mails() == [("manage-link", BORIS)]


@pytest.mark.parametrize("version", [0, 2, -1])
def test_a_link_of_another_version_mails_nothing(amira: Reader, version: int) -> None:
    amira.ask_for_link(version)
    assert mails() == []


@pytest.mark.parametrize("id_", [0, -1, 4711, 2**62])
def test_an_unknown_subscriber_is_answered_by_silence(amira: Reader, id_: int) -> None:
    Reader(amira.core, id_).ask_for_link()
    assert mails() == []


def test_who_is_erased_gets_none(amira: Reader) -> None:
    amira.erase()
    amira.ask_for_link(2)
    assert [template for template, _ in mails()] == ["erased"]
