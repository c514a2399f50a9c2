"""The postal address: the block at the end of a release that says where the organisation is."""

import re
from dataclasses import dataclass
from typing import Final

from mailer.ingest import person
from mailer.ingest.blocks import Block

LABEL: Final = re.compile(
    r"(?:postal address|mailing address|our address|address|dirección postal|dirección|adresse postale"
    r"|adresse|postanschrift|anschrift|postadresse|почтовый адрес|адрес|العنوان البريدي|العنوان)\s?[:：]\s*",
    re.IGNORECASE,
)
STREET: Final = re.compile(
    r"(?<!\w)(?:street|st|avenue|ave|road|rd|lane|boulevard|blvd|square|drive|way|place|suite|floor|house"
    r"|rue|quai|cours|impasse|calle|avenida|avda|paseo|plaza|carrera|c/"
    r"|platz|allee|weg|gasse|ул|улица|пр|просп|проспект|пер|переулок|пл|наб|шоссе|дом"
    r"|شارع|طريق|ميدان|جادة|حي|بناية|الطابق)(?!\w)"
    r"|[^\W\d_]{3}(?:straße|strasse|str\.|platz|allee|weg|gasse|ufer)(?!\w)",
    re.IGNORECASE,
)
BOX: Final = re.compile(
    r"(?<!\w)(?:p\.? ?o\.? box|postfach|apartado(?: de correos)?|b\.?p\.?|boîte postale|а/я"
    r"|ص\.? ?ب\.?)\s?:?\s?\d",
    re.IGNORECASE,
)
POSTCODE: Final = re.compile(
    r"(?<!\w)(?:[A-Z]{2}\s{1,3}\d{5}(?:-\d{4})?"  # New York, NY 10118
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"  # London N1 9GU
    r"|[A-Z]\d[A-Z]\s?\d[A-Z]\d"  # Ottawa K1A 0B1
    r"|(?:[A-Z]{1,2}-)?\d{5,6},?\s[^\W\da-zа-я_]\w+"  # 10115 Berlin; 101000, Москва
    r"|[^\W\d_]{3,40},?\s\d{5,6})(?!\w)"  # Москва, 101000; Beirut 11072
    r"|^(?:[A-Z]{1,2}-)?\d{4}\s[^\W\da-zа-я_]\w+"  # 1202 Genève
)
LINE_LENGTH: Final = 100
LINE_WORDS: Final = 12
REACH: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:tel|phone|fax|telephone|tél|telefon|teléfono|тел|факс|هاتف|فاكس)\b",
    re.IGNORECASE,
)
NAME_END: Final = re.compile(r",|\s[|·•–—-]\s")
SEARCHED: Final = 12
"""How many blocks from the end an address is sought in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The address as lines of plain text ('' where none was found), and the blocks that are not of it."""

    postal_address: str
    rest: tuple[Block, ...]


def organisation(postal_address: str) -> str:
    """Return what a postal address begins with: the name on the letter box."""
    return NAME_END.split(postal_address.split("\n", 1)[0], maxsplit=1)[0].strip()


def is_postal(line: str) -> bool:
    """Whether a short line holds a street with a number, a post box or a postcode."""
    if len(line) > LINE_LENGTH or len(line.split()) > LINE_WORDS or person.EMAIL.search(line):
        return False
    street = STREET.search(line) is not None and any(character.isdigit() for character in line)
    return street or BOX.search(line) is not None or POSTCODE.search(line) is not None


def take(blocks: tuple[Block, ...], *, after: int) -> Taken:
    """Take the last postal address behind the block numbered `after` out of the blocks."""
    for position in range(len(blocks) - 1, max(after, len(blocks) - 1 - SEARCHED), -1):
        if _is_address(blocks[position]):
            start, end = _extent(blocks, position, after=after)
            lines = [line for block in blocks[start:end] for line in block.lines]
            lines[0] = LABEL.sub("", lines[0], count=1)
            return Taken("\n".join(line for line in lines if line), blocks[:start] + blocks[end:])
    return Taken("", blocks)


def _is_address(block: Block) -> bool:
    postal = sum(is_postal(line) for line in block.lines)
    labelled = bool(block.lines) and LABEL.match(block.lines[0]) is not None
    if labelled and block.count <= 3 * LINE_WORDS:
        return True
    if not postal or not _is_short(block):
        return False
    both = any(STREET.search(line) and POSTCODE.search(line) for line in block.lines)
    return block.is_address or len(block.lines) > 1 or both or bool(POSTCODE.search(block.plain))


def _extent(blocks: tuple[Block, ...], position: int, *, after: int) -> tuple[int, int]:
    """Return where an address that includes this block begins and ends."""
    start, end = position, position + 1
    while end < len(blocks) and _is_short(blocks[end]) and _goes_on(blocks[end]):
        end += 1
    if len(blocks[position].lines) == 1:
        # One line for each block: the lines above belong to it as far as they look like lines of it.
        while start - 1 > after and _is_line(blocks[start - 1]):
            start -= 1
    return start, end


def _is_short(block: Block) -> bool:
    if block.level or block.is_item or block.is_rule or block.is_prose:
        return False
    return all(len(line) <= LINE_LENGTH and len(line.split()) <= LINE_WORDS for line in block.lines)


def _is_line(block: Block) -> bool:
    return _is_short(block) and len(block.lines) == 1 and not block.ends_like_a_sentence


def _goes_on(block: Block) -> bool:
    return all(
        REACH.search(line) or person.is_reachable(line) or is_postal(line) for line in block.lines
    )
