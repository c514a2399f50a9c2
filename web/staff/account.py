"""A member's own account: the factors they sign in with, and where to change them."""

from flask import Blueprint, render_template
from flask_security import current_user

from db.session import transaction
from staff.models import StaffMember

blueprint = Blueprint("account", __name__)


@blueprint.get("", strict_slashes=False)
def show() -> str:
    """Show the signed-in member's account."""
    with transaction() as session:
        member = session.get_one(StaffMember, current_user.id)
        return render_template("staff/account.html", member=member, passkeys=list(member.webauthn))
