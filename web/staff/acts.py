"""Writing into the audit chain from a page: who is signed in, now, under the chain's key."""

from datetime import UTC, datetime

from flask_security import current_user
from sqlalchemy.orm import Session

from config import derived
from staff import audit
from wiring.core import core


def record(session: Session, act: str, *, subject: str, detail: str = "") -> None:
    """Record what the signed-in member does, in the transaction that does it.

    `act` is noun.verb ('announcement.approve'), `subject` names a row ('announcement 12'); neither may
    hold an address.
    """
    audit.append(
        session,
        staff_id=current_user.id if current_user.is_authenticated else None,
        act=act,
        subject=subject,
        detail=detail,
        now=datetime.now(UTC),
        key=derived.audit_key(core().settings),
    )
