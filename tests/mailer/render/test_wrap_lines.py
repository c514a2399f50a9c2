from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import wrap

RLM, LRM = "\u200f", "\u200e"


def test_wide_characters_count_two_columns_and_marks_none() -> None:
    assert wrap.columns("漢字") == 4
    assert wrap.columns("e\u0301") == 1
    assert wrap.columns("مُ") == 1


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert wrap.wrap("一二三四。五六", 8) == ["一二三", "四。五六"]


def test_korean_breaks_at_its_spaces() -> None:
    assert wrap.wrap("언론의 자유를 지킨다", 8) == ["언론의", "자유를", "지킨다"]


def test_an_address_is_never_broken() -> None:
    url = "https://example.org/" + "a" * 100
    assert wrap.wrap(f"see {url} now", 20) == ["see", url, "now"]


def test_a_no_break_space_holds() -> None:
    assert wrap.wrap("aaa 10\u00a0000 bbb", 8) == ["aaa", "10\u00a0000", "bbb"]


def test_an_arabic_line_that_begins_in_latin_keeps_its_direction() -> None:
    lines = wrap.wrap("قالت المنظمة Lantern Rights Watch اليوم", 13)
    assert lines == ["قالت المنظمة", f"{RLM}Lantern", f"{RLM}Rights Watch", "اليوم"]


def test_an_english_line_that_begins_in_hebrew_keeps_its_direction() -> None:
    assert wrap.wrap("the word שלום", 8) == ["the word", f"{LRM}שלום"]


def test_an_underline_is_as_wide_as_its_title_and_on_its_side() -> None:
    assert wrap.underline(["漢字"], "=") == ["漢字", "===="]
    assert wrap.underline(["سلام"], "-") == ["سلام", f"{RLM}----"]


@settings(deadline=None)
@given(st.text(st.sampled_from("ab 漢字。「م\n"), max_size=200), st.integers(4, 40))
def test_nothing_is_lost_or_reordered_by_wrapping(text: str, width: int) -> None:
    lines = wrap.wrap(text, width)
    kept = "".join(lines).replace(RLM, "").replace(LRM, "").replace(" ", "")
    assert kept == text.replace(" ", "").replace("\n", "")


@settings(deadline=None)
@given(st.text(st.sampled_from("ab "), max_size=200), st.integers(4, 40))
def test_a_line_ends_only_where_the_next_word_does_not_fit(text: str, width: int) -> None:
    for line, following in pairwise(wrap.wrap(text, width)):
        assert len(line) + 1 + len(following.split(" ")[0]) > width
