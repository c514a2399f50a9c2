"""Stripe's lists: the newest first, in pages that a cursor leads through."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing, listed
from sandbox.stripe.world import World

PAGE: Final = 10
LONGEST_PAGE: Final = 100
CURSORS: Final = frozenset({"limit", "starting_after", "ending_before", "expand"})

Match = Callable[[Thing, Thing], bool]
"""Tells whether an object is what the parameters ask for."""


@dataclass(frozen=True)
class Found:
    """A list before it is cut into a page: all of its kind, the newest first, and which of them fit."""

    things: Sequence[Thing]
    fits: Callable[[Thing], bool] = lambda _: True


def handler(kind: str, match: Match | None = None) -> Callable[[World, Thing], Found]:
    """Make what lists a kind of object: `match`, or else each parameter is a field it must equal."""

    def found(world: World, params: Thing) -> Found:
        newest_first = list(world.shelf.all(kind))[::-1]
        return Found(newest_first, lambda thing: (match or equal)(thing, params))

    return found


def page(found: Found, params: Thing, url: str) -> Thing:
    """Cut the page out of a list that the parameters ask for; looks no further than it must.

    Raises Refused for a limit out of range, and for a cursor that is not in the list.
    """
    limit = params.get("limit", PAGE)
    if not 1 <= limit <= LONGEST_PAGE:
        raise Refused(
            f"This value must be between 1 and {LONGEST_PAGE}.",
            code="parameter_invalid_integer",
            param="limit",
        )
    things, before = found.things, params.get("ending_before")
    if before is not None:
        things = things[: _place(things, before, "ending_before")][::-1]
    elif (after := params.get("starting_after")) is not None:
        things = things[_place(things, after, "starting_after") + 1 :]
    fitting = list(itertools.islice(filter(found.fits, things), limit + 1))
    data = fitting[:limit]
    return listed(data if before is None else data[::-1], url, has_more=len(fitting) > limit)


def within(moment: int, asked: Thing | int) -> bool:
    """Tell whether a moment is one that a filter such as `created` asks for."""
    if not isinstance(asked, dict):
        return moment == asked
    tests = {
        "gt": lambda limit: moment > limit,
        "gte": lambda limit: moment >= limit,
        "lt": lambda limit: moment < limit,
        "lte": lambda limit: moment <= limit,
    }
    return all(tests[name](int(limit)) for name, limit in asked.items())


def filters(params: Thing) -> Iterable[tuple[str, object]]:
    """Go through the parameters that choose, and not those that turn pages."""
    return ((name, value) for name, value in params.items() if name not in CURSORS)


def equal(thing: Thing, params: Thing) -> bool:
    """Tell whether an object's fields are what the parameters of their names ask for."""
    for name, asked in filters(params):
        found = thing.get(name)
        if name in {"created", "arrival_date", "available_on"}:
            if not within(int(found or 0), params[name]):
                return False
        elif found != asked:
            return False
    return True


def _place(things: Sequence[Thing], thing_id: str, param: str) -> int:
    for place, each in enumerate(things):
        if each["id"] == thing_id:
            return place
    raise Refused(f"No such object: '{thing_id}'", code="resource_missing", param=param)
