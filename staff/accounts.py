"""Accounts of staff: create, invite, find, give a password, end. Takes `session` first and never commits."""

import secrets
from collections.abc import Iterable, Sequence

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from staff import passwords
from staff.models import Role, RoleName, StaffMember


class BadAddress(ValueError):
    """The text is no mail address; the message says what to mend."""


class AddressTaken(Exception):
    """There is a staff member with this address already; `flask staff list` shows who."""


class UnknownMember(LookupError):
    """No staff member has this address; `flask staff list` shows who there is."""


class InvitationUsed(Exception):
    """The invitation was taken up, or a newer one was made: its stamp is no longer the member's."""


def create(
    session: Session, *, email: str, roles: Iterable[RoleName], name: str = ""
) -> StaffMember:
    """Make a member who has no password yet; raise BadAddress or AddressTaken."""
    email = address(email)
    if _by_address(session, email):
        raise AddressTaken
    member = StaffMember(email=email, name=clean_name(name), active=True, fs_uniquifier=_stamp())
    member.roles = [_role(session, each) for each in dict.fromkeys(roles)]
    session.add(member)
    session.flush()
    return member


def reset(session: Session, member: StaffMember) -> None:
    """Take every factor from a member, who must be invited anew: they lost them, or somebody found them."""
    member.password = member.tf_primary_method = member.tf_totp_secret = None
    member.mf_recovery_codes = None
    member.webauthn.clear()
    end_sessions(session, member)


def invited(session: Session, stamp: str, *, lock: bool = False) -> StaffMember:
    """Return the active member who was invited by this stamp; raise InvitationUsed."""
    statement = select(StaffMember).where(
        StaffMember.fs_uniquifier == stamp, StaffMember.active, StaffMember.password.is_(None)
    )
    member = session.scalar(statement.with_for_update() if lock else statement)
    if member is None:
        raise InvitationUsed
    return member


def accept(session: Session, stamp: str, *, name: str, password: str) -> StaffMember:
    """Take an invitation up; of two at once one raises InvitationUsed. Also raises WeakPassword."""
    member = invited(session, stamp, lock=True)
    member.name = clean_name(name)
    set_password(session, member, password)
    return member


def set_password(session: Session, member: StaffMember, password: str) -> None:
    """Give a member a password; all their sessions and invitations end. Raise passwords.WeakPassword."""
    passwords.check(password, email=member.email)
    member.password = passwords.digest(password)
    end_sessions(session, member)


def end_sessions(session: Session, member: StaffMember) -> None:
    """Sign a member out everywhere: sessions carry the stamp that is replaced here."""
    member.fs_uniquifier = _stamp()
    session.flush()


def deactivate(session: Session, member: StaffMember) -> None:
    """Let a member sign in no more, and end their sessions; what they did stays in the audit chain."""
    member.active = False
    end_sessions(session, member)


def find(session: Session, email: str) -> StaffMember:
    """Return the member with this address, in whatever case; raise UnknownMember."""
    member = _by_address(session, email.strip())
    if member is None:
        raise UnknownMember
    return member


def listing(session: Session) -> Sequence[StaffMember]:
    """Return every member, by address."""
    return session.scalars(select(StaffMember).order_by(StaffMember.email)).all()


def has_role(member: StaffMember, *roles: RoleName) -> bool:
    """Return whether an active member holds one of the roles."""
    held = {role.name for role in member.roles}
    return member.active and not held.isdisjoint(role.value for role in roles)


def address(text: str) -> str:
    """Return a staff address as it is stored, in lower case; raise BadAddress."""
    try:
        valid = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise BadAddress("Give a mail address such as dana@example.org.") from None
    return valid.normalized.lower()


def clean_name(text: str) -> str:
    """Return a name on one line, no longer than a name may be."""
    return " ".join(text.split())[: limits.STAFF_NAME_LENGTH]


def _by_address(session: Session, email: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(func.lower(StaffMember.email) == email.lower()))


def _role(session: Session, name: RoleName) -> Role:
    session.execute(insert(Role).values(name=name.value).on_conflict_do_nothing())
    return session.scalars(select(Role).where(Role.name == name.value)).one()


def _stamp() -> str:
    return secrets.token_hex(32)
