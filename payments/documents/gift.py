"""The receipt of one gift, and its correction after money went back: values in, a PDF out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from payments import amounts
from payments.documents import figures, packs, page, parties
from payments.documents.issuer import Issuer
from payments.documents.packs import Words
from payments.documents.page import Page
from payments.documents.parties import Recipient

ONLINE: Final = "stripe"
"""The way of whatever nobody entered by hand."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A donor's Gift Aid declaration: the sentence they agreed to, and when."""

    wording: str
    on: date


@dataclass(frozen=True, slots=True)
class Gift:
    """What a receipt says; amounts are minor units of `currency`."""

    number: str
    issued_on: date
    given_on: date
    given: int
    kept: int
    currency: str
    language: str
    #: stripe, cheque, transfer or cash.
    way: str
    #: What links the receipt with the gift in our books, and says nothing else.
    reference: str
    recipient: Recipient
    fund: str = ""
    #: The number of the receipt that this one takes the place of.
    corrects: str = ""
    declared: Declared | None = None

    @property
    def is_offline(self) -> bool:
        """Whether staff entered it: then nothing of it is given back, but all of it may be taken back."""
        return self.way != ONLINE


def pdf(gift: Gift, issuer: Issuer) -> bytes:
    """Return the receipt; the same values give the same bytes."""
    words = packs.words(issuer.pack, gift.language)
    title = words.say("correction" if gift.corrects else "gift")
    sheet = parties.begin(title, gift.number, issuer, words)
    _facts(sheet, gift, words)
    for sentence in sentences(gift, issuer):
        sheet.text(sentence)
        sheet.gap(6)
    return parties.end(sheet, issuer, words)


def sentences(gift: Gift, issuer: Issuer) -> list[str]:
    """Return what a receipt says besides its figures; the mail that carries it says the same."""
    words = packs.words(issuer.pack, gift.language)
    said = [_correction(gift, words)] if gift.corrects else []
    if not gift.kept:
        return [*said, words.say("nothing_left")]
    if gift.is_offline:
        said.append(words.say(f"by_{gift.way}", day=figures.day(gift.given_on, words.language)))
    said += words.sentences("notes", organisation=issuer.name)
    return [*said, *_gift_aid(gift, issuer, words)]


def _facts(sheet: Page, gift: Gift, words: Words) -> None:
    returned = gift.given - gift.kept
    sheet.rule()
    sheet.rows([(words.say("amount"), _amount(gift, gift.given))], page.STRONG)
    if returned:
        label = words.say("withdrawn" if gift.is_offline else "returned")
        sheet.rows([(label, _amount(gift, returned))])
        sheet.rows([(words.say("kept"), _amount(gift, gift.kept))], page.STRONG)
    sheet.rows(
        [
            (
                words.say("received" if gift.is_offline else "given"),
                figures.day(gift.given_on, words.language),
            ),
            (words.say("donor"), gift.recipient.lines(words)),
            (words.say("fund"), gift.fund),
            (words.say("way"), words.say(gift.way)),
            (words.say("number"), gift.number),
            (words.say("issued"), figures.day(gift.issued_on, words.language)),
            (words.say("reference"), gift.reference),
        ]
    )
    sheet.rule()
    sheet.gap(8)


def _correction(gift: Gift, words: Words) -> str:
    given = _amount(gift, gift.given)
    if gift.is_offline:
        return words.say("void", number=gift.corrects, given=given)
    if gift.kept == gift.given:
        return words.say("restored", number=gift.corrects, given=given)
    return words.say(
        "corrects",
        number=gift.corrects,
        given=given,
        returned=_amount(gift, gift.given - gift.kept),
        kept=_amount(gift, gift.kept),
    )


def _gift_aid(gift: Gift, issuer: Issuer, words: Words) -> list[str]:
    if not words.has("declaration"):
        return []
    if gift.declared is None:
        return [words.say("undeclared", contact=issuer.contact)]
    on = figures.day(gift.declared.on, words.language)
    return [words.say("declared", day=on), gift.declared.wording]


def _amount(gift: Gift, amount: int) -> str:
    return amounts.said(amount, gift.currency, gift.language)
