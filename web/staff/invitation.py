"""Taking up an invitation: the invited person gives a name and a password, once."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Gone

from config import derived
from db.session import transaction
from staff import accounts, audit, passwords
from wiring.core import core

blueprint = Blueprint("invitation", __name__)


@blueprint.get("/<token>")
def show(token: str) -> str:
    """Show the form, where the invitation is still good."""
    stamp = _stamp(token)
    with transaction() as session:
        try:
            member = accounts.invited(session, stamp)
        except accounts.InvitationUsed:
            raise Gone from None
        return _form(token, email=member.email, name=member.name)


@blueprint.post("/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Take the invitation up; from then on the link is void."""
    stamp, now = _stamp(token), datetime.now(UTC)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    with transaction() as session:
        try:
            member = accounts.accept(session, stamp, name=name, password=password)
        except accounts.InvitationUsed:
            raise Gone from None
        except passwords.WeakPassword as weak:
            email = accounts.invited(session, stamp).email
            return _form(token, email=email, name=name, fault=str(weak)), 422
        audit.append(
            session,
            staff_id=member.id,
            act="invitation.accept",
            subject=f"staff {member.id}",
            now=now,
            key=derived.audit_key(core().settings),
        )
    flash("Your password is set. Sign in with it.", "success")
    return redirect(url_for("security.login"), 303)


def _stamp(token: str) -> str:
    return core().tokens.read_invitation(token, now=datetime.now(UTC))


def _form(token: str, *, email: str, name: str, fault: str = "") -> str:
    return render_template(
        "staff/invitation.html", token=token, email=email, name=name, fault=fault
    )
