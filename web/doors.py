"""Who comes through which door: what extensions hook into every request, kept to the staff's paths.

A visitor's request must not ask who is signed in, nor count tries to sign in; it cannot answer, and a
flood of the public form would pay for the question each time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Flask, request

from web import kinds


@contextmanager
def staff_only(app: Flask) -> Iterator[None]:
    """Let what is hooked into every request inside this block run for the staff's paths alone."""
    hooked: tuple[list[Callable[..., Any]], ...] = (
        app.before_request_funcs.setdefault(None, []),
        app.after_request_funcs.setdefault(None, []),
        app.teardown_request_funcs.setdefault(None, []),
    )
    before = [len(hooks) for hooks in hooked]
    yield
    for hooks, first in zip(hooked, before, strict=True):
        hooks[first:] = [_for_staff(hook) for hook in hooks[first:]]


def _for_staff(hook: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(hook)
    def run(*given: object) -> object:
        if kinds.of(request.path) is kinds.Kind.STAFF:
            return hook(*given)
        # What is hooked in after a view hands the answer on.
        return given[0] if given else None

    return run
