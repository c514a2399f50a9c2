"""Where a socket may stand: its path is bounded by the kernel, the depth of a checkout is not.

And how a connection is reset, as by a machine that fell over.
"""

import asyncio
import contextlib
import hashlib
import os
import socket
import stat
import struct
import tempfile
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError

LONGEST = 103
"""Bytes of a socket's path that every system takes: 103 on macOS, 107 on Linux (sockaddr_un)."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER for no time: the peer gets a reset and not an end."""


def folder_for(folder: Path, name: str, *, owner: int) -> Path:
    """Return the folder for a socket of this name: the given one, or a short private one.

    Raises SandboxError where somebody else has put something in the short one's place.
    """
    if _fits(folder / name):
        return folder
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = next(
        place
        for base in (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 - made private, then checked
        if _fits((place := base / f"samizdat-{key}") / name) or base == Path("/tmp")  # noqa: S108 - as above
    )
    short.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(short, owner, -1, follow_symlinks=False)
    _refuse_foreign(short, owner)
    return short


def remove(socket_folder: Path, *, unless: Path) -> None:
    """Remove a short folder that `folder_for` made, if it is empty."""
    if socket_folder != unless and socket_folder.is_dir() and not any(socket_folder.iterdir()):
        socket_folder.rmdir()


def reset(writer: asyncio.StreamWriter) -> None:
    """Reset a connection; one that is gone already is left alone."""
    stream = writer.get_extra_info("socket")
    if stream is not None:
        with contextlib.suppress(OSError):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST


def _refuse_foreign(folder: Path, owner: int) -> None:
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if not private or found.st_uid != owner:
        raise SandboxError(
            f"{folder} is not ours alone, and a socket should stand there; remove it."
        )
