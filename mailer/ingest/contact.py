"""Contacts: the people and desks a release names for journalists, on one line or on several."""

import re
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer import parts
from mailer.ingest import address, person
from mailer.ingest.blocks import Block

LABELS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "contact", "contacts", "contact person", "media contact", "media contacts", "press contact",
        "press contacts", "contact for media", "contact for the media", "contact for journalists",
        "media enquiries", "media inquiries", "press enquiries", "press inquiries", "press office",
        "media office", "press desk", "for more information", "for further information",
        "for media enquiries", "for media inquiries", "for press enquiries", "for press inquiries",
        "for interviews", "for interview requests", "to arrange an interview",
    ),
    "es": (
        "contacto", "contactos", "contacto de prensa", "contactos de prensa", "contacto para medios",
        "contacto para prensa", "contacto para la prensa", "contacto con la prensa",
        "oficina de prensa", "gabinete de prensa", "para más información", "para mayor información",
        "más información", "para entrevistas",
    ),
    "fr": (
        "contact presse", "contacts presse", "contact média", "contact médias", "contacts médias",
        "relations presse", "service de presse", "service presse", "pour plus d'informations",
        "pour plus d’informations", "pour toute information", "pour en savoir plus",
        "demandes d'interview", "demandes d’interview",
    ),
    "de": (
        "kontakt", "kontakte", "pressekontakt", "pressekontakte", "medienkontakt", "ansprechpartner",
        "ansprechpartnerin", "ansprechperson", "kontakt für medien", "kontakt für die presse",
        "kontakt für rückfragen", "pressestelle", "rückfragen", "für rückfragen", "für interviews",
        "bei rückfragen", "weitere informationen", "für weitere informationen",
    ),
    "ru": (
        "контакт", "контакты", "контактное лицо", "контакты для прессы", "контакты для сми",
        "контакт для прессы", "контакт для сми", "пресс-служба", "для прессы", "для сми",
        "за дополнительной информацией", "дополнительная информация",
    ),
    "ar": (
        "للتواصل", "للاتصال", "جهة الاتصال", "جهات الاتصال", "الاتصال", "التواصل", "مسؤول الاتصال",
        "للتواصل الإعلامي", "التواصل الإعلامي", "الاتصال الإعلامي", "الاتصال الصحفي",
        "للاستفسارات الإعلامية", "للاستفسار", "لمزيد من المعلومات", "للمزيد من المعلومات",
        "المكتب الإعلامي",
    ),
}  # fmt: skip
"""What stands in front of a contact."""

_LABEL: Final = "|".join(
    sorted(
        {re.escape(label) for group in LABELS.values() for label in group}, key=len, reverse=True
    )
)
LABEL: Final = re.compile(
    rf"[-–•*]?\s?((?:{_LABEL})(?!\w)(?:\s?\([^()\n]{{1,40}}\))?)"
    rf"((?:,?\s(?:please\s)?(?:contact|call|email|write to))?\s?(?:[:：؛]|[–—-](?=\s)|\.?$))?\s*",
    re.IGNORECASE,
)

BLOCK_WORDS: Final = 60
"""A longer paragraph tells something, it is no contact."""
BLOCK_LENGTH: Final = 1_200
LINE_WORDS: Final = 14
FOLLOWING: Final = 6
"""How many blocks behind a label may belong to it."""
NAMES_AHEAD: Final = 2
"""How many blocks without an address or number may stand in front of one that has it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The contacts, and the blocks that are not theirs."""

    contacts: tuple[parts.Contact, ...]
    rest: tuple[Block, ...]


def is_label(line: str) -> bool:
    """Whether a line begins with a contact's label and a colon, or is one."""
    match = LABEL.match(line)
    return match is not None and match[2] is not None


def take(blocks: tuple[Block, ...]) -> Taken:
    """Take every labelled contact out of the blocks.

    A label without a mail address or a telephone number near it (a menu's `Contact`) is none.
    """
    contacts: list[parts.Contact] = []
    rest: list[Block] = []
    position = 0
    while position < len(blocks):
        end, text = _extent(blocks, position)
        people = person.read(text) if end > position else ()
        if people and all(map(_fits, people)):
            contacts += people
            position = end
        else:
            rest.append(blocks[position])
            position += 1
    return Taken(tuple(dict.fromkeys(contacts)), tuple(rest))


def _fits(one: parts.Contact) -> bool:
    longest = max(len(one.name), len(one.email), len(one.telephone))
    return longest <= limits.CONTACT_FIELD_LENGTH


def _extent(blocks: tuple[Block, ...], start: int) -> tuple[int, str]:
    """Return where a contact that begins here ends, and its text without the label."""
    first = blocks[start]
    if not first.lines or first.count > BLOCK_WORDS or len(first.source) > BLOCK_LENGTH:
        return start, ""
    match = LABEL.match(first.lines[0])
    if match is None:
        return start, ""
    text = "\n".join((first.lines[0][match.end() :], *first.lines[1:])).strip()
    if match[2] is None and not person.is_reachable(text):
        return start, ""
    end = start + 1
    if not first.level or not text:
        end = _following(blocks, end, needed=not person.is_reachable(text))
    gathered = "\n".join((text, *(block.plain for block in blocks[start + 1 : end])))
    named = bool(text) and match[2] is not None and not first.ends_like_a_sentence
    return (end, gathered) if person.is_reachable(gathered) or named else (start, "")


def _following(blocks: tuple[Block, ...], start: int, *, needed: bool) -> int:
    """Return where the blocks that go on with a contact end.

    A name alone belongs to it only where an address or a number follows; without `needed` one that has
    both on few words does.
    """
    end, names = start, 0
    most = NAMES_AHEAD if needed else 0
    for position in range(start, min(start + FOLLOWING, len(blocks))):
        block = blocks[position]
        if not _is_personal(block):
            break
        if person.is_reachable(block.plain):
            end, names, most = position + 1, 0, NAMES_AHEAD
        elif (names := names + 1) > most:
            break
    return end


def _is_personal(block: Block) -> bool:
    if len(block.source) > BLOCK_LENGTH:
        return False
    plain_lines = all(len(line.split()) <= LINE_WORDS for line in block.lines)
    other = block.is_item or block.is_rule or block.is_address or block.is_prose
    shaped = not block.level and not other
    postal = any(address.is_postal(line) for line in block.lines)
    return shaped and plain_lines and not postal and not is_label(block.one_line)
