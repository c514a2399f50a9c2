import dataclasses
import re
from datetime import date

import jinja2
import pytest

from mailer import render
from mailer.parts import Contact, Dateline, Parts
from tests.golden import mails


def release(**changes: object) -> render.Mail:
    return mails.release(dataclasses.replace(mails.ENGLISH, **changes))  # type: ignore[arg-type] # each name has its own type


def test_the_dateline_leads_the_first_paragraph_of_both_parts() -> None:
    mail = release()
    assert "DUBLIN, 4 March 2025</span>&nbsp;— A court" in mail.html
    assert "\n\nDUBLIN, 4 March 2025\u00a0— A court" in mail.text


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "CORK, 4 March 2025"),
        ("ru", "Cork, 4 марта 2025\u202fг."),
        ("ar", "Cork، 4 مارس 2025"),
        ("pt-BR", "Cork, 4 de março de 2025"),
        ("xx", "Cork, 2025-03-04"),
        ("not a language", "Cork, 2025-03-04"),
    ],
)
def test_the_date_is_written_as_the_language_does(language: str, written: str) -> None:
    dateline = Dateline("Cork", date(2025, 3, 4))
    mail = mails.release(Parts("H", "B", language=language, dateline=dateline))
    assert f"\n{written}\u00a0— B" in mail.text


@pytest.mark.parametrize(
    ("dateline", "opening"),
    [
        (Dateline(), "B"),
        (Dateline("Cork"), "CORK\u00a0— B"),
        (Dateline("", date(2025, 3, 4)), "4 March 2025\u00a0— B"),
    ],
)
def test_half_a_dateline_reads_well(dateline: Dateline, opening: str) -> None:
    assert f"\n\n{opening}\n" in mails.release(Parts("H", "B", dateline=dateline)).text


def test_a_trial_says_so_in_its_subject_alone() -> None:
    context = {
        "organisation": mails.ORGANISATION,
        "parts": mails.ENGLISH,
        "around": mails.NOTHING,
    }
    names = ("release_url", "unsubscribe_url", "manage_url")
    urls = {name: f"https://example.org/{name}" for name in names}
    trial = render.mail("release", language="en", test=True, **context, **urls)
    real = render.mail("release", language="en", **context, **urls)
    assert trial.subject == f"[Test] {real.subject}"
    assert trial.text == real.text


@pytest.mark.parametrize("parts", [mails.ENGLISH, mails.ARABIC])
def test_language_and_direction_stand_on_the_page_and_within_it(parts: Parts) -> None:
    html = mails.release(parts).html
    way = "rtl" if parts.language == "ar" else "ltr"
    assert f'<html lang="{parts.language}" dir="{way}"' in html
    assert f'<div class="page" dir="{way}" lang="{parts.language}"' in html
    assert html.count("<h1") == 1


def test_the_words_around_a_release_are_in_its_language() -> None:
    html = mails.release(mails.ARABIC).html
    assert "للتواصل الإعلامي" in html
    assert 'lang="en"' not in html


def test_words_we_do_not_have_in_its_language_are_english_and_marked_so() -> None:
    html = mails.release(dataclasses.replace(mails.ARABIC, language="fa")).html
    assert re.search(r'<h2 class="label" lang="en"[^>]*>Media contact<', html)
    assert re.search(r'<p lang="en" dir="ltr"[^>]*>\s*You receive', html)
    assert 'lang="en"' not in mails.release(mails.ENGLISH).html.partition("</h1>")[2]


def test_contacts_can_be_written_to_and_called() -> None:
    html = release().html
    assert 'href="mailto:oona@lantern.example.org"' in html
    assert 'href="tel:+35315550142"' in html


@pytest.mark.parametrize(
    ("telephone", "target"),
    [("212-246-8486", "tel:2122468486"), ("+44 (20) 1 ext. 5", "tel:+44201"), ("ask", None)],
)
def test_a_number_is_called_by_its_digits(telephone: str, target: str | None) -> None:
    html = release(contacts=(Contact(telephone=telephone),)).html
    assert re.findall(r'href="(tel:[^"]*)"', html) == ([target] if target else [])
    assert telephone in html


def test_what_is_no_address_is_not_linked() -> None:
    html = release(contacts=(Contact("A", "see website"),)).html
    assert "mailto:see" not in html
    assert "see website" in html


def test_a_second_address_of_the_release_replaces_the_organisations() -> None:
    mail = release(postal_address="Desk\nQuay 4")
    for part in (mail.html, mail.text):
        assert "Quay 4" in part
        assert "Harbour Row" not in part


def test_a_boilerplate_with_its_own_heading_gets_no_second() -> None:
    assert "About Lantern" not in release(boilerplate="# Who we are\n\nWe print.").html
    assert "About Lantern Rights Watch" in release(boilerplate="We print.").html


def test_a_release_of_bare_bones_has_no_empty_sections() -> None:
    mail = mails.release(Parts("H", "B"))
    assert "contact" not in mail.text.lower()
    assert "About" not in mail.html
    assert 'class="subhead"' not in mail.html


def test_markup_in_plain_fields_stays_text() -> None:
    html = release(headline="<b>&", subhead="<i>", contacts=(Contact("<u>", 'a"b@x', "<s>"),)).html
    assert "&lt;b&gt;&amp;" in html
    assert not re.search(r"<(b|i|u|s)>", html)


def test_control_characters_and_marker_characters_do_not_survive() -> None:
    mail = release(
        headline="A\0\r\nB\ufdd0c\ufdd1", body="x\0\ud800\ufdd0unsubscribe_url\ufdd1y\x0b"
    )
    assert mail.subject == "A Bc"
    assert "xunsubscribe_urly" in mail.text
    mail.html.encode()


def test_a_context_that_lacks_something_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render.mail("release", language="en", organisation=mails.ORGANISATION, parts=mails.ENGLISH)


def test_an_unknown_mail_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="choose one of release, confirm"):
        render.mail("../release", language="en")
