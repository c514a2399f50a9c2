"""The statement of a year: a donor's gifts, what of each went back and what remains, by currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from payments import amounts
from payments.documents import figures, packs, page, parties
from payments.documents.issuer import Issuer
from payments.documents.lettering import Style
from payments.documents.packs import Words
from payments.documents.page import Page
from payments.documents.parties import Recipient

_WIDTHS: Final = (24, 20, 20, 20, 20)
_CELL: Final = Style(size=9, leading=14)
_HEAD: Final = Style(size=8.5, leading=14, grey=0.35)
_SUM: Final = Style(size=9, leading=14, font=page.STRONG.font)


@dataclass(frozen=True, slots=True)
class Entry:
    """One gift in a statement, in minor units of its currency; `kept` is what its last receipt says."""

    given_on: date
    #: The number of its last receipt; '' where it has none yet.
    number: str
    given: int
    kept: int
    currency: str


@dataclass(frozen=True, slots=True)
class Total:
    """What a year's gifts in one currency come to, in its minor units."""

    given: int
    kept: int

    @property
    def returned(self) -> int:
        """What went back, by refund or lost dispute."""
        return self.given - self.kept


@dataclass(frozen=True, slots=True)
class Year:
    """What a statement says."""

    of_year: int
    entries: tuple[Entry, ...]
    number: str
    issued_on: date
    language: str
    recipient: Recipient


def totals(entries: Sequence[Entry]) -> dict[str, Total]:
    """Return the totals by currency; amounts of two currencies are never added up."""
    return {
        currency: Total(
            given=sum(each.given for each in entries if each.currency == currency),
            kept=sum(each.kept for each in entries if each.currency == currency),
        )
        for currency in sorted({each.currency for each in entries})
    }


def pdf(year: Year, issuer: Issuer) -> bytes:
    """Return the statement; the same values give the same bytes."""
    words = packs.words(issuer.pack, year.language)
    title = words.say("statement", year=str(year.of_year))
    sheet = parties.begin(title, year.number, issuer, words)
    _head(sheet, year, words)
    if year.entries:
        _table(sheet, year, words)
        for sentence in words.sentences("statement_notes", organisation=issuer.name):
            sheet.text(sentence)
            sheet.gap(6)
    else:
        sheet.text(words.say("no_gifts", year=str(year.of_year)))
    return parties.end(sheet, issuer, words)


def _head(sheet: Page, year: Year, words: Words) -> None:
    issued = figures.day(year.issued_on, words.language)
    sheet.rows(
        [
            (words.say("donor"), year.recipient.lines(words)),
            (words.say("statement_number"), year.number),
            (words.say("issued"), issued),
        ]
    )
    sheet.gap(10)
    sheet.text(words.say("statement_says", year=str(year.of_year), day=issued))
    sheet.gap(10)


def _table(sheet: Page, year: Year, words: Words) -> None:
    columns = ("day", "number", "given", "returned", "kept")
    sheet.table([[words.say(f"column_{name}") for name in columns]], _WIDTHS, _HEAD)
    sheet.rule()
    sheet.table([_row(entry, words) for entry in year.entries], _WIDTHS, _CELL)
    sheet.rule()
    sheet.table([_sum(*each, words) for each in totals(year.entries).items()], _WIDTHS, _SUM)
    sheet.rule()
    sheet.gap(8)


def _row(entry: Entry, words: Words) -> list[str]:
    sums = (entry.given, entry.given - entry.kept, entry.kept)
    return [
        figures.day(entry.given_on, words.language),
        entry.number,
        *(amounts.said(each, entry.currency, words.language) for each in sums),
    ]


def _sum(currency: str, total: Total, words: Words) -> list[str]:
    sums = (total.given, total.returned, total.kept)
    return [
        words.say("total", currency=currency),
        "",
        *(amounts.said(each, currency, words.language) for each in sums),
    ]
