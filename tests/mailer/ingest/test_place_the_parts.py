"""Headline, subhead, boilerplate, address and menu each find their place, and what is too long is refused."""

import pytest

from config import limits
from mailer.ingest import release
from mailer.ingest.release import Finding, Found, NotARelease

LEAD = "GENEVA, 3 March 2025 – The court of Ashwater has freed the editor, her lawyer said."


def parsed(*paragraphs: str, name: str = "a.txt", language: str | None = None) -> Found:
    return release.parse("\n\n".join(paragraphs), name=name, language=language)


def test_a_short_headline_behind_a_menu_is_kept_and_doubted() -> None:
    found = parsed("Home", "Donate", "[News](#)", "Editor is free", "She may go home today.", LEAD)
    assert (found.parts.headline, found.parts.subhead) == (
        "Editor is free",
        "She may go home today.",
    )
    assert found.left_out == ("Home", "Donate", "[News](#)")
    assert found.unplaced[0].part == "headline"


def test_the_name_of_the_organisation_on_top_is_not_the_headline() -> None:
    found = parsed(
        "Example Watch",
        "Editor freed",
        LEAD,
        "About Example Watch",
        "We watch over the press here.",
    )
    assert found.parts.headline == "Editor freed"
    assert found.left_out == ("Example Watch",)


def test_a_headline_that_ends_like_a_sentence_is_still_one() -> None:
    found = parsed(
        "After four hundred days in prison the editor of the Gazette is free at last.", LEAD[23:]
    )
    assert found.parts.headline.endswith("at last.")
    assert found.parts.body.startswith("The court")


def test_a_page_without_a_heading_takes_its_headline_from_its_title() -> None:
    page = f"<title>Editor of the Gazette freed | Example</title><p>{LEAD}"
    found = parsed(page, name="a.html")
    assert found.parts.headline == "Editor of the Gazette freed"
    assert Finding("headline", "it was taken from the page's title") in found.unplaced


def test_a_page_that_hides_its_text_in_a_form_is_read_all_the_same() -> None:
    found = parsed(f"<form><h1>Editor freed</h1><p>{LEAD}</p></form>", name="a.html")
    assert found.parts.headline == "Editor freed"


def test_html_is_known_by_its_beginning_too() -> None:
    found = parsed(f"<!doctype html><h1>Editor freed</h1><p>{LEAD} 5*3", name="release")
    assert found.parts.body.endswith(r"5\*3")


def test_markdown_with_a_tag_in_it_is_left_as_it_is() -> None:
    assert parsed("# Editor freed", LEAD, "A <b>bold</b> 5*3.", name="a.md").parts.body.endswith(
        "5*3."
    )


@pytest.mark.parametrize(
    "last",
    [
        "Example is an independent organization that defends the press in sixty countries.",
        "The Example Foundation (EF) is a foundation under the law of Ashwater and works for readers.",
        "Ejemplo es una organización sin ánimo de lucro que defiende a la prensa en sesenta países.",
        "Exemple est une association qui défend la presse et ses lecteurs dans soixante pays.",
        "Beispiel ist ein gemeinnütziger Verein, der die Presse in sechzig Ländern verteidigt.",
        "Пример — независимая организация, которая защищает прессу в шестидесяти странах мира.",
    ],
)
def test_a_last_paragraph_that_tells_who_speaks_is_boilerplate(last: str) -> None:
    found = parsed("Editor freed", LEAD, "She will write again.", last)
    assert found.parts.boilerplate == last


@pytest.mark.parametrize(
    "last",
    [
        '"Example is a foundation that never sleeps," said its president on the steps of the court.',
        "Example calls on the court of Ashwater to drop the charges that remain against the editor.",
        "The trial of the second editor is set for March and will be open to the public and press.",
    ],
)
def test_a_last_paragraph_with_news_is_not_boilerplate(last: str) -> None:
    found = parsed("Editor freed", LEAD, "She will write again.", last)
    assert found.parts.boilerplate == ""
    assert Finding("boilerplate", "no boilerplate found") in found.unplaced


def test_an_address_of_one_line_for_each_paragraph_is_put_together() -> None:
    found = parsed(
        "Editor freed",
        LEAD,
        "Example Watch",
        "12 Example Street",
        "London N1 9GU",
        "www.example.org",
    )
    assert found.parts.postal_address.split("\n") == [
        "Example Watch", "12 Example Street", "London N1 9GU", "www.example.org"
    ]  # fmt: skip


def test_a_paragraph_about_a_street_is_no_address() -> None:
    text = (
        "They met at 12 Example Street, London, in 2019 and have\npublished the paper since then."
    )
    assert parsed("Editor freed", LEAD, text).parts.postal_address == ""


@pytest.mark.parametrize(
    "text", ["Only one line", LEAD, "# Editor freed", "Home\n\nDonate\n\nNews", "[](#)"]
)
def test_a_text_without_headline_or_body_is_not_a_release(text: str) -> None:
    with pytest.raises(NotARelease, match=r"has no (headline|body)"):
        parsed(text)


def test_a_binary_character_is_refused() -> None:
    with pytest.raises(NotARelease, match="binary"):
        parsed("Editor freed", f"{LEAD}\x00")


@pytest.mark.parametrize(
    ("paragraphs", "told"),
    [
        (("# " + "word " * 70, LEAD), "headline in a.txt is 349 characters long; at most 300"),
        (
            ("Editor freed", LEAD, "a" * 200_001),
            "body in a.txt is 200,001 characters long; at most 200,000",
        ),
        (
            ("Editor freed", LEAD, "###", "word " * 3_000),
            "boilerplate in a.txt is 14,999 characters",
        ),
    ],
)
def test_a_part_that_is_too_long_is_named_with_its_length_and_limit(
    paragraphs: tuple[str, ...], told: str
) -> None:
    with pytest.raises(NotARelease, match=told):
        parsed(*paragraphs)


def test_what_is_too_long_for_a_subhead_stays_in_the_body() -> None:
    long = "word " * (limits.SUBHEAD_LENGTH // 5) + "more"
    found = parsed("# Editor freed", long, LEAD)
    assert found.parts.subhead == ""
    assert found.parts.body.startswith(long)


def test_a_language_that_is_given_is_not_told_from_the_text() -> None:
    found = parsed("Editor freed", LEAD, language="kk")
    assert found.parts.language == "kk"
    assert Finding("language", "kk, given") in found.found


@pytest.mark.parametrize(
    ("text", "language", "doubt"),
    [
        ("La corte ha liberado a la editora del diario, dijo su abogada.", "es", ""),
        ("Zkouška jiného jazyka.", "en", "too few known words"),
        (
            "Редакцію газети звільнено, її адвокатка є задоволеною і вдячною.",
            "ru",
            "another language",
        ),
        ("ویراستار روزنامه آزاد شد و پدرش گفت که چشم‌به‌راه است", "ar", "another language"),
    ],
)
def test_a_language_is_told_or_doubted(text: str, language: str, doubt: str) -> None:
    found = parsed("# 2025", text, name="a.md")
    notes = [finding.note for finding in found.unplaced if finding.part == "language"]
    assert found.parts.language == language
    assert bool(doubt) == bool(notes)
    assert doubt in "".join(notes)
