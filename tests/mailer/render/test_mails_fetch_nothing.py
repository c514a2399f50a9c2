"""What every mail's HTML keeps to, in any client: no resource, no table layout, colours one can read."""

import re
from pathlib import Path

import pytest

from mailer import render
from mailer.parts import Parts
from tests.golden import mails

CSS = (Path(render.__file__).parent / "templates/_base/mail.css").read_text()
PLAIN, DARK = CSS.partition("(prefers-color-scheme: dark)")[::2]
MAILS = {
    "release-en": mails.release(mails.ENGLISH),
    "release-ar": mails.release(mails.ARABIC),
    "confirm": mails.confirm(),
}


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("remote", ["src=", "url(", "<link", "<script", "<img", "@import", "@font"])
def test_a_mail_fetches_nothing_when_it_is_opened(name: str, remote: str) -> None:
    assert remote not in MAILS[name].html.lower()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_has_one_h1_and_says_its_colour_schemes(name: str) -> None:
    html = MAILS[name].html
    assert html.count("<h1") == 1
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_the_only_table_of_a_release_is_the_authors() -> None:
    assert MAILS["release-en"].html.count("<table") == 1
    assert "<table" not in MAILS["release-ar"].html


@pytest.mark.parametrize(("rules", "ground"), [(PLAIN, "#fdfcfa"), (DARK, "#171614")])
def test_words_stand_out_from_their_ground_in_both_schemes(rules: str, ground: str) -> None:
    assert ".page { " in rules
    assert ground in rules
    words = set(re.findall(r"(?<![-\w])color: (#\w{6})", re.sub(r"\.button.*", "", rules)))
    assert len(words) >= 3
    assert all(contrast(word, ground) >= 4.5 for word in words)


@pytest.mark.parametrize("rules", [PLAIN, DARK])
def test_words_stand_out_on_the_button(rules: str) -> None:
    button = re.findall(r"\.button.*", rules)[0]
    ground, words = (
        re.findall(rf"(?<![-\w]){name}: (#\w{{6}})", button)[0]
        for name in ("background-color", "color")
    )
    assert contrast(ground, words) >= 4.5


def test_styles_stand_in_the_elements_for_clients_that_drop_the_head() -> None:
    assert re.search(r"<h1 style=", MAILS["confirm"].html)
    style = re.search(r"<style>(.*?)</style>", MAILS["confirm"].html, re.DOTALL)
    assert style
    assert style[1].strip().startswith("@media")


def test_the_preheader_is_the_first_sentence_and_hidden() -> None:
    hidden = re.search(
        r'<div class="preheader"[^>]*display: none[^>]*>(.*?)</div>', MAILS["release-en"].html
    )
    assert hidden
    assert hidden[1].startswith("A court in the Vesmari capital today released Ilse Maran")
    assert hidden[1].count("\u200c") == 60


def test_a_release_of_six_hundred_words_stays_small() -> None:
    words = "The ministry has given no reason for its order to the families at the gate. " * 5
    body = "\n\n".join([words] * 8)
    parts = Parts("Vesmar: a headline of a usual length for a release", body)
    assert len(body.split()) == 600
    assert len(mails.message(parts)) <= 25_000
