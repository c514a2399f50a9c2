"""A person to call: the name, mail address and telephone number read from a contact's lines."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from mailer import parts
from mailer.ingest import dates

EMAIL: Final = re.compile(r"[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
TELEPHONE: Final = re.compile(
    r"(?<![\w.@/])(?:\+\s?|00)?\(?\d[\d ().\u00a0/\u2010-\u2013-]{4,26}\d(?![\w@])"
    r"(?:,?\s?(?:ext|extn|x|poste|int|доб|durchwahl)\b\.?\s?\d{1,6})?(?:\s?\([^\d()\n]{2,60}\))?",
    re.IGNORECASE,
)
DIGITS_MIN: Final = 6
DIGITS_MAX: Final = 20
"""Fifteen digits (E.164) and an extension."""

FIELD: Final = re.compile(
    r"(?<!\w)(?:tel|tél|telephone|téléphone|telefon|teléfono|phone|mobile|mobil|móvil|portable|cell|fax"
    r"|handy|direct|office|whatsapp|signal|e-?mail|mail|correo(?: electrónico)?|courriel|mél"
    r"|тел|телефон|моб|факс|эл\. ?почта|электронная почта|почта"
    r"|هاتف|الهاتف|جوال|فاكس|البريد الإلكتروني|بريد إلكتروني|البريد|name|nombre|nom|имя|الاسم)\.?\s?[:：]",
    re.IGNORECASE,
)
BARE_FIELD: Final = re.compile(
    r"^(?:tel|tél|t|m|e|phone|mobile|mobil|cell|fax|e-?mail|mail|тел|телефон|هاتف)\.?$",
    re.IGNORECASE,
)
EDGE_WORD: Final = re.compile(
    r"^(?:please|contact|call|write to|at|on|or|and|by|via|is|o|ou|oder|und|et|y|или|и|по|أو|على"
    r"|contacte a|contactez|wenden sie sich(?: bitte)? an)(?!\w)\s*"
    r"|\s+(?:at|on|or|and|by|via|is|o|ou|oder|und|et|y|unter|по|или|и|أو|على|tel|phone|e-?mail)\.?$",
    re.IGNORECASE,
)
EDGES: Final = " \t\n\u00a0,;:|·•/<>–—-\u200e\u200f،؛"
PAIRS: Final = (("(", ")"), ("[", "]"))

Kind = Literal["name", "email", "telephone"]


def is_reachable(text: str) -> bool:
    """Whether the text holds a mail address or a telephone number."""
    return EMAIL.search(text) is not None or any(True for _ in _telephones(text))


def read(text: str) -> tuple[parts.Contact, ...]:
    """Read the contacts in these lines, in order.

    A new one begins with a name behind an address or number, or with a second address; more numbers are
    kept with the first.
    """
    people: list[dict[Kind, str]] = [{}]
    for line in text.split("\n"):
        for kind, value in _pieces(line):
            current = people[-1]
            if (kind == "name" and len(current) > ("name" in current)) or (
                kind == "email" and kind in current
            ):
                people.append({})
                current = people[-1]
            seam = " / " if kind == "telephone" else ", "
            current[kind] = f"{current[kind]}{seam}{value}" if kind in current else value
    return tuple(parts.Contact(**one) for one in people if one)


def _telephones(text: str) -> Iterator[re.Match[str]]:
    for match in TELEPHONE.finditer(text):
        digits = sum(character.isdigit() for character in match[0])
        if DIGITS_MIN <= digits <= DIGITS_MAX and dates.find(match[0]) is None:
            yield match


def _pieces(line: str) -> list[tuple[Kind, str]]:
    """Cut a line into names, addresses and numbers, as they stand in it."""
    marks: list[tuple[int, int, Kind]] = [
        (m.start(), m.end(), "email") for m in EMAIL.finditer(line)
    ]
    marks += [(m.start(), m.end(), "telephone") for m in _telephones(line)]
    pieces: list[tuple[Kind, str]] = []
    position = 0
    for start, end, kind in sorted(marks):
        if start < position:
            continue
        pieces += _names(line[position:start])
        pieces.append((kind, line[start:end]))
        position = end
    return pieces + _names(line[position:])


def _names(text: str) -> list[tuple[Kind, str]]:
    name = FIELD.sub(" ", text).strip(EDGES)
    while trimmed := EDGE_WORD.search(name):
        name = (name[: trimmed.start()] + name[trimmed.end() :]).strip(EDGES)
    name = name.removesuffix(" .").strip(EDGES)
    for opening, closing in PAIRS:
        if name.count(opening) != name.count(closing):
            name = name.replace(opening, "").replace(closing, "").strip(EDGES)
    words = " ".join(name.split())
    return [("name", words)] if words.strip(".()[]") and not BARE_FIELD.match(words) else []
