"""What the lists of gifts and plans are asked for; what is no filter of ours asks for nothing."""

import enum
import re
from datetime import date
from typing import Final, TypeVar

from flask import abort, request
from sqlalchemy.orm import Session

from payments import gift_finding
from payments.models.donors import Donor

Word = TypeVar("Word", bound=enum.StrEnum)

_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
"""The numbers that the database can hold: a longer one is no row of ours."""


def word(kind: type[Word], name: str) -> Word | None:
    """Return the member that the query names, None where it names none."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else None


def month() -> date | None:
    """Return the first day of the month that the query names, as 2026-11."""
    read = _MONTH.fullmatch(request.args.get("month", ""))
    return date(int(read[1]), int(read[2]), 1) if read else None


def before() -> int | None:
    """Return the number of the row before which the page begins."""
    asked = request.args.get("before", "")
    return int(asked) if _NUMBER.fullmatch(asked) else None


def donor(session: Session) -> Donor | None:
    """Return the donor whose reference the query names, None where it names none; 404 for nobody's."""
    asked = request.args.get("donor", "")
    found = gift_finding.donor(session, asked)
    if asked and found is None:
        abort(404)
    return found


def kept(*names: str) -> dict[str, str]:
    """Return the filters of the query, for the link to the next page."""
    return {name: value for name in names if (value := request.args.get(name, ""))}
