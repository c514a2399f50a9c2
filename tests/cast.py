"""The people of the tests.

Amira subscribes, Boris donates, Chen drafts, Dana approves, Eve holds a bad token.
"""

import secrets
from dataclasses import dataclass
from functools import cache

from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.session import transaction
from staff.models import Role, StaffMember

AMIRA, BORIS, EVE = "amira@example.org", "boris@example.org", "eve@example.org"
PASSWORD = "a long password that nobody else has"


@dataclass(frozen=True)
class Staff:
    """A staff member who can sign in."""

    id: int
    email: str
    password: str = PASSWORD


@cache
def _hash() -> str:
    """Hash the one password once: argon2 is slow on purpose."""
    return str(hash_password(PASSWORD))


def hire(name: str, *roles: str) -> Staff:
    """Add a staff member with these roles; needs an app context."""
    with transaction() as session:
        member = StaffMember(
            email=f"{name}@example.org",
            name=name.capitalize(),
            password=_hash(),
            active=True,
            fs_uniquifier=secrets.token_hex(16),
        )
        member.roles = [_role(session, role) for role in roles]
        session.add(member)
        session.flush()
        return Staff(member.id, member.email)


def _role(session: Session, name: str) -> Role:
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        session.add(role)
    return role
