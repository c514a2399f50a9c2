"""Text becomes lines that fit, that are joined and turned as their script is, and that lose no word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.documents import lettering
from payments.documents.lettering import Style

STYLE = Style()
WORDS = st.lists(
    st.sampled_from(["Lantern", "Борис", "Δήμος", "سلام", "x" * 90, "42"]), max_size=30
)


@given(words=WORDS, rtl=st.booleans())
def test_every_line_fits_and_every_letter_is_there(words: list[str], rtl: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
    lines = lettering.lines(" ".join(words), STYLE, 200, rtl=rtl)
    assert all(line.width <= 200 for line in lines)
    assert "".join(line.read for line in lines).replace(" ", "") == "".join(words)


def test_arabic_is_joined_and_turned() -> None:
    (line,) = lettering.lines("سلام", STYLE, 200, rtl=True)
    assert line.is_turned
    # Meem stands alone behind the lam-alef that joins with seen: three glyphs, the last letter first.
    assert [hex(ord(glyph)) for glyph in line.drawn] == ["0xfee1", "0xfefc", "0xfeb3"]
    assert line.read == "سلام"


def test_latin_is_drawn_as_it_is_read() -> None:
    (line,) = lettering.lines("Lantern 42", STYLE, 200, rtl=False)
    assert not line.is_turned


@pytest.mark.parametrize(("text", "first"), [("18 Harbour Row", "1"), ("سلام 42", "4")])
def test_a_paragraph_runs_as_its_first_letter_says(text: str, first: str) -> None:
    (line,) = lettering.lines(text, STYLE, 200, rtl=True)
    assert line.drawn[0] == first


def test_a_name_in_an_isolate_does_not_turn_the_sentence_around_it() -> None:
    (line,) = lettering.lines("\u2068Lantern\u2069 سلام", STYLE, 200, rtl=True)
    assert line.drawn.endswith("Lantern")


@pytest.mark.parametrize("letter", "ٱۀہے")
def test_a_letter_that_the_font_cannot_join_is_drawn_by_itself(letter: str) -> None:
    (line,) = lettering.lines(f"ب{letter}ب", STYLE, 200, rtl=True)
    assert unicodedata.normalize("NFKC", line.drawn).count("ب") == 2


def test_signs_of_direction_are_obeyed_and_not_drawn() -> None:
    (line,) = lettering.lines("\u200f1,234.50\xa0€", STYLE, 200, rtl=True)
    assert line.drawn == "€\xa01,234.50"
