"""Origins: which site a page is of, written as a browser writes it (RFC 6454 6.2, WHATWG URL)."""

import re
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

# RFC 3986's characters and no more: of anything else, such as a backslash or a line break, browsers
# and urlsplit read another host out.
_URL: Final = re.compile(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~%-]+")
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")


def of(url: str) -> str | None:
    """Return the origin of a web address, None where it has none that everybody reads the same."""
    if not _URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    host = f"[{host}]" if ":" in host else host
    usual = port is None or port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def listed(text: str) -> str:
    """Return a list of origins in one spelling, spaces between them; raise ValueError with a sentence."""
    return " ".join(sorted({_listed(word) for word in text.split()}))


def _listed(word: str) -> str:
    origin = of(word)
    if origin is None or urlsplit(word).path.strip("/") or "?" in word or "#" in word:
        raise ValueError(
            "must be origins such as https://www.example.net, in ASCII, separated by spaces; "
            "'*' and paths are not taken"
        )
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if parts.scheme == "http" and host not in LOOPBACK and not host.endswith(".onion"):
        raise ValueError("must be https origins: readers type their addresses there")
    return origin
