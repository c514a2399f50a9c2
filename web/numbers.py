"""Numbers as people type them into a field; an empty field is None."""

import re


class NoNumber(ValueError):
    """What was typed is no number of the kind that is asked for."""


def decimal(typed: str) -> float | None:
    """Return a number such as 2.5 or 2,5; raise NoNumber."""
    text = typed.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise NoNumber("Write a number such as 20 or 0.5, or leave the field empty.") from None


def whole(typed: str) -> int | None:
    """Return a whole number; raise NoNumber."""
    text = typed.strip()
    if not text:
        return None
    # Longer ones are beyond what any limit allows, and the database.
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise NoNumber("Write a whole number such as 500, or leave the field empty.")
    return int(text)
