"""Every mail's words: a folder of templates, rendered to a subject, a text and an HTML part.

A mail is `templates/<name>/{subject.txt,body.txt,body.html}` over `templates/_base/`. The words in
the templates are translated (`config.languages`); a release in a language that we have no words in has
English ones, and they are marked as English in the HTML.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import css_inline
import jinja2
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.units import format_unit
from jinja2.runtime import Context

from config import languages, limits
from mailer import body, wrap, zones
from mailer.parts import Dateline, direction
from mailer.surroundings import Embargo, File, Surroundings

NAMES: Final = (
    "release",
    "confirm",
    "already-subscribed",
    "manage-link",
    "address-change",
    "address-change-told",
    "address-changed",
    "erased",
    "donor-link",
    "donor-erased",
    "key-expired",
    "plan-payment-failed",
    "plan-last-try",
    "plan-action-needed",
    "plan-renewal-notice",
    "plan-changed",
    "plan-ended",
    "books-differ",
    "money-tasks",
    "staff-invitation",
    "staff-notice",
    "donation-processing",
    "donation-failed",
    "donation-refunded",
    "receipt",
    "receipt-corrected",
    "statement",
    "tribute-notice",
)

_BLOCKS: Final = frozenset({"body", "boilerplate", "postal_address"})
# Control characters, surrogates and noncharacters: they say nothing to a reader, break headers and
# parsers, and two of them mark the holes of a pattern.
_UNPRINTABLE: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its reader sees it; lines end in a newline, most words are of `language`."""

    subject: str
    text: str
    html: str
    language: str
    attached: tuple[File, ...] = ()


def mail(name: str, *, language: str, **context: object) -> Mail:
    """Render a mail of `NAMES` in a language.

    Context, besides `organisation: Organisation` for all:
    release: `parts`, `around: Surroundings`, `release_url`, `unsubscribe_url`, `manage_url`, and
    `test=True` for a trial to staff; confirm: `topics`, `confirm_url`, `hours`, `manage_url`;
    already-subscribed: `unsubscribe_url`, `manage_url`; manage-link: `fresh_url`, `minutes`;
    donor-link: `giving_url`, `minutes`; donor-erased: `by_staff`, `had_plans` and
    `kept_until` (a year, '' where no copy is kept);
    address-change: `confirm_url` ('' where the address is taken), `subscribe_url`, `hours`;
    address-change-told, key-expired: `manage_url`; address-changed: `subscribe_url`;
    plan-…: `amount`, `giving_url`; and in plan-payment-failed `day`, `mend_url`; in plan-last-try and
    plan-action-needed `mend_url`; in plan-renewal-notice `day`; in plan-ended `failed`, `donate_url`; in
    plan-changed `change` (amount, paused, resumed), `interval`, `day` ('' where it is not known);
    donation-…: `amount`; receipt, receipt-corrected: `number`, `donor` ('' where no name is known),
    `amount`, `day`, `fund`, `interval` (month, year, ''), `notes`, `giving_url`; statement: `number`,
    `donor`, `year`, `totals`; tribute-notice: `honoured`, `memory` (else in honour);
    books-differ: `differences`, sentences; money-tasks: `count`, `page_url`, and the sentences `overdue`
    and `waiting`;
    staff-invitation: `accept_url`, `role`; staff-notice: `number`, `headline`, `happened`, `note`,
    `what_now`, `page_url`. A missing one raises jinja2.UndefinedError, an unknown name ValueError.
    Names that end in `_url` are taken as they are, so that they may be markers.
    """
    if name not in NAMES:
        raise ValueError(f"There is no mail '{name}'; choose one of {', '.join(NAMES)}.")
    words = language if language in languages.BY_CODE else languages.SOURCE
    spoken = language if name == "release" else words
    whole = _tidied(context) | _languages(spoken, words)
    whole["subject"] = _line(_render(f"{name}/subject.txt", whole))
    text = re.sub(r"\n{3,}", "\n\n", _render(f"{name}/body.txt", whole)).strip("\n") + "\n"
    html = _INLINER.inline(_render(f"{name}/body.html", whole)).strip("\n") + "\n"
    around = context.get("around")
    attached = around.attached if isinstance(around, Surroundings) else ()
    return Mail(str(whole["subject"]), text, html, spoken, attached)


def _languages(spoken: str, words: str) -> dict[str, object]:
    """Return the mail's language, and the attributes of its fixed words where theirs is another.

    `label` is for a few words; `speech` for sentences, whose full stop needs their own direction.
    """
    label = {"lang": words} if words != spoken else {}
    speech = label | {"dir": direction(words)} if label else {}
    return {"language": spoken, "words": words, "label": label, "speech": speech}


def _render(template: str, context: Mapping[str, object]) -> str:
    return _TEMPLATES.get_template(template).render(context)


# -- What comes in ---------------------------------------------------------------------------------


def _tidied(context: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if name.endswith("_url") else _tidy(value, lines=False)
        for name, value in context.items()
    }


def _tidy(value: object, *, lines: bool) -> object:
    """Return a value without unprintable characters, its strings on one line or as `lines`."""
    if isinstance(value, str):
        return _block(value) if lines else _line(value)
    if isinstance(value, list | tuple):
        return [_tidy(item, lines=lines) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        tidy = {name: _tidy(inner, lines=name in _BLOCKS) for name, inner in fields.items()}
        return dataclasses.replace(value, **tidy)
    return value


def _block(text: str) -> str:
    return _UNPRINTABLE.sub("", re.sub(r"\r\n?|\x85", "\n", text))


def _line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub("", _block(text)).split())


# -- What templates may say ------------------------------------------------------------------------


def _dateline(dateline: Dateline, language: str) -> str:
    """Return 'NEW YORK, 14 December 2012'; the place in capitals is a custom of English alone."""
    english = language.partition("-")[0] == "en"
    place = dateline.place.upper() if english else dateline.place
    return _joined([place, _day(dateline.day, language)], language)


def _day(day: date | None, language: str) -> str:
    """Return '14 December 2012', in ISO 8601 for a language that nobody knows the months of."""
    if not day:
        return ""
    try:
        locale = Locale.parse("en-001" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return day.isoformat()
    return format_date(day, "long", locale=locale)


def _joined(words: Sequence[str], language: str) -> str:
    return ("، " if direction(language) == "rtl" else ", ").join(filter(None, words))


def _moment(embargo: Embargo, language: str, *, utc: bool = False) -> str:
    """Return '14 December 2026, 09:00 Europe/Paris': the instant as it was said, or in UTC."""
    zone = "UTC" if utc else zones.known(embargo.zone)
    there = embargo.until.astimezone(ZoneInfo(zone))
    return f"{_joined([_day(there.date(), language), f'{there:%H:%M}'], language)} {zone}"


def _described(file: File, language: str) -> str:
    """Return 'Report, PDF, 2.3 MB'."""
    return _joined([file.title, file.kind, _size(file.size, language)], language)


def _size(count: int, language: str) -> str:
    """Return bytes as people say them, with the language's own unit and decimal mark."""
    known = language if language in languages.BY_CODE else languages.SOURCE
    mega = count / 1024**2
    amount, unit = (
        (round(mega, 1), "megabyte") if mega >= 1 else (max(1, count // 1024), "kilobyte")
    )
    return format_unit(amount, f"digital-{unit}", length="short", locale=known)


def _mailto(address: str) -> str:
    """Return the target of a link that writes to an address, or nothing where it is not one."""
    return (
        f"mailto:{quote(address, safe='@+')}" if re.fullmatch(r"[^@\s]+@[^@\s]+", address) else ""
    )


def _tel(telephone: str) -> str:
    """Return the target of a link that calls a number (RFC 3966), or nothing without digits."""
    number = re.match(r"\+?[\d\s().–/-]*", telephone.strip())
    digits = re.sub(r"[^+0-9]", "", number[0] if number else "")
    return f"tel:{digits}" if digits.strip("+") else ""


def _wrapped(text: str) -> str:
    return "\n".join(wrap.wrap(text, limits.MAIL_WIDTH))


def _underlined(title: str, rule: str = "-") -> str:
    return "\n".join(wrap.underline(wrap.wrap(title, limits.MAIL_WIDTH), rule))


def _steady(number: str, language: str) -> str:
    """Return a telephone number so that it keeps its order on a line read from the right."""
    return f"\u200e{number}" if direction(language) == "rtl" else number


@jinja2.pass_context
def _gettext(context: Context, message: str) -> str:
    return languages.translations(context["words"]).gettext(message)


@jinja2.pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return languages.translations(context["words"]).ngettext(one, many, count)


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined] # of jinja2.ext.i18n
    environment.globals["queries"] = f"@media{_QUERIES}"
    environment.filters |= {
        "markdown_html": body.html,
        "markdown_text": body.text,
        "opening": body.opening,
        "dateline": _dateline,
        "day": _day,
        "described": _described,
        "moment": _moment,
        "direction": direction,
        "mailto": _mailto,
        "tel": _tel,
        "wrapped": _wrapped,
        "underlined": _underlined,
        "steady": _steady,
    }
    return environment


def _inliner(css: str) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        extra_css=css,
        load_remote_stylesheets=False,
    )


_FOLDER: Final = Path(__file__).parent / "templates"
# Plain rules go into the elements, for clients that drop <style>; queries can only work in it.
_RULES, _, _QUERIES = (_FOLDER / "_base/mail.css").read_text("utf-8").partition("\n@media")
_TEMPLATES: Final = _templates()
_INLINER: Final = _inliner(_RULES)
_SHARED: Final = ("dateline", "day", "described", "direction", "mailto", "tel")
FILTERS: Final = {name: _TEMPLATES.filters[name] for name in _SHARED}
"""What a release's page says as its mail does."""
