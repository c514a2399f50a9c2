"""A file made to be slow is answered soon: no step takes more time than the text has characters.

A step that takes the square of them would need minutes for what is read here, and meet the time limit.
"""

import pytest

from config import limits
from mailer.ingest import release
from mailer.ingest.release import NotARelease

TOP = "Court frees editor\n\nGENEVA, 3 March 2025 – She is free.\n\n"
BLANK_LINES = "\n" * 100_000
LENGTH = 200_000
PIECES = [
    "a", " ",
    "1 ", "!", "*", "* ", "_a", "[", "](", "[a](", "(", "&", "&#9", "`", "\\", "- ", "| ", "a@", "\t",
    "<", "<a ", "<!--", "<![", "</", "<b>x", "<script>", "<p>", "<td>a", "\n", "\r", "\u00a0", "Contact: ",
]  # fmt: skip


def outcome(text: str, name: str) -> str:
    try:
        return release.parse(text, name=name).parts.headline
    except NotARelease as refused:
        return str(refused)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_any_piece_may_be_repeated_as_often_as_one_likes(piece: str, name: str) -> None:
    assert outcome(TOP + piece * ((LENGTH - len(TOP)) // len(piece)), name)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["a", "a b, ", "[a](", "**a** "])
def test_the_largest_file_may_be_one_line(piece: str) -> None:
    text = TOP + piece * ((limits.IMPORT_FILE_BYTES - len(TOP)) // len(piece))
    assert "at most 200,000 are possible" in outcome(text, "a.txt")


@pytest.mark.timeout(60)
def test_a_hundred_thousand_blank_lines_part_two_paragraphs() -> None:
    found = release.parse(f"{TOP}{BLANK_LINES}He is too.", name="a.txt")
    assert found.parts.body == "She is free.\n\nHe is too."


@pytest.mark.timeout(60)
@pytest.mark.parametrize("tag", ["div", "b", "ul", "blockquote", "article", "table"])
def test_ten_thousand_tags_inside_each_other_cost_nothing(tag: str) -> None:
    inside = f"{f'<{tag}>' * 10_000}She is free.{f'</{tag}>' * 10_000}"
    found = release.parse(f"<h1>Court frees editor</h1>{inside}", name="a.html")
    assert "She is free." in found.parts.body


@pytest.mark.timeout(60)
def test_too_many_paragraphs_are_refused() -> None:
    with pytest.raises(NotARelease, match="more than 10,000 paragraphs"):
        release.parse(TOP + "word\n\n" * 20_000, name="a.txt")
