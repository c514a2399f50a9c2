"""A visitor enters something that cannot be acted on: a sentence beside the field, and nothing stored."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders
from tests.cast import AMIRA
from tests.web.public import visits
from tests.web.public.outline import Outline
from web import forms
from wiring.core import core

FORM = "application/x-www-form-urlencoded"
HOSTILE_ADDRESSES = [
    "",
    "   ",
    "amira",
    "amira at example.org",
    "amira@",
    "@example.org",
    "amira@localhost",
    "amira@[127.0.0.1]",
    "amira@example.org, boris@example.org",
    "amira@example.org\r\nBcc: boris@example.org",
    "Amira <amira@example.org>",
    '"a b"@example.org',
    "amira\N{RIGHT-TO-LEFT OVERRIDE}@example.org",
    "amira\N{ZERO WIDTH SPACE}@example.org",
    "amirä@example.org",
    "amira@exa_mple.example",
    "amira@xn--.example",
    "amira@" + "a" * 64 + ".org",
    "a" * 60_000,
    "<script>alert(1)</script>@example.org",
    "' OR 1=1; --",
    "{{ 7 * 7 }}@example.org",
    "%s%n%x@example.org%",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_what_is_no_address_is_shown_again_with_a_sentence(
    client: FlaskClient, address: str
) -> None:
    builders.topic()
    before = visits.everything()
    answer = visits.ask(client, address)
    field = next(f for f in Outline(answer.text).all("input") if f.get("id") == "address")
    assert answer.status_code == 422
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "address-fault")
    assert field["value"].split() == address.split()
    assert visits.everything() == before


BODIES = {
    "bytes that are not UTF-8": (b"address=\xff\xfe&topic=releases", FORM),
    "escapes that are not UTF-8": (b"address=%ff%fe&topic=releases", FORM),
    "a NUL": (b"address=a%00b@example.org&topic=releases", FORM),
    "a NUL in a topic": (b"address=amira@example.org&topic=rel%00eases", FORM),
    "a megabyte in a field": (b"address=" + b"a" * 1_000_000, FORM),
    "a megabyte of topics": (b"topic=a&" * 125_000, FORM),
    "nothing": (b"", FORM),
    "no type": (b"address=amira@example.org&topic=releases", ""),
    "JSON": (b'{"address": "amira@example.org", "topic": ["releases"]}', "application/json"),
    "a form without its boundary": (b"--x\r\n\r\nhello", "multipart/form-data"),
    "a form that breaks off": (
        b'--x\r\nContent-Disposition: form-data; name="address"\r\n\r\nam',
        "multipart/form-data; boundary=x",
    ),
    "a form whose text is not UTF-8": (
        b'--x\r\nContent-Disposition: form-data; name="address"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "a file instead of an address": (
        b'--x\r\nContent-Disposition: form-data; name="address"; filename="a"\r\n\r\na\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_hostile_body_is_answered_with_the_form_and_a_sentence(
    client: FlaskClient, what: str
) -> None:
    builders.topic()
    before = visits.everything()
    data, kind = BODIES[what]
    answer = client.post("/subscribe", data=data, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert 'id="address-fault"' in answer.text
    assert 'name="form_nonce"' in answer.text
    assert visits.everything() == before


def test_without_a_topic_a_sentence_stands_beside_the_topics(client: FlaskClient) -> None:
    builders.topic()
    answer = visits.ask(client, topic=())
    group = Outline(answer.text).all("fieldset")[0]
    assert answer.status_code == 422
    assert group["aria-describedby"] == "topics-fault"
    assert "choose at least one topic" in answer.text
    assert f'value="{AMIRA}"' in answer.text


def test_an_unknown_topic_is_answered_beside_the_topics_and_stores_nothing(
    client: FlaskClient,
) -> None:
    builders.topic()
    before = visits.everything()
    answer = visits.ask(client, topic=("releases", "weather"))
    assert answer.status_code == 422
    assert "not on offer any more" in answer.text
    assert 'value="releases" checked' in answer.text
    assert visits.everything() == before


def test_every_fault_is_shown_at_once_and_linked_to_its_field(client: FlaskClient) -> None:
    builders.topic()
    page = Outline(visits.ask(client, "amira", topic=(), nonce="").text)
    links = [link["href"] for link in page.all("a")]
    assert "#address" in links
    assert "#topics" in links
    assert page.elements[[e[1].get("role") for e in page.elements].index("alert")]
    assert page.faults() == []


@pytest.mark.parametrize("age", [timedelta(hours=13), timedelta(days=400), -timedelta(hours=1)])
def test_a_form_that_was_open_too_long_comes_back_as_it_was_filled_in(
    client: FlaskClient, age: timedelta
) -> None:
    builders.topic()
    before = visits.everything()
    nonce = core().tokens.form_nonce("subscribe", now=datetime.now(UTC) - age)
    answer = visits.ask(client, nonce=nonce)
    assert answer.status_code == 400
    assert "What you entered is still here" in answer.text
    assert f'value="{AMIRA}"' in answer.text
    assert visits.everything() == before


@pytest.mark.parametrize("nonce", ["", "x", "a.b.c", "é", "9" * 10_000])
def test_a_form_without_our_nonce_stores_nothing(client: FlaskClient, nonce: str) -> None:
    builders.topic()
    before = visits.everything()
    assert visits.ask(client, nonce=nonce).status_code == 400
    assert visits.everything() == before


def test_the_nonce_of_another_form_does_not_do(client: FlaskClient) -> None:
    builders.topic()
    assert visits.ask(client, nonce=forms.nonce("donate")).status_code == 400


def test_a_form_that_came_back_can_be_sent_as_it_is(client: FlaskClient) -> None:
    builders.topic()
    page = Outline(visits.ask(client, nonce="").text)
    fresh = next(f["value"] for f in page.all("input") if f["name"] == "form_nonce")
    assert visits.ask(client, nonce=fresh).status_code == 200


words = st.one_of(st.text(max_size=60), st.emails(), st.just("releases"))


@given(address=words, topic=st.lists(words, max_size=4))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_only_what_is_answered_with_success_is_ever_stored(
    client: FlaskClient, address: str, topic: list[str]
) -> None:
    builders.topic()
    before = visits.everything()
    body = {"address": address, "topic": topic, "form_nonce": forms.nonce("subscribe")}
    answer = client.post("/subscribe", data=urlencode(body, doseq=True), content_type=FORM)
    assert answer.status_code in {200, 400, 422}
    assert answer.status_code == 200 or visits.everything() == before
    assert (answer.status_code == 200) == ("Look in your mailbox" in answer.text)


@given(
    body=st.binary(max_size=300), kind=st.sampled_from([FORM, "multipart/form-data; boundary=x"])
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_at_all_are_answered_with_an_error_of_ours(
    client: FlaskClient, body: bytes, kind: str
) -> None:
    before = visits.everything()
    answer = client.post("/subscribe", data=body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert visits.everything() == before
