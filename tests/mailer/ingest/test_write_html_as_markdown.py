"""HTML becomes Markdown that renders as the page did: text as itself, links and emphasis as themselves."""

import html as entities
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailer.ingest import html, markdown, spans
from mailer.ingest.spans import Span

RENDERER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
NASTY = st.text(alphabet="ab1 .*_[]()<>#+-=~`|&;:!\\\"'\n\u00a0é–{}^$%@/?,", max_size=30)
TARGETS = st.sampled_from([None, "https://example.org/a_(b)?x=1&copy;=2", "mailto:a@example.org"])
SPANS = st.lists(st.builds(Span, NASTY, st.sampled_from(["", "*", "**"]), TARGETS), max_size=6)


def rendered(source: str) -> str:
    """Return what a reader sees of Markdown, without spaces: the text of its HTML."""
    return squeezed(entities.unescape(re.sub(r"<[^>]*>", "", RENDERER.render(source))))


def squeezed(text: str) -> str:
    return "".join(text.split())


def page(body: str) -> str:
    return "\n\n".join(block.source for block in html.read(f"<body>{body}").blocks)


@given(SPANS)
def test_any_text_in_any_style_is_read_as_it_was_written(written: list[Span]) -> None:
    source = "\n\n".join(spans.paragraphs(written))
    assert rendered(source) == squeezed("".join(span.text for span in written))


@given(SPANS)
def test_only_the_elements_that_were_meant_are_rendered(written: list[Span]) -> None:
    source = "\n\n".join(spans.paragraphs(written))
    names = set(re.findall(r"</?(\w+)", RENDERER.render(source)))
    assert names <= {"p", "br", "em", "strong", "a"}


@given(NASTY.filter(lambda text: text.strip()))
def test_text_keeps_its_emphasis_and_link_between_spaces(text: str) -> None:
    word = " ".join(text.split())
    source = spans.paragraphs([Span("a "), Span(word, "**", "https://example.org"), Span(" b")])
    shown = RENDERER.render(source[0])
    assert '<a href="https://example.org">' in shown
    assert "<strong>" in shown


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("<p>5*3 &lt;b&gt; _x_ [a](b) `c`", r"5\*3 \<b> \_x\_ \[a\](b) \`c\`"),
        (
            "<p># no heading<br>- no list<br>1. no number",
            "\\# no heading\\\n\\- no list\\\n1\\. no number",
        ),
        ("<p>AT&amp;T, &amp;copy; and &copy;", r"AT&T, \&copy; and ©"),
        ("<p><b> bold </b>and <i>it</i>alic", "**bold** and *it*alic"),
        ("<p><b>a</b><i>b</i>", "**a**b"),
        ("<p><a href='https://example.org/a b'>x</a>", "[x](https://example.org/a%20b)"),
        ("<p><a href=/faq>x</a> <a href='javascript:y()'>z</a>", "[x](#) [z](#)"),
        ("<p>wow!<a href=https://example.org/>x</a>", r"wow\![x](https://example.org/)"),
        (
            "<h3>Three</h3><ul><li>a<li>b</ul><ol><li>c<li>d",
            "### Three\n\n- a\n\n- b\n\n1. c\n\n2. d",
        ),
        ("<blockquote><p>a<p>b</blockquote>c", "> a\n\n> b\n\nc"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a – b\n\nc"),
        ("<p>a<br><br>b<hr>c", "a\n\nb\n\n---\n\nc"),
        ("<pre>a\n  b</pre>", "a\\\nb"),
        ("<p><q>a</q> &#128512; &#99999999999; &#0;", "“a” 😀 \\&#99999999999; \ufffd"),
    ],
)
def test_an_element_becomes_its_markdown(body: str, source: str) -> None:
    assert page(body) == source


def test_what_no_reader_sees_is_not_in_the_text() -> None:
    read = html.read(
        "<title>T</title><!-- a --><style>b{}</style><script>'<p>c'</script><nav>Menu<br>News</nav>"
        "<p>Text</p><svg><text>d</text></svg><footer>e<address>Street 1</address>f</footer>"
    )
    assert [block.source for block in read.blocks] == ["Text", "Street 1"]
    assert read.left_out[:2] == ("Menu", "News")
    assert read.left_out[2:] == (
        "d", "e", "f", "style: 18 characters of code", "script: 23 characters of code"
    )  # fmt: skip
    assert read.titles == ("T",)


@pytest.mark.parametrize(
    "body", ["a <!-- b", "a <script> b", "a <b", "a <!b", "a </b", "a <title>b"]
)
def test_what_is_never_closed_hides_nothing(body: str) -> None:
    read = html.read(f"<p>{body}")
    shown = " ".join((*(block.plain for block in read.blocks), *read.left_out, *read.titles))
    assert {"a", "b"} <= set(markdown.words(shown))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Head *line* #", "Head line"),
        (
            '**Bold** [link](https://example.org/x_(y) "title") and snake_case',
            "Bold link and snake_case",
        ),
        (r"5 \* 3 \[x\] &amp; &copy 2", "5 * 3 [x] & &copy 2"),
        ("a * b * c", "a * b * c"),
    ],
)
def test_markdown_is_plain_again(source: str, text: str) -> None:
    assert markdown.plain(source) == text
