"""Rows judged, sealed and gathered into chunks, one chunk ahead of the database that stores them."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from config import limits
from db.sealed import Keyring
from mailer import addresses
from mailer.lists.rows import Ready, Refused, Rules
from mailer.lists.table import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A row as the database takes it: the address encrypted for `column`, and its blind index."""

    ready: Ready
    index: bytes
    blob: bytes


@dataclass(slots=True)
class Chunk:
    """Rows that are stored in one transaction; `count` has those of the file, refused ones included."""

    rows: dict[bytes, Sealed] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    count: int = 0
    characters: int = 0

    @property
    def full(self) -> bool:
        """Whether it has what one transaction takes."""
        return (
            self.count >= limits.LIST_CHUNK_ROWS or self.characters >= limits.LIST_CHUNK_CHARACTERS
        )

    def add(self, row: Row, judged: Sealed | Refused) -> None:
        """Put one row of the file in; an address that is in already is refused."""
        self.count += 1
        self.characters += sum(map(len, row.cells))
        if isinstance(judged, Refused):
            self.refused.append(judged)
        elif judged.index in self.rows:
            line = self.rows[judged.index].ready.row.line
            self.refused.append(Refused(row, f"the same address is in line {line}"))
        else:
            self.rows[judged.index] = judged


def gather(rows: Iterable[Row], rules: Rules, keys: Keyring, *, column: str) -> Iterator[Chunk]:
    """Give chunk after chunk of the rows, each address sealed for this column."""
    chunk = Chunk()
    for row in rows:
        judged = rules.judge(row)
        chunk.add(row, judged if isinstance(judged, Refused) else seal(judged, keys, column=column))
        if chunk.full:
            yield chunk
            chunk = Chunk()
    if chunk.count:
        yield chunk


def seal(ready: Ready, keys: Keyring, *, column: str) -> Sealed:
    """Encrypt the address of a row, bound to its blind index."""
    index = addresses.index(keys, ready.address)
    return Sealed(ready, index, keys.seal(ready.address, column=column, row=index))


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Give the items while a thread prepares the next one: what takes a core here need not wait there."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="list") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
