"""The site menu: lines of a saved web page that belong to the site and not to the release."""

import re
from typing import Final

from mailer.ingest import markdown
from mailer.ingest.blocks import Block

_NAVIGATION: Final[dict[str, str]] = {
    "en": (
        "home|about|about us|who we are|what we do|our work|mission|our mission|transparency|staff|team|"
        "board|donate|donate now|give|support us|programs|programmes|projects|campaigns|press|press releases|"
        "press room|newsroom|news|media|get involved|join us|take action|volunteer|reports|publications|"
        "blog|events|contact|contact us|search|menu|main menu|login|log in|sign in|sign up|subscribe|"
        "newsletter|join our mailing list|privacy|privacy policy|terms|terms of use|cookies|imprint|"
        "sitemap|site map|accessibility|skip to content|skip to main content|skip to navigation|share|"
        "share this|share this page|print|print this page|back to top|read more|follow us|facebook|twitter|"
        "instagram|youtube|mastodon|bluesky|linkedin|rss|english|en|es|fr|de|ru|ar|resources|careers|jobs|shop"
    ),
    "es": (
        "inicio|quiénes somos|nosotros|sobre nosotros|qué hacemos|noticias|prensa|sala de prensa|comunicados|"
        "informes|publicaciones|campañas|dona|donar|haz una donación|colabora|participa|contacto|buscar|"
        "suscríbete|boletín|aviso legal|privacidad|política de privacidad|español|compartir"
    ),
    "fr": (
        "accueil|qui sommes-nous|à propos|nos actions|actualités|presse|espace presse|rapports|publications|"
        "faire un don|agir|adhérer|contact|rechercher|mentions légales|plan du site|français|partager|"
        "lettre d'information|s'abonner"
    ),
    "de": (
        "startseite|über uns|wer wir sind|themen|projekte|aktuelles|presse|berichte|publikationen|spenden|"
        "mitmachen|kontakt|suche|impressum|datenschutz|newsletter|deutsch|veranstaltungen|teilen"
    ),
    "ru": (
        "главная|о нас|о фонде|новости|пресса|пресс-релизы|доклады|публикации|проекты|пожертвовать|"
        "поддержать|контакты|поиск|подписаться|русский|поделиться"
    ),
    "ar": (
        "الرئيسية|من نحن|عن المنظمة|أخبار|الأخبار|بيانات|تقارير|منشورات|حملات|تبرع|تبرّع|اتصل بنا|بحث|"
        "اشترك|العربية|الخصوصية"
    ),
}
NAVIGATION: Final = frozenset("|".join(_NAVIGATION.values()).split("|"))
"""What sites write in their menus, in small letters."""

FURNITURE: Final = re.compile(
    r"(?:©|\(c\)\s|copyright\s{0,3}(?:©|\(c\)|\d{4})|all rights reserved|todos los derechos reservados"
    r"|tous droits réservés|alle rechte vorbehalten|все права защищены|جميع الحقوق محفوظة"
    r"|(?:we|this (?:web)?site) uses? cookies|skip to |you are here)",
    re.IGNORECASE,
)
"""How lines begin that are on every page of a site."""

ITEM_WORDS: Final = 4
RUN: Final = 3
"""So many short lines one behind the other are a menu even where none is known."""
FURNITURE_WORDS: Final = 40
SEPARATORS: Final = re.compile(r"\s[|•·»›>/]\s|\n")
CRUMBS: Final = 2
ROW_WORDS: Final = 80


def is_known(block: Block) -> bool:
    """Whether a block is certainly of the menu: known words, a lone link, or a row of short pieces."""
    if block.level or not block.lines or block.count > ROW_WORDS:
        return False
    link = markdown.LINK.fullmatch(block.source.strip().removeprefix("- "))
    if link is not None and block.count <= 2 * ITEM_WORDS:
        return True
    pieces = _pieces(block)
    known = sum(piece.casefold() in NAVIGATION for piece in pieces)
    row = len(pieces) >= RUN and all(len(piece.split()) <= ITEM_WORDS for piece in pieces)
    return known == len(pieces) or (row and known >= CRUMBS)


def is_furniture(block: Block) -> bool:
    """Whether a block is a copyright line, a cookie notice or the like."""
    return block.count <= FURNITURE_WORDS and FURNITURE.match(block.plain.lstrip("-* ")) is not None


def is_short(block: Block) -> bool:
    """Whether a block could be an item of a menu."""
    short = all(len(line.split()) <= ITEM_WORDS for line in block.lines)
    return short and not block.level and not block.ends_like_a_sentence


def end(blocks: tuple[Block, ...]) -> int:
    """Return where the menu above a headline ends: 0 where there is none.

    `blocks` are all blocks above the release's text. The menu reaches to its last certain item, or
    through the run of short lines that item is part of; the last block is never taken, being the headline.
    """
    reach = run = 0
    certain = False
    for number, block in enumerate(blocks[:-1], start=1):
        known = is_known(block) or is_furniture(block)
        run = run + 1 if known or is_short(block) else 0
        certain = (certain and run > 1) or known
        if known or (run >= RUN) or (run and certain):
            reach = number
    return reach


def trailing(blocks: tuple[Block, ...], *, after: int) -> int:
    """Return where the menu under a release begins: the length of `blocks` where there is none."""
    position = len(blocks)
    while position - 1 > after and (
        is_known(blocks[position - 1]) or is_furniture(blocks[position - 1])
    ):
        position -= 1
    return position


def lines(block: Block) -> list[str]:
    """Return the lines of a block as they were saved."""
    return [line.strip() for line in block.source.split("\n") if line.strip()]


def _pieces(block: Block) -> list[str]:
    pieces = SEPARATORS.split(block.plain)
    return [piece.strip(" -*•|") for piece in pieces if piece.strip(" -*•|")]
