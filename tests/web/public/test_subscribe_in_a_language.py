"""A visitor asks for mails in their language, and agrees to the words they were shown."""

import html

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config import languages
from config.settings import Settings
from db.session import transaction
from mailer import consent
from mailer.models.deliveries import OutboxMail
from mailer.models.subscribers import ConsentWording, Subscriber, SubscriberState
from tests import builders
from tests.browser import Page
from tests.cast import AMIRA
from tests.web.public import visits
from tests.web.public.outline import Outline


def chosen(page: str) -> str:
    """Return the language that the form has chosen for the mails."""
    options = [o for o in Outline(page).all("option") if "selected" in o]
    return options[0]["value"] if len(options) == 1 else ""


def post(client: FlaskClient, page: str, **fields: str) -> None:
    """Send the form of a page as it stands, with an address and a topic."""
    form = Page("", 200, page).form("subscribe")
    given = dict(form.fields) | {"address": AMIRA, "topic": "releases"} | fields
    client.post(form.action, data=given)
    visits.answer()


@pytest.mark.parametrize("code", languages.BY_CODE)
def test_the_form_proposes_the_language_of_the_page(client: FlaskClient, code: str) -> None:
    builders.topic()
    assert chosen(client.get(f"/subscribe?lang={code}").text) == code
    assert chosen(client.get("/subscribe", headers={"Accept-Language": code}).text) == code


@pytest.mark.parametrize("code", languages.BY_CODE)
def test_the_words_agreed_to_are_the_words_that_were_shown(client: FlaskClient, code: str) -> None:
    builders.topic()
    page = client.get("/subscribe", headers={"Accept-Language": code}).text
    # Another browser's language on the way back changes nothing: the form says which words it shows.
    post(client, page)
    with transaction() as session:
        wording = session.scalars(select(ConsentWording.text)).one()
    assert wording == consent.wording("Example Rights Foundation", code)
    assert f">{html.escape(wording)}</p>" in page


def test_the_mail_and_the_subscriber_are_of_the_language_that_was_chosen(
    client: FlaskClient,
) -> None:
    builders.topic()
    post(client, client.get("/subscribe?lang=fr").text, language="ar")
    with transaction() as session:
        assert session.scalars(select(OutboxMail.language)).all() == ["ar"]
        assert session.scalars(select(Subscriber.language)).all() == ["ar"]


def test_who_comes_back_has_the_language_they_ask_for_now(client: FlaskClient) -> None:
    builders.subscriber(AMIRA, state=SubscriberState.ENDED, language="en")
    post(client, client.get("/subscribe?lang=ar").text)
    with transaction() as session:
        assert session.scalars(select(Subscriber.language)).all() == ["ar"]


def test_a_form_that_asks_for_no_language_has_the_pages(client: FlaskClient) -> None:
    builders.topic()
    post(client, client.get("/subscribe?lang=ru").text, language="")
    with transaction() as session:
        assert session.scalars(select(OutboxMail.language)).all() == ["ru"]


@pytest.mark.parametrize("code", ["de", "xx", "AR", "en\r\nx", "ar" * 9_000])
def test_a_language_we_do_not_write_in_is_answered_beside_the_field(
    client: FlaskClient, code: str
) -> None:
    builders.topic()
    fields = {"form_nonce": "", "address": AMIRA, "topic": "releases", "language": code}
    answer = client.post("/subscribe?lang=es", data=fields)
    field = Outline(answer.text).all("select")[0]
    assert answer.status_code == 422
    assert (field["aria-invalid"], "language-fault" in field["aria-describedby"]) == ("true", True)
    assert "No escribimos en este idioma" in answer.text


def test_a_house_of_another_language_offers_it_for_its_releases(settings: Settings) -> None:
    builders.topic()
    with visits.site(settings, org_language="de") as german:
        page = german.get("/subscribe").text
    assert chosen(page) == "de"
    assert [o["value"] for o in Outline(page).all("option")] == [*languages.BY_CODE, "de"]


def test_faults_are_said_in_the_pages_language(client: FlaskClient) -> None:
    builders.topic()
    answer = client.post("/subscribe?lang=ru", data={"address": "amira"})
    for words in ("не похоже на адрес", "хотя бы одну тему", "больше 12 часов"):
        assert words in answer.text
