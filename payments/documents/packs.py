"""Wording packs: what receipts say by the rules of a country, as data in `wordings/`, one file for each.

`common.toml` is what every receipt says; `us`, `uk` and `eu` add to it. Each file has one table for
each language that we speak. A value has named places, such as {organisation}.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from config import languages

_FOLDER: Final = Path(__file__).parent / "wordings"
_COMMON: Final = "common"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one pack in one language."""

    language: str
    #: The size of the paper: a4 or letter.
    paper: str
    _said: Mapping[str, Any]

    def say(self, name: str, **places: str) -> str:
        """Return a sentence with its places filled; raise KeyError for one that the pack lacks."""
        return str(self._said[name]).format_map(self._isolated(places))

    def sentences(self, name: str, **places: str) -> list[str]:
        """Return a list of sentences, which may be empty."""
        return [sentence.format_map(self._isolated(places)) for sentence in self._said[name]]

    def has(self, name: str) -> bool:
        """Tell whether the pack says anything by this name."""
        return name in self._said

    def _isolated(self, places: Mapping[str, str]) -> Mapping[str, str]:
        """Return values that turn around neither themselves nor a sentence read from the right (UAX 9)."""
        if languages.BY_CODE[self.language].direction == "ltr":
            return places
        return {name: f"\u2068{value}\u2069" for name, value in places.items()}


def words(pack: str, language: str) -> Words:
    """Return a pack's words; a language that we do not speak has English ones."""
    spoken = language if language in languages.BY_CODE else languages.SOURCE
    common, own = wording(_COMMON), wording(pack)
    return Words(spoken, str(own["paper"]), common[spoken] | own[spoken])


@cache
def wording(name: str) -> dict[str, Any]:
    """Return a file of `wordings/`, read once in each process."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
