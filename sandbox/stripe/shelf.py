"""Where the sandbox keeps everything that it knows: in memory, and in a file where one is given.

What has changed since the last `save` goes to the file in one transaction, so that a sandbox killed
in the middle of a request has either all of its effects or none.
"""

import copy
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sandbox.stripe.things import Thing

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS things "
    "(place INTEGER PRIMARY KEY, kind TEXT, id TEXT, thing TEXT, UNIQUE (kind, id))"
)
WRITE: Final = (
    "INSERT INTO things (kind, id, thing) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, id) DO UPDATE SET thing = excluded.thing"
)


class Shelf:
    """Objects by kind and id, in the order they came. Not safe for threads: the world has one lock."""

    def __init__(self, file: Path | None = None) -> None:
        self._things: dict[str, dict[str, Thing]] = {}
        self._changed: dict[tuple[str, str], Thing | None] = {}
        self._before: dict[tuple[str, str], Thing | None] = {}
        self._file: sqlite3.Connection | None = None
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(file, check_same_thread=False)
            self._load(self._file)

    def put(self, thing: Thing) -> Thing:
        """Keep an object; call it again whenever it has changed."""
        if self.find(thing["object"], thing["id"]) is None:
            self._before.setdefault((thing["object"], thing["id"]), None)
        self._things.setdefault(thing["object"], {})[thing["id"]] = thing
        self._changed[thing["object"], thing["id"]] = thing
        return thing

    def remember(self, thing: Thing) -> None:
        """Note how a kept object is before it changes, so that `undo` can bring it back."""
        self._before.setdefault((thing["object"], thing["id"]), copy.deepcopy(thing))

    def undo(self) -> None:
        """Take back what has changed since the last `save`: a request that is refused did nothing."""
        before, self._before = self._before, {}
        for (kind, thing_id), thing in before.items():
            if thing is None:
                self._things.get(kind, {}).pop(thing_id, None)
                self._changed.pop((kind, thing_id), None)
            else:
                self._things[kind][thing_id] = thing
                self._changed[kind, thing_id] = thing

    def find(self, kind: str, thing_id: str) -> Thing | None:
        """Give an object, or None where there is none."""
        return self._things.get(kind, {}).get(thing_id)

    def all(self, kind: str) -> Iterator[Thing]:
        """Go through the objects of a kind, the oldest first."""
        return iter(list(self._things.get(kind, {}).values()))

    def drop(self, thing: Thing) -> None:
        """Forget an object."""
        self.remember(thing)
        self._things[thing["object"]].pop(thing["id"], None)
        self._changed[thing["object"], thing["id"]] = None

    def count(self) -> dict[str, int]:
        """Say how many of each kind there are."""
        return {kind: len(found) for kind, found in sorted(self._things.items())}

    def save(self) -> None:
        """Write what has changed to the file."""
        changed, self._changed, self._before = self._changed, {}, {}
        if self._file is None:
            return
        with self._file:
            for (kind, thing_id), thing in changed.items():
                if thing is None:
                    self._file.execute(
                        "DELETE FROM things WHERE kind = ? AND id = ?", (kind, thing_id)
                    )
                else:
                    self._file.execute(WRITE, (kind, thing_id, json.dumps(thing)))

    def close(self) -> None:
        """Write what has changed, and let go of the file."""
        self.save()
        if self._file is not None:
            self._file.close()

    def _load(self, file: sqlite3.Connection) -> None:
        # It must survive the death of this process, not a power cut; the disk is not waited for.
        file.execute("PRAGMA synchronous = OFF")
        with file:
            file.execute(TABLE)
        for (text,) in file.execute("SELECT thing FROM things ORDER BY place"):
            thing: Thing = json.loads(text)
            self._things.setdefault(thing["object"], {})[thing["id"]] = thing
