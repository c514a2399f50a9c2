"""Every word that a page or a mail says is in every language, and each translation fits its place."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog, Message, pofile
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from config import languages
from config.settings import ROOT
from mailer import parts

PLACES = re.compile(r"%\(\w+\)s")
TAGS = re.compile(r"<[^>]+>")
ISOLATED = re.compile("\u2068([^\u2068\u2069]*)\u2069")


def found() -> set[Any]:
    """Return what `make words` finds: a text, or a pair of singular and plural."""
    with (languages.WORDS / "babel.cfg").open(encoding="utf-8") as recipe:
        methods, options = parse_mapping_cfg(recipe)  # type: ignore[no-untyped-call] # not typed by babel
    keywords = DEFAULT_KEYWORDS | {"N_": None}
    rooms = {"config", "db", "mailer", "payments", "web"}
    return {
        message if isinstance(message, str) else tuple(message[:2])
        for _, _, message, _, _ in extract_from_dir(
            ROOT,
            methods,
            options,
            keywords,
            directory_filter=lambda path: rooms >= {Path(path).relative_to(ROOT).parts[0]},
        )
    }


def catalogue(code: str) -> Catalog:
    with languages.catalogue(code).open("rb") as file:
        return pofile.read_po(file, locale=code, abort_invalid=True)


def sides(message: Message) -> tuple[list[str], list[str]]:
    """Return what the code says, and what the translation says: each singular and plural."""
    said = [message.id] if isinstance(message.id, str) else list(message.id)
    translated = message.string or ""
    return said, [translated] if isinstance(translated, str) else list(translated)


CATALOGUES = {
    code: [each for each in catalogue(code) if each.id]
    for code in languages.BY_CODE
    if code != languages.SOURCE
}
FORMS = {"es": 2, "fr": 2, "ru": 3, "ar": 6}
SAID = found()
each_language = pytest.mark.parametrize("code", CATALOGUES)


def test_the_extraction_finds_what_pages_mails_and_code_say() -> None:
    assert {"Subscribe", "Privacy", "Please enter your email address."} <= SAID
    assert ("The link is good for %(num)s hour.", "The link is good for %(num)s hours.") in SAID


@each_language
def test_a_language_has_the_words_that_are_said_and_no_others(code: str) -> None:
    kept = {each.id if isinstance(each.id, str) else tuple(each.id) for each in CATALOGUES[code]}
    assert kept == SAID, "run make words, then translate what is new in words/"


@each_language
def test_every_message_is_translated_in_every_form_and_nobody_doubts_it(code: str) -> None:
    for message in CATALOGUES[code]:
        said, translated = sides(message)
        assert len(translated) == (1 if len(said) == 1 else FORMS[code]), said
        assert all(text.strip() for text in translated), said
        assert not message.fuzzy, said


@each_language
def test_a_translation_has_the_places_and_the_markup_of_the_original(code: str) -> None:
    for message in CATALOGUES[code]:
        said, translated = sides(message)
        for text in translated:
            places = Counter(PLACES.findall(text))
            # 'One hour' may be written without its number.
            assert {*places, "%(num)s"} == {*PLACES.findall(said[-1]), "%(num)s"}, text
            assert Counter(TAGS.findall(text)) == Counter(TAGS.findall(said[-1])), text
            # Any other sign of per cent would break the filling in.
            assert text.count("%") == places.total(), text


@each_language
def test_a_translation_is_trimmed_and_closes_the_isolates_it_opens(code: str) -> None:
    for message in CATALOGUES[code]:
        for text in sides(message)[1]:
            assert text == text.strip(), text
            assert text.count("\u2068") == text.count("\u2069") == len(ISOLATED.findall(text)), text


@each_language
def test_plurals_are_counted_as_the_language_does(code: str) -> None:
    used, words = ("%(num)s day", "%(num)s days"), languages.translations(code)
    kept = next(message for message in CATALOGUES[code] if message.id == used)
    assert {words.ngettext(*used, count) for count in range(201)} == {*sides(kept)[1]}


def test_arabic_and_russian_know_few_and_many() -> None:
    def days(code: str, count: int) -> str:
        words = languages.translations(code)
        return words.ngettext("%(num)s day", "%(num)s days", count) % {"num": count}

    assert [days("ru", n) for n in (1, 3, 7, 21)] == ["1 день", "3 дня", "7 дней", "21 день"]
    assert [days("ar", n) for n in (1, 2, 7, 30, 100)] == [
        "يوم واحد",
        "يومان",
        "7 أيام",
        "30 يومًا",
        "100 يوم",
    ]


@pytest.mark.parametrize("language", languages.LANGUAGES, ids=lambda each: each.code)
def test_the_table_says_of_a_language_what_the_rest_of_the_house_says(
    language: languages.Language,
) -> None:
    assert language.direction == parts.direction(language.code)
    assert language.code == languages.SOURCE or languages.catalogue(language.code).is_file()


@pytest.mark.parametrize("code", ["en", "de", "", "../es", "AR"])
def test_other_languages_are_english(code: str) -> None:
    assert languages.translations(code).gettext("Subscribe") == "Subscribe"
