"""The boilerplate: the paragraph at the end in which the organisation says what it is."""

import re
from dataclasses import dataclass
from typing import Final

from mailer.ingest import markdown, notices
from mailer.ingest.blocks import Block

ABOUT: Final = re.compile(
    r"(?:about\s(?!to\b)|sobre\s|acerca de\s|quiénes somos|à propos\b|qui sommes[- ]nous|über\s|wer wir sind"
    r"|об?\s|о нас|кто мы|справка|نبذة عن|حول\s|عن\s|من نحن)",
    re.IGNORECASE,
)
"""How the heading over a boilerplate begins."""
HEADING_WORDS: Final = 10
PARAGRAPH_WORDS: Final = 6
"""A paragraph of a boilerplate has at least so many words, or it is something else."""
INLINE: Final = re.compile(r"[*_]{1,3}([^*_\n]{3,90})[*_]{1,3}:?\s")

IS: Final = re.compile(
    r"(?<!\w)(?:is an?|are an?|es una?|est une?|ist eine?|ist ein|является|هي|هو)(?!\w)"
    r"|(?<=\s)[—–](?=\s[а-яё])",
    re.IGNORECASE,
)
"""How a language says that something is of a kind."""
KINDS: Final = re.compile(
    r"(?<!\w)(?:organi[sz]ation|foundation|charity|association|network|coalition|alliance|ngo|nonprofit"
    r"|non-profit|group|initiative|institute|centre|center|union"
    r"|organización|fundación|asociación|red|coalición|ong|fondation|réseau|collectif|organisation"
    r"|stiftung|verein|verband|netzwerk|bündnis|nichtregierungsorganisation|menschenrechtsorganisation"
    r"|организация|фонд|объединение|ассоциация|союз|центр|منظمة|مؤسسة|جمعية|مركز|شبكة|هيئة)(?!\w)",
    re.IGNORECASE,
)
"""What an organisation may call itself."""
DOES: Final = re.compile(
    r"(?<!\w)(?:is (?:an?|the|dedicated|committed|based)|works|protects|promotes|defends|supports|campaigns"
    r"|monitors|documents|advocates|helps|provides"
    r"|believes|seeks|was founded|was established|has worked|brings together"
    r"|es (?:una?|la|el)|trabaja|defiende|promueve|protege|apoya|fue fundada|documenta"
    r"|est (?:une?|la|le)|œuvre|défend|protège|soutient|agit|lutte|a été fondée|documente|promeut"
    r"|ist (?:eine?|die|der)|arbeitet|setzt sich|verteidigt|schützt|fördert|unterstützt|wurde|tritt"
    r"|dokumentiert"
    r"|является|защищает|работает|основан|основана|поддерживает|помогает|отстаивает"
    r"|هي|هو|تعمل|يعمل|تدافع|تأسست|توثق|تسعى)(?!\w)",
    re.IGNORECASE,
)
"""What a self-description says first; `calls`, `said` and `condemns` are news."""
ACRONYM: Final = re.compile(r"\(([A-ZА-ЯЁ][\w-]{1,11})\)")
OPENING_LENGTH: Final = 300
VERB_WITHIN: Final = 40
IS_WITHIN: Final = 100
QUOTATION: Final = re.compile(r"[\"“«„]")
ARTICLE: Final = re.compile(r"(?:(?:the|la|el|die|der|das|le|den|de la|du)\s|l['’])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Taken:
    """The boilerplate as Markdown, the other blocks, and how it was recognised ('' where it was not)."""

    boilerplate: str
    rest: tuple[Block, ...]
    how: str


def names(blocks: tuple[Block, ...], others: tuple[str, ...]) -> frozenset[str]:
    """List what the organisation may call itself: names found elsewhere, and acronyms in brackets."""
    acronyms = (match for block in blocks for match in ACRONYM.findall(block.plain[:4_000]))
    known = {" ".join(name.split()).casefold() for name in (*others, *acronyms)}
    return frozenset(name for name in known if len(name) > 1)


def headed(text: str) -> str:
    """Return the name in the heading of a boilerplate: `About the Foundation` gives `foundation`."""
    heading = markdown.plain(text.split("\n", 1)[0]).split(":", 1)[0].strip()
    about = ABOUT.match(heading)
    if about is None:
        return ""
    name = heading[about.end() :].strip()
    return (name[article.end() :] if (article := ARTICLE.match(name)) else name).casefold()


def take(blocks: tuple[Block, ...], *, after: int, names: frozenset[str]) -> Taken:
    """Take the boilerplate behind the block numbered `after`; `after` itself stays the release's text.

    1. A heading such as `About us`, and the paragraphs under it.
    2. The paragraphs behind the mark of the end (`###`).
    3. The last paragraph, where it tells what the organisation is.
    """
    return (
        _headed(blocks, after)
        or _behind_end(blocks, after)
        or _self_description(blocks, after, names)
        or Taken("", blocks, "")
    )


def _taken(blocks: tuple[Block, ...], numbers: list[int], how: str) -> Taken | None:
    if not numbers:
        return None
    text = "\n\n".join(blocks[number].source for number in numbers)
    chosen = frozenset(numbers)
    rest = tuple(block for number, block in enumerate(blocks) if number not in chosen)
    return Taken(text, rest, how)


def _headed(blocks: tuple[Block, ...], after: int) -> Taken | None:
    numbers: list[int] = []
    open_section = False
    for number in range(after + 1, len(blocks)):
        block = blocks[number]
        under = blocks[number + 1] if number + 1 < len(blocks) else None
        heads = under is not None and _is_heading(block) and _is_paragraph(under)
        if heads or _has_own_heading(block):
            open_section = True
            numbers.append(number)
        elif open_section and _is_paragraph(block):
            numbers.append(number)
        else:
            open_section = False
    return _taken(blocks, numbers, "under its heading")


def _behind_end(blocks: tuple[Block, ...], after: int) -> Taken | None:
    ends = [n for n, block in enumerate(blocks) if n > after and notices.is_end(block)]
    if not ends:
        return None
    numbers: list[int] = []
    for number in range(ends[0] + 1, len(blocks)):
        if notices.is_note(blocks[number]) or blocks[number].level:
            break
        if _is_paragraph(blocks[number]):
            numbers.append(number)
    return _taken(blocks, numbers, "behind the mark of the end")


def _self_description(blocks: tuple[Block, ...], after: int, names: frozenset[str]) -> Taken | None:
    sentences = [
        number
        for number, block in enumerate(blocks)
        if number > after and _is_paragraph(block) and block.ends_like_a_sentence
    ]
    if not sentences or not describes_itself(blocks[sentences[-1]].plain, names):
        return None
    return _taken(
        blocks, sentences[-1:], "the last paragraph, which tells what the organisation is"
    )


def describes_itself(text: str, names: frozenset[str]) -> bool:
    """Whether a paragraph begins by telling what an organisation is or does."""
    opening = text[:OPENING_LENGTH].replace("\n", " ")
    sentence = re.split(r"(?<=[^\W\d_]{3}[.!?])\s", opening, maxsplit=1)[0]
    if QUOTATION.match(sentence):
        return False
    rest = sentence[found.end() :] if (found := ARTICLE.match(sentence)) else sentence
    for name in names:
        behind = rest[len(name) : len(name) + VERB_WITHIN]
        if rest.casefold().startswith(name) and (DOES.search(behind) or IS.search(behind)):
            return True
    said = IS.search(sentence[:IS_WITHIN])
    return said is not None and KINDS.search(sentence, said.start()) is not None


def _is_heading(block: Block) -> bool:
    text = block.one_line.rstrip(": ")
    short = block.count <= HEADING_WORDS and not block.is_item
    return short and not block.ends_like_a_sentence_without_colon and ABOUT.match(text) is not None


def _has_own_heading(block: Block) -> bool:
    """Whether a paragraph holds its heading: on its first line, or in bold at its start."""
    if not _is_paragraph(block):
        return False
    if len(block.lines) > 1 and len(block.lines[0].split()) <= HEADING_WORDS:
        first = Block(block.lines[0])
        return _is_heading(first) and (first.source.endswith(":") or _is_apart(block))
    match = INLINE.match(block.source)
    return match is not None and ABOUT.match(match[1]) is not None


def _is_apart(block: Block) -> bool:
    """Whether the first line is much shorter than the second, as no wrapped paragraph's is."""
    return 3 * len(block.lines[0]) < 2 * len(block.lines[1])


def _is_paragraph(block: Block) -> bool:
    other = block.level or block.is_item or block.is_rule or notices.is_note(block)
    return not other and block.count >= PARAGRAPH_WORDS
