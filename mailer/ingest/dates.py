"""Dates as press releases write them, in English, Spanish, French, German, Russian and Arabic."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS: Final[dict[int, str]] = {
    1: "january jan enero ene janvier janv januar jänner января январь янв يناير جانفي كانون_الثاني",
    2: "february feb febrero février févr fév februar feber февраля февраль фев فبراير فيفري شباط",
    3: "march mar marzo mars märz maerz mär марта март мар مارس آذار",
    4: "april apr abril abr avril avr апреля апрель апр أبريل إبريل ابريل أفريل نيسان",
    5: "may mayo mai мая май مايو ماي أيار ايار",
    6: "june jun junio juin juni июня июнь июн يونيو جوان حزيران",
    7: "july jul julio juillet juil juli июля июль июл يوليو جويلية تموز",
    8: "august aug agosto ago août aout августа август авг أغسطس اغسطس أوت آب",
    9: "september sept sep septiembre setiembre septembre сентября сентябрь сен سبتمبر أيلول ايلول",
    10: "october oct octubre octobre oktober okt октября октябрь окт أكتوبر اكتوبر تشرين_الأول",
    11: "november nov noviembre novembre ноября ноябрь ноя نوفمبر تشرين_الثاني",
    12: "december dec diciembre dic décembre déc dezember dez декабря декабрь дек ديسمبر كانون_الأول",
}
"""The months' names and short forms in all six languages together: no name means two months."""

NUMBERS: Final = {
    name.replace("_", " "): number for number, names in MONTHS.items() for name in names.split()
}
_NAME: Final = "|".join(re.escape(name) for name in sorted(NUMBERS, key=len, reverse=True))
_MONTH: Final = rf"(?P<month>{_NAME})\b\.?(?:\s?/\s?(?:{_NAME})\b)?"
_DAY: Final = r"(?<!\w)(?P<day>\d{1,2})"
_YEAR: Final = r"(?P<year>\d{4})(?!\d)(?:\s?(?:года\b|год\b|г\b\.?|م\b\.?))?"

FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 3 March 2025, 3rd of March 2025, 3. März 2025, 1er mars 2025, 3 de marzo de 2025
        (
            rf"{_DAY}(?:\\?\.|st\b|nd\b|rd\b|th\b|er\b|º|°|-?го\b)?\s{{1,3}}(?:de\s|of\s)?{_MONTH},?"
            rf"\s{{1,3}}(?:del?\s)?{_YEAR}"
        ),
        # March 3, 2025
        rf"(?<!\w){_MONTH}\s{{1,3}}(?P<day>\d{{1,2}})(?:st\b|nd\b|rd\b|th\b)?,?\s{{1,3}}{_YEAR}",
        # 2025-03-03
        r"(?<!\w)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\w)",
        # 3.3.2025, 03. 03. 2025
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        # 3/3/2025
        rf"{_DAY}/(?P<month>\d{{1,2}})/{_YEAR}",
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: where it stands, and its day; None where it is no day or could be two."""

    start: int
    end: int
    day: date | None


def find(text: str, *, language: str = "") -> Found | None:
    """Return the first date in `text`, which should be short.

    `3/4/2025` is 3 April except in English, where it may be either and has no day.
    """
    matches = [match for form in FORMS if (match := form.search(text))]
    if not matches:
        return None
    first = min(matches, key=lambda match: (match.start(), -match.end()))
    return Found(first.start(), first.end(), _day(first, language))


def _day(match: re.Match[str], language: str) -> date | None:
    name = " ".join(match["month"].casefold().split())
    day, month, year = int(match["day"]), NUMBERS.get(name), int(match["year"])
    if month is None:
        month = int(name)
        if "/" in match[0] and language == "en":
            if day <= 12 and month <= 12 and day != month:  # noqa: PLR2004 - twelve months
                return None
            day, month = (month, day) if month > 12 else (day, month)  # noqa: PLR2004 - twelve months
    try:
        return date(year, month, day)
    except ValueError:
        return None
