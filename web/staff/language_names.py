"""What the console, which is English, calls a language."""

from babel import Locale, UnknownLocaleError


def of(code: str) -> str:
    """Return a language's English name, 'French' for fr; the code itself where it has none."""
    try:
        return Locale.parse(code).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code
