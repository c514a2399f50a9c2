"""Places to be filled in that another program's template left in a release: nothing here fills them."""

import re
from collections.abc import Sequence
from typing import Final

from mailer.models.releases import ReleaseVersion

# Jinja, Django, Liquid, Handlebars, Go (listmonk) and Mailchimp; what stands in `code` is meant as it is.
_PLACES: Final = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\{%[^{}\n]{1,80}%\}|\*\|[^|\n]{1,80}\|\*")
_CODE: Final = re.compile(r"`[^`]*`")


_PARTS: Final = ("headline", "subhead", "body", "boilerplate", "postal_address")


def find(versions: Sequence[ReleaseVersion]) -> str | None:
    """Return a sentence about the first such place in these versions, None where there is none."""
    for version in versions:
        for name in _PARTS:
            found = _PLACES.search(_CODE.sub("", getattr(version, name)))
            if found:
                return (
                    f"The {name.replace('_', ' ')} in '{version.language}' has {found[0]}, which looks like "
                    "a place to be filled in. Every reader would get it as it stands: write the words "
                    "themselves, or put it between backticks if it is meant."
                )
    return None
