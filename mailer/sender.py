"""Who mails come from, and the headers that say so: From, envelope sender with a MAC, List-Id, Message-ID."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from email.utils import formataddr
from functools import cached_property
from typing import Final

from config import keys, limits
from config.settings import Settings
from mailer.macs import Mac

_UNSUBSCRIBE: Final = re.compile(
    r"\+u\.(?P<id>[0-9a-f]{1,16})\.(?P<version>[0-9a-f]{1,8})\.[0-9a-f]{20}$"
)


@dataclass(frozen=True)
class Sender:
    """The organisation as a sender of mail.

    `key` makes Message-IDs and the MAC of the envelope sender; it is drawn from the oldest signing key,
    so that a try after a rotation still carries the Message-ID of the try before.
    """

    name: str
    address: str
    bounce_address: str
    key: bytes

    @classmethod
    def of(cls, settings: Settings) -> "Sender":
        """Build the sender from the settings."""
        oldest = keys.signing_ring(settings.secret_keys.get_secret_value())[0]
        return cls(
            name=settings.org_name,
            address=settings.org_from,
            bounce_address=settings.org_bounce_address or settings.org_from,
            key=hashlib.sha256(b"samizdat sender\0" + oldest.encode()).digest(),
        )

    @cached_property
    def _mac(self) -> Mac:
        return Mac(self.key)

    @cached_property
    def domain(self) -> str:
        """The domain that mails come from."""
        return self.address.rpartition("@")[2]

    @property
    def from_header(self) -> tuple[str, str]:
        """The display name and address of the From header."""
        return self.name, self.address

    @property
    def list_id(self) -> str:
        """The List-Id header (RFC 2919): one list, named after the domain."""
        label = " ".join(re.sub(r"[^\w\s.-]", "", self.name).split())
        name = f"releases.{self.domain}"
        return formataddr((label, name)) if label else f"<{name}>"

    def message_id(self, *parts: object) -> str:
        """Return a Message-ID that is the same on each try and says nothing (RFC 5322 3.6.4)."""
        return f"<{self._tag('message-id', parts, 20)}@{self.domain}>"

    def envelope(self, delivery_id: int) -> str:
        """Return the envelope sender of one delivery: a bounce to it names the delivery, provably ours."""
        local, _, domain = self.bounce_address.rpartition("@")
        return f"{local}+{delivery_id:x}.{self._tag('envelope', (delivery_id,), 10)}@{domain}"

    def unsubscribe_address(self, subscriber_id: int, version: int) -> str | None:
        """Return the address that a mail to ends a subscription (RFC 2369 3.2), None where it is too long.

        It says no more than the unsubscribe link does, and is proved by a MAC as the envelope is.
        """
        local, _, domain = self.bounce_address.rpartition("@")
        mac = self._tag("unsubscribe", (subscriber_id, version), 10)
        local = f"{local}+u.{subscriber_id:x}.{version:x}.{mac}"
        return f"{local}@{domain}" if len(local) <= limits.LOCAL_PART_LENGTH else None

    def read_unsubscribe_address(self, address: str) -> tuple[int, int] | None:
        """Return the subscriber's id and version that a mail's recipient names, None where it is not ours.

        Servers on the way may change its case (RFC 5321 2.4 forbids it; some do).
        """
        found = _UNSUBSCRIBE.search(address.partition("@")[0].lower())
        if found is None:
            return None
        subscriber_id, version = int(found["id"], 16), int(found["version"], 16)
        ours = self.unsubscribe_address(subscriber_id, version) or ""
        same = hmac.compare_digest(ours.lower().encode(), address.lower().encode())
        return (subscriber_id, version) if same else None

    def _tag(self, purpose: str, parts: tuple[object, ...], size: int) -> str:
        text = "\0".join([purpose, *map(str, parts)])
        return self._mac.digest(text.encode())[:size].hex()
