"""How edges open a transaction: views, tasks and commands commit; services take the session and never do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from db.base import db
from db.sealed import Keyring

KEYRING = "samizdat.keyring"
"""Where `wiring.core` leaves the keyring in the app's extensions."""
CARRIED = "samizdat.carried"
"""Where it leaves what services find in `session.info` besides the keyring, by name; never a secret."""


def keyring() -> Keyring:
    """Return the keyring of this app, for what runs in no session; needs an app context."""
    return cast(Keyring, current_app.extensions[KEYRING])


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a new session, commit at the end, roll back on any error; needs an app context.

    It is not the scoped session that Flask-Security keeps for the request: a view's commit must not
    detach the signed-in staff member. Rows stay readable after the commit, so that a view can show them.
    """
    carried = current_app.extensions.get(CARRIED, {})
    session: Session = db.session.session_factory(
        info={"keyring": keyring(), **carried}, expire_on_commit=False
    )
    with session, session.begin():
        yield session
