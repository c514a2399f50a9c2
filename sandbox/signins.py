"""The demo sign-ins, kept when the seed prints them, because the product keeps only hashes."""

import json
from pathlib import Path

from sandbox import environment


def keep(path: Path, printed: str) -> None:
    """Keep what the seed printed: {"staff": [{"email", "role", "password"}]}, or nothing."""
    if printed.strip():
        environment.write_private(path, printed)


def lines(path: Path) -> list[str]:
    """Return a line for each sign-in, or one that says why there is none."""
    try:
        staff = json.loads(path.read_text(encoding="utf-8"))["staff"]
        return [f"{one['email']}  password {one['password']}  ({one['role']})" for one in staff]
    except (OSError, ValueError, KeyError, TypeError):
        return ["not known any more; `.venv/bin/flask staff invite EMAIL` makes a new way in"]
