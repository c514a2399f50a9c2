"""What sign-in leaves behind: entries in the audit chain, the time of the last sign-in, ended sessions.

Everything is written into the session of the request, which Flask-Security commits at its end: another
transaction would wait for the row this one has locked.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask_login import user_logged_out  # type: ignore[import-untyped] # ships no type information
from flask_security import signals
from sqlalchemy.orm import Session

from config import derived
from db.base import db
from staff import accounts, audit
from staff.models import StaffMember
from wiring.core import core

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Listen to Flask-Security."""
    signals.user_authenticated.connect(_signed_in, app)
    signals.user_failed_authn.connect(_failed, app)
    user_logged_out.connect(_signed_out, app)
    for signal, act in (
        (signals.password_changed, "password.change"),
        (signals.tf_profile_changed, "factor.set-up"),
        (signals.tf_disabled, "factor.remove"),
        (signals.wan_registered, "passkey.add"),
        (signals.wan_deleted, "passkey.remove"),
    ):
        # A strong reference: the listener is made here and nobody else keeps it.
        signal.connect(_listener(act), app, weak=False)


def _listener(act: str) -> Callable[..., None]:
    def listen(_app: Flask, user: StaffMember, **_: object) -> None:
        _record(user, act)

    return listen


def _signed_in(
    _app: Flask, user: StaffMember, authn_via: list[str] | None = None, **_: object
) -> None:
    user.signed_in_at = datetime.now(UTC)
    db.session.add(user)
    _record(user, "session.begin", "passkey" if "webauthn" in (authn_via or []) else "")


def _signed_out(_app: Flask, user: object, **_: object) -> None:
    """End every session of the member: a copy of the cookie must not outlive the sign-out."""
    if not isinstance(user, StaffMember):
        return
    accounts.end_sessions(_session(), user)
    _record(user, "session.end")
    db.session.commit()


def _failed(_app: Flask, user: StaffMember, auth_type: str = "", **_: object) -> None:
    log.warning("a sign-in failed", extra={"staff_id": user.id, "by": auth_type})


def _record(user: StaffMember, act: str, detail: str = "") -> None:
    audit.append(
        _session(),
        staff_id=user.id,
        act=act,
        subject=f"staff {user.id}",
        detail=detail,
        now=datetime.now(UTC),
        key=derived.audit_key(core().settings),
    )


def _session() -> Session:
    return db.session()
