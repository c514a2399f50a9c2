"""Tables: staff members, their roles, their second factors, and the audit chain of what they did."""

import enum
from datetime import datetime
from typing import Any

from flask_security import AsaList, RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, Boolean, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered


class RoleName(enum.StrEnum):
    """What a staff member may do."""

    AUTHOR = "author"
    APPROVER = "approver"
    FINANCE = "finance"
    ADMIN = "admin"


class Role(Numbered, Base, RoleMixin):
    """One of the names of RoleName, as Flask-Security wants it: a row."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="", server_default="")


class StaffRole(Base):
    """One role that a staff member holds."""

    __tablename__ = "staff_role"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_member.id", ondelete="CASCADE"), primary_key=True
    )
    role_id: Mapped[int] = mapped_column(
        ForeignKey("role.id", ondelete="RESTRICT"), primary_key=True
    )


class StaffMember(Numbered, Dated, Base, UserMixin):
    """A person who may sign in; the columns are those Flask-Security reads."""

    __tablename__ = "staff_member"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        UniqueConstraint("fs_webauthn_user_handle"),
    )

    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: An argon2id hash; None until an invitation is taken up.
    password: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    #: Sessions carry this, never the number; a new one ends every session.
    fs_uniquifier: Mapped[str] = mapped_column(Text)
    tf_primary_method: Mapped[str | None] = mapped_column(Text)
    #: Encrypted by Flask-Security under SECURITY_TOTP_SECRETS.
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    #: The last time step whose code was taken, so that no code is good twice (RFC 6238 5.2).
    totp_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), nullable=True
    )
    #: What a passkey knows its owner by; random, so that it says nothing.
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(Text)  # type: ignore[assignment] # Flask-Security's mixin says str
    signed_in_at: Mapped[datetime | None]

    roles: Mapped[list[Any]] = relationship(Role, secondary="staff_role", lazy="selectin")
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment] # list is invariant
        "Passkey", back_populates="user", cascade="all, delete-orphan"
    )


class Passkey(Numbered, Dated, Base, WebAuthnMixin):
    """A passkey of a staff member (W3C Web Authentication 2); the columns are those Flask-Security reads."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("staff_member.id", ondelete="CASCADE"), index=True
    )
    #: What its owner calls it: 'phone', 'key in the safe'.
    name: Mapped[str] = mapped_column(Text)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), nullable=True
    )
    backup_state: Mapped[bool] = mapped_column(Boolean)
    device_type: Mapped[str] = mapped_column(Text)
    extensions: Mapped[str | None] = mapped_column(Text)
    lastuse_datetime: Mapped[datetime]
    #: 'first' signs in by itself, 'secondary' stands beside the password.
    usage: Mapped[str] = mapped_column(Text)

    user: Mapped[StaffMember] = relationship(StaffMember, back_populates="webauthn")


class AuditEntry(Base):
    """One act, chained to the one before it: `mac` covers every other column and the mac before.

    `position` counts 1, 2, 3, … without a gap, so that a row cut out leaves a hole.
    """

    __tablename__ = "audit_entry"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    #: None where a command or a task acted and no signed-in person.
    staff_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("staff_member.id", ondelete="RESTRICT")
    )
    #: What was done, as noun.verb: 'announcement.approve'.
    act: Mapped[str] = mapped_column(Text)
    #: To what: 'announcement 12'. Never an address.
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The one row that says where the audit chain ends, so that a tail cut off is missed."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    #: Covers the position and the mac of the entry there.
    mac: Mapped[bytes] = mapped_column(LargeBinary)
