"""The form of a release's parts: filled from a version or from what was typed, and read back as parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final, Self

from werkzeug.datastructures import MultiDict

from config import limits
from mailer import releases
from mailer.models.releases import Release
from mailer.parts import Contact, Dateline, Parts

_CONTACT: Final = ("contact_name", "contact_email", "contact_telephone")
_EMPTY_ROWS: Final = 1
_DIGITS: Final = 9


@dataclass(frozen=True)
class ReleaseForm:
    """What stands in the fields, as text; `was` is the edited version's language, '' for a new one."""

    was: str = ""
    revision: int = 0
    language: str = ""
    headline: str = ""
    subhead: str = ""
    place: str = ""
    day: str = ""
    body: str = ""
    contacts: tuple[Contact, ...] = ()
    boilerplate: str = ""
    postal_address: str = ""
    topics: tuple[str, ...] = ()

    @classmethod
    def of(cls, release: Release, parts: Parts, *, was: str) -> Self:
        """Fill the form from a version as it is stored now."""
        return cls(
            was=was,
            revision=release.revision,
            language=parts.language,
            headline=parts.headline,
            subhead=parts.subhead,
            place=parts.dateline.place,
            day=parts.dateline.day.isoformat() if parts.dateline.day else "",
            body=parts.body,
            contacts=parts.contacts,
            boilerplate=parts.boilerplate,
            postal_address=parts.postal_address,
            topics=tuple(topic.slug for topic in release.topics),
        )

    @classmethod
    def typed(cls, fields: MultiDict[str, str]) -> Self:
        """Fill the form from what was posted; nothing is refused here, so that all of it is kept."""
        revision = fields.get("revision", "")
        return cls(
            was=fields.get("was", ""),
            revision=int(revision) if revision.isdecimal() and len(revision) <= _DIGITS else 0,
            language=_line(fields.get("language", "")).lower(),
            headline=_line(fields.get("headline", "")),
            subhead=_line(fields.get("subhead", "")),
            place=_line(fields.get("place", "")),
            day=_line(fields.get("day", "")),
            body=_lines(fields.get("body", "")),
            contacts=_contacts(fields),
            boilerplate=_lines(fields.get("boilerplate", "")),
            postal_address=_lines(fields.get("postal_address", "")),
            topics=tuple(fields.getlist("topics")),
        )

    @property
    def rows(self) -> Sequence[Contact]:
        """The contacts with an empty row behind them, to write one more."""
        return [*self.contacts, *[Contact()] * _EMPTY_ROWS]

    @property
    def faults(self) -> dict[str, str]:
        """What the form itself finds wrong, by field; `mailer.releases` finds the rest."""
        found = {}
        if self.day and _date(self.day) is None:
            found["day"] = "Give the date as year-month-day, such as 2026-11-22."
        if len(self.contacts) > limits.CONTACTS:
            found["contacts"] = f"A release has at most {limits.CONTACTS} contacts."
        return found

    def parts(self) -> Parts:
        """Return the fields as parts; a date that is none is left out, `faults` tells of it."""
        return Parts(
            headline=self.headline,
            body=self.body,
            language=self.language,
            subhead=self.subhead,
            dateline=Dateline(self.place, _date(self.day)),
            contacts=self.contacts,
            boilerplate=self.boilerplate,
            postal_address=self.postal_address,
        )

    def differences(self, stored: "ReleaseForm") -> dict[str, object]:
        """Return the stored value of each field that differs from what was typed."""
        names = (name for name in self.__dataclass_fields__ if name not in {"was", "revision"})
        return {n: getattr(stored, n) for n in names if getattr(stored, n) != getattr(self, n)}


def blank(release: Release) -> ReleaseForm:
    """Return the form of a version in one more language: what is the same in each stands there already."""
    first = releases.parts(release.versions[0])
    parts = Parts(
        headline="",
        body="",
        language="",
        dateline=first.dateline,
        contacts=first.contacts,
        postal_address=first.postal_address,
    )
    return ReleaseForm.of(release, parts, was="")


def _contacts(fields: MultiDict[str, str]) -> tuple[Contact, ...]:
    columns = (map(_line, fields.getlist(name)) for name in _CONTACT)
    rows = (Contact(*row) for row in zip_longest(*columns, fillvalue=""))
    return tuple(row for row in rows if row != Contact())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    # Browsers post CRLF: kept so, a body would differ from itself after each time it is saved.
    return re.sub(r"\r\n?", "\n", text).strip("\n")
