"""Somebody asks for the link to a donor's page: no answer tells who gives, and nobody is mailed yet."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from config import languages, limits
from db.session import transaction
from payments import donor_links, donors
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Donor
from tests.cast import AMIRA, BORIS, EVE
from tests.payments.receipts import giver
from tests.web.public import own_gifts, own_links, visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline
from web import forms
from web.public import giving_links
from wiring.core import core

FORM = "application/x-www-form-urlencoded"


def ask(client: FlaskClient, address: str = BORIS, **fields: str) -> TestResponse:
    """Post the form."""
    nonce = {forms.FIELD: forms.nonce(giving_links.NAME)}
    return client.post("/giving", data={**nonce, "address": address, **fields})


@pytest.fixture
def boris(client: FlaskClient) -> str:
    """Give the path of the link that Boris was mailed, who gave 50 EUR."""
    with transaction() as session:
        giver.paid(session)
    return own_gifts.link()


def test_the_answer_is_the_same_for_every_address(client: FlaskClient, boris: str) -> None:
    with transaction() as session:
        erased = donors.find_or_make(session, EVE, language="en", now=datetime.now(UTC))
        erased.erased_at, erased.address = datetime.now(UTC), b""
    answers = [ask(client, address) for address in (BORIS, AMIRA, EVE, BORIS.upper())]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1
    assert visits.count(DonorLinkRequest) == 4
    assert own_links.kinds() == []


def test_the_form_and_its_answer_can_be_read_with_a_screen_reader(client: FlaskClient) -> None:
    for page in (client.get("/giving"), ask(client), ask(client, "boris")):
        assert Outline(page.text).faults() == []
        assert "Set-Cookie" not in page.headers
        assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("typed", ["", "boris", "a@b\r\nBcc: eve@example.org", "x" * 5_000])
def test_what_is_no_address_is_said_beside_the_field(client: FlaskClient, typed: str) -> None:
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert "address-fault" in answer.text
    assert visits.count(DonorLinkRequest) == 0


@pytest.mark.parametrize("field", [{forms.FIELD: "x"}, {forms.FIELD: ""}, {"website": "x"}])
def test_a_form_that_no_person_posts_is_shown_again(
    client: FlaskClient, field: dict[str, str]
) -> None:
    answer = ask(client, **field)
    assert answer.status_code == 400
    assert f'value="{BORIS}"' in answer.text
    assert Outline(answer.text).faults() == []
    assert visits.count(DonorLinkRequest) == 0


def test_a_nonce_of_another_form_is_not_taken(client: FlaskClient) -> None:
    assert ask(client, **{forms.FIELD: forms.nonce("subscribe")}).status_code == 400


@pytest.mark.parametrize("body", [b"address=%ff", b"address=a%00b", b"\xff=\xfe", b"=&=&&"])
def test_what_is_no_text_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/giving", data=body, content_type=FORM)
    assert answer.status_code in {400, 422}
    assert Outline(answer.text).faults() == []


def test_too_much_is_413_with_the_form(client: FlaskClient) -> None:
    answer = ask(client, "a" * 100_000)
    assert (answer.status_code, 'id="address"' in answer.text) == (413, True)


def test_a_network_has_its_share_of_links(client: FlaskClient) -> None:
    for n in range(limits.GIVING_LINKS_ASKED):
        assert ask(client, f"reader{n}@example.org").status_code == 200
    refused = {ask(client, address).status_code for address in (BORIS, AMIRA)}
    assert refused == {429}
    assert visits.count(DonorLinkRequest) == limits.GIVING_LINKS_ASKED
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    client.environ_base.update(elsewhere)
    assert ask(client).status_code == 200


def test_a_link_that_is_too_old_is_410_with_the_form_for_a_new_one(
    client: FlaskClient, boris: str
) -> None:
    answer = client.get(own_gifts.link(minutes_ago=61))
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert 'action="/giving' in answer.text
    assert Outline(answer.text).faults() == []
    assert BORIS not in answer.text


def test_who_gave_is_mailed_a_link_that_opens_their_page_and_nobody_else_is(
    client: FlaskClient, boris: str
) -> None:
    for address in (AMIRA, BORIS):
        ask(client, address)
    now = datetime.now(UTC)
    with transaction() as session:
        donor_links.answer(
            session, link=lambda d: core().links.giving(d.id, d.token_version, now=now), now=now
        )
    assert own_links.kinds() == [donor_links.TEMPLATE]
    assert BORIS in client.get(own_links.mailed(donor_links.TEMPLATE, "giving_url")).text


@pytest.mark.parametrize("change", [{"token_version": 2}, {"erased_at": datetime.now(UTC)}])
def test_a_link_of_another_version_or_of_who_was_erased_is_410(
    client: FlaskClient, boris: str, change: dict[str, object]
) -> None:
    more = {"address": b"", "name": None} if "erased_at" in change else {}
    with transaction() as session:
        session.execute(update(Donor).values(change | more))
    for path in ("", "/data.json", "/statements/2026.pdf", "/receipts/2026-00001.pdf", "/erase"):
        answer = client.get(boris + path)
        assert answer.status_code == 410
        assert "This link has ended" in answer.text
    assert client.post(f"{boris}/declaration/end").status_code == 410


@pytest.mark.parametrize(
    "token", ["x", "x" * 5_000, "WzEsMV0.x", "%F0%9F%92%A9", "..%2f", "%3Cscript%3E", "%00", "%ff"]
)
def test_a_damaged_link_is_404(client: FlaskClient, boris: str, token: str) -> None:
    answer = client.get(f"/giving/{token}")
    assert answer.status_code in {400, 404}
    assert Outline(answer.text).faults() == []
    assert "<script" not in answer.text


def test_a_link_of_another_purpose_opens_nothing(client: FlaskClient, boris: str) -> None:
    for path in (own_links.fresh(1), own_links.manage(1), visits.unsubscribe_path(1)):
        token = path.rpartition("/")[2]
        assert client.get(f"/giving/{token}").status_code == 404


@pytest.mark.parametrize("code", languages.BY_CODE)
def test_each_page_is_there_in_each_language(client: FlaskClient, boris: str, code: str) -> None:
    nonce = {forms.FIELD: forms.nonce(giving_links.NAME), "address": BORIS}
    pages = [client.get(f"{path}?lang={code}") for path in ("/giving", boris, f"{boris}/erase")]
    pages += [client.post(f"/giving?lang={code}", data=nonce), client.get(f"/giving/x?lang={code}")]
    for page in pages:
        html = Outline(page.text).all("html")[0]
        assert (html["lang"], html["dir"]) == (code, languages.BY_CODE[code].direction)
        assert Outline(page.text).faults() == []


def test_the_form_to_give_and_the_page_behind_it_lead_here(visit: Visit) -> None:
    for path in ("/donate", "/donate/thanks"):
        assert 'href="/giving"' in visit.client.get(path).text
