"""Signers for links in mails: one for each purpose, the purpose being the salt.

itsdangerous accepts several spellings of one signature, so nothing is ever looked up by a token's text:
a `jti` inside names what may be used once.
"""

import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from config import limits
from mailer.macs import Mac


class BadToken(Exception):
    """A link cannot be acted on."""


class TokenDamaged(BadToken):
    """The link was not signed by us for this purpose, or lost a part on its way."""


class TokenExpired(BadToken):
    """The link was signed by us but is older than it may be."""


_JSON: Final = json.JSONEncoder(separators=(",", ":"))
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
"""JSON and base64 as itsdangerous writes them."""
_CONFIRM: Final = "samizdat confirm"
_UNSUBSCRIBE: Final = "samizdat unsubscribe"
_INVITATION: Final = "samizdat invitation"
_NONCE: Final = "samizdat form nonce"
_MANAGE: Final = "samizdat manage"
_FRESH: Final = "samizdat fresh"
_ADDRESS_CHANGE: Final = "samizdat address change"
_GIVING: Final = "samizdat giving"
_PURPOSES: Final = (
    _CONFIRM,
    _UNSUBSCRIBE,
    _INVITATION,
    _NONCE,
    _MANAGE,
    _FRESH,
    _ADDRESS_CHANGE,
    _GIVING,
)


class Tokens:
    """Makes and reads tokens; every key given verifies, the last one signs."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._signers = {
            purpose: URLSafeSerializer(
                list(keys), salt=purpose, signer_kwargs={"digest_method": sha256}
            )
            for purpose in _PURPOSES
        }
        # The key of each purpose as itsdangerous derives it from the newest.
        self._macs = {
            purpose: Mac(serializer.make_signer(purpose).derive_key())
            for purpose, serializer in self._signers.items()
        }

    def confirm(self, jti: str, *, now: datetime) -> str:
        """Sign a confirmation link; `jti` is looked up in confirm_token."""
        return self._dated(_CONFIRM, jti, now)

    def read_confirm(self, token: str, *, now: datetime) -> str:
        """Return the `jti` of a confirmation link of the last 72 hours; raise BadToken."""
        return self._read_dated(_CONFIRM, token, now, limits.CONFIRM_TOKEN_SECONDS)

    def unsubscribe(self, subscriber_id: int, version: int) -> str:
        """Sign an unsubscribe link; it never expires, but a new version of the subscriber voids it."""
        return self._sign(_UNSUBSCRIBE, [subscriber_id, version])

    def read_unsubscribe(self, token: str) -> tuple[int, int]:
        """Return the subscriber's id and version; raise TokenDamaged."""
        return self._read_person(_UNSUBSCRIBE, token)

    def manage(self, subscriber_id: int, version: int) -> str:
        """Sign the link that each mail carries to its reader's page; it never expires and shows nothing."""
        return self._sign(_MANAGE, [subscriber_id, version])

    def read_manage(self, token: str) -> tuple[int, int]:
        """Return the subscriber's id and version; raise TokenDamaged."""
        return self._read_person(_MANAGE, token)

    def fresh(self, subscriber_id: int, version: int, *, now: datetime) -> str:
        """Sign the link that shows and changes what we hold; it is mailed to the address alone."""
        return self._sign(_FRESH, [subscriber_id, version, int(now.timestamp())])

    def read_fresh(self, token: str, *, now: datetime) -> tuple[int, int]:
        """Return the subscriber's id and version from a link of the last hour; raise BadToken."""
        return self._read_dated_person(_FRESH, token, now, limits.FRESH_TOKEN_SECONDS)

    def read_stale_fresh(self, token: str) -> tuple[int, int]:
        """Return whose fresh link this was, however old: it is worth a manage link, no more."""
        return self._load_dated_person(_FRESH, token)[:2]

    def giving(self, donor_id: int, version: int, *, now: datetime) -> str:
        """Sign the link to a donor's own page; it is mailed to the address alone."""
        return self._sign(_GIVING, [donor_id, version, int(now.timestamp())])

    def read_giving(self, token: str, *, now: datetime) -> tuple[int, int]:
        """Return the donor's id and version from a link of the last hour; raise BadToken."""
        return self._read_dated_person(_GIVING, token, now, limits.GIVING_TOKEN_SECONDS)

    def address_change(self, jti: str, *, now: datetime) -> str:
        """Sign the link that a new address confirms itself with; `jti` is looked up in address_change."""
        return self._dated(_ADDRESS_CHANGE, jti, now)

    def read_address_change(self, token: str, *, now: datetime) -> str:
        """Return the `jti` of an address change of the last 24 hours; raise BadToken."""
        return self._read_dated(_ADDRESS_CHANGE, token, now, limits.ADDRESS_CHANGE_TOKEN_SECONDS)

    def invitation(self, stamp: str, *, now: datetime) -> str:
        """Sign a staff invitation; `stamp` is the member's fs_uniquifier, new once it was taken up."""
        return self._dated(_INVITATION, stamp, now)

    def read_invitation(self, token: str, *, now: datetime) -> str:
        """Return the stamp of an invitation of the last 72 hours; raise BadToken."""
        return self._read_dated(_INVITATION, token, now, limits.INVITATION_TOKEN_SECONDS)

    def form_nonce(self, form: str, *, now: datetime) -> str:
        """Sign the dated nonce that a visitor's form carries in place of a cookie."""
        return self._dated(_NONCE, form, now)

    def check_form_nonce(self, token: str, form: str, *, now: datetime) -> None:
        """Raise BadToken unless the nonce is ours, for this form, and of the last 12 hours."""
        if self._read_dated(_NONCE, token, now, limits.FORM_NONCE_SECONDS) != form:
            raise TokenDamaged

    def _read_person(self, purpose: str, token: str) -> tuple[int, int]:
        match self._load(purpose, token):
            case [int(person), int(version)]:
                return person, version
        raise TokenDamaged

    def _read_dated_person(
        self, purpose: str, token: str, now: datetime, seconds: int
    ) -> tuple[int, int]:
        person, version, issued = self._load_dated_person(purpose, token)
        _check_age(now - datetime.fromtimestamp(issued, tz=now.tzinfo), seconds)
        return person, version

    def _load_dated_person(self, purpose: str, token: str) -> tuple[int, int, int]:
        match self._load(purpose, token):
            case [int(person), int(version), int(issued)]:
                return person, version, issued
        raise TokenDamaged

    def _dated(self, purpose: str, what: str, now: datetime) -> str:
        return self._sign(purpose, [what, int(now.timestamp())])

    def _read_dated(self, purpose: str, token: str, now: datetime, seconds: int) -> str:
        match self._load(purpose, token):
            case [str(what), int(issued)]:
                _check_age(now - datetime.fromtimestamp(issued, tz=now.tzinfo), seconds)
                return what
        raise TokenDamaged

    def _sign(self, purpose: str, payload: list[str | int]) -> str:
        """Return what `URLSafeSerializer.dumps` does, without its key derivation for each mail's two links.

        It compresses a payload where that makes it shorter; ours are too short for it, and are left as
        they are: `loads` reads both.
        """
        value = _url_safe(_JSON.encode(payload).encode())
        return f"{value.decode()}.{_url_safe(self._macs[purpose].digest(value)).decode()}"

    def _load(self, purpose: str, token: str) -> object:
        if len(token) > limits.TOKEN_LENGTH or not token.isascii():
            raise TokenDamaged
        loads: Callable[[str], object] = self._signers[purpose].loads
        try:
            return loads(token)
        except BadData:
            raise TokenDamaged from None


def _url_safe(data: bytes) -> bytes:
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=")


def _check_age(age: timedelta, seconds: int) -> None:
    # A clock set back a little must not refuse fresh links (itsdangerous's own dated signer does).
    if not -timedelta(seconds=limits.CLOCK_SKEW_SECONDS) <= age <= timedelta(seconds=seconds):
        raise TokenExpired
