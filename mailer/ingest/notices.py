"""Notices: the lines of a release for editors, such as `FOR IMMEDIATE RELEASE` or `ENDS`."""

import re
from typing import Final

from mailer.ingest import dates
from mailer.ingest.blocks import Block

KINDS: Final = (
    "for immediate release", "for immediate publication", "for release", "for publication",
    "press release", "news release", "media release", "press statement", "media statement",
    "media advisory", "press advisory", "statement",
    "para publicación inmediata", "para difusión inmediata", "comunicado de prensa", "nota de prensa",
    "comunicado", "pour diffusion immédiate", "pour publication immédiate", "communiqué de presse",
    "communiqué", "pressemitteilung", "presseerklärung", "presseinformation", "medienmitteilung",
    "zur sofortigen veröffentlichung", "zur veröffentlichung", "пресс-релиз", "пресс релиз",
    "для немедленной публикации", "для немедленного распространения", "заявление для прессы",
    "بيان صحفي", "بيان صحافي", "للنشر الفوري", "للنشر فورا", "للنشر فوراً", "خبر صحفي",
)  # fmt: skip
"""What a line that names the kind of text begins with."""

EMBARGOES: Final = (
    "embargo", "embargoed", "strictly embargoed", "under embargo", "not for publication before",
    "embargado", "con embargo", "bajo embargo", "sous embargo", "sperrfrist", "gesperrt bis",
    "эмбарго", "под эмбарго", "محظور النشر", "حظر النشر",
)  # fmt: skip

ENDS: Final = (
    "end", "ends", "the end", "fin", "fin del comunicado", "ende", "конец", "انتهى", "النهاية",
)  # fmt: skip

NOTES: Final = (
    "notes to editors", "note to editors", "notes for editors", "editor's note", "editors' notes",
    "notes", "nota a los editores", "notas para editores", "notas para la redacción",
    "notes aux rédactions", "note aux rédactions", "hinweis an die redaktion", "hinweis für die redaktion",
    "hinweise für redaktionen", "примечание для редакторов", "примечания", "ملاحظات للمحررين", "ملاحظات",
)  # fmt: skip
"""Headings of what follows the release proper and is still its text."""

REST_WORDS: Final = 4
"""Behind a notice's words may stand a date, a place or a number; with more words it is a sentence."""
EMBARGO_WORDS: Final = 14
END_LENGTH: Final = 40


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(
        rf"\W{{0,6}}(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE
    )


KIND: Final = _pattern(KINDS)
EMBARGO: Final = _pattern(EMBARGOES)
NOTE: Final = _pattern(NOTES)
END: Final = re.compile(
    rf"(?:#\s?){{3,5}}|[-–—*\s]{{1,4}}30[-–—*\s]{{1,4}}|[\W_]{{0,6}}(?:{'|'.join(ENDS)})[\W_]{{0,6}}",
    re.IGNORECASE,
)
EDGES: Final = " \t:,;.|–—-()*_"


def behind(line: str) -> str | None:
    """Return what stands behind the words that name the kind of text; None where the line has none."""
    match = KIND.match(line)
    return line[match.end() :].strip(EDGES) if match else None


def is_kind(line: str) -> bool:
    """Whether a line says what kind of text this is, with a place, a date or a number behind it at most."""
    rest = behind(line)
    if not rest:
        return rest is not None
    found = dates.find(rest[:200])
    if found is not None:
        return len((rest[: found.start] + rest[found.end :]).split()) <= REST_WORDS
    numbered = any(character.isdigit() for character in rest.split()[-1])
    return numbered and len(rest.split()) <= 2  # noqa: PLR2004 - `No. 12`


def is_embargo(line: str) -> bool:
    """Whether a line says when the release may be published."""
    match = EMBARGO.match(line)
    if match is None:
        return False
    rest = line[match.end() :]
    timed = any(character.isdigit() for character in rest) or rest.lstrip().startswith(":")
    return len(rest.split()) <= EMBARGO_WORDS and (timed or not rest.strip(EDGES))


def is_end(block: Block) -> bool:
    """Whether a block marks the end of the release."""
    return len(block.source) <= END_LENGTH and END.fullmatch(block.source.strip()) is not None


def is_note(block: Block) -> bool:
    """Whether a block is the heading of the notes to editors."""
    match = NOTE.match(block.one_line)
    return match is not None and not block.one_line[match.end() :].strip(EDGES)
