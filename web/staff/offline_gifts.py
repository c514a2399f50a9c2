"""Cheques and transfers in the console: entering what came past Stripe, and taking back a wrong entry.

Nothing is written before it was shown once more; the same form pressed twice is one gift.
"""

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from config import languages, limits
from config.logging import redact
from db.session import transaction
from payments import funds, offline, offline_books, offline_gifts
from payments.currencies import CURRENCIES
from payments.models.giving import Donation
from payments.offline_gifts import BadGift, Faults, OfflineGift
from web import guards, hours, offline_entries
from web.offline_entries import Entry
from web.staff import acts
from web.staff.announcements import names_of_staff
from wiring import names
from wiring.core import core

blueprint = Blueprint("offline_gifts", __name__)

NONCE: Final = "nonce"
"""The hidden field with the form's own name."""


@blueprint.get("/offline")
def form() -> str:
    """Show the form for a gift that came past Stripe, and what was entered last."""
    today = datetime.now(ZoneInfo(hours.home())).date()
    return _form(Entry(received_on=today.isoformat(), language=core().settings.org_language))


@blueprint.post("/offline")
def enter() -> ResponseReturnValue:
    """Show once more what would be written; where that was confirmed, write it."""
    entry, now = Entry.of(request.form), datetime.now(UTC)
    if request.form.get("do") == "change":
        return _form(entry)
    try:
        with transaction() as session:
            gift = offline_entries.gift(session, entry, nonce=_nonce(), now=now)
            if request.form.get("do") != "enter":
                return _check(session, gift, entry)
            reference = _entered(session, gift, now)
    except BadGift as bad:
        return _form(entry, bad.faults), HTTPStatus.UNPROCESSABLE_ENTITY
    core().bell.ring(names.SEND_TX)
    flash("Entered. It is in the books, and its receipt is made if anybody was named.", "success")
    return redirect(url_for("money_gifts.show", reference=reference), HTTPStatus.SEE_OTHER)


@blueprint.get("/offline/<reference>/take-back")
@guards.recently_signed_in
def question(reference: str) -> str:
    """Show what taking an entry back means, and ask for the reason."""
    return _question(reference)


@blueprint.post("/offline/<reference>/take-back")
@guards.recently_signed_in
def take_back(reference: str) -> ResponseReturnValue:
    """Take an entry back whole, by a line against it; the reason is in the audit log."""
    reason = " ".join(request.form.get("reason", "").split())[: limits.REASON_LENGTH]
    try:
        with transaction() as session:
            donation = _found(session, reference)
            now = datetime.now(UTC)
            offline.take_back(
                session, donation.id, staff_id=current_user.id, reason=reason, now=now
            )
            # The chain is kept for ever, and holds no address.
            subject = f"donation {donation.id}"
            acts.record(session, "donation.take-back", subject=subject, detail=redact(reason))
    except offline.NotTakenBack as refused:
        return _question(reference, fault=str(refused)), HTTPStatus.CONFLICT
    core().bell.ring(names.SEND_TX)
    flash("Taken back. A line against it is in the books, and its receipt is void.", "success")
    return redirect(url_for("money_gifts.show", reference=reference), HTTPStatus.SEE_OTHER)


def _entered(session: Session, gift: OfflineGift, now: datetime) -> str:
    """Enter a gift, and return its reference; a second click finds it, and is no act of its own."""
    known = offline.find(session, gift)
    donation = known or offline.enter(session, gift, staff_id=current_user.id, now=now)
    if known is None:
        subject, way = f"donation {donation.id}", donation.channel.value
        acts.record(session, "donation.enter", subject=subject, detail=way)
    return str(donation.reference)


def _nonce() -> str:
    """Return the name of the form that was posted; what was altered on its way is another form."""
    return request.form.get(NONCE, "")


def _form(entry: Entry, faults: Faults | None = None) -> str:
    with transaction() as session:
        entered = offline.newest(session, limit=limits.PAGE_ROWS)
        return render_template(
            "staff/offline-gift.html",
            entry=entry,
            faults=faults or {},
            nonce=_nonce() or secrets.token_hex(16),
            funds=funds.every(session),
            channels=offline_gifts.CHANNELS,
            currencies=sorted(CURRENCIES),
            languages=languages.LANGUAGES,
            entered=entered,
            taken_back=offline_books.taken_back(session, entered),
            people=names_of_staff(session),
            limits=limits,
        )


def _check(session: Session, gift: OfflineGift, entry: Entry) -> str:
    fund = funds.named(session, gift.fund_slug) if gift.fund_slug else None
    return render_template(
        "staff/offline-gift-check.html",
        gift=gift,
        entry=entry,
        nonce=_nonce() or secrets.token_hex(16),
        fund=fund,
        language=languages.BY_CODE.get(gift.language),
        alike=offline.alike(session, gift),
    )


def _question(reference: str, *, fault: str = "") -> str:
    with transaction() as session:
        donation = _found(session, reference)
        return render_template(
            "staff/offline-gift-take-back.html",
            gift=donation,
            is_taken_back=offline_books.is_taken_back(session, donation),
            fault=fault,
            limits=limits,
        )


def _found(session: Session, reference: str) -> Donation:
    try:
        return offline.named(session, reference)
    except offline.UnknownGift:
        abort(HTTPStatus.NOT_FOUND)
