"""`flask subscribers unsubscribe-mail`: a mail server hands over what List-Unsubscribe's address got.

In Postfix: `unsubscribe unix - n n - - pipe user=samizdat argv=/srv/samizdat/.venv/bin/flask subscribers
unsubscribe-mail`, and the recipients with `+u.` in them go there. It never writes back to anybody: a forged
sender would make it a weapon.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

import click
from sqlalchemy.exc import InterfaceError, OperationalError

from config import limits
from db.session import transaction
from mailer import subscribers
from web.cli import subscribers as counting
from wiring.core import core

group = counting.group

RECIPIENTS: Final = ("Delivered-To", "X-Original-To", "To")
"""Where a mail says to whom it went; the MAC in the address is the proof, so none needs to be believed."""
_ADDRESS: Final = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")
TRY_LATER: Final = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and hands it over again."""


@group.command("unsubscribe-mail")
def command() -> None:
    """End the subscription that a mail on standard input was sent to end; ignore any other."""
    raw = sys.stdin.buffer.read(limits.UNSUBSCRIBE_MAIL_BYTES)
    named = list(_named(BytesHeaderParser(policy=policy.compat32).parsebytes(raw)))
    try:
        with transaction() as session:
            for subscriber_id, version in named:
                subscribers.unsubscribe(
                    session,
                    subscriber_id,
                    version,
                    source="mail to unsubscribe",
                    now=datetime.now(UTC),
                )
    except (OperationalError, InterfaceError):
        click.echo("The database does not answer; hand this mail over again later.", err=True)
        sys.exit(TRY_LATER)


def _named(mail: Message) -> Iterator[tuple[int, int]]:
    """Yield the subscriber's id and version of each recipient that is an unsubscribe address of ours."""
    values = [str(value) for name in RECIPIENTS for value in mail.get_all(name, [])]
    # Not parsed as a list: what a stranger wrote around an address may be malformed in any way.
    for address in {address for value in values for address in _ADDRESS.findall(value)}:
        found = core().sender.read_unsubscribe_address(address)
        if found is not None:
            yield found
