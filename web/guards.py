"""Who may pass: each blueprint names one of these in web/surfaces.py, `open_to_all` included."""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec

from flask import abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from config import limits
from staff.models import RoleName

Guard = Callable[[], ResponseReturnValue | None]
"""Looks at the current request: None lets it pass, anything else is the answer."""

P = ParamSpec("P")


def open_to_all() -> None:
    """Let everybody pass. To write it into the table is a decision, not an omission."""


def staff_only(*roles: RoleName) -> Guard:
    """Return a guard that passes signed-in staff, who hold one of the roles where any are named."""

    def guard() -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return redirect(url_for("security.login", next=_page()), 303)
        if roles and not any(current_user.has_role(role.value) for role in roles):
            abort(403)
        return None

    return guard


def recently_signed_in(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Ask for the password or passkey again before a sensitive act (a send, an export, a refund).

    Put it on the page that shows the form too: what was posted is not kept while the person proves
    themselves, they are brought back to the page.
    """

    @functools.wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not is_fresh():
            return redirect(url_for("security.verify", next=_page()), 303)
        return view(*args, **kwargs)

    return wrapper


def is_fresh() -> bool:
    """Return whether the signed-in person proved themselves in the last minutes."""
    # The key is Flask-Security's: set by sign-in and by its 'verify' page, in seconds since 1970.
    age = time.time() - float(session.get("fs_paa", 0))
    return -limits.CLOCK_SKEW_SECONDS <= age <= limits.FRESH_SIGN_IN_SECONDS


def _page() -> str:
    """Return the address to come back to: this one, or the nearest above it that can be opened."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.removesuffix("?")
    path = request.path.rstrip("/")
    while path and not _opens(path):
        path = path.rpartition("/")[0]
    return path or url_for("home.show")


def _opens(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")
