"""The four kinds of surface, told apart by path: they decide headers, body limits and sessions."""

import enum
import re
from typing import Final

from config import limits


class Kind(enum.Enum):
    """Whom a path is for."""

    PUBLIC = "public"
    STAFF = "staff"
    HOOK = "hook"
    API = "api"

    @property
    def speaks_json(self) -> bool:
        """Whether a machine reads what this kind of surface answers."""
        return self in {Kind.HOOK, Kind.API}


_BODY_BYTES: Final = {
    Kind.PUBLIC: limits.PUBLIC_BODY_BYTES,
    Kind.STAFF: limits.STAFF_BODY_BYTES,
    Kind.HOOK: limits.HOOK_BODY_BYTES,
    Kind.API: limits.PUBLIC_BODY_BYTES,
}
_BY_FIRST_SEGMENT: Final = {"staff": Kind.STAFF, "hooks": Kind.HOOK, "api": Kind.API}


_CARRIES_A_FILE: Final = re.compile(r"/staff/releases/[^/]+/attachments/?")
_OPEN: Final = ("/staff/sign-in", "/staff/invitation")
"""Staff paths that strangers reach."""


def body_bytes(path: str) -> int:
    """Return the largest body that is read at a path."""
    return limits.PUBLIC_BODY_BYTES if path.startswith(_OPEN) else _BODY_BYTES[of(path)]


def carries_a_file(path: str) -> bool:
    """Return whether a path takes a file larger than any form of the console."""
    return _CARRIES_A_FILE.fullmatch(path) is not None


def of(path: str) -> Kind:
    """Return whom a path is for, also where no route answers it."""
    return _BY_FIRST_SEGMENT.get(path.lstrip("/").split("/", 1)[0], Kind.PUBLIC)
