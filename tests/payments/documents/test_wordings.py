"""Every pack says the same things in every language, with the same places to fill."""

import re
from collections import Counter

import pytest

from config import languages
from payments.documents import packs

PACKS = ("us", "uk", "eu")
PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("name", ["common", *PACKS])
@pytest.mark.parametrize("language", languages.BY_CODE)
def test_a_language_has_every_sentence_with_its_places(name: str, language: str) -> None:
    wording = packs.wording(name)
    assert wording[language].keys() == wording["en"].keys()
    for key, said in wording[language].items():
        own, source = str(said), str(wording["en"][key])
        assert Counter(PLACES.findall(own)) == Counter(PLACES.findall(source)), key
        assert bool(own.strip()) == bool(source.strip()), key


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("language", languages.BY_CODE)
def test_every_sentence_of_a_pack_can_be_filled(pack: str, language: str) -> None:
    words = packs.words(pack, language)
    assert words.say("tax_id")
    assert words.say("thanks", organisation="Lantern").count("Lantern") == 1
    for name in ("notes", "statement_notes"):
        for sentence in words.sentences(name, organisation="Lantern"):
            assert "{" not in sentence


def test_a_language_that_we_do_not_speak_has_english_words() -> None:
    assert packs.words("eu", "de").say("gift") == "Receipt for your gift"


def test_a_value_is_isolated_where_the_sentence_runs_from_the_right() -> None:
    assert "\u2068Lantern\u2069" in packs.words("eu", "ar").say("thanks", organisation="Lantern")
    assert "\u2068" not in packs.words("eu", "fr").say("thanks", organisation="Lantern")
