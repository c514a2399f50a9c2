"""One row of a list: a subscriber who can be stored, or a refusal with its reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from config import languages, limits
from mailer import addresses
from mailer.lists import cells, mapping, spelling
from mailer.lists.mapping import Fit
from mailer.lists.table import Row
from mailer.models.subscribers import Topic

_ACTIVE: Final = frozenset({"enabled", "subscribed", "confirmed", "active"})
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BETWEEN_TOPICS: Final = re.compile(r"[;|,\s]+")
_GO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\d* ([+-]\d{4})\b.*")
"""How systems written in Go print a time: '2024-03-01 12:00:00.5 +0000 UTC'."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may be stored: the address is normalised, the topics exist, the proof is believable."""

    row: Row
    address: str
    topics: tuple[Topic, ...]
    language: str
    confirmed_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not stored, and why."""

    row: Row
    reason: str


class _Fault(Exception):
    """A row cannot be stored; the message is the reason."""


@dataclass(frozen=True)
class Rules:
    """What decides about a row: the mapping, the topics, and what is asked for besides.

    Retired topics are among them: who comes with a proof keeps theirs, as everybody on the list did, and
    hears of it again once it is restored.
    """

    fit: Fit
    columns: int
    topics: Mapping[str, Topic]
    #: For rows that name none.
    default_topics: Sequence[Topic]
    language: str
    #: People are asked again, so that no row needs a proof.
    reconfirm: bool
    now: datetime

    def judge(self, row: Row) -> Ready | Refused:
        """Return the row ready to be stored, or refused with its reason."""
        if row.fault:
            return Refused(row, row.fault)
        try:
            return self._ready(row)
        except (_Fault, addresses.BadAddress) as fault:
            return Refused(row, str(fault))

    def _ready(self, row: Row) -> Ready:
        self._refuse_shape(row)
        address = spelling.bare(self._cell(row, mapping.EMAIL))
        if not address:
            raise _Fault("there is no address")
        self._refuse_gone(row)
        return Ready(
            row,
            spelling.normalise(address),
            self._topics(row),
            self._language(row),
            self._confirmed_at(row),
            self._note(row),
        )

    def _cell(self, row: Row, name: str) -> str:
        position = self.fit.positions.get(name)
        if position is None or position >= len(row.cells):
            return ""
        cell = row.cells[position]
        # The note is kept to the letter: its hash names it.
        return cells.plain(cell if name == mapping.CONSENT_NOTE else cell.strip())

    def _refuse_shape(self, row: Row) -> None:
        more = row.cells[self.columns :]
        if any(more):
            raise _Fault(f"it has {len(row.cells):,} cells, the first line has {self.columns}")

    def _refuse_gone(self, row: Row) -> None:
        status = self._cell(row, mapping.STATUS)
        if status and status.lower() not in _ACTIVE:
            raise _Fault(f"its status is {_cut(status)}")
        if self._cell(row, mapping.LEFT_AT):
            raise _Fault("this person has left that list")

    def _topics(self, row: Row) -> tuple[Topic, ...]:
        cell = self._cell(row, mapping.TOPICS)
        if cell in self.topics:
            return (self.topics[cell],)
        slugs = [slug for slug in _BETWEEN_TOPICS.split(cell) if slug]
        if not slugs:
            return tuple(self.default_topics)
        for slug in slugs:
            if slug not in self.topics:
                raise _Fault(f"there is no topic {_cut(slug)}")
            if self.reconfirm and self.topics[slug].retired_at:
                raise _Fault(f"the topic {_cut(slug)} is retired: nobody can be asked about it")
        return tuple(self.topics[slug] for slug in dict.fromkeys(slugs))

    def _language(self, row: Row) -> str:
        language = self._cell(row, mapping.LANGUAGE).replace("_", "-")
        if not language:
            return self.language
        if not _LANGUAGE.fullmatch(language):
            raise _Fault(f"{_cut(language)} is no code of a language, such as en or es")
        code = language.partition("-")[0].lower()
        if code not in languages.BY_CODE:
            raise _Fault(f"no mail is written in {_cut(code)}: empty the cell for {self.language}")
        return code

    def _confirmed_at(self, row: Row) -> datetime | None:
        text = self._cell(row, mapping.CONFIRMED_AT)
        if not text:
            if self.reconfirm:
                return None
            raise _Fault("there is no proof of consent: confirmed_at is empty")
        at = moment(text)
        if at is None or at.year < limits.LIST_EARLIEST_YEAR:
            raise _Fault(f"{_cut(text)} is no time of a consent, such as 2024-03-01T12:00:00Z")
        if at > self.now + timedelta(seconds=limits.CLOCK_SKEW_SECONDS):
            raise _Fault(f"its consent lies in the future: {_cut(text)}")
        return at

    def _note(self, row: Row) -> str:
        note = self._cell(row, mapping.CONSENT_NOTE)
        if len(note) > limits.LIST_NOTE_LENGTH:
            raise _Fault(f"its consent_note is longer than {limits.LIST_NOTE_LENGTH:,} characters")
        return note


def moment(text: str) -> datetime | None:
    """Return the time a cell names (ISO 8601, or as Go prints it), in UTC where it names no zone."""
    go = _GO_TIME.fullmatch(text)
    try:
        at = datetime.fromisoformat(f"{go[1]}{go[2]}" if go else text)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _cut(text: str) -> str:
    length = limits.LIST_REASON_CELL_LENGTH
    return text if len(text) <= length else f"{text[:length]}…"
