"""Cases: the deliveries of an announcement that somebody may have to look at, by number, never by reader.

Refused for good; uncertain, when nobody can say whether the relay took it; perhaps twice, when an earlier
try stayed without an answer and a later one has one.
"""

import csv
import enum
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from config import limits
from mailer.lists import cells
from mailer.models.deliveries import Delivery, DeliveryState

OTHER: Final = "other"
"""What stands for every provider that is not a large one: a small domain would name its reader."""
FIELDS: Final = ("id", "state", "code", "reason", "provider")

# What `refusals.describe` and `offering` write: '5.1.1 550 …', 'gave up: 4.2.2 452 …', '250 2.0.0'.
_CODE: Final = "^(?:gave up: )?(?:[0-9]{3} )?([245][.][0-9]{1,3}[.][0-9]{1,3})(?: |$)"


class Kind(enum.StrEnum):
    """Why a delivery is a case."""

    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    PERHAPS_TWICE = "perhaps_twice"


@dataclass(frozen=True, slots=True)
class Case:
    """One delivery: `code` is an enhanced status code (RFC 3463), '' where no relay gave one."""

    id: int
    state: str
    code: str
    reason: str
    provider: str

    def as_json(self) -> dict[str, int | str]:
        """Return it as JSON values."""
        return {name: getattr(self, name) for name in FIELDS}


def code() -> ColumnElement[str]:
    """Return the enhanced status code of a delivery's last answer, NULL where there is none."""
    return func.substring(Delivery.reason, _CODE)


def provider() -> ColumnElement[str]:
    """Return the large provider of a delivery's address, else `OTHER`."""
    return func.coalesce(Delivery.provider, OTHER)


def of(session: Session, announcement_id: int, kind: Kind, *, limit: int) -> Sequence[Case]:
    """Return the first cases of one kind, by number."""
    found = _cases(announcement_id, _IS[kind]).limit(limit)
    return [Case(*row) for row in session.execute(found)]


def count(session: Session, announcement_id: int, kind: Kind) -> int:
    """Count the cases of one kind."""
    ours = Delivery.announcement_id == announcement_id
    return session.scalar(select(func.count()).select_from(Delivery).where(ours, _IS[kind])) or 0


def as_csv(session: Session, announcement_id: int) -> Iterator[str]:
    """Give every case once, by number, as CSV (RFC 4180) in pieces; no spreadsheet runs a cell of it."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(FIELDS)
    found = _cases(announcement_id, or_(*_IS.values()))
    for row in session.execute(found.execution_options(yield_per=limits.EXPORT_ROWS)):
        if page.tell() > limits.LIST_BLOCK_BYTES:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
        writer.writerow(cells.safe(str(cell)) for cell in row)
    yield page.getvalue()


_IS: Final = {
    Kind.REFUSED: Delivery.state == DeliveryState.REFUSED,
    Kind.UNCERTAIN: Delivery.state == DeliveryState.UNCERTAIN,
    Kind.PERHAPS_TWICE: and_(Delivery.doubts > 0, Delivery.state != DeliveryState.UNCERTAIN),
}


def _cases(
    announcement_id: int, condition: ColumnElement[bool]
) -> Select[int, DeliveryState, str, str, str]:
    columns = (
        Delivery.id,
        Delivery.state,
        func.coalesce(code(), ""),
        func.coalesce(Delivery.reason, ""),
        provider(),
    )
    ours = Delivery.announcement_id == announcement_id
    return select(*columns).where(ours, condition).order_by(Delivery.id)
