import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import limits
from mailer import body

WORDS = st.text(st.sampled_from("abcdefgé ñ"), min_size=1, max_size=400)


def test_emphasis_and_code_read_without_their_marks() -> None:
    assert body.text("*a* **b** `c` ***d***") == "a b c d"


def test_links_are_numbered_once_each_and_listed_below() -> None:
    text = body.text(
        "[a](https://example.org/1) [b](https://example.org/2) [c](https://example.org/1)"
    )
    assert text == "a [1] b [2] c [1]\n\n[1] https://example.org/1\n[2] https://example.org/2"


@pytest.mark.parametrize(
    "link",
    [
        "<https://example.org/a>",
        "[example.org/a](https://www.example.org/a/)",
        "[www.example.org/a](http://example.org/a)",
        "[desk@example.org](mailto:desk@example.org)",
    ],
)
def test_a_link_that_reads_as_its_target_is_not_listed(link: str) -> None:
    assert "[1]" not in body.text(link)
    assert body.text(link).count("example.org") == 1


def test_a_mail_link_gives_its_address_behind_its_words() -> None:
    assert body.text("[write](mailto:desk@example.org?subject=x)") == "write (desk@example.org)"


def test_lists_are_marked_and_hang_below_their_marker() -> None:
    text = body.text("1. one\n   - in\n2. " + "word " * 20)
    assert text.startswith("1. one\n   - in\n2. word ")
    assert "\n   word" in text


def test_a_list_keeps_the_number_it_starts_with() -> None:
    assert body.text("9. nine\n10. ten") == "9. nine\n10. ten"


def test_a_loose_list_has_blank_lines_and_a_tight_one_none() -> None:
    assert body.text("- a\n\n- b") == "- a\n\n- b"
    assert body.text("- a\n- b") == "- a\n- b"


def test_quotes_are_marked_on_every_line() -> None:
    text = body.text("> " + "word " * 30 + "\n>\n> end")
    assert all(line.startswith(">") for line in text.split("\n"))
    assert "\n>\n> end" in text


def test_headings_stand_between_blank_lines() -> None:
    assert body.text("a\n\n# Title\n\nb") == "a\n\nTitle\n-----\n\nb"


def test_code_is_indented_and_never_wrapped() -> None:
    assert body.text("```\n" + "x " * 60 + "\n```") == "    " + ("x " * 60).rstrip()


def test_a_narrow_table_keeps_its_columns() -> None:
    assert body.text("|Month|N|\n|-|-|\n|May|12|") == "Month  N\n-----  --\nMay    12"


def test_a_wide_table_becomes_lines_of_heading_and_cell() -> None:
    text = body.text(f"|Name|Fate|\n|-|-|\n|Ilse|{'free ' * 20}|\n|Oona|x|")
    assert text.startswith("Name: Ilse\nFate: free")
    assert text.endswith("\n\nName: Oona\nFate: x")


def test_a_table_without_rows_shows_its_heading() -> None:
    assert "Month" in body.text("|Month|\n|-|")


def test_the_lead_opens_the_text_too() -> None:
    assert body.text("Today.", lead="14. May") == "14. May\u00a0— Today."


def test_a_thematic_break_is_a_line_of_stars() -> None:
    assert body.text("a\n\n---\n\nb") == "a\n\n* * *\n\nb"


def test_a_hard_break_stays_and_a_soft_one_does_not() -> None:
    assert body.text("a\\\nb\nc") == "a\nb c"


@settings(deadline=None)
@given(WORDS)
def test_wrapping_keeps_every_word_and_the_width(words: str) -> None:
    text = body.text(words)
    assert text.split() == words.split()
    lines = text.split("\n")
    assert all(len(line) <= limits.MAIL_WIDTH or " " not in line for line in lines)


def test_the_opening_is_the_first_sentence() -> None:
    first = "The court has freed Dr. Ilse Maran, the [printer](https://example.org), today."
    assert body.opening(f"# No\n\n{first} More.") == first.replace(
        "[printer](https://example.org)", "printer"
    )


def test_a_long_opening_is_cut_at_a_word() -> None:
    opening = body.opening("word " * 100)
    assert opening.endswith("word…")
    assert len(opening) <= limits.PREHEADER_LENGTH + 1


def test_there_is_no_opening_of_nothing() -> None:
    assert body.opening("") == ""
