"""Whatever comes in, either it is no release or each of its words is in a part, or left out and listed."""

import html as entities
import unicodedata
from collections import Counter
from dataclasses import astuple
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailer.ingest import markdown, release
from mailer.ingest.release import Found, NotARelease

LINES = st.sampled_from(
    [
        "", "", "", "# Court frees editor", "Editor freed", "## Why", "*All of it*", "Title", "=====",
        "FOR IMMEDIATE RELEASE", "EMBARGOED UNTIL 9 March 2025", "ENDS", "###", "***", "Notes to editors",
        "GENEVA, 3 March 2025 – The court freed the editor.", "Berlin, den 3. März 2025", "LONDON — Text.",
        "Contact: Jane Roe, jane@example.org, 212-555-0101", "Media contact:", "Jane Roe", "jane@example.org",
        "For more information call Ali Nur at +44 20 7946 0123.", "Home", "Donate", "[News](#)", "About us",
        "Home | News | Contact", "© 2025 Example", "About Example", "1. One", "- Two [x](https://example.org/a)",
        "Example is a network of 40 groups that support readers in all parts of the country.",
        "12 Example Street", "London N1 9GU", "Address: P.O. Box 9", "```", "> quote", "    indented",
        "A sentence that is long enough to be a paragraph of a release, they said on Monday.",
        "-----", "\u200fللتواصل: ليلى", "Пресс-релиз", r"a \* b \_c\_ &amp; **d**",
        "---", "title: Stated headline",
    ]
)  # fmt: skip
RELEASES = st.lists(LINES, max_size=40).map("\n".join)


def parsed(text: str, name: str, language: str | None = None) -> Found | None:
    try:
        return release.parse(text, name=name, language=language)
    except NotARelease:
        return None


def kept(found: Found) -> Counter[str]:
    """Count the words of all parts, of what was left out, and of the notes on datelines and links."""
    notes = (f.note for f in (*found.found, *found.unplaced) if f.part in {"dateline", "link"})
    texts = [*_strings(astuple(found.parts)), *found.left_out, *notes]
    return Counter(word for text in texts for word in markdown.words(text))


def _strings(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [text for one in value for text in _strings(one)]
    return [value] if isinstance(value, str) else []


def lost(text: str, found: Found) -> Counter[str]:
    seen = markdown.unescape(unicodedata.normalize("NFC", text))
    return Counter(markdown.words(seen)) - kept(found)


@given(RELEASES, st.sampled_from(["a.txt", "a.md"]))
def test_no_word_of_a_release_is_lost(text: str, name: str) -> None:
    found = parsed(text, name)
    assert found is None or not lost(text, found)


@given(st.text(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a"]))
def test_any_text_is_a_release_or_not_one(text: str, name: str) -> None:
    found = parsed(text, name)
    assert found is None or (found.parts.headline and found.parts.body)


@given(st.text(max_size=200))
def test_no_word_of_any_text_under_a_headline_is_lost(text: str) -> None:
    whole = f"# Court frees editor\n\nGENEVA – Yes.\n\n{text}"
    found = parsed(whole, "a.md")
    assert found is None or not lost(whole, found)


@given(
    st.lists(LINES, max_size=30),
    st.sampled_from(["p", "div", "li", "td", "h2", "nav", "b", "footer"]),
)
def test_no_word_of_a_page_is_lost(lines: list[str], tag: str) -> None:
    inside = "\n".join(f"<{tag}>{entities.escape(line)}</{tag}>" for line in lines)
    found = parsed(f"<h1>Court frees editor</h1><p>Yes.</p>{inside}", "a.html")
    text = "\n".join(("Court frees editor", "Yes.", *lines))
    assert found is not None
    assert not Counter(markdown.words(text)) - kept(found)


@given(st.text(alphabet="<>/!-?ab=\"' &;pdivh1scrt\n", max_size=300))
def test_any_tag_soup_is_a_release_or_not_one(text: str) -> None:
    parsed(f"<h1>Court frees editor</h1><p>Yes.{text}", "a.html")
