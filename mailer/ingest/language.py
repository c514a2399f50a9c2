"""The language of a text, told by its script and its commonest words."""

from dataclasses import dataclass
from typing import Final

from mailer.ingest import markdown

_STOP_WORDS: Final[dict[str, str]] = {
    "en": "the and of to in that is was for on with by has are be been from which this at",
    "es": "el la los las de que y en del por con para una se su al es un como más fue",
    "fr": "le la les de des et en du que qui une dans pour est au aux par sur pas ce ont",
    "de": "der die das und den von zu mit des ist im für auf dem ein eine nicht sich wurde",
    "ru": "и в не на что с по из он за как это его для от был были также",
    "ar": "في من على أن إلى التي الذي عن هذا هذه مع كان كما بعد قال قالت",
}
STOP_WORDS: Final = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
"""Twenty words each that every page of the language holds."""

OTHER_LETTERS: Final[dict[str, str]] = {"ru": "іїєґўљњћђџјқғңұһө", "ar": "پچژگکیےۆەێ"}
"""Letters of the same script that the language does not have."""

CYRILLIC: Final = ("\u0400", "\u052f")
ARABIC: Final = ("\u0600", "\u06ff")
SAMPLE: Final = 40_000
SEEN: Final = 3
"""Fewer stop words than this prove nothing."""
OTHERS_SHARE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Guess:
    """A language's code, and what speaks against it ('' where nothing does)."""

    language: str
    doubt: str


def detect(text: str) -> Guess:
    """Tell the language of a text; English, with a doubt, where it cannot be told."""
    sample = text[:SAMPLE]
    letters = [character for character in sample.casefold() if character.isalpha()]
    if not letters:
        return Guess("en", "the text has no letters")
    for language, (first, last) in (("ru", CYRILLIC), ("ar", ARABIC)):
        own = [letter for letter in letters if first <= letter <= last]
        if len(own) > len(letters) / 2:
            return Guess(language, _foreign(language, own))
    return _latin(sample)


def _foreign(language: str, letters: list[str]) -> str:
    others = sum(letter in OTHER_LETTERS[language] for letter in letters)
    if others <= OTHERS_SHARE * len(letters):
        return ""
    return f"some letters are not used in '{language}': it may be another language of that script"


def _latin(sample: str) -> Guess:
    words = [word.casefold() for word in markdown.words(sample)]
    scores = {
        language: sum(word in stop_words for word in words)
        for language, stop_words in STOP_WORDS.items()
    }
    best, second = sorted(scores, key=lambda language: -scores[language])[:2]
    if scores[best] < SEEN:
        return Guess("en", "too few known words: taken as English")
    if scores[second] * 4 > scores[best] * 3:
        return Guess(best, f"nearly as many words look like '{second}'")
    return Guess(best, "")
