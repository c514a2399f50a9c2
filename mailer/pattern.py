"""A mail as bytes with holes: built once, then filled for each reader by joining bytes.

A hole stands in a rendered mail as a marker between two noncharacters, which Unicode keeps for a
program's own use (U+FDD0..U+FDEF) and `render` takes out of every release. In quoted-printable the
lines around a hole end in soft breaks, so that an address of any length fits without a reflow.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import quote, unquote
from io import BytesIO
from typing import Final
from urllib.parse import quote as percent_encoded

from config import limits
from mailer.render import Mail
from mailer.smtp import content
from mailer.smtp.content import Content
from mailer.surroundings import File

URL_HOLES: Final = ("unsubscribe_url", "manage_url")
"""Holes in the text and the HTML; each takes a URL and may stand there more than once."""
HEADER_HOLES: Final = {
    "date": "Date",
    "message_id": "Message-ID",
    "to": "To",
    "list_unsubscribe": "List-Unsubscribe",
}
"""Holes in the header, by the field they fill; the values are whole, brackets included."""
HOLES: Final = (*URL_HOLES, *HEADER_HOLES)

_FIELDS: Final = tuple((name, field.encode()) for name, field in HEADER_HOLES.items())
_MARKER: Final = re.compile("\ufdd0([a-z_]*)\ufdd1")
_OURS: Final = {"mime-version", "subject", *(name.lower() for name in HEADER_HOLES.values())}
_FIELD_NAME: Final = re.compile(r"[!-9;-~]+")
_FIELD_VALUE: Final = re.compile(r"[^\x00-\x1f\x7f]+")
_NAMED: Final = re.compile(r"(.*\S)\s*(<[^<>]*>)")
_ATOMS: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
_URL: Final = re.compile(rf"[A-Za-z0-9:/._~?=-]{{1,{limits.HOLE_URL_LENGTH}}}")
_HEADER_VALUE: Final = re.compile(rf"[ -~]{{1,{limits.HEADER_LINE_LENGTH - 20}}}")
_ADDRESS: Final = re.compile(rf"[^\x00-\x20\x7f-\xa0<>,;]{{1,{limits.ADDRESS_LENGTH}}}")
_FILE_NAME: Final = re.compile(r"[\w .()-]{1,50}", re.ASCII)
_FILE_NAME_PIECE: Final = 54  # characters, so that a parameter fits a line with what is around it
_LINE: Final = 75  # of 76 columns (RFC 2045 6.7), one is the soft break's


@dataclass(frozen=True, slots=True)
class Pattern:
    """A complete message but for its holes; `holes` are the names that `fill` wants."""

    holes: frozenset[str]
    _pieces: tuple[bytes, ...]
    _order: tuple[str, ...]

    def fill(self, **holes: str) -> bytes:
        """Return one reader's copy, an RFC 5322 message with CRLF line ends; raise ValueError."""
        return self.content(**holes).message

    def content(self, **holes: str) -> Content:
        """Return one reader's copy as the wire carries it.

        Raises ValueError where a hole is left open or unknown, or its value would not stay one
        value: line breaks, NUL, blanks in an address, characters that a URL of ours never has.
        """
        if holes.keys() != self.holes:
            raise ValueError(f"Fill exactly these holes of the mail: {sorted(self.holes)}.")
        filled = [
            b"%b: %b\r\n" % (field, _value(name, holes[name]))
            for name, field in _FIELDS
            if name in self.holes
        ]
        filled.append(self._pieces[0])
        urls = {name: _url(holes[name]) for name in self.holes.intersection(URL_HOLES)}
        for name, piece in zip(self._order, self._pieces[1:], strict=True):
            filled += urls[name], piece
        # The pieces were checked and their dots doubled once, the values are one line each.
        return Content(b"".join(filled), is_ascii=holes["to"].isascii())


def marker(hole: str) -> str:
    """Return what stands for a URL hole while the mail is rendered."""
    if hole not in URL_HOLES:
        raise ValueError(f"A mail has no hole '{hole}' in its body; choose one of {URL_HOLES}.")
    return f"\ufdd0{hole}\ufdd1"


def pattern(mail: Mail, *, headers: Mapping[str, str], plain: bool = False) -> Pattern:
    """Return a mail as a pattern, with the fields in `headers` the same for every reader.

    It is multipart/alternative, inside multipart/mixed with the files that travel behind it where there
    are any; for who wants `plain` mails it is the text alone, in one part.

    The reader's fields are `HEADER_HOLES`; List-Unsubscribe is among them where `headers` has
    List-Unsubscribe-Post (RFC 8058 3.1 wants both). The same mail and headers give the same bytes.
    Raises ValueError where a header is not one line, or is one that the pattern writes itself.
    """
    message = _message(mail, headers, plain=plain)
    names = set(HEADER_HOLES)
    if "list-unsubscribe-post" not in map(str.lower, headers):
        names.remove("list_unsubscribe")
    header, end, body = _bytes(message).partition(b"\r\n\r\n")
    first, *rest = _QP_MARKER.split(body)
    order = tuple(name.decode() for name in rest[::2])
    pieces = (header + end + first, *rest[1::2])
    for piece in pieces:
        content.check(piece)
    return Pattern(
        frozenset(names.union(order)), tuple(map(content.with_dots_doubled, pieces)), order
    )


# -- The message -----------------------------------------------------------------------------------


def _message(mail: Mail, headers: Mapping[str, str], *, plain: bool) -> Message:
    message = Message(compat32)
    message["Subject"] = _words(mail.subject, "Subject")
    for name, value in headers.items():
        message[name] = _fixed(name, value)
    message["MIME-Version"] = "1.0"
    message["Content-Language"] = mail.language
    if plain:
        return _put(message, "plain", mail.text)
    words = f"{mail.subject}\0{mail.text}\0{mail.html}".encode()
    if not mail.attached:
        return _put_alternative(message, mail, words)
    # The words stay first: their holes are all there are, and the files behind are fixed bytes.
    parts = [_put_alternative(Message(compat32), mail, words), *map(_file, mail.attached)]
    return _put_parts(
        message, "mixed", parts, words, *(file.content or b"" for file in mail.attached)
    )


def _put_alternative(message: Message, mail: Mail, words: bytes) -> Message:
    both = (("plain", mail.text), ("html", mail.html))
    return _put_parts(
        message, "alternative", [_put(Message(compat32), *each) for each in both], words
    )


def _put_parts(message: Message, subtype: str, parts: Sequence[Message], *hashed: bytes) -> Message:
    message["Content-Type"] = f"multipart/{subtype}"
    message.set_param("boundary", _boundary(*hashed))
    for part in parts:
        message.attach(part)
    return message


def _boundary(*hashed: bytes) -> str:
    """Return a boundary by the content's hash; neither encoding ever has '=_' (RFC 2045 6.7, 6.8)."""
    digest = hashlib.sha256(hashed[0])
    for more in hashed[1:]:
        digest.update(hashlib.sha256(more).digest())
    return "=_" + digest.hexdigest()[:32]


def _file(file: File) -> Message:
    part = Message(compat32)
    part["Content-Type"] = file.media_type
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"attachment;\n {_file_name(file.name)}"
    part.set_payload(base64.encodebytes(file.content or b"").decode("ascii"))
    return part


def _file_name(name: str) -> str:
    """Return a name as a parameter (RFC 2183 2.3): quoted, or where it must be in pieces of RFC 2231."""
    if _FILE_NAME.fullmatch(name):
        return f'filename="{name}"'
    first, *more = _pieces(name)
    if not more:
        return f"filename*=utf-8''{first}"
    rest = (f"filename*{number}*={piece}" for number, piece in enumerate(more, start=1))
    return ";\n ".join([f"filename*0*=utf-8''{first}", *rest])


def _pieces(name: str) -> list[str]:
    """Return a name in percent-encoded pieces, no character parted: some programs read each by itself."""
    pieces = [""]
    for character in name:
        encoded = percent_encoded(character, safe="")
        if len(pieces[-1]) + len(encoded) > _FILE_NAME_PIECE:
            pieces.append("")
        pieces[-1] += encoded
    return pieces


def _put(part: Message, subtype: str, content: str) -> Message:
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(_encoded(content))
    return part


def _bytes(message: Message) -> bytes:
    out = BytesIO()
    generator = BytesGenerator(out, mangle_from_=False, policy=compat32.clone(linesep="\r\n"))
    generator.flatten(message)
    return out.getvalue()


# -- Quoted-printable with holes -------------------------------------------------------------------

_QP_MARKER: Final = re.compile(rb"=\[([a-z_]+)\]")  # quoted-printable never has '=['


def _encoded(content: str) -> str:
    """Return content in quoted-printable, with '=[name]' for each hole on a line of its own."""
    lines = re.sub(r"\r\n?", "\n", content)
    *texts_and_names, last = _MARKER.split(lines)
    encoded = ""
    for text, name in zip(texts_and_names[::2], texts_and_names[1::2], strict=True):
        marker(name)
        encoded += f"{_before_hole(text)}=[{name}]=\n"
    return encoded + binascii.b2a_qp(last.encode()).decode("ascii")


def _before_hole(text: str) -> str:
    # The encoder leaves no room for a soft break behind the last character, and writes a blank
    # there as =20: a character that is taken off again keeps both from mattering.
    encoded = binascii.b2a_qp(f"{text}~".encode()).decode("ascii")[:-1]
    return encoded if encoded.endswith("\n") or not encoded else encoded + "=\n"


def _url(url: str) -> bytes:
    if not _URL.fullmatch(url):
        raise ValueError(
            "A URL for a mail has only letters, digits and :/._~?=- and is not too long."
        )
    # The first line starts with the scheme; of the others any may start with a dot.
    return content.with_dots_doubled(b"=\r\n".join(_lines(url.replace("=", "=3D").encode("ascii"))))


def _lines(value: bytes) -> Iterator[bytes]:
    """Yield a value in pieces of a line each; an octet that is written =3D stays whole."""
    while len(value) > _LINE:
        mark = value.find(b"=", _LINE - 2, _LINE)
        cut = _LINE if mark < 0 else mark
        yield value[:cut]
        value = value[cut:]
    yield value


# -- Header fields ---------------------------------------------------------------------------------


def _value(name: str, value: str) -> bytes:
    if not (_ADDRESS if name == "to" else _HEADER_VALUE).fullmatch(value):
        raise ValueError(
            f"The value of '{name}' must be one line of the characters a header allows."
        )
    return value.encode()  # only an address that needs SMTPUTF8 is not ASCII (RFC 6532 3.2)


def _fixed(name: str, value: str) -> str:
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
        raise ValueError(f"The header {name!r} must be one line, without NUL, and not empty.")
    if name.lower() in _OURS or name.lower().startswith("content-"):
        raise ValueError(f"Leave {name} out: the pattern writes it.")
    named = _NAMED.fullmatch(value)
    return f"{_phrase(named[1], name)} {named[2]}" if named else _words(value, name)


def _phrase(phrase: str, name: str) -> str:
    """Return the display name before an address in brackets, quoted or encoded as it needs."""
    words = unquote(phrase)
    if not words.isascii():
        return _words(words, name)
    return words if _ATOMS.fullmatch(words) else f'"{quote(words)}"'


def _words(text: str, name: str) -> str:
    """Return unstructured text for a header, in RFC 2047 words where it is not ASCII.

    The whole text is encoded, by `Header`: the folding of email.policy.SMTP loses or adds blanks
    between encoded words on the Pythons we support (CPython issue 92081).
    """
    if not _FIELD_VALUE.fullmatch(text):
        raise ValueError(f"The header {name} must be one line, without NUL, and not empty.")
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=name).encode()
