"""A visitor asks to be put on the list."""

import re
from datetime import UTC, datetime

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from config.settings import Settings
from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent, suppressions
from mailer.models.deliveries import OutboxMail
from mailer.models.subscribers import ConsentEvent, ConsentWording, Subscriber, SubscriberState
from tests import builders, processes
from tests.cast import AMIRA, BORIS, EVE
from tests.db.test_direct import end_every_other_connection
from tests.web.public import visits
from web import forms


def test_the_form_shows_each_topic_with_its_sentence(client: FlaskClient) -> None:
    builders.topic("releases", "Press releases")
    builders.topic("courts", "Courts & law")
    page = client.get("/subscribe").text
    assert "Press releases" in page
    assert "Courts &amp; law" in page
    assert 'value="courts" checked' not in page


def test_the_only_topic_is_ticked_already(client: FlaskClient) -> None:
    builders.topic()
    assert 'value="releases" checked' in client.get("/subscribe").text


def test_a_link_ticks_the_topic_that_it_names(client: FlaskClient) -> None:
    builders.topic("releases")
    builders.topic("courts")
    page = client.get("/subscribe?topic=courts&topic=nonsense").text
    assert re.findall(r'value="(\w+)" checked', page) == ["courts"]


def test_without_any_topic_the_page_says_that_nobody_can_subscribe(client: FlaskClient) -> None:
    page = client.get("/subscribe")
    assert page.status_code == 200
    assert "no topic to choose yet" in page.text
    assert "<form" not in page.text


def test_asking_stores_a_pending_subscriber_and_queues_one_mail(client: FlaskClient) -> None:
    builders.topic()
    assert visits.ask(client).status_code == 200
    with transaction() as session:
        assert session.scalars(select(Subscriber.state)).all() == [SubscriberState.PENDING]
        assert session.scalars(select(OutboxMail.template)).all() == ["confirm"]


def test_the_words_beside_the_button_are_those_of_the_consent_event(client: FlaskClient) -> None:
    builders.topic()
    page = client.get("/subscribe").text
    visits.ask(client)
    with transaction() as session:
        wording = session.scalars(select(ConsentWording.text)).one()
        event = session.scalars(select(ConsentEvent)).one()
    assert wording == consent.wording("Example Rights Foundation")
    assert f">{wording}</p>" in page
    assert (event.kind, event.source, event.topics) == (
        "requested",
        "form /subscribe",
        ["releases"],
    )


def test_the_answer_says_which_mail_will_come_and_what_to_do_if_none_does(
    client: FlaskClient,
) -> None:
    builders.topic()
    page = visits.ask(client).text
    for words in ("news@example.org", "72 hours", "unwanted mail", "hello@example.org"):
        assert words in page
    assert AMIRA not in page


def test_the_answer_is_the_same_bytes_whatever_the_address_was(client: FlaskClient) -> None:
    for state in SubscriberState:
        builders.subscriber(f"{state}@example.org", state=state)
    with transaction() as session:
        index = addresses.index(keyring(session), EVE)
        suppressions.add(session, index, reason="complaint")
    known = [f"{state}@example.org" for state in SubscriberState]
    answers = [visits.ask(client, address) for address in (BORIS, BORIS, EVE, *known, *known)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("state", [None, *SubscriberState])
def test_a_second_request_within_a_day_sends_no_second_mail(
    client: FlaskClient, state: SubscriberState | None
) -> None:
    builders.topic()
    if state:
        builders.subscriber(AMIRA, state=state)
    visits.ask(client)
    visits.ask(client, AMIRA.replace("example.org", "EXAMPLE.org "))
    assert visits.count(OutboxMail) == 1


def test_a_subscriber_who_asks_again_is_told_so_by_mail_alone(client: FlaskClient) -> None:
    builders.subscriber(AMIRA)
    visits.ask(client)
    with transaction() as session:
        assert session.scalars(select(OutboxMail.template)).all() == ["already-subscribed"]
    assert visits.count(ConsentEvent) == 0


def test_a_worker_is_rung_once_the_mail_is_queued(client: FlaskClient, settings: Settings) -> None:
    builders.topic()
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as broker:
        broker.delete("tx")
        visits.ask(client)
        processes.wait_until(lambda: broker.llen("tx") == 1)


def test_with_the_broker_away_the_answer_and_the_rows_are_the_same(
    client: FlaskClient, settings: Settings
) -> None:
    builders.topic()
    usual = visits.ask(client)
    with visits.site(settings, redis_url=SecretStr("redis://127.0.0.1:9/0")) as deaf:
        answer = visits.ask(deaf, BORIS)
    assert (answer.status_code, answer.data) == (200, usual.data)
    assert visits.count(OutboxMail) == 2


def test_the_form_and_its_answer_are_kept_by_no_cache(app: Flask) -> None:
    builders.topic()
    client = app.test_client()
    answers = [client.get("/subscribe"), visits.ask(client), visits.ask(client, "amira")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert not any(answer.headers.getlist("Set-Cookie") for answer in answers)


def test_the_mail_is_of_the_moment_it_was_asked_for(client: FlaskClient) -> None:
    builders.topic()
    visits.ask(client)
    with transaction() as session:
        at = session.scalars(select(ConsentEvent.at)).one()
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60


def test_a_topic_can_be_asked_for_as_soon_as_it_is_offered(client: FlaskClient) -> None:
    builders.topic()
    visits.ask(client)
    builders.topic("courts", "Courts & law")
    assert visits.ask(client, BORIS, topic=("courts",)).status_code == 200


def test_the_answer_is_kept_in_each_language_and_for_each_choice_of_one(
    client: FlaskClient,
) -> None:
    builders.topic()
    fields = {"form_nonce": forms.nonce("subscribe"), "address": AMIRA, "topic": "releases"}
    chosen = [
        client.post(f"/subscribe?lang={code}", data=fields).text for code in ["fr", "es", "fr"]
    ]
    browsers = client.post("/subscribe", data=fields, headers={"Accept-Language": "fr"}).text
    assert chosen[0] == chosen[2] != chosen[1]
    assert 'href="/subscribe?lang=fr"' in chosen[0]
    assert browsers == chosen[0].replace("?lang=fr", "")


def test_a_visitor_just_after_a_restart_of_the_database_is_answered_and_kept(
    client: FlaskClient,
) -> None:
    builders.topic()
    visits.ask(client)
    end_every_other_connection()
    assert visits.ask(client, BORIS).status_code == 200
    assert visits.count(OutboxMail) == 2
