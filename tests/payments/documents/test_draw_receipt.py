"""A receipt's PDF says what its values say, in every script that we write to donors in."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from config import languages
from config.settings import ROOT
from payments.documents import gift, packs
from payments.documents.gift import Declared
from tests.payments.documents import drawn

NAMES = {
    "Latin": "Zoë Łukasiewicz-Nuñez",
    "Cyrillic": "Борис Щербаков",
    "Greek": "Δημήτρης Παπαδόπουλος",
    "Arabic": "أميرة الحسن",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("language", languages.BY_CODE)
def test_a_name_comes_out_as_text_in_each_language(language: str, name: str) -> None:
    assert name in drawn.receipt(language, name)


@pytest.mark.parametrize("language", languages.BY_CODE)
def test_a_receipt_has_its_title_its_number_and_its_date(language: str) -> None:
    words = packs.words("eu", language)
    text = drawn.receipt(language)
    assert words.say("gift") in text
    assert "2026-00042" in text
    assert "2026" in text.replace("2026-00042", "")


def test_an_arabic_letter_has_the_form_of_its_place_and_the_reader_gets_the_letter() -> None:
    pdf = drawn.reader(gift.pdf(drawn.said("ar", "أميرة"), drawn.EU))
    page = pdf.pages[0]
    assert "ﻣﻴﺮﺓ" in page.extract_text()
    contents = page.get_contents()
    assert contents is not None
    assert "أميرة".encode("utf-16-be").hex() in contents.get_data().decode("latin-1")


@pytest.mark.parametrize(("language", "opens"), [("en", "/L2R"), ("ar", "/R2L")])
def test_a_page_opens_at_the_side_that_its_language_begins_at(language: str, opens: str) -> None:
    pdf = drawn.reader(gift.pdf(drawn.said(language), drawn.EU))
    assert opens in str(pdf.root_object["/ViewerPreferences"])


def test_an_arabic_page_is_laid_out_from_the_right() -> None:
    begins = {language: left_of_name(language) for language in ("en", "fr", "ar")}
    assert begins["en"] == begins["fr"] < 100
    assert begins["ar"] > 300


def left_of_name(language: str) -> float:
    """Return where the organisation's name begins, in points from the left."""
    found: list[float] = []

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if "Lantern" in text:
            found.append(matrix[4])

    page = drawn.reader(gift.pdf(drawn.said(language), drawn.EU)).pages[0]
    page.extract_text(visitor_text=note)
    return found[0]


def test_the_metadata_name_the_organisation_and_the_language_and_nobody_else() -> None:
    pdf = drawn.reader(gift.pdf(drawn.said("fr", "Zoë"), drawn.EU))
    assert pdf.metadata is not None
    assert pdf.metadata.author == pdf.metadata.creator == "Lantern Rights Watch"
    assert pdf.metadata.title == "Reçu de votre don 2026-00042 · Lantern Rights Watch"
    assert str(pdf.root_object["/Lang"]) == "fr"
    assert "Zoë" not in str(pdf.metadata)


def test_the_same_values_are_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib; from payments.documents import gift; from tests.payments.documents import drawn;"
        "print(hashlib.sha256(gift.pdf(drawn.said('ar', 'أميرة'), drawn.EU)).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_a_correction_says_what_went_back_what_remains_and_what_it_replaces() -> None:
    text = drawn.receipt(kept=3_000, corrects="2026-00041")
    assert "Corrected receipt" in text
    assert "of your gift of €50.00, €20.00 has been given back, and €30.00 remains" in text
    assert "2026-00041" in text


def test_of_a_gift_that_went_back_whole_nothing_can_be_claimed() -> None:
    text = drawn.receipt(kept=0, corrects="2026-00041")
    assert packs.words("eu", "en").say("nothing_left") in text
    assert "received nothing in return" not in text


def test_the_american_receipt_names_ein_amount_and_that_nothing_was_given_for_it() -> None:
    american = replace(drawn.EU, pack="us", tax_id="12-3456789")
    pdf = gift.pdf(drawn.said(currency="USD"), american)
    assert "EIN: 12-3456789" in drawn.text(pdf)
    assert "No goods or services were provided in exchange for this" in drawn.text(pdf)
    assert drawn.reader(pdf).pages[0].mediabox.width == 612  # US Letter, in points


def test_the_british_receipt_quotes_the_declaration_that_was_made() -> None:
    british = replace(drawn.EU, pack="uk", tax_id="1234567")
    wording = packs.words("uk", "en").say("declaration", organisation=british.name)
    declared = Declared(wording, date(2026, 1, 2))
    text = drawn.text(gift.pdf(drawn.said(currency="GBP", declared=declared), british))
    assert "Registered charity number: 1234567" in text
    assert "2 January 2026" in text
    assert wording in text


def test_without_a_declaration_the_british_receipt_says_how_to_make_one() -> None:
    british = replace(drawn.EU, pack="uk", tax_id="1234567")
    assert "We hold no Gift Aid declaration" in drawn.text(gift.pdf(drawn.said(), british))


def test_who_is_not_known_is_not_named() -> None:
    assert packs.words("eu", "en").say("nobody") in drawn.receipt(name="")


@pytest.mark.parametrize(
    "name", ["x" * 400, "\0\n\x1b\u202e\ud800", "ا" * 300, "漢字", "\U0010ffff"]
)
def test_no_name_breaks_the_page(name: str) -> None:
    assert "2026-00042" in drawn.receipt(name=name)
