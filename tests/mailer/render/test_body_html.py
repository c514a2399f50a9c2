import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import limits
from mailer import body

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "<img src=https://example.org/a.png onerror=alert(1)>",
    "[go](javascript:alert(1))",
    "[go](data:text/html,x)",
    "[go](vbscript:x)",
    "<style>p{}</style>",
    "<iframe src=//example.org>",
)
ALLOWED: Final = {
    "a",
    "em",
    "strong",
    "code",
    "span",
    "p",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
} | {
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_and_schemes_that_act_stay_text(hostile: str) -> None:
    html = body.html(hostile)
    assert not any(f"<{tag}" in html for tag in ("script", "img", "style", "iframe", "a "))


def test_a_link_gets_a_rel_and_keeps_its_target() -> None:
    assert body.html("[read](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">read</a></p>\n'
    )


@pytest.mark.parametrize("target", ["/releases/", "#top", "tel:1", "ftp://example.org/", ""])
def test_a_target_that_a_mail_cannot_follow_leaves_its_words(target: str) -> None:
    assert body.html(f"[words]({target})") == "<p>words</p>\n"


def test_an_image_becomes_a_link_with_its_alternative_text() -> None:
    html = body.html("![A *sealed* press](https://example.org/press.jpg)")
    assert html == (
        '<p><a href="https://example.org/press.jpg" rel="noopener noreferrer">A sealed press</a></p>\n'
    )


def test_an_image_within_a_link_leaves_one_link() -> None:
    html = body.html("[![A press](https://example.org/a.jpg)](https://example.org/b)")
    assert html.count("<a ") == 1
    assert "A press" in html
    assert "a.jpg" not in html


def test_an_image_without_words_shows_its_address() -> None:
    assert ">https://example.org/a.jpg</a>" in body.html("![](https://example.org/a.jpg)")


@pytest.mark.parametrize("marks", ["#", "##", "####"])
def test_the_highest_heading_is_h2_whatever_the_author_began_with(marks: str) -> None:
    html = body.html(f"{marks} One\n\n{marks}# Two")
    assert html == "<h2>One</h2>\n<h3>Two</h3>\n"


def test_the_lead_opens_the_first_paragraph_as_plain_text() -> None:
    html = body.html("Today.", lead="*CORK* <b>")
    assert html == '<p><span class="dateline">*CORK* &lt;b&gt;</span>&nbsp;— Today.</p>\n'


@pytest.mark.parametrize("first", ["# Heading", "- item", "> quote", ""])
def test_the_lead_stands_alone_where_no_paragraph_is_first(first: str) -> None:
    assert body.html(first, lead="CORK").startswith('<p><span class="dateline">CORK</span></p>')


def test_columns_keep_their_alignment_by_class() -> None:
    html = body.html("|a|b|c|\n|:-|-:|:-:|\n|1|2|3|")
    assert "<td>1</td>" in html
    assert '<td class="end">2</td>' in html
    assert '<td class="centre">3</td>' in html


def depth(html: str, elements: str) -> int:
    """Return how deep elements stand in each other."""
    level = deepest = 0
    for end, _ in re.findall(rf"<(/?)({elements})>", html):
        level += -1 if end else 1
        deepest = max(deepest, level)
    return deepest


@pytest.mark.parametrize(
    "deep",
    [
        "> " * 60 + "end",
        "".join(f"{'  ' * level}- w\n" for level in range(60)) + "  " * 60 + "- end",
        "".join(f"{'   ' * level}1. w\n" for level in range(60)) + "   " * 60 + "1. end",
    ],
)
def test_deep_nesting_is_bounded_and_loses_no_word(deep: str) -> None:
    assert 4 < depth(body.html(deep), "blockquote|ul|ol|li") <= limits.NESTING_DEPTH + 1
    assert "end" in body.html(deep)
    assert "end" in body.text(deep)


def test_deep_emphasis_is_bounded_and_loses_no_word() -> None:
    deep = "*a **b " * 500 + "end" + " b** a*" * 500
    assert depth(body.html(deep), "em|strong") == limits.NESTING_DEPTH
    assert body.text(deep).split() == ["a", "b"] * 500 + ["end"] + ["b", "a"] * 500


@settings(deadline=None)
@given(st.text(st.sampled_from("<>&\"'[]()!#*_`~|:-=\\/ \n1ajs.:é漢م"), max_size=200))
def test_no_input_opens_an_element_beyond_the_list(markdown: str) -> None:
    html = body.html(markdown)
    assert set(re.findall(r"<(\w+)", html)) <= ALLOWED
    assert all(url.startswith(("http", "mailto:")) for url in re.findall(r'href="([^"]*)"', html))
