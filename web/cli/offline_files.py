"""Files of offline gifts: CSV with a line of names first; every line is read before any is entered."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

from config import limits
from payments.offline_gifts import BadGift, OfflineGift
from web import offline_entries
from web.offline_entries import Entry

COLUMNS: Final = {
    "date": "received_on",
    "amount": "amount",
    "currency": "currency",
    "channel": "channel",
    "name": "name",
    "address": "address",
    "fund": "fund_slug",
    "note": "message",
    "postal_address": "postal_address",
    "language": "language",
}
"""A column's name -> the field of an entry."""
_NEEDED: Final = ("date", "amount", "currency", "channel")


class BadFile(Exception):
    """A file cannot be read at all; the message says where."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """What must be mended in one line; several fields are several of these."""

    line: int
    column: str
    says: str

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"line {self.line}, {self.column}: {self.says}"


class BadLines(Exception):
    """Nothing of a file was entered; `bad` names the first of what must be mended, in order."""

    def __init__(self, bad: Sequence[BadLine]) -> None:
        shown = "\n".join(str(each) for each in bad[: limits.OFFLINE_FAULTS_SHOWN])
        super().__init__(f"Nothing was entered; to be mended: {len(bad):,}.\n{shown}")
        self.bad = bad


def gifts(session: Session, file: BinaryIO, *, now: datetime) -> list[OfflineGift]:
    """Return the gifts of a file; raise BadFile, or BadLines with everything that must be mended."""
    found: list[OfflineGift] = []
    bad: list[BadLine] = []
    for count, (number, entry) in enumerate(_entries(_text(file)), start=1):
        if count > limits.OFFLINE_FILE_GIFTS:
            raise BadFile(f"A file holds at most {limits.OFFLINE_FILE_GIFTS:,} gifts; part it.")
        try:
            found.append(offline_entries.gift(session, entry, nonce="", now=now))
        except BadGift as fault:
            bad += [BadLine(number, _NAMES[field], says) for field, says in fault.faults.items()]
    if bad:
        raise BadLines(bad)
    return list(_told_apart(found))


def _told_apart(found: Iterable[OfflineGift]) -> Iterator[OfflineGift]:
    """Give equal gifts of one file a nonce each: two people may give the same on one day.

    The same line in the same file is the same gift again, in whatever place it stands.
    """
    seen = Counter[OfflineGift]()
    for gift in found:
        seen[gift] += 1
        yield replace(gift, nonce=f"line {seen[gift]}")


def _text(file: BinaryIO) -> str:
    content = file.read(limits.OFFLINE_FILE_BYTES + 1)
    if len(content) > limits.OFFLINE_FILE_BYTES:
        raise BadFile(f"The file is larger than {limits.OFFLINE_FILE_BYTES:,} bytes; part it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Line {line} is no UTF-8; save the file as CSV UTF-8.") from None


def _entries(text: str) -> Iterator[tuple[int, Entry]]:
    """Give each line that holds anything with its number; one of several lines has that of the last."""
    first = text.partition("\n")[0]
    # Spreadsheets write semicolons where a comma parts the decimals.
    mark = ";" if first.count(";") > first.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restval="", strict=True)
    try:
        _check_names(rows.fieldnames or ())
        for row in rows:
            if None in row:
                raise BadFile(f"Line {rows.line_num} has more cells than there are columns.")
            if any(cell.strip() for cell in row.values()):
                yield rows.line_num, Entry.of({COLUMNS[name]: row[name] for name in row})
    except csv.Error as error:
        raise BadFile(f"Line {rows.line_num} is no CSV: {error}.") from None


def _check_names(names: Sequence[str]) -> None:
    lacking = [name for name in _NEEDED if name not in names]
    odd = [name for name in names if name not in COLUMNS]
    if lacking or odd or len(set(names)) < len(names):
        raise BadFile(
            f"The first line names the columns, once each: {', '.join(_NEEDED)} are needed, and there may be "
            f"{', '.join(name for name in COLUMNS if name not in _NEEDED)}."
        )


_NAMES: Final = {field: name for name, field in COLUMNS.items()}
