"""The staff's sessions: a signed cookie that only /staff/ reads or sets, an idle and an absolute end, CSRF.

A visitor of a public page has no session: nothing there can read a cookie or set one, by accident or not.
"""

import time
from datetime import timedelta
from hashlib import sha256
from typing import Any, NoReturn

from flask import Flask, Request, abort, request, session
from flask.sessions import (
    NullSession,
    SecureCookieSession,
    SecureCookieSessionInterface,
)
from flask_security.signals import user_authenticated
from flask_wtf import CSRFProtect

from config import derived, limits
from config.settings import Settings
from web import kinds

BEGAN = "began"
"""When this sign-in began, in seconds since 1970."""
TOUCHED = "touched"
"""When the cookie was dated last."""


class NoSession(NullSession):
    """What a visitor has in place of a session: it is empty, and to write into it is a defect."""

    def _fail(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401, ARG002 - the shape of dict's methods
        raise RuntimeError("Only /staff/ has sessions; a visitor's page must not need one.")

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _fail


class StaffSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, under /staff/ only."""

    digest_method = staticmethod(sha256)
    null_session_class = NoSession

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie where the path is the staff's; None makes Flask use NoSession."""
        if kinds.of(request.path) is not kinds.Kind.STAFF:
            return None
        return super().open_session(app, request)


def install(app: Flask, settings: Settings) -> None:
    """Set up the cookie and, for every request under /staff/, its age and its CSRF token."""
    newest, *older = derived.session_keys(settings)
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        # Browsers refuse a __Host- cookie that another host or plain http could have set.
        SESSION_COOKIE_NAME="__Host-samizdat" if settings.secure else "samizdat",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # The signature's age is checked against this, so it is the idle limit: `_touch` dates it anew.
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=limits.SESSION_IDLE_SECONDS),
        WTF_CSRF_CHECK_DEFAULT=False,
        # The token lives as long as the session it is bound to.
        WTF_CSRF_TIME_LIMIT=None,
        # It wants a Referer, which our own Referrer-Policy forbids; Sec-Fetch-Site is asked instead.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = StaffSessions()
    csrf = CSRFProtect(app)

    @app.before_request
    def check() -> None:
        _end_old_session()
        _refuse_other_sites()
        csrf.protect()

    user_authenticated.connect(_begin, app)


def _begin(_app: Flask, **_: object) -> None:
    session[BEGAN] = session[TOUCHED] = int(time.time())


def _end_old_session() -> None:
    now = int(time.time())
    if "_user_id" not in session:
        return
    if not -limits.CLOCK_SKEW_SECONDS <= now - session.get(BEGAN, 0) < limits.SESSION_SECONDS:
        session.clear()
    elif now - session.get(TOUCHED, 0) >= limits.SESSION_TOUCH_SECONDS:
        session[TOUCHED] = now


def _refuse_other_sites() -> None:
    """Refuse a change that another site's page sends; the CSRF token is the second wall behind this one."""
    other = request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    if other and request.method not in {"GET", "HEAD", "OPTIONS"}:
        abort(403)
