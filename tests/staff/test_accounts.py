"""Making, finding, inviting and ending accounts."""

import pytest
from sqlalchemy.orm import Session

from staff import accounts, passwords
from staff.models import RoleName, StaffMember
from tests.cast import PASSWORD


def dana(session: Session, *roles: RoleName) -> StaffMember:
    return accounts.create(session, email="Dana@Example.ORG", roles=roles, name=" Dana \n Example ")


def test_a_new_member_has_no_password_and_a_tidy_name(session: Session) -> None:
    member = dana(session)
    assert (member.email, member.name) == ("dana@example.org", "Dana Example")
    assert member.password is None


def test_a_member_is_found_in_whatever_case(session: Session) -> None:
    member = dana(session)
    assert accounts.find(session, " DANA@example.org ") is member


def test_an_address_is_taken_once(session: Session) -> None:
    dana(session)
    with pytest.raises(accounts.AddressTaken):
        dana(session)


@pytest.mark.parametrize("text", ["", "dana", "dana@", "a b@example.org", "dana@example.org\nx"])
def test_what_is_no_address_is_refused(session: Session, text: str) -> None:
    with pytest.raises(accounts.BadAddress, match="Give a mail address"):
        accounts.create(session, email=text, roles=[])


def test_nobody_is_found_by_an_unknown_address(session: Session) -> None:
    with pytest.raises(accounts.UnknownMember):
        accounts.find(session, "nobody@example.org")


def test_roles_are_held_once_and_asked_for(session: Session) -> None:
    member = dana(session, RoleName.AUTHOR, RoleName.AUTHOR)
    assert [role.name for role in member.roles] == ["author"]
    assert accounts.has_role(member, RoleName.APPROVER, RoleName.AUTHOR)
    assert not accounts.has_role(member, RoleName.APPROVER)


def test_a_deactivated_member_holds_no_role(session: Session) -> None:
    member = dana(session, RoleName.AUTHOR)
    accounts.deactivate(session, member)
    assert not accounts.has_role(member, RoleName.AUTHOR)


def test_an_invitation_is_taken_up_once(session: Session) -> None:
    stamp = dana(session).fs_uniquifier
    accounts.accept(session, stamp, name="Dana", password=PASSWORD)
    with pytest.raises(accounts.InvitationUsed):
        accounts.accept(session, stamp, name="Eve", password=PASSWORD)


def test_a_password_ends_sessions_and_is_not_readable(session: Session) -> None:
    member = dana(session)
    before = member.fs_uniquifier
    accounts.set_password(session, member, PASSWORD)
    assert member.fs_uniquifier != before
    assert (member.password or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_weak_password_changes_nothing(session: Session) -> None:
    member = dana(session)
    with pytest.raises(passwords.WeakPassword):
        accounts.set_password(session, member, "short")
    assert member.password is None


def test_a_reset_takes_every_factor(session: Session) -> None:
    member = dana(session)
    accounts.set_password(session, member, PASSWORD)
    member.tf_primary_method, member.mf_recovery_codes = "authenticator", ["x"]
    accounts.reset(session, member)
    factors = [member.password, member.tf_primary_method, member.tf_totp_secret]
    assert [*factors, member.mf_recovery_codes] == [None] * 4
