"""Addresses that lead from here to the product: given by a request, so looked at before they are used."""

import string
from typing import Final
from urllib.parse import quote, urlsplit

PLACE: Final = "{CHECKOUT_SESSION_ID}"
SAFE: Final = string.punctuation
"""What stays as it was given; everything else is letters, digits, or percent-encoded."""


def address(url: str | None) -> str | None:
    """Give a web address as a header may carry it, or None where it is none."""
    if url is None or _parts(url) is None:
        return None
    return quote(url, safe=SAFE)


def success(url: str, session_id: str) -> str | None:
    """Give the address that a donor goes on to, with the session's id in its place."""
    return address(url.replace(PLACE, session_id))


def origin(url: str | None) -> str | None:
    """Give an address's origin as a content security policy names it, or None."""
    parts = _parts(url or "")
    return quote(f"{parts[0]}://{parts[1]}", safe=":/.[]-") if parts else None


def _parts(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts.scheme, parts.netloc
