"""Who left by a slip asks to be asked again: an ordinary request, and nothing is revived without a press."""

import pytest
from sqlalchemy import select

from db.session import transaction
from mailer import requests, returns
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import SubscriberState
from tests.cast import AMIRA
from tests.mailer.manage.conftest import Reader, mails


def come_back(reader: Reader, version: int = 1) -> list[SubscriptionRequest]:
    """Press 'mail me a link to come back'; return all requests."""
    with transaction() as session:
        returns.ask(session, reader.id, version, wording="W", network=None, now=reader.now)
    with transaction() as session:
        return list(session.scalars(select(SubscriptionRequest)))


def test_it_is_a_request_for_the_topics_they_had(amira: Reader) -> None:
    amira.leave()
    (request,) = come_back(amira)
    assert (request.topics, request.source) == (["releases"], "form /unsubscribe")
    with transaction() as session:
        requests.answer(session, links=amira.core.links, now=amira.now)
    assert mails() == [("confirm", AMIRA)]
    assert amira.row.state is SubscriberState.ENDED


def test_who_is_on_the_list_has_nothing_to_come_back_to(amira: Reader) -> None:
    assert come_back(amira) == []


@pytest.mark.parametrize("version", [0, 2])
def test_a_link_of_another_version_asks_for_nothing(amira: Reader, version: int) -> None:
    amira.leave()
    assert come_back(amira, version) == []


def test_who_is_erased_cannot_be_asked_for_by_an_old_link(amira: Reader) -> None:
    amira.erase()
    assert come_back(amira) == []
    assert come_back(amira, 2) == []
