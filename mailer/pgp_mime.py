"""Mails in PGP/MIME (RFC 3156) with protected headers (RFC 9788): the subject and all parts travel encrypted.

What stays readable is what delivers a mail and lets a mail program offer to leave the list: who it is from
and to, when, its Message-ID and the List- fields. They are repeated inside, where no carrier changes them.
"""

import hashlib
import re
from typing import Final

from mailer import pgp
from mailer.pgp import Certificate

SUBJECT: Final = b"Subject: [...]"
"""What stands in place of the subject outside (RFC 9788 3.2.1)."""

_CRLF: Final = b"\r\n"
# hp says so by the standard; protected-headers is what programs looked for before there was one.
_PROTECTED: Final = b';\r\n hp="cipher"; protected-headers="v1"'
_VERSION: Final = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
_PAYLOAD: Final = (
    b"Content-Type: application/octet-stream; name=encrypted.asc\r\n"
    b"Content-Disposition: inline; filename=encrypted.asc\r\n\r\n"
)


def encrypted(message: bytes, certificate: Certificate) -> bytes:
    """Return a whole message (CRLF) encrypted; raise pgp.BadCertificate, pgp.Unavailable."""
    head, _, body = message.partition(_CRLF * 2)
    fields = re.split(rb"\r\n(?![ \t])", head)
    content = [field for field in fields if _name(field).startswith(b"content-")]
    others = [f for f in fields if f not in content and _name(f) != b"mime-version"]
    outer = [SUBJECT if _name(field) == b"subject" else field for field in others]
    inner = [
        *(f + _PROTECTED if _name(f) == b"content-type" else f for f in content),
        *others,
        *(b"HP-Outer: " + field for field in outer),
    ]
    sealed = pgp.encrypt(certificate, _CRLF.join(inner) + _CRLF * 2 + body)
    return _CRLF.join([*outer, b"MIME-Version: 1.0"]) + _CRLF + _wrapped(sealed)


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].lower()


def _wrapped(sealed: bytes) -> bytes:
    """Return the two parts of RFC 3156 4 around an encrypted entity, their Content-Type first."""
    boundary = b"=_" + hashlib.sha256(sealed).hexdigest()[:32].encode()
    line = b"--" + boundary
    return b"".join(
        [
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n',
            b' boundary="' + boundary + b'"\r\n\r\n',
            line + _CRLF + _VERSION + _CRLF,
            line + _CRLF + _PAYLOAD + sealed.rstrip() + _CRLF * 2,
            line + b"--\r\n",
        ]
    )
