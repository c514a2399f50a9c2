"""Joining the list: whoever ticked the box asks for it once their gift is paid, as any visitor would.

Donors and subscribers know nothing of each other, and this room nothing of the list: the edge gives an `ask`,
which writes down a request as a visitor's own, in the same transaction. Its double opt-in takes its course.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import donors
from payments.models.giving import Donation, DonationState

Ask = Callable[[Session, str, str], None]
"""Writes down that somebody of this address, in this language, asks to join the list."""


def pass_on(session: Session, ask: Ask) -> int:
    """Ask for those whose gift is paid and who ticked the box, each once; return for how many.

    The wish is taken back in the transaction that makes the request, and nothing of it is kept.
    """
    wishes = session.scalars(
        select(Donation)
        .where(Donation.joins_list, Donation.state == DonationState.PAID)
        .order_by(Donation.id)
        .limit(limits.JOINING_CHUNK)
        .with_for_update(skip_locked=True)
    ).all()
    for donation in wishes:
        donation.joins_list = False
        address = donors.address_of(session, donation.donor) if donation.donor else ""
        if address:
            ask(session, address, donation.language)
    return len(wishes)
