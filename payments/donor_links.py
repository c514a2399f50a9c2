"""Donor links: what opens a donor's own page is mailed to their address, and to nobody else.

1. `ask` writes one row, the same for every address, so neither the page nor its time tells who gives.
2. `answer`, in a worker, mails the link where somebody gave with that address, and forgets who asked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import caps, outbox
from mailer.caps import Limit
from payments import donors
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, Plan, PlanState

Link = Callable[[Donor], str]
"""Makes the address of a donor's own page, good for an hour."""

TEMPLATE: Final = "donor-link"
AN_HOUR: Final = Limit("giving link", limits.GIVING_LINKS_AN_HOUR, timedelta(hours=1))
_NOT_RUNNING: Final = (PlanState.PENDING, PlanState.ENDED)


def ask(session: Session, address: str, *, language: str, now: datetime) -> None:
    """Write down that a link was asked for with a normalised address, in the language of the page."""
    index = donors.index(keyring(session), address)
    session.add(DonorLinkRequest(address_index=index, language=language, asked_at=now))


def answer(session: Session, *, link: Link, now: datetime) -> int:
    """Answer the next requests and delete them; return how many, 0 where none waits."""
    requests = session.scalars(
        select(DonorLinkRequest)
        .order_by(DonorLinkRequest.id)
        .limit(limits.GIVING_LINK_CHUNK)
        .with_for_update(skip_locked=True)
    ).all()
    if requests:
        caps.hold(session)
    for request in requests:
        _answer(session, request, link=link, now=now)
        session.delete(request)
    return len(requests)


def _answer(session: Session, request: DonorLinkRequest, *, link: Link, now: datetime) -> None:
    donor = _giver(session, request)
    if donor is None:
        return
    key = donor.id.to_bytes(8, "big")
    if not caps.has_room(session, AN_HOUR, key, now=now):
        return
    caps.count(session, AN_HOUR, key, now=now)
    outbox.queue(
        session,
        template=TEMPLATE,
        address=donors.address_of(session, donor),
        language=donor.language or request.language,
        context={"giving_url": link(donor), "minutes": limits.GIVING_TOKEN_SECONDS // 60},
        now=now,
        expires_at=now + timedelta(seconds=limits.GIVING_TOKEN_SECONDS),
    )


def _giver(session: Session, request: DonorLinkRequest) -> Donor | None:
    """Return who gave with an address, locked; None where nobody did, or it was only typed.

    Who is being erased just now is waited for, and is not found then: `payments.erasing` locks request and
    donor in this order, too.
    """
    theirs = select(Donor).where(Donor.address_index == request.address_index).with_for_update()
    donor = session.scalar(theirs.execution_options(populate_existing=True))
    return donor if donor is not None and _has_given(session, donor) else None


def _has_given(session: Session, donor: Donor) -> bool:
    """Tell whether a gift of theirs was paid, or a plan is running: the form takes anybody's address."""
    paid = select(Donation.id).where(
        Donation.donor_id == donor.id, Donation.state == DonationState.PAID
    )
    running = select(Plan.id).where(Plan.donor_id == donor.id, Plan.state.not_in(_NOT_RUNNING))
    return bool(session.scalar(select(or_(paid.exists(), running.exists()))))
