"""The sending office of this process: made at the first mail, kept with its connection."""

import socket

from flask import current_app

from db.session import KEYRING, transaction
from mailer.composing import Composer
from mailer.sending import Office
from mailer.wire import Wires
from wiring.core import core

_OFFICE = "samizdat.office"


def office() -> Office:
    """Return the office of this process; call it after the fork, inside the app's context."""
    if _OFFICE not in current_app.extensions:
        current_app.extensions[_OFFICE] = _open()
    made: Office = current_app.extensions[_OFFICE]
    return made


def _open() -> Office:
    chosen = core()
    return Office(
        begin=transaction,
        keys=current_app.extensions[KEYRING],
        composer=Composer(
            chosen.sender, chosen.links, chosen.organisation, chosen.settings.fallback_order
        ),
        wires=Wires(chosen.relays, hello=socket.getfqdn()),
        folder=chosen.settings.state_dir,
        resend=chosen.settings.resend_uncertain,
    )
