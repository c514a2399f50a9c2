"""In whose name a command acts: a staff member, by address, who must hold a role for it."""

from sqlalchemy.orm import Session

from staff import accounts
from staff.models import RoleName, StaffMember


class NotTheirs(Exception):
    """A command cannot act in somebody's name; the message says why."""


def named(session: Session, email: str, *roles: RoleName) -> StaffMember:
    """Return the active member with this address who holds one of the roles; raise NotTheirs."""
    try:
        member = accounts.find(session, email)
    except accounts.UnknownMember:
        raise NotTheirs(
            f"No staff member has the address {email}; see 'flask staff list'."
        ) from None
    if not accounts.has_role(member, *roles):
        needed = " or ".join(roles)
        raise NotTheirs(f"{email} is not an active staff member with the role {needed}.")
    return member
