"""A dateline is found in every form a press office writes it in, and not where a sentence has a date."""

from datetime import date

import pytest

from mailer.ingest import dateline, release
from mailer.parts import Dateline

THIRD = date(2025, 3, 3)


@pytest.mark.parametrize(
    ("source", "place", "day", "rest"),
    [
        ("NEW YORK (December 14, 2012)—In", "NEW YORK", date(2012, 12, 14), "In"),
        ("GENEVA, 3 March 2025 – Text", "GENEVA", THIRD, "Text"),
        ("Geneva, 3rd March 2025: Text", "Geneva", THIRD, "Text"),
        ("GENEVA, Monday, 3 March 2025 — Text", "GENEVA", THIRD, "Text"),
        ("Geneva (2025-03-03) - Text", "Geneva", THIRD, "Text"),
        ("St. Petersburg, March 3, 2025 (Example News) – Text", "St. Petersburg", THIRD, "Text"),
        (
            "WASHINGTON, D.C., March 3, 2025 /Example Wire/ -- Text",
            "WASHINGTON, D.C.",
            THIRD,
            "Text",
        ),
        ("LONDON – Text", "LONDON", None, "Text"),
        ("March 3, 2025, LONDON – Text", "LONDON", THIRD, "Text"),
        ("Berlin, den 3. März 2025", "Berlin", THIRD, ""),
        ("Berlin/Genf, 03.03.2025. Text", "Berlin/Genf", THIRD, "Text"),
        ("3\\. März 2025 – Text", "", THIRD, "Text"),
        ("Madrid, 3 de marzo de 2025", "Madrid", THIRD, ""),
        ("Madrid, a 3 de marzo del 2025.- Texto", "Madrid", THIRD, "Texto"),
        ("(Paris, le 3 mars 2025)", "Paris", THIRD, ""),
        ("(Paris, le 3 mars 2025) Texte", "Paris", THIRD, "Texte"),
        ("Genève, le 1er août 2024. Texte", "Genève", date(2024, 8, 1), "Texte"),
        ("Paris, le 03/04/2025 – Texte", "Paris", date(2025, 4, 3), "Texte"),
        ("Женева, 3 марта 2025 г.", "Женева", THIRD, ""),
        ("**Алматы, 3 марта 2025 года.** Текст", "Алматы", THIRD, "Текст"),
        ("بيروت، 3 آذار/مارس 2025 – نص", "بيروت", THIRD, "نص"),
        ("بيروت، ٣ كانون الثاني ٢٠٢٥: نص", "بيروت", date(2025, 1, 3), "نص"),
        ("**GENEVA, 3 March 2025** – *Text* on", "GENEVA", THIRD, "*Text* on"),
        ("**GENEVA, 3 March 2025 – Bold.** Text", "GENEVA", THIRD, "**Bold.** Text"),
        ("_GENEVA, 3 March 2025_ – Text", "GENEVA", THIRD, "Text"),
    ],
)
def test_a_dateline_is_found(source: str, place: str, day: date | None, rest: str) -> None:
    found = dateline.opening(source, language="fr" if "/" in source else "en")
    assert found is not None
    assert (found.dateline, found.rest) == (Dateline(place, day), rest)


@pytest.mark.parametrize(
    "source",
    [
        "On January 26, 2012, the editor was detained.",
        "The court ruled on 3 March 2025 – late, but clearly.",
        "Amina was freed. Geneva, 3 March 2025 – Text",
        "GENEVA, 31 February 2025 – Text",
        "GENEVA, 3/4/2025 – Text",  # April or March: nobody can tell
        "GENEVA, 3 March 2025 the court",
        "UPDATE — Text",
        "Geneva – Text",
        "3 March was cold.",
        "",
    ],
)
def test_a_sentence_with_a_date_is_no_dateline(source: str) -> None:
    assert dateline.opening(source, language="en") is None


def test_a_date_above_the_headline_and_a_place_in_the_text_make_one_dateline() -> None:
    text = "FOR IMMEDIATE RELEASE: March 3, 2025\n\nEditor freed\n\nGENEVA – She is free."
    found = release.parse(text, name="a.txt")
    assert found.parts.dateline == Dateline("GENEVA", THIRD)
    assert found.parts.body == "She is free."


def test_a_dateline_under_the_text_is_found_as_under_a_letter() -> None:
    text = "# Brief an die Stadt\n\nWir bitten um Antwort.\n\nBerlin, den 3. März 2025"
    assert release.parse(text, name="a.md").parts.dateline == Dateline("Berlin", THIRD)


def test_two_dates_are_reported() -> None:
    text = "Editor freed\n\n2 March 2025\n\nGENEVA, 3 March 2025 – She is free."
    found = release.parse(text, name="a.txt")
    assert found.parts.dateline.day == THIRD
    assert "two dates: 2025-03-03 was taken, 2025-03-02 was not" in [f.note for f in found.unplaced]


def test_an_embargo_is_no_dateline_and_has_to_be_set_by_hand() -> None:
    text = "EMBARGOED UNTIL 00:01 GMT, 9 March 2025\n\nEditor freed\n\nGENEVA – She is free."
    found = release.parse(text, name="a.txt")
    assert found.parts.dateline == Dateline("GENEVA", None)
    assert "embargo" in {finding.part for finding in found.unplaced}
