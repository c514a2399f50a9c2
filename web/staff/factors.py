"""The factors of sign-in, stricter than Flask-Security's: no code twice, passkeys that check their owner."""

from typing import Any

from flask_security import MailUtil, PasswordUtil, Totp, UserMixin, WebauthnUtil
from passlib.totp import TOTP, AppWallet, TotpMatch  # type: ignore[import-untyped] # ships no type information
from sqlalchemy import select
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from db.base import db
from staff import passwords
from staff.models import StaffMember


class OnceOnlyCodes(Totp):
    """Codes of an authenticator app, each good once (RFC 6238 5.2), their secrets encrypted at rest."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        # The secrets are named by fingerprint, oldest first; left alone, the library would encrypt under
        # the name that sorts last.
        wallet = AppWallet(secrets, default_tag=list(secrets)[-1])
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the last time step whose code was taken, and hold the row until the request commits.

        Without the lock, two requests at once could both pass with one code.
        """
        statement = select(StaffMember.totp_last_counter).where(StaffMember.id == user.id)
        return db.session.scalar(statement.with_for_update(key_share=True))

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the time step of a code that was taken."""
        member = db.session.get_one(StaffMember, user.id)
        member.totp_last_counter = tmatch.counter


class CheckedPasswords(PasswordUtil):
    """The same rules for a changed password as for a first one: those of staff.passwords."""

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: FBT001 - Flask-Security's signature
        **kwargs: Any,  # noqa: ANN401 - Flask-Security's signature
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a password, or None, and the password as it is hashed."""
        faults, normal = super().validate(password, is_register, **kwargs)
        try:
            passwords.check(password, email=kwargs["user"].email)
        except passwords.WeakPassword as weak:
            return [str(weak)], normal
        return faults, normal


class PasskeyRules(WebauthnUtil):
    """Passkeys of any kind (telephone, laptop, USB key), which must ask their owner for a finger or a PIN."""

    def authenticator_selection(
        self,
        user: UserMixin,  # noqa: ARG002 - Flask-Security's signature
        usage: str,  # noqa: ARG002 - Flask-Security's signature
    ) -> AuthenticatorSelectionCriteria:
        """Ask for a passkey that can sign in by itself."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self,
        user: UserMixin | None,  # noqa: ARG002 - Flask-Security's signature
        usage: list[str],  # noqa: ARG002 - Flask-Security's signature
    ) -> UserVerificationRequirement:
        """Always verify: a stolen key alone signs nobody in."""
        return UserVerificationRequirement.REQUIRED


class NoMail(MailUtil):
    """Flask-Security's way to send mail, closed: every mail of this system is a delivery."""

    def send_mail(self, *_: object, **__: object) -> None:
        """Refuse: whatever came here was not meant to be reachable."""
        raise RuntimeError("Flask-Security sends no mail here; a mail is queued as a delivery.")
