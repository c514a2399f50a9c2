"""Reads `a[b][0][c]=x`, which is how Stripe's API writes what is nested."""

import re
from typing import Final
from urllib.parse import parse_qsl

from sandbox.stripe.refusals import Invalid
from sandbox.stripe.things import Thing

NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART: Final = re.compile(r"\[([^\[\]]*)\]")
DEPTH: Final = 12
"""How deep brackets go: Stripe's own requests stay under ten."""


def decode(text: str) -> Thing:
    """Read a form: dictionaries all the way, a list as one whose names are '0', '1', ..

    Raises Invalid where a name cannot be read, or is both a value and a dictionary.
    """
    found: Thing = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _place(found, _parts(name), value, name)
    return found


def flat(params: Thing, within: str = "") -> list[tuple[str, str]]:
    """Write decoded parameters as sorted pairs: two requests are the same when these are."""
    pairs: list[tuple[str, str]] = []
    for name, value in sorted(params.items()):
        path = f"{within}[{name}]" if within else name
        pairs += flat(value, path) if isinstance(value, dict) else [(path, str(value))]
    return pairs


def _parts(name: str) -> list[str]:
    match = NAME.fullmatch(name)
    parts = [match[1], *PART.findall(match[2])] if match else []
    if not parts or len(parts) > DEPTH:
        raise Invalid(f"Invalid parameter name: {name}", param=name)
    return parts


def _place(found: Thing, parts: list[str], value: str, name: str) -> None:
    inside = found
    for part in parts[:-1]:
        inside = inside.setdefault(part or str(len(inside)), {})
        if not isinstance(inside, dict):
            raise Invalid(f"Invalid hash: {name}", param=name)
    inside[parts[-1] or str(len(inside))] = value
