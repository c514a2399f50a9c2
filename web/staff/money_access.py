"""Who looks after the money in the console, and whether there is any to look after."""

from typing import Final

from flask_security import current_user

from db.session import transaction
from payments import gift_lists
from staff.models import RoleName
from wiring.core import core

ROLES: Final = (RoleName.FINANCE, RoleName.ADMIN)
"""Whose pages those of the money are; web/surfaces.py says the same."""


def is_keeper() -> bool:
    """Tell whether the signed-in member looks after the money."""
    return any(current_user.has_role(role.value) for role in ROLES)


def is_shown() -> bool:
    """Tell whether the navigation leads to the money: for its keepers, where gifts are or were taken."""
    if not is_keeper():
        return False
    if core().stripe is not None:
        return True
    with transaction() as session:
        return gift_lists.any_at_all(session)
