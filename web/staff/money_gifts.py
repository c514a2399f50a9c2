"""Gifts in the console, for finance and administrators: the list, which names nobody, and the page of one.

Who gave stands on the page of their gift alone, and each look at it is written into the audit chain.
"""

import logging
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen
from db.session import transaction
from mailer import addresses
from payments import (
    donors,
    findings,
    funds,
    gift_finding,
    gift_lists,
    gift_reports,
    numbering,
    receipt_copies,
    task_lists,
)
from payments.gift_finding import Found
from payments.gift_lists import Wanted
from payments.gift_reports import Giver
from payments.models.giving import Channel, Donation, DonationState, Plan
from web import downloads, hours
from web.staff import acts, money_access, money_filters, money_words
from web.staff.announcements import names_of_staff

log = logging.getLogger(__name__)

blueprint = Blueprint("money_gifts", __name__)
blueprint.add_app_template_filter(findings.money, "money")
blueprint.add_app_template_global(money_access.is_shown, "money_is_shown")


@blueprint.get("/")
def listing() -> str:
    """Show the gifts, newest first, and those alone that the query asks for."""
    return _list_page()


@blueprint.post("/find")
def find() -> ResponseReturnValue:
    """Lead to what a number, a reference, an id of Stripe's or a donor's whole address names."""
    try:
        with transaction() as session:
            sought = _sought(session, request.form.get("name", "").strip())
            path = _path(sought) if sought else None
    except (gift_finding.NotFound, addresses.BadAddress) as missing:
        return _list_page(fault=str(missing)), HTTPStatus.UNPROCESSABLE_ENTITY
    if path is None:
        return _list_page(fault=str(gift_finding.NotFound())), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(path, HTTPStatus.SEE_OTHER)


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """Show one gift with its giver; the audit chain keeps who looked."""
    with transaction() as session:
        gift = found(session, reference)
        acts.record(session, "donation.show", subject=f"donation {gift.id}")
        return render_template(
            "staff/money/gift.html",
            report=gift_reports.of(session, gift),
            giver=_giver(session, gift),
            tasks=task_lists.of_gift(session, gift),
            people=names_of_staff(session),
            words=money_words,
        )


@blueprint.get("/<reference>/receipts/<number>")
def receipt(reference: str, number: str) -> ResponseReturnValue:
    """Give the kept copy of a gift's receipt as a file; the audit chain keeps who took it."""
    try:
        with transaction() as session:
            gift, paper = found(session, reference), numbering.named(session, number)
            if paper.donation_id != gift.id:
                abort(HTTPStatus.NOT_FOUND)
            acts.record(session, "receipt.show", subject=f"receipt {numbering.said(paper)}")
            return _file(receipt_copies.read(session, paper), numbering.said(paper))
    except numbering.UnknownNumber:
        abort(HTTPStatus.NOT_FOUND)
    except (receipt_copies.Gone, receipt_copies.Spoilt, CannotOpen) as error:
        flash(str(error), "error")
        return redirect(url_for(".show", reference=reference), HTTPStatus.SEE_OTHER)


def found(session: Session, reference: str) -> Donation:
    """Return the gift of a reference, or answer 404."""
    gift = gift_finding.gift(session, reference)
    if gift is None:
        abort(HTTPStatus.NOT_FOUND)
    return gift


def _giver(session: Session, gift: Donation) -> Giver | None:
    """Return who gave, None where no key of ours opens it: the money is shown all the same."""
    try:
        return gift_reports.giver(session, gift)
    except CannotOpen as fault:
        log.warning("who gave donation %d cannot be shown: %s", gift.id, fault)
        return None


def _sought(session: Session, name: str) -> Found | None:
    """Return what is called so, None for an address that is no donor's: that too is told to who asks."""
    if "@" not in name:
        return gift_finding.find(session, name)
    donor = donors.find(session, addresses.normalise(name))
    acts.record(session, "donor.find", subject=f"donor {donor.id}" if donor else "no donor")
    return donor


def _path(found: Found) -> str:
    if isinstance(found, Donation):
        return url_for(".show", reference=found.reference)
    if isinstance(found, Plan):
        return url_for("money_plans.show", reference=found.reference)
    return url_for(".listing", donor=found.reference)


def _list_page(*, fault: str = "") -> str:
    with transaction() as session:
        wanted = _wanted(session)
        before = money_filters.before()
        page = gift_lists.page(session, wanted, zone=hours.home(), before=before)
        return render_template(
            "staff/money/gifts.html",
            page=page,
            wanted=wanted,
            filters=money_filters.kept("state", "channel", "fund", "month", "donor"),
            funds=funds.every(session),
            states=list(DonationState),
            channels=list(Channel),
            fault=fault,
            limits=limits,
        )


def _wanted(session: Session) -> Wanted:
    """Read which gifts the query asks for."""
    donor, slug = money_filters.donor(session), request.args.get("fund", "")
    return Wanted(
        state=money_filters.word(DonationState, "state"),
        channel=money_filters.word(Channel, "channel"),
        fund_id=next((fund.id for fund in funds.every(session) if fund.slug == slug), None),
        month=money_filters.month(),
        donor_id=donor.id if donor else None,
    )


def _file(pdf: bytes, number: str) -> Response:
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{number}.pdf"'
    answer.headers["Content-Security-Policy"] = downloads.CSP
    return answer
