"""Whether the database already holds what this code would put there: the second start skips it.

Migrating and seeding change nothing then, but each takes a second or two to find that out.
"""

import hashlib
from pathlib import Path

from sandbox import environment, servers

_FOLDER = Path("db") / "migrations" / "versions"
_VERSION = "SELECT version_num FROM alembic_version"


class Filling:
    """A note beside the database: which migrations it was filled by, and where they left it."""

    def __init__(self, root: Path, note: Path, postgres: servers.Postgres) -> None:
        self._root = root
        self._note = note
        self._postgres = postgres

    def done(self) -> bool:
        """Tell whether the migrations on disk and the database are both as they were noted."""
        try:
            return self._note.read_text(encoding="utf-8") == self._state()
        except OSError:
            return False

    def keep(self) -> None:
        """Note that the database was filled."""
        environment.write_private(self._note, self._state())

    def _state(self) -> str:
        files = sorted((self._root / _FOLDER).glob("*.py"))
        digest = hashlib.sha256()
        for file in files:
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return f"{digest.hexdigest()} {self._postgres.ask(_VERSION)}\n"
