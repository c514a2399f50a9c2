"""A visitor reads in their language: by choice, else by what their browser says, without a cookie."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from babel.messages import pofile
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import languages
from config.settings import Settings
from tests import builders
from tests.cast import AMIRA
from tests.web.public import visits
from tests.web.public.outline import Outline
from tests.web.public.test_read_pages import ARABIC, PAGES, RICH
from wiring.core import core

ASKED_FOR = [
    ("", "en"),
    ("ar", "ar"),
    ("fr-CA, en;q=0.8", "fr"),
    ("en;q=0.3, ru;q=0.9, es;q=0.5", "ru"),
    ("de, sv;q=0.9, es;q=0.1", "es"),
    ("ES-mx", "es"),
    ("ar;q=0, fr;q=0.2", "fr"),
    ("de", "en"),
    ("*", "en"),
    ("ru;q=nonsense", "en"),
    (";;;,,,q=1,\x80\xff" * 50, "en"),
    ("x" * 5_000, "en"),
]


def own_page() -> str:
    """Return the path of a subscriber's own page, as a fresh link opens it."""
    url = core().links.fresh(1, 1, now=datetime.now(UTC))
    return url.removeprefix(core().links.base_url)


MORE: dict[str, Callable[[FlaskClient], TestResponse]] = {
    "manage": lambda c: c.get(core().links.manage(1, 1).removeprefix(core().links.base_url)),
    "own page": lambda c: c.get(own_page()),
    "own page with faults": lambda c: c.post(f"{own_page()}/preferences"),
    "erasure": lambda c: c.get(f"{own_page()}/erasure"),
    "damaged manage": lambda c: c.get("/manage/x"),
    "damaged change of address": lambda c: c.get("/address/x"),
    "embedding": lambda c: c.get("/embed"),
    "second page of the list": lambda c: c.get("/releases/?page=2"),
    "wrong method": lambda c: c.post("/privacy"),
}


@pytest.fixture(params=PAGES | MORE)
def ask(request: pytest.FixtureRequest, client: FlaskClient) -> Callable[[str], TestResponse]:
    """Give each public page in turn, as a browser with these Accept-Language asks for it."""
    builders.subscriber(AMIRA, topic_slugs=("releases", "courts"))
    visits.publish(RICH, others=(ARABIC,))

    def asking(accepted: str) -> TestResponse:
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = accepted
        return (PAGES | MORE)[request.param](client)

    return asking


def words(page: str) -> str:
    """Return what is read on a page, in one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<pre\b.*?</pre>|<option[^>]*>[^<]*", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def english() -> set[str]:
    """Return the longer pieces of what our pages say in English, without their placeholders and markup."""
    with languages.catalogue("ar").open("rb") as file:
        said = [each.id for each in pofile.read_po(file) if each.id]
    texts = [text for each in said for text in ([each] if isinstance(each, str) else each)]
    pieces = {piece for text in texts for piece in re.split(r"%\(\w+\)s|<[^>]+>", text)}
    return {piece.strip() for piece in pieces if len(piece.strip()) > len("Press releases")}


ENGLISH = english()


def test_no_english_is_left_on_an_arabic_page(ask: Callable[[str], TestResponse]) -> None:
    page = ask("ar").text
    found = {words(page), *(text for e in Outline(page).elements for text in e[1].values())}
    assert {piece for piece in ENGLISH if any(piece in text for text in found)} == set()


def test_each_page_says_its_language_and_direction(ask: Callable[[str], TestResponse]) -> None:
    for code, language in languages.BY_CODE.items():
        answer = ask(code)
        page = Outline(answer.text).all("html")[0]
        chosen = "ar" if "lang=ar" in answer.request.url else code
        assert (page["lang"], page["dir"]) == (chosen, languages.BY_CODE[chosen].direction)
        assert answer.headers["Content-Language"] == chosen
        assert "Accept-Language" in answer.headers["Vary"]
        assert language.name in answer.text or answer.request.method == "POST"


def test_each_page_has_no_faults_in_arabic(ask: Callable[[str], TestResponse]) -> None:
    assert Outline(ask("ar").text).faults() == []


@pytest.mark.parametrize(("accepted", "code"), ASKED_FOR)
def test_the_browser_says_which_language(client: FlaskClient, accepted: str, code: str) -> None:
    page = client.get("/", headers={"Accept-Language": accepted.encode().decode("latin-1")})
    assert page.status_code == 200
    assert Outline(page.text).all("html")[0]["lang"] == code


@pytest.mark.parametrize(
    ("query", "code"),
    [("ru", "ru"), ("ar", "ar"), ("AR", "fr"), ("de", "fr"), ("", "fr"), ("../en", "fr")],
)
def test_a_choice_goes_before_the_browser_and_nonsense_does_not(
    client: FlaskClient, query: str, code: str
) -> None:
    headers = {"Accept-Language": "fr"}
    page = client.get("/privacy", query_string={"lang": query}, headers=headers).text
    assert Outline(page).all("html")[0]["lang"] == code


def test_without_a_wish_the_page_is_in_the_houses_language(settings: Settings) -> None:
    with visits.site(settings, org_language="ru") as russian:
        assert Outline(russian.get("/").text).all("html")[0]["lang"] == "ru"
    with visits.site(settings, org_language="de") as german:
        assert Outline(german.get("/").text).all("html")[0]["lang"] == "en"


def test_a_choice_is_kept_in_every_link_within_the_site(client: FlaskClient) -> None:
    builders.topic()
    visits.publish()
    for path in ("/", "/releases/", "/subscribe", "/privacy", "/nothing"):
        page = Outline(client.get(path, query_string={"lang": "ar"}).text)
        links = [a["href"] for a in page.all("a") if a["href"].startswith("/")]
        assert links
        assert {tuple(parse_qs(urlsplit(link).query)["lang"]) for link in links} == {("ar",)}


def test_without_a_choice_no_address_names_a_language(client: FlaskClient) -> None:
    page = Outline(client.get("/", headers={"Accept-Language": "ar"}).text)
    assert not [a["href"] for a in page.all("a") if "lang=" in a["href"] and a["href"][0] == "/"]


def test_the_switch_leads_to_this_page_in_each_language(client: FlaskClient) -> None:
    page = Outline(client.get("/subscribe?topic=courts&lang=fr").text)
    switch = [a for a in page.all("a") if a.get("hreflang")]
    assert [a["hreflang"] for a in switch] == list(languages.BY_CODE)
    assert [a["href"] for a in switch] == [
        f"?topic=courts&lang={code}" for code in languages.BY_CODE
    ]
    assert [a["lang"] for a in switch if a.get("aria-current")] == ["fr"]


def test_the_switch_stays_on_this_site_whatever_the_address(client: FlaskClient) -> None:
    page = Outline(client.get("//evil.example/?x=%22%3E%3Cscript%3E&lang=ru").text)
    switch = [a["href"] for a in page.all("a") if a.get("hreflang")]
    assert all(href.startswith("?") and "<" not in href for href in switch)


def test_a_release_stays_readable_in_a_language_it_lacks(client: FlaskClient) -> None:
    answer = client.get(f"/releases/{visits.publish(others=(ARABIC,))}?lang=fr")
    page = Outline(answer.text)
    assert (answer.status_code, page.all("html")[0]["lang"]) == (200, "fr")
    assert page.all("article")[0]["lang"] == "en"
    assert "Communiqué de presse" in answer.text


def test_readers_get_the_version_in_their_language_first(client: FlaskClient) -> None:
    path = f"/releases/{visits.publish(others=(ARABIC,))}"
    arabic = client.get(path, headers={"Accept-Language": "ar"}).text
    assert Outline(arabic).all("article")[0]["lang"] == "ar"
    assert ARABIC.headline in client.get("/releases/?lang=ar").text
    assert ARABIC.headline not in client.get("/releases/").text


def test_a_kept_page_is_kept_for_each_language_apart(client: FlaskClient) -> None:
    first = client.get("/privacy", headers={"Accept-Language": "ru"})
    again = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/privacy", headers={"Accept-Language": "ru"} | again).status_code == 304
    assert client.get("/privacy", headers={"Accept-Language": "es"} | again).status_code == 200


def test_the_feed_keeps_its_language_whatever_polls_it(client: FlaskClient) -> None:
    visits.publish(others=(ARABIC,))
    plain = client.get("/feed.atom", headers={"Accept-Language": "ar"}).text
    chosen = client.get("/feed.atom?lang=ar").text
    assert 'xml:lang="en"' in plain
    assert ARABIC.headline not in plain
    assert ARABIC.headline in chosen
    assert "البيانات الصحفية" in chosen


def test_the_console_and_the_machines_surfaces_stay_english(client: FlaskClient) -> None:
    headers = {"Accept-Language": "ar"}
    for path in ("/staff/sign-in?lang=ar", "/staff/nothing?lang=ar"):
        assert 'lang="en"' in client.get(path, headers=headers).text
    problem = client.get("/api/nothing", headers=headers).get_json()
    assert problem["title"] == "There is no such page"
