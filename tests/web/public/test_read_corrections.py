"""A release that was corrected or taken back says so wherever it is met, and the correction links back."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from db.base import db
from db.session import transaction
from mailer import releases
from mailer.models.releases import Amends
from tests import builders
from tests.web.public import visits
from tests.web.public.outline import Outline


def pair(
    kind: Amends, *, published_in: timedelta = timedelta(), language: str = "en"
) -> tuple[str, str]:
    """Publish a release yesterday, and another that amends it now."""
    earlier = visits.publish(builders.parts(language=language))
    later = visits.publish(builders.parts("What we got wrong", language=language))
    with transaction() as session:
        release = releases.named(session, later)
        releases.named(session, earlier).published_at = datetime.now(UTC) - timedelta(days=1)
        # As `releases.amend` leaves it, without sending the earlier one first.
        release.amends, release.amended = kind, releases.named(session, earlier)
        release.published_at = datetime.now(UTC) + published_in
    return earlier, later


@pytest.mark.parametrize(
    ("kind", "said", "back"),
    [
        (Amends.CORRECTION, "This release was corrected:", "Correction to:"),
        (Amends.RETRACTION, "This release was retracted:", "Retraction of:"),
    ],
)
def test_the_pages_of_both_link_to_each_other(
    client: FlaskClient, kind: Amends, said: str, back: str
) -> None:
    earlier, later = pair(kind)
    first, second = (client.get(f"/releases/{slug}").text for slug in (earlier, later))
    assert f'<strong>{said}</strong> <a href="/releases/{later}">' in first
    assert f'<strong>{back}</strong> <a href="/releases/{earlier}">' in second
    assert first.index(said) < first.index("<h1")
    assert [Outline(page).faults() for page in (first, second)] == [[], []]


def test_a_correction_that_is_not_out_yet_is_not_told_of(client: FlaskClient) -> None:
    earlier, _ = pair(Amends.CORRECTION, published_in=timedelta(hours=1))
    assert "was corrected" not in client.get(f"/releases/{earlier}").text


def test_the_words_are_those_of_the_page(client: FlaskClient) -> None:
    earlier, later = pair(Amends.RETRACTION)
    page = client.get(f"/releases/{earlier}?lang=fr").text
    assert "Ce communiqué a été retiré :" in page
    assert f'href="/releases/{later}?lang=fr"' in page


@pytest.mark.parametrize("page", ["/", "/releases/"])
@pytest.mark.parametrize(
    ("kind", "said", "back"),
    [
        (Amends.CORRECTION, "This release was corrected:", "Correction to:"),
        (Amends.RETRACTION, "This release was retracted:", "Retraction of:"),
    ],
)
def test_lists_mark_both_and_link_each_to_the_other(
    client: FlaskClient, page: str, kind: Amends, said: str, back: str
) -> None:
    earlier, later = pair(kind)
    shown = client.get(page).text
    assert f'<strong>{said}</strong> <a href="/releases/{later}">' in shown
    assert f'<strong>{back}</strong> <a href="/releases/{earlier}">' in shown
    assert Outline(shown).faults() == []


def test_a_list_of_corrections_costs_no_more_questions_than_any_other(client: FlaskClient) -> None:
    pair(Amends.CORRECTION)
    few = questions(client)
    for _ in range(5):
        pair(Amends.RETRACTION)
    assert questions(client) <= few


def questions(client: FlaskClient) -> int:
    """Return how many statements the list asks the database."""
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    client.get("/releases/")
    event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


TITLES = {
    "en": ("Corrected: ", "Retracted: ", "Correction: ", "Retraction: "),
    "es": ("Corregido: ", "Retirado: ", "Corrección: ", "Retirada: "),
    "fr": ("Corrigé\xa0: ", "Retiré\xa0: ", "Correction : ", "Retrait : "),
    "ru": ("Исправлен: ", "Отозван: ", "Исправление: ", "Отзыв: "),
    "ar": ("مصحَّح: ", "مسحوب: ", "تصحيح: ", "سحب: "),
}


@pytest.mark.parametrize("code", TITLES)
@pytest.mark.parametrize("kind", Amends)
def test_the_feed_says_it_first_in_the_title_in_the_reader_s_language(
    client: FlaskClient, code: str, kind: Amends
) -> None:
    pair(kind, language=code)
    new, old = feedparser.parse(client.get(f"/feed.atom?lang={code}").data).entries
    corrected, retracted, corrects, retracts = TITLES[code]
    corrects_it = kind is Amends.CORRECTION
    assert old.title.startswith(corrected if corrects_it else retracted)
    assert new.title.startswith(corrects if corrects_it else retracts)
    assert old.title.rstrip("\u2069").endswith("Example: a journalist is free again")


def test_in_a_language_that_we_do_not_speak_the_feed_speaks_its_reader_s(
    client: FlaskClient,
) -> None:
    pair(Amends.RETRACTION, language="de")
    entries = feedparser.parse(client.get("/feed.atom?lang=es").data).entries
    assert entries[1].title == "Retirado: Example: a journalist is free again"


def test_a_feed_reader_learns_when_it_changed_and_by_what(client: FlaskClient) -> None:
    earlier, later = pair(Amends.RETRACTION)
    parsed = feedparser.parse(client.get("/feed.atom").data)
    new, old = parsed.entries
    assert old.updated == new.published == parsed.feed.updated
    assert old.updated > old.published
    related = [[link.href for link in e.links if link.rel == "related"] for e in (old, new)]
    assert [[href.split("?")[0].split("/")[-1] for href in one] for one in related] == [
        [later],
        [earlier],
    ]
    assert old.content[0].value.startswith("<p><strong>This release was retracted:</strong> <a")
    assert new.content[0].value.startswith("<p><strong>Retraction of:</strong> <a")


def test_the_feed_does_not_tell_of_a_correction_that_is_not_out_yet(client: FlaskClient) -> None:
    pair(Amends.CORRECTION, published_in=timedelta(hours=1))
    (entry,) = feedparser.parse(client.get("/feed.atom").data).entries
    assert entry.title == "Example: a journalist is free again"
    assert entry.updated == entry.published
