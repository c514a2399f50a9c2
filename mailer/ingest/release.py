"""A press release read from text: its parts, what was found of them, and what could not be placed."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer import parts
from mailer.ingest import (
    address,
    body,
    boilerplate,
    contact,
    dateline,
    findings,
    headline,
    lead,
    links,
    menu,
    page,
    reading,
    remainder,
)
from mailer.ingest.blocks import Block
from mailer.ingest.findings import Finding
from mailer.ingest.language import Guess, detect

__all__ = ["Finding", "Found", "NotARelease", "parse"]

LIMITS: Final = {
    "headline": limits.HEADLINE_LENGTH,
    "body": limits.BODY_LENGTH,
    "boilerplate": limits.BOILERPLATE_LENGTH,
    "postal_address": limits.POSTAL_ADDRESS_LENGTH,
}
"""The longest a part may be, in characters. What is too long for a subhead or a contact is taken for none."""


class NotARelease(Exception):
    """The text is no release that can be kept; the message says why and what to do."""


class _Incomplete(NotARelease):
    """The text has no headline or no body."""


@dataclass(frozen=True)
class Found:
    """A release's parts, what was recognised, what was not or is doubtful, and lines that were dropped."""

    parts: parts.Parts
    found: tuple[Finding, ...]
    unplaced: tuple[Finding, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What each finder took out of one page."""

    source: page.Page
    guess: Guess
    is_language_given: bool
    furniture: tuple[Block, ...]
    contacts: tuple[parts.Contact, ...]
    top: lead.Top
    postal_address: str
    about: boilerplate.Taken
    body: body.Taken
    head: headline.Taken

    @property
    def left_out(self) -> tuple[str, ...]:
        lines = (line for block in self.furniture for line in menu.lines(block))
        notices = (*self.top.notices, *self.top.embargoes)
        titles = (title for title in self.source.titles if title != self.head.headline)
        return (
            *self.head.left_out, *self.source.left_out, *titles, *notices, *lines, *self.body.left_out
        )  # fmt: skip

    @property
    def said(self) -> tuple[str, ...]:
        """The datelines' words: the part holds their meaning."""
        return (*self.body.said, *self.top.said)


def parse(text: str, *, name: str, language: str | None = None) -> Found:
    """Read a release from text, Markdown or HTML, told by the name's ending and the text itself.

    1. Cut the text into blocks, and tell the language where none is given.
    2. Take out what has labels: contacts, notices, datelines on lines of their own.
    3. Find the lead, which is where the text begins; the dateline stands in it.
    4. Take the address and the boilerplate from below the lead, the headline and the menu from above.
    5. What is left is the body; links without a target become text.
    6. Put words that no part has into `left_out`, so that nothing is lost.

    A page that keeps its text in an element that is usually dropped is read again with that element.
    Raises NotARelease where there is no headline or no body, or where a part is longer than its limit.
    """
    if reading.BINARY.search(text):
        raise NotARelease(f"{name} holds binary data. {reading.ADVICE}")
    normal = unicodedata.normalize("NFC", text)
    if not page.is_html(normal, name=name):
        return _read(page.written(normal, name=name), name, language)
    shown = page.shown(normal)
    try:
        return _read(shown, name, language)
    except _Incomplete:
        if not shown.left_out:
            raise
        return _read(page.shown(normal, whole=True), name, language)


def _read(source: page.Page, name: str, language: str | None) -> Found:
    _check_size(source, name)
    pieces = _taken(source, language)
    if not pieces.head.headline:
        raise _Incomplete(
            f"{name} has no headline. Put it on a line of its own above the text, then a blank line."
        )
    return _found(pieces, name)


def _taken(source: page.Page, given: str | None) -> _Pieces:
    """Let each finder take its part, in an order in which none can take another's."""
    guess = Guess(given, "") if given else detect("\n".join(one.plain for one in source.blocks))
    language = guess.language
    loose = lead.loosened(source.blocks, language=language)
    furniture = tuple(block for block in loose if menu.is_furniture(block))
    people = contact.take(tuple(block for block in loose if not menu.is_furniture(block)))
    start = lead.find(people.rest, language=language)
    top = lead.top(people.rest[:start], language=language)
    postal = address.take(people.rest[start:], after=0)
    organisation = address.organisation(postal.postal_address)
    suffixes = (piece for title in source.titles for piece in headline.pieces(title)[1:])
    names = boilerplate.names(postal.rest, (organisation, *suffixes))
    about = boilerplate.take(postal.rest, after=0, names=names)
    masthead = names | {boilerplate.headed(about.boilerplate)}
    head = headline.take(top.above, stated=source.stated, titles=source.titles, names=masthead)
    text = body.take(about.rest, language=language)
    return _Pieces(
        source=source,
        guess=guess,
        is_language_given=given is not None,
        furniture=furniture,
        contacts=people.contacts,
        top=top,
        postal_address=postal.postal_address,
        about=about,
        body=text,
        head=head,
    )


def _found(pieces: _Pieces, name: str) -> Found:
    text = links.settle(body.text(pieces.head.rest + pieces.body.blocks))
    about = links.settle(pieces.about.boilerplate)
    release = parts.Parts(
        headline=pieces.head.headline,
        body=text.markdown.strip(),
        language=pieces.guess.language,
        subhead=pieces.head.subhead,
        dateline=_dateline(pieces),
        contacts=pieces.contacts,
        boilerplate=about.markdown.strip(),
        postal_address=pieces.postal_address,
    )
    _check(release, name)
    rest = remainder.lines(
        pieces.source.blocks, kept=release, said=pieces.said, left_out=pieces.left_out
    )
    recognised = findings.recognised(release, said=pieces.said, how=pieces.about.how)
    made_of = findings.body(pieces.head.rest + pieces.body.blocks, links=text.count)
    told = "given" if pieces.is_language_given else "told from the text"
    return Found(
        parts=release,
        found=(*recognised, made_of, Finding("language", f"{release.language}, {told}")),
        unplaced=_unplaced(pieces, release, text.without + about.without),
        left_out=(*pieces.left_out, *rest),
    )


def _dateline(pieces: _Pieces) -> parts.Dateline:
    beside = dateline.standalone(Block(pieces.source.dated[:40]), language=pieces.guess.language)
    found = dateline.merged(pieces.body.dateline, pieces.top.dateline)
    return dateline.merged(found, beside.dateline) if beside else found


def _check_size(source: page.Page, name: str) -> None:
    """Refuse early what cannot become a body: the finders would read it all to come to the same end."""
    if len(source.blocks) > limits.IMPORT_BLOCKS:
        raise NotARelease(
            f"{name} has more than {limits.IMPORT_BLOCKS:,} paragraphs, the most that are possible. "
            "Keep the text of the release and remove the rest."
        )
    for block in source.blocks:
        _check_length("body", len(block.source), name)


def _check(release: parts.Parts, name: str) -> None:
    """Refuse a release without a body or with a part that is too long."""
    if not release.body:
        raise _Incomplete(
            f"{name} has no body under the headline. Put the text below it, after a blank line."
        )
    for part in LIMITS:
        _check_length(part, len(getattr(release, part)), name)


def _check_length(part: str, length: int, name: str) -> None:
    if length > LIMITS[part]:
        raise NotARelease(
            f"The {part.replace('_', ' ')} in {name} is {length:,} characters long; "
            f"at most {LIMITS[part]:,} are possible. Shorten it and import the file again."
        )


def _unplaced(
    pieces: _Pieces, release: parts.Parts, without: tuple[tuple[str, str], ...]
) -> tuple[Finding, ...]:
    notes = [Finding("headline", doubt) for doubt in pieces.head.doubts]
    notes += findings.missing(release)
    one, other = pieces.body.dateline.day, pieces.top.dateline.day
    if one and other and one != other:
        notes.append(Finding("dateline", f"two dates: {one} was taken, {other} was not"))
    for line in pieces.top.embargoes:
        notes.append(Finding("embargo", f"set it by hand: '{findings.quoted(line)}'"))
    if pieces.guess.doubt:
        notes.append(Finding("language", pieces.guess.doubt))
    return (*notes, *(findings.link(text, target) for text, target in without))
