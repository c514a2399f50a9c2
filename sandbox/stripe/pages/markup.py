"""HTML made by hand that cannot forget to escape: whatever is not markup already is text."""

from html import escape
from typing import Final

VOID: Final = frozenset({"input", "link", "meta"})
"""Elements that have no end tag."""
Value = str | bool | None


class Markup(str):
    """HTML as it is sent; `tag`, `text` and `join` make it, and nothing else should."""

    __slots__ = ()


def text(words: str) -> Markup:
    """Make HTML that shows these words; what is markup already stays as it is."""
    return words if isinstance(words, Markup) else Markup(escape(words))


def join(*parts: str) -> Markup:
    """Put parts one after the other."""
    return Markup("".join(map(text, parts)))


def tag(name: str, /, *inside: str, **attributes: Value) -> Markup:
    """Make an element. Of an attribute's name, a last `_` falls away and the others are hyphens.

    True stands for an attribute without a value; one that is False or None is left out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    opened = f"<{name}{written}>"
    return Markup(opened if name in VOID else f"{opened}{join(*inside)}</{name}>")


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
