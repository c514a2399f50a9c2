"""Funds in the console, for finance and administrators: add and order them, retire one and take that back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from payments import funds
from payments.models.giving import Fund
from web.staff import acts

blueprint = Blueprint("money_funds", __name__)


@blueprint.get("/")
def listing() -> str:
    """Show the funds in the order of the form, and a form for one more."""
    return _page()


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Add a fund behind the others."""
    form = request.form
    try:
        with transaction() as session:
            fund = funds.add(
                session,
                slug=form.get("slug", "").strip(),
                name=form.get("name", ""),
                description=form.get("description", ""),
            )
            acts.record(session, "fund.add", subject=f"fund {fund.id}", detail=fund.slug)
    except funds.BadFund as bad:
        return _page(fault=str(bad), entry=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"Added. Donors can choose {fund.name} from now on.", "success")
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<slug>/move")
def move(slug: str) -> ResponseReturnValue:
    """Show a fund one place earlier or later."""
    with transaction() as session:
        fund = _found(session, slug)
        funds.move(session, fund, up=request.form.get("direction") == "up")
        acts.record(session, "fund.move", subject=f"fund {fund.id}", detail=slug)
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<slug>/retire")
def retire(slug: str) -> ResponseReturnValue:
    """Offer a fund to nobody any more; plans for it go on."""
    with transaction() as session:
        fund = _found(session, slug)
        funds.retire(fund, now=datetime.now(UTC))
        acts.record(session, "fund.retire", subject=f"fund {fund.id}", detail=slug)
    flash("Retired. No form offers it; what was given for it, and plans for it, stay.", "success")
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<slug>/restore")
def restore(slug: str) -> ResponseReturnValue:
    """Offer a retired fund again."""
    with transaction() as session:
        fund = _found(session, slug)
        funds.restore(fund)
        acts.record(session, "fund.restore", subject=f"fund {fund.id}", detail=slug)
    flash("It is offered again.", "success")
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


def _found(session: Session, slug: str) -> Fund:
    try:
        return funds.named(session, slug)
    except funds.UnknownFund:
        abort(HTTPStatus.NOT_FOUND)


def _page(*, fault: str = "", entry: Mapping[str, str] | None = None) -> str:
    with transaction() as session:
        every = funds.every(session)
        return render_template(
            "staff/money/funds.html",
            offered=[fund for fund in every if fund.retired_at is None],
            retired=[fund for fund in every if fund.retired_at is not None],
            fault=fault,
            entry=entry or {},
            limits=limits,
        )
