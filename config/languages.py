"""The languages we speak to readers in, and their words: one table, and one catalogue for each.

The words in the code are English. Every other language has `words/<code>/LC_MESSAGES/samizdat.po`, which is
read as it stands: what a translator saved is what a reader sees, and no compiled copy can lag behind.
"""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

from config.settings import ROOT

WORDS: Final = ROOT / "words"
DOMAIN: Final = "samizdat"
SOURCE: Final = "en"
"""The language that the words in the code are of, and of whoever wants one that we lack."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its ISO 639-1 code, its name in itself, and the value of HTML's `dir`."""

    code: str
    name: str
    direction: str = "ltr"


LANGUAGES: Final = (
    Language("en", "English"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("ru", "Русский"),
    Language("ar", "العربية", "rtl"),
)
"""In the order that a reader chooses from."""
BY_CODE: Final = {language.code: language for language in LANGUAGES}


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it, by which extraction finds the words
    """Mark words for translation where they stand; whoever shows them translates them."""
    return message


def catalogue(code: str) -> Path:
    """Return the path of a language's catalogue."""
    return WORDS / code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(code: str) -> NullTranslations:
    """Return the words of a language of the table, English ones for any other code.

    A catalogue takes about a tenth of a second to read, once in each process that needs the language.
    """
    if code == SOURCE or code not in BY_CODE:
        return NullTranslations()
    with catalogue(code).open("rb") as file:
        found = pofile.read_po(file, locale=code, domain=DOMAIN)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, found)
    compiled.seek(0)
    return Translations(compiled, DOMAIN)
